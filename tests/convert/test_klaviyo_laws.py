"""Laws of Klaviyo's definitions: there and back is the same, nothing is carried that means something else, and no
document whatever stops a conversion."""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import segql
from segql.compiler.convert.klaviyo import from_klaviyo, to_klaviyo
from segql.compiler.convert.report import ConvertError
from segql.compiler.folder import Folder
from segql.compiler.pipeline import compile
from segql.compiler.statements import Ask, Tree
from tests.convert.documents import CATALOG, CONDITIONS, DEFINITIONS, Document
from tests.reference import vocabulary as words
from tests.reference.definitions import conditions, profiles

UNHURRIED: Any = {"suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}


def _named(kinds: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "type": kind} for name, kind in kinds.items()]


# The catalog of the random definitions of all other laws.
EVERYTHING = Folder({"templates": "\n".join(one.text() for one in words.TEMPLATES.values())}).over(
    segql.Catalog.from_dict(
        {
            "attributes": _named(words.ATTRIBUTES)
            + [
                {"name": name, "type": "list", "items": _named(fields)}
                for name, fields in words.OBJECTS.items()
            ],
            "events": [
                {
                    "name": name,
                    "amount": event.amount,
                    "properties": _named(event.properties)
                    + [
                        {"name": one, "type": "list", "items": _named(fields)}
                        for one, fields in event.items.items()
                    ],
                }
                for name, event in words.EVENTS.items()
            ],
            "lists": list(words.LISTS),
        }
    )
)  # fmt: skip


@settings(max_examples=600, **UNHURRIED)
@given(DEFINITIONS, st.booleans())
def test_what_is_carried_comes_back_as_the_same_tree(document: Document, any_case: bool) -> None:
    (there,) = from_klaviyo(json.dumps(document), "x.json", any_case=any_case)
    if there.segment is None:
        return
    assert segql.parse(there.segment.text()).statements[0] == there.segment
    (back,) = to_klaviyo(there.segment.text(), "x.segql", CATALOG, any_case=any_case)
    assert [str(one) for one in back.remarks if one.kind == "left out"] == []
    (again,) = from_klaviyo(json.dumps(back.definition), "x.json", any_case=any_case)
    assert again.segment is not None
    assert again.segment.condition == there.segment.condition


@settings(max_examples=600, **UNHURRIED)
@given(conditions(profiles(depth=1)), st.booleans())
def test_what_is_carried_of_any_definition_means_the_same(condition: Any, any_case: bool) -> None:
    text = Ask(condition=condition, timezone="UTC").text()
    compiled = _compiled(text)
    if compiled is None:
        return
    (there,) = to_klaviyo(text, "x.segql", EVERYTHING, any_case=any_case)
    if any(one.kind == "left out" for one in there.remarks):
        return
    (back,) = from_klaviyo(json.dumps(there.definition), "x.json", any_case=any_case)
    assert back.segment is not None
    said = Ask(condition=back.segment.condition, timezone="UTC").text()
    assert compile(said, EVERYTHING).plan == compiled.plan, f"{text}\n{said}"


def _compiled(text: str) -> Any:
    try:
        return compile(text, EVERYTHING)
    except segql.DefinitionError:
        # Some random definitions need what this catalog does not have, such as the history of an attribute.
        return None


WORDS = st.sampled_from(("date", "string", "list", "in"))
FIELDS = st.sampled_from(("type", "operator", "value", "filter", "x"))
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner),
    max_leaves=6,
)


@settings(max_examples=500, **UNHURRIED)
@given(CONDITIONS, st.data(), JUNK)
def test_whatever_stands_in_a_document_is_carried_or_told(
    document: Document, data: st.DataObject, junk: Any
) -> None:
    """Somewhere in a good document stands something else, or a field more, or a field less."""
    document = deepcopy(document)
    places = list(_places(document))
    holder, key = data.draw(st.sampled_from(places))
    match data.draw(st.sampled_from(("other", "more", "less"))):
        case "other":
            holder[key] = junk
        case "more" if isinstance(holder, dict):
            holder["new"] = junk
        case _:
            del holder[key]
    whole = {"condition_groups": [{"conditions": [document]}]}
    try:
        (found,) = from_klaviyo(json.dumps(whole), "x.json", any_case=True)
    except ConvertError as error:
        assert error.code == "T001"
        return
    assert found.segment is not None or found.remarks
    if found.segment is not None:
        assert isinstance(segql.parse(found.text), Tree)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(items):
        yield value, key
        yield from _places(inner)


@settings(max_examples=200)
@given(JUNK)
def test_no_document_is_a_crash(junk: Any) -> None:
    try:
        from_klaviyo(json.dumps(junk), "x.json")
    except ConvertError as error:
        assert error.code == "T001"
