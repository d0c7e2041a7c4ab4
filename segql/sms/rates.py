"""How fast each sending number hands over: a bucket of parts that fills with time, shared by whoever sends."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

# A bucket holds what flows into it in so many seconds: after a pause no more than this leaves at once.
CAPACITY = 1.0

Rates = Mapping[str, float]
"""Parts a second that a number of each kind hands over; a kind that is absent has no limit."""


def allowances(connection: "duckdb.DuckDBPyConnection", rates: Rates, at: datetime) -> dict[str, float]:
    """How many parts each sending number that has a limit may hand over at `at`.

    A text leaves where the allowance is above zero, however long it is: then the number waits the longer.
    """
    rows = connection.execute(
        """SELECT number, any_value(kind), any_value(parts), any_value(counted_at) FROM sms_numbers
        LEFT JOIN sms_allowances ON sender = number GROUP BY number"""
    ).fetchall()
    found = {}
    for number, kind, parts, counted_at in rows:
        if kind not in rates:
            continue
        full = rates[kind] * CAPACITY
        if counted_at is None:
            found[number] = full
            continue
        elapsed = (at.astimezone(UTC).replace(tzinfo=None) - counted_at).total_seconds()
        found[number] = min(full, parts + max(elapsed, 0.0) * rates[kind])
    return found


def use(
    connection: "duckdb.DuckDBPyConnection", left: Mapping[str, float], messages: str, at: datetime
) -> None:
    """Take the parts of messages off the allowances `left`. `messages`: a temporary table of message ids."""
    used = dict(
        connection.execute(
            f"""SELECT sender, sum(parts)::DOUBLE FROM sms_messages
            WHERE message_id IN (SELECT message_id FROM {messages}) GROUP BY sender"""  # noqa: S608
        ).fetchall()
    )
    for number in used.keys() & left.keys():
        connection.execute(
            "INSERT OR REPLACE INTO sms_allowances VALUES (?, ?, ?)",
            [number, left[number] - used[number], at.astimezone(UTC).replace(tzinfo=None)],
        )


def next_allowance(connection: "duckdb.DuckDBPyConnection", rates: Rates, after: datetime) -> datetime | None:
    """The first whole second after `after` at which a number with due messages that had to wait may go on."""
    rows = connection.execute(
        """SELECT any_value(kind), any_value(parts), any_value(counted_at)
        FROM sms_allowances JOIN sms_numbers ON number = sender
        WHERE sender IN (
          SELECT sender FROM sms_messages m LEFT JOIN sms_campaigns c USING (campaign_id)
          WHERE m.state IN ('held', 'queued') AND m.due_at <= $after AND coalesce(c.status, 'running') = 'running'
        ) GROUP BY sender""",
        {"after": after.astimezone(UTC).replace(tzinfo=None)},
    ).fetchall()
    instants = [
        counted_at.replace(tzinfo=UTC) + timedelta(seconds=max(-parts, 0.0) / rates[kind])
        for kind, parts, counted_at in rows
        if kind in rates
    ]
    if not instants:
        return None
    first: datetime = max(min(instants), after)
    return first.replace(microsecond=0) + timedelta(seconds=1)
