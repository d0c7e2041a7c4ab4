"""What a value is: set or not, true or false, a date in a stretch of time or beside another, the same for so long."""

from typing import TYPE_CHECKING, Literal

from segql.compiler.ast.base import Node, Test
from segql.compiler.ast.voice import Voice
from segql.compiler.catalog.model import ValueType
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.lengths import AnyLength, check_seconds
from segql.compiler.conditions.operands import check_type
from segql.compiler.conditions.parameters import Parameter, given
from segql.compiler.conditions.values import Attribute, Text
from segql.compiler.conditions.windows import AnyWindow, InMonth, InTheLast, lower_window
from segql.compiler.diagnostics.codes import Code
from segql.compiler.plan import nodes as plan
from segql.compiler.text import fold

if TYPE_CHECKING:
    from segql.compiler.conditions import AnyTerm, AnyValue


class IsSet(Test, tag="is set"):
    """`is set`, `is not set`."""

    negated: bool = False

    def check(self, scope: Scope, left: ValueType, term: Node) -> None:
        """Every type can be set."""

    def lower(self, scope: Scope, term: plan.Term, left: ValueType) -> plan.Predicate:
        return plan.complement(plan.IsSet(term)) if self.negated else plan.IsSet(term)

    def text(self) -> str:
        return f"is {'not ' if self.negated else ''}set"

    def english(self, voice: Voice) -> str:
        return f"is {'not ' if self.negated else ''}known"


class IsBoolean(Test, tag="is boolean"):
    """`is true`, `is false`."""

    value: bool

    def check(self, scope: Scope, left: ValueType, term: Node) -> None:
        check_type(scope, self, term, left, ("boolean",), f"is {str(self.value).lower()}")

    def lower(self, scope: Scope, term: plan.Term, left: ValueType) -> plan.Predicate:
        return plan.IsBoolean(term, self.value)

    def text(self) -> str:
        return f"is {str(self.value).lower()}"

    def english(self, voice: Voice) -> str:
        return self.text()


class IsDuring(Test, tag="is during"):
    """`is in the last 30 days`, `is more than 60 days ago`, `is not before 2026-01-31`."""

    window: AnyWindow
    negated: bool = False

    def check(self, scope: Scope, left: ValueType, term: Node) -> None:
        if check_type(scope, self, term, left, ("date", "datetime"), self.window.text()):
            self.window.check(scope)

    def lower(self, scope: Scope, term: plan.Term, left: ValueType) -> plan.Predicate:
        return plan.InWindow(term, lower_window(self.window, scope), negated=self.negated)

    def text(self) -> str:
        return f"is {'not ' if self.negated else ''}{self.window.text()}"

    def english(self, voice: Voice) -> str:
        return f"is {'not ' if self.negated else ''}{self.window.english(voice)}"


class IsAnniversary(Test, tag="is anniversary"):
    """`is today, any year`, `is in the next 7 days, any year`, `is in month 5`: month and day only."""

    when: AnyWindow | InMonth
    negated: bool = False

    def check(self, scope: Scope, left: ValueType, term: Node) -> None:
        if check_type(scope, self, term, left, ("date", "datetime"), self.text()):
            self.when.check(scope)

    def lower(self, scope: Scope, term: plan.Term, left: ValueType) -> plan.Predicate:
        if isinstance(self.when, InMonth):
            return plan.OnDayOfYear(term, month=self.when.month, zone=scope.zone, negated=self.negated)
        window = lower_window(self.when, scope)
        return plan.OnDayOfYear(term, window, zone=scope.zone, negated=self.negated)

    def text(self) -> str:
        return f"is {'not ' if self.negated else ''}{self.when.text()}, any year"

    def english(self, voice: Voice) -> str:
        when = self.when.text() if isinstance(self.when, InMonth) else self.when.english(voice)
        return f"is {'not ' if self.negated else ''}{when}, in any year"


class IsBeside(Test, tag="is beside"):
    """`is before created`, `is after last "Started Checkout"`, `is within 7 days after created`: two dates compared."""

    relation: Literal["before", "after"]
    other: "AnyTerm"
    within: AnyLength | None = None
    negated: bool = False

    def check(self, scope: Scope, left: ValueType, term: Node) -> None:
        if not check_type(scope, self, term, left, ("date", "datetime"), self.relation):
            return
        right = self.other.check(scope)
        if right is not None and right not in ("date", "datetime"):
            scope.report(
                Code.SG302,
                f"{self.other.text()} is no date",
                self.other.span,
                "name a date, or `first` or `last` and an event",
            )
        if self.within is not None:
            check_seconds(self.within, scope, "`within`")

    def lower(self, scope: Scope, term: plan.Term, left: ValueType) -> plan.Predicate:
        seconds = None if self.within is None else given(self.within).seconds
        other = self.other.lower(scope)
        return plan.CompareInstants(self.relation, term, other, seconds, scope.zone, self.negated)

    def text(self) -> str:
        return f"is {self._relation()} {self.other.text()}"

    def english(self, voice: Voice) -> str:
        return f"is {self._relation()} {self.other.english(voice)}"

    def _relation(self) -> str:
        within = f"within {self.within.text()} " if self.within is not None else ""
        return f"{'not ' if self.negated else ''}{within}{self.relation}"


class HasBeen(Test, tag="has been"):
    """`has been "gold" for 7 days`: the same value for so long, or longer."""

    value: "AnyValue"
    length: AnyLength

    def check(self, scope: Scope, left: ValueType, term: Node) -> None:
        attribute = scope.catalog.attribute(term.name) if isinstance(term, Attribute) else None
        if scope.events is not None or attribute is None or attribute.kept_since is None:
            scope.report(
                Code.SG308,
                f"no history is kept of {term.text()}",
                term.span.to(self.span),
                "keep it from now on with `segql history NAME`, or ask for the value now: is ...",
            )
        elif check_type(scope, self, term, left, ("text",), "has been") and not isinstance(
            self.value, Text | Parameter
        ):
            scope.report(
                Code.SG302, f"{self.value.text()} is no text", self.value.span, 'write it in quotes: "..."'
            )

    def lower(self, scope: Scope, term: plan.Term, left: ValueType) -> plan.Predicate:
        if not isinstance(term, plan.Attribute) or not isinstance(self.value, Text):
            raise TypeError(self)
        ago = lower_window(InTheLast(length=given(self.length)), scope)
        if ago.start is None:
            raise TypeError(self)
        return plan.HasBeen(term, fold(self.value.value), ago.start, ago.zone)

    def text(self) -> str:
        return f"has been {self.value.text()} for {self.length.text()}"

    def english(self, voice: Voice) -> str:
        return self.text()
