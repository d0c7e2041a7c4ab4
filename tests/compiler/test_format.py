"""The formatter: canonical text, comments kept, a fixed point that means the same."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from segql.compiler.format import format, own_texts, segment_parts
from segql.compiler.parse import parse
from segql.compiler.statements import Tree
from tests.compiler.definitions import DEFINITIONS

MESSY = """\
-- The heading of a file.

-- about VIPs
SEGMENT "SMS VIPs"   -- the best 5 percent
  : CAN receive SMS   -- who may be texted
  and (historic_clv >= $500 OR top 5% by historic_clv) -- rich
-- between the segments
segment "Winback" "Went quiet":in segment "SMS VIPs" and last "Placed Order" more than 60 days ago and
   -- a long one
   sum of Total from "Placed Order" in the last 365 days > 2*average_order_value
   and (gender is "a long value that takes room"
   or (gender is "another long value that takes room" and predicted_clv > 3)) -- both
   -- the end
"""


def test_messy_text(snapshot: SnapshotAssertion) -> None:
    assert snapshot == format(MESSY)


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\t"])
def test_a_text_stays_on_its_line_and_outlasts_files(end: str, tmp_path: Path) -> None:
    tree = parse(f'city is "a{end}b" and "m{end}" is set')
    file = tmp_path / "segment.seg"
    file.write_text(tree.text())
    assert len(file.read_text().splitlines()) == 1
    assert parse(file.read_text()) == tree


def test_formatting_twice_is_formatting_once() -> None:
    once = format(MESSY)
    assert format(once) == once


@pytest.mark.parametrize("name", DEFINITIONS)
def test_meaning_is_kept(name: str) -> None:
    text = DEFINITIONS[name]
    assert parse(format(text)) == parse(text)
    assert format(format(text)) == format(text)


@pytest.mark.parametrize("name", DEFINITIONS)
def test_json_and_text_are_two_forms_of_one_tree(name: str) -> None:
    tree = parse(DEFINITIONS[name])
    assert Tree.from_json(tree.to_json()) == tree
    assert parse(tree.text()) == tree


GAPS = st.sampled_from([" ", "\n", "  \n\t", " -- note\n", "\n-- note\n", "\n\n -- one\n-- two\n\n"])
WORDS = (
    (
        'segment "A" : can receive sms and ( gender is "f" or not in list "VIP" ) '
        'segment "B" "b" : did "Placed Order" at least 3 times in the last 30 days and top 5% by clv'
    )
    .replace('"Placed Order"', '"Placed_Order"')
    .split(" ")
)


@given(st.lists(GAPS, min_size=len(WORDS), max_size=len(WORDS)))
def test_comments_anywhere_are_kept_and_formatting_is_a_fixed_point(gaps: list[str]) -> None:
    """A comment may stand anywhere that a blank may stand."""
    text = "".join(word + gap for word, gap in zip(WORDS, gaps, strict=True))
    once = format(text)
    assert once.count("--") == text.count("--")
    assert format(once) == once
    assert parse(once) == parse(text)


@given(st.lists(GAPS, min_size=len(WORDS), max_size=len(WORDS)))
def test_what_a_statement_has_of_comments_is_its_own_wherever_it_stands(gaps: list[str]) -> None:
    text = "".join(word + gap for word, gap in zip(WORDS, gaps, strict=True))
    for own in own_texts(text, parse(text).statements):
        if own is not None:
            assert own_texts(own, parse(own).statements) == [own]
            parts = segment_parts(own)
            assert sum(part.count("--") for part in parts) == own.count("--")
            heading = own[own.index("segment") : own.index(":") + 1]
            again = "\n".join((heading, *parts))
            assert parse(again) == parse(own)
            assert segment_parts(again) == parts


def test_a_comment_that_heads_a_file_is_nobodys() -> None:
    text = """-- all

-- The best.
segment "A": -- one
  x is 1
-- below it

-- before the next
segment "B": x is 2

-- the end"""
    first, second = own_texts(text, parse(text).statements)
    assert first == '-- The best.\nsegment "A": -- one\n  x is 1\n  -- below it'
    assert second == '-- before the next\nsegment "B":\n  x is 2\n  -- the end'
    assert own_texts('segment "A": x is "--"', parse('segment "A": x is "--"').statements) == [None]
    assert segment_parts(first) == ("-- The best.\n-- one\nx is 1\n-- below it", "")
