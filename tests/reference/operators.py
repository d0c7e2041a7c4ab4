"""Hypothesis strategies for comparisons, with tests that fit the types of their terms, and for what stands behind
`where`."""

from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from segql.compiler import conditions as c
from segql.compiler.ast.base import Condition
from segql.compiler.catalog.model import ValueType
from tests.reference import vocabulary as words
from tests.reference.phrases import Scope, named, number_terms, recencies, values_of, written_numbers
from tests.reference.spans import anniversaries, lengths, perhaps, windows

# How often comparisons of a type are drawn: of some more can be asked.
WEIGHTS: dict[ValueType, int] = {"number": 4, "text": 3, "datetime": 2, "date": 2}


@cache
def written_texts() -> SearchStrategy[c.Text]:
    return st.builds(c.Text, value=st.sampled_from(words.TEXTS + words.PARTS + words.ITEMS))


def several(one: SearchStrategy[Any]) -> SearchStrategy[tuple[Any, ...]]:
    return st.lists(one, min_size=1, max_size=3).map(tuple)


@cache
def comparisons(scope: Scope) -> SearchStrategy[Condition]:
    """Comparisons of every type that the place has, each with every test that fits it."""
    known: dict[ValueType, SearchStrategy[Any]] = {kind: scope.names(kind) for _, kind in scope.kinds}
    terms = {**known, "number": number_terms(scope)}
    if not scope.in_event:
        terms["datetime"] = st.one_of(known["datetime"], recencies(scope), values_of(scope, "datetime"))
        for kind in ("text", "boolean", "date"):
            terms[kind] = st.one_of(known[kind], known[kind], values_of(scope, kind))
    is_set = st.builds(c.IsSet, negated=st.booleans())
    each = [
        st.builds(c.Comparison, term=term, test=tests(kind, scope) | is_set)
        for kind, term in terms.items()
        for _ in range(WEIGHTS.get(kind, 1))
    ]
    return st.one_of(*each, *special_comparisons(scope))


@cache
def special_comparisons(scope: Scope) -> list[SearchStrategy[Condition]]:
    """Those that only some names take."""
    negated = st.booleans()
    regions = st.builds(c.IsInRegion, region=st.sampled_from(words.REGIONS), negated=negated)
    if not scope.in_event:
        tier = st.builds(c.Text, value=st.sampled_from(words.TIERS))
        return [
            st.builds(c.Comparison, term=named(["country"]), test=regions),
            st.builds(
                c.Comparison, term=named(["tier"]), test=st.builds(c.HasBeen, value=tier, length=lengths())
            ),
        ]
    if not scope.clock:
        return []
    day = st.sampled_from(("sat", "SUN", "monday", "wedn", "fri", "Thu", "tue"))
    word = st.builds(c.Attribute, name=day) | st.builds(c.Text, value=day)
    test = st.builds(c.Is, value=word, negated=negated) | st.builds(
        c.IsIn, values=several(word), negated=negated
    )
    return [st.builds(c.Comparison, term=named(["weekday"]), test=test)]


@cache
def tests(kind: ValueType, scope: Scope) -> SearchStrategy[Any]:
    """The tests of values of a type."""
    negated = st.booleans()
    match kind:
        case "text":
            return text_tests()
        case "number":
            return number_tests(scope)
        case "boolean":
            return st.builds(c.IsBoolean, value=st.booleans())
        case "date" | "datetime":
            return date_tests(scope)
        case "list":
            operators = st.sampled_from(("at least", "at most", "more than", "less than", "exactly"))
            return st.one_of(
                contains(),
                st.builds(c.IsEmpty, negated=negated),
                st.builds(c.HasItems, operator=operators, count=st.integers(0, 3)),
            )
        case "object":
            return st.nothing()


@cache
def date_tests(scope: Scope) -> SearchStrategy[Any]:
    negated = st.booleans()
    others: SearchStrategy[Any] = scope.names("date") | scope.names("datetime")
    if not scope.in_event:
        others = others | recencies(scope.deeper)
    return st.one_of(
        st.builds(c.IsDuring, window=windows(future=True), negated=negated),
        st.builds(c.IsAnniversary, when=anniversaries(), negated=negated),
        st.builds(
            c.IsBeside,
            relation=st.sampled_from(("before", "after")),
            other=others,
            within=perhaps(lengths(exact=True)),
            negated=negated,
        ),
    )


@cache
def text_tests() -> SearchStrategy[Any]:
    text, negated = written_texts(), st.booleans()
    patterns = st.builds(c.Text, value=st.sampled_from(words.PATTERNS))
    ends = st.sampled_from(("starts with", "ends with"))
    return st.one_of(
        st.builds(c.Is, value=text, negated=negated),
        st.builds(c.IsExactly, value=text),
        st.builds(c.IsIn, values=several(text), negated=negated),
        st.builds(c.TextMatch, operator=ends, value=text, negated=negated),
        st.builds(c.TextMatch, operator=st.just("matches"), value=patterns, negated=negated),
        contains(),
    )


@cache
def contains() -> SearchStrategy[c.Contains]:
    value = written_texts() | written_numbers()
    many = st.sampled_from(("any", "all", "none"))
    return st.builds(c.Contains, values=st.tuples(value), negated=st.booleans()) | st.builds(
        c.Contains, quantifier=many, values=several(value), negated=st.booleans()
    )


@cache
def number_tests(scope: Scope) -> SearchStrategy[Any]:
    number, negated = st.deferred(lambda: number_terms(scope.deeper)), st.booleans()
    operators = st.sampled_from(("at least", "at most", "more than", "less than"))
    return st.one_of(
        st.builds(c.Compares, operator=operators, value=number),
        st.builds(c.Is, value=number, negated=negated),
        st.builds(c.IsIn, values=several(number), negated=negated),
        st.builds(between, number, number),
    )


def between(one: Any, other: Any) -> c.Between:
    """Two written numbers stand in their order, else the check refuses them."""
    if isinstance(one, c.Number) and isinstance(other, c.Number) and one.value > other.value:
        one, other = other, one
    return c.Between(low=one, high=other)


@cache
def items(scope: Scope) -> SearchStrategy[Any]:
    """What is asked of the texts or the objects in a list, or whether there is one."""
    quantifiers = st.sampled_from(("any", "all", "no"))
    regions = st.builds(c.IsInRegion, region=st.sampled_from(words.REGIONS), negated=st.booleans())
    texts = st.builds(
        c.TextItems, quantifier=quantifiers, list=scope.names("list"), test=text_tests() | regions
    )
    lists = {name: named([name]) for name, _ in scope.items}
    asked = [
        st.builds(
            c.Items,
            quantifier=quantifiers,
            list=lists[name],
            where=conditions_in_where(scope.of_items(fields)),
        )
        for name, fields in scope.items
    ]
    is_set = st.builds(c.IsSet, negated=st.booleans())
    of_objects = [st.builds(c.Comparison, term=name, test=is_set) for name in lists.values()]
    return st.one_of(*asked, *asked, *asked, *of_objects, texts, texts)


@cache
def conditions_in_where(scope: Scope) -> SearchStrategy[Any]:
    """Any condition about an event, as it stands behind `where`."""
    listed = scope.items or "list" in dict(scope.kinds).values()
    single = st.one_of(comparisons(scope), comparisons(scope), items(scope)) if listed else comparisons(scope)
    return (
        combined(single, st.deferred(lambda: conditions_in_where(scope.deeper)))
        if scope.depth > 0
        else single
    )


def combined(single: SearchStrategy[Any], part: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """A condition by itself, or several joined; `and` directly inside `and` is one `and`, `or` likewise."""
    parts = st.lists(part, min_size=2, max_size=3)
    return st.one_of(
        *(single, single, single, single),
        *(st.builds(c.Not, child=part), parts.map(conjunction), parts.map(disjunction), several_of(part)),
    )


@st.composite
def several_of(draw: DrawFn, part: SearchStrategy[Any]) -> c.Several:
    """So many of some conditions."""
    children = tuple(draw(st.lists(part, min_size=1, max_size=4)))
    operator: Any = draw(st.sampled_from(("any", "all", "none", "exactly", "at least", "at most", "between")))
    if operator in ("any", "all", "none"):
        return c.Several(operator=operator, children=children)
    number = draw(st.integers(0, len(children)))
    upper = draw(st.integers(number, len(children))) if operator == "between" else None
    return c.Several(operator=operator, number=number, upper=upper, children=children)


def conjunction(children: list[Any]) -> c.And:
    flat = (each for child in children for each in (child.children if isinstance(child, c.And) else (child,)))
    return c.And(children=tuple(flat))


def disjunction(children: list[Any]) -> c.Or:
    flat = (each for child in children for each in (child.children if isinstance(child, c.Or) else (child,)))
    return c.Or(children=tuple(flat))
