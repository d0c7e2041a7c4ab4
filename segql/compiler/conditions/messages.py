"""Messages: `received campaign "X"`, `was sent fewer than 4 sms in the last 30 days`, `texted us a word "size"`,
`is scheduled for campaign "X"`."""

from typing import Literal

from msgspec.structs import replace

from segql.compiler.ast.base import Condition
from segql.compiler.ast.voice import Voice
from segql.compiler.catalog.model import Channel
from segql.compiler.check.scope import Scope, metric_of
from segql.compiler.conditions.channels import channel_events, check_channel_events
from segql.compiler.conditions.consent import CHANNEL_NAMES
from segql.compiler.conditions.did import has_events
from segql.compiler.conditions.how_often import HowOften
from segql.compiler.conditions.parameters import OrParameter, given, name_or_parameter
from segql.compiler.conditions.windows import Timed, lower_window
from segql.compiler.plan import nodes as plan
from segql.compiler.text import fold

Verb = Literal["received", "opened", "clicked", "replied to", "was sent"]
_ROLES: dict[Verb, Literal["received", "opened", "clicked", "replied", "sent"]] = {
    "received": "received",
    "opened": "opened",
    "clicked": "clicked",
    "replied to": "replied",
    "was sent": "sent",
}


class CampaignEvent(Timed, tag="campaign"):
    """Received, clicked, replied to or was sent a campaign, on any channel."""

    verb: Verb
    name: OrParameter

    def check(self, scope: Scope) -> None:
        super().check(scope)
        channels = scope.account.channels.all()
        names = (name for interactions in channels for name in getattr(interactions, _ROLES[self.verb]))
        check_channel_events(scope, tuple(names), self, scope.account.campaign_property)

    def lower(self, scope: Scope) -> plan.Predicate:
        window = lower_window(self.window, scope)
        wanted = scope.account.campaign_property
        found = []
        for interactions in scope.account.channels.all():
            for name in getattr(interactions, _ROLES[self.verb]):
                event = scope.catalog.event(name)
                property = None if event is None else event.property(wanted)
                if event is not None and property is not None:
                    named = plan.TextTest(
                        "equals", plan.Property(property.name, property.type), (fold(given(self.name)),)
                    )
                    found.append(plan.HasEvents(plan.Scan((metric_of(event),), window, named)))
        return plan.disjunction(*found)

    def text(self) -> str:
        return f"{self.verb} campaign {name_or_parameter(self.name)}{self.when()}"

    def english(self, voice: Voice) -> str:
        verb = "were sent" if self.verb == "was sent" else self.verb
        return f"who {verb} the campaign {name_or_parameter(self.name)}{self.english_when(voice)}"

    def english_complement(self, voice: Voice) -> str:
        verb = {
            "received": "did not receive",
            "opened": "did not open",
            "clicked": "did not click",
            "replied to": "did not reply to",
            "was sent": "were not sent",
        }[self.verb]
        return f"who {verb} the campaign {name_or_parameter(self.name)}{self.english_when(voice)}"


class WasSent(Timed, tag="was sent"):
    """How many messages were sent on a channel: `was sent fewer than 4 sms in the last 30 days`; at least one, where
    no number is written."""

    how_many: HowOften | None = None
    channel: Channel

    def check(self, scope: Scope) -> None:
        super().check(scope)
        check_channel_events(scope, scope.account.channels.of(self.channel).sent, self)
        if self.how_many is not None:
            self.how_many.check(scope)

    def lower(self, scope: Scope) -> plan.Predicate:
        low, high = (1, None) if self.how_many is None else self.how_many.limits()
        names = scope.account.channels.of(self.channel).sent
        events = channel_events(scope, names, lower_window(self.window, scope))
        if events is None:
            return plan.Constant(low == 0)
        return has_events(events, low, high)

    def text(self) -> str:
        return f"was sent {self._number()}{self.channel}{self.when()}"

    def english(self, voice: Voice) -> str:
        return f"who were sent {self._number()}{CHANNEL_NAMES[self.channel]}{self.english_when(voice)}"

    def english_complement(self, voice: Voice) -> str:
        return f"who were not sent {self._number()}{CHANNEL_NAMES[self.channel]}{self.english_when(voice)}"

    def _number(self) -> str:
        if self.how_many is None:
            return ""
        times = self.how_many.times
        return f"{self.how_many.operator} {times if isinstance(times, int) else times.text()} "


class Texted(Timed, tag="texted"):
    """Texted us something that holds a word: `texted us a word "size"`, which is not in "resized"."""

    word: OrParameter

    def check(self, scope: Scope) -> None:
        super().check(scope)
        check_channel_events(scope, scope.account.channels.sms.replied, self, scope.account.text_property)

    def lower(self, scope: Scope) -> plan.Predicate:
        events = channel_events(scope, scope.account.channels.sms.replied, lower_window(self.window, scope))
        property = scope.account.text_property
        known = [
            found
            for metric in (() if events is None else events.metrics)
            if (event := scope.catalog.event(metric.name)) is not None
            and (found := event.property(property)) is not None
        ]
        if events is None or not known:
            return plan.Constant(False)
        said = plan.TextTest(
            "has word", plan.Property(known[0].name, known[0].type), (fold(given(self.word)),)
        )
        return plan.HasEvents(replace(events, where=said))

    def text(self) -> str:
        return f"texted us a word {name_or_parameter(self.word)}{self.when()}"

    def english(self, voice: Voice) -> str:
        return f"who texted us the word {name_or_parameter(self.word)}{self.english_when(voice)}"

    def english_complement(self, voice: Voice) -> str:
        return f"who did not text us the word {name_or_parameter(self.word)}{self.english_when(voice)}"


class IsScheduled(Condition, tag="is scheduled"):
    """A message of a campaign waits to be sent to them."""

    campaign: OrParameter

    def check(self, scope: Scope) -> None:
        # Any name can be asked: a campaign that nobody knows is scheduled for nobody.
        scope.check_store("messages that wait", self.span)

    def lower(self, scope: Scope) -> plan.Predicate:
        return plan.Scheduled(fold(given(self.campaign)))

    def text(self) -> str:
        return f"is scheduled for campaign {name_or_parameter(self.campaign)}"

    def english(self, voice: Voice) -> str:
        return f"who are scheduled for the campaign {name_or_parameter(self.campaign)}"

    def english_complement(self, voice: Voice) -> str:
        return f"who are not scheduled for the campaign {name_or_parameter(self.campaign)}"
