"""Places of a text, as people and as editors count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segql.compiler.source import EditorPlace, Encoding, Position, Source

ENCODINGS: tuple[Encoding, ...] = ("utf-8", "utf-16", "utf-32")
TEXT = "é🎉x\r\ny\rz\n"


@pytest.mark.parametrize(
    ("offset", "place"),
    [(0, (1, 1)), (2, (1, 3)), (5, (2, 1)), (7, (3, 1)), (9, (4, 1))],
)
def test_people_count_characters_from_1(offset: int, place: tuple[int, int]) -> None:
    assert Source(TEXT).position(offset) == Position(*place)


@pytest.mark.parametrize(("encoding", "unit"), [("utf-8", 6), ("utf-16", 3), ("utf-32", 2)])
def test_editors_count_units_from_0(encoding: Encoding, unit: int) -> None:
    assert Source(TEXT).editor_place(2, encoding) == (0, unit)
    assert Source(TEXT).offset(EditorPlace(0, unit), encoding) == 2


def test_what_lies_outside_of_the_text_is_held_to_it() -> None:
    source = Source(TEXT)
    assert source.offset(EditorPlace(0, 99)) == 3
    assert source.offset(EditorPlace(99, 0)) == len(TEXT)
    assert source.offset(EditorPlace(0, 2)) == 1  # in the middle of the emoji


@given(st.text(alphabet="a\n\r🎉é\ud800\u2028 "), st.sampled_from(ENCODINGS))
def test_there_and_back(text: str, encoding: Encoding) -> None:
    source = Source(text)
    for offset in range(len(text) + 1):
        if text[offset - 1 : offset + 1] == "\r\n":
            continue  # between the two there is no place
        assert source.offset(source.editor_place(offset, encoding), encoding) == offset
