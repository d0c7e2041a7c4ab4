"""What programs do about campaigns and flows that were stored, the codes of coupons, and reports: part of `Sms`."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from segql.sms import coupons, drafts, flows, lifecycle, links, looking, pictures, reports, starting
from segql.sms.advice import Advice, advices
from segql.sms.audit import By
from segql.sms.campaigns import Campaign
from segql.sms.consent import record_consent, status_of
from segql.sms.coupons import Pool
from segql.sms.dispatch import Line
from segql.sms.drafts import Written
from segql.sms.flows import Flow, FlowSaved
from segql.sms.lifecycle import Move, Progress
from segql.sms.looking import Look
from segql.sms.messages import State
from segql.sms.pictures import Picture
from segql.sms.recipients import Recipient, find_recipients
from segql.sms.reports import Figures, Span, Unit
from segql.sms.roles import require_campaigning
from segql.sms.settings import read_settings

if TYPE_CHECKING:
    from segql.runtime.api import Store


class Outbound:
    """Campaigns and flows, which owners, admins and managers write, send and stop. Every method that happens at an instant
    takes it as `at` (aware), else asks the clock of `Sms`. Mistakes of users are `SmsError`."""

    def __init__(self, store: "Store", line: Line, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._line = line
        self._clock = clock

    def look(self, campaign: Campaign, turn: int = 0, *, at: datetime | None = None) -> Look:
        """What a few real people will see of a campaign's text; others at each `turn`. Changes nothing."""
        return looking.look(self._store, campaign, at or self._clock(), turn)

    def count(self, campaign: Campaign, *, at: datetime | None = None) -> int:
        """How many people a campaign's audience has, before any gate."""
        return looking.count(self._store, campaign, at or self._clock())

    def save_draft(
        self,
        actor: str,
        role: str,
        campaign: Campaign,
        *,
        campaign_id: int | None = None,
        seen: int | None = None,
        at: datetime | None = None,
    ) -> int:
        """Keep a campaign, finished or not, and return its id. `campaign_id`: of the draft whose place it takes, and
        `seen`: its `saves` as the writer knows them."""
        require_campaigning(role)
        with self._store.database.transaction() as connection:
            by = By(actor, role)
            return drafts.save_draft(connection, campaign, by, at or self._clock(), campaign_id, seen)

    def remove_draft(self, actor: str, role: str, campaign_id: int, *, at: datetime | None = None) -> None:
        """Forget a draft."""
        require_campaigning(role)
        with self._store.database.transaction() as connection:
            drafts.remove_draft(connection, campaign_id, By(actor, role), at or self._clock())

    def written(self, campaign_id: int) -> Written:
        """A campaign or flow as it was written last."""
        with self._store.database.cursor() as cursor:
            return drafts.read_written(cursor, campaign_id)

    def all_written(self) -> dict[int, Written]:
        """Every campaign and flow as it was written last, by its id, the newest first."""
        with self._store.database.cursor() as cursor:
            return drafts.read_all_written(cursor)

    def start(self, actor: str, role: str, campaign: Campaign, *, at: datetime | None = None) -> int:
        """Start a campaign: its audience is taken, and everybody in it queued, held or skipped. However often it is
        started, nobody is texted twice by it. Returns how many wait; `Sms.advance` hands them over."""
        require_campaigning(role)
        return starting.queue(self._store, campaign, By(actor, role), at or self._clock())

    def schedule(
        self, actor: str, role: str, campaign: Campaign, when: datetime, *, at: datetime | None = None
    ) -> datetime:
        """Start a campaign at `when`: an instant, or, without a zone, a time of each recipient's own clock.

        Its audience is taken when it starts. Returns the instant of that; `Sms.advance` does it then.
        """
        require_campaigning(role)
        return starting.schedule(self._store, campaign, when, By(actor, role), at or self._clock())

    def save_flow(self, actor: str, role: str, flow: Flow, *, at: datetime | None = None) -> FlowSaved:
        """Store a flow, or change it; it is set off by what happens from then on."""
        require_campaigning(role)
        return flows.save_flow(self._store, flow, By(actor, role), at or self._clock())

    def pause(self, actor: str, role: str, name: str, *, at: datetime | None = None) -> Progress:
        """Let nothing more of a running campaign or flow leave, from the moment of the answer on."""
        return self._move(By(actor, role), name, "pause", at)

    def resume(self, actor: str, role: str, name: str, *, at: datetime | None = None) -> Progress:
        """Let a campaign or flow go on that was paused, or stopped by a fault of ours."""
        return self._move(By(actor, role), name, "resume", at)

    def cancel(self, actor: str, role: str, name: str, *, at: datetime | None = None) -> Progress:
        """End a campaign or flow: nobody who waits is texted."""
        return self._move(By(actor, role), name, "cancel", at)

    def withdraw(self, actor: str, role: str, name: str, *, at: datetime | None = None) -> Progress:
        """Make a draft of a campaign that is scheduled, to change it."""
        return self._move(By(actor, role), name, "withdraw", at)

    def _move(self, by: By, name: str, what: Move, at: datetime | None) -> Progress:
        require_campaigning(by.role)
        at = at or self._clock()
        with self._line.exclusive(), self._store.database.transaction() as connection:
            lifecycle.move(connection, name, what, by, at)
        return self.progress(name, at=at)

    def progress(self, name: str, *, at: datetime | None = None) -> Progress:
        """How far a campaign or flow has come."""
        return self._progress(name, at)[0]

    def all_progress(self, *, at: datetime | None = None) -> list[Progress]:
        """How far every campaign and flow has come, the newest first."""
        return self._progress(None, at)

    def _progress(self, name: str | None, at: datetime | None) -> list[Progress]:
        with self._store.database.cursor() as cursor:
            return lifecycle.progress(cursor, self._line.carrier.rates, at or self._clock(), name)

    def recipients(
        self,
        campaign_id: int,
        search: str = "",
        *,
        state: State | None = None,
        reason: str | None = None,
        limit: int = 20,
    ) -> list[Recipient]:
        """People of a campaign or flow: those that are searched for by name or number, or whose message is in a state for
        a reason."""
        with self._store.database.cursor() as cursor:
            return find_recipients(cursor, campaign_id, search, state, reason, limit)

    def add_coupons(self, actor: str, role: str, pool: str, codes: Iterable[str]) -> Pool:
        """Add unique codes to a pool, which texts take them from: {{ coupon("Pool") }}."""
        require_campaigning(role)
        with self._store.database.transaction() as connection:
            return coupons.add_codes(connection, pool, codes)

    def coupons(self) -> list[Pool]:
        """Every pool of codes."""
        with self._store.database.cursor() as cursor:
            return coupons.all_pools(cursor)

    def add_picture(
        self, actor: str, role: str, content: bytes, about: str = "", *, at: datetime | None = None
    ) -> str:
        """Keep a picture or GIF that is to go with texts, and what it shows in words; its address, to give to a campaign, a
        flow or a reply. Raises `SmsError` where phones do not show such a file."""
        require_campaigning(role)
        with self._store.database.transaction(names=False) as connection:
            host = read_settings(connection).link_host
            key = pictures.add_picture(connection, content, about, self._line.random, at or self._clock())
        return pictures.address_of(key, host)

    def picture(self, key: str) -> tuple[str, bytes]:
        """The type and the bytes of a picture, by the key at the end of its address."""
        with self._store.database.cursor() as cursor:
            return pictures.read_picture(cursor, key)

    def pictures(self, addresses: Iterable[str | None]) -> dict[str, Picture]:
        """Those of addresses at which pictures of the account's own are."""
        with self._store.database.cursor() as cursor:
            return pictures.find_pictures(cursor, addresses)

    def over_time(self, name: str, unit: Unit = "day") -> list[Span]:
        """A campaign or flow day by day, or hour by hour."""
        account = self._store.catalog.account
        with self._store.database.cursor() as cursor:
            settings = read_settings(cursor)
            return reports.over_time(cursor, name, unit, settings, account.order_event, account.timezone)

    def figures(self) -> dict[int, Figures]:
        """What every campaign and flow that has messages came to, by its id."""
        with self._store.database.cursor() as cursor:
            return reports.figures(cursor, read_settings(cursor), self._store.catalog.account.order_event)

    def advices(self, *, at: datetime | None = None) -> tuple[Advice, ...]:
        """Six advices on getting texts received, each as a check with figures of the account."""
        with self._store.database.cursor() as cursor:
            return advices(cursor, at or self._clock())

    def unsubscribe(self, code: str, *, at: datetime | None = None) -> str:
        """Unsubscribe the number in whose text the link with this code was: what the button on its page does. Following
        the link does nothing of the kind. Returns the number."""
        at = at or self._clock()
        with self._line.exclusive(), self._store.database.transaction() as connection:
            number = links.number_to_unsubscribe(connection, code)
            if status_of(connection, number, at) != "unsubscribed":
                record_consent(
                    connection,
                    number,
                    "unsubscribed",
                    method="link",
                    detail=None,
                    actor="customer",
                    occurred_at=at,
                    at=at,
                )
        return number
