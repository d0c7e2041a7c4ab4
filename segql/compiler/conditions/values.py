"""Terms that are written out: numbers, amounts, texts, names of attributes and properties, and arithmetic."""

from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from segql.compiler.ast.base import Node, Term
from segql.compiler.ast.values import CURRENCY_SYMBOLS, check_finite, grouped, number_text
from segql.compiler.ast.voice import Voice
from segql.compiler.catalog.model import ValueType
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.parameters import Parameter
from segql.compiler.conditions.times import TIME_PARTS, time_part
from segql.compiler.diagnostics.codes import Code
from segql.compiler.plan import nodes as plan
from segql.compiler.text import name_text, quoted

if TYPE_CHECKING:
    from segql.compiler.conditions import AnyTerm


class Text(Node, tag="text"):
    """A text to compare with."""

    value: str

    def text(self) -> str:
        return quoted(self.value)


class Number(Term, tag="number"):
    """A number, perhaps an amount of money.

    `currency`: the symbol before it."""

    value: Decimal
    currency: Literal["$", "€", "£", "¥"] | None = None

    def __post_init__(self) -> None:
        check_finite(self.value)

    def check(self, scope: Scope) -> ValueType | None:
        account = scope.account
        if self.currency is not None and account.currency not in CURRENCY_SYMBOLS[self.currency]:
            scope.report(
                Code.SG303,
                f"{self.text()} is not in {account.currency}, the account's currency",
                self.span,
                f"amounts are compared in {account.currency}: write the number that is meant in it, with no sign",
            )
            return None
        return "number"

    def lower(self, scope: Scope) -> plan.Term:
        return plan.Number(self.value)

    def text(self) -> str:
        sign = "-" if self.value < 0 else ""
        return f"{sign}{self.currency or ''}{number_text(abs(self.value))}"

    def english(self, voice: Voice) -> str:
        sign = "-" if self.value < 0 else ""
        return f"{sign}{self.currency or ''}{grouped(abs(self.value))}"


class Attribute(Term, tag="attribute"):
    """An attribute of the profile or, inside `where`, a property of the event."""

    name: str

    def check(self, scope: Scope) -> ValueType | None:
        order_value = self._order_value(scope)
        if order_value is not None:
            return order_value.check(scope, self)
        part = time_part(scope, self.name)
        if part is not None:
            return TIME_PARTS[part]
        computed = ORDER_VALUES if scope.events is None else TIME_PARTS
        return scope.check_value(self.name, self.span, computed)

    def lower(self, scope: Scope) -> plan.Term:
        order_value = self._order_value(scope)
        if order_value is not None:
            return order_value.lower(scope)
        part = time_part(scope, self.name)
        if part is not None:
            return plan.TimePart(part, scope.zone)
        name, kind = scope.type_of(self.name)
        if scope.items is not None:
            return plan.ItemField(name, kind)
        if scope.events is not None:
            return plan.Property(name, kind)
        attribute = scope.catalog.attribute(name)
        return plan.Attribute(name, kind, None if attribute is None else attribute.kept_since)

    def _order_value(self, scope: Scope) -> "OrderValue | None":
        """What is computed from orders, where nothing of that name was imported."""
        of_event = scope.events is not None or scope.items is not None
        if of_event or scope.catalog.attribute(self.name) is not None:
            return None
        return ORDER_VALUES.get(self.name.lower())

    def text(self) -> str:
        return name_text(self.name)

    def english(self, voice: Voice) -> str:
        return self.name.replace("_", " ")


AnyAttribute = Attribute | Parameter
AnyPhrase = Text | Parameter


class OrderValue:
    """An attribute that is computed from the account's orders where no attribute of that name was imported."""

    def __init__(self, function: Literal["total", "average"]) -> None:
        self.function = function

    def check(self, scope: Scope, attribute: Attribute) -> ValueType | None:
        event = scope.catalog.event(scope.account.order_event)
        if event is None or event.amount is None:
            scope.report(
                Code.SG201,
                f"{quoted(attribute.name)} is computed from orders, and the store has none that carry an amount",
                attribute.span,
                f"import {quoted(scope.account.order_event)} events and name the property that is their amount",
            )
            return None
        return "number"

    def lower(self, scope: Scope) -> plan.Term:
        metric = scope.metric(scope.account.order_event)
        scan = plan.Scan((metric,), plan.Window())
        return plan.Aggregate(self.function, scan, plan.Property(metric.amount or "", "number"))


# Not set for people without orders, so that nobody is ranked or compared by an order that was never placed.
ORDER_VALUES = {"historic_clv": OrderValue("total"), "average_order_value": OrderValue("average")}


class Arithmetic(Term, tag="arithmetic"):
    """Two numbers added, subtracted, multiplied or divided."""

    operator: Literal["+", "-", "*", "/"]
    left: "AnyTerm"
    right: "AnyTerm"

    def check(self, scope: Scope) -> ValueType | None:
        types = [check_number(term, scope, f"`{self.operator}`") for term in (self.left, self.right)]
        return None if None in types else "number"

    def lower(self, scope: Scope) -> plan.Term:
        return plan.Arithmetic(self.operator, self.left.lower(scope), self.right.lower(scope))

    def text(self) -> str:
        return f"{self._side(self.left, right=False)} {self.operator} {self._side(self.right, right=True)}"

    def english(self, voice: Voice) -> str:
        word = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}[self.operator]
        return f"{self.left.english(voice)} {word} {self.right.english(voice)}"

    def _side(self, term: Term, *, right: bool) -> str:
        if isinstance(term, Arithmetic):
            weaker = term.operator in "+-" and self.operator in "*/"
            same = (term.operator in "+-") == (self.operator in "+-")
            if weaker or (right and same):
                return f"({term.text()})"
        return f"({term.text()})" if ends_openly(term) else term.text()


def ends_openly(term: Node) -> bool:
    """Whether text behind the term would be read as part of it: a measure whose `where` ends in a number."""
    return getattr(term, "where", None) is not None


def check_number(term: Term, scope: Scope, asker: str) -> ValueType | None:
    """The type of a term that has to be a number; None after a diagnostic."""
    found = term.check(scope)
    if found is None or found == "number":
        return found
    scope.report(
        Code.SG301,
        f"{term.text()} is {article(found)}, and {asker} works on numbers",
        term.span,
        "name a number attribute, a measure (`number of ...`, `sum of ... from ...`), or write a number",
    )
    return None


def article(kind: ValueType) -> str:
    """A type as a noun with its article."""
    return {
        "text": "a text",
        "number": "a number",
        "boolean": "true or false",
        "date": "a date",
        "datetime": "a date and time",
        "list": "a list",
        "object": "an object",
    }[kind]
