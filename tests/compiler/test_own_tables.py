"""Own tables: what the catalog accepts, the SQL that is written for them, and what is refused."""

from datetime import UTC, datetime
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

import segql
from segql.compiler.catalog.tables import ConsentTable, EventTable, ListTable, ProfileTable
from segql.compiler.diagnostics.codes import Code
from segql.compiler.diagnostics.render import render_all
from segql.compiler.sql.emit import UnknownDialectError
from tests.compiler.account import CATALOG, NOW
from tests.compiler.definitions import DEFINITIONS
from tests.compiler.own import OWN

REFUSED = {
    "consent": "can receive sms",
    "never any consent": 'gender is "f" and not never subscribed to email',
    "consent in a segment": 'in segment "Subscribers"',
    "a list": 'in list "VIP"',
    "a list once": 'left list "VIP" today',
    "an unknown list": 'in list "VPI"',
    "a list that a program gives": 'in list $name and did "Placed Order"',
    "a segment's history": 'entered segment "Subscribers" today',
    "messages that wait": 'is scheduled for campaign "Spring"',
    "what was": 'gender has been "f" for 3 days',
    "a place": "within 5 km of (42.37, -71.1)",
    "engaged": "engaged with email in the last 30 days",
    "prefers": "prefers sms over email",
    "prefers the other way": "prefers email over sms",
    "sent": "was sent fewer than 4 push in the last 30 days",
    "opened a campaign": 'opened campaign "Spring"',
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_own_tables_do_not_have_is_refused(name: str, snapshot: SnapshotAssertion) -> None:
    found = segql.check(REFUSED[name], OWN) or bound(REFUSED[name])
    assert found[0].code in (Code.SG308, Code.SG309)
    assert snapshot == render_all(found)


def bound(text: str) -> tuple[Any, ...]:
    """What is wrong with a template once its parameter is given."""
    with pytest.raises(segql.DefinitionError) as raised:
        segql.compile(text, OWN).sql(parameters={"name": "VIP"})
    return raised.value.diagnostics


def test_lists_are_asked_where_a_table_has_them() -> None:
    tables = OWN.tables.changed(
        lists=ListTable(table="members", profile="user_id", list="name", left="left_at")
    )  # type: ignore[union-attr]
    names = OWN.changed(tables=tables)
    assert segql.check('in list "VIP"', names) == segql.check('left list "vip" today', names) == ()
    assert [found.code for found in segql.check('in list "VPI"', names)] == [Code.SG204]
    (found,) = segql.check('joined list "VIP" today', names)
    assert found.message == "the account's own tables have no column that says when somebody joined a list"
    assert '"list_periods"' not in segql.compile('left list "VIP" today', names).sql(now=NOW).text


def test_consents_are_asked_where_a_table_has_them() -> None:
    columns = dict.fromkeys(("profile", "at", "channel", "kind", "status"), "x")
    tables = OWN.tables.changed(consents=ConsentTable(table="log", **columns))  # type: ignore[union-attr]
    names = OWN.changed(tables=tables)
    assert segql.check("can receive push and can receive email and subscribed to sms", names) == ()
    for text, missing in (
        ("can receive sms", "attribute called phone_valid"),
        ('subscribed to sms via "x"', "column for the detail of a consent"),
        ('subscribed to sms by method "form"', "column for the method of a consent"),
    ):
        (found,) = segql.check(text, names)
        assert found.message == f"the account's own tables have no {missing}"


def test_a_catalog_without_tables_knows_of_no_such_mistake() -> None:
    for text in REFUSED.values():
        assert Code.SG309 not in {found.code for found in segql.check(text, CATALOG)}


@pytest.mark.parametrize("dialect", ["duckdb", "postgresql"])
@pytest.mark.parametrize("name", DEFINITIONS)
def test_definitions_are_written_for_own_tables_or_refused(name: str, dialect: str) -> None:
    """No table of a store is ever read."""
    try:
        query = segql.compile(DEFINITIONS[name], OWN).sql(dialect, NOW)
    except segql.DefinitionError as error:
        assert {found.code for found in error.diagnostics} <= {Code.SG202, Code.SG211, Code.SG308, Code.SG309}
        return
    for table in ("profiles AS", "events AS", "labels AS", "consent_periods AS", "metric_id", "label_id"):
        assert f" {table}" not in query.text


@pytest.mark.parametrize(
    "text",
    [
        'gender is "f" and created is today and birthday is set',
        'did "Placed Order" in the last 30 days where Total more than 20',
        'did not any of ("Placed Order", "Started Checkout") this month',
        'historic_clv more than 100 and Total of last "Placed Order" less than 10',
        'did "Started Checkout" then not "Placed Order" within 2 hours',
        "any item of Cart where Price more than 5",
        "show gender, historic_clv where created is today order by historic_clv desc limit 3",
        'count did "Placed Order" by gender',
    ],
)
def test_sql(text: str, snapshot: SnapshotAssertion) -> None:
    query = segql.compile(text, OWN).sql(now=NOW)
    assert snapshot == (query.text, {key: str(value) for key, value in query.values.items()})


@pytest.mark.parametrize(
    "text",
    [
        'gender is "f" and created is today and birthday is set',
        'gender is not "f" and gender is exactly "F"',
        'email matches "^a.*\\\\d@" or email contains "x"',
        "birthday in the next 7 days, any year",
        'did "Placed Order" in the last 30 days where Total more than 20',
        'did not any of ("Placed Order", "Started Checkout") this month',
        'did not "Placed Order" or did "Started Checkout" at least 2 times this year',
        'historic_clv more than 100 and Total of last "Placed Order" less than 10',
        'did "Started Checkout" then "Placed Order" within 2 hours',
        'did "Started Checkout" then not "Placed Order" within 2 hours',
        "any item of Cart where Price more than 5",
        'median of Total from "Placed Order" in the last 90 days more than average of Total from "Placed Order"',
        "top 10% by historic_clv",
        'random 20% named "test"',
        "show gender, historic_clv where created is today order by historic_clv desc limit 3",
        'count did "Placed Order" by gender',
    ],
)
def test_sql_of_postgresql(text: str, snapshot: SnapshotAssertion) -> None:
    tables = OWN.tables.changed(dialect="postgresql")  # type: ignore[union-attr]
    query = segql.compile(text, OWN.changed(tables=tables)).sql(now=NOW)
    assert snapshot == (query.text, {key: str(value) for key, value in query.values.items()})
    positional, values = query.for_psycopg()
    assert positional.count("%s") == len(values) >= len(query.values)


def test_only_own_tables_stand_in_postgresql() -> None:
    with pytest.raises(UnknownDialectError, match="SQL for a store cannot be written for 'postgresql'"):
        segql.compile('gender is "f"', CATALOG).sql("postgresql", NOW)


def test_a_catalog_with_tables_goes_to_json_and_back() -> None:
    assert segql.Catalog.from_json(OWN.to_json()) == OWN
    assert "Tables" in segql.Catalog.schema()["$defs"]


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "an attribute without a column": ({"attributes": {}}, 'tables.profiles.attributes has no "tier": add it'),
    "a column without an attribute": (
        {"attributes": {"tier": "t", "teir": "u"}},
        'tables.profiles.attributes has "teir", which the catalog does not name',
    ),
    "an event without a table": ({"events": {}}, 'tables.events has no "Bought"'),
    "a property without a column": (
        {"events": {"Bought": {"table": "b", "profile": "p", "at": "a"}}},
        'tables.events["Bought"].properties has no "Sum"',
    ),
    "an empty name": ({"table": ""}, r"length >= 1 - at `$.tables.profiles.table`"),
    "an empty path": ({"table": []}, r"length >= 1 - at `$.tables.profiles.table`"),
    "a name with NUL": ({"key": "a\0b"}, "the character NUL"),
    "an unknown key": ({"kay": "id"}, "unknown field `kay`"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mapping_that_does_not_fit_is_refused(name: str) -> None:
    changed, said = WRONG[name]
    events = {"Bought": {"table": "b", "profile": "p", "at": "a", "properties": {"SUM": "s"}}}
    profiles = {"table": "u", "key": "id", "attributes": {"TIER": "t"}}
    names = {
        "attributes": [{"name": "tier", "type": "text"}],
        "events": [{"name": "Bought", "properties": [{"name": "Sum", "type": "number"}]}],
    }
    assert segql.Catalog.from_dict({**names, "tables": {"profiles": profiles, "events": events}}).tables
    wrong = {"profiles": profiles | changed, "events": events}
    if "events" in changed:
        wrong = {"profiles": profiles, **changed}
    with pytest.raises(ValueError) as raised:
        segql.Catalog.from_dict({**names, "tables": wrong})
    assert said in str(raised.value)


def test_own_tables_keep_no_history() -> None:
    kept = OWN.attributes[0].changed(kept_since=datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match='"gender" has kept_since, and own tables keep no history'):
        OWN.changed(attributes=(kept, *OWN.attributes[1:]))


def test_names_of_tables_are_quoted_and_paths_are_their_parts() -> None:
    assert ProfileTable(table="a.b", key="id").path == ("a.b",)
    assert EventTable(table=("a", "b"), profile="p", at="t").path == ("a", "b")
