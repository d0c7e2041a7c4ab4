"""Laws of own tables: what a definition says on a store it says on somebody's tables, or it says that it cannot."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import duckdb
import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import given, settings

import segql
from segql.compiler.catalog.model import Attribute
from segql.compiler.catalog.tables import ProfileTable, Tables
from segql.compiler.diagnostics.codes import Code
from segql.compiler.plan.instants import moment
from segql.compiler.plan.nodes import Sequence
from segql.compiler.sql.emit import Emitter
from segql.compiler.sql.query import Query
from tests.reference.people import World
from tests.semantics.foreign import catalog, orders_and_views, quoted
from tests.semantics.foreign_duckdb import load
from tests.semantics.foreign_postgresql import loaded
from tests.semantics.test_funnels import NOW as NOW_OF_BUSY_WORLDS
from tests.semantics.test_funnels import worlds as busy_worlds
from tests.semantics.test_laws import UNHURRIED, WORLDS, Case, cases

# What only a store has: who was in a segment and when, messages that wait, what attributes were; and a
# define that asks for one of them.
REFUSED = {Code.SG211, Code.SG308, Code.SG309}


@settings(max_examples=WORLDS, **UNHURRIED)
@given(cases())
def test_own_tables_and_the_reference_name_the_same_people(case: Case) -> None:
    case = without_histories(case)
    names = catalog(case.world)
    with load(case.world) as connection:
        for condition in case.asked:
            text = case.text(condition)
            if not is_refused(text, names):
                query = segql.compile(text, names).sql(now=case.now)
                keys = [key for (key,) in connection.execute(query.text, dict(query.values)).fetchall()]
                found = {case.world.people[int(key) - 1].id for key in keys}
                assert len(keys) == len(found)
                assert found == case.meant(condition), case.difference(condition, found)


SEQUENCES = (
    'did "Viewed Product" then "Placed Order"',
    'did "Viewed Product" then "Added to Cart" within 5 minutes then "Placed Order" within 5 minutes',
    'did "Viewed Product" then not "Placed Order" within 2 minutes then "Added to Cart" then "Viewed Product"',
)


@settings(max_examples=WORLDS, **UNHURRIED)
@given(world=busy_worlds())
def test_sequences_take_as_long_in_both_engines(connection: psycopg.Connection[Any], world: World) -> None:
    with load(world) as theirs, loaded(connection, world) as cursor:
        for text in SEQUENCES:
            written = [times_of(text, catalog(world, engine)) for engine in ("duckdb", "postgresql")]
            by_duckdb = theirs.execute(written[0].text, dict(written[0].values)).fetchall()
            by_postgresql = cursor.execute(*written[1].for_psycopg()).fetchall()
            assert [pytest.approx(row) for row in by_duckdb] == by_postgresql, text


def times_of(text: str, names: segql.Catalog) -> Query:
    plan = segql.compile(text, names).plan
    assert isinstance(plan, Sequence)
    return Emitter(plan, moment(names.account, NOW_OF_BUSY_WORLDS), tables=names.tables).times(plan)


def without_histories(case: Case) -> Case:
    """The same, where nobody knows what attributes were."""
    people = tuple(replace(person, history={}) for person in case.world.people)
    world = replace(case.world, people=people, histories=())
    return Case(world, case.now, case.asked, case.timezone)


def is_refused(text: str, names: segql.Catalog) -> bool:
    """Whether it asks for what only a store has."""
    wrong = [found for found in segql.check(text, names) if found.code.severity == "error"]
    assert {found.code for found in wrong} <= REFUSED, (text, wrong)
    return bool(wrong)


@pytest.fixture(scope="module")
def connection(postgresql: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(postgresql, autocommit=True) as connected:
        yield connected


@settings(max_examples=WORLDS, **UNHURRIED)
@given(case=cases())
def test_own_tables_in_postgresql_and_the_reference_name_the_same_people(
    connection: psycopg.Connection[Any], case: Case
) -> None:
    case = without_histories(case)
    names = catalog(case.world, "postgresql")
    with loaded(connection, case.world) as cursor:
        for condition in case.asked:
            text = case.text(condition)
            if not is_refused(text, names):
                query = segql.compile(text, names).sql(now=case.now)
                keys = [key for (key,) in cursor.execute(*query.for_psycopg()).fetchall()]
                found = {case.world.people[int(key) - 1].id for key in keys}
                assert len(keys) == len(found)
                assert found == case.meant(condition), case.difference(condition, found)


NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(params=["TIMESTAMP", "TIMESTAMPTZ", "DATE"])
def shop(request: pytest.FixtureRequest) -> Iterator[duckdb.DuckDBPyConnection]:
    """Two million orders in the order in which they came, a minute apart; columns of types that are not ours."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'Asia/Tokyo'")
        connection.execute(
            f"""CREATE TYPE tier AS ENUM ('gold', 'silver');
            CREATE TABLE users AS SELECT uuid() id, TIMESTAMPTZ '2026-05-31 23:30:00Z' since,
              'gold'::tier tier FROM range(3);
            CREATE TABLE orders AS SELECT (SELECT MIN(id) FROM users) user_id,
              CAST(TIMESTAMP '2026-06-01 12:00:00' - TO_MINUTES(2_000_000 - i) AS {request.param}) AS "at",
              i::DECIMAL(12, 2) cents FROM range(2_000_000) r(i);
            CREATE TABLE views (user_id UUID, "at" TIMESTAMP, page TEXT)"""
        )
        yield connection


def asked(shop: duckdb.DuckDBPyConnection, text: str) -> set[object]:
    query = segql.compile(text, orders_and_views()).sql(now=NOW)
    return {key for (key,) in shop.execute(query.text, dict(query.values)).fetchall()}


def test_columns_of_any_type_can_be_asked(shop: duckdb.DuckDBPyConnection) -> None:
    buyer, other, third = (key for (key,) in shop.execute("SELECT id FROM users ORDER BY id").fetchall())
    assert asked(shop, 'tier is "GOLD" and joined is on 2026-05-31') == {buyer, other, third}
    assert asked(shop, 'not did any of ("Bought", "Looked") in the last 7 days') == {other, third}
    assert asked(shop, 'maximum of Sum from "Bought" at least 1999999') == {buyer}
    assert asked(shop, 'did "Bought" more than 2000000 times') == set()


def test_a_window_reaches_the_scan(shop: duckdb.DuckDBPyConnection) -> None:
    """Most of the table is passed over, whether or not its instants have a zone."""
    text = 'did any of ("Bought", "Looked") in the last 30 days'
    query = segql.compile(text, orders_and_views()).sql(now=NOW)
    ((_, told),) = shop.execute(f"EXPLAIN (ANALYZE, FORMAT json) {query.text}", dict(query.values)).fetchall()
    profile = json.loads(told)["query"]
    assert profile["total_row_groups_scanned"] < profile["total_row_groups_to_scan"] / 4
    assert profile["total_rows_scanned"] < 150_000  # of two million, and a minute lies between two of them


CONSENTS = """{
  "attributes": [{"name": "phone_valid", "type": "boolean"}],
  "tables": {
    "profiles": {"table": "users", "key": "id", "attributes": {"phone_valid": "ok"}},
    "consents": {
      "table": "log", "profile": "who", "at": "at", "channel": "channel", "kind": "kind", "status": "status"
    }
  }
}"""
LOG = (
    ("marketing", "SUBSCRIBED", "2026-01-01"),
    ("marketing", "unsubscribed", "2026-02-01"),
    ("marketing", "subscribed", "2026-03-01"),
    ("transactional", "unsubscribed", "2026-04-01"),
    ("marketing", "subscribed", "2026-05-01"),
    ("marketing", "opted_out", "2026-05-01"),
    ("marketing", "subscribed", None),
    ("block", "barred", "2026-05-02"),
    ("marketing", "subscribed", "2026-07-01"),
)


@pytest.mark.parametrize(
    ("entries", "may"),
    [
        ((0,), True),
        ((1, 0), False),
        ((2, 1, 0), True),
        ((2, 3, 0), False),
        ((4, 3, 0), True),
        ((0, 4, 5), False),
        ((6,), True),
        ((6, 1), False),
        ((0, 7), False),
        ((8,), False),
        ((1, 8), False),
        ((), False),
    ],
)
def test_the_latest_word_on_consent_holds(entries: tuple[int, ...], may: bool) -> None:
    """Whatever the order of the rows; a word that nobody knows permits nothing."""
    names = segql.Catalog.from_json(CONSENTS)
    query = segql.compile("can receive sms", names).sql(now=NOW)
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE users AS SELECT 'u' id, true ok")
        connection.execute(
            'CREATE TABLE log (who TEXT, channel TEXT, kind TEXT, status TEXT, "at" TIMESTAMPTZ)'
        )
        for entry in entries:
            connection.execute("INSERT INTO log VALUES ('u', 'SMS', $1, $2, $3)", LOG[entry])
        assert connection.execute(query.text, dict(query.values)).fetchall() == [("u",)] * may


def test_sqlalchemy_takes_it_with_hostile_names_and_values_bound() -> None:
    name = 'it\'s :p1 \\:p2 $p1 "x"; 100%'
    profiles = ProfileTable(table=name, key="id:: int", attributes={"tier": ":p1"})
    names = segql.Catalog(attributes=(Attribute(name="tier", type="text"),), tables=Tables(profiles=profiles))
    query = segql.compile('tier is ":p1" or tier contains "$p2"', names).sql(now=NOW)
    engine = sa.create_engine("duckdb:///:memory:")
    with engine.connect() as connection:
        table = quoted(name)
        connection.exec_driver_sql(f'CREATE TABLE {table} ("id:: int" INTEGER, ":p1" TEXT)')
        connection.exec_driver_sql(
            f"INSERT INTO {table} VALUES (1, ':P1'), (2, 'a$p2'), (3, 'p1'), (4, NULL)"
        )
        meant = sa.text(query.for_sqlalchemy()).bindparams(**query.values)
        assert {key for (key,) in connection.execute(meant)} == {1, 2}
    engine.dispose()
