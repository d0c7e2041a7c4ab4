"""What the demo's story has to tell, a record for each chapter: all of it was measured, none of it is words."""

from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import ClassVar

from segql.sms.phone import Exchange
from segql.sms.preview import Preview
from segql.sms.reports import Report


@dataclass(frozen=True)
class Chapter:
    """A chapter. `key` names it in the JSON document."""

    key: ClassVar[str]


@dataclass(frozen=True)
class ShopMade(Chapter):
    """The made-up shop lies in the store. Its history is [since, until)."""

    key = "shop"
    account: str
    people: int
    events: int
    kinds_of_events: int
    consents: int
    since: datetime
    until: datetime


@dataclass(frozen=True)
class SegmentCounted:
    """A segment of the examples, with how many people it means and who they are in English. `share`: 0 to 1."""

    name: str
    description: str | None
    definition: str
    english: str
    count: int
    share: float


@dataclass(frozen=True)
class SegmentsCounted(Chapter):
    """All example segments as of one instant."""

    key = "segments"
    as_of: datetime
    of: int
    segments: tuple[SegmentCounted, ...]


@dataclass(frozen=True)
class SmsReady(Chapter):
    """SMS is set up and has credits."""

    key = "setup"
    number: str
    countries: tuple[str, ...]
    prefix: str
    opt_out_language: str
    quiet_hours_start: time
    quiet_hours_end: time
    smart_sending_hours: int
    credits: int
    trial_messages: int


@dataclass(frozen=True)
class CampaignPreviewed(Chapter):
    """A campaign, and what it would do if it were sent now."""

    key = "preview"
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    text: str
    preview: Preview


@dataclass(frozen=True)
class CampaignSent(Chapter):
    """What starting the campaign did. Those who are held wait for the end of their quiet hours."""

    key = "sent"
    at: datetime
    handed_over: int
    held: int


@dataclass(frozen=True)
class NightPassed(Chapter):
    """What came back between `since` and `until`. `failed`: people by reason; `silent`: no receipt came yet."""

    key = "night"
    since: datetime
    until: datetime
    delivered: int
    failed: dict[str, int]
    silent: int
    clicks: int
    orders: int
    revenue: Decimal
    exchanges: tuple[Exchange, ...]


@dataclass(frozen=True)
class SegmentChanged:
    """A segment as of one instant, asked before the campaign and after it: who came in and went out for it."""

    name: str
    before: int
    after: int
    entered: int
    left: int


@dataclass(frozen=True)
class SegmentsChanged(Chapter):
    """The segments see what happened."""

    key = "next_segments"
    as_of: datetime
    changes: tuple[SegmentChanged, ...]


@dataclass(frozen=True)
class NextPreviewed(Chapter):
    """What a second campaign, to one of those segments, would do the next day."""

    key = "next_preview"
    include: tuple[str, ...]
    preview: Preview


@dataclass(frozen=True)
class CampaignReported(Chapter):
    """The report of the campaign."""

    key = "report"
    currency: str
    report: Report
