"""Permission: `can receive sms`, `subscribed to email in the last 30 days`, `never subscribed to sms`."""

from typing import Literal

from segql.compiler.ast.base import Condition
from segql.compiler.ast.voice import Voice
from segql.compiler.catalog.model import Channel
from segql.compiler.catalog.tables import ConsentTable
from segql.compiler.check.scope import MAP_IT, Scope
from segql.compiler.conditions.parameters import OrParameter, given, name_or_parameter
from segql.compiler.conditions.windows import Timed, lower_window
from segql.compiler.diagnostics.codes import Code
from segql.compiler.plan import nodes as plan
from segql.compiler.source import Span
from segql.compiler.text import fold, word_text

CHANNEL_NAMES: dict[Channel, str] = {"sms": "SMS", "email": "e-mail", "push": "push messages"}
# The attributes that say who has a valid address.
_ADDRESS: dict[Channel, str] = {"sms": "phone_valid", "email": "email"}
_VALID_ADDRESS: dict[Channel, plan.Predicate] = {
    "sms": plan.IsBoolean(plan.Attribute("phone_valid", "boolean"), True),
    "email": plan.IsSet(plan.Attribute("email", "text")),
    "push": plan.Constant(True),
}


def _holds(channel: Channel, kind: Literal["marketing", "transactional"]) -> plan.Predicate:
    return plan.HasConsent(channel, kind, ("subscribed",), plan.Window())


def _check_consents(scope: Scope, span: Span) -> ConsentTable | None:
    """That own tables have consents, and which table that is."""
    tables = scope.catalog.tables
    if tables is not None and tables.consents is None:
        scope.check_store("consents", span, MAP_IT)
    return None if tables is None else tables.consents


class CanReceive(Condition, tag="can receive"):
    """Subscribed, with a valid address, and not blocked: may be sent marketing (or transactional) messages."""

    channel: Channel
    transactional: bool = False

    def check(self, scope: Scope) -> None:
        known = _check_consents(scope, self.span) is not None
        address = _ADDRESS.get(self.channel)
        if known and address is not None and scope.catalog.attribute(address) is None:
            scope.check_store(f"attribute called {address}", self.span, MAP_IT)

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


class ConsentStatus(Timed, tag="consent status"):
    """The status of marketing consent now, perhaps reached in a window."""

    status: Literal["subscribed to", "unsubscribed from", "never subscribed to", "pending for"]
    channel: Channel
    via: OrParameter | None = None
    method: OrParameter | None = None

    def check(self, scope: Scope) -> None:
        super().check(scope)
        tables = _check_consents(scope, self.span)
        for asked, column, name in (
            (self.method, tables and tables.method, "method"),
            (self.via, tables and tables.detail, "detail"),
        ):
            if tables is not None and asked is not None and column is None:
                scope.check_store(f"column for the {name} of a consent", self.span, MAP_IT)
        if self.status == "never subscribed to" and (self.window or self.via or self.method):
            scope.report(
                Code.SG301,
                "`never subscribed to` speaks of nothing that happened, so it takes no window and no method",
                self.span if self.window is None else self.window.span,
                "leave it out, or ask `not subscribed to ... in the last ...`",
            )

    def lower(self, scope: Scope) -> plan.Predicate:
        window = lower_window(self.window, scope)
        if self.status == "never subscribed to":
            return plan.HasConsent(self.channel, "marketing", (), window)
        status = {
            "subscribed to": "subscribed",
            "unsubscribed from": "unsubscribed",
            "pending for": "pending",
        }[self.status]
        method = None if self.method is None else fold(given(self.method))
        detail = None if self.via is None else fold(given(self.via))
        return plan.HasConsent(self.channel, "marketing", (status,), window, method, detail)

    def text(self) -> str:
        return f"{self.status} {self.channel}{self.when()}{self._how()}"

    def _how(self) -> str:
        via = f" via {name_or_parameter(self.via)}" if self.via is not None else ""
        return (
            f"{via} by method {name_or_parameter(self.method, word_text)}" if self.method is not None else via
        )

    def english(self, voice: Voice) -> str:
        verb = {
            "subscribed to": "are subscribed to",
            "unsubscribed from": "have unsubscribed from",
            "never subscribed to": "have never subscribed to",
            "pending for": "have not yet confirmed their subscription to",
        }[self.status]
        since = f", since a time {self.window.english(voice)}" if self.window is not None else ""
        return f"who {verb} {CHANNEL_NAMES[self.channel]}{self._how()}{since}"
