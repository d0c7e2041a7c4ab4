"""Campaigns, flows and coupons behind a server."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from segql.runtime.documents import instant_text
from segql.runtime.remote import refuse_instant
from segql.runtime.server import Server
from segql.sms.advice import Advice
from segql.sms.campaigns import Campaign
from segql.sms.coupons import Pool
from segql.sms.flows import Flow, FlowSaved
from segql.sms.lifecycle import Progress
from segql.sms.reports import Span, Unit


class RemoteOutbound:
    """As `Outbound`."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def add_picture(
        self, actor: str, role: str, content: bytes, about: str = "", *, at: datetime | None = None
    ) -> str:
        """As `Outbound.add_picture`."""
        refuse_instant(at)
        return self._server.upload("pictures", {"about": about}, [("picture", content)], dict[str, str])[
            "address"
        ]

    def schedule(self, actor: str, role: str, campaign: Campaign, when: datetime) -> datetime:
        """As `Outbound.schedule`."""
        at = when.isoformat() if when.tzinfo is None else instant_text(when)
        return self._server.post("campaigns", {**asdict(campaign), "at": at}, Progress).starts_at

    def save_flow(self, actor: str, role: str, flow: Flow) -> FlowSaved:
        """As `Outbound.save_flow`."""
        lengths = {
            name: None if length is None else int(length.total_seconds())
            for name, length in (("delay", flow.delay), ("again_after", flow.again_after))
        }
        return self._server.post("flows", asdict(flow) | lengths, FlowSaved)

    def pause(self, actor: str, role: str, name: str) -> Progress:
        """As `Outbound.pause`."""
        return self._server.post("campaigns/pause", {"name": name}, Progress)

    def resume(self, actor: str, role: str, name: str) -> Progress:
        """As `Outbound.resume`."""
        return self._server.post("campaigns/resume", {"name": name}, Progress)

    def cancel(self, actor: str, role: str, name: str) -> Progress:
        """As `Outbound.cancel`."""
        return self._server.post("campaigns/cancel", {"name": name}, Progress)

    def progress(self, name: str) -> Progress:
        """As `Outbound.progress`."""
        return self._server.post("campaigns/progress", {"name": name}, Progress)

    def all_progress(self) -> list[Progress]:
        """As `Outbound.all_progress`."""
        return self._server.get("campaigns", list[Progress])

    def over_time(self, name: str, unit: Unit = "day") -> list[Span]:
        """As `Outbound.over_time`."""
        return self._server.post("campaigns/days", {"name": name, "unit": unit}, list[Span])

    def advices(self) -> tuple[Advice, ...]:
        """As `Outbound.advices`."""
        return tuple(self._server.get("campaigns/advices", list[Advice]))

    def coupons(self) -> list[Pool]:
        """As `Outbound.coupons`."""
        return [_pool(one) for one in self._server.get("coupons", list[dict[str, Any]])]

    def add_coupons(self, actor: str, role: str, pool: str, codes: Iterable[str]) -> Pool:
        """As `Outbound.add_coupons`."""
        return _pool(self._server.post("coupons", {"pool": pool, "codes": list(codes)}, dict[str, Any]))


def _pool(told: dict[str, Any]) -> Pool:
    refused = tuple((one["code"], one["reason"]) for one in told["refused"])
    return Pool(**told | {"refused": refused})
