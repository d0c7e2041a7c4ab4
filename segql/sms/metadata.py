"""What a picture says beside what it shows (where and with what it was taken, by whom, comments) is taken out, and nothing
else: no point of it changes. Which way is up stays."""

import re
import struct
import zlib
from collections.abc import Iterator

_PNG = b"\x89PNG\r\n\x1a\n"
# What a PNG is shown by, moving ones included.
_SHOWN_BY = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD hIST pHYs sPLT acTL fcTL fdAT".split()
)
# How often a GIF is shown anew.
_REPEATS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
# Where what a JPEG's scan says ends: a mark that is neither data nor one within it.
_MARK = re.compile(rb"\xff(?![\x00\xd0-\xd7\xff])")
_EXIF = b"Exif\0\0"
_ORIENTATION = 0x0112


def without_metadata(content: bytes) -> bytes:
    """A PNG, GIF or JPEG (see `pictures.form_of`) without it. Raises ValueError where it is damaged."""
    read = _png if content.startswith(_PNG) else _gif if content.startswith(b"GIF8") else _jpeg
    try:
        return b"".join(read(content))
    except (IndexError, struct.error) as error:
        raise ValueError("it ends too early") from error


# ---- JPEG: a row of segments, and data behind some ------------------------------------------------------------------


def _jpeg(content: bytes) -> Iterator[bytes]:
    yield content[:2]
    at = 2
    while at + 1 < len(content):
        marker = content[at + 1]
        if content[at] != 0xFF:
            raise ValueError("there is something between its segments")
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xD9:
            break
        end = at + 2 if marker == 0x01 else at + 2 + struct.unpack_from(">H", content, at + 2)[0]
        if end > len(content):
            raise ValueError("it ends too early")
        segment = content[at:end]
        if marker == 0xDA:
            found = _MARK.search(content, end)
            end = found.start() if found else len(content)
            yield content[at:end]
        elif marker == 0xE1 and segment[4:10] == _EXIF:
            if up := _way_up(segment[10:]):
                said = _EXIF + up
                yield b"\xff\xe1" + struct.pack(">H", len(said) + 2) + said
        elif _is_shown_by(marker, segment[4:]):
            yield segment
        at = end
    yield b"\xff\xd9"


def _is_shown_by(marker: int, said: bytes) -> bool:
    """Whether a segment says how a JPEG is shown: its frame and tables, and of what applications wrote its resolution and
    its colours."""
    match marker:
        case 0xE0:
            return said.startswith(b"JFIF\0")
        case 0xE2:
            return said.startswith(b"ICC_PROFILE\0")
        case 0xEE:
            return said.startswith(b"Adobe")
        case _:
            return not (0xE0 <= marker <= 0xEF or marker == 0xFE)


def _way_up(tiff: bytes) -> bytes:
    """Of the metadata of a camera what says which way is up, and nothing else; nothing where it is as it should be."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return b""
    try:
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, first)
        entries = [struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * nth) for nth in range(count)]
    except struct.error:
        return b""
    turned = next((value for tag, kind, _, value in entries if (tag, kind) == (_ORIENTATION, 3)), 1)
    if not 2 <= turned <= 8:
        return b""
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, turned, 0, 0)


# ---- PNG: a row of chunks -------------------------------------------------------------------------------------------


def _png(content: bytes) -> Iterator[bytes]:
    yield _PNG
    at, kind = len(_PNG), b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content):
            raise ValueError("it ends too early")
        if kind in _SHOWN_BY:
            yield content[at:end]
        elif kind == b"eXIf" and (up := _way_up(content[at + 8 : end - 4])):
            yield struct.pack(">I", len(up)) + kind + up + struct.pack(">I", zlib.crc32(kind + up))
        at = end


# ---- GIF: a row of blocks, each with blocks of its own --------------------------------------------------------------


def _gif(content: bytes) -> Iterator[bytes]:
    at = 13 + _colours(content[10])
    if at > len(content):
        raise ValueError("it ends too early")
    yield content[:at]
    while at < len(content) and content[at] != 0x3B:
        match content[at]:
            case 0x2C:
                end = _blocks_end(content, at + 11 + _colours(content[at + 9]))
                yield content[at:end]
            case 0x21:
                end = _blocks_end(content, at + 2)
                label = content[at + 1]
                if label in (0x01, 0xF9) or (label == 0xFF and content[at + 3 : at + 14] in _REPEATS):
                    yield content[at:end]
            case _:
                raise ValueError("there is something between its blocks")
        at = end
    yield b";"


def _colours(flags: int) -> int:
    """How many bytes a table of colours has."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _blocks_end(content: bytes, at: int) -> int:
    while content[at]:
        at += 1 + content[at]
    return at + 1
