"""What sets flows off: events, entries into segments, words texted to us. Each is read on from where it was left."""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from segql.runtime.store import journal
from segql.sms.instants import aware
from segql.sms.keywords.normal import normalize

if TYPE_CHECKING:
    import duckdb


class Triggered(NamedTuple):
    """Somebody who set a flow off, and when (UTC, as the store keeps it)."""

    profile_id: int
    at: datetime


class News(NamedTuple):
    """Who set a flow off since a position, in the order of time, and the position that has been read to."""

    triggered: list[Triggered]
    position: int


def position_now(connection: "duckdb.DuckDBPyConnection", kind: str, at: datetime) -> int:
    """The position of a kind of trigger (event, segment, word) from which only what comes after `at` is new."""
    match kind:
        case "event":
            return journal.position(connection)
        case "word":
            query = "SELECT coalesce(max(inbound_id), 0) FROM sms_inbound WHERE meaning IS NOT NULL"
        case _:
            return int(at.timestamp())
    return int(connection.execute(query).fetchall()[0][0])


def read_events(connection: "duckdb.DuckDBPyConnection", event: str, position: int, since: datetime) -> News:
    """Whose event of a kind arrived after a position and happened at or after `since`."""
    rows = connection.execute(
        """SELECT profile_id, occurred_at FROM events WHERE arrival > $position AND occurred_at >= $since
          AND metric_id = (SELECT metric_id FROM metrics WHERE key = lower($event))
        ORDER BY occurred_at, profile_id""",
        {"position": position, "since": since, "event": event},
    ).fetchall()
    return News([Triggered(*row) for row in rows], journal.position(connection))


def read_entries(connection: "duckdb.DuckDBPyConnection", segment: str, position: int, at: datetime) -> News:
    """Who entered a stored segment after a position, as its refreshes found it, before the second of `at` (aware), in
    which more may enter. Those whom its first refresh found in it, or a change of its definition brought into it, did
    not come by themselves."""
    rows = connection.execute(
        """SELECT profile_id, moved_at FROM segment_moves JOIN segments USING (segment_id)
        WHERE key = lower($segment) AND entered AND cause IN ('data', 'time')
          AND epoch(moved_at) > $position AND epoch(moved_at) < $second
        ORDER BY moved_at, profile_id""",
        {"segment": segment, "position": position, "second": int(at.timestamp())},
    ).fetchall()
    found = [Triggered(*row) for row in rows]
    return News(found, max([position, *(int(aware(one.at).timestamp()) for one in found)]))


def read_words(connection: "duckdb.DuckDBPyConnection", word: str, position: int) -> News:
    """Who texted us a word, and nothing else, after a position."""
    rows = connection.execute(
        """SELECT inbound_id, profile_id, recorded_at, body FROM sms_inbound
        WHERE inbound_id > ? AND meaning = 'conversation' ORDER BY inbound_id""",
        [position],
    ).fetchall()
    said = normalize(word)
    found = [Triggered(profile_id, at) for _, profile_id, at, body in rows if normalize(body) == said]
    return News(found, max([position, *(row[0] for row in rows)]))
