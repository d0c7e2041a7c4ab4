"""C12 and E01: receipts that come late, twice, early, or at odds."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segql.sms import starting
from segql.sms.audit import By
from segql.sms.carriers.base import Answer, Receipt
from segql.sms.dispatch import hand_over
from segql.sms.receipts import apply_receipts, store_receipts

from .shop import CONTRADICTED, EARLY, EXPIRED, NOON, REJECTED, REPEATED, UNDELIVERED, Shop, campaign, number

WORDS = {"ENROUTE": "sent", "DELIVRD": "delivered", "UNDELIV": "failed", "WHAT?": None}


def receipt(word: str, carrier_id: str = "x1") -> Receipt:
    return Receipt("r", carrier_id, word, WORDS[word], NOON, "unreachable" if word == "UNDELIV" else None)  # type: ignore[arg-type]


def report(shop: Shop, *receipts: Receipt) -> None:
    with shop.database.transaction() as connection:
        store_receipts(connection, shop.carrier.name, receipts, NOON)
        apply_receipts(connection, NOON)


def effects(shop: Shop) -> list[str]:
    return [effect for (effect,) in shop.rows("SELECT effect FROM sms_receipts ORDER BY receipt_id")]


@pytest.fixture
def sent(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """One message, accepted as x1."""
    monkeypatch.setattr(
        shop.carrier, "send", lambda batch, now: [Answer(batch[0].reference, "accepted", "x1")]
    )
    shop.add([number(1)])
    shop.sms.send("ann", "owner", campaign())
    return shop


@pytest.mark.parametrize(
    ("words", "state", "effects_seen", "contradictions"),
    [
        (["DELIVRD"], "delivered", ["applied"], 0),
        (["UNDELIV"], "failed", ["applied"], 0),
        (["DELIVRD", "ENROUTE"], "delivered", ["applied", "late"], 0),
        (["ENROUTE", "DELIVRD"], "delivered", ["late", "applied"], 0),
        (["DELIVRD", "DELIVRD"], "delivered", ["applied", "repeated"], 0),
        (["DELIVRD", "UNDELIV"], "delivered", ["applied", "contradicted"], 1),
        (["UNDELIV", "DELIVRD", "DELIVRD"], "failed", ["applied", "contradicted", "contradicted"], 2),
        (["WHAT?", "DELIVRD"], "delivered", ["unrecognized", "applied"], 0),
        (["WHAT?"], "sent", ["unrecognized"], 0),
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_c12_the_first_final_receipt_wins(
    sent: Shop, words: list[str], state: str, effects_seen: list[str], contradictions: int, together: bool
) -> None:
    receipts = [receipt(word) for word in words]
    for batch in [receipts] if together else [[each] for each in receipts]:
        report(sent, *batch)
    assert sent.states() == {state: 1}
    assert effects(sent) == effects_seen
    assert sent.scalar("SELECT contradictions FROM sms_messages") == contradictions


def test_c12_a_receipt_for_a_message_not_yet_known_waits_for_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.add([number(1)])
    report(shop, receipt("DELIVRD"))
    assert effects(shop) == ["waiting"]
    monkeypatch.setattr(
        shop.carrier, "send", lambda batch, now: [Answer(batch[0].reference, "accepted", "x1")]
    )
    shop.sms.send("ann", "owner", campaign())
    assert shop.states() == {"delivered": 1}
    assert effects(shop) == ["applied"]


def test_c12_a_receipt_of_another_message_changes_nothing(sent: Shop) -> None:
    report(sent, receipt("DELIVRD", "x2"))
    assert sent.states() == {"sent": 1}
    assert effects(sent) == ["waiting"]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.sampled_from(sorted(WORDS)), max_size=4), max_size=4), st.integers(0, 4))
def test_c12_any_receipts_in_any_order_come_to_the_first_final_one(
    batches: list[list[str]], answered_after: int
) -> None:
    shop = Shop().set_up()
    try:
        shop.add([number(1)])
        starting.queue(shop.sms._store, campaign(), By("ann", "owner"), NOON)
        shop.carrier.send = lambda batch, now: [Answer(batch[0].reference, "accepted", "x1")]  # type: ignore[method-assign]
        for index, batch in enumerate(batches):
            if index == answered_after:
                hand_over(shop.sms._line, NOON)
            report(shop, *(receipt(word) for word in batch))
        hand_over(shop.sms._line, NOON)
        finals = [
            WORDS[word] for batch in batches for word in batch if WORDS[word] in ("delivered", "failed")
        ]
        assert shop.states() == {finals[0] if finals else "sent": 1}
        assert shop.events("Received SMS") == (1 if finals and finals[0] == "delivered" else 0)
        assert shop.events("Failed to Deliver SMS") == (1 if finals and finals[0] == "failed" else 0)
        odd = sum(1 for final in finals if final != finals[0])
        assert shop.scalar("SELECT contradictions FROM sms_messages") == odd
    finally:
        shop.close()


@pytest.mark.parametrize(
    ("digit", "state", "received", "failed"),
    [
        (0, "delivered", 1, 0),
        (UNDELIVERED, "failed", 0, 1),
        (REJECTED, "failed", 0, 1),
        (EXPIRED, "failed", 0, 1),
        (REPEATED, "delivered", 1, 0),
        (CONTRADICTED, "delivered", 1, 0),
        (EARLY, "delivered", 1, 0),
    ],
)
def test_e01_received_is_written_once_and_only_when_the_carrier_confirms(
    shop: Shop, digit: int, state: str, received: int, failed: int
) -> None:
    shop.add([number(1, digit)])
    shop.sms.send("ann", "owner", campaign())
    for hours in (1, 2):
        shop.sms.advance(NOON.replace(hour=16 + hours))
    assert shop.states() == {state: 1}
    assert shop.events("Received SMS") == received
    assert shop.events("Failed to Deliver SMS") == failed


def test_b12_an_event_says_campaign_message_number_parts_credits_and_reason(shop: Shop) -> None:
    shop.add([number(1, UNDELIVERED)])
    shop.sms.send("ann", "owner", campaign())
    shop.sms.advance(NOON.replace(hour=17))
    row = shop.rows(
        """SELECT label, e.properties.Message::VARCHAR, e.properties.Number::VARCHAR, e.properties.Parts::INTEGER,
          e.properties.Credits::INTEGER, e.properties.Reason::VARCHAR
        FROM events e JOIN labels USING (label_id)"""
    )
    assert row == [("Sale", "1", number(1, UNDELIVERED), 1, 0, "unreachable")]
