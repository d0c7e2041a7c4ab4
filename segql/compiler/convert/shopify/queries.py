"""Whole queries: clauses joined by and and or, in brackets; and attributes of customers."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import PurePath
from typing import Any

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from segql.compiler.conditions import (
    And,
    AnyCondition,
    AnyTerm,
    Attribute,
    Comparison,
    ConsentStatus,
    Contains,
    Did,
    EventName,
    Events,
    Is,
    IsSet,
    Measure,
    Not,
    Or,
    Recency,
    Text,
    TextMatch,
)
from segql.compiler.convert.report import ConvertCode, ConvertError, IntoText, NotCarriedError, Remark
from segql.compiler.convert.shopify.functions import anniversary, matches
from segql.compiler.convert.shopify.words import Asked, Converting, Names, compared, text
from segql.compiler.statements import SegmentDefinition

_DEEPEST = 64
_STATUSES = {
    "SUBSCRIBED": "subscribed to",
    "UNSUBSCRIBED": "unsubscribed from",
    "NOT_SUBSCRIBED": "never subscribed to",
    "PENDING": "pending for",
}
_ATTRIBUTES = {
    "customer_added_date": "created",
    "customer_language": "language",
    "customer_tags": "tags",
}
_IMPORTED = (
    "companies",
    "created_by_app_id",
    "customer_account_status",
    "predicted_spend_tier",
    "product_subscription_status",
)
_NOT_HERE = {
    "abandoned_checkout_date": 'ask for the events: did "Started Checkout" ... then not "Placed Order"',
    "rfm_group": "both have groups of that name, and others are in them",
    "customer_cities": "Shopify names cities by codes of its own",
    "customer_regions": "Shopify names regions by codes of its own",
}


def from_shopify(query: str, name: str, names: Names | None = None) -> list[IntoText]:
    """The segment of a query. `name`: of the file, whose stem is the segment's name.

    Raises `ConvertError` where it is no query."""
    try:
        tree = _grammar().parse(query)
    except UnexpectedInput as error:
        raise _unreadable(name, f"nobody can read on from {_place(error)}") from error
    reading = _Reading(name, Converting(names or Names()))
    condition = reading.together(tree.children[0])
    title = PurePath(name).stem
    segment = None if condition is None else SegmentDefinition(name=title, condition=condition)
    differing = [
        Remark("may differ", name, "the query", title, why) for why in reading.converting.differences
    ]
    return [IntoText(title, segment, (*reading.remarks, *differing))]


@cache
def _grammar() -> Lark:
    grammar = (files("segql.compiler.convert.shopify") / "grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", propagate_positions=True, maybe_placeholders=False)


def _unreadable(name: str, why: str) -> ConvertError:
    return ConvertError(
        ConvertCode.UNREADABLE,
        f"{name} holds no segment query of Shopify: {why}.",
        "Give what stands behind WHERE, such as: amount_spent > 500 AND last_order_date > -30d",
    )


def _place(at: Any) -> str:
    return f"line {max(at.line, 1)}, column {max(at.column, 1)}"


class _Reading:
    """A query being read; what cannot be said is noted and left out."""

    def __init__(self, name: str, converting: Converting) -> None:
        self.name = name
        self.converting = converting
        self.remarks: list[Remark] = []

    def together(self, tree: Any, depth: int = 0) -> AnyCondition | None:
        """Conditions joined by and or by or; None where nothing of them can be said."""
        if depth > _DEEPEST:
            raise _unreadable(self.name, f"brackets stand deeper than {_DEEPEST}")
        if tree.data not in ("conjunction", "disjunction"):
            return self._clause(tree)
        parts = [self.together(child, depth + 1) for child in tree.children]
        found = [part for part in parts if part is not None]
        if len(found) < 2:
            return found[0] if found else None
        # Brackets around what is joined by the same word say nothing.
        kind: type[And | Or] = And if tree.data == "conjunction" else Or
        flat = (inner for part in found for inner in (part.children if isinstance(part, kind) else (part,)))
        return kind(children=tuple(flat))

    def _clause(self, tree: Any) -> AnyCondition | None:
        try:
            return _read(self.converting, tree)
        except NotCarriedError as error:
            name = next(token for token in tree.scan_values(lambda token: token.type in ("NAME", "STRING")))
            part = f"{name} ({error.place})" if error.place else str(name)
            self.remarks.append(Remark("left out", self.name, _place(tree.meta), part, error.why))
            return None


def _read(converting: Converting, tree: Any) -> AnyCondition:
    tokens = [child for child in tree.children if isinstance(child, Token)]
    negated = any(token.type == "NOT" for token in tokens)
    match str(tree.data):
        case "anniversary_is":
            return anniversary(text(tokens[0]).value, Asked(str(tokens[1]), (tokens[2],)))
        case "anniversary_between":
            return anniversary(text(tokens[0]).value, Asked("BETWEEN", tuple(tokens[1:])))
        case "matches":
            return _negated(matches(converting, _name(tokens), _parameters(tree)), negated)
        case "called":
            comparator, answer = tokens[-2:]
            if comparator not in ("=", "!="):
                raise NotCarriedError("true or false is expected")
            denied = (answer.lower() == "true") == (comparator == "!=")
            return _negated(matches(converting, _name(tokens), _parameters(tree)), denied)
        case _:
            name, asked = _asked(tree)
            return _attribute(converting, name, asked, negated)


def _name(tokens: Iterable[Token]) -> str:
    return str(next(token for token in tokens if token.type == "NAME")).lower()


def _asked(tree: Any) -> tuple[str, Asked]:
    """The name that stands first in a clause, and what is asked of it."""
    name, *rest = (child for child in tree.children if isinstance(child, Token) and child.type != "NOT")
    match str(tree.data):
        case "compares":
            return str(name).lower(), Asked(str(rest[0]), tuple(rest[1:]))
        case "between":
            return str(name).lower(), Asked("BETWEEN", tuple(rest))
        case "is_null" | "contains" | "is_in" as kind:
            operator = {"is_null": "IS NULL", "contains": "CONTAINS", "is_in": "IN"}[kind]
            negated = any(child.type == "NOT" for child in tree.children if isinstance(child, Token))
            return str(name).lower(), Asked(f"{'NOT ' if negated else ''}{operator}", tuple(rest))
        case _:
            return str(name).lower(), Asked("=", tuple(one for one in rest if one.type != "COMPARATOR"))


def _parameters(tree: Any) -> dict[str, Asked]:
    found: dict[str, Asked] = {}
    for child in tree.children:
        if isinstance(child, Tree):
            name, asked = _asked(child)
            if name in found:
                raise NotCarriedError("it is given twice", name)
            found[name] = asked
    return found


def _negated(condition: AnyCondition, negated: bool) -> AnyCondition:
    if negated and isinstance(condition, Did) and condition.how_often is None:
        return condition.changed(negated=True)
    return Not(child=condition) if negated else condition


def _attribute(converting: Converting, name: str, asked: Asked, negated: bool) -> AnyCondition:
    """What is asked of an attribute. NOT is the complement, as it is here."""
    if name in _NOT_HERE:
        raise NotCarriedError(_NOT_HERE[name])
    plain = Asked(asked.operator.removeprefix("NOT "), asked.values)
    if plain.operator == "IS NULL":
        return Comparison(term=_term(converting, name), test=IsSet(negated=not negated))
    channel, _, status = name.partition("_")
    if status == "subscription_status" and channel in ("email", "sms"):
        return _subscribed(channel, plain)
    if name == "customer_email_domain" and plain.operator in ("=", "!="):
        domain = Text(value=f"@{text(plain.values[0]).value}")
        ends = Comparison(term=Attribute(name="email"), test=TextMatch(operator="ends with", value=domain))
        return _negated(ends, plain.operator == "!=")
    if plain.operator == "CONTAINS":
        value = text(plain.values[0])
        if name == "customer_countries":
            converting.may_differ("of several addresses of a customer one is kept here, with its country")
            return _negated(Comparison(term=Attribute(name="country"), test=Is(value=value)), negated)
        tags = Comparison(term=_term(converting, name), test=Contains(values=(value,)))
        return _negated(tags, negated)
    if plain.operator == "IN":
        raise NotCarriedError("IN is for ids within functions")
    if name in ("first_order_date", "last_order_date") and not plain.is_date:
        raise NotCarriedError("a day is expected here")
    return compared(_term(converting, name), plain)


def _term(converting: Converting, name: str) -> AnyTerm:
    orders = EventName(name=converting.names.orders)
    if name in ("first_order_date", "last_order_date"):
        return Recency(which="first" if name.startswith("first") else "last", event=orders)
    if name == "number_of_orders":
        return Measure(function="number", events=Events(names=(orders,)))
    if name == "amount_spent":
        converting.may_differ("amount_spent has refunds taken off; here what was ordered is added up")
        value = Attribute(name=converting.names.value)
        return Measure(function="sum", property=value, events=Events(names=(orders,)))
    if name in _ATTRIBUTES:
        converting.may_differ(f"{name} is the attribute {_ATTRIBUTES[name]}")
        return Attribute(name=_ATTRIBUTES[name])
    if name in _IMPORTED or name.startswith("metafields."):
        converting.may_differ(f"{name} is an attribute of that name, once it is imported")
        return Attribute(name=name)
    raise NotCarriedError("there is no such filter")


def _subscribed(channel: str, asked: Asked) -> AnyCondition:
    if asked.operator not in ("=", "!=") or asked.values[0].type != "STRING":
        raise NotCarriedError("a status is expected here")
    status = _STATUSES.get(text(asked.values[0]).value.upper())
    if status is None:
        raise NotCarriedError("there is no such status here")
    found = ConsentStatus(status=status, channel=channel)  # type: ignore[arg-type]  # of the tables
    return _negated(found, asked.operator == "!=")
