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
