"""What is known of a name: its type, where it occurs, values that were seen, how it is defined."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from lark import Token, Tree

from segql.compiler.catalog.model import Catalog, Property
from segql.compiler.catalog.regions import region_named
from segql.compiler.check.scope import field_of
from segql.compiler.conditions.times import WEEKDAYS
from segql.compiler.conditions.values import ORDER_VALUES, article
from segql.compiler.parse.leaves import Leaf
from segql.compiler.service.highlighting import TokenKind
from segql.compiler.service.reading import Read, short
from segql.compiler.statements import Define, SegmentDefinition
from segql.compiler.text import fold, listing, quoted, unquoted

_MOST = 8  # names or values are told; the others are counted
_EVENTS = ("one_event", "several_events", "event")


def told(kind: TokenKind, name: str, leaf: Leaf, read: Read, catalog: Catalog) -> Iterator[str]:
    """What is known of what a leaf names, a sentence a line; nothing where there is no such thing."""
    match kind:
        case "event":
            yield from _event(name, catalog)
        case "attribute":
            yield from _attribute(name, catalog)
        case "property":
            yield from _property(name, leaf, catalog)
        case "segment":
            yield from _segment(name, read, catalog)
        case "define":
            yield from _define(name, read)
        case "parameter":
            yield _parameter(leaf, read)
        case "place" if (point := catalog.place(name)) is not None:
            yield f"It lies at {point.latitude}, {point.longitude}."
        case "region" if (countries := region_named(name)) is not None:
            yield f"The countries {_some(word for word in countries if len(word) == 2)}."
        case "list" if catalog.list_name(name) is not None:
            yield "A list of the account."


def _event(name: str, catalog: Catalog) -> Iterator[str]:
    event = catalog.event(name)
    if event is None:
        return
    if fold(event.name) != fold(name):
        yield f"The account calls it {quoted(event.name)}."
    properties = [f"{one.name} ({one.type})" for one in event.properties]
    yield f"Its properties: {_some(properties)}." if properties else "It has no properties."
    if event.amount is not None:
        yield f"{event.amount} is its amount."


def _attribute(name: str, catalog: Catalog) -> Iterator[str]:
    attribute = catalog.attribute(name)
    if attribute is not None:
        yield from _typed(attribute)
        if attribute.kept_since is not None:
            yield f"What it was before is kept since {attribute.kept_since:%Y-%m-%d}."
    elif fold(name) in ORDER_VALUES:
        yield f"A number, computed from the amounts of {quoted(catalog.account.order_event)}."


def _typed(known: Property) -> Iterator[str]:
    kind = article(known.type)
    yield f"{kind[0].upper()}{kind[1:]}."
    if known.items:
        yield f"Its objects have {_some(f'{one.name} ({one.type})' for one in known.items)}."
    if known.values:
        yield f"Seen: {_some(map(quoted, known.values))}."


# ---- Properties and fields ------------------------------------------------------------------------------------------


def _property(name: str, leaf: Leaf, catalog: Catalog) -> Iterator[str]:
    found = _meant(name, leaf, catalog)
    for known, owners in found.items():
        yield from _typed(known)
        yield f"Of {_some(owners)}."
    if not found and fold(name) == "hour":
        yield "The hour of the event, from 0 to 23."
    if not found and fold(name) == "weekday":
        yield f"The weekday of the event: {listing((day[:3] for day in WEEKDAYS), 'or')}."


def _meant(name: str, leaf: Leaf, catalog: Catalog) -> dict[Property, list[str]]:
    """The properties and fields that a leaf can mean, each with what has it."""
    items = _list_of(leaf)
    named = [catalog.event(event) for event in _events_of(leaf)]
    attribute = None if items is None or named else catalog.attribute(items)
    if attribute is not None:
        field = field_of(attribute.items, name)
        return {} if field is None else {field: [attribute.name]}
    found: dict[Property, list[str]] = {}
    for event in [event for event in named if event is not None] or catalog.events:
        known = event.property(name if items is None else items)
        if known is not None and items is not None:
            known = field_of(known.items, name)
        if known is not None:
            found.setdefault(known, []).append(quoted(event.name))
    return found


def _events_of(leaf: Leaf) -> list[str]:
    """The events of which something is asked."""
    for within in leaf.within.rules():
        parts = [part for part in within.tree.children if isinstance(part, Tree) and part.data in _EVENTS]
        if parts:
            return [name for part in parts for name in _names_in(part)]
    return []


def _list_of(leaf: Leaf) -> str | None:
    """The list in whose objects a field is asked for."""
    rules = list(leaf.within.rules())
    for inner, outer in pairwise(rules):
        if inner.tree.data == "where":
            parts = outer.tree.children
            words = [part.type if isinstance(part, Token) else "" for part in parts]
            named = parts[words.index("ITEM_QUANTIFIER") + 1] if "ITEM_QUANTIFIER" in words else None
            return next(_names_in(named), None)
    return None


def _names_in(part: object) -> Iterator[str]:
    if not isinstance(part, Tree):
        return
    for token in part.scan_values(lambda one: isinstance(one, Token)):
        if token.type in ("STRING", "NAME"):
            yield unquoted(token) if token.type == "STRING" else str(token)


# ---- Definitions ----------------------------------------------------------------------------------------------------


def _segment(name: str, read: Read, catalog: Catalog) -> Iterator[str]:
    stored = catalog.segment(name)
    for statement, _ in read.statements():
        if isinstance(statement, SegmentDefinition) and fold(statement.name) == fold(name):
            yield from _noted(statement.description, statement.tags, statement.owner)
            yield f"`{short(statement.people())}`"
            return
    if stored is not None:
        yield from _noted(stored.description, stored.tags, stored.owner)
        yield f"`{short(stored.definition)}`"


def _noted(description: str | None, tags: tuple[str, ...], owner: str | None) -> Iterator[str]:
    if description:
        yield short(description)
    if tags:
        yield f"Tags: {', '.join(tags)}."
    if owner is not None:
        yield f"Owner: {owner}."


def _define(name: str, read: Read) -> Iterator[str]:
    for _, scope in read.statements():
        found = scope.library.template(name)
        if found is not None:
            parameters = ", ".join(
                one if default is None else f"{one} = {default.text()}"
                for one, default in found.parameters.items()
            )
            yield f"`define {found.name}({parameters}): {short(found.condition.text())}`"
        return


def _parameter(leaf: Leaf, read: Read) -> str:
    for statement, _ in read.statements():
        span = read.span(statement)
        if isinstance(statement, Define) and span.start <= leaf.span.start < span.end:
            return f"A parameter of {statement.name}."
    if leaf.terminal == "NAME":
        return "A parameter of what is called."
    return "What stands here is given when it is asked."


def _some(names: Iterable[str]) -> str:
    known = list(names)
    if len(known) <= _MOST:
        return listing(known, "and")
    return f"{', '.join(known[:_MOST])} and {len(known) - _MOST} more"
