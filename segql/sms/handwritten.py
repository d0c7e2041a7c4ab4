"""Consent that somebody writes down by hand: what a person said on a form, by telephone, in the shop."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from segql.runtime.store.consents import record_consents
from segql.sms import feed
from segql.sms.consent import Status, record_consent, standing_of
from segql.sms.customers import meet
from segql.sms.errors import SmsCode, SmsError
from segql.sms.instants import stored
from segql.sms.reviews import close_reviews
from segql.sms.settings import read_settings
from segql.sms.subscribing import Saying, require_sender, subscribe

if TYPE_CHECKING:
    import duckdb


Kind = Literal["marketing", "transactional"]


@dataclass(frozen=True)
class Said:
    """What a person said about messages of a kind on a channel: `pending` asks them to confirm marketing by text. `method`
    and `detail` say how, `occurred_at` (aware) when."""

    channel: Literal["sms", "email"]
    status: Status
    method: str
    detail: str | None
    occurred_at: datetime
    kind: Kind = "marketing"


def write_down(
    connection: "duckdb.DuckDBPyConnection", profile_id: int, said: Said, actor: str, at: datetime
) -> None:
    """Write what a person said into the consent log. Who subscribes to texts is answered as by a keyword, once; who
    unsubscribes hears nothing, as they said it elsewhere; and neither does who wants texts about their orders, which is
    confirmed by nothing. Raises `SmsError`."""
    if not said.method.strip():
        raise SmsError(
            SmsCode.INVALID_CONSENT,
            "It is not said how the consent was given.",
            "Name the method, for instance: phone call.",
        )
    if said.occurred_at > at:
        raise SmsError(
            SmsCode.INVALID_CONSENT, "The consent would lie in the future.", "Say when it was given."
        )
    if said.kind == "transactional" and said.status == "pending":
        raise SmsError(
            SmsCode.INVALID_CONSENT,
            "Only marketing is confirmed by text.",
            "Write down what they said: subscribed or unsubscribed.",
        )
    address = _address(connection, profile_id, said.channel)
    if said.channel == "email" or (said.kind == "transactional" and said.status == "subscribed"):
        _note(connection, address, said, actor, at)
    elif said.status == "unsubscribed":
        _record(connection, address, said, actor, at)
        close_reviews(connection, address, "unsubscribed", at)
    else:
        _subscribe(connection, address, said, actor, at)


def _subscribe(
    connection: "duckdb.DuckDBPyConnection", number: str, said: Said, actor: str, at: datetime
) -> None:
    standing = standing_of(connection, number, at)
    if standing is not None and standing.since > said.occurred_at:
        # The number's last word came later, and holds: the log is told, the person is not.
        _record(connection, number, said, actor, at)
        return
    double = said.status == "pending"
    who = meet(connection, number, None, at)
    require_sender(connection, who, answers=double)
    saying = Saying(said.method.strip(), said.detail or None, actor, said.occurred_at, at)
    subscribe(connection, who, saying, read_settings(connection), double=double)


def _record(
    connection: "duckdb.DuckDBPyConnection", number: str, said: Said, actor: str, at: datetime
) -> None:
    record_consent(
        connection,
        number,
        said.status,
        method=said.method.strip(),
        detail=said.detail or None,
        actor=actor,
        occurred_at=said.occurred_at,
        at=at,
    )


def _note(
    connection: "duckdb.DuckDBPyConnection", address: str, said: Said, actor: str, at: datetime
) -> None:
    import pyarrow as pa

    entry = {
        "channel": said.channel,
        "kind": said.kind,
        "address": address,
        "status": said.status,
        "occurred_at": stored(said.occurred_at),
        "recorded_at": stored(at),
        "method": said.method.strip(),
        "detail": said.detail or None,
        "actor": actor,
    }
    record_consents(connection, pa.Table.from_pylist([entry]))
    if said.channel == "sms":
        feed.note(connection, "consent", address, at)


def _address(connection: "duckdb.DuckDBPyConnection", profile_id: int, channel: str) -> str:
    column = "if(phone_valid, phone_number, NULL)" if channel == "sms" else "email"
    rows = connection.execute(
        f"SELECT {column} FROM profiles WHERE profile_id = ?",  # noqa: S608 - one of two constants
        [profile_id],
    ).fetchall()
    if not rows or rows[0][0] is None:
        what = "phone number that can exist" if channel == "sms" else "e-mail address"
        raise SmsError(
            SmsCode.INVALID_CONSENT,
            f"The person has no {what} to consent for.",
            "Consent belongs to an address: import it first.",
        )
    return str(rows[0][0])
