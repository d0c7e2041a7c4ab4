"""What all statements have in common: conditions, values, checks."""

from segql.compiler.ast.base import Condition, Node, Term
from segql.compiler.check.scope import Scope
from segql.compiler.conditions import AnyCondition
from segql.compiler.conditions.parameters import OrParameter, name_or_parameter
from segql.compiler.diagnostics.codes import Code
from segql.compiler.plan.instants import is_time_zone
from segql.compiler.text import quoted


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

    timezone: OrParameter | None = None

    @property
    def known_zone(self) -> str | None:
        """The time zone, where one is written and is no parameter."""
        return self.timezone if isinstance(self.timezone, str) else None

    def check(self, scope: Scope) -> None:
        if self.known_zone is None or is_time_zone(self.known_zone):
            super().check(scope)
            return
        scope.report(
            Code.SG212,
            f"there is no time zone called {quoted(self.known_zone)}",
            self.span,
            "write one such as America/New_York or Europe/Paris",
        )

    def body(self) -> str:
        """The condition, with its time zone behind it."""
        return f"{self.people()}{self.zone()}"

    def people(self) -> str:
        """The condition as it is written here."""
        return self.condition.text()

    def zone(self) -> str:
        """The time zone as it stands behind the condition."""
        return f" in time zone {name_or_parameter(self.timezone)}" if self.timezone is not None else ""

    def text(self) -> str:
        return self.body()
