"""What programs do about campaigns and flows that were stored, the codes of coupons, and reports: part of `Sms`."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from segql.sms import coupons, flows, lifecycle, links, reports, starting
from segql.sms.advice import Advice, advices
from segql.sms.campaigns import Campaign
from segql.sms.consent import record_consent, status_of
from segql.sms.coupons import Pool
from segql.sms.dispatch import Line
from segql.sms.flows import Flow, FlowSaved
from segql.sms.lifecycle import Move, Progress
from segql.sms.reports import Day
from segql.sms.settings import read_settings

if TYPE_CHECKING:
    from segql.runtime.api import Store


class Outbound:
    """Campaigns and flows. Every method that happens at an instant takes it as `at` (aware), else asks the clock of
    `Sms`. Mistakes of users are `SmsError`."""

    def __init__(self, store: "Store", line: Line, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._line = line
        self._clock = clock

    def schedule(self, campaign: Campaign, when: datetime, *, at: datetime | None = None) -> datetime:
        """Start a campaign at `when`: an instant, or, without a zone, a time of each recipient's own clock.

        Its audience is taken when it starts. Returns the instant of that; `Sms.advance` does it then.
        """
        return starting.schedule(self._store, campaign, when, at or self._clock())

    def save_flow(self, flow: Flow, *, at: datetime | None = None) -> FlowSaved:
        """Store a flow, or change it; it is set off by what happens from then on."""
        return flows.save_flow(self._store, flow, at or self._clock())

    def pause(self, name: str, *, at: datetime | None = None) -> Progress:
        """Let nothing more of a running campaign or flow leave, from the moment of the answer on."""
        return self._move(name, "pause", at)

    def resume(self, name: str, *, at: datetime | None = None) -> Progress:
        """Let a campaign or flow go on that was paused, or stopped by a fault of ours."""
        return self._move(name, "resume", at)

    def cancel(self, name: str, *, at: datetime | None = None) -> Progress:
        """End a campaign or flow: nobody who waits is texted."""
        return self._move(name, "cancel", at)

    def _move(self, name: str, what: Move, at: datetime | None) -> Progress:
        at = at or self._clock()
        with self._line.exclusive(), self._store.database.transaction() as connection:
            lifecycle.move(connection, name, what, at)
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

    def add_coupons(self, pool: str, codes: Iterable[str]) -> Pool:
        """Add unique codes to a pool, which texts take them from: {{ coupon("Pool") }}."""
        with self._store.database.transaction() as connection:
            return coupons.add_codes(connection, pool, codes)

    def coupons(self) -> list[Pool]:
        """Every pool of codes."""
        with self._store.database.cursor() as cursor:
            return coupons.all_pools(cursor)

    def days(self, name: str) -> list[Day]:
        """A campaign or flow day by day."""
        account = self._store.catalog.account
        with self._store.database.cursor() as cursor:
            return reports.days(cursor, name, read_settings(cursor), account.order_event, account.timezone)

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
