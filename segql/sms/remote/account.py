"""Sending numbers, keywords and the log behind a server."""

from collections.abc import Sequence
from urllib.parse import quote

from segql.runtime.server import Server
from segql.sms.audit import AuditEntry
from segql.sms.keywords.custom import Keyword, OptIn
from segql.sms.numbers import SendingNumber


class RemoteAccount:
    """As `Account`."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def numbers(self) -> list[SendingNumber]:
        """As `Account.numbers`."""
        return self._server.get("sms/numbers", list[SendingNumber])

    def request_number(
        self, actor: str, role: str, kind: str, countries: Sequence[str], *, name: str | None = None
    ) -> int:
        """As `Account.request_number`."""
        asked = {"kind": kind, "countries": list(countries), "name": name}
        return self._server.post("sms/numbers", asked, dict[str, int])["request_id"]

    def activate_number(self, actor: str, role: str, request_id: int, number: str | None = None) -> None:
        """As `Account.activate_number`."""
        self._server.tell(f"sms/numbers/{request_id}/activate", {"number": number})

    def keywords(self) -> list[Keyword]:
        """As `Account.keywords`."""
        return self._server.get("sms/keywords", list[Keyword])

    def save_keyword(
        self,
        actor: str,
        role: str,
        word: str,
        list: str,
        *,
        opt_in: OptIn = "single",
        reply: str | None = None,
    ) -> None:
        """As `Account.save_keyword`."""
        said = {"list": list, "opt_in": opt_in, "reply": reply}
        self._server.tell(f"sms/keywords/{quote(word, safe='')}", said, "PUT")

    def remove_keyword(self, actor: str, role: str, word: str) -> None:
        """As `Account.remove_keyword`."""
        self._server.request("DELETE", f"sms/keywords/{quote(word, safe='')}")

    def audit(self, limit: int = 50) -> list[AuditEntry]:
        """As `Account.audit`."""
        return self._server.get(f"sms/audit?limit={limit}", list[AuditEntry])
