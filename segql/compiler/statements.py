"""Statements: a segment with its name, a `define`, and what analysts ask. A text is a tuple of them."""

from typing import Annotated, Literal

from pydantic import Field

from segql.compiler.ast.base import Condition, Node, Term
from segql.compiler.ast.walk import walk
from segql.compiler.check.scope import Scope
from segql.compiler.conditions import AnyArgument, AnyCondition, AnyTerm, InSegment, Parameter
from segql.compiler.conditions.days import Day
from segql.compiler.conditions.lengths import AnyLength, Unit
from segql.compiler.diagnostics.codes import Code
from segql.compiler.examples import Expectation
from segql.compiler.plan.instants import is_time_zone
from segql.compiler.text import nearest, quoted, word_text

MOST_GROUPS = 8  # they make 256 combinations


class Statement(Node):
    """Something a text consists of."""

    def conditions(self) -> tuple[Condition, ...]:
        """The conditions whose people it is about."""
        return ()

    def terms(self) -> tuple[Term, ...]:
        """The values that it shows, counts or orders by."""
        return ()

    def check(self, scope: Scope) -> None:
        """Report what is wrong with names, types and numbers."""
        for condition in self.conditions():
            condition.check(scope)
        for term in self.terms():
            term.check(scope)


class OfOneCondition(Statement):
    """A statement about one condition."""

    condition: AnyCondition

    def conditions(self) -> tuple[Condition, ...]:
        return (self.condition,)


class Meaning(OfOneCondition):
    """A statement about the people of one condition. `timezone`: whose days are meant, where not the account's."""

    timezone: str | None = None

    def check(self, scope: Scope) -> None:
        if self.timezone is None or is_time_zone(self.timezone):
            super().check(scope)
            return
        scope.report(
            Code.SG212,
            f"there is no time zone called {quoted(self.timezone)}",
            self.span,
            "write one such as America/New_York or Europe/Paris",
        )

    def body(self) -> str:
        """The condition, with its time zone behind it."""
        zone = f" in time zone {quoted(self.timezone)}" if self.timezone is not None else ""
        return f"{self.condition.text()}{zone}"

    def text(self) -> str:
        return self.body()


class Ask(Meaning):
    """A condition by itself: who is meant?"""

    kind: Literal["ask"] = "ask"


class SegmentDefinition(Meaning):
    """`segment "Name" "description" [tags: a, b; owner: c]: condition`, and examples."""

    kind: Literal["segment"] = "segment"
    name: str
    description: str | None = None
    tags: tuple[str, ...] = ()
    owner: str | None = None
    expectations: tuple[Expectation, ...] = ()

    def check(self, scope: Scope) -> None:
        super().check(scope)
        for expectation in self.expectations:
            expectation.check(scope)

    def heading(self) -> str:
        """The first line, up to the colon."""
        description = f" {quoted(self.description)}" if self.description is not None else ""
        notes = [f"tags: {', '.join(map(word_text, self.tags))}"] if self.tags else []
        notes += [f"owner: {word_text(self.owner)}"] if self.owner is not None else []
        bracket = f" [{'; '.join(notes)}]" if notes else ""
        return f"segment {quoted(self.name)}{description}{bracket}:"

    def text(self) -> str:
        examples = "".join(f" {expectation.text()}" for expectation in self.expectations)
        return f"{self.heading()} {self.body()}{examples}"


class Formal(Node):
    """A parameter of a `define`, perhaps with a default."""

    name: str
    default: AnyArgument | None = None

    def text(self) -> str:
        return self.name if self.default is None else f"{self.name} = {self.default.text()}"


class Define(OfOneCondition):
    """`define lapsed(event, window = 60 days): condition`."""

    kind: Literal["define"] = "define"
    name: str
    parameters: tuple[Formal, ...] = ()

    def check(self, scope: Scope) -> None:
        super().check(scope)
        known = {parameter.name for parameter in self.parameters}
        for node in walk(self.condition):
            if isinstance(node, Parameter) and node.name not in known:
                near = nearest(node.name, known, limit=1)
                scope.report(
                    Code.SG213,
                    f"{node.text()} is no parameter of {self.name}",
                    node.span,
                    f"did you mean ${near[0]}?" if near else f"add it: define {self.name}({node.name}): ...",
                )

    def heading(self) -> str:
        """The first line, up to the colon."""
        return f"define {self.name}({', '.join(parameter.text() for parameter in self.parameters)}):"

    def text(self) -> str:
        return f"{self.heading()} {self.condition.text()}"


class Count(Meaning):
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


class Show(Meaning):
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


class Explain(Meaning):
    """`explain condition`."""

    kind: Literal["explain"] = "explain"

    def text(self) -> str:
        return f"explain {self.body()}"


class Trend(Meaning):
    """`trend condition over the last 90 days by week`: the number of people at the end of each unit."""

    kind: Literal["trend"] = "trend"
    length: AnyLength
    by: Unit | None = None

    def text(self) -> str:
        return f"trend {self.body()}{self.tail()}"

    def tail(self) -> str:
        """What stands behind the condition."""
        return f" over the last {self.length.text()}{f' by {self.by}' if self.by is not None else ''}"


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


AnyStatement = Annotated[
    Ask | SegmentDefinition | Define | Count | Show | Trend | Overlap | Funnel | Why | Compare | Explain,
    Field(discriminator="kind"),
]


class Tree(Node):
    """The syntax tree of a whole text; `version` counts the changes of its JSON that old readers cannot read."""

    version: Literal[1] = 1
    statements: tuple[AnyStatement, ...]

    def text(self) -> str:
        return " ".join(statement.text() for statement in self.statements)


def _people(condition: Node) -> str:
    """A segment by its name alone, any other condition as it is."""
    if isinstance(condition, InSegment) and isinstance(condition.name, str):
        return quoted(condition.name)
    return condition.text()


def _column(term: Node) -> str:
    """A column of `show`; a measure with its own `where` stands in brackets."""
    return f"({term.text()})" if getattr(term, "where", None) is not None else term.text()
