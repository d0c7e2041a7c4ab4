"""Short links: one for each recipient and address, and the clicks on them."""

import re
from collections.abc import Iterator
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from segql.sms.errors import SmsCode, SmsError
from segql.sms.events import record_clicks
from segql.sms.instants import stored
from segql.sms.render import CODE_LENGTH, LINK, UNSUBSCRIBE, shortened

if TYPE_CHECKING:
    import duckdb

KEY_SECTION = "sms_link_key"
_ALPHABET = "23456789abcdefghijkmnpqrstuvwxyz"  # 32 characters, none like another
# Nobody opens a link so many seconds after the text has left.
READING = 2
# Programs that fetch links to show what is behind them, or to look for harm, by what they call themselves.
_PREVIEWERS = re.compile(
    r"bot\b|bot/|crawl|spider|preview|facebookexternalhit|whatsapp|telegram|slack|skype|discord|twitter|linkedin"
    r"|google-|googleimageproxy|bingpreview|applebot|iframely|embedly|safelinks|proofpoint|mimecast|barracuda"
    r"|headless|curl/|wget/|python|go-http|java/|okhttp",
    re.IGNORECASE,
)
_BITS = 5 * CODE_LENGTH
_HALF = _BITS // 2


class Click(NamedTuple):
    """Where a short link leads (None: to the page on which one can unsubscribe), the message that it was in, and whether
    a program followed it that looks at links for somebody."""

    url: str | None
    message_id: int
    bot: bool


def code_of(link_id: int, key: bytes) -> str:
    """The code of a link: its number enciphered, so that codes look random and no two are alike (a Feistel
    network)."""
    left, right = link_id >> _HALF, link_id & ((1 << _HALF) - 1)
    for turn in range(4):
        digest = blake2b(bytes([turn]) + right.to_bytes(8, "big"), key=key, digest_size=8).digest()
        left, right = right, left ^ (int.from_bytes(digest, "big") & ((1 << _HALF) - 1))
    mixed = left << _HALF | right
    return "".join(_ALPHABET[mixed >> shift & 31] for shift in range(0, _BITS, 5))


def save_key(connection: "duckdb.DuckDBPyConnection", key: bytes) -> None:
    """Keep the account's secret, once: with another, codes could repeat."""
    connection.execute("INSERT INTO settings VALUES (?, to_json(?::VARCHAR))", [KEY_SECTION, key.hex()])


def shorten_links(
    connection: "duckdb.DuckDBPyConnection", texts: list[tuple[int, str]], host: str
) -> list[tuple[int, str]]:
    """Give each link in `texts` (message id, text) a code of its own; the texts as they will be sent."""
    if not any(LINK.search(text) for _, text in texts):
        return texts
    numbers = _new_link_ids(connection)
    key = _read_key(connection)
    rows: list[tuple[int, str, int, str]] = []
    finished = []
    for message_id, text in texts:
        codes = []
        for url in LINK.findall(text):
            link_id = next(numbers)
            codes.append(code_of(link_id, key))
            rows.append((link_id, codes[-1], message_id, url))
        finished.append((message_id, shortened(text, host, codes)))
    _insert(connection, rows)
    return finished


def click(connection: "duckdb.DuckDBPyConnection", code: str, at: datetime, agent: str = "") -> Click:
    """Record a click on a link, with its event where a person made it. `agent`: what the program that follows the link
    calls itself. Nothing but that is changed, consent least of all. Raises `SmsError` for a code that leads nowhere."""
    link_id, url, message_id = _find(connection, code)
    bot = bool(_PREVIEWERS.search(agent)) or _is_hasty(connection, link_id, message_id, at)
    connection.execute(
        "INSERT INTO sms_clicks (link_id, clicked_at, bot) VALUES (?, ?, ?)", [link_id, stored(at), bot]
    )
    if not bot and url != UNSUBSCRIBE:
        record_clicks(connection, link_id, at)
    return Click(None if url == UNSUBSCRIBE else url, message_id, bot)


def number_to_unsubscribe(connection: "duckdb.DuckDBPyConnection", code: str) -> str:
    """The number that the text went to in which a link to unsubscribe was. Raises `SmsError` where it is none."""
    _, url, message_id = _find(connection, code)
    rows = connection.execute(
        "SELECT number FROM sms_messages WHERE message_id = ? AND number IS NOT NULL", [message_id]
    ).fetchall()
    if url != UNSUBSCRIBE or not rows:
        raise _unknown()
    return str(rows[0][0])


def _find(connection: "duckdb.DuckDBPyConnection", code: str) -> tuple[int, str, int]:
    found = connection.execute(
        # A link of somebody who was erased keeps its code, and leads nowhere.
        "SELECT link_id, url, message_id FROM sms_links WHERE code = ? AND url <> ''",
        [code],
    ).fetchall()
    if not found:
        raise _unknown()
    link_id, url, message_id = found[0]
    return link_id, url, message_id


def _unknown() -> SmsError:
    return SmsError(SmsCode.UNKNOWN_LINK, "There is no such link.", "Open the link as it stands in the text.")


def _is_hasty(connection: "duckdb.DuckDBPyConnection", link_id: int, message_id: int, at: datetime) -> bool:
    """Whether no person can have clicked: the text had only just left, or another of its links was followed within the
    same second."""
    rows = connection.execute(
        """SELECT $at < handed_at + to_seconds($read) OR EXISTS (
          FROM sms_clicks k JOIN sms_links l USING (link_id)
          WHERE l.message_id = $message AND l.link_id <> $link AND abs(epoch(k.clicked_at) - epoch($at)) < 1)
        FROM sms_messages WHERE message_id = $message""",
        {"at": stored(at), "read": READING, "message": message_id, "link": link_id},
    ).fetchall()
    return bool(rows and rows[0][0])


def _read_key(connection: "duckdb.DuckDBPyConnection") -> bytes:
    rows = connection.execute(
        "SELECT document ->> '$' FROM settings WHERE section = ?", [KEY_SECTION]
    ).fetchall()
    return bytes.fromhex(rows[0][0])


def _new_link_ids(connection: "duckdb.DuckDBPyConnection") -> Iterator[int]:
    (last,) = connection.execute("SELECT coalesce(max(link_id), 0) FROM sms_links").fetchall()[0]
    return iter(range(last + 1, 1 << _BITS))


def _insert(connection: "duckdb.DuckDBPyConnection", rows: list[tuple[int, str, int, str]]) -> None:
    import pyarrow as pa

    from segql.runtime.store.sql import registered

    names = ("link_id", "code", "message_id", "url")
    table = pa.table(dict(zip(names, zip(*rows, strict=True), strict=True)))
    with registered(connection, "new_links", table):
        connection.execute("INSERT INTO sms_links SELECT link_id, code, message_id, url FROM new_links")
