"""What people did: `did E`, `did not E`, `did any of / all of / none of (E, F)`, how often, when, and `where`."""

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from segql.compiler.ast.base import Condition, Node, Term
from segql.compiler.ast.voice import Voice
from segql.compiler.ast.walk import walk
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.comparison import Comparison
from segql.compiler.conditions.windows import AnyWindow, InTheNext
from segql.compiler.diagnostics.codes import Code
from segql.compiler.plan import nodes as plan
from segql.compiler.text import listing, quoted

if TYPE_CHECKING:
    from segql.compiler.conditions import AnyCondition

Quantifier = Literal["any", "all", "none"]


class EventName(Node):
    """The name of an event as it was written."""

    name: str

    def text(self) -> str:
        return quoted(self.name)


class Events(Node):
    """One event, or any of, all of, none of several."""

    names: tuple[EventName, ...] = Field(min_length=1)
    quantifier: Quantifier | None = None

    @model_validator(mode="after")
    def _has_a_quantifier_for_several(self) -> Self:
        if self.quantifier is None and len(self.names) > 1:
            raise ValueError("several events need a quantifier: any, all or none")
        return self

    def check(self, scope: Scope) -> None:
        for event in self.names:
            scope.check_event(event.name, event.span)

    def text(self) -> str:
        if self.quantifier is None:
            return self.names[0].text()
        return f"{self.quantifier} of ({', '.join(name.text() for name in self.names)})"

    def english(self, last: str = "or") -> str:
        return listing((name.text() for name in self.names), last)


class HowOften(Node):
    """`once`, `at least 3 times`, `between 2 and 4 times`."""

    operator: Literal["exactly", "at least", "at most", "more than", "fewer than", "between"]
    times: int = Field(ge=0)
    upper: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _has_an_upper_end_for_between(self) -> Self:
        if (self.operator == "between") != (self.upper is not None):
            raise ValueError("`upper` belongs to `between`, and only to it")
        return self

    def check(self, scope: Scope) -> None:
        if self.upper is not None and self.upper < self.times:
            scope.report(
                Code.SG106,
                f"{self.times} is more than {self.upper}, so no number lies between them",
                self.span,
                f"write the smaller one first: between {self.upper} and {self.times} times",
            )
        if self.operator == "fewer than" and self.times == 0:
            scope.report(
                Code.SG106, "nothing happens fewer than 0 times", self.span, "for never write `did not`"
            )

    def limits(self) -> tuple[int, int | None]:
        """The least and the most number of times (None: no limit)."""
        match self.operator:
            case "exactly":
                return self.times, self.times
            case "at least":
                return self.times, None
            case "at most":
                return 0, self.times
            case "more than":
                return self.times + 1, None
            case "fewer than":
                return 0, self.times - 1
            case "between":
                return self.times, self.upper

    def text(self) -> str:
        if self.operator == "exactly" and self.times in (1, 2):
            return "once" if self.times == 1 else "twice"
        if self.operator == "between":
            return f"between {self.times} and {self.upper} times"
        return f"{self.operator} {self.times} times"


def check_events(
    scope: Scope, events: Events, window: AnyWindow | None, where: "AnyCondition | None"
) -> None:
    """Report what is wrong with the parts that say which events are meant."""
    known = [scope.check_event(event.name, event.span) for event in events.names]
    if window is not None:
        window.check(scope)
        if isinstance(window, InTheNext):
            scope.report(
                Code.SG305,
                "events lie in the past, so none is in the next days",
                window.span,
                f"for the past write: in the last {window.count} {window.unit}s",
            )
    if where is not None and _check_where(scope, where) and all(event is not None for event in known):
        where.check(scope.of_events(event for event in known if event is not None))


def _check_where(scope: Scope, where: Condition) -> bool:
    """Whether a `where` asks about events only; reports what is about people."""
    wrong = [node for node in walk(where) if isinstance(node, Condition | Term) and node.about_profiles]
    for node in wrong:
        scope.report(
            Code.SG306,
            f"`{node.text()}` is about people, and `where` asks about one event",
            node.span,
            "in `where` compare properties of the event; ask about people outside of it, joined by `and`",
        )
    return not wrong


def scan(
    scope: Scope, names: tuple[EventName, ...], window: AnyWindow | None, where: "AnyCondition | None"
) -> plan.Scan:
    """The plan of events that were checked."""
    events = [event for name in names if (event := scope.catalog.event(name.name)) is not None]
    metrics = tuple(dict.fromkeys(scope.metric(event.name) for event in events))
    filtered = None if where is None else where.lower(scope.of_events(events))
    return plan.Scan(metrics, plan.Window() if window is None else window.lower(), filtered)


def tail_text(window: AnyWindow | None, where: "AnyCondition | None") -> str:
    """Window and `where` as they follow the events."""
    text = f" {window.text()}" if window is not None else ""
    if where is None:
        return text
    return f"{text} where {where.text() if isinstance(where, Comparison) else f'({where.text()})'}"


def tail_english(window: AnyWindow | None, where: "AnyCondition | None", voice: Voice) -> str:
    """Window and `where` in English."""
    text = f" {window.english(voice)}" if window is not None else ""
    return text if where is None else f"{text} where {where.text()}"


def has_events(events: plan.Scan, low: int, high: int | None) -> plan.Predicate:
    """Between `low` and `high` events; a range that begins at 0 is the complement of more than its end."""
    if low > 0:
        return plan.HasEvents(events, low, high)
    return plan.Constant(True) if high is None else plan.complement(plan.HasEvents(events, high + 1))


class Did(Condition):
    """`did "Placed Order" at least 3 times in the last 90 days where Total more than 50`."""

    kind: Literal["did"] = "did"
    events: Events
    negated: bool = False
    how_often: HowOften | None = None
    window: AnyWindow | None = None
    where: "AnyCondition | None" = None

    def check(self, scope: Scope) -> None:
        check_events(scope, self.events, self.window, self.where)
        if self.how_often is not None:
            self.how_often.check(scope)

    def lower(self, scope: Scope) -> plan.Predicate:
        low, high = (1, None) if self.how_often is None else self.how_often.limits()
        events = scan(scope, self.events.names, self.window, self.where)
        if self.events.quantifier == "all":
            each = (replace(events, metrics=(metric,)) for metric in events.metrics)
            done = plan.conjunction(*(has_events(one, low, high) for one in each))
        else:
            done = has_events(events, low, high)
        turned = self.negated != (self.events.quantifier == "none")
        return plan.complement(done) if turned else done

    def text(self) -> str:
        how_often = f" {self.how_often.text()}" if self.how_often is not None else ""
        verb = "did not" if self.negated else "did"
        return f"{verb} {self.events.text()}{how_often}{tail_text(self.window, self.where)}"

    def english(self, voice: Voice) -> str:
        return self._clause(voice, turned=self.negated)

    def english_complement(self, voice: Voice) -> str:
        return self._clause(voice, turned=not self.negated)

    def _clause(self, voice: Voice, *, turned: bool) -> str:
        none = self.events.quantifier == "none"
        verb = "who did not do" if turned != none else "who did"
        how_often = f" {self.how_often.text()}" if self.how_often is not None else ""
        together = " in all" if how_often and self.events.quantifier in ("any", "none") else ""
        events = self.events.english("and" if self.events.quantifier == "all" else "or")
        each = " each" if how_often and self.events.quantifier == "all" else ""
        return f"{verb} {events}{how_often}{each}{together}{tail_english(self.window, self.where, voice)}"
