"""C06: a campaign of which carriers filter too many pauses itself, and says why."""

from datetime import timedelta

import pytest

from segql.sms.filtered import FEWEST_FILTERED, LAST_TEXTS

from .shop import BAD, DELIVERED, NOON, REJECTED, Shop, campaign, number

HOUR = timedelta(hours=1)


def send_and_hear(shop: Shop, digits: list[int]) -> tuple[str, str | None]:
    """A campaign to people whose numbers fare by these digits, and to five in Tokyo, who sleep until 23:00 UTC. What it is
    an hour later, and why."""
    shop.add(number(index, digit) for index, digit in enumerate(digits))
    sleepers = [number(1000 + index, area="415") for index in range(5)]
    shop.add(sleepers, timezone=["Asia/Tokyo"] * 5)
    shop.sms.send("ann", "owner", campaign())
    shop.sms.advance(NOON + HOUR)
    found = shop.sms.outbound.progress("Sale")
    return found.status, found.fault


def test_c06_a_campaign_that_carriers_filter_pauses_itself_and_can_be_resumed(shop: Shop) -> None:
    found = send_and_hear(shop, [REJECTED] * 20)
    assert found == ("paused", "carriers took 20 of its last 20 texts for spam")
    shop.sms.advance(NOON + 24 * HOUR, since=NOON + HOUR)
    assert (len(shop.taken()), shop.states()) == (20, {"failed": 20, "held": 5})
    (entry, *_) = shop.sms.account.audit()
    assert (entry.actor, entry.what, entry.after) == ("carrier", "campaign Sale", "paused")
    resumed = shop.sms.outbound.resume("ann", "owner", "Sale", at=NOON + 24 * HOUR)
    assert (resumed.status, resumed.fault) == ("running", None)
    shop.sms.advance(NOON + 24 * HOUR)
    shop.sms.advance(NOON + 48 * HOUR, since=NOON + 24 * HOUR)
    assert shop.states() == {"delivered": 5, "failed": 20}


def test_c06_few_filtered_texts_and_other_failures_pause_nothing(shop: Shop) -> None:
    assert send_and_hear(shop, [REJECTED] * (FEWEST_FILTERED - 1) + [BAD] * 20) == ("running", None)


@pytest.mark.parametrize(("percent", "status"), [(9, "paused"), (10, "running"), (None, "running")])
def test_c06_the_share_is_a_setting(shop: Shop, percent: int | None, status: str) -> None:
    shop.sms.change_settings("ann", "owner", {"filtered_percent": percent})
    tenth = LAST_TEXTS // 10
    assert send_and_hear(shop, [REJECTED] * tenth + [DELIVERED] * (9 * tenth))[0] == status
