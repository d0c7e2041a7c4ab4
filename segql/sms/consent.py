"""Consent to texts: what a number said, written to the consent log, with the events that segments use."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from segql.runtime.store.consents import BLOCKED_BY_HAND, record_consents
from segql.sms import feed
from segql.sms.events import SUBSCRIBED, UNSUBSCRIBED, record_consent_changes
from segql.sms.instants import aware, stored

if TYPE_CHECKING:
    import duckdb

Status = Literal["subscribed", "unsubscribed", "pending"]
_EVENTS = {"subscribed": SUBSCRIBED, "unsubscribed": UNSUBSCRIBED}


class Standing(NamedTuple):
    """The last word of a number about marketing: how, and since when it holds."""

    status: Status
    method: str
    detail: str | None
    since: datetime

    def is_waiting(self, hours: int, at: datetime) -> bool:
        """Whether a double opt-in waits to be confirmed; it lapses after so many hours."""
        return self.status == "pending" and at < self.since + timedelta(hours=hours)


def standing_of(connection: "duckdb.DuckDBPyConnection", number: str, at: datetime) -> Standing | None:
    """What a number said last about marketing, as at `at`; None: it never did."""
    # Of several entries of one instant the opt-out holds.
    rows = connection.execute(
        """SELECT status, method, detail, occurred_at FROM consents
        WHERE channel = 'sms' AND kind = 'marketing' AND address = $number AND occurred_at <= $at
        ORDER BY occurred_at DESC, status = 'unsubscribed' DESC, consent_id DESC LIMIT 1""",
        {"number": number, "at": stored(at)},
    ).fetchall()
    return Standing(rows[0][0], rows[0][1], rows[0][2], aware(rows[0][3])) if rows else None


def status_of(connection: "duckdb.DuckDBPyConnection", number: str, at: datetime) -> Status | None:
    """What a number says to marketing at `at`; None: it never did."""
    standing = standing_of(connection, number, at)
    return standing.status if standing else None


def is_blocked(connection: "duckdb.DuckDBPyConnection", number: str, at: datetime) -> bool:
    """Whether a number is blocked at `at`."""
    return _holds(connection, number, "block", "blocked", at)


def may_be_answered(connection: "duckdb.DuckDBPyConnection", number: str, at: datetime) -> bool:
    """Whether somebody has a number and has consented to marketing at it: what the gates ask, too."""
    return _holds(connection, number, "marketing", "subscribed", at)


def _holds(
    connection: "duckdb.DuckDBPyConnection", number: str, kind: str, status: str, at: datetime
) -> bool:
    return bool(
        connection.execute(
            """SELECT 1 FROM consent_periods JOIN profiles USING (profile_id)
            WHERE phone_number = $number AND channel = 'sms' AND kind = $kind AND status = $status
              AND from_at <= $at AND until_at > $at LIMIT 1""",
            {"number": number, "kind": kind, "status": status, "at": stored(at)},
        ).fetchall()
    )


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
    """Write what a number says to marketing from now on, with its event. Leaving ends transactional, too."""
    _append(connection, number, "marketing", status, method, detail, actor, occurred_at, at)
    if status in _EVENTS:
        record_consent_changes(connection, _EVENTS[status], number, method, detail, occurred_at)
    feed.note(connection, "consent", number, at)


def record_block(
    connection: "duckdb.DuckDBPyConnection",
    number: str,
    status: Literal["blocked", "unblocked"],
    actor: str,
    at: datetime,
) -> None:
    """Write that a number gets nothing any more, or may get something again; what it is already it stays."""
    if is_blocked(connection, number, at) == (status == "blocked"):
        return
    _append(connection, number, "block", status, BLOCKED_BY_HAND, None, actor, at, at, again=True)
    feed.note(connection, status, number, at)


def _append(
    connection: "duckdb.DuckDBPyConnection",
    number: str,
    kind: str,
    status: str,
    method: str,
    detail: str | None,
    actor: str,
    occurred_at: datetime,
    at: datetime,
    *,
    again: bool = False,
) -> None:
    import pyarrow as pa

    entry = {
        "channel": "sms",
        "kind": kind,
        "address": number,
        "status": status,
        "occurred_at": stored(occurred_at),
        "recorded_at": stored(at),
        "method": method,
        "detail": detail,
        "actor": actor,
    }
    record_consents(connection, pa.Table.from_pylist([entry]), again=again)
