"""Short links: one for each recipient and address, and the clicks on them."""

from collections.abc import Iterator
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from segql.sms.errors import SmsCode, SmsError
from segql.sms.events import record_clicks
from segql.sms.instants import stored
from segql.sms.render import CODE_LENGTH, LINK, shortened

if TYPE_CHECKING:
    import duckdb

KEY_SECTION = "sms_link_key"
_ALPHABET = "23456789abcdefghijkmnpqrstuvwxyz"  # 32 characters, none like another
_BITS = 5 * CODE_LENGTH
_HALF = _BITS // 2


class Click(NamedTuple):
    """Where a short link leads, and the message that it was in."""

    url: str
    message_id: int


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


def click(connection: "duckdb.DuckDBPyConnection", code: str, at: datetime) -> Click:
    """Record a click on a link, with its event. Raises `SmsError` for a code that leads nowhere."""
    found = connection.execute(
        # A link of somebody who was erased keeps its code, and leads nowhere.
        "SELECT link_id, url, message_id FROM sms_links WHERE code = ? AND url <> ''",
        [code],
    ).fetchall()
    if not found:
        raise SmsError(
            SmsCode.UNKNOWN_LINK, "There is no such link.", "Open the link as it stands in the text."
        )
    link_id, url, message_id = found[0]
    connection.execute("INSERT INTO sms_clicks (link_id, clicked_at) VALUES (?, ?)", [link_id, stored(at)])
    record_clicks(connection, link_id, at)
    return Click(url, message_id)


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
