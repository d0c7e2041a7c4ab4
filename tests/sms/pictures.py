"""Small pictures of each kind, for tests."""

import struct
import zlib


def png(width: int = 2, height: int = 2) -> bytes:
    """A PNG of one grey."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def gif(width: int = 3, height: int = 4) -> bytes:
    """The beginning of a GIF, which says its sides."""
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\x00\x00\x00;"


def jpeg(width: int = 5, height: int = 6) -> bytes:
    """The beginning of a JPEG: a comment, a filling byte, then the frame with its sides."""
    frame = b"\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"
    comment = b"\xff\xfe" + struct.pack(">H", 6) + b"\xff\xc0hi"
    return b"\xff\xd8" + comment + b"\xff\xff\xc2" + struct.pack(">H", len(frame) + 2) + frame


def camera(turned: int = 1, order: str = "<") -> bytes:
    """What a camera writes into a picture: its name, which way is up, and a place."""
    entries = ((0x010F, 2, 4, 0x504F4853), (0x0112, 3, 1, turned), (0x8825, 4, 1, 0x42))
    packed = [struct.pack(f"{order}HHI", *entry[:3]) + _value(order, *entry[1::2]) for entry in entries]
    head = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, 8)
    return head + struct.pack(f"{order}H", len(entries)) + b"".join(packed) + bytes(4) + b"HOME 42.37N"


def _value(order: str, kind: int, value: int) -> bytes:
    return struct.pack(f"{order}HH", value, 0) if kind == 3 else struct.pack(f"{order}I", value)


def photo(tiff: bytes, rest: bytes = b"") -> bytes:
    """A JPEG as a camera makes it, with its colours, a comment, and something behind its end."""

    def segment(marker: int, data: bytes) -> bytes:
        return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data

    return b"".join(
        (
            *(b"\xff\xd8", segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"), segment(0xE1, b"Exif\0\0" + tiff)),
            *(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0HOME"), segment(0xED, b"Photoshop HOME")),
            *(segment(0xE2, b"ICC_PROFILE\0\1\1colours"), segment(0xFE, b"HOME"), segment(0xDB, bytes(65))),
            *(segment(0xC0, b"\x08\0\x06\0\x05\1\1\x11\0"), segment(0xDA, b"\1\1\0\0\x3f\0")),
            *(b"data\xff\0data\xff\xd0data", b"\xff\xd9", rest),
        )
    )
