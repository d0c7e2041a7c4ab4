"""C04, C06, C10, C12, B09: whatever is done in whatever order, the rules of sending hold."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from segql.sms import Flow, SmsError
from segql.sms.messages import NEXT

from .shop import NOON, Shop, campaign, number

PEOPLE = [number(index, index) for index in range(10)]
NAMES = ["One", "Two", "Three"]
WHO = st.sampled_from(range(len(PEOPLE)))
NAME = st.sampled_from(NAMES)


class Sending(RuleBasedStateMachine):
    """A shop in which campaigns, a flow, customers and the carrier do as they like, while time passes."""

    @initialize(rate=st.sampled_from([None, 1, 3]))
    def open(self, rate: int | None) -> None:
        self.shop = Shop().set_up(credits=30)
        self.shop.add([*PEOPLE, None, PEOPLE[0]])
        self.shop.order("c1", 1, NOON - timedelta(days=50))
        self.shop.sms.change_settings("ann", "owner", {"smart_sending_hours": 1, "frequency_cap": None})
        self.shop.carrier.rates = {"toll_free": rate} if rate else {}
        self.shop.sms.outbound.save_flow(
            "ann",
            "owner",
            Flow(
                "Thanks",
                "Thank you.",
                event="Placed Order",
                delay=timedelta(minutes=20),
                again_after=timedelta(),
            ),
        )
        self.opted_out: dict[str, int] = {}
        self.resting: dict[str, int] = {}
        self.audiences: dict[str, int] = {}

    def teardown(self) -> None:
        self.shop.close()

    @rule(name=NAME, seconds=st.sampled_from([0, 1, 3600]))
    def send(self, name: str, seconds: int) -> None:
        try:
            if seconds:
                self.shop.sms.outbound.schedule(
                    "ann", "owner", campaign(name=name), self.shop.now + timedelta(seconds=seconds)
                )
            else:
                self.shop.sms.send("ann", "owner", campaign(name=name))
        except SmsError:
            return  # it has been started, or rests

    @rule(minutes=st.sampled_from([0, 1, 30, 600, 1500]))
    def pass_time(self, minutes: int) -> None:
        before = self.shop.now
        self.shop.now += timedelta(minutes=minutes)
        self.shop.sms.advance(since=before if minutes < 600 else None)

    @rule(name=st.sampled_from([*NAMES, "Thanks"]), what=st.sampled_from(["pause", "resume", "cancel"]))
    def move(self, name: str, what: str) -> None:
        try:
            found = getattr(self.shop.sms.outbound, what)("ann", "owner", name)
        except SmsError:
            return  # there is none, or it has ended
        if found.status in ("paused", "cancelled"):
            self.resting.setdefault(name, self.taken_by(name))
        else:
            self.resting.pop(name, None)

    @rule(who=WHO)
    def stop(self, who: int) -> None:
        self.shop.text(PEOPLE[who], "STOP")
        self.opted_out.setdefault(PEOPLE[who], self.marketing_to(PEOPLE[who]))

    @rule(who=WHO)
    def start(self, who: int) -> None:
        self.shop.now += timedelta(seconds=1)  # a tie goes to the opt-out
        self.opted_out.pop(PEOPLE[who], None)
        self.shop.text(PEOPLE[who], "START")

    @rule(who=WHO)
    def order(self, who: int) -> None:
        self.shop.order(f"c{who + 1}", 5, self.shop.now)

    @rule(fault=st.sampled_from([None, "suspended"]))
    def carrier_changes_its_mind(self, fault: str | None) -> None:
        self.shop.carrier.fault = fault

    def taken_by(self, name: str) -> int:
        """How many texts of a campaign the carrier has taken."""
        ids = {
            each
            for (each,) in self.shop.rows(
                "SELECT message_id FROM sms_messages JOIN sms_campaigns USING (campaign_id) WHERE name = ?",
                name,
            )
        }
        return sum(text.reference in ids for text in self.shop.carrier.taken())

    def marketing_to(self, person: str) -> int:
        return sum("Reply STOP to opt out" in body for body in self.shop.taken(person))

    @invariant()
    def nobody_is_texted_twice(self) -> None:
        references = [text.reference for text in self.shop.carrier.taken()]
        assert len(references) == len(set(references))

    @invariant()
    def nothing_leaves_after_an_opt_out(self) -> None:
        for person, count in self.opted_out.items():
            assert self.marketing_to(person) == count

    @invariant()
    def nothing_leaves_while_it_rests(self) -> None:
        for name, count in self.resting.items():
            assert self.taken_by(name) == count

    @invariant()
    def an_audience_neither_grows_nor_shrinks(self) -> None:
        for found in self.shop.sms.outbound.all_progress():
            whole = sum(found.states.values())
            if found.kind == "campaign" and whole:
                assert self.audiences.setdefault(found.name, whole) == whole == len(PEOPLE) + 2

    @invariant()
    def a_message_only_moves_on(self) -> None:
        for earlier, later in self.shop.rows(
            """SELECT DISTINCT lag(state) OVER (PARTITION BY message_id ORDER BY rowid) AS earlier, state
            FROM sms_steps QUALIFY earlier IS NOT NULL"""
        ):
            assert later in NEXT[earlier], (earlier, later)
        assert not self.shop.rows(
            """SELECT message_id, m.state, s.state FROM sms_messages m JOIN (
              SELECT message_id, last(state ORDER BY rowid) AS state FROM sms_steps GROUP BY message_id
            ) s USING (message_id) WHERE m.state <> s.state"""
        )

    @invariant()
    def what_was_paid_is_what_a_carrier_took(self) -> None:
        left = self.shop.sms.balance()
        assert min(left.credits, left.trial_messages) >= 0
        paid = self.shop.scalar(
            "SELECT coalesce(-sum(credits + trial_messages), 0) FROM sms_ledger WHERE message_id IS NOT NULL"
        )
        charged = self.shop.scalar(
            """SELECT count(*) FROM sms_messages WHERE credits > 0 AND (carrier_id IS NOT NULL
            OR state IN ('sending', 'unknown'))"""
        )
        assert paid == charged


Sending.TestCase.settings = settings(max_examples=6, stateful_step_count=15, deadline=None)
TestSending = Sending.TestCase
