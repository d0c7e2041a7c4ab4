"""C11: flows, from what sets them off to the message."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

import pytest

from segql.runtime.api import Store
from segql.sms import Flow, Sms, SmsError
from segql.sms.errors import SmsCode

from .shop import NOON, Shop, number

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def happen(shop: Shop, who: str, at: datetime, total: float = 20) -> None:
    """Somebody orders."""
    shop.order(who, total, at)


@pytest.fixture
def flow_shop(shop: Shop) -> Iterator[Shop]:
    """A shop with two people, where somebody ordered long ago."""
    shop.add([number(1), number(2)], first_name=["Ann", None])
    happen(shop, "c1", NOON - 40 * DAY)
    yield shop


def thanks(**changes: object) -> Flow:
    return Flow(**{"name": "Thanks", "text": "Thank you.", "event": "Placed Order", **changes})  # type: ignore[arg-type]


def pass_time(shop: Shop, until: datetime) -> None:
    shop.sms.advance(until, since=shop.now)
    shop.now = until


def test_c11_an_event_sets_off_a_message_after_the_delay(flow_shop: Shop) -> None:
    saved = flow_shop.sms.outbound.save_flow("ann", "owner", thanks(delay=HOUR))
    assert (saved.is_new, saved.warnings) == (True, ())
    happen(flow_shop, "c1", NOON + timedelta(minutes=5))
    pass_time(flow_shop, NOON + 30 * timedelta(minutes=1))
    assert flow_shop.sms.why("Thanks", "c1").reason == "delay"
    pass_time(flow_shop, NOON + 3 * HOUR)
    (text,) = flow_shop.carrier.taken()
    assert (text.number, text.taken_at) == (number(1), NOON + timedelta(minutes=65))
    assert flow_shop.sms.report("Thanks").received == 1
    found = flow_shop.sms.outbound.progress("Thanks")
    assert (found.kind, found.status, found.states["delivered"]) == ("flow", "running", 1)


def test_c11_what_happened_before_it_was_saved_sets_nothing_off(flow_shop: Shop) -> None:
    flow_shop.sms.outbound.save_flow("ann", "owner", thanks())
    happen(flow_shop, "c2", NOON - HOUR)  # imported later, but it happened before
    pass_time(flow_shop, NOON + HOUR)
    assert not flow_shop.taken()


@pytest.mark.parametrize(
    ("again_after", "texts"),
    [(None, 1), (3 * DAY, 2), (DAY, 3)],
    ids=["once", "after three days", "each day"],
)
def test_c11_each_person_once_or_again_after_a_set_time(
    flow_shop: Shop, again_after: timedelta | None, texts: int
) -> None:
    flow_shop.sms.outbound.save_flow("ann", "owner", thanks(again_after=again_after))
    for days in (1, 3, 5):
        happen(flow_shop, "c1", NOON + days * DAY)
        pass_time(flow_shop, NOON + days * DAY + HOUR)
    assert len(flow_shop.taken()) == texts


def test_c11_every_order_is_confirmed_also_where_two_come_at_once(flow_shop: Shop) -> None:
    flow_shop.sms.outbound.save_flow("ann", "owner", thanks(again_after=timedelta(), transactional=True))
    happen(flow_shop, "c1", NOON + HOUR)
    happen(flow_shop, "c1", NOON + 2 * HOUR)
    pass_time(flow_shop, NOON + 3 * HOUR)
    assert len(flow_shop.taken(number(1))) == 2


def test_c11_who_has_left_the_segment_is_not_texted(flow_shop: Shop) -> None:
    flow_shop.sms.outbound.save_flow("ann", "owner", thanks(delay=HOUR, only="first_name IS NOT NULL"))
    for who in ("c1", "c2"):
        happen(flow_shop, who, NOON)
    pass_time(flow_shop, NOON + 2 * HOUR)
    assert [text.number for text in flow_shop.carrier.taken()] == [number(1)]
    assert flow_shop.sms.why("Thanks", "c2").words == "was no longer in the flow's segment"


def test_c11_the_gates_are_those_of_campaigns(flow_shop: Shop) -> None:
    flow_shop.sms.outbound.save_flow("ann", "owner", thanks(delay=HOUR))
    for who in ("c1", "c2"):
        happen(flow_shop, who, NOON)
    pass_time(flow_shop, NOON + timedelta(minutes=1))
    flow_shop.text(number(1), "STOP")
    pass_time(flow_shop, NOON + 2 * HOUR)
    assert flow_shop.sms.why("Thanks", "c1").reason == "no_consent"
    assert flow_shop.sms.why("Thanks", "c2").state == "delivered"
    night = NOON + 12 * HOUR
    flow_shop.add([number(3)])
    happen(flow_shop, "c3", night)
    pass_time(flow_shop, night + HOUR)
    assert flow_shop.sms.why("Thanks", "c3").reason in ("delay", "quiet_hours")
    pass_time(flow_shop, NOON + DAY)
    assert flow_shop.sms.why("Thanks", "c3").state == "delivered"


def test_c11_two_profiles_with_one_number_get_one_text(flow_shop: Shop) -> None:
    flow_shop.add([number(1)])
    flow_shop.sms.outbound.save_flow("ann", "owner", thanks())
    happen(flow_shop, "c1", NOON)
    pass_time(flow_shop, NOON + HOUR)
    pass_time(flow_shop, NOON + 25 * HOUR)
    happen(flow_shop, "c3", NOON + 25 * HOUR)
    pass_time(flow_shop, NOON + 26 * HOUR)
    assert len(flow_shop.taken(number(1))) == 1
    assert flow_shop.sms.why("Thanks", "c3").reason == "texted_already"


def test_c11_who_lacks_what_the_text_needs_is_skipped_and_nobody_else(flow_shop: Shop) -> None:
    flow_shop.sms.outbound.save_flow("ann", "owner", thanks(text="Thank you, {{ first_name }}."))
    for who in ("c1", "c2"):
        happen(flow_shop, who, NOON)
    pass_time(flow_shop, NOON + HOUR)
    assert flow_shop.taken() == ["Acme: Thank you, Ann. Reply STOP to opt out"]
    assert flow_shop.sms.why("Thanks", "c2").reason == "no_text"


def test_c11_while_it_is_paused_nobody_enters_and_those_inside_wait(flow_shop: Shop) -> None:
    flow_shop.sms.outbound.save_flow("ann", "owner", thanks(delay=HOUR))
    happen(flow_shop, "c1", NOON)
    pass_time(flow_shop, NOON + timedelta(minutes=1))
    flow_shop.sms.outbound.pause("ann", "owner", "Thanks")
    happen(flow_shop, "c2", NOON + timedelta(minutes=2))
    pass_time(flow_shop, NOON + 2 * HOUR)
    assert not flow_shop.taken()
    flow_shop.sms.outbound.resume("ann", "owner", "Thanks")
    pass_time(flow_shop, NOON + 3 * HOUR)
    assert [text.number for text in flow_shop.carrier.taken()] == [number(1)]


def test_c11_what_comes_to_light_days_later_is_not_texted_about(flow_shop: Shop) -> None:
    flow_shop.sms.outbound.save_flow("ann", "owner", thanks())
    flow_shop.now = NOON + 5 * DAY
    happen(flow_shop, "c1", NOON + 2 * DAY)
    happen(flow_shop, "c2", NOON + 5 * DAY)
    flow_shop.sms.advance()
    assert [text.number for text in flow_shop.carrier.taken()] == [number(2)]
    assert flow_shop.sms.why("Thanks", "c1").reason == "too_late"


def test_c11_a_word_sets_it_off_and_saving_it_warns(flow_shop: Shop) -> None:
    saved = flow_shop.sms.outbound.save_flow("ann", "owner", Flow("Menu", "Soup and bread.", word="menu"))
    assert saved.warnings == ('"menu" is no keyword: whoever texts it also opens a conversation.',)
    flow_shop.text(number(1), " MENU! ")
    flow_shop.text(number(2), "what is on the menu")
    pass_time(flow_shop, NOON + HOUR)
    assert [text.number for text in flow_shop.carrier.taken()] == [number(1)]
    keyword = flow_shop.sms.outbound.save_flow("ann", "owner", Flow("Bye", "Bye.", word="stop"))
    assert keyword.warnings == ('"stop" is a keyword: it is acted upon as one, and never sets off the flow.',)
    flow_shop.sms.account.save_keyword("ann", "owner", "COATS", list="Coats")
    own = flow_shop.sms.outbound.save_flow("ann", "owner", Flow("Coats", "Coats!", word="coats"))
    assert own.warnings == ('"coats" is a keyword: it is acted upon as one, and never sets off the flow.',)
    flow_shop.text(number(2), "stop")
    pass_time(flow_shop, NOON + 2 * HOUR)
    assert flow_shop.taken(number(2)) == [flow_shop.sms.settings().reply("opt_out")]


def test_c11_entering_a_segment_sets_it_off_and_being_found_in_it_does_not(flow_shop: Shop) -> None:
    store = Store(flow_shop.database)
    sms = Sms(store, flow_shop.carrier, clock=lambda: flow_shop.now, random=Random(7))
    store.save_segments('segment "Buyers": did "Placed Order" in the last 30 days', at=NOON)
    happen(flow_shop, "c1", NOON - DAY)
    store.refresh(now=NOON)
    sms.outbound.save_flow("ann", "owner", Flow("Welcome", "Welcome.", segment="buyers"))
    happen(flow_shop, "c2", NOON + HOUR)
    store.refresh(now=NOON + HOUR)
    sms.advance(NOON + 2 * HOUR, since=NOON)
    assert [text.number for text in flow_shop.carrier.taken()] == [number(2)]
    store.refresh(now=NOON + 3 * HOUR)
    sms.advance(NOON + 4 * HOUR, since=NOON + 2 * HOUR)
    assert len(flow_shop.taken()) == 1


def test_c11_whoever_enters_in_one_second_sets_it_off(flow_shop: Shop) -> None:
    store = Store(flow_shop.database)
    sms = Sms(store, flow_shop.carrier, clock=lambda: flow_shop.now, random=Random(7))
    store.save_segments('segment "Buyers": did "Placed Order" in the last 30 days', at=NOON)
    store.refresh(now=NOON)
    sms.outbound.save_flow("ann", "owner", Flow("Welcome", "Welcome.", segment="buyers"))
    for nth in (1, 2):
        at = NOON + HOUR + nth * timedelta(seconds=0.4)
        happen(flow_shop, f"c{nth}", NOON + HOUR)
        store.refresh(now=at)
        sms.advance(at, since=NOON)
    sms.advance(NOON + HOUR + timedelta(seconds=1), since=NOON)
    assert [text.number for text in flow_shop.carrier.taken()] == [number(1), number(2)]


def test_c11_a_changed_flow_goes_on_with_its_new_words(flow_shop: Shop) -> None:
    flow_shop.sms.outbound.save_flow("ann", "owner", thanks(delay=HOUR))
    happen(flow_shop, "c1", NOON)
    pass_time(flow_shop, NOON + timedelta(minutes=1))
    assert not flow_shop.sms.outbound.save_flow(
        "ann", "owner", thanks(delay=HOUR, text="Many thanks.")
    ).is_new
    pass_time(flow_shop, NOON + 2 * HOUR)
    assert flow_shop.taken() == ["Acme: Many thanks. Reply STOP to opt out"]


def test_c11_a_flow_that_cannot_be_sent_any_more_is_stopped_and_hinders_no_other(flow_shop: Shop) -> None:
    flow_shop.sms.outbound.add_coupons("ann", "owner", "Spring", ["AAA", "BBB"])
    flow_shop.sms.outbound.save_flow("ann", "owner", thanks(name="A", text="{{ coupon('Spring') }}"))
    flow_shop.sms.outbound.save_flow("ann", "owner", thanks(name="B"))
    with flow_shop.database.transaction() as connection:
        connection.execute("DELETE FROM sms_coupons")
    happen(flow_shop, "c1", NOON)
    pass_time(flow_shop, NOON + HOUR)
    stopped = flow_shop.sms.outbound.progress("A")
    assert stopped.status == "stopped" and stopped.fault is not None and "Spring" in stopped.fault
    assert len(flow_shop.taken()) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"event": None}, "One thing sets a flow off"),
        ({"word": "menu"}, "One thing sets a flow off"),
        ({"event": "Placed Ordr"}, 'Did you mean "Placed Order"'),
        ({"event": None, "segment": "Nobody"}, "no stored segment"),
        ({"delay": -HOUR}, "backwards"),
        ({"event": "received sms", "again_after": DAY, "transactional": True}, "for ever"),
        ({"name": " "}, "needs a name"),
    ],
)
def test_c11_a_flow_that_makes_no_sense_is_refused(
    flow_shop: Shop, changes: dict[str, object], words: str
) -> None:
    with pytest.raises(SmsError, match=words) as caught:
        flow_shop.sms.outbound.save_flow("ann", "owner", thanks(**changes))
    assert caught.value.code == SmsCode.INVALID_FLOW
    with pytest.raises(SmsError, match="first_name"):
        flow_shop.sms.outbound.save_flow("ann", "owner", thanks(text="{{ frist_name }}"))


def test_c11_a_text_that_cannot_be_made_for_somebody_is_nobody_elses_trouble(flow_shop: Shop) -> None:
    flow_shop.add([number(3), number(4)], points=[0.0, 5.0])
    flow_shop.sms.outbound.save_flow("ann", "owner", thanks(text="{{ 10 / points }}"))
    for who in ("c3", "c4"):
        happen(flow_shop, who, NOON)
    pass_time(flow_shop, NOON + HOUR)
    assert flow_shop.taken() == ["Acme: 2.0 Reply STOP to opt out"]
    assert flow_shop.sms.why("Thanks", "c3").reason == "no_text"


def test_c11_where_nothing_ran_for_days_what_was_due_is_not_sent(flow_shop: Shop) -> None:
    flow_shop.sms.outbound.save_flow("ann", "owner", thanks(delay=HOUR))
    happen(flow_shop, "c1", NOON)
    pass_time(flow_shop, NOON + timedelta(minutes=1))
    flow_shop.sms.advance(NOON + 5 * DAY)
    assert not flow_shop.taken()
    assert flow_shop.sms.why("Thanks", "c1").reason == "too_late"
