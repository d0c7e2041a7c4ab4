"""The feed: what changed in conversations, each with a position that only rises, so that a page can catch up."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, get_args

from segql.sms.instants import aware, stored

if TYPE_CHECKING:
    import duckdb

# text: a customer wrote. reply: we did. state: what the carrier says became of a reply. consent: a number joined, left,
# or was asked to confirm. decided: about a text that may be an opt-out. The others are what somebody did with the
# conversation.
What = Literal[
    "text", "reply", "consent", "decided", "read", "archived", "unarchived", "blocked", "unblocked"
]
KINDS: tuple[What, ...] = get_args(What)


@dataclass(frozen=True)
class Entry:
    """Something that changed in the conversation with a number; None where its person was erased since."""

    position: int
    what: What
    number: str | None
    at: datetime


def note(connection: "duckdb.DuckDBPyConnection", what: What, number: str, at: datetime) -> None:
    """Append to the feed, within the transaction of the change."""
    connection.execute(
        """INSERT INTO sms_feed (position, what, number, occurred_at)
        SELECT coalesce(max(position), 0) + 1, $what, $number, $at FROM sms_feed""",
        {"what": what, "number": number, "at": stored(at)},
    )


def note_states(connection: "duckdb.DuckDBPyConnection", messages: str, at: datetime) -> None:
    """Append that replies came into another state. `messages`: the name of a temporary table of message ids."""
    connection.execute(
        f"""INSERT INTO sms_feed (position, what, number, occurred_at)
        SELECT (SELECT coalesce(max(position), 0) FROM sms_feed) + row_number() OVER (ORDER BY message_id), 'state',
          number, $at FROM sms_messages
        WHERE purpose = 'conversation' AND number IS NOT NULL AND message_id IN (SELECT message_id FROM {messages})""",  # noqa: S608
        {"at": stored(at)},
    )


def read_feed(connection: "duckdb.DuckDBPyConnection", after: int, limit: int) -> list[Entry]:
    """The entries behind a position, in order: exactly what a page has missed that has seen `after`."""
    rows = connection.execute(
        "SELECT position, what, number, occurred_at FROM sms_feed WHERE position > ? ORDER BY position LIMIT ?",
        [after, limit],
    ).fetchall()
    return [Entry(row[0], row[1], row[2], aware(row[3])) for row in rows]


def last_position(connection: "duckdb.DuckDBPyConnection") -> int:
    """The position of the newest entry, 0 where there is none."""
    return int(connection.execute("SELECT coalesce(max(position), 0) FROM sms_feed").fetchall()[0][0])
