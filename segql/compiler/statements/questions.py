"""What analysts ask: count, show, explain, trend, overlap, funnel, why, compare."""

from typing import Literal

from pydantic import Field

from segql.compiler.ast.base import Condition, Node, Term
from segql.compiler.check.scope import Scope
from segql.compiler.conditions import AnyCondition, AnyTerm, Arithmetic, InSegment
from segql.compiler.conditions.days import Day
from segql.compiler.conditions.lengths import AnyLength, Length, Unit
from segql.compiler.diagnostics.codes import Code
from segql.compiler.statements.base import Meaning, OfOneCondition, Statement
from segql.compiler.text import quoted

MOST_GROUPS = 8  # they make 256 combinations


class Question(Meaning):
    """A statement in which a segment may be called by its name alone."""

    def people(self) -> str:
        return _people(self.condition)


class Count(Question):
    """`count condition by a, b`."""

    kind: Literal["count"] = "count"
    by: tuple[AnyTerm, ...] = ()

    def terms(self) -> tuple[Term, ...]:
        return self.by

    def text(self) -> str:
        return f"count {self.body()}{self.tail()}"

    def tail(self) -> str:
        """What stands behind the condition."""
        return f" by {', '.join(name.text() for name in self.by)}" if self.by else ""


class Show(Question):
    """`show a, b, sum of Total from "Placed Order" where condition order by a desc limit 10`."""

    kind: Literal["show"] = "show"
    columns: tuple[AnyTerm, ...]
    order_by: AnyTerm | None = None
    descending: bool = False
    limit: int | None = None

    def terms(self) -> tuple[Term, ...]:
        return self.columns if self.order_by is None else (*self.columns, self.order_by)

    def heading(self) -> str:
        """What stands before the condition."""
        return f"show {', '.join(map(_column, self.columns))} where"

    def tail(self) -> str:
        """What stands behind the condition."""
        order = f" order by {_column(self.order_by)}{' desc' * self.descending}" if self.order_by else ""
        return f"{order} limit {self.limit}" if self.limit is not None else order

    def text(self) -> str:
        return f"{self.heading()} {self.body()}{self.tail()}"


class Explain(Question):
    """`explain condition`."""

    kind: Literal["explain"] = "explain"

    def text(self) -> str:
        return f"explain {self.body()}"


class Trend(Question):
    """`trend condition over the last 90 days by week`: the number of people at the end of each unit."""

    kind: Literal["trend"] = "trend"
    length: AnyLength
    by: Unit | None = None

    def text(self) -> str:
        return f"trend {self.body()}{self.tail()}"

    def tail(self) -> str:
        """What stands behind the condition."""
        length = self.length.after_last() if isinstance(self.length, Length) else self.length.text()
        return f" over the last {length}{f' by {self.by}' if self.by is not None else ''}"


class Overlap(Statement):
    """`overlap "A", "B", "C"`: how many people are in each combination of them."""

    kind: Literal["overlap"] = "overlap"
    groups: tuple[AnyCondition, ...] = Field(min_length=2)

    def conditions(self) -> tuple[Condition, ...]:
        return self.groups

    def check(self, scope: Scope) -> None:
        super().check(scope)
        if len(self.groups) > MOST_GROUPS:
            scope.report(
                Code.SG106,
                f"{len(self.groups)} groups have too many combinations",
                self.span,
                f"name at most {MOST_GROUPS}",
            )

    def text(self) -> str:
        return f"overlap {', '.join(map(_people, self.groups))}"


class Funnel(Statement):
    """`funnel condition then condition`: how many are left after each step, those of a sequence (`did A then B`) too."""

    kind: Literal["funnel"] = "funnel"
    steps: tuple[AnyCondition, ...] = Field(min_length=1)

    def conditions(self) -> tuple[Condition, ...]:
        return self.steps

    def text(self) -> str:
        return f"funnel {' then '.join(step.text() for step in self.steps)}"


class Why(OfOneCondition):
    """`why "someone" in "Winback"`: what decided it, clause by clause."""

    kind: Literal["why"] = "why"
    who: str

    def text(self) -> str:
        return f"why {quoted(self.who)} in {_people(self.condition)}"


class Compare(OfOneCondition):
    """`compare "Winback" as of yesterday with today`: who came and who went."""

    kind: Literal["compare"] = "compare"
    earlier: Day
    later: Day

    def check(self, scope: Scope) -> None:
        super().check(scope)
        self.earlier.check(scope)
        self.later.check(scope)

    def text(self) -> str:
        return f"compare {_people(self.condition)} as of {self.earlier.text()} with {self.later.text()}"


def _people(condition: Node) -> str:
    """A segment by its name alone, any other condition as it is."""
    if isinstance(condition, InSegment) and isinstance(condition.name, str):
        return quoted(condition.name)
    return condition.text()


def _column(term: Node) -> str:
    """A column of `show`; arithmetic, and a measure with its own `where`, stand in brackets."""
    in_brackets = isinstance(term, Arithmetic) or getattr(term, "where", None) is not None
    return f"({term.text()})" if in_brackets else term.text()
