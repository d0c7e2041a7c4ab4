"""What analysts ask: count, show, explain, trend, overlap, funnel, why, compare."""

from typing import Annotated

from msgspec import Meta

from segql.compiler.ast.base import Condition, Node, Term
from segql.compiler.check.scope import Scope
from segql.compiler.conditions import AnyCondition, AnyTerm, Arithmetic, InSegment
from segql.compiler.conditions.days import Day
from segql.compiler.conditions.lengths import AnyLength, Length, Unit
from segql.compiler.conditions.parameters import OrParameter, name_or_parameter
from segql.compiler.diagnostics.codes import Code
from segql.compiler.statements.base import Meaning, OfOneCondition, Statement
from segql.compiler.text import quoted

MOST_GROUPS = 8  # they make 256 combinations


class Question(Meaning):
    """A statement in which a segment may be called by its name alone."""

    def people(self) -> str:
        return _people(self.condition)


class Count(Question, tag="count"):
    """`count condition by a, b`."""

    by: tuple[AnyTerm, ...] = ()

    def terms(self) -> tuple[Term, ...]:
        return self.by

    def text(self) -> str:
        return f"count {self.body()}{self.tail()}"

    def tail(self) -> str:
        """What stands behind the condition."""
        return f" by {', '.join(name.text() for name in self.by)}" if self.by else ""


class Show(Question, tag="show"):
    """`show a, b, sum of Total from "Placed Order" where condition order by a desc limit 10`."""

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


class Explain(Question, tag="explain"):
    """`explain condition`."""

    def text(self) -> str:
        return f"explain {self.body()}"


class Trend(Question, tag="trend"):
    """`trend condition over the last 90 days by week`: the number of people at the end of each unit."""

    length: AnyLength
    by: Unit | None = None

    def text(self) -> str:
        return f"trend {self.body()}{self.tail()}"

    def tail(self) -> str:
        """What stands behind the condition."""
        length = self.length.after_last() if isinstance(self.length, Length) else self.length.text()
        return f" over the last {length}{f' by {self.by}' if self.by is not None else ''}"


class Overlap(Statement, tag="overlap"):
    """`overlap "A", "B", "C"`: how many people are in each combination of them."""

    groups: Annotated[tuple[AnyCondition, ...], Meta(min_length=2)]

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


class Funnel(Statement, tag="funnel"):
    """`funnel condition then condition`: how many are left after each step, those of a sequence (`did A then B`) too."""

    steps: Annotated[tuple[AnyCondition, ...], Meta(min_length=1)]

    def conditions(self) -> tuple[Condition, ...]:
        return self.steps

    def text(self) -> str:
        return f"funnel {' then '.join(step.text() for step in self.steps)}"


class Why(OfOneCondition, tag="why"):
    """`why "someone" in "Winback"`: what decided it, clause by clause."""

    who: OrParameter

    def text(self) -> str:
        return f"why {name_or_parameter(self.who)} in {_people(self.condition)}"


class Compare(OfOneCondition, tag="compare"):
    """`compare "Winback" as of yesterday with today`: who came and who went."""

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
