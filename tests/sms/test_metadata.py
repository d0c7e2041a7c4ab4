"""C08: what goes out with a picture is what it shows, and nothing of where and with what it was taken."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segql.sms import SmsError
from segql.sms.metadata import without_metadata
from segql.sms.pictures import form_of
from tests.sms.pictures import camera, gif, jpeg, photo, png

from .shop import Shop

OWNER = "owner"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def extension(label: int, *blocks: bytes) -> bytes:
    return bytes((0x21, label)) + b"".join(bytes((len(one),)) + one for one in blocks) + b"\0"


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("turned", [1, 6])
def test_c08_a_photo_keeps_its_points_its_colours_and_which_way_is_up(order: str, turned: int) -> None:
    kept = without_metadata(photo(camera(turned, order), b"HOME"))
    assert b"HOME" not in kept and b"SHOP" not in kept and b"adobe" not in kept
    said = photo(camera(turned, order))
    shown = said[said.index(b"\xff\xdb") :]
    assert kept.endswith(shown)
    assert b"ICC_PROFILE\0\1\1colours" in kept and kept[2:4] == b"\xff\xe0"
    assert form_of(kept) == form_of(said)
    up = struct.pack(">HHIHH", 0x0112, 3, 1, turned, 0)
    assert (up in kept, b"Exif" in kept) == (turned == 6, turned == 6)
    assert without_metadata(kept) == kept


def test_c08_a_png_keeps_what_it_is_shown_by() -> None:
    head, rest = png()[:33], png()[33:]
    colours, place = chunk(b"gAMA", bytes(4)), chunk(b"tEXt", b"Place\0HOME") + chunk(b"zzZz", b"HOME")
    assert without_metadata(head + colours + place + rest + b"HOME") == head + colours + rest
    turned = without_metadata(head + chunk(b"eXIf", camera(8)) + rest)
    assert turned.startswith(head) and turned.endswith(rest) and b"HOME" not in turned
    assert struct.pack(">HHIHH", 0x0112, 3, 1, 8, 0) in turned
    assert without_metadata(turned) == turned


def test_c08_a_gif_keeps_its_frames_and_how_often_they_are_shown() -> None:
    begin = b"GIF89a" + struct.pack("<HH", 3, 4) + b"\x80\0\0" + bytes(6)
    frame = extension(0xF9, bytes(4)) + b"\x2c" + bytes(8) + b"\x81" + bytes(12) + b"\x02\x02ab\0"
    again = extension(0xFF, b"NETSCAPE2.0", b"\1\0\0")
    place = extension(0xFE, b"HOME") + extension(0xFF, b"XMP DataXMP", b"HOME")
    assert without_metadata(begin + place + again + frame + place + frame + b";HOME") == (
        begin + again + frame + frame + b";"
    )


def test_c08_what_is_damaged_is_refused_and_nothing_of_it_is_kept(shop: Shop) -> None:
    for damaged in (
        png()[:-6],
        gif()[:-1] + b"\x2c\0",
        jpeg() + b"something",
        b"GIF89a" + struct.pack("<HH", 3, 4),
    ):
        with pytest.raises(SmsError, match="damaged"):
            shop.sms.outbound.add_picture("ann", OWNER, damaged)
    address = shop.sms.outbound.add_picture("ann", OWNER, photo(camera()))
    assert b"HOME" not in shop.sms.outbound.picture(address.rpartition("/")[2])[1]


@given(
    st.sampled_from((png(), gif(), jpeg(), photo(camera(3)))),
    st.integers(0, 200),
    st.binary(max_size=5),
    st.booleans(),
)
def test_c08_whatever_a_picture_has_become_it_is_cleaned_or_refused(
    picture: bytes, at: int, other: bytes, instead: bool
) -> None:
    changed = picture[:at] + other + picture[at + len(other) * instead :]
    try:
        form = form_of(changed)
        kept = without_metadata(changed)
    except (SmsError, ValueError):
        return
    assert form_of(kept) == form
    assert without_metadata(kept) == kept
