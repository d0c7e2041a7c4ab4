"""C06 and C10: campaigns that wait for their time, pause, go on, end, and are stopped by a fault of ours."""

from datetime import datetime, timedelta
from random import Random
from threading import Event, Thread
from time import sleep

import pytest

from segql.runtime.api import Store
from segql.sms import Sms, SmsError, dispatch
from segql.sms.errors import SmsCode

from .shop import NOON, Shop, campaign, number

HOUR = timedelta(hours=1)
TOMORROW = NOON + 24 * HOUR


def test_c10_a_scheduled_campaign_takes_its_audience_when_it_starts(shop: Shop) -> None:
    shop.add([number(1)])
    assert shop.sms.outbound.schedule("ann", "owner", campaign(), TOMORROW) == TOMORROW
    assert shop.sms.outbound.progress("sale").status == "scheduled"
    assert shop.sms.why("Sale", "c1").words == "the audience is not taken yet"
    shop.add([number(2)])
    shop.sms.advance(TOMORROW - HOUR, since=NOON)
    assert not shop.taken()
    shop.sms.advance(TOMORROW + HOUR, since=TOMORROW - HOUR)
    assert [text.taken_at for text in shop.carrier.taken()] == [TOMORROW, TOMORROW]
    assert shop.sms.outbound.progress("Sale").status == "finished"


def test_c10_by_the_clock_of_each_recipient(shop: Shop) -> None:
    zones = ["America/New_York", "Europe/London", "America/Los_Angeles"]
    shop.add([number(1), "+447911223450", number(3)], timezone=zones)
    shop.sms.outbound.schedule("ann", "owner", campaign(), datetime(2026, 6, 2, 10))  # noqa: DTZ001 - a time of their clocks
    shop.sms.advance(NOON + 60 * HOUR, since=NOON)
    local = {text.number: text.taken_at for text in shop.carrier.taken()}
    day = NOON.replace(day=2)
    assert local == {
        "+447911223450": day.replace(hour=9),
        number(1): day.replace(hour=14),
        number(3): day.replace(hour=17),
    }


def test_c10_what_a_clock_lifts_is_judged_when_it_shows_the_time(shop: Shop) -> None:
    """Texted two hours before the audience is taken, and a day before the campaign's time."""
    shop.add([number(1)])
    ten = datetime(2026, 6, 2, 14)  # noqa: DTZ001 - in New York
    taken_at = NOON.replace(hour=0) + 24 * HOUR
    shop.sms.send("ann", "owner", campaign(name="First"), at=NOON)
    shop.sms.outbound.schedule("ann", "owner", campaign(), ten)
    shop.sms.advance(taken_at, since=NOON)
    assert shop.states() == {"queued": 1}
    shop.sms.advance(NOON + 60 * HOUR, since=taken_at)
    assert shop.states() == {"delivered": 1}


def test_c10_a_time_that_has_passed_is_an_error_and_another_time_replaces_the_first(shop: Shop) -> None:
    shop.add([number(1)])
    for when in (NOON - HOUR, datetime(2026, 5, 30, 10)):  # noqa: DTZ001 - a time of their clocks
        with pytest.raises(SmsError) as caught:
            shop.sms.outbound.schedule("ann", "owner", campaign(), when)
        assert caught.value.code == SmsCode.INVALID_INSTANT
    shop.sms.outbound.schedule("ann", "owner", campaign(), TOMORROW)
    shop.sms.outbound.schedule("ann", "owner", campaign(), NOON + HOUR)
    shop.sms.advance(TOMORROW - HOUR, since=NOON)
    assert len(shop.taken()) == 1
    with pytest.raises(SmsError, match="has been started"):
        shop.sms.outbound.schedule("ann", "owner", campaign(), TOMORROW + HOUR)


def test_c10_a_scheduled_campaign_that_cannot_be_sent_is_stopped_and_hinders_no_other(shop: Shop) -> None:
    shop.add([number(1)], first_name=["Ann"])
    shop.sms.outbound.schedule("ann", "owner", campaign("Hi {{ first_name }}", name="Broken"), NOON + HOUR)
    shop.sms.outbound.schedule("ann", "owner", campaign(), NOON + HOUR)
    shop.add([number(2)])
    shop.sms.advance(NOON + 2 * HOUR, since=NOON)
    broken = shop.sms.outbound.progress("Broken")
    assert broken.status == "stopped" and broken.fault is not None and "first_name" in broken.fault
    assert len(shop.taken()) == 2
    with shop.database.transaction() as connection:
        connection.execute("UPDATE profiles SET first_name = 'Bob' WHERE first_name IS NULL")
    assert shop.sms.outbound.resume("ann", "owner", "Broken").status == "scheduled"
    shop.sms.advance(NOON + 2 * HOUR)
    assert shop.states("Broken") == {"skipped": 2}  # texted by the other an hour ago


def test_c10_after_a_pause_nothing_leaves_and_it_goes_on_where_it_was(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "BATCH", 2)
    shop.add(number(index) for index in range(8))
    send, midway, paused = shop.carrier.send, Event(), []

    def send_slowly(batch, now):  # type: ignore[no-untyped-def]
        if not midway.is_set():
            midway.set()
            turnstile, _ = dispatch._locks_of(shop.database)
            for _ in range(1_000):  # until the pause is waiting for this batch; not for ever
                if turnstile.locked():
                    break
                sleep(0.001)
        return send(batch, now)

    monkeypatch.setattr(shop.carrier, "send", send_slowly)
    running = Thread(target=shop.sms.send, args=("ann", "owner", campaign()))
    running.start()
    assert midway.wait(timeout=30)
    paused.append(shop.sms.outbound.pause("ann", "owner", "Sale"))
    assert paused[0].states["queued"] == 8 - len(shop.taken()) == 6
    running.join()
    shop.sms.advance(NOON + HOUR)
    assert len(shop.taken()) == 2
    with pytest.raises(SmsError, match="paused"):
        shop.sms.send("ann", "owner", campaign())
    assert shop.sms.outbound.resume("ann", "owner", "Sale").status == "running"
    shop.sms.advance(NOON + HOUR)
    assert sorted(text.number for text in shop.carrier.taken()) == [number(index) for index in range(8)]


def test_c10_who_waits_when_a_campaign_is_cancelled_is_never_texted(shop: Shop) -> None:
    shop.add([number(1), number(2, area="415")], timezone=["America/New_York", "Asia/Tokyo"])
    shop.sms.send("ann", "owner", campaign())
    assert shop.states() == {"held": 1, "sent": 1}
    done = shop.sms.outbound.cancel("ann", "owner", "Sale")
    assert (done.status, done.states["skipped"], done.next_at) == ("cancelled", 1, None)
    shop.sms.advance(NOON + 24 * HOUR, since=NOON)
    assert len(shop.taken()) == 1
    found = shop.sms.why("Sale", "c2")
    assert (found.reason, found.words) == ("cancelled", "was not texted when it was cancelled")
    assert sum(done.states.values()) == 2
    with pytest.raises(SmsError) as caught:
        shop.sms.outbound.resume("ann", "owner", "Sale")
    assert caught.value.code == SmsCode.CAMPAIGN_RESTS


@pytest.mark.parametrize("fault", ["suspended", "wrong_sender"])
def test_c06_a_fault_of_ours_stops_the_whole_campaign_and_no_person_pays_for_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(dispatch, "BATCH", 2)
    shop.add(number(index) for index in range(6))
    shop.carrier.fault = fault
    shop.sms.send("ann", "owner", campaign())
    stopped = shop.sms.outbound.progress("Sale")
    assert (stopped.status, stopped.fault, stopped.states["queued"]) == ("stopped", fault, 6)
    assert shop.sms.balance().trial_messages == 50
    shop.carrier.fault = None
    shop.sms.advance(NOON + HOUR)
    assert not shop.taken()
    shop.sms.outbound.resume("ann", "owner", "Sale")
    shop.sms.advance(NOON + HOUR)
    assert len(shop.taken()) == 6


@pytest.mark.parametrize("by_receipt", [False, True], ids=["by its answer", "by its receipt"])
def test_c06_who_has_opted_out_at_the_carrier_is_unsubscribed(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, by_receipt: bool
) -> None:
    shop.add([number(1)])
    if by_receipt:
        from segql.sms.carriers import simulated

        monkeypatch.setitem(simulated.REASONS, "UNDELIV", "opted_out")
        monkeypatch.setattr(
            shop.carrier, "_behaviour", lambda number, chance: simulated.Behaviour(receipts=("UNDELIV",))
        )
    else:
        shop.carrier.opted_out.add(number(1))
    shop.sms.send("ann", "owner", campaign())
    shop.sms.advance(NOON + HOUR)
    assert shop.sms.report("Sale").failed == {"opted_out": 1}
    assert shop.events("Unsubscribed from SMS Marketing") == 1
    assert shop.scalar("SELECT method FROM consents WHERE status = 'unsubscribed'") == "carrier"
    shop.sms.send("ann", "owner", campaign(name="Next"), at=NOON + 48 * HOUR)
    assert shop.sms.why("Next", "c1").reason == "no_consent"


def test_c10_progress_is_a_query(shop: Shop) -> None:
    shop.add([number(1), None, number(3)], timezone=["America/New_York", None, "Asia/Tokyo"])
    shop.sms.send("ann", "owner", campaign())
    (found,) = shop.sms.outbound.all_progress()
    assert (found.name, found.kind, found.status, found.parts_waiting) == ("Sale", "campaign", "running", 1)
    assert {state: count for state, count in found.states.items() if count} == {
        "held": 1,
        "sent": 1,
        "skipped": 1,
    }
    assert found.next_at == (NOON + 24 * HOUR).replace(hour=23) - 24 * HOUR  # eight in Tokyo


def test_c10_a_campaign_over_the_language_is_scheduled_as_it_is_written(shop: Shop) -> None:
    sms = Sms(Store(shop.database), shop.carrier, clock=lambda: NOON, random=Random(7))
    shop.add([number(1), number(2)], first_name=["Ann", "Bob"])
    to = campaign("Hi {{ first_name }}", include=('first_name is "ann"',), exclude=('first_name is "bob"',))
    sms.outbound.schedule("ann", "owner", to, NOON + HOUR)
    sms.advance(NOON + HOUR)
    assert shop.taken() == ["Acme: Hi Ann Reply STOP to opt out"]


def test_why_tells_every_step_with_its_time(shop: Shop) -> None:
    shop.add([number(1)], timezone=["Asia/Tokyo"])
    shop.sms.send("ann", "owner", campaign("{{ link('https://a.example') }}"))
    shop.sms.advance(NOON + 24 * HOUR, since=NOON)
    code = shop.taken()[0].split("https://links.example.com/")[1].split()[0]
    shop.sms.click(code, at=NOON + 25 * HOUR)
    shop.sms.click(code, agent="WhatsApp/2.0", at=NOON + 26 * HOUR)
    morning = NOON.replace(hour=23)
    found = shop.sms.why("Sale", "c1")
    steps = [(step.what, step.words) for step in found.steps]
    assert steps == [
        ("held", "is in quiet hours"),
        ("sending", ""),
        ("sent", ""),
        ("receipt", "DELIVRD, applied"),
        ("delivered", ""),
        ("click", ""),
        ("click", "a program, not counted"),
    ] or steps == [*steps[:3], ("delivered", ""), ("receipt", "DELIVRD, applied"), *steps[5:]]
    assert [step.at for step in found.steps[:3]] == [NOON, morning, morning]
    assert (found.state, found.attempts, found.handed_at) == ("delivered", 1, morning)


def test_c10_a_campaign_whose_time_passed_days_ago_waits_for_somebody(shop: Shop) -> None:
    shop.add([number(1)])
    shop.sms.outbound.schedule("ann", "owner", campaign(), NOON + HOUR)
    shop.sms.advance(NOON + 72 * HOUR)
    assert not shop.taken()
    late = shop.sms.outbound.progress("Sale")
    assert late.status == "stopped" and late.fault is not None and "more than a day ago" in late.fault
    shop.sms.outbound.resume("ann", "owner", "Sale", at=NOON + 73 * HOUR)
    shop.sms.advance(NOON + 73 * HOUR)
    assert len(shop.taken()) == 1
