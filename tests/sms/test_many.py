"""C12 and C13 in large numbers: receipts shuffled and doubled, and customers who text STOP while a campaign runs."""

import os
from datetime import timedelta
from random import Random
from threading import Thread

import pytest

from segql.sms import Sms, dispatch, starting
from segql.sms.audit import By
from segql.sms.carriers.base import Receipt
from segql.sms.receipts import apply_receipts, store_receipts

from .shop import NOON, Shop, campaign, number

RECEIPTS = int(os.environ.get("SEGQL_RECEIPTS", "10000"))
CUSTOMERS = int(os.environ.get("SEGQL_CUSTOMERS", "60"))


def test_c12_receipts_shuffled_and_doubled_come_to_the_same(shop: Shop) -> None:
    people = RECEIPTS // 4
    shop.sms.add_credits("ann", "owner", people)
    shop.add(number(index) for index in range(people))
    shop.sms.send("ann", "owner", campaign())
    ids = [each for (each,) in shop.rows("SELECT carrier_id FROM sms_messages ORDER BY message_id")]
    receipts = []
    for index, carrier_id in enumerate(ids):
        final = "failed" if index % 10 == 0 else "delivered"
        for nth, status in enumerate(("sent", final)):
            report = Receipt(f"{index}-{nth}", carrier_id, status.upper(), status, NOON, None)  # type: ignore[arg-type]
            receipts += [report, report]
    Random(7).shuffle(receipts)
    for begin in range(0, len(receipts), 997):
        with shop.database.transaction() as connection:
            batch = receipts[begin : begin + 997]
            store_receipts(connection, shop.carrier.name, batch, NOON + timedelta(hours=1))
            apply_receipts(connection, NOON + timedelta(hours=1))
    failed = len(range(0, people, 10))
    assert shop.states() == {"delivered": people - failed, "failed": failed}
    effects = dict(shop.rows("SELECT effect, count(*) FROM sms_receipts GROUP BY effect"))
    assert effects == {"applied": people, "repeated": people, "late": 2 * people}
    assert shop.scalar("SELECT sum(contradictions) FROM sms_messages") == 0
    assert shop.events("Received SMS") == people - failed
    steps = dict(shop.rows("SELECT state, count(*) FROM sms_steps GROUP BY state"))
    assert (steps["delivered"], steps["failed"]) == (people - failed, failed)


@pytest.mark.parametrize("senders", [1, 2])
def test_c13_many_customers_text_stop_while_a_campaign_runs(
    monkeypatch: pytest.MonkeyPatch, senders: int
) -> None:
    """After our answer to each the carrier gets nothing more for the number but the one confirmation."""
    monkeypatch.setattr(dispatch, "BATCH", 10)
    shop = Shop().set_up(credits=10 * CUSTOMERS)
    people = [number(index) for index in range(5 * CUSTOMERS)]
    shop.add(people)
    starting.queue(shop.sms._store, campaign(), By("ann", "owner"), NOON)
    working = [Sms(shop.sms._store, shop.carrier, clock=lambda: NOON) for _ in range(senders)]
    threads = [Thread(target=each.advance, args=(NOON,)) for each in working]
    for thread in threads:
        thread.start()
    customers = Random(7).sample(people, CUSTOMERS)
    seen: dict[str, list[str]] = {}
    for customer in customers:
        shop.sms.receive(customer, "+18885550100", "Stop", carrier_id=customer)
        seen[customer] = shop.taken(customer)
    for thread in threads:
        thread.join()
    shop.sms.advance(NOON + timedelta(hours=1))
    confirmation = shop.sms.settings().reply("opt_out")
    for customer in customers:
        assert shop.taken(customer) == seen[customer]
        assert seen[customer][-1] == confirmation
        assert seen[customer].count(confirmation) == 1
    taken = [text.number for text in shop.carrier.taken() if text.body != confirmation]
    assert len(taken) == len(set(taken))
    assert set(people) - set(taken) <= set(customers), "nobody else is lost"
    assert sum(shop.states().values()) == len(people)
    shop.close()
