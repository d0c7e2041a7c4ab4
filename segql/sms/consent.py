"""Consent to texts: what a number said, written to the consent log, with the events that segments use."""

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from segql.runtime.store.consents import record_consents
from segql.sms.events import SUBSCRIBED, UNSUBSCRIBED, record_consent_changes
from segql.sms.instants import stored

if TYPE_CHECKING:
    import duckdb

Status = Literal["subscribed", "unsubscribed"]


def status_of(connection: "duckdb.DuckDBPyConnection", number: str, at: datetime) -> str | None:
    """What a number says to marketing at `at`: subscribed, unsubscribed or pending; None: it never did."""
    latest = _latest(connection, number, at)
    return latest[0] if latest else None


def opted_out_by_keyword(connection: "duckdb.DuckDBPyConnection", number: str, at: datetime) -> bool:
    """Whether the last word of a number is an opt-out that it texted."""
    return _latest(connection, number, at) == ("unsubscribed", "keyword")


def end_consents(connection: "duckdb.DuckDBPyConnection", messages: str, at: datetime) -> None:
    """Unsubscribe the numbers that have opted out at the carrier, as the failures of their messages say.

    `messages`: the name of a temporary table of message ids.
    """
    rows = connection.execute(
        f"""SELECT DISTINCT number FROM sms_messages WHERE state = 'failed' AND reason = 'opted_out'
        AND message_id IN (SELECT message_id FROM {messages}) ORDER BY number""",  # noqa: S608 - the caller's table
    ).fetchall()
    for (number,) in rows:
        if status_of(connection, number, at) != "unsubscribed":
            record_consent(
                connection,
                number,
                "unsubscribed",
                method="carrier",
                detail=None,
                actor="carrier",
                occurred_at=at,
                at=at,
            )


def _latest(connection: "duckdb.DuckDBPyConnection", number: str, at: datetime) -> tuple[str, str] | None:
    # Of several entries of one instant the opt-out holds.
    rows = connection.execute(
        """SELECT status, method FROM consents
        WHERE channel = 'sms' AND kind = 'marketing' AND address = $number AND occurred_at <= $at
        ORDER BY occurred_at DESC, status = 'unsubscribed' DESC, consent_id DESC LIMIT 1""",
        {"number": number, "at": stored(at)},
    ).fetchall()
    return rows[0] if rows else None


def record_consent(
    connection: "duckdb.DuckDBPyConnection",
    number: str,
    status: Status,
    *,
    method: str,
    detail: str | None,
    actor: str,
    occurred_at: datetime,
    at: datetime,
) -> None:
    """Write that a number joined or left marketing, with its event. Leaving ends transactional, too."""
    import pyarrow as pa

    entry = {
        "channel": "sms",
        "kind": "marketing",
        "address": number,
        "status": status,
        "occurred_at": stored(occurred_at),
        "recorded_at": stored(at),
        "method": method,
        "detail": detail,
        "actor": actor,
    }
    record_consents(connection, pa.Table.from_pylist([entry]))
    event = SUBSCRIBED if status == "subscribed" else UNSUBSCRIBED
    record_consent_changes(connection, event, number, method, detail, occurred_at)
