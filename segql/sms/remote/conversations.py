"""Conversations and consents behind a server."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import quote

from segql.runtime.documents import instant_text
from segql.runtime.server import Server
from segql.sms.consent import Status
from segql.sms.conversations.box import Answer, Draft
from segql.sms.conversations.listing import Box, Conversation
from segql.sms.conversations.thread import Thread
from segql.sms.conversations.times import ResponseTimes
from segql.sms.feed import Entry
from segql.sms.reviews import Decision


class RemoteConversations:
    """As `Conversations`."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def list(
        self,
        role: str,
        *,
        box: Box = "inbox",
        unread: bool = False,
        search: str = "",
        before: int | None = None,
    ) -> Sequence[Conversation]:
        """As `Conversations.list`."""
        asked = {"text": search, "box": box, "unread": unread, "before": before}
        return self._server.post("conversations/search", asked, tuple[Conversation, ...])

    def open(self, role: str, number: str) -> Thread:
        """As `Conversations.open`."""
        return self._server.post("conversations/open", {"number": number}, Thread)

    def older(self, role: str, number: str, before: str) -> Thread:
        """As `Conversations.older`."""
        return self._server.post("conversations/open", {"number": number, "before": before}, Thread)

    def read_to(self, role: str, number: str) -> int:
        """As `Conversations.read_to`."""
        return self._server.post("conversations/read-to", {"number": number}, dict[str, int])["seen"]

    def draft(self, role: str, number: str, answer: Answer) -> Draft:
        """As `Conversations.draft`."""
        return self._server.post("conversations/draft", {"number": number, **asdict(answer)}, Draft)

    def archive(self, role: str, number: str) -> None:
        """As `Conversations.archive`."""
        self._server.tell("conversations/archive", {"number": number})

    def unarchive(self, role: str, number: str) -> None:
        """As `Conversations.unarchive`."""
        self._server.tell("conversations/unarchive", {"number": number})

    def block(self, actor: str, role: str, number: str) -> None:
        """As `Conversations.block`."""
        self._server.tell("conversations/block", {"number": number})

    def unblock(self, actor: str, role: str, number: str) -> None:
        """As `Conversations.unblock`."""
        self._server.tell("conversations/unblock", {"number": number})

    def decide(self, actor: str, role: str, number: str, decision: Decision) -> None:
        """As `Conversations.decide`."""
        self._server.tell("conversations/decide", {"number": number, "decision": decision})

    def response_times(self, role: str, since: datetime) -> ResponseTimes:
        """As `Conversations.response_times`."""
        begins = quote(instant_text(since))
        return self._server.get(f"conversations/responses?since={begins}", ResponseTimes)

    def changes(self, role: str, after: int) -> Sequence[Entry]:
        """As `Conversations.changes`."""
        return self._server.get(f"conversations/changes?after={after}", tuple[Entry, ...])


class RemoteInbound:
    """As `Inbound`."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def consent(self, number: str) -> Status | None:
        """As `Inbound.consent`."""
        found: Status | None = self._server.post("sms/consent", {"number": number}, dict[str, Any])[
            "marketing"
        ]
        return found

    def subscribe(
        self,
        actor: str,
        role: str,
        number: str,
        *,
        method: str,
        detail: str | None = None,
        double: bool = False,
    ) -> bool:
        """As `Inbound.subscribe`."""
        said = {"number": number, "method": method, "detail": detail, "double": double}
        return self._server.post("sms/subscribe", said, dict[str, bool])["subscribed"]
