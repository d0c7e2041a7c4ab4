"""Numbers and dates from events: counts, sums, averages, extremes, and the first and last time."""

from typing import TYPE_CHECKING, ClassVar, Literal

from segql.compiler.ast.base import Term
from segql.compiler.ast.voice import Voice
from segql.compiler.catalog.model import ValueType
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.events import EventName, Events, check_events, scan, tail_english, tail_text
from segql.compiler.conditions.values import Attribute, article
from segql.compiler.conditions.windows import AnyWindow
from segql.compiler.diagnostics.codes import Code
from segql.compiler.plan import nodes as plan

if TYPE_CHECKING:
    from segql.compiler.conditions import AnyCondition


class Measure(Term):
    """`number of E`, `number of different P from E`, `sum / average / minimum / maximum of P from E`."""

    about_profiles: ClassVar[bool] = True
    kind: Literal["measure"] = "measure"
    function: Literal["number", "number of different", "sum", "average", "minimum", "maximum"]
    property: Attribute | None = None
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
        known = [event for name in self.events.names if (event := scope.catalog.event(name.name))]
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
        events = scan(scope, self.events.names, self.window, self.where)
        if self.property is None:
            return plan.Aggregate("count", events)
        known = [event for name in self.events.names if (event := scope.catalog.event(name.name))]
        name, kind = scope.of_events(known).type_of(self.property.name)
        if self.function == "number of different":
            return plan.Aggregate("count different", events, plan.Property(name, kind))
        if self.function == "number":
            raise TypeError(self)
        return plan.Aggregate(self.function, events, plan.Property(name, kind))

    def text(self) -> str:
        return f"{self._head(self.events.text())}{tail_text(self.window, self.where)}"

    def english(self, voice: Voice) -> str:
        return f"{self._head(self.events.english())}{tail_english(self.window, self.where, voice)}"

    def _head(self, events: str) -> str:
        if self.property is None:
            return f"number of {events}"
        if self.function == "number of different":
            return f"number of different {self.property.text()} from {events}"
        return f"{self.function} of {self.property.text()} from {events}"


class Recency(Term):
    """`first E`, `last E`: the instant of the earliest or the latest event."""

    about_profiles: ClassVar[bool] = True
    kind: Literal["recency"] = "recency"
    which: Literal["first", "last"]
    event: EventName
    window: AnyWindow | None = None
    where: "AnyCondition | None" = None

    def check(self, scope: Scope) -> ValueType | None:
        before = len(scope.found)
        check_events(scope, Events(names=(self.event,)), self.window, self.where)
        return "datetime" if len(scope.found) == before else None

    def lower(self, scope: Scope) -> plan.Term:
        return plan.Aggregate(self.which, scan(scope, (self.event,), self.window, self.where))

    def text(self) -> str:
        return f"{self.which} {self.event.text()}{tail_text(self.window, self.where)}"

    def english(self, voice: Voice) -> str:
        return f"{self.which} {self.event.text()}{tail_english(self.window, self.where, voice)}"
