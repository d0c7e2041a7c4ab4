"""How many can be reached by each channel, and why the others cannot: figures that add up to the audience."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import segql
from segql.sms.errors import SmsCode, SmsError
from segql.sms.gates import BY_CODE
from segql.sms.reach import email_reach, sms_reach
from tests.web.conftest import shop
from tests.web.office import NOON, Office, opened_office

__all__ = ["shop"]

WHO = ("everybody", "SMS Women", 'did "Placed Order" in the last 30 days', 'first_name is "nobody at all"')


@pytest.fixture(scope="module")
def office(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with opened_office(shop, tmp_path_factory.mktemp("office")) as opened:
        yield opened


@pytest.mark.parametrize("who", WHO)
def test_figures_add_up(office: Office, who: str) -> None:
    store = office.store
    count = store.count(who, NOON)
    asked = f'in segment "{who}"' if store.catalog.segment(who) else who
    for reach in (sms_reach(store, who, NOON), email_reach(store, asked, NOON)):
        assert reach.audience == count
        assert reach.reached + sum(number for _, number in reach.stopped) == count
        assert all(number > 0 for _, number in reach.stopped)
    assert email_reach(store, asked, NOON).reached == store.count(f"{asked} and can receive email", NOON)


def test_who_is_only_held_up_is_reached(office: Office) -> None:
    """The hour stops nobody for good: at night as many are reached as by day."""
    day = sms_reach(office.store, "everybody", NOON)
    night = sms_reach(office.store, "everybody", NOON.replace(hour=7))
    assert day.reached == night.reached > 0
    told = {words for words, _ in day.stopped}
    assert BY_CODE["no_number"].words in told
    assert not told & {BY_CODE[code].words for code in ("quiet_hours", "smart_sending", "frequency_cap")}


def test_it_is_told_where_sms_is_not_set_up() -> None:
    with segql.open(":memory:", create=True) as store:
        with pytest.raises(SmsError) as told:
            sms_reach(store, "everybody", NOON)
        assert told.value.code == SmsCode.NOT_SET_UP
        assert email_reach(store, "everybody", NOON).audience == 0
