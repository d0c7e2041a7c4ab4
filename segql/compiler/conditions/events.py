"""Which events are meant: their names, a window, and `where`."""

from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta

from segql.compiler.ast.base import Condition, Node, Term
from segql.compiler.ast.voice import Voice
from segql.compiler.ast.walk import walk
from segql.compiler.catalog.model import Event
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.comparison import Comparison
from segql.compiler.conditions.parameters import Parameter, given
from segql.compiler.conditions.windows import AnyWindow, InTheNext, lower_window
from segql.compiler.diagnostics.codes import Code
from segql.compiler.plan import nodes as plan
from segql.compiler.text import listing, quoted

if TYPE_CHECKING:
    from segql.compiler.conditions import AnyCondition

Quantifier = Literal["any", "all", "none"]


class EventName(Node, tag="event"):
    """The name of an event as it was written."""

    name: str

    def text(self) -> str:
        return quoted(self.name)


AnyEvent = EventName | Parameter


class Events(Node, tag=False):
    """One event, or any of, all of, none of several."""

    names: Annotated[tuple[AnyEvent, ...], Meta(min_length=1)]
    quantifier: Quantifier | None = None

    def __post_init__(self) -> None:
        if self.quantifier is None and len(self.names) > 1:
            raise ValueError("several events need a quantifier: any, all or none")

    def check(self, scope: Scope) -> tuple[Event, ...] | None:
        """The events of these names; None where one is not known (after a diagnostic) or not given yet."""
        found = [
            None if isinstance(event, Parameter) else scope.check_event(event.name, event.span)
            for event in self.names
        ]
        known = tuple(event for event in found if event is not None)
        return known if len(known) == len(found) else None

    def known(self, scope: Scope) -> tuple[Event, ...]:
        """The events of these names, after the checks."""
        events = (scope.catalog.event(given(event).name) for event in self.names)
        return tuple(event for event in events if event is not None)

    def text(self) -> str:
        if self.quantifier is None:
            return self.names[0].text()
        return f"{self.quantifier} of ({', '.join(name.text() for name in self.names)})"

    def english(self, last: str = "or") -> str:
        return listing((name.text() for name in self.names), last)


def check_events(
    scope: Scope, events: Events, window: AnyWindow | None, where: "AnyCondition | None"
) -> None:
    """Report what is wrong with the parts that say which events are meant."""
    known = events.check(scope)
    if window is not None:
        window.check(scope)
        if isinstance(window, InTheNext):
            scope.report(
                Code.SG305,
                "events lie in the past, so none is in the next days",
                window.span,
                f"for the past write: in the last {window.length.text()}",
            )
    if where is not None and _check_where(scope, where) and known is not None:
        where.check(scope.of_events(known))


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


def scan(scope: Scope, events: Events, window: AnyWindow | None, where: "AnyCondition | None") -> plan.Scan:
    """The plan of events that were checked."""
    known = events.known(scope)
    metrics = tuple(dict.fromkeys(scope.metric(event.name) for event in known))
    filtered = None if where is None else where.lower(scope.of_events(known))
    return plan.Scan(metrics, lower_window(window, scope), filtered)


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
