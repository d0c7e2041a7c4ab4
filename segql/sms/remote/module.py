"""The SMS module behind a server."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from segql.runtime.server import Server
from segql.sms.campaigns import Campaign
from segql.sms.conversations.box import Answer
from segql.sms.credits import Balance
from segql.sms.lifecycle import Progress
from segql.sms.module import Replied, Sent, SetUp
from segql.sms.phone import Exchange
from segql.sms.preview import Preview
from segql.sms.remote.account import RemoteAccount
from segql.sms.remote.conversations import RemoteConversations, RemoteInbound
from segql.sms.remote.outbound import RemoteOutbound
from segql.sms.reports import Report
from segql.sms.settings import SmsSettings
from segql.sms.why import Outcome


class RemoteSms:
    """As `Sms`."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.outbound = RemoteOutbound(server)
        self.account = RemoteAccount(server)
        self.conversations = RemoteConversations(server)
        self.inbound = RemoteInbound(server)

    def setup(
        self,
        actor: str,
        role: str,
        *,
        countries: tuple[str, ...] = (),
        changes: Mapping[str, Any] | None = None,
    ) -> SetUp:
        """As `Sms.setup`."""
        return self._server.post("sms/setup", {"countries": countries, "changes": dict(changes or {})}, SetUp)

    def settings(self) -> SmsSettings:
        """As `Sms.settings`."""
        return SmsSettings.model_validate_json(self._server.request("GET", "sms/settings").body)

    def change_settings(self, actor: str, role: str, changes: Mapping[str, Any]) -> SmsSettings:
        """As `Sms.change_settings`."""
        answer = self._server.request("PATCH", "sms/settings", changes)
        return SmsSettings.model_validate_json(answer.body)

    def add_credits(self, actor: str, role: str, amount: int) -> Balance:
        """As `Sms.add_credits`."""
        return self._server.post("sms/credits", {"amount": amount}, Balance)

    def balance(self) -> Balance:
        """As `Sms.balance`."""
        return self._server.get("sms/balance", Balance)

    def preview(self, campaign: Campaign) -> Preview:
        """As `Sms.preview`."""
        return self._server.post("campaigns/preview", asdict(campaign), Preview)

    def send(self, actor: str, role: str, campaign: Campaign) -> Sent:
        """Start a campaign. The server hands over what may go, from then on."""
        begun = self._server.post("campaigns", asdict(campaign), Progress)
        return Sent(campaign.name, begun.states["held"] + begun.states["queued"], 0)

    def reply(self, actor: str, role: str, number: str, answer: Answer) -> Replied:
        """As `Sms.reply`."""
        return self._server.post("conversations/reply", {"number": number, **asdict(answer)}, Replied)

    def report(self, campaign: str) -> Report:
        """As `Sms.report`."""
        return self._server.post("campaigns/report", {"name": campaign}, Report)

    def why(self, campaign: str, who: str | int) -> Outcome:
        """As `Sms.why`."""
        return self._server.post("campaigns/why", {"name": campaign, "who": who}, Outcome)

    def text_from_phone(self, number: str, text: str) -> Exchange:
        """As `Sms.text_from_phone`."""
        return self._server.post("phone/text", {"number": number, "text": text}, Exchange)
