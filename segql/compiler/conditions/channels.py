"""How people use channels: `engaged with sms`, `prefers sms over email`. The account says which events count."""

from segql.compiler.ast.base import Condition
from segql.compiler.ast.voice import Voice
from segql.compiler.catalog.model import Channel
from segql.compiler.check.scope import MAP_IT, Scope, metric_of
from segql.compiler.conditions.consent import CHANNEL_NAMES
from segql.compiler.conditions.lengths import Length
from segql.compiler.conditions.windows import InTheLast, Timed, lower_window
from segql.compiler.diagnostics.codes import Code
from segql.compiler.plan import nodes as plan
from segql.compiler.text import listing, quoted

# What `prefers` means where no window is written, and what "lately" means in it.
USUAL = InTheLast(length=Length(count=90, unit="day"))
LATELY = InTheLast(length=Length(count=30, unit="day"))


def channel_events(scope: Scope, names: tuple[str, ...], window: plan.Window) -> plan.Scan | None:
    """The events among the names that the account has; None where it has none of them."""
    metrics = tuple(metric_of(event) for name in names if (event := scope.catalog.event(name)) is not None)
    return plan.Scan(metrics, window) if metrics else None


def check_channel_events(
    scope: Scope, names: tuple[str, ...], node: Condition, property: str | None = None
) -> None:
    """That own tables have one of the events, with a property. A store has them as soon as the first one happens, and
    until then nobody did; tables that do not have them do not know who did."""
    events = (scope.catalog.event(name) for name in names)
    if any(event is not None and (property is None or event.property(property)) for event in events):
        return
    named = f", such as {quoted(names[0])}" if names else ""
    having = "" if property is None else f" with the property {quoted(property)}"
    scope.check_store(f"event that tells who did this{named}{having}", node.span, MAP_IT)


class Engaged(Timed, tag="engaged"):
    """At least one of the events by which the account says that people engage with the channel."""

    channel: Channel

    def check(self, scope: Scope) -> None:
        super().check(scope)
        check_channel_events(scope, scope.account.channels.of(self.channel).engaged, self)

    def lower(self, scope: Scope) -> plan.Predicate:
        window = lower_window(self.window, scope)
        events = channel_events(scope, scope.account.channels.of(self.channel).engaged, window)
        return plan.Constant(False) if events is None else plan.HasEvents(events)

    def text(self) -> str:
        return f"engaged with {self.channel}{self.when()}"

    def english(self, voice: Voice) -> str:
        return f"who engaged with {self._what(voice)}"

    def english_complement(self, voice: Voice) -> str:
        return f"who did not engage with {self._what(voice)}"

    def _what(self, voice: Voice) -> str:
        events = listing(map(quoted, voice.account.channels.of(self.channel).engaged))
        return f"{CHANNEL_NAMES[self.channel]} (did {events}){self.english_when(voice)}"


class Prefers(Timed, tag="prefers"):
    """More interactions with one channel than with the other in the window, and none with the other lately."""

    channel: Channel
    over: Channel | None = None

    @property
    def other(self) -> Channel:
        """The channel that comes second; e-mail for SMS, and SMS for the others, where it is not written."""
        return self.over or ("email" if self.channel == "sms" else "sms")

    def check(self, scope: Scope) -> None:
        super().check(scope)
        for channel in (self.channel, self.other):
            check_channel_events(scope, scope.account.channels.of(channel).interacted, self)
        if self.other == self.channel:
            scope.report(
                Code.SG106,
                f"{self.channel} cannot be preferred over itself",
                self.span,
                "name two different channels",
            )

    def lower(self, scope: Scope) -> plan.Predicate:
        channels = scope.account.channels
        window = lower_window(self.window or USUAL, scope)
        liked = channel_events(scope, channels.of(self.channel).interacted, window)
        if liked is None:
            return plan.Constant(False)
        rival = channel_events(scope, channels.of(self.other).interacted, window)
        lately = channel_events(scope, channels.of(self.other).interacted, lower_window(LATELY, scope))
        if rival is None or lately is None:
            return plan.HasEvents(liked)
        more = plan.Compare(">", plan.Aggregate("count", liked), plan.Aggregate("count", rival))
        return plan.conjunction(more, plan.complement(plan.HasEvents(lately)))

    def text(self) -> str:
        over = f" over {self.over}" if self.over is not None else ""
        return f"prefers {self.channel}{over}{self.when()}"

    def english(self, voice: Voice) -> str:
        liked, other = CHANNEL_NAMES[self.channel], CHANNEL_NAMES[self.other]
        return (
            f"who prefer {liked} over {other}: used {liked} more often than {other}"
            f" {(self.window or USUAL).english(voice)}, and {other} not at all {LATELY.english(voice)}"
        )
