"""C06: how fast each sending number hands over, and what goes out before what."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segql.sms import Sms, starting
from segql.sms.audit import By
from segql.sms.carriers.base import COMMON_RATES

from .shop import NOON, Shop, campaign, number

SECOND = timedelta(seconds=1)


def taken_by_second(shop: Shop) -> list[int]:
    """How many texts the carrier took in each second from noon on."""
    seconds = [int((text.taken_at - NOON).total_seconds()) for text in shop.carrier.taken()]
    return [seconds.count(second) for second in range(max(seconds) + 1)]


def test_c06_a_number_hands_over_so_many_parts_a_second(shop: Shop) -> None:
    shop.carrier.rates = COMMON_RATES  # toll-free: 3
    shop.add(number(index) for index in range(10))
    shop.sms.send("ann", "owner", campaign())
    assert len(shop.taken()) == 3
    waiting = shop.sms.outbound.progress("Sale")
    assert (waiting.parts_waiting, waiting.ends_at) == (7, NOON + 2 * SECOND)
    shop.sms.advance(NOON + timedelta(minutes=1), since=NOON)
    assert taken_by_second(shop) == [3, 3, 3, 1]


def test_c06_what_waits_at_a_number_leaves_after_all_of_it(shop: Shop) -> None:
    shop.carrier.rates = COMMON_RATES
    shop.add(number(index) for index in range(10))
    shop.sms.send("ann", "owner", campaign())
    with shop.database.transaction() as connection:
        connection.execute(
            "UPDATE sms_messages SET state = 'held' WHERE state = 'queued' AND message_id % 2 = 0"
        )
    waiting = shop.sms.outbound.progress("Sale")
    assert waiting.states["held"] * waiting.states["queued"] > 0
    assert (waiting.parts_waiting, waiting.ends_at) == (7, NOON + 2 * SECOND)


def test_c06_a_long_text_takes_its_parts_and_is_not_starved(shop: Shop) -> None:
    shop.carrier.rates = COMMON_RATES
    shop.add(number(index) for index in range(3))
    shop.sms.send("ann", "owner", campaign("x" * 600))  # five parts
    shop.sms.advance(NOON + timedelta(minutes=1), since=NOON)
    assert taken_by_second(shop) == [1, 1, 0, 1]


def test_c06_all_who_send_share_one_allowance(shop: Shop) -> None:
    shop.carrier.rates = COMMON_RATES
    shop.add(number(index) for index in range(10))
    second = Sms(shop.sms._store, shop.carrier, clock=lambda: shop.now)
    shop.sms.send("ann", "owner", campaign())
    second.advance(NOON)
    assert len(shop.taken()) == 3
    second.advance(NOON + SECOND)
    shop.sms.advance(NOON + SECOND)
    assert len(shop.taken()) == 6


def test_c06_replies_come_before_transactional_before_flows_before_campaigns(shop: Shop) -> None:
    from segql.sms import Flow

    from .test_flows import happen

    shop.carrier.rates = {"toll_free": 1}
    shop.add(number(index) for index in range(4))
    shop.order("c1", 5, NOON - timedelta(days=2))
    shop.sms.outbound.save_flow("ann", "owner", Flow("Thanks", "Thank you.", event="Placed Order"))
    starting.queue(
        shop.sms._store, campaign("Sale", include=("external_id = 'c4'",)), By("ann", "owner"), NOON
    )
    order = campaign("Sent", name="Order", include=("external_id = 'c3'",), transactional=True)
    starting.queue(shop.sms._store, order, By("ann", "owner"), NOON)
    happen(shop, "c2", NOON)
    shop.carrier.text(number(0), "HELP", NOON)
    shop.sms.advance(NOON + timedelta(minutes=1), since=NOON - SECOND)
    order_of = [text.number for text in shop.carrier.taken()]
    assert order_of == [number(0), number(2), number(1), number(3)]


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.integers(1, 400), min_size=1, max_size=12),
    st.lists(st.integers(0, 4), min_size=1, max_size=12),
)
def test_c06_no_span_of_time_sees_more_than_the_rate(lengths: list[int], pauses: list[int]) -> None:
    shop = Shop().set_up()
    try:
        shop.carrier.rates = {"toll_free": 2}
        for index, length in enumerate(lengths):
            shop.add([number(index)])
            only = (f"external_id = 'c{index + 1}'",)
            starting.queue(
                shop.sms._store,
                campaign("x" * length, name=str(index), include=only),
                By("ann", "owner"),
                NOON,
            )
        at = NOON
        for pause in pauses:
            at += pause * SECOND
            shop.sms.advance(at)
        left = [
            (handed_at, parts)
            for handed_at, parts in shop.rows(
                "SELECT handed_at, parts FROM sms_messages WHERE handed_at IS NOT NULL ORDER BY handed_at, message_id"
            )
        ]
        for first, (begin, _) in enumerate(left):
            for last in range(first, len(left)):
                elapsed = (left[last][0] - begin).total_seconds()
                # The last text may be longer than what was left.
                assert sum(parts for _, parts in left[first:last]) < 2 * (elapsed + 1) or first == last
    finally:
        shop.close()


def test_c06_without_a_rate_everything_leaves_at_once(shop: Shop) -> None:
    shop.add(number(index) for index in range(10))
    shop.sms.send("ann", "owner", campaign())
    assert len(shop.taken()) == 10
    assert shop.sms.outbound.progress("Sale").ends_at is None
