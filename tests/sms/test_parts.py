"""C07: the length of texts is exact."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segql.sms import Parts, count_parts, split
from segql.sms.parts import GSM_BASIC, GSM_EXTENSION, LIMITS

GSM = st.text(st.sampled_from(sorted(GSM_BASIC | GSM_EXTENSION)), max_size=500)
ANY = st.one_of(GSM, st.text(st.characters(codec="utf-16"), max_size=200))


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts"),
    [
        ("", "gsm7", 0, 1),
        ("a" * 160, "gsm7", 160, 1),
        ("a" * 161, "gsm7", 161, 2),
        ("a" * 306, "gsm7", 306, 2),
        ("a" * 307, "gsm7", 307, 3),
        ("€" * 80, "gsm7", 160, 1),
        ("a" + "€" * 80, "gsm7", 161, 2),
        # An escape pair may not straddle parts: 76 pairs fill a part, its last septet stays empty.
        ("]" * 153, "gsm7", 306, 3),
        ("Ünïcôde"[:1] + "à@£", "gsm7", 4, 1),
        ("ç", "ucs2", 1, 1),
        ("“", "ucs2", 1, 1),
        # In UCS-2 the extension characters are ordinary.
        ("€“", "ucs2", 2, 1),
        ("é", "gsm7", 1, 1),
        ("e\u0301", "ucs2", 2, 1),
        ("я" * 70, "ucs2", 70, 1),
        ("я" * 71, "ucs2", 71, 2),
        ("😀" * 35, "ucs2", 70, 1),
        ("😀" * 40, "ucs2", 80, 2),
        ("😀" * 67, "ucs2", 134, 3),
    ],
)
def test_c07_count_parts_is_exact(text: str, encoding: str, units: int, parts: int) -> None:
    assert count_parts(text) == Parts(encoding, units, parts)  # type: ignore[arg-type]


def width(text: str, encoding: str) -> int:
    if encoding == "ucs2":
        return len(text.encode("utf-16-le")) // 2
    return sum(2 if character in GSM_EXTENSION else 1 for character in text)


@given(ANY)
def test_c07_parts_join_to_the_text_and_keep_their_limits(text: str) -> None:
    counted, parts = count_parts(text), split(text)
    whole, each = LIMITS[counted.encoding]
    assert "".join(parts) == text
    assert len(parts) == counted.parts
    assert (counted.parts == 1) == (counted.units <= whole)
    assert sum(width(part, counted.encoding) for part in parts) == counted.units
    assert len(parts) == 1 or all(0 < width(part, counted.encoding) <= each for part in parts)


@given(ANY, st.characters(codec="utf-16"))
def test_c07_another_character_never_makes_a_text_cheaper(text: str, character: str) -> None:
    assert count_parts(text + character).parts >= count_parts(text).parts


# An oracle: `smsutil` was right on 869 of 870 vectors; it calls an empty text UCS-2, and takes a bare escape for GSM.
ORACLE = st.one_of(
    GSM, st.text(st.characters(codec="utf-16", exclude_characters="\x1b"), max_size=400)
).filter(bool)


@given(ORACLE)
def test_c07_parts_are_counted_as_another_library_counts_them(text: str) -> None:
    from smsutil import split as oracle

    counted, theirs = count_parts(text), oracle(text)
    assert counted.encoding == ("gsm7" if theirs.encoding == "gsm0338" else "ucs2")
    assert counted.parts == len(theirs.parts)
    assert list(split(text)) == [part.content for part in theirs.parts]


def test_c07_parts_are_counted_as_two_calculators_of_npm_count_them() -> None:
    """The texts and counts were written by `oracles/count.cjs`."""
    rows = json.loads((Path(__file__).parent / "oracles" / "counted.json").read_text(encoding="utf-8"))
    assert len(rows) == 155
    for row in rows:
        counted = count_parts(row["text"])
        is_plain = counted.encoding == "gsm7"
        assert row["calculator"] == ["GSM-7" if is_plain else "UCS-2", counted.parts], row["text"]
        assert row["split"] == ["GSM" if is_plain else "Unicode", counted.parts], row["text"]
