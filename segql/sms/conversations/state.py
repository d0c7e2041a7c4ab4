"""What somebody did with a conversation: read it, or put it into the archive, each up to a text."""

from typing import TYPE_CHECKING

from segql.sms.errors import SmsCode, SmsError

if TYPE_CHECKING:
    import duckdb


def require_conversation(connection: "duckdb.DuckDBPyConnection", number: str) -> int:
    """The id of a number's newest text. Raises `SmsError` where it never texted: only customers open conversations."""
    (newest,) = connection.execute(
        "SELECT max(inbound_id) FROM sms_inbound WHERE sender = ? AND meaning IN ('conversation', 'review')",
        [number],
    ).fetchall()[0]
    if newest is None:
        raise SmsError(
            SmsCode.NO_CONVERSATION,
            f"There is no conversation with {number}.",
            "Customers open them, with a text that is no keyword.",
        )
    return int(newest)


def number_of(connection: "duckdb.DuckDBPyConnection", conversation: int) -> str:
    """The number of a conversation, by the id of one of its texts. Raises `SmsError` where there is none."""
    rows = connection.execute(
        "SELECT sender FROM sms_inbound WHERE inbound_id = ? AND meaning IN ('conversation', 'review')",
        [conversation],
    ).fetchall()
    if not rows:
        raise SmsError(
            SmsCode.NO_CONVERSATION, "There is no such conversation.", "See the list of those that there are."
        )
    return str(rows[0][0])


def read_to(connection: "duckdb.DuckDBPyConnection", number: str) -> int:
    """The newest text of a number that somebody has read, 0 where nobody has read any."""
    rows = connection.execute("SELECT read_to FROM sms_conversations WHERE number = ?", [number]).fetchall()
    return int(rows[0][0]) if rows else 0


def change_state(
    connection: "duckdb.DuckDBPyConnection",
    number: str,
    *,
    read_to: int | None = None,
    archived_to: int | None = None,
) -> bool:
    """Note how far a conversation was read, or put into the archive (0: it is in the inbox again). Whether that is new."""
    before = connection.execute(
        "SELECT read_to, archived_to FROM sms_conversations WHERE number = ?", [number]
    ).fetchall()
    was: tuple[int, int] = before[0] if before else (0, 0)
    now = (was[0] if read_to is None else read_to, was[1] if archived_to is None else archived_to)
    if now == was:
        return False
    connection.execute(
        """INSERT INTO sms_conversations (number, read_to, archived_to) VALUES ($number, $read, $archived)
        ON CONFLICT (number) DO UPDATE SET read_to = $read, archived_to = $archived""",
        {"number": number, "read": now[0], "archived": now[1]},
    )
    return True
