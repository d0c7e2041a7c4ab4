"""What is defined once or given later means what it means written out: the same plan, so the same people at any time."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import segql
from segql.compiler import conditions as c
from segql.compiler.ast.base import Node
from segql.compiler.ast.walk import walk
from segql.compiler.conditions.parameters import Place
from segql.compiler.plan.nodes import Predicate
from segql.compiler.statements import Ask, Define, Formal, SegmentDefinition, Tree
from tests.reference import vocabulary as words
from tests.reference.definitions import calls, conditions, profiles
from tests.reference.people import World
from tests.reference.templates import written_out
from tests.semantics.few_people import WORLD
from tests.semantics.loading import load
from tests.semantics.test_laws import UNHURRIED, WORLDS

MANY = settings(max_examples=WORLDS * 10, **UNHURRIED)


@pytest.fixture(scope="module")
def catalog() -> Iterator[segql.Catalog]:
    """Of a store with everything that definitions are made of, and nobody in it."""
    world = World(
        WORLD.account, (), words.ATTRIBUTES, words.EVENTS, words.LISTS, templates=words.TEMPLATES,
        places=words.PLACES, postal_codes=words.POSTAL_CODES, items=words.OBJECTS, histories=words.HISTORIES,
    )  # fmt: skip
    with load(world) as store:
        yield store.catalog


def plan(text: str, catalog: segql.Catalog) -> Predicate:
    return segql.compile(text, catalog).plan


@MANY
@given(call=calls())
def test_a_call_means_what_is_defined_with_what_is_given(catalog: segql.Catalog, call: c.Call) -> None:
    template = next(one for name, one in words.TEMPLATES.items() if name == call.name.lower())
    body = written_out(call, template)
    assert plan(call.text(), catalog) == plan(body.text(), catalog)
    assert plan(f"not {call.text()}", catalog) == plan(c.Not(child=body).text(), catalog)
    # Defined in the same text, it needs no store.
    names = ("lapsed", "keen")
    stored = [words.TEMPLATES[name].text() for name in names]
    own = template.changed(name="of_this_text")
    again = SegmentDefinition(name="x", condition=call.changed(name="of_this_text"))
    assert plan("\n".join((*stored, own.text(), again.text())), catalog) == plan(body.text(), catalog)


@MANY
@given(data=st.data(), condition=conditions(profiles()))
def test_what_is_given_means_what_it_means_written_out(
    catalog: segql.Catalog, data: st.DataObject, condition: Any
) -> None:
    """Any of the values, texts, names and lengths of a condition may be a parameter."""
    places = [found for node in walk(condition) if (found := with_parameter(node)) is not None]
    if not places:
        return
    node, waiting, value = data.draw(st.sampled_from(places))
    asked = replaced(condition, node, waiting)
    compiled = segql.compile(Ask(condition=asked).text(), catalog)
    assert compiled.parameters == ("p",)
    assert compiled.bind({"p": value}).plan == plan(condition.text(), catalog)
    # The same through a `define` that has it as its one parameter.
    define = Define(name="f", parameters=(Formal(name="p"),), condition=asked)
    written = argument(value)
    if written is not None:
        segment = SegmentDefinition(name="x", condition=c.Call(name="f", arguments=(written,)))
        called = Tree(statements=(define, segment))
        assert plan(called.text(), catalog) == plan(condition.text(), catalog)


def with_parameter(node: Node) -> tuple[Node, Node, Any] | None:
    """A node, the same with a parameter in a place that may have one, and what gives the same."""

    def waits(place: Place) -> c.Parameter:
        return c.Parameter(name="p", place=place)

    match node:
        case c.EventName(name=name):
            return node, waits("event"), name
        case c.Is(value=c.Text(value=value)):
            return node, node.changed(value=waits("value")), value
        case c.Compares(value=c.Number(value=value, currency=None)):
            return node, node.changed(value=waits("value")), value
        case c.TextMatch(value=c.Text(value=value)) | c.IsExactly(value=c.Text(value=value)):
            return node, node.changed(value=waits("phrase")), value
        case c.Items(list=c.Attribute(name=name)) | c.TextItems(list=c.Attribute(name=name)):
            return node, node.changed(list=waits("name")), name
        case c.CampaignEvent(name=str(name)) | c.InList(name=str(name)) | c.NamedPlace(name=str(name)):
            return node, node.changed(name=waits("text")), name
        case c.IsScheduled(campaign=str(name)):
            return node, node.changed(campaign=waits("text")), name
        case c.Texted(word=str(word)):
            return node, node.changed(word=waits("text")), word
        case c.ConsentStatus(via=str(form)):
            return node, node.changed(via=waits("text")), form
        case c.ConsentStatus(method=str(method)):
            return node, node.changed(method=waits("text")), method
        case c.Sampled(name=str(name)):
            return node, node.changed(name=waits("text")), name
        case c.PostalCode(code=str(code)):
            return node, node.changed(code=waits("text")), code
        case c.ValueOf(property=c.Attribute(name=name)):
            return node, node.changed(property=waits("name")), name
        case _:
            length = getattr(node, "length", None)
            if not isinstance(length, c.Length) or "last" not in node.text() or length.seconds is None:
                return None
            # A program's length of whole days counts from midnight, and a week is not written as seven of them.
            as_days = length.unit == "day" or (length.unit != "week" and length.seconds % 86_400 > 0)
            return (length, waits("length"), timedelta(seconds=length.seconds)) if as_days else None


def replaced(node: Any, old: Node, new: Node) -> Any:
    """A tree with another node in the place of one."""
    if node is old:
        return new
    if isinstance(node, tuple):
        return tuple(replaced(part, old, new) for part in node)
    if not isinstance(node, Node):
        return node
    fields = {name: getattr(node, name) for name in node.__struct_fields__}
    return node.changed(**{name: replaced(value, old, new) for name, value in fields.items()})


def argument(value: Any) -> c.Argument | None:
    if isinstance(value, str):
        return c.Argument(value=c.Text(value=value))
    if isinstance(value, Decimal):
        return c.Argument(value=c.Number(value=value))
    minutes = round(value / timedelta(minutes=1))
    return c.Argument(value=c.Length(count=minutes, unit="minute")) if minutes % 1440 else None


@pytest.mark.parametrize(
    ("definition", "given", "written"),
    [
        ("score at least $n", {"n": 5}, "score at least 5"),
        ("score at least $n", {"n": -2.5}, "score at least -2.5"),
        ("score is in ($a, $b)", {"a": 1, "b": Decimal("0.1")}, "score is in (1, 0.1)"),
        ("score is in $numbers", {"numbers": [1, 2]}, "score is in (1, 2)"),
        ("score is not in $numbers", {"numbers": (1.5,)}, "score is not in (1.5)"),
        ("first_name is in $names", {"names": ["a", 'b"']}, 'first_name is in ("a", "b\\"")'),
        ("first_name contains any of ($a, $b)", {"a": "x", "b": "y"}, 'first_name contains any of ("x", "y")'),
        ('did "Placed Order" at least $n times', {"n": 3}, 'did "Placed Order" at least 3 times'),
        ('did "Placed Order" on at least $n different days', {"n": 3}, 'did "Placed Order" on at least 3 different days'),
        ("did $event since $day", {"event": "placed order", "day": date(2023, 6, 1)}, 'did "Placed Order" since 2023-06-01'),
        ("created before $at", {"at": datetime(2023, 6, 1, 12, tzinfo=UTC)}, "created before 2023-06-01 12:00Z"),
        ("created in the last $length", {"length": timedelta(days=3)}, "created in the last 3 days"),
        ("created in the last $length", {"length": timedelta(hours=3)}, "created in the last 180 minutes"),
        ("in list $l", {"l": "vip"}, 'in list "VIP"'),
        ("joined list $l today", {"l": "vip"}, 'joined list "VIP" today'),
        ("was sent fewer than $n sms", {"n": 4}, "was sent fewer than 4 sms"),
        ('sum of $p from "Placed Order" > 1', {"p": "Total"}, 'sum of Total from "Placed Order" > 1'),
        (
            'did "Placed Order" then "Texted Us" within $w',
            {"w": timedelta(hours=2)},
            'did "Placed Order" then "Texted Us" within 2 hours',
        ),
        ('tier has been $v for $l', {"v": "gold", "l": timedelta(days=7)}, 'tier has been "gold" for 7 days'),
        ("$name is $value", {"name": "first_name", "value": "x"}, 'first_name is "x"'),
        (
            "first_name starts with $p and first_name does not end with $p and first_name matches $p",
            {"p": "An"},
            'first_name starts with "An" and first_name does not end with "An" and first_name matches "An"',
        ),
        ("first_name is exactly $p", {"p": 'A "b"'}, 'first_name is exactly "A \\"b\\""'),
        ("any item of $l contains $p", {"l": "sms preferences", "p": "x"}, 'any item of "SMS Preferences" contains "x"'),
        (
            'did "Placed Order" where any item of $l where $f is $v',
            {"l": "Lines", "f": "Price", "v": 3},
            'did "Placed Order" where any item of Lines where Price is 3',
        ),
        ("clicked campaign $c today", {"c": "Spring"}, 'clicked campaign "Spring" today'),
        ("is scheduled for campaign $c", {"c": "Spring"}, 'is scheduled for campaign "Spring"'),
        ("texted us a word $w", {"w": "size"}, 'texted us a word "size"'),
        (
            "unsubscribed from sms via $form by method $method",
            {"form": "Footer", "method": "form"},
            'unsubscribed from sms via "Footer" by method form',
        ),
        ("random 10% named $n", {"n": "holdout"}, 'random 10% named "holdout"'),
        ("within 5 km of place $p", {"p": "the store"}, 'within 5 km of place "The Store"'),
        ("within 5 km of $p in US", {"p": "02139"}, 'within 5 km of "02139" in US'),
        ("$d in the last 3 days", {"d": "birthday"}, "birthday in the last 3 days"),
        ("$d today, any year", {"d": "birthday"}, "birthday today, any year"),
        ('$p of last "Placed Order" is "a"', {"p": "Category"}, 'Category of last "Placed Order" is "a"'),
    ],
)  # fmt: skip
def test_every_place_takes_a_parameter(
    catalog: segql.Catalog, definition: str, given: dict[str, Any], written: str
) -> None:
    assert segql.compile(definition, catalog).bind(given).plan == plan(written, catalog)


@pytest.mark.parametrize(
    ("definition", "given"),
    [
        ("score at least $n", {}),
        ("score at least $n", {"n": 1, "m": 2}),
        ("score at least $n", {"n": "x"}),
        ("score at least $n", {"n": [1, 2]}),
        ("score at least $n", {"n": True}),
        ("first_name is $n", {"n": 1}),
        ("did $event", {"event": "Nothing Known"}),
        ("did $event", {"event": 3}),
        ('did "Placed Order" at least $n times', {"n": 1.5}),
        ('did "Placed Order" at least $n times', {"n": -1}),
        ("created in the last $w", {"w": timedelta(seconds=1)}),
        ("created in the last $w", {"w": "3 days"}),
        ("in list $l", {"l": "Nobody has it"}),
        ("first_name starts with $p", {"p": 3}),
        ("first_name matches $p", {"p": "(a"}),
        ("first_name is exactly $p", {"p": ["a", "b"]}),
        ("received campaign $c", {"c": 3}),
        ("any item of $l contains $x", {"l": "first_name", "x": "a"}),
        ("within 5 km of place $p", {"p": "Nowhere"}),
        ("within 5 km of $p in US", {"p": "Nowhere"}),
        ("$d in the last 3 days", {"d": "first_name"}),
    ],
)
def test_what_does_not_fit_its_place_is_refused(
    catalog: segql.Catalog, definition: str, given: dict[str, Any]
) -> None:
    with pytest.raises(segql.DefinitionError):
        segql.compile(definition, catalog).bind(given)
