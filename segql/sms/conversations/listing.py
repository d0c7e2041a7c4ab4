"""The list of conversations: newest first, ten at a time, in the inbox, the archive, or blocked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from segql.runtime.store.sql import folded
from segql.sms.instants import aware, stored

if TYPE_CHECKING:
    import duckdb

Box = Literal["inbox", "archive", "blocked"]

# How many conversations are shown at a time.
PAGE = 10

# A number is searched for where so many digits, and no letters, are given.
_DIGITS = 3

_CONVERSATIONS = """WITH texts AS (
    SELECT sender AS number, min(inbound_id) AS id, max(inbound_id) AS newest,
      arg_max(i.profile_id, inbound_id) AS profile_id, arg_max(body, inbound_id) AS body,
      arg_max(pictures, inbound_id) AS pictures, arg_max(i.occurred_at, inbound_id) AS texted_at,
      bool_or(meaning = 'review' AND decision IS NULL) AS may_be_opt_out,
      min(i.occurred_at) FILTER (inbound_id > coalesce(answered_to, 0)) AS waiting_since
    FROM sms_inbound i LEFT JOIN (
      SELECT m.number, max(r.inbound_id) AS answered_to FROM sms_replies r JOIN sms_messages m USING (message_id)
      WHERE m.state <> 'skipped' GROUP BY m.number
    ) r ON r.number = i.sender
    WHERE meaning IN ('conversation', 'review') GROUP BY sender
  ), blocked AS (
    SELECT DISTINCT phone_number AS number FROM consent_periods JOIN profiles USING (profile_id)
    WHERE channel = 'sms' AND kind = 'block' AND status = 'blocked' AND from_at <= $at AND until_at > $at
  )
  SELECT t.*, newest > coalesce(s.read_to, 0) AS unread,
    CASE WHEN b.number IS NOT NULL THEN 'blocked' WHEN newest <= coalesce(s.archived_to, 0) THEN 'archive'
      ELSE 'inbox' END AS box,
    nullif(trim(concat_ws(' ', p.first_name, p.last_name)), '') AS name
  FROM texts t LEFT JOIN sms_conversations s USING (number) LEFT JOIN blocked b USING (number)
  LEFT JOIN profiles p USING (profile_id)"""

_FOUND = f"""contains({folded("name")}, {folded("$words")})
  OR ($digits <> '' AND contains(number, $digits))
  OR number IN (SELECT sender FROM sms_inbound WHERE contains({folded("body")}, {folded("$words")}))
  OR number IN (SELECT number FROM sms_messages WHERE contains({folded("text")}, {folded("$words")}))"""  # noqa: S608 - constants


@dataclass(frozen=True)
class Conversation:
    """A conversation in the list. `id`: that of its first text, which stays. `newest`: the id of its last text, which is
    its place in the list. `waiting_since`: when the first text came that nobody has answered; None where none waits."""

    id: int
    number: str
    name: str | None
    newest: int
    text: str
    pictures: int
    texted_at: datetime
    unread: bool
    box: Box
    may_be_opt_out: bool
    waiting_since: datetime | None

    @property
    def title(self) -> str:
        """The name or, without one, the number."""
        return self.name or self.number


def list_conversations(
    connection: "duckdb.DuckDBPyConnection",
    at: datetime,
    *,
    box: Box,
    unread: bool,
    search: str,
    before: int | None,
) -> list[Conversation]:
    """A page of conversations, newest text first. `search`: a name, a number or words; `before`: the place of the last
    one of the page before."""
    which = "box = $box AND (unread OR NOT $unread) AND newest < coalesce($before, newest + 1)"
    values: dict[str, Any] = {"at": stored(at), "box": box, "unread": unread, "before": before}
    if words := search.strip():
        which += f" AND ({_FOUND})"
        values |= {"words": words, "digits": _digits(search)}
    return _read(connection, f"{which} ORDER BY newest DESC LIMIT {PAGE}", values)


def read_conversations(
    connection: "duckdb.DuckDBPyConnection", at: datetime, numbers: Sequence[str]
) -> list[Conversation]:
    """The conversations with some numbers, newest text first, wherever they are; a number without one is left out."""
    asked = {"at": stored(at), "numbers": list(numbers)}
    return _read(connection, "list_contains($numbers, number) ORDER BY newest DESC", asked)


def _read(connection: "duckdb.DuckDBPyConnection", which: str, values: dict[str, Any]) -> list[Conversation]:
    """The conversations that the SQL `which` asks for."""
    rows = connection.execute(
        f"""SELECT id, number, name, newest, body, pictures, texted_at, unread, box, may_be_opt_out, waiting_since
        FROM ({_CONVERSATIONS}) WHERE {which}""",  # noqa: S608 - constants
        values,
    ).fetchall()
    return [Conversation(*_with_zones(row)) for row in rows]


def _with_zones(row: Sequence[Any]) -> list[Any]:
    """A row whose instants, the only ones in it, have their zone."""
    return [aware(value) if isinstance(value, datetime) else value for value in row]


def count_unread(connection: "duckdb.DuckDBPyConnection", at: datetime) -> int:
    """How many conversations in the inbox have a text that nobody has read."""
    (count,) = connection.execute(
        f"SELECT count(*) FROM ({_CONVERSATIONS}) WHERE box = 'inbox' AND unread",  # noqa: S608 - constants
        {"at": stored(at)},
    ).fetchall()[0]
    return int(count)


def _digits(search: str) -> str:
    """The digits of what may be a part of a number, without the zero before a national one; "" where it is none."""
    digits = re.sub(r"\D", "", search).lstrip("0")
    return digits if len(digits) >= _DIGITS and re.fullmatch(r"[\d\s()+./-]+", search) else ""
