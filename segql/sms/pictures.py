"""Pictures that go with texts: what may be one, those of the account's own, and the addresses at which phones get them."""

import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from segql.sms.errors import SmsCode, SmsError
from segql.sms.instants import stored
from segql.sms.metadata import without_metadata

if TYPE_CHECKING:
    import duckdb

# Carriers make larger ones smaller, or do not deliver them.
LARGEST_BYTES = 600_000
# A picture of few bytes can be one of very many points, which a browser would take long to show.
LONGEST_SIDE = 6_000
# What no text has, a day after it was added, was a draft that was given up.
_KEPT = timedelta(days=1)
_KEY_BITS = 128
_ADDRESS = re.compile(r"https?://[^/]+/pictures/([0-9a-f]{32})")
_KEY = "regexp_extract({}, '^https?://[^/]+/pictures/([0-9a-f]{{32}})$', 1)"


class Form(NamedTuple):
    """What a picture is: its type, as MIME has it, and its sides in points."""

    type: str
    width: int
    height: int


@dataclass(frozen=True)
class Picture:
    """A picture of the account's own. `about`: what it shows, in words; `path`: where our pages have it."""

    path: str
    about: str
    width: int
    height: int


def form_of(content: bytes) -> Form:
    """What a picture is, by its first bytes. Raises `SmsError` where it is none that phones show."""
    if len(content) > LARGEST_BYTES:
        raise _refusal(f"has more than {LARGEST_BYTES // 1000} kB")
    form = _png(content) or _gif(content) or _jpeg(content)
    if form is None:
        raise _refusal("is no PNG, JPEG or GIF")
    if not (0 < form.width <= LONGEST_SIDE and 0 < form.height <= LONGEST_SIDE):
        raise _refusal(f"is {form.width} by {form.height} points")
    return form


def _refusal(what: str) -> SmsError:
    return SmsError(
        SmsCode.INVALID_PICTURE,
        f"The picture {what}.",
        f"Phones show PNG, JPEG and GIF, up to {LARGEST_BYTES // 1000} kB and {LONGEST_SIDE} points a side.",
    )


def _png(content: bytes) -> Form | None:
    if content[:8] != b"\x89PNG\r\n\x1a\n" or content[12:16] != b"IHDR" or len(content) < 24:
        return None
    return Form("image/png", *struct.unpack(">II", content[16:24]))


def _gif(content: bytes) -> Form | None:
    if content[:6] not in (b"GIF87a", b"GIF89a") or len(content) < 10:
        return None
    return Form("image/gif", *struct.unpack("<HH", content[6:10]))


def _jpeg(content: bytes) -> Form | None:
    """A JPEG is a row of segments; the one that begins a frame has the sides."""
    if content[:3] != b"\xff\xd8\xff":
        return None
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if marker in range(0xC0, 0xD0) and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return Form("image/jpeg", width, height)
        at += 1 if marker == 0xFF else 2 + length
    return None


def add_picture(
    connection: "duckdb.DuckDBPyConnection", content: bytes, about: str, random: Random, at: datetime
) -> str:
    """Keep a picture, without what its camera wrote into it; its key, which nobody can guess. Raises `SmsError`."""
    form = form_of(content)
    try:
        shown = without_metadata(content)
    except ValueError as error:
        raise _refusal(f"is damaged: {error}") from error
    connection.execute(
        f"""DELETE FROM sms_pictures WHERE added_at < $long_ago
          AND key NOT IN (SELECT {_KEY.format("picture")} FROM sms_messages WHERE picture IS NOT NULL)
          AND key NOT IN (SELECT {_KEY.format("definition ->> 'picture'")} FROM sms_campaigns
            WHERE definition ->> 'picture' IS NOT NULL)""",  # noqa: S608 - constants
        {"long_ago": stored(at - _KEPT)},
    )
    key = f"{random.getrandbits(_KEY_BITS):032x}"
    connection.execute(
        "INSERT INTO sms_pictures VALUES (?, ?, ?, ?, ?, ?, ?)",
        [key, *form, about.strip(), shown, stored(at)],
    )
    return key


def read_picture(connection: "duckdb.DuckDBPyConnection", key: str) -> tuple[str, bytes]:
    """A picture's type and its bytes. Raises `SmsError`."""
    rows = connection.execute("SELECT type, content FROM sms_pictures WHERE key = ?", [key]).fetchall()
    if not rows:
        raise SmsError(SmsCode.UNKNOWN_PICTURE, "There is no such picture.", "Check the address.")
    return rows[0]


def address_of(key: str, host: str) -> str:
    """Where carriers and phones get a picture of ours."""
    return f"https://{host}{_path(key)}"


def _path(key: str) -> str:
    return f"/pictures/{key}"


def find_pictures(
    connection: "duckdb.DuckDBPyConnection", addresses: Iterable[str | None]
) -> dict[str, Picture]:
    """Those of addresses at which a picture of the account's own is, whatever its host was called then."""
    keys = {address: found[1] for address in addresses if address and (found := _ADDRESS.fullmatch(address))}
    if not keys:
        return {}
    rows = connection.execute(
        "SELECT key, about, width, height FROM sms_pictures WHERE list_contains($keys, key)",
        {"keys": list(keys.values())},
    ).fetchall()
    known = {key: Picture(_path(key), about, width, height) for key, about, width, height in rows}
    return {address: known[key] for address, key in keys.items() if key in known}
