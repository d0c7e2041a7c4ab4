"""Patterns that mean the same in every engine, how PostgreSQL reads them, and those that are refused."""

import pytest

from segql.compiler.conditions.texts import pattern_problem
from segql.compiler.sql.patterns import advanced_regular_expression


@pytest.mark.parametrize(
    ("pattern", "read"),
    [
        ("^(north|south) ", "^(north|south) "),
        ("a.b", r"a[^\n]b"),
        (r"\d{2,3}-\w+\s", r"[0-9]{2,3}-[A-Za-z0-9_]+[\t\n\f\r ]"),
        (r"[^\d.x-z]\.", r"[^0-9.x-z]\."),
        (r"\D", "[^0-9]"),
        ("[a[]", r"[a\[]"),
        (r"\x41b", r"\u0041b"),
        ("a{x", r"a\{x"),
        ("(?i)a(?i:b)(?:c)", "a(?:b)(?:c)"),
    ],
)
def test_postgresql_reads_it_as_a_store_does(pattern: str, read: str) -> None:
    assert pattern_problem(pattern) is None
    assert advanced_regular_expression(pattern) == read


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("(?s)a", "look-around"),
        ("(?<=a)b", "look-around"),
        (r"(a)\1", "look-around"),
        ("a*+", "a + cannot stand behind"),
        ("a{2}+", "a + cannot stand behind"),
        ("a{256}", "more than 255 times"),
        ("[[:alpha:]]", "[:alpha:]"),
        ("a" * 1001, "longer than 1,000"),
    ],
)
def test_what_engines_read_differently_is_refused(pattern: str, problem: str) -> None:
    assert problem in (pattern_problem(pattern) or "")


@pytest.mark.parametrize("pattern", [r"\*+", "[*+]+", r"[\]*+]", "a}+", "(?:a+)+"])
def test_a_plus_may_stand_behind_the_sign_itself(pattern: str) -> None:
    assert pattern_problem(pattern) is None
