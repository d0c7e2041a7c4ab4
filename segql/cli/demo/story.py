"""The story of `segql demo`: a shop is made, its segments are asked, a campaign goes out, and the next segment sees it.

Everything happens through what every program and every command uses.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from random import Random
from zoneinfo import ZoneInfo

from segql.cli.demo.chapters import (
    CampaignPreviewed,
    CampaignReported,
    CampaignSent,
    Chapter,
    NextPreviewed,
    NightPassed,
    SegmentChanged,
    SegmentCounted,
    SegmentsChanged,
    SegmentsCounted,
    ShopMade,
    SmsReady,
)
from segql.cli.demo.crowd import Click, Crowd, Order, Phoned, Recipient
from segql.cli.demo.home import example_segments
from segql.cli.demo.loading import load, rows_to_load
from segql.cli.demo.messages import SMS_COUNTRIES
from segql.cli.demo.shop import ACCOUNT, make_shop
from segql.runtime.api import Store
from segql.sms import Campaign, Sms
from segql.sms.carriers.simulated import SimulatedCarrier
from segql.sms.phone import Exchange

ACTOR = "demo"
WATCHED = ("SMS Engaged (30 days)", "SMS Subscribers")
LAUNCH = Campaign(
    name="Autumn launch",
    include=('in segment "Launches by SMS"', 'in list "VIP newsletter"'),
    exclude=('in list "Do not disturb"',),
    text="Hi {{ first_name | default('there') }}, our new coats are here, and you see them first: "
    '{{ link("https://harborlane.example/coats") }}',
)
REMINDER = Campaign(
    name="Autumn reminder",
    include=('in segment "SMS Engaged (30 days)"',),
    text='Have you seen our new coats? {{ link("https://harborlane.example/coats") }}',
)
# So soon after a text was sent its receipt is there.
RECEIPTS = timedelta(minutes=10)

Progress = Callable[[str], AbstractContextManager[Callable[[int, int | None], None]]]


@dataclass(frozen=True)
class Times:
    """When the story happens, in the shop's zone: an evening, the next morning, and the noon after it."""

    evening: datetime
    morning: datetime
    noon: datetime

    @classmethod
    def before(cls, present: datetime) -> "Times":
        """The latest such times of which the noon is not after the present.

        In the evening some of the shop's customers, in other time zones, are in their quiet hours, and some not.
        """
        zone = ZoneInfo(ACCOUNT.timezone)
        local = present.astimezone(zone)
        today = local.date() - timedelta(days=local.time() < time(12))
        yesterday = today - timedelta(days=1)
        evening, morning, noon = (
            datetime.combine(day, hour, zone).astimezone(UTC)
            for day, hour in ((yesterday, time(20, 30)), (today, time(8)), (today, time(12)))
        )
        return cls(evening, morning, noon)


@dataclass(frozen=True)
class Story:
    """The story, told upon an empty store. `progress` is what long work is shown with."""

    store: Store
    carrier: SimulatedCarrier
    times: Times
    seed: int
    profiles: int
    progress: Progress

    def _chance(self) -> Random:
        return Random(self.seed)  # noqa: S311 - what is made up needs no secrets

    @cached_property
    def _sms(self) -> Sms:
        return Sms(self.store, self.carrier, random=self._chance())

    @cached_property
    def _crowd(self) -> Crowd:
        return Crowd(self.store, self._sms, self.carrier, self._chance())

    def chapters(self) -> Iterator[Chapter]:
        """Make each thing happen, then tell it."""
        yield self._make_shop()
        yield self._count_segments()
        yield self._set_up_sms()
        yield self._preview()
        before = self._watched()
        yield self._send()
        yield self._pass_the_night()
        yield self._ask_again(before)
        yield NextPreviewed(REMINDER.include, self._sms.preview(REMINDER, at=self.times.noon))
        yield CampaignReported(ACCOUNT.currency, self._sms.report(LAUNCH.name))

    def _make_shop(self) -> ShopMade:
        with self.progress(f"making up {self.profiles:,} people"):
            shop = make_shop(seed=self.seed, until=self.times.evening, profiles=self.profiles)
        rows = rows_to_load(shop)
        done = 0
        with self.progress("loading") as progress:

            def loaded(_: str, count: int) -> None:
                nonlocal done
                done += count
                progress(done, rows)

            load(self.store.database, shop, loaded)
        return ShopMade(
            account=shop.account.name,
            people=self.store.population(),
            events=sum(kind.table.num_rows for kind in shop.events),
            kinds_of_events=len(shop.events),
            consents=shop.consents.num_rows,
            since=min(kind.table["occurred_at"][0].as_py() for kind in shop.events).replace(tzinfo=UTC),
            until=shop.until,
        )

    def _count_segments(self) -> SegmentsCounted:
        saved = [
            segment.name
            for name, text in example_segments()
            for segment in self.store.save_segments(text, self.times.evening, name)
        ]
        counted = []
        with self.progress("counting segments") as progress:
            for done, name in enumerate(saved, start=1):
                counted.append(self._count(name))
                progress(done, len(saved))
        return SegmentsCounted(self.times.evening, self.store.population(), tuple(counted))

    def _count(self, name: str) -> SegmentCounted:
        (segment,) = (one for one in self.store.catalog.segments if one.name == name)
        compiled = self.store.compile(segment.definition)
        count = self.store.count_compiled(compiled, self.times.evening)
        return SegmentCounted(
            name=segment.name,
            description=segment.description,
            definition=segment.definition,
            english=compiled.english(self.times.evening),
            count=count,
            share=count / self.store.population(),
        )

    def _set_up_sms(self) -> SmsReady:
        at = self.times.evening
        ready = self._sms.setup(ACTOR, "owner", countries=SMS_COUNTRIES, at=at)
        balance = self._sms.add_credits(ACTOR, "owner", max(self.profiles // 4, 100), at=at)
        settings = self._sms.settings()
        return SmsReady(
            number=ready.number,
            countries=ready.countries,
            prefix=settings.prefix,
            opt_out_language=settings.opt_out_language,
            quiet_hours_start=settings.quiet_hours_start,
            quiet_hours_end=settings.quiet_hours_end,
            smart_sending_hours=settings.smart_sending_hours,
            credits=balance.credits,
            trial_messages=balance.trial_messages,
        )

    def _preview(self) -> CampaignPreviewed:
        preview = self._sms.preview(LAUNCH, at=self.times.evening)
        return CampaignPreviewed(LAUNCH.include, LAUNCH.exclude, LAUNCH.text, preview)

    def _send(self) -> CampaignSent:
        sent = self._sms.send(ACTOR, "owner", LAUNCH, at=self.times.evening)
        held = self._sms.report(LAUNCH.name).states["held"]
        return CampaignSent(self.times.evening, sent.handed_over, held)

    def _pass_the_night(self) -> NightPassed:
        """The evening and the night, in which those who were held get theirs; then the morning, until noon."""
        evening, morning, noon = self.times.evening, self.times.morning, self.times.noon
        reached = self._reached(evening, set())
        texts = self._texts([one.number for one in reached])
        exchanges, orders = self._live(evening, morning, reached, texts)
        later = self._reached(morning, set(reached))
        _, more_orders = self._live(morning, noon, later, [])
        report = self._sms.report(LAUNCH.name)
        return NightPassed(
            since=evening,
            until=noon,
            delivered=report.received,
            failed=report.failed,
            silent=report.states["sent"] + report.states["unknown"],
            clicks=report.clicks,
            orders=len(orders) + len(more_orders),
            revenue=sum((order.total for order in orders + more_orders), Decimal(0)),
            exchanges=tuple(exchanges),
        )

    def _reached(self, since: datetime, known: set[Recipient]) -> list[Recipient]:
        """Who has the text soon after `since`, and did not before."""
        self._sms.advance(since + RECEIPTS, since=since)
        return [one for one in self._crowd.recipients(LAUNCH.name, since + RECEIPTS) if one not in known]

    def _texts(self, numbers: list[str]) -> list[Phoned]:
        """One recipient has had enough, another has a question, and somebody new has seen the shop's poster."""
        picked = self._crowd.chance.sample(numbers, min(2, len(numbers)))
        plans = (
            (15, picked[:1], "Stop."),
            (25, picked[1:], "Hi! Do the coats come in green?"),
            (40, [self._crowd.stranger()], "JOIN"),
        )
        return [
            Phoned(self.times.evening + timedelta(minutes=minutes), number, text)
            for minutes, numbers, text in plans
            for number in numbers
        ]

    def _live(
        self, since: datetime, until: datetime, reached: list[Recipient], texts: list[Phoned]
    ) -> tuple[list[Exchange], list[Order]]:
        """Let customers do what they are going to do until then, in the order of time."""
        clicks = self._crowd.clicks(reached, since + RECEIPTS, until)
        exchanges = self._happen(texts, clicks)
        orders = self._crowd.orders(clicks, until)
        self._crowd.place(orders)
        self._sms.advance(until, since=max([since + RECEIPTS, *(text.at for text in texts)]))
        return exchanges, orders

    def _happen(self, texts: list[Phoned], clicks: list[Click]) -> list[Exchange]:
        """Let customers do what they are going to do, in the order of time."""
        exchanges = []
        with self.progress("time passes") as progress:
            happenings: list[Phoned | Click] = sorted([*texts, *clicks], key=lambda one: one.at)
            for done, happening in enumerate(happenings, start=1):
                if isinstance(happening, Click):
                    self._sms.click(happening.code, at=happening.at)
                else:
                    exchanges.append(self._crowd.text(happening))
                progress(done, len(happenings))
        return exchanges

    def _watched(self) -> dict[str, set[int]]:
        """Who is in the watched segments as of the end of the story."""
        return {
            name: set(self.store.members(f'in segment "{name}"', self.times.noon)["profile_id"].to_pylist())
            for name in WATCHED
        }

    def _ask_again(self, before: dict[str, set[int]]) -> SegmentsChanged:
        after = self._watched()
        changes = (
            SegmentChanged(
                name,
                len(before[name]),
                len(after[name]),
                len(after[name] - before[name]),
                len(before[name] - after[name]),
            )
            for name in WATCHED
        )
        return SegmentsChanged(self.times.noon, tuple(changes))
