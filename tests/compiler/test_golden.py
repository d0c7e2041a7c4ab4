"""What becomes of a definition of every family: canonical text, English, plan facts, SQL and values."""

from datetime import UTC, datetime

import pytest
from syrupy.assertion import SnapshotAssertion

from segql.compiler.pipeline import compile
from segql.compiler.plan.instants import moment
from segql.compiler.plan.nodes import Sequence
from segql.compiler.sql.emit import Emitter
from tests.compiler.account import CATALOG, NOW
from tests.compiler.definitions import DEFINITIONS


@pytest.mark.parametrize("name", DEFINITIONS)
def test_definition(name: str, snapshot: SnapshotAssertion) -> None:
    compiled = compile(DEFINITIONS[name], CATALOG)
    query = compiled.sql(now=NOW)
    assert snapshot == {
        "written": DEFINITIONS[name],
        "canonical": compiled.statement.text(),
        "english": compiled.english(NOW),
        "refresh": compiled.refresh,
        "reads": compiled.reads,
        "sql": query.text,
        "values": {key: str(value) for key, value in query.values.items()},
    }


@pytest.mark.parametrize("name", DEFINITIONS)
def test_no_value_is_in_the_text_of_the_sql(name: str) -> None:
    """Numbers and texts of the definition are bound; only ids, counts and fixed words are written."""
    hostile = DEFINITIONS[name].replace('"Female"', '"Rob\'); DROP TABLE profiles;--"')
    query = compile(hostile, CATALOG).sql(now=NOW)
    assert "DROP" not in query.text.upper()


def test_explain_says_dates_reads_change_and_the_null_rule(snapshot: SnapshotAssertion) -> None:
    text = 'can receive sms and gender is not "male" and last "Placed Order" is more than 60 days ago'
    assert snapshot == compile(text, CATALOG).explain(NOW)


def test_statements(snapshot: SnapshotAssertion) -> None:
    texts = (
        'count did "Placed Order" by gender, "Loyalty Tier"',
        "show gender, historic_clv where can receive sms order by historic_clv desc limit 10",
        'count gender is "f"',
    )
    assert snapshot == [compile(text, CATALOG).sql(now=NOW).text for text in texts]


def test_times_of_a_funnel(snapshot: SnapshotAssertion) -> None:
    """Of whoever did a sequence, and of some of them."""
    sequence = compile(
        'did "Started Checkout" then not "Opened Email" then "Placed Order" within 1 day', CATALOG
    )
    few = compile('did "Placed Order" and can receive sms', CATALOG)
    here = moment(CATALOG.account, NOW)
    assert isinstance(sequence.plan, Sequence)
    assert snapshot == [Emitter(asked.plan, here).times(sequence.plan).text for asked in (sequence, few)]


def test_the_plan_can_be_asked_at_any_instant() -> None:
    compiled = compile('did "Placed Order" in the last 30 days', CATALOG)
    june, december = compiled.sql(now=NOW), compiled.sql(now=NOW.replace(month=12))
    assert june.text == december.text
    assert june.values != december.values


def test_equal_conditions_are_one() -> None:
    one = compile('gender is "f" and gender is "F" and gender = "f"', CATALOG)
    assert one.plan == compile('gender is "f"', CATALOG).plan


@pytest.mark.parametrize("name", DEFINITIONS)
def test_every_definition_can_be_asked_at_the_calendar_s_ends(name: str) -> None:
    compiled = compile(DEFINITIONS[name], CATALOG)
    for now in (datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)):
        assert compiled.sql(now=now).text
        assert compiled.explain(now)
