"""PostgreSQL reads any column as what the catalog says, folds as the language does, and runs what programs send it."""

import re
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import assume, given
from hypothesis import strategies as st

import segql
from segql.compiler.catalog.model import Attribute
from segql.compiler.catalog.tables import ProfileTable, Tables
from segql.compiler.conditions.texts import pattern_problem
from segql.compiler.sql.build import Sql
from segql.compiler.sql.dialects import postgresql as dialect
from segql.compiler.text import fold
from tests.postgresql import server
from tests.semantics.foreign import orders_and_views, quoted

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def connection(postgresql: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(postgresql, autocommit=True) as connected:
        yield connected


@pytest.fixture(scope="module")
def store() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connected:
        yield connected


# ---- Texts


# Beyond it no character has a case or another form.
CASELESS = 0x30000


def test_every_character_is_folded(postgresql: str) -> None:
    with server(version=18) as newer:
        for address in (postgresql, newer):
            codes = [code for code in range(1, CASELESS) if not 0xD800 <= code <= 0xDFFF]
            changed = changed_by_folding(address)
            assert [code for code in codes if changed.get(code, chr(code)) != fold(chr(code))] == []
    assert all(fold(chr(code)) == chr(code) for code in range(CASELESS, sys.maxunicode + 1))


def changed_by_folding(address: str) -> dict[int, str]:
    folded = dialect.fold(Sql("CHR(code)"))
    query = f"""SELECT * FROM (
        SELECT code, {folded} FROM GENERATE_SERIES(1, {CASELESS - 1}) AS c(code)
        WHERE code NOT BETWEEN {0xD800} AND {0xDFFF} OFFSET 0
      ) AS f(code, folded) WHERE folded <> CHR(code)"""
    with psycopg.connect(address) as connection:
        return dict(connection.execute(query).fetchall())  # type: ignore[arg-type]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_texts_are_folded(connection: psycopg.Connection[Any], text: str) -> None:
    query = f"SELECT {dialect.fold(Sql('%(text)s::TEXT'))}"
    assert connection.execute(query, {"text": text}).fetchone() == (fold(text),)  # type: ignore[arg-type]


# Without \B, which DuckDB finds inside a letter of several bytes, too.
PIECES = re.findall(
    r"\S+|(?<=  ) ",
    r"""a é I 1 _   - . \. \d \w \s \D \W \S \b ^ $ | * + ? +? {2} {1,2} { {x } # % :p1 $p1 \x61 \n \" \-
    [a-c] [^a] [^\d] [\w-] [.] [[] []a] [\x61\]] (?:an|b) (a) (?i:A)""",
)
SIGNS = st.sampled_from('aAéÉbIiıİ1_ -.\n%{}[]"#:x')


@pytest.mark.filterwarnings("ignore:Possible nested set:FutureWarning")  # of Python, which has no
@given(
    st.lists(st.sampled_from(PIECES), max_size=6).map("".join),
    st.lists(st.text(SIGNS, max_size=8), max_size=20),
)
def test_patterns_find_what_they_find_in_a_store(
    connection: psycopg.Connection[Any], store: duckdb.DuckDBPyConnection, pattern: str, texts: list[str]
) -> None:
    assume(pattern_problem(pattern) is None)
    texts += [text.swapcase() for text in texts]
    query = "SELECT text FROM UNNEST(%s::TEXT[]) AS t(text) WHERE text ~* %s"
    found = {text for (text,) in connection.execute(query, (texts, dialect.pattern(pattern))).fetchall()}
    query = "SELECT text FROM UNNEST($1::TEXT[]) AS t(text) WHERE REGEXP_MATCHES(text, $2, 'i')"
    assert found == {text for (text,) in store.execute(query, (texts, pattern)).fetchall()}, pattern


# ---- Columns of any type


def read(connection: psycopg.Connection[Any], value: str, kind: str) -> object:
    """What a fragment of PostgreSQL's is as a value of the language, in a session far from UTC."""
    with connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL TimeZone = 'Pacific/Auckland'")
        query = f"SELECT {dialect.typed(Sql('v'), kind)} FROM (SELECT {value} OFFSET 0) AS t(v)"
        row = connection.execute(query).fetchone()  # type: ignore[arg-type]
    assert row is not None
    return row[0]


@pytest.mark.parametrize(
    ("kind", "value", "meant"),
    [
        ("number", "12", 12.0),
        ("number", "12.50::NUMERIC", 12.5),
        ("number", "' 1e3'::TEXT", 1000.0),
        ("number", "'n/a'::VARCHAR", None),
        ("number", "''::TEXT", None),
        ("number", "'7'::JSONB", 7.0),
        ("number", "'\"7.5\"'::JSONB", 7.5),
        ("number", "'null'::JSONB", None),
        ("number", "'[7]'::JSON", None),
        ("number", "TRUE", None),
        ("number", "CURRENT_DATE", None),
        ("boolean", "TRUE", True),
        ("boolean", "0::SMALLINT", False),
        ("boolean", "'Yes'::TEXT", True),
        ("boolean", "'off'::TEXT", False),
        ("boolean", "'maybe'::TEXT", None),
        ("boolean", "'false'::JSONB", False),
        ("date", "DATE '2024-02-29'", date(2024, 2, 29)),
        ("date", "TIMESTAMP '2024-02-29 23:59:59'", date(2024, 2, 29)),
        ("date", "'2024-02-29'::TEXT", date(2024, 2, 29)),
        ("date", "'2023-02-29'::TEXT", None),
        ("date", "'soon'::TEXT", None),
        ("text", "'gold'::VARCHAR(9)", "gold"),
        ("text", "'af3f1cc1-0d1c-4c58-9a6b-6c6c0e7a0a55'::UUID", "af3f1cc1-0d1c-4c58-9a6b-6c6c0e7a0a55"),
        ("text", "12", "12"),
        ("list", "ARRAY['a', NULL]", ["a", None]),
        ("list", "ARRAY[1, 2]", [1, 2]),
        ("list", "'{}'::TEXT[]", []),
        ("list", "'[\"a\"]'::JSONB", ["a"]),
        ("list", "'{\"a\": 1}'::JSONB", None),
        ("list", "'null'::JSONB", None),
        ("list", "'a'::TEXT", None),
        ("object", "'{\"a\": 1}'::JSON", {"a": 1}),
        ("object", "'null'::JSONB", None),
    ],
)
def test_a_column_is_read_as_the_catalog_says_or_is_not_set(
    connection: psycopg.Connection[Any], kind: str, value: str, meant: object
) -> None:
    assert read(connection, value, kind) == meant
    assert read(connection, f"(SELECT {value} WHERE FALSE)", kind) is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-05-31T23:30:00Z", datetime(2026, 5, 31, 23, 30, tzinfo=UTC)),
        ("2026-05-31 23:30:00.75", datetime(2026, 5, 31, 23, 30, tzinfo=UTC)),
        ("2026-05-31T23:30:00.123456+02:00", datetime(2026, 5, 31, 21, 30, tzinfo=UTC)),
        ("2026-05-31T23:30:00-05:30", datetime(2026, 6, 1, 5, tzinfo=UTC)),
        ("2026-05-31", datetime(2026, 5, 31, tzinfo=UTC)),
        ("2026-02-30T10:00:00Z", None),
        ("tomorrow", None),
        ("23:30:00", None),
    ],
)
def test_an_instant_in_json_is_read_by_its_zone_or_in_utc(
    connection: psycopg.Connection[Any], written: str, meant: datetime | None
) -> None:
    value = f"""'{{"at": "{written}"}}'::JSONB"""
    assert read(connection, f"{value} -> 'at'", "datetime") == meant


# ---- Whole queries


@pytest.fixture(params=["TIMESTAMP", "TIMESTAMPTZ", "DATE"])
def shop(
    connection: psycopg.Connection[Any], request: pytest.FixtureRequest
) -> Iterator[psycopg.Cursor[Any]]:
    """Orders a minute apart, in columns of types that are not ours, with an index on their instants."""
    with connection.transaction(force_rollback=True), connection.cursor() as cursor:
        cursor.execute(
            f"""SET LOCAL TimeZone = 'Asia/Tokyo';
            CREATE TYPE tier AS ENUM ('gold', 'silver');
            CREATE TABLE users AS SELECT MD5(i::TEXT)::UUID AS id, TIMESTAMPTZ '2026-05-31 23:30:00Z' AS since,
              'gold'::tier AS tier FROM GENERATE_SERIES(1, 3) AS g(i);
            CREATE TABLE orders AS SELECT (SELECT MIN(id::TEXT)::UUID FROM users) AS user_id,
              ((TIMESTAMP '2026-06-01 12:00:00' - MAKE_INTERVAL(mins => 200000 - i)))::{request.param} AS at,
              i::DECIMAL(12, 2) AS cents FROM GENERATE_SERIES(1, 200000) AS g(i);
            CREATE TABLE views (user_id UUID, at TIMESTAMP, page TEXT);
            CREATE INDEX ON orders (at);
            ANALYZE orders""".replace("::TIMESTAMPTZ AS at", " AT TIME ZONE 'UTC' AS at")
        )
        yield cursor


def asked(shop: psycopg.Cursor[Any], text: str) -> set[object]:
    query = segql.compile(text, orders_and_views("postgresql")).sql(now=NOW)
    return {key for (key,) in shop.execute(*query.for_psycopg()).fetchall()}


def test_columns_of_any_type_can_be_asked(shop: psycopg.Cursor[Any]) -> None:
    buyer, other, third = (key for (key,) in shop.execute("SELECT id FROM users ORDER BY id").fetchall())
    assert asked(shop, 'tier is "GOLD" and joined is on 2026-05-31') == {buyer, other, third}
    assert asked(shop, 'not did any of ("Bought", "Looked") in the last 7 days') == {other, third}
    assert asked(shop, 'maximum of Sum from "Bought" at least 200000') == {buyer}
    assert asked(shop, 'did "Bought" more than 200000 times') == set()
    # Of two kinds of events the one has a number where the other has a text.
    assert asked(shop, 'did any of ("Looked", "Bought") where (Sum more than 5 and Page is not set)') == {
        buyer
    }


def test_an_index_serves_a_window(shop: psycopg.Cursor[Any]) -> None:
    query = segql.compile('did "Bought" today', orders_and_views("postgresql")).sql(now=NOW)
    text, values = query.for_psycopg()
    plan = "\n".join(line for (line,) in shop.execute(f"EXPLAIN {text}", values).fetchall())
    assert "Index Cond: ((at > " in plan or "orders_at_idx" in plan, plan


def test_sqlalchemy_and_psycopg_take_hostile_names_with_values_bound(postgresql: str) -> None:
    name = 'it\'s :p1 \\:p2 $p1 "x"; 100% %s %(p1)s'
    profiles = ProfileTable(table=name, key="id:: int", attributes={"tier": ":p1"})
    tables = Tables(profiles=profiles, dialect="postgresql")
    names = segql.Catalog(attributes=(Attribute(name="tier", type="text"),), tables=tables)
    query = segql.compile('tier is ":p1" or tier contains "$p2" or tier matches "%s$"', names).sql(now=NOW)
    engine = sa.create_engine(postgresql.replace("postgresql:", "postgresql+psycopg:", 1))
    with engine.begin() as connected:
        cursor = connected.connection.cursor()
        table = quoted(name)
        cursor.execute(f'CREATE TABLE {table} ("id:: int" INTEGER, ":p1" TEXT)')
        cursor.execute(
            f"INSERT INTO {table} VALUES (1, ':P1'), (2, 'a$p2'), (3, 'p1'), (4, NULL), (5, '100%s')"
        )
        meant = sa.text(query.for_sqlalchemy()).bindparams(**query.values)
        assert {key for (key,) in connected.execute(meant)} == {1, 2, 5}
        cursor.execute(*query.for_psycopg())
        assert {key for (key,) in cursor.fetchall()} == {1, 2, 5}
        connected.rollback()
    engine.dispose()
