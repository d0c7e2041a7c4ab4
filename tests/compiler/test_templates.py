"""`define` and its calls, and parameters that a program gives."""

from datetime import UTC, date, datetime, timedelta

import pytest

from segql.compiler.conditions import Argument, Attribute, Call, Text
from segql.compiler.diagnostics.diagnostic import DefinitionError
from segql.compiler.parse import parse
from segql.compiler.pipeline import check, compile, compile_all
from segql.compiler.statements import Ask, Tree
from tests.compiler.account import CATALOG, NOW

LAPSED = "define lapsed(event, window = 60 days): did $event and did not $event in the last $window "


@pytest.mark.parametrize(
    ("call", "written"),
    [
        ('lapsed("Placed Order")', 'did "Placed Order" and did not "Placed Order" in the last 60 days'),
        (
            'lapsed("Placed Order", 2 weeks)',
            'did "Placed Order" and did not "Placed Order" in the last 2 weeks',
        ),
        (
            'lapsed(window: 1 year, event: "opened email")',
            'did "Opened Email" and did not "Opened Email" in the last 1 year',
        ),
    ],
)
def test_a_call_is_what_is_defined_written_out(call: str, written: str) -> None:
    assert compile(LAPSED + f'segment "S": {call}', CATALOG).plan == compile(written, CATALOG).plan


def test_a_parameter_stands_in_every_kind_of_place() -> None:
    text = """define all_of_it(event, property, tier, least, times, list, since, window):
      did $event at least $times times in the last $window where Total more than $least
      and sum of $property from $event since $since more than $least
      and $tier is "gold" and "Loyalty Tier" is $tier and in list $list
    segment "S": all_of_it("Placed Order", "Total", "Loyalty Tier", 5, 2, "VIP", 2023-01-01, 3 weeks)"""
    written = """did "Placed Order" at least 2 times in the last 3 weeks where Total more than 5
      and sum of Total from "Placed Order" since 2023-01-01 more than 5
      and "Loyalty Tier" is "gold" and "Loyalty Tier" is "Loyalty Tier" and in list "VIP\""""
    assert compile(text, CATALOG).plan == compile(written, CATALOG).plan


WORTH = "define worth(what, least = -$5): $what at least $least or predicted_clv more than $least "


@pytest.mark.parametrize(
    ("call", "written"),
    [
        ("worth(predicted_clv, 3)", "predicted_clv at least 3 or predicted_clv more than 3"),
        ('worth("predicted_clv", -$3)', "predicted_clv at least -3 or predicted_clv more than -3"),
        ("worth(days_between_orders)", "days_between_orders at least -5 or predicted_clv more than -5"),
        # A name in quotes in brackets is a name also where a text could stand.
        (
            'worth(("days_between_orders"), ("days_between_orders"))',
            "days_between_orders at least days_between_orders or predicted_clv more than days_between_orders",
        ),
    ],
)
def test_names_and_amounts_are_given(call: str, written: str) -> None:
    assert compile(f'{WORTH} segment "S": {call}', CATALOG).plan == compile(written, CATALOG).plan


@pytest.mark.parametrize(
    ("day", "written"),
    [("yesterday", "yesterday"), ("30 days ago", "30 days ago"), ("2023-01-01", "2023-01-01")],
)
def test_days_are_given_as_they_are_written(day: str, written: str) -> None:
    text = f'define since_day(day): created is since $day segment "S": since_day({day})'
    assert compile(text, CATALOG).plan == compile(f"created is since {written}", CATALOG).plan


def test_what_is_read_from_a_call_is_read_from_its_json() -> None:
    """A name in quotes stays a name, a text a text, whatever the words."""
    name, text = Attribute(name="Loyalty Tier"), Text(value="Loyalty Tier")
    call = Call(
        name="f", arguments=(Argument(value=name), Argument(value=text), Argument(name="a", value=name))
    )
    assert call.text() == 'f(("Loyalty Tier"), "Loyalty Tier", a: ("Loyalty Tier"))'
    tree = Tree(statements=(Ask(condition=call),))
    assert Tree.from_json(tree.to_json()) == tree == parse(tree.text())


@pytest.mark.parametrize("name", ["today", "any", "segment", "why", "define", "in", "of", "list", "true"])
def test_most_keywords_can_be_a_define(name: str) -> None:
    catalog = CATALOG.changed(templates=(f"define {name}(event): did $event",))
    assert compile(f'{name}("Opened Email")', catalog).plan == compile('did "Opened Email"', CATALOG).plan


def test_templates_call_templates() -> None:
    text = LAPSED + 'define gone(window): lapsed("Placed Order", window: $window) segment "S": gone(3 weeks)'
    assert (
        compile(text, CATALOG).plan
        == compile(LAPSED + 'segment "S": lapsed("Placed Order", 3 weeks)', CATALOG).plan
    )


def test_a_stored_template_is_found_by_name_in_any_case() -> None:
    catalog = CATALOG.changed(templates=(LAPSED,))
    assert (
        compile('LAPSED("Placed Order")', catalog).plan
        == compile(LAPSED + 'segment "S": lapsed("Placed Order")', CATALOG).plan
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (LAPSED + 'segment "S": lapsd("Placed Order")', "SG209"),
        (LAPSED + 'segment "S": lapsed()', "SG211"),
        (LAPSED + 'segment "S": lapsed("Placed Order", 1 day, 2 days)', "SG211"),
        (LAPSED + 'segment "S": lapsed("Placed Order", event: "Opened Email")', "SG211"),
        (LAPSED + 'segment "S": lapsed("Placed Order", days: 3 days)', "SG211"),
        (LAPSED + 'segment "S": lapsed("Placed Order", "3 days")', "SG302"),
        (LAPSED + 'segment "S": lapsed(3)', "SG302"),
        (LAPSED + 'segment "S": lapsed("Placed Ordr")', "SG202"),
        ("define broken(event): did $evnt", "SG213"),
        ('segment "A": created is today in time zone $zone segment "B": in segment "A"', "SG213"),
        ('segment "A": gender is $gender segment "B": in segment "A" and birthday is set', "SG213"),
        ("define again(event): again($event)", "SG207"),
        (LAPSED + LAPSED, "SG208"),
        ("define not(event): did $event", "SG101"),
        ("define First(event): did $event", "SG101"),
        ("define later(event, other = $event): did $event then $other", "SG101"),
    ],
)
def test_what_is_wrong_with_a_call_is_said_once(text: str, code: str) -> None:
    assert [problem.code.name for problem in check(text, CATALOG)] == [code]


# ---- Parameters -----------------------------------------------------------------------------------------------------


def test_values_are_given_when_the_query_is_written() -> None:
    compiled = compile(
        'predicted_clv more than $least and gender is in $genders and did "Placed Order" in the last $window '
        "and birthday is before $day and created is after $instant",
        CATALOG,
    )
    assert compiled.parameters == ("least", "genders", "window", "day", "instant")
    query = compiled.sql(
        now=NOW,
        parameters={
            "least": 5.5,
            "genders": ["F", "m"],
            "window": timedelta(days=30),
            "day": date(1990, 5, 1),
            "instant": datetime(2023, 1, 2, 3, tzinfo=UTC),
        },
    )
    written = compile(
        'predicted_clv more than 5.5 and gender is in ("F", "m") and did "Placed Order" in the last 30 days '
        "and birthday is before 1990-05-01 and created is after 2023-01-02T03:00:00+00:00",
        CATALOG,
    )
    assert query == written.sql(now=NOW)


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_a_time_zone_is_given(zone: str) -> None:
    text = 'did "Placed Order" today in time zone '
    compiled, written = compile(f"{text}$zone", CATALOG), compile(f'{text}"{zone}"', CATALOG)
    assert compiled.parameters == ("zone",)
    assert compiled.sql(now=NOW, parameters={"zone": zone}) == written.sql(now=NOW)
    assert compiled.bind({"zone": zone}).english(NOW) == written.english(NOW)
    with pytest.raises(DefinitionError, match="SG212"):
        compiled.bind({"zone": "Europe/Nowhere"})


def test_one_template_is_bound_to_many_values() -> None:
    compiled = compile("gender is $gender", CATALOG)
    values = [compiled.sql(now=NOW, parameters={"gender": gender}).values for gender in ("a", "b'; --")]
    assert [list(each.values()) for each in values] == [["a"], ["b'; --"]]


@pytest.mark.parametrize(
    ("text", "parameters", "code"),
    [
        ("predicted_clv more than $least", {}, "SG213"),
        ("predicted_clv more than $least", {"least": 1, "most": 2}, "SG213"),
        ("predicted_clv more than $least", {"least": "many"}, "SG302"),
        ("predicted_clv more than $least", {"least": True}, "SG302"),
        ("gender is $gender", {"gender": ["f", "m"]}, "SG302"),
        ('did "Placed Order" in the last $window', {"window": 30}, "SG302"),
        ('did "Placed Order" in the last $window', {"window": timedelta(seconds=1)}, "SG302"),
        ("did $event", {"event": "Placed Ordr"}, "SG202"),
    ],
)
def test_values_that_do_not_fit_are_refused(text: str, parameters: dict[str, object], code: str) -> None:
    with pytest.raises(DefinitionError) as error:
        compile(text, CATALOG).sql(parameters=parameters)  # type: ignore[arg-type]
    assert code in {problem.code.name for problem in error.value.diagnostics}


def test_a_template_has_no_plan_before_its_values() -> None:
    with pytest.raises(DefinitionError, match="not given"):
        _ = compile("gender is $gender", CATALOG).plan


def test_only_definitions_are_nothing_to_ask() -> None:
    (defined,) = compile_all(LAPSED, CATALOG)
    assert defined.parameters == ()
    with pytest.raises(DefinitionError, match="one statement is needed"):
        compile(LAPSED, CATALOG)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('gender is in ($many, "x")', 'gender is in ("a", "b", "x")'),
        ("gender is not in ($many)", 'gender is not in ("a", "b")'),
        ('"SMS Preferences" contains any of ($many)', '"SMS Preferences" contains any of ("a", "b")'),
    ],
)
def test_several_values_stand_in_brackets_beside_others(text: str, written: str) -> None:
    bound = compile(text, CATALOG).bind({"many": ["a", "b"]})
    assert bound.plan == compile(written, CATALOG).plan
