"""Permission: `can receive sms`, `subscribed to email in the last 30 days`, `never subscribed to sms`."""

from typing import Literal

from segql.compiler.ast.base import Condition
from segql.compiler.ast.voice import Voice
from segql.compiler.catalog.model import Channel
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.windows import AnyWindow
from segql.compiler.diagnostics.codes import Code
from segql.compiler.plan import nodes as plan

CHANNEL_NAMES: dict[Channel, str] = {"sms": "SMS", "email": "e-mail", "push": "push messages"}
_VALID_ADDRESS: dict[Channel, plan.Predicate] = {
    "sms": plan.IsBoolean(plan.Attribute("phone_valid", "boolean"), True),
    "email": plan.IsSet(plan.Attribute("email", "text")),
    "push": plan.Constant(True),
}


def _holds(channel: Channel, kind: Literal["marketing", "transactional"]) -> plan.Predicate:
    return plan.HasConsent(channel, kind, ("subscribed",), plan.Window())


class CanReceive(Condition):
    """Subscribed, with a valid address, and not blocked: may be sent marketing (or transactional) messages."""

    kind: Literal["can receive"] = "can receive"
    channel: Channel
    transactional: bool = False

    def check(self, scope: Scope) -> None:
        """Every channel can be asked."""

    def lower(self, scope: Scope) -> plan.Predicate:
        # Permission for marketing includes permission for transactional messages; not the other way round.
        allowed = _holds(self.channel, "marketing")
        if self.transactional:
            allowed = plan.disjunction(allowed, _holds(self.channel, "transactional"))
        blocked = plan.HasConsent(self.channel, "block", ("blocked",), plan.Window())
        return plan.conjunction(allowed, _VALID_ADDRESS[self.channel], plan.complement(blocked))

    def text(self) -> str:
        return f"can receive {'transactional ' if self.transactional else ''}{self.channel}"

    def english(self, voice: Voice) -> str:
        return f"who can receive {self._what()}"

    def english_complement(self, voice: Voice) -> str:
        return f"who cannot receive {self._what()}"

    def _what(self) -> str:
        return f"{'transactional ' if self.transactional else ''}{CHANNEL_NAMES[self.channel]}"


class ConsentStatus(Condition):
    """The status of marketing consent now, perhaps reached in a window."""

    kind: Literal["consent status"] = "consent status"
    status: Literal["subscribed to", "unsubscribed from", "never subscribed to", "pending for"]
    channel: Channel
    window: AnyWindow | None = None

    def check(self, scope: Scope) -> None:
        if self.window is None:
            return
        self.window.check(scope)
        if self.status == "never subscribed to":
            scope.report(
                Code.SG301,
                "`never subscribed to` has no date, so it takes no window",
                self.window.span,
                "leave the window out, or ask `not subscribed to ... in the last ...`",
            )

    def lower(self, scope: Scope) -> plan.Predicate:
        window = plan.Window() if self.window is None else self.window.lower()
        match self.status:
            case "subscribed to":
                return plan.HasConsent(self.channel, "marketing", ("subscribed",), window)
            case "unsubscribed from":
                return plan.HasConsent(self.channel, "marketing", ("unsubscribed",), window)
            case "pending for":
                return plan.HasConsent(self.channel, "marketing", ("pending",), window)
            case "never subscribed to":
                return plan.HasConsent(self.channel, "marketing", (), window)

    def text(self) -> str:
        window = f" {self.window.text()}" if self.window is not None else ""
        return f"{self.status} {self.channel}{window}"

    def english(self, voice: Voice) -> str:
        verb = {
            "subscribed to": "are subscribed to",
            "unsubscribed from": "have unsubscribed from",
            "never subscribed to": "have never subscribed to",
            "pending for": "have not yet confirmed their subscription to",
        }[self.status]
        since = f", since a time {self.window.english(voice)}" if self.window is not None else ""
        return f"who {verb} {CHANNEL_NAMES[self.channel]}{since}"
