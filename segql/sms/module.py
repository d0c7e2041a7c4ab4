"""The SMS module as programs use it: one object upon a store and a carrier."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random, SystemRandom
from typing import TYPE_CHECKING, Any

from segql.runtime.store.compaction import compact
from segql.sms import credits, dispatch, events, inbox, links, preview, receipts, reports, starting
from segql.sms.account import Account
from segql.sms.answers import AUTOMATIC
from segql.sms.audit import By
from segql.sms.campaigns import Campaign
from segql.sms.carriers.base import Carrier, CarrierUnreachableError, InboundText, Receipt
from segql.sms.carriers.simulated import SimulatedCarrier, memory_beside
from segql.sms.conversations.box import Answer, queue_reply
from segql.sms.conversations.desk import Conversations
from segql.sms.credits import Balance
from segql.sms.dispatch import Line
from segql.sms.flowing import run_flows
from segql.sms.inbound import Inbound
from segql.sms.links import Click
from segql.sms.mail import MailServer
from segql.sms.numbers import NumberKind, confirm_number, read_numbers, require_prices
from segql.sms.outbound import Outbound
from segql.sms.people import People
from segql.sms.phone import Exchange, text_shop
from segql.sms.preview import Preview
from segql.sms.reports import Report
from segql.sms.roles import require_changing, require_conversing
from segql.sms.saving import are_saved, changed, save_settings
from segql.sms.settings import SmsSettings, read_settings
from segql.sms.why import Outcome, why

if TYPE_CHECKING:
    from segql.runtime.api import Store


@dataclass(frozen=True)
class SetUp:
    """The sending number, confirmed. `already`: SMS had been set up before, and nothing was changed."""

    number: str
    kind: str
    countries: tuple[str, ...]
    already: bool


@dataclass(frozen=True)
class Sent:
    """What a start of a campaign did: messages that were waiting for their turn, and texts given to the
    carrier."""

    campaign: str
    waiting: int
    handed_over: int


@dataclass(frozen=True)
class Replied:
    """A reply that was queued, and what became of it at once: see `sms/messages.py` for the states. One that is skipped
    says why, for want of credits for instance."""

    message_id: int
    state: str
    reason: str | None
    parts: int
    credits: int


def _now() -> datetime:
    return datetime.now(UTC)


class Sms:
    """SMS upon a store. Every method that happens at an instant takes it as
    `at` (aware), else asks `clock`. Mistakes of users are `SmsError`."""

    def __init__(
        self,
        store: "Store",
        carrier: Carrier | None = None,
        clock: Callable[[], datetime] = _now,
        random: Random | None = None,
        mail: MailServer | None = None,
    ) -> None:
        """`carrier`: by default a simulated one, whose memory lies beside the store's file. `random`: where
        the key of short links comes from, and what spreads the waits of texts that are tried again. `mail`: the
        server by which texts are forwarded; without one they wait."""
        self._store = store
        self._clock = clock
        self._random = random or SystemRandom()
        self.carrier: Carrier = carrier or _simulated_carrier(store)
        self._line = Line(store.database, self.carrier, store.catalog.account.timezone, self._random)
        self.outbound = Outbound(store, self._line, clock)
        self.account = Account(store.database, clock)
        self.conversations = Conversations(self._line, clock)
        self.inbound = Inbound(self._line, clock, mail)
        self.people = People(self._line, clock)

    def setup(
        self,
        actor: str,
        role: str,
        *,
        countries: tuple[str, ...] = (),
        kind: NumberKind = "toll_free",
        changes: Mapping[str, Any] | None = None,
        at: datetime | None = None,
    ) -> SetUp:
        """Turn SMS on: a sending number for `countries` (default: the account's), the trial, and the
        settings.

        Without a prefix in `changes` the account's name is it. A second set-up changes nothing.
        """
        require_changing(role)
        at = at or self._clock()
        account = self._store.catalog.account
        countries = countries or (account.country,)
        with self._store.database.transaction() as connection:
            if are_saved(connection):
                first = next(each for each in read_numbers(connection) if each.request_id is None)
                return SetUp(str(first.number), first.kind, first.countries, already=True)
            require_prices(countries)
            settings = changed(SmsSettings(prefix=account.name[:30]), dict(changes or {}))
            save_settings(connection, settings, None, By(actor, role), at)
            links.save_key(connection, self._random.randbytes(16))
            number = self.carrier.sending_number
            confirm_number(connection, number, kind, countries, at)
            credits.give_trial(connection, actor, at)
            events.note_kinds(connection)
        return SetUp(number, kind, tuple(countries), already=False)

    def settings(self) -> SmsSettings:
        """The settings as they are."""
        with self._store.database.cursor() as cursor:
            return read_settings(cursor)

    def change_settings(
        self, actor: str, role: str, changes: Mapping[str, Any], *, at: datetime | None = None
    ) -> SmsSettings:
        """Change settings, all or none, and log what changed."""
        require_changing(role)
        with self._store.database.transaction() as connection:
            before = read_settings(connection)
            after = changed(before, dict(changes))
            save_settings(connection, after, before, By(actor, role), at or self._clock())
        return after

    def add_credits(self, actor: str, role: str, amount: int, *, at: datetime | None = None) -> Balance:
        """Add bought credits, as owners and admins may. What is left then."""
        require_changing(role)
        with self._store.database.transaction() as connection:
            read_settings(connection)
            credits.give_credits(connection, amount, actor, at or self._clock())
            return credits.balance(connection)

    def balance(self) -> Balance:
        """The credits and free messages that are left."""
        with self._store.database.cursor() as cursor:
            return credits.balance(cursor)

    def preview(self, campaign: Campaign, *, at: datetime | None = None) -> Preview:
        """What the campaign would do at `at`: the funnel of gates, the cost, sample texts. Changes
        nothing."""
        return preview.preview(self._store, campaign, at or self._clock())

    def send(self, actor: str, role: str, campaign: Campaign, *, at: datetime | None = None) -> Sent:
        """Start the campaign: take its audience, and hand over what may go now; `advance` hands over the
        rest.

        However often it is started, nobody is texted twice by it.
        """
        at = at or self._clock()
        waiting = self.outbound.start(actor, role, campaign, at=at)
        return Sent(campaign.name, waiting, self._hand_over(at))

    def advance(self, until: datetime | None = None, *, since: datetime | None = None) -> int:
        """Take what the carrier has, and hand over what is due. How many texts were handed over.

        All of it as at `until`. With `since`, time is made to pass from there, stopping whenever a message
        falls due: for simulations, as messages are judged at the instants of their stops.
        """
        until = until or self._clock()
        handed = 0
        while since is not None and (due := self._next_due(since, until)) is not None:
            handed += self._advance_to(due)
            since = due
        handed += self._advance_to(until)
        compact(self._store.database)  # the receipts of a large campaign are many events
        return handed

    def _next_due(self, after: datetime, until: datetime) -> datetime | None:
        with self._store.database.cursor() as cursor:
            found = (
                dispatch.next_due(cursor, self.carrier.rates, after, until),
                starting.next_start(cursor, after, until),
            )
        return min((instant for instant in found if instant is not None), default=None)

    def _advance_to(self, at: datetime) -> int:
        self._collect(at)
        return self._hand_over(at)

    def _hand_over(self, at: datetime) -> int:
        """Start what is to start by then, and hand over what is due."""
        starting.start_scheduled(self._store, at)
        run_flows(self._store, at)
        return dispatch.hand_over(self._line, at)

    def _collect(self, at: datetime) -> None:
        """Take receipts and texts from the carrier. They are acknowledged when they are stored."""
        try:
            reports = self.carrier.collect(at)
        except CarrierUnreachableError:
            # It keeps them: the next time will bring them.
            return
        arrived = [report for report in reports if isinstance(report, Receipt)]
        if arrived:
            with self._store.database.transaction() as connection:
                receipts.store_receipts(connection, self.carrier.name, arrived, at)
                receipts.apply_receipts(connection, at)
        inbox.act_on_texts(self._line, at)
        for text in reports:
            if isinstance(text, InboundText):
                inbox.receive(self._line, text, at)
        self.carrier.acknowledge(reports)

    def receive(
        self,
        sender: str,
        to: str,
        body: str,
        *,
        carrier_id: str,
        pictures: int = 0,
        at: datetime | None = None,
    ) -> bool:
        """Take a customer's text: store it, then act on it, and answer where an answer is due. False where it
        had come before; `carrier_id` is the carrier's id of it, `pictures` how many came with it."""
        at = at or self._clock()
        is_new = inbox.receive(self._line, InboundText(carrier_id, sender, to, body, at, pictures), at)
        dispatch.hand_over(self._line, at, only=AUTOMATIC)
        return is_new

    def reply(
        self, actor: str, role: str, number: str, answer: Answer, *, at: datetime | None = None
    ) -> Replied:
        """Answer a customer in a conversation (see `conversations`). Raises `SmsError`: where the number has not
        consented to marketing or is blocked, where a text has come that the writer has not seen, and at night, unless
        the answer says that its writer knows."""
        require_conversing(role)
        at = at or self._clock()
        with self._store.database.transaction() as connection:
            settings = read_settings(connection)
            message_id = queue_reply(connection, number, answer, actor, settings, self._line.zone, at)
        dispatch.hand_over(self._line, at, only=("conversation",))
        with self._store.database.cursor() as cursor:
            query = "SELECT state, reason, parts, credits FROM sms_messages WHERE message_id = ?"
            return Replied(message_id, *cursor.execute(query, [message_id]).fetchall()[0])

    def text_from_phone(self, number: str, text: str, *, at: datetime | None = None) -> Exchange:
        """Text the account from the simulated phone with a number (E.164), and see what comes back. Raises `SmsError`
        where SMS is off, and where the carrier is a real one."""
        self.settings()
        until = self._clock if at is None else lambda: at
        return text_shop(self, number, text, until(), until)

    def click(self, code: str, *, agent: str = "", at: datetime | None = None) -> Click:
        """Record that a short link was followed, by the code at its end, and say where it leads. `agent`: what the
        program that follows it calls itself; those that look at links for somebody are not counted."""
        with self._store.database.transaction() as connection:
            return links.click(connection, code, at or self._clock(), agent)

    def report(self, campaign: str) -> Report:
        """What became of a campaign."""
        with self._store.database.cursor() as cursor:
            order_event = self._store.catalog.account.order_event
            return reports.report(cursor, campaign, read_settings(cursor), order_event)

    def why(self, campaign: str, who: str | int) -> Outcome:
        """Why somebody (external id, e-mail or number, or profile_id) got a campaign's or flow's message, or did not."""
        with self._store.database.cursor() as cursor:
            return why(self._store, cursor, campaign, who)

    def close(self) -> None:
        """Close the simulated carrier's memory. The store stays open."""
        if isinstance(self.carrier, SimulatedCarrier):
            self.carrier.close()


def _simulated_carrier(store: "Store") -> SimulatedCarrier:
    path = store.database.path
    return SimulatedCarrier(path=path if path == ":memory:" else memory_beside(path))
