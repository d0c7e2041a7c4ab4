"""Statements: a segment with its name, and what analysts ask: `count`, `show`, `explain`. A text is a tuple of them."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from segql.compiler.ast.base import Node
from segql.compiler.conditions import AnyCondition
from segql.compiler.conditions.values import Attribute
from segql.compiler.text import quoted


class Statement(Node):
    """Something a text consists of; all of them speak of one condition."""

    condition: AnyCondition


class Ask(Statement):
    """A condition by itself: who is meant?"""

    kind: Literal["ask"] = "ask"

    def text(self) -> str:
        return self.condition.text()


class SegmentDefinition(Statement):
    """`segment "Name" "description": condition`."""

    kind: Literal["segment"] = "segment"
    name: str
    description: str | None = None

    def heading(self) -> str:
        """The first line, up to the colon."""
        description = f" {quoted(self.description)}" if self.description is not None else ""
        return f"segment {quoted(self.name)}{description}:"

    def text(self) -> str:
        return f"{self.heading()} {self.condition.text()}"


class Count(Statement):
    """`count condition by a, b`."""

    kind: Literal["count"] = "count"
    by: tuple[Attribute, ...] = ()

    def text(self) -> str:
        by = f" by {', '.join(name.text() for name in self.by)}" if self.by else ""
        return f"count {self.condition.text()}{by}"


class Show(Statement):
    """`show a, b where condition order by a desc limit 10`."""

    kind: Literal["show"] = "show"
    columns: tuple[Attribute, ...]
    order_by: Attribute | None = None
    descending: bool = False
    limit: int | None = None

    def text(self) -> str:
        columns = ", ".join(column.text() for column in self.columns)
        order = f" order by {self.order_by.text()}{' desc' * self.descending}" if self.order_by else ""
        limit = f" limit {self.limit}" if self.limit is not None else ""
        return f"show {columns} where {self.condition.text()}{order}{limit}"


class Explain(Statement):
    """`explain condition`."""

    kind: Literal["explain"] = "explain"

    def text(self) -> str:
        return f"explain {self.condition.text()}"


AnyStatement = Annotated[Ask | SegmentDefinition | Count | Show | Explain, Field(discriminator="kind")]


class Tree(Node):
    """The syntax tree of a whole text; `version` counts the changes of its JSON that old readers cannot read."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="segql syntax tree")

    version: Literal[1] = 1
    statements: tuple[AnyStatement, ...]

    def text(self) -> str:
        return " ".join(statement.text() for statement in self.statements)
