"""SQL as text: names and texts come out of an engine as they went in, brackets keep the meaning, values stay outside."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import reduce
from operator import add, and_, eq, ge, gt, le, lt, mul, ne, or_, sub
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segql.compiler.sql import build
from segql.compiler.sql.bindings import Bindings
from segql.compiler.sql.build import Sql
from segql.compiler.sql.dialects import DIALECTS
from segql.compiler.sql.select import Select, derived, subquery, table, together

HOSTILE = (
    'say "hi"', '"', '""', "it's", "''", "back\\slash", "\\'", '\\"', "two\nlines", "\r\n\t", " ", "; DROP TABLE p; --",
    "/* x */", "$p1", "?", "%s", "{x}", "select", "a.b", "naïve 😀 ß İ", "\u202eevil", "e\u0301",
)  # fmt: skip
# Whatever a Unicode string can hold, but NUL.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
X, Y, Z = (build.identifier(name) for name in "xyz")
SAME, LESS = build.comparison(X, "=", Y), build.comparison(X, "<", Z)


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def value_of(engine: duckdb.DuckDBPyConnection, expression: Sql) -> Any:
    (row,) = engine.execute(f"SELECT {expression}").fetchall()
    return row[0]


# ---- Names and texts ----------------------------------------------------------------------------------------------


def survives(engine: duckdb.DuckDBPyConnection, name: str) -> bool:
    """As the name of a column, of a field of an object, and as a text."""
    column, text = build.identifier(name), build.string(name)
    found = engine.execute(f"SELECT {text} AS {column}")
    described = [field[0] for field in found.description or ()]
    inside = f'SELECT "t".{column} FROM (SELECT 7 AS {column}) AS "t"'
    return (
        described == [name] and found.fetchall() == [(name,)] and engine.execute(inside).fetchall() == [(7,)]
    )


@pytest.mark.parametrize("name", HOSTILE, ids=repr)
def test_a_hostile_name_survives(engine: duckdb.DuckDBPyConnection, name: str) -> None:
    assert survives(engine, name)


@given(TEXTS)
def test_every_name_survives(engine: duckdb.DuckDBPyConnection, name: str) -> None:
    assert survives(engine, name)


@pytest.mark.parametrize("name", ["\0", "a\0b", '"\0"'], ids=repr)
def test_a_name_with_nul_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="NUL"):
        build.identifier(name)


@pytest.mark.parametrize(
    "name", ["", " ", "a b", 'a"', "a.b", "a-b", "1a", "été", "a\n", "a\0", "a;"], ids=repr
)
def test_what_is_no_word_has_to_be_quoted(name: str) -> None:
    for write in (build.word, lambda name: table(name, "p"), lambda name: table("profiles", name)):
        with pytest.raises(ValueError, match="quoted"):
            write(name)


# ---- Brackets -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fragment", "text"),
    [
        (build.operation(X, "+", Y, Z), '"x" + "y" + "z"'),
        (build.operation(build.operation(X, "-", Y), "-", Z), '("x" - "y") - "z"'),
        (build.operation(X, "-", build.operation(Y, "-", Z)), '"x" - ("y" - "z")'),
        (build.comparison(build.operation(X, "*", Y), "<=", build.integer(-3)), '"x" * "y" <= -3'),
        (build.comparison(SAME, "=", build.TRUE), '("x" = "y") = TRUE'),
        (build.negation(SAME), 'NOT ("x" = "y")'),
        (build.negation(build.call("F", X)), 'NOT F("x")'),
        (build.negation(build.negation(X)), 'NOT (NOT "x")'),
        (build.is_null(X), '"x" IS NULL'),
        (build.is_null(build.operation(X, "+", Y), negated=True), '"x" + "y" IS NOT NULL'),
        (build.is_not_true(X), '"x" IS NOT TRUE'),
        (build.is_not_true(SAME), '("x" = "y") IS NOT TRUE'),
        (build.among(X, build.row((Y, Z))), '"x" IN ("y", "z")'),
        (build.among(X, build.row((Y,)), negated=True), '"x" NOT IN ("y")'),
        (build.conjunction((SAME,)), '"x" = "y"'),
        (build.conjunction((SAME, build.conjunction((X, Y)))), '"x" = "y" AND "x" AND "y"'),
        (build.conjunction((build.disjunction((X, Y)), Z)), '("x" OR "y") AND "z"'),
        (build.disjunction((build.conjunction((X, Y)), Z)), '("x" AND "y") OR "z"'),
        (build.negation(build.conjunction((X, Y))), 'NOT ("x" AND "y")'),
        (build.case((SAME, X), (LESS, Y)), 'CASE WHEN "x" = "y" THEN "x" WHEN "x" < "z" THEN "y" END'),
        (build.case((SAME, X), default=Z), 'CASE WHEN "x" = "y" THEN "x" ELSE "z" END'),
        (build.count(), "COUNT(*)"),
        (build.count(X, different=True), 'COUNT(DISTINCT "x")'),
        (build.over(build.call("RANK"), X, Y), 'RANK() OVER (PARTITION BY "y" ORDER BY "x")'),
    ],
)  # fmt: skip
def test_brackets_stand_where_they_have_to(fragment: Sql, text: str) -> None:
    assert fragment == text


Written = tuple[Sql, Any]  # an expression, and its value as Python has it
OPERATORS: dict[Any, Any] = {"+": add, "-": sub, "*": mul}
COMPARATORS: dict[Any, Any] = {"=": eq, "<>": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


def numbers() -> st.SearchStrategy[Written]:
    plain = st.integers(-9, 9).map(lambda value: (build.integer(value), value))
    return st.recursive(plain, combined, max_leaves=6)


def combined(parts: st.SearchStrategy[Written]) -> st.SearchStrategy[Written]:
    several = st.lists(parts, min_size=2, max_size=3)
    return st.builds(
        lambda operator, parts: (
            build.operation(parts[0][0], operator, *(part for part, _ in parts[1:])),
            reduce(OPERATORS[operator], (value for _, value in parts)),
        ),
        st.sampled_from(list(OPERATORS)),
        several,
    )


def conditions() -> st.SearchStrategy[Written]:
    plain = st.builds(
        lambda left, comparator, right: (
            build.comparison(left[0], comparator, right[0]),
            COMPARATORS[comparator](left[1], right[1]),
        ),
        numbers(),
        st.sampled_from(list(COMPARATORS)),
        numbers(),
    )
    return st.recursive(plain, connected, max_leaves=6)


def connected(parts: st.SearchStrategy[Written]) -> st.SearchStrategy[Written]:
    several = st.lists(parts, min_size=1, max_size=3)
    return st.one_of(
        parts.map(lambda part: (build.negation(part[0]), not part[1])),
        parts.map(lambda part: (build.is_not_true(part[0]), not part[1])),
        parts.map(lambda part: (build.is_null(part[0]), False)),
        st.builds(
            lambda left, right: (build.comparison(left[0], "=", right[0]), left[1] == right[1]), parts, parts
        ),
        several.map(
            lambda parts: (
                build.conjunction([part for part, _ in parts]),
                reduce(and_, (value for _, value in parts)),
            )
        ),
        several.map(
            lambda parts: (
                build.disjunction([part for part, _ in parts]),
                reduce(or_, (value for _, value in parts)),
            )
        ),
    )


@given(conditions())
def test_an_engine_reads_what_was_meant(engine: duckdb.DuckDBPyConnection, written: Written) -> None:
    text, meant = written
    assert value_of(engine, text) == meant


# ---- Values and queries -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", [*HOSTILE, 1.5, -7, True, date(2026, 1, 2), datetime(2026, 1, 2, tzinfo=UTC)]
)
def test_a_value_is_bound_and_not_written(engine: duckdb.DuckDBPyConnection, value: Any) -> None:
    bindings = Bindings(DIALECTS["duckdb"])
    query = bindings.query(Select(bindings.bind(value), source=Sql("(VALUES (1)) AS v")))
    placeholder = query.text.removeprefix("SELECT ").removesuffix(" FROM (VALUES (1)) AS v")
    assert placeholder in ("$p1", "CAST($p1 AS DOUBLE)", "CAST($p1 AS DATE)", "CAST($p1 AS TIMESTAMP_S)")
    found = engine.execute(query.text, dict(query.values)).fetchall()
    assert found == [(value.replace(tzinfo=None) if isinstance(value, datetime) else value,)]


def test_one_value_is_bound_once() -> None:
    bindings = Bindings(DIALECTS["duckdb"])
    same = [bindings.bind(value) for value in ("1", 1, 1.0, True, "1", 1)]
    assert same == ["$p1", "$p2", "CAST($p3 AS DOUBLE)", "$p4", "$p1", "$p2"]
    assert list(bindings.values.values()) == ["1", 1, 1.0, True]


def test_a_query_is_written_in_the_order_of_sql() -> None:
    inner = Select(X, source=table("events", "e"))
    query = Select(X, build.aliased(Y, build.word("why")), source=derived(inner, "i"))
    query.order(Z, limit=3).group(X, having=SAME)
    query.join("LEFT", table("labels", "l"), LESS).where(build.disjunction((X, Y))).where(SAME)
    assert str(query) == (
        'SELECT "x", "y" AS why FROM (SELECT "x" FROM events AS e) AS i LEFT JOIN labels AS l ON "x" < "z" '
        'WHERE ("x" OR "y") AND "x" = "y" GROUP BY "x" HAVING "x" = "y" ORDER BY "z" LIMIT 3'
    )
    assert subquery(inner) == '(SELECT "x" FROM events AS e)'
    assert together((inner, inner)) == 'SELECT "x" FROM events AS e UNION ALL SELECT "x" FROM events AS e'


def test_a_query_is_plain_text() -> None:
    """What leaves the compiler is a `str`: a program may write it to JSON or compare its type."""
    bindings = Bindings(DIALECTS["duckdb"])
    inner = Select(X, source=table("events", "e"))
    assert type(bindings.query(inner).text) is type(bindings.query(together((inner,))).text) is str
