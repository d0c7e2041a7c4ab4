"""Whatever is typed: diagnostics or a definition, never an exception, and every place lies in the text.

SEGQL_EXAMPLES sets how many worlds the laws draw; here it is a tenth of the texts of each kind.
"""

import os
import re

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from segql.compiler.diagnostics.render import as_record, render
from segql.compiler.pipeline import check
from segql.compiler.statements import Ask, Tree
from tests.compiler.definitions import DEFINITIONS
from tests.compiler.seen import SEEN
from tests.compiler.test_recovery import MISTAKES
from tests.reference.definitions import conditions, profiles

TEXTS = (*DEFINITIONS.values(), *MISTAKES)
WORDS = tuple(sorted(set(re.findall(r'\w+|"[^"]*"|\S', " ".join(TEXTS)))))
ODD = (
    '"',
    "(",
    ")",
    "[",
    "\\",
    "--",
    "\n",
    ",",
    ":",
    "$",
    "{",
    "“",
    "'",
    "\x00",
    "é",
    "\u2028",
    'segment "A":',
    "define",
    "$x",
)
SETTINGS = settings(
    max_examples=int(os.environ.get("SEGQL_EXAMPLES", "10")) * 10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def is_sound(text: str) -> None:
    for diagnostic in check(text, SEEN):
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(diagnostic.source.text)
        assert diagnostic.message
        assert diagnostic.remedy
        assert render(diagnostic)
        assert as_record(diagnostic)
        for fix in diagnostic.fixes:
            for edit in fix.edits:
                assert 0 <= edit.span.start <= edit.span.end <= len(diagnostic.source.text)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A definition in which some stretches are replaced by words of the language or by odd characters."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 6)))
        piece = draw(
            st.sampled_from(("", " ", *ODD))
            | st.sampled_from(WORDS).map(" {} ".format)
            | st.sampled_from(TEXTS)
        )
        text = text[:start] + piece + text[end:]
    return text


@SETTINGS
@given(mutated())
@example('segment "A": segment "A": segment "A":')
@example('gender is "f" and (' * 40)
def test_mutated_texts(text: str) -> None:
    is_sound(text)


@SETTINGS
@given(st.lists(st.sampled_from(WORDS + ODD), max_size=25).map(" ".join))
def test_words_of_the_language_in_any_order(text: str) -> None:
    is_sound(text)


@SETTINGS
@given(st.text(max_size=80) | st.binary(max_size=80).map(lambda data: data.decode("utf-8", "replace")))
def test_any_characters(text: str) -> None:
    is_sound(text)


@SETTINGS
@given(
    conditions(profiles(depth=3)).map(lambda condition: Tree(statements=(Ask(condition=condition),)).text())
)
def test_definitions_made_of_the_grammar(text: str) -> None:
    is_sound(text)
