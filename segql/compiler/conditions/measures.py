"""Numbers and dates from events: counts, sums, averages, extremes, and the first and last time."""

from typing import TYPE_CHECKING, ClassVar, Literal

from segql.compiler.ast.base import Term
from segql.compiler.ast.voice import Voice
from segql.compiler.catalog.model import ValueType
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.events import AnyEvent, Events, check_events, scan, tail_english, tail_text
from segql.compiler.conditions.parameters import Parameter, given
from segql.compiler.conditions.values import AnyAttribute, article
from segql.compiler.conditions.windows import AnyWindow
from segql.compiler.diagnostics.codes import Code
from segql.compiler.plan import nodes as plan

if TYPE_CHECKING:
    from segql.compiler.conditions import AnyCondition


class Measure(Term, tag="measure"):
    """`number of E`, `number of different P from E`, `sum / average / median / minimum / maximum of P from E`, and
    `longest gap between E`, in days."""

    about_profiles: ClassVar[bool] = True
    function: Literal[
        "number", "number of different", "sum", "average", "median", "minimum", "maximum", "longest gap"
    ]
    property: AnyAttribute | None = None
    events: Events
    window: AnyWindow | None = None
    where: "AnyCondition | None" = None

    def check(self, scope: Scope) -> ValueType | None:
        before = len(scope.found)
        check_events(scope, self.events, self.window, self.where)
        if self.events.quantifier in ("all", "none"):
            scope.report(
                Code.SG301,
                f"a measure cannot take `{self.events.quantifier} of`",
                self.events.span,
                "name one event, or `any of (...)` to count them together",
            )
        if len(scope.found) > before or self.property is None:
            return "number" if len(scope.found) == before else None
        known = self.events.check(scope)
        if known is None:
            return "number"
        found = self.property.check(scope.of_events(known))
        if found is None:
            return None
        if self.function == "number of different":
            wrong = found in ("list", "object")
            needs = "texts, numbers, dates and truth values can be counted"
        else:
            wrong = found != "number"
            needs = f"`{self.function}` works on numbers"
        if wrong:
            scope.report(
                Code.SG301,
                f"{self.property.text()} is {article(found)}; {needs}",
                self.property.span,
                "name a property of another type, or count the events: `number of ...`",
            )
            return None
        return "number"

    def lower(self, scope: Scope) -> plan.Term:
        events = scan(scope, self.events, self.window, self.where)
        if self.function == "number":
            return plan.Aggregate("count", events)
        if self.function == "longest gap":
            return plan.Aggregate("longest gap", events)
        if self.property is None:
            raise TypeError(self)
        wanted = given(self.property).name
        name, kind = scope.of_events(self.events.known(scope)).type_of(wanted)
        if self.function == "number of different":
            return plan.Aggregate("count different", events, plan.Property(name, kind))
        return plan.Aggregate(self.function, events, plan.Property(name, kind))

    def text(self) -> str:
        return f"{self._head(self.events.text())}{tail_text(self.window, self.where)}"

    def english(self, voice: Voice) -> str:
        return f"{self._head(self.events.english())}{tail_english(self.window, self.where, voice)}"

    def _head(self, events: str) -> str:
        if self.function == "longest gap":
            return f"longest gap between {events}"
        if self.property is None:
            return f"number of {events}"
        if self.function == "number of different":
            return f"number of different {self.property.text()} from {events}"
        return f"{self.function} of {self.property.text()} from {events}"


class Recency(Term, tag="recency"):
    """`first E`, `last E`: the instant of the earliest or the latest event."""

    about_profiles: ClassVar[bool] = True
    which: Literal["first", "last"]
    event: AnyEvent
    window: AnyWindow | None = None
    where: "AnyCondition | None" = None

    def check(self, scope: Scope) -> ValueType | None:
        before = len(scope.found)
        check_events(scope, Events(names=(self.event,)), self.window, self.where)
        return "datetime" if len(scope.found) == before else None

    def lower(self, scope: Scope) -> plan.Term:
        return plan.Aggregate(self.which, scan(scope, Events(names=(self.event,)), self.window, self.where))

    def text(self) -> str:
        return f"{self.which} {self.event.text()}{tail_text(self.window, self.where)}"

    def english(self, voice: Voice) -> str:
        return f"{self.which} {self.event.text()}{tail_english(self.window, self.where, voice)}"


class ValueOf(Term, tag="value of"):
    """`Total of last "Placed Order"`: what a property was when something happened for the first or the last time."""

    about_profiles: ClassVar[bool] = True
    property: AnyAttribute
    which: Literal["first", "last"]
    event: AnyEvent
    window: AnyWindow | None = None
    where: "AnyCondition | None" = None

    def _events(self) -> Events:
        return Events.made(names=(self.event,), span=self.event.span)

    def check(self, scope: Scope) -> ValueType | None:
        before = len(scope.found)
        check_events(scope, self._events(), self.window, self.where)
        if len(scope.found) > before or isinstance(self.event, Parameter):
            return None
        event = scope.catalog.event(self.event.name)
        return None if event is None else self.property.check(scope.of_events((event,)))

    def lower(self, scope: Scope) -> plan.Term:
        events = scan(scope, self._events(), self.window, self.where)
        name, kind = scope.of_events(self._events().known(scope)).type_of(given(self.property).name)
        value = plan.Property(name, kind)
        return plan.Aggregate("first value" if self.which == "first" else "last value", events, value)

    def text(self) -> str:
        return f"{self._head()}{tail_text(self.window, self.where)}"

    def english(self, voice: Voice) -> str:
        return f"{self._head()}{tail_english(self.window, self.where, voice)}"

    def _head(self) -> str:
        return f"{self.property.text()} of {self.which} {self.event.text()}"
