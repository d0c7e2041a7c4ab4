"""B09, C03 to C06, C13: the hand-over, whatever happens while it runs."""

import ast
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread
from time import sleep
from typing import Any

import pytest

import segql
import segql.sms
from segql.sms import Sms, dispatch, outcomes, starting
from segql.sms.audit import By
from segql.sms.carriers.base import Answer, CarrierUnreachableError, OutboundText, Receipt
from segql.sms.messages import NEXT, STATES

from .shop import BUSY, NOON, SILENT, Shop, campaign, number

HOUR = timedelta(hours=1)
NIGHT = NOON + timedelta(hours=12)


def queue(shop: Shop, **changes: Any) -> None:
    """Start a campaign without handing anything over: what a kill right after the start leaves."""
    starting.queue(shop.sms._store, campaign(**changes), By("ann", "owner"), shop.now)


# One way out


def test_c03_there_is_one_way_out_to_a_carrier() -> None:
    """Nothing in segql but the dispatch names a carrier's `send`; of what else is called so there is `Sms.send`."""
    named = set()
    for path in Path(segql.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr == "send":
                named.add((path.name, ast.unparse(node)))
        assert "getattr(" not in ast.unparse(tree) or "'send'" not in ast.unparse(tree), path
    carriers = {name for name in named if not name[1].endswith("sms.send")}
    assert carriers == {("dispatch.py", "line.carrier.send")}


def test_c03_the_hand_over_judges_in_the_transaction_of_the_claim() -> None:
    """What is given to the carrier is what the claim returned, and the claim has judged it."""
    deliver, claim, judged = (
        [path for path, name in calls() if name == function] for function in ("_deliver", "_claim", "judge")
    )
    assert (deliver, claim) == (["dispatch.py"], ["dispatch.py"])
    assert set(judged) == {"dispatch.py", "starting.py", "flowing.py", "preview.py", "looking.py", "reach.py"}


def calls() -> Iterator[tuple[str, str]]:
    """Each call of a function by its bare name in the SMS module: the file, and the name."""
    for path in Path(segql.sms.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield path.name, node.func.id


def test_c12_a_message_that_ended_moves_no_more() -> None:
    assert set(NEXT) == set(STATES)
    assert NEXT["delivered"] == NEXT["failed"] == ()
    for state, following in NEXT.items():
        assert "sending" not in following or state in ("held", "queued")


# Judged at the hand-over


def test_b09_a_stop_between_queue_and_hand_over_wins(shop: Shop) -> None:
    shop.add([number(1), number(2)])
    queue(shop)
    shop.text(number(1), "STOP")
    assert shop.taken(number(1)) == [shop.sms.settings().reply("opt_out")]
    assert len(shop.taken(number(2))) == 1
    assert shop.sms.why("Sale", number(1)).reason == "no_consent"


@pytest.mark.parametrize("same", [True, False], ids=["the sending object", "another object on the store"])
@pytest.mark.parametrize("claimed", [True, False], ids=["whose text is claimed", "whose text waits"])
def test_c13_a_stop_while_a_campaign_runs(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, claimed: bool, same: bool
) -> None:
    """A customer texts STOP while another thread hands over: after our answer there is the confirmation, and no more.
    A text that was claimed already has reached the carrier by then; one that waits never leaves."""
    receiving = shop.sms if same else Sms(shop.sms._store, shop.carrier, clock=lambda: shop.now)
    monkeypatch.setattr(dispatch, "BATCH", 2)
    people = [number(index) for index in range(12)]
    shop.add(people)
    customer = people[0] if claimed else people[-1]
    send, midway = shop.carrier.send, Event()

    def send_slowly(batch: Sequence[OutboundText], now: datetime) -> list[Answer | Receipt]:
        if not midway.is_set():
            midway.set()
            turnstile, _ = dispatch._locks_of(shop.database)
            for _ in range(1_000):  # until the customer's text is waiting for this batch; not for ever
                if turnstile.locked():
                    break
                sleep(0.001)
        return send(batch, now)

    monkeypatch.setattr(shop.carrier, "send", send_slowly)
    starting.queue(shop.sms._store, campaign(), By("ann", "owner"), NOON)
    running = Thread(target=shop.sms.advance, args=(NOON,))
    running.start()
    assert midway.wait(timeout=30)
    receiving.receive(customer, "+18885550100", "Stop", carrier_id="m1")
    before = shop.taken(customer)
    running.join()
    assert shop.taken(customer) == before
    assert before[-1] == shop.sms.settings().reply("opt_out")
    # The opt-out did not have to wait for the whole campaign.
    assert len(before) == (2 if claimed else 1)
    assert shop.states() == ({"sent": 12} if claimed else {"sent": 11, "skipped": 1})


def test_a09_what_is_held_at_night_leaves_in_the_morning(shop: Shop) -> None:
    shop.add([number(1, area="212"), number(1, area="415")])
    shop.now = NIGHT
    shop.sms.send("ann", "owner", campaign())
    assert shop.states() == {"held": 2}
    shop.sms.advance(NIGHT + 24 * HOUR, since=NIGHT)
    local = {text.number: text.taken_at for text in shop.carrier.taken()}
    # Eight in New York is noon UTC in summer; nine in San Francisco, where the law is stricter, four hours later.
    assert local[number(1, area="212")] == NIGHT.replace(hour=12)
    assert local[number(1, area="415")] == NIGHT.replace(hour=16)


def test_a09_quiet_hours_count_at_the_hand_over_and_not_when_queued(shop: Shop) -> None:
    shop.add([number(1)])
    queue(shop)
    shop.sms.advance(NIGHT)
    assert shop.states() == {"held": 1}
    assert not shop.taken()


def test_a09_a_text_carries_the_end_of_the_window_as_its_validity(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[OutboundText] = []
    monkeypatch.setattr(shop.carrier, "send", lambda batch, now: given.extend(batch) or [])
    shop.add([number(1)])
    shop.sms.send("ann", "owner", campaign())
    shop.sms.send("ann", "owner", campaign(name="Order", transactional=True))
    assert [text.valid_until for text in given] == [(NOON + timedelta(days=1)).replace(hour=1), None]


def test_a08_two_campaigns_at_once_text_a_number_once(shop: Shop) -> None:
    shop.add([number(1)])
    queue(shop, name="One")
    queue(shop, name="Two")
    shop.sms.advance(NOON)
    assert len(shop.taken()) == 1
    assert shop.sms.why("Two", number(1)).reason == "smart_sending"


def test_a03_two_sends_at_once_never_overdraw(bare: Shop) -> None:
    bare.set_up(credits=0)
    bare.add(number(index) for index in range(40))
    bare.add(number(index, area="415") for index in range(40))
    for name, area in (("One", "212"), ("Two", "415")):
        queue(bare, name=name, include=(f"phone_number LIKE '+1{area}%'",))
    bare.sms.advance(NOON)
    assert len(bare.taken()) == 50
    assert bare.sms.balance().trial_messages == 0


def test_b10_a_message_queued_for_an_earlier_number_does_not_leave(shop: Shop) -> None:
    shop.add([number(1)])
    queue(shop)
    with shop.database.transaction() as connection:
        connection.execute("UPDATE profiles SET phone_number = ?", [number(2)])
    shop.sms.advance(NOON)
    assert not shop.taken()
    assert shop.sms.why("Sale", "c1").reason == "no_consent"


# Carriers in trouble


def test_c06_a_busy_carrier_is_tried_again_later(shop: Shop) -> None:
    shop.add([number(1, BUSY)])
    shop.sms.send("ann", "owner", campaign())
    assert shop.states() == {"queued": 1}
    assert shop.sms.balance().trial_messages == 50
    shop.sms.advance(NOON + timedelta(seconds=29))
    assert not shop.taken()
    shop.sms.advance(NOON + timedelta(seconds=45))
    assert len(shop.taken()) == 1
    assert shop.sms.balance().trial_messages == 49


def test_c06_waits_for_a_busy_carrier_grow_and_are_spread(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def busy(batch: Sequence[OutboundText], now: datetime) -> list[Answer]:
        tries.append(now)
        return [Answer(text.reference, "busy") for text in batch]

    monkeypatch.setattr(shop.carrier, "send", busy)
    shop.add([number(1)])
    shop.sms.send("ann", "owner", campaign())
    shop.sms.advance(NOON + timedelta(minutes=12), since=NOON)
    waits = [(later - earlier).total_seconds() for earlier, later in pairwise(tries)]
    assert len(waits) == 4
    assert all(least <= wait <= 1.5 * least for least, wait in zip((30, 60, 120, 240), waits, strict=True))
    assert waits != [30, 60, 120, 240]


def test_c06_a_refusal_fails_at_once_and_gives_the_credits_back(shop: Shop) -> None:
    shop.add([number(1, 6), number(2)])
    shop.sms.send("ann", "owner", campaign())
    assert shop.states() == {"failed": 1, "sent": 1}
    assert shop.sms.report("Sale").failed == {"invalid_number": 1}
    assert shop.sms.balance().trial_messages == 49
    assert shop.events("Failed to Deliver SMS") == 1


@contextmanager
def broken_off(shop: Shop, *, taken: bool) -> Iterator[None]:
    """A carrier that breaks off, after or before it took what it was given, and cannot be asked meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        send = shop.carrier.send

        def break_off(batch: Sequence[OutboundText], now: datetime) -> list[Answer | Receipt]:
            if taken:
                send(batch, now)
            raise CarrierUnreachableError

        patch.setattr(shop.carrier, "send", break_off)
        yield


@pytest.mark.parametrize("taken", [True, False])
def test_c05_a_hand_over_in_doubt_is_asked_about_and_never_sent_blindly(shop: Shop, taken: bool) -> None:
    shop.add([number(1)])
    with broken_off(shop, taken=taken):
        shop.sms.send("ann", "owner", campaign())
        assert shop.states() == {"unknown": 1}
        shop.sms.advance(NOON + timedelta(minutes=1))
    assert len(shop.taken()) == int(taken)
    shop.sms.advance(NOON + HOUR, since=NOON)
    assert len(shop.taken()) == 1
    assert shop.states() == {"delivered": 1}


def test_c05_a_carrier_that_cannot_say_leaves_it_unknown(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.add([number(1)])
    with broken_off(shop, taken=False):
        shop.sms.send("ann", "owner", campaign())
    monkeypatch.setattr(shop.carrier, "find", lambda references: {})
    shop.sms.advance(NOON + 100 * HOUR, since=NOON)
    assert shop.states() == {"unknown": 1}
    assert not shop.taken()


def test_c12_no_receipt_at_all_ends_as_unknown(shop: Shop) -> None:
    shop.add([number(1, SILENT)])
    shop.sms.send("ann", "owner", campaign())
    shop.sms.advance(NOON + outcomes.RECEIPT_DEADLINE - timedelta(seconds=1))
    assert shop.states() == {"sent": 1}
    shop.sms.advance(NOON + outcomes.RECEIPT_DEADLINE)
    assert shop.states() == {"unknown": 1}
    assert shop.sms.why("Sale", number(1, SILENT)).reason == "no_receipt"


# Killed at every step


class Killed(BaseException):
    """The process is gone."""


def kill_at(shop: Shop, step: int, patch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Die at the n-th step of whatever follows: before a transaction, before its commit, and around a hand-over."""
    steps = 0

    def pass_or_die() -> None:
        nonlocal steps
        steps += 1
        if steps == step:
            raise Killed

    transaction, send = shop.database.transaction, shop.carrier.send

    @contextmanager
    def mortal_transaction(*, names: bool = True) -> Iterator[Any]:
        pass_or_die()
        with transaction(names=names) as connection:
            yield connection
            pass_or_die()

    def mortal_send(batch: Sequence[OutboundText], now: datetime) -> list[Answer | Receipt]:
        pass_or_die()
        reports = send(batch, now)
        pass_or_die()
        return reports

    patch.setattr(shop.database, "transaction", mortal_transaction)
    patch.setattr(shop.carrier, "send", mortal_send)
    return lambda: steps


def test_c05_killed_at_any_step_nobody_is_texted_twice_and_nobody_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dispatch, "BATCH", 2)
    people = [number(index, index % 2 * 9) for index in range(3)]
    step = 0
    while True:
        step += 1
        shop = Shop().set_up()
        shop.add([*people, None])
        with pytest.MonkeyPatch.context() as patch:
            died = False
            steps = kill_at(shop, step, patch)
            try:
                shop.sms.send("ann", "owner", campaign())
            except Killed:
                died = True
        shop.now = NOON + HOUR
        shop.sms = shop.open_sms()
        shop.sms.send("ann", "owner", campaign())
        shop.sms.advance(shop.now + HOUR, since=shop.now)
        assert sorted(text.number for text in shop.carrier.taken()) == sorted(people), step
        assert shop.states() == {"delivered": 3, "skipped": 1}, step
        assert shop.events("Received SMS") == 3
        assert shop.sms.balance().trial_messages == 47
        shop.close()
        if not died:
            break
    assert steps() > 10


KILLED_PROCESS = """
import os, signal, sys
sys.path.insert(0, {tests!r})
from sms.shop import Shop, campaign, number
shop = Shop({store!r}, {memory!r}).set_up()
shop.add(number(index) for index in range(20))
send = shop.carrier.send
def send_and_die(batch, now):
    send(batch, now)
    os.kill(os.getpid(), signal.SIGKILL)
shop.carrier.send = send_and_die
shop.sms.send("ann", "owner", campaign())
"""


def test_c13_kill_9_after_the_carrier_took_a_batch(tmp_path: Path) -> None:
    store, memory = str(tmp_path / "shop.duckdb"), str(tmp_path / "network")
    tests = str(Path(__file__).parent.parent)
    code = KILLED_PROCESS.format(tests=tests, store=store, memory=memory)
    repository = str(Path(__file__).parent.parent.parent)
    ended = subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        cwd=repository,
        env={**os.environ, "PYTHONPATH": repository},
    )
    assert ended.returncode == -signal.SIGKILL
    shop = Shop(store, memory)
    try:
        assert shop.states() == {"sending": 20}
        shop.sms.send("ann", "owner", campaign())
        shop.sms.advance(NOON + HOUR, since=NOON)
        assert len(shop.taken()) == 20
        assert shop.states() == {"delivered": 20}
    finally:
        shop.close()
