"""Custom keywords: words of the account's own, each of which subscribes to a list."""

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, get_args

from segql.sms.audit import By, Change, as_json, log_changes
from segql.sms.errors import SmsCode, SmsError
from segql.sms.keywords.match import is_reserved
from segql.sms.keywords.normal import normalize
from segql.sms.wording import require_known

if TYPE_CHECKING:
    import duckdb

OptIn = Literal["single", "double"]


@dataclass(frozen=True)
class Keyword:
    """A custom keyword. `list`: the list that it subscribes to. `opt_in`: whether the subscription has to be confirmed.
    `reply`: a text of its own, which costs credits, after the reply to an opt-in."""

    word: str
    list: str
    opt_in: OptIn
    reply: str | None


def save_keyword(connection: "duckdb.DuckDBPyConnection", keyword: Keyword, by: By, at: datetime) -> None:
    """Add a keyword, or change it. Raises `SmsError` where it cannot be one."""
    _require_word(keyword.word)
    if keyword.opt_in not in get_args(OptIn):
        raise _invalid(f'"{keyword.opt_in}" is no kind of opt-in.', "It is single or double.")
    if not keyword.list.strip() or "\x00" in keyword.list:
        raise _invalid("It is not said which list the keyword subscribes to.", "Name a list.")
    if keyword.reply is not None:
        try:
            require_known(keyword.reply)
        except ValueError as error:
            raise _invalid(f"The reply cannot be used: {error}.", "Nothing was changed.") from error
    before = find_keyword(connection, keyword.word)
    connection.execute(
        "INSERT OR REPLACE INTO sms_keywords (key, word, list, opt_in, reply) VALUES (?, ?, ?, ?, ?)",
        [normalize(keyword.word), keyword.word, keyword.list, keyword.opt_in, keyword.reply],
    )
    _log(connection, keyword.word, before, keyword, by, at)


def remove_keyword(connection: "duckdb.DuckDBPyConnection", word: str, by: By, at: datetime) -> None:
    """Remove a keyword. Raises `SmsError` where there is none of that word."""
    before = find_keyword(connection, word)
    if before is None:
        known = ", ".join(keyword.word for keyword in read_keywords(connection)) or "none"
        raise SmsError(
            SmsCode.UNKNOWN_KEYWORD, f'There is no keyword "{word}".', f"The keywords are: {known}."
        )
    connection.execute("DELETE FROM sms_keywords WHERE key = ?", [normalize(word)])
    _log(connection, before.word, before, None, by, at)


def read_keywords(connection: "duckdb.DuckDBPyConnection") -> list[Keyword]:
    """Every custom keyword, by word."""
    rows = connection.execute("SELECT word, list, opt_in, reply FROM sms_keywords ORDER BY key").fetchall()
    return [Keyword(*row) for row in rows]


def find_keyword(connection: "duckdb.DuckDBPyConnection", text: str) -> Keyword | None:
    """The keyword that a whole text is, if any."""
    rows = connection.execute(
        "SELECT word, list, opt_in, reply FROM sms_keywords WHERE key = ?", [normalize(text)]
    ).fetchall()
    return Keyword(*rows[0]) if rows else None


def _require_word(word: str) -> None:
    if not re.fullmatch(r"[^\W_]{3,20}", word):
        raise _invalid(f'"{word}" cannot be a keyword.', "A keyword has 3 to 20 letters or digits.")
    if is_reserved(word):
        raise _invalid(
            f'"{word}" cannot be a keyword: it means something already.',
            "Words that opt in or out or ask for help, in any language, are not free.",
        )


def _log(
    connection: "duckdb.DuckDBPyConnection",
    word: str,
    before: Keyword | None,
    after: Keyword | None,
    by: By,
    at: datetime,
) -> None:
    values = [as_json(asdict(keyword)) if keyword else None for keyword in (before, after)]
    log_changes(connection, by, at, [Change(f"keyword {word}", *values)])


def _invalid(message: str, remedy: str) -> SmsError:
    return SmsError(SmsCode.INVALID_KEYWORD, message, remedy)
