"""How a number joins and leaves: at once, or when it has confirmed. Each step is in the consent log, and answered once."""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from segql.runtime.store.lists import add_to_list
from segql.sms.answers import answer
from segql.sms.consent import Status, record_consent, standing_of
from segql.sms.customers import Customer
from segql.sms.errors import SmsCode, SmsError
from segql.sms.keywords.custom import find_keyword
from segql.sms.numbers import BRANDED, SENDERS
from segql.sms.settings import SmsSettings

if TYPE_CHECKING:
    import duckdb

# How a confirmed subscription came about, in the consent log.
CONFIRMED = "double opt-in"


class Saying(NamedTuple):
    """What a number says, and how: the method and its detail for the log, who wrote it down, when it happened, and when
    we heard of it."""

    method: str
    detail: str | None
    actor: str
    occurred_at: datetime
    at: datetime


def require_sender(connection: "duckdb.DuckDBPyConnection", who: Customer, *, answers: bool) -> None:
    """Raise `SmsError` where no number of ours serves somebody's country, or with `answers` where nobody can text back
    to it."""
    query = f"SELECT kind FROM ({SENDERS}) WHERE country = ?"  # noqa: S608 - a constant
    kinds = connection.execute(query, [who.country]).fetchall()
    if not kinds or (answers and kinds[0][0] == BRANDED):
        raise SmsError(
            SmsCode.CANNOT_CONFIRM,
            f"No sending number that {who.number} could text back to serves {who.country or 'its country'}.",
            "Request one: segql sms numbers --request.",
        )


def subscribe(
    connection: "duckdb.DuckDBPyConnection",
    who: Customer,
    saying: Saying,
    settings: SmsSettings,
    *,
    double: bool = False,
) -> bool:
    """Subscribe a number and answer it, or with `double` ask it to confirm. Whether it is subscribed now.

    Who is subscribed, or was asked not long ago, hears nothing more.
    """
    standing = standing_of(connection, who.number, saying.at)
    if standing and standing.status == "subscribed":
        return True
    if not double:
        _record(connection, who, "subscribed", saying)
        answer(connection, who, "reply", settings.reply("opt_in"), settings, saying.at)
        return True
    if not (standing and standing.is_waiting(settings.double_opt_in_hours, saying.at)):
        _record(connection, who, "pending", saying)
        answer(connection, who, "reply", settings.reply("double_opt_in"), settings, saying.at)
    return False


def confirm(
    connection: "duckdb.DuckDBPyConnection", who: Customer, saying: Saying, settings: SmsSettings
) -> bool:
    """Subscribe a number that confirms a double opt-in, to the list of its keyword too. False where none waits."""
    standing = standing_of(connection, who.number, saying.at)
    if not (standing and standing.is_waiting(settings.double_opt_in_hours, saying.at)):
        return False
    confirmed = saying._replace(method=CONFIRMED, detail=standing.detail)
    _record(connection, who, "subscribed", confirmed)
    answer(connection, who, "reply", settings.reply("opt_in"), settings, saying.at)
    keyword = find_keyword(connection, standing.detail or "") if standing.method == "keyword" else None
    if keyword:
        add_to_list(connection, keyword.list, [who.profile_id], saying.at)
    return True


def left_by_keyword(connection: "duckdb.DuckDBPyConnection", number: str, at: datetime) -> bool:
    """Whether the last word of a number is an opt-out that it texted."""
    standing = standing_of(connection, number, at)
    return standing is not None and (standing.status, standing.method) == ("unsubscribed", "keyword")


def unsubscribe(
    connection: "duckdb.DuckDBPyConnection", who: Customer, saying: Saying, settings: SmsSettings
) -> None:
    """Unsubscribe a number, and confirm that to it, once."""
    standing = standing_of(connection, who.number, saying.at)
    if standing is None or standing.status != "unsubscribed":
        _record(connection, who, "unsubscribed", saying)
        answer(connection, who, "reply", settings.reply("opt_out"), settings, saying.at)


def _record(connection: "duckdb.DuckDBPyConnection", who: Customer, status: Status, saying: Saying) -> None:
    record_consent(
        connection,
        who.number,
        status,
        method=saying.method,
        detail=saying.detail,
        actor=saying.actor,
        occurred_at=saying.occurred_at,
        at=saying.at,
    )
