"""A09: quiet hours by the clocks of everywhere a person may be."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segql.sms import may_text
from segql.sms.quiet import PREFIX_LENGTH, hours, zones_of

NEW_YORK, LOS_ANGELES = "America/New_York", "America/Los_Angeles"


def local(text: str, zone: str = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("at", "zones", "open"),
    [
        ("2026-06-01 07:59:59", [NEW_YORK], False),
        ("2026-06-01 08:00:00", [NEW_YORK], True),
        ("2026-06-01 20:59:59", [NEW_YORK], True),
        ("2026-06-01 21:00:00", [NEW_YORK], False),
        # Eight in New York is five in Los Angeles.
        ("2026-06-01 08:00:00", [NEW_YORK, LOS_ANGELES], False),
        ("2026-06-01 11:00:00", [NEW_YORK, LOS_ANGELES], True),
        # The clock there, not the offset of half a year ago: the days around daylight saving's end.
        ("2026-10-31 08:00:00", [NEW_YORK], True),
        ("2026-11-01 08:00:00", [NEW_YORK], True),
        ("2026-11-01 07:59:00", [NEW_YORK], False),
    ],
)
def test_a09_the_window_is_half_open_in_all_zones(at: str, zones: list[str], open: bool) -> None:
    assert may_text(local(at), zones) is open


def test_a09_the_offset_of_utc_is_a_zone_like_any_other() -> None:
    assert not may_text(datetime(2026, 6, 1, 7, tzinfo=UTC), ["UTC"])
    assert may_text(datetime(2026, 6, 1, 8, tzinfo=UTC), ["UTC"])


def test_a09_a_window_can_be_stricter() -> None:
    assert not may_text(local("2026-06-01 20:00"), [NEW_YORK], (time(9), time(20)))


NAIVE = datetime(2026, 6, 1, 12)  # noqa: DTZ001


@pytest.mark.parametrize(("at", "zones"), [(NAIVE, [NEW_YORK]), (local("2026-06-01 12:00"), [])])
def test_a09_no_zone_is_no_permission(at: datetime, zones: list[str]) -> None:
    with pytest.raises(ValueError, match="zone"):
        may_text(at, zones)


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+12125550123", (NEW_YORK,)),
        ("+18005550123", ("Europe/Paris",)),  # toll-free: anywhere in +1, so the account's zone
        ("+442079460018", ("Europe/London",)),
        ("+99912345", ("Europe/Paris",)),
    ],
)
def test_a09_zones_of_a_number(number: str, zones: tuple[str, ...]) -> None:
    assert zones_of(number[:PREFIX_LENGTH], "Europe/Paris") == zones


def test_a09_a_stated_zone_counts_and_a_misspelt_one_does_not() -> None:
    assert zones_of(LOS_ANGELES, NEW_YORK) == (LOS_ANGELES,)
    assert zones_of("America/Gotham", NEW_YORK) == (NEW_YORK,)
    assert zones_of(None, NEW_YORK) == (NEW_YORK,)


ZONES = st.lists(
    st.sampled_from([NEW_YORK, LOS_ANGELES, "Europe/London", "Asia/Kolkata", "Pacific/Auckland", "UTC"]),
    min_size=1,
    max_size=3,
)
INSTANTS = st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001
    datetime(2027, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@given(INSTANTS, ZONES)
def test_a09_a_window_opens_and_closes_when_it_says(at: datetime, zones: list[str]) -> None:
    found = hours(at, zones)
    assert found.open == may_text(at, zones)
    if found.open:
        assert found.closes_at is not None and found.closes_at > at
        assert not may_text(found.closes_at, zones)
        assert may_text(found.closes_at - timedelta(seconds=1), zones)
    elif found.opens_at is not None:
        assert found.opens_at > at
        assert may_text(found.opens_at, zones)
        assert not may_text(found.opens_at - timedelta(seconds=1), zones)
    else:
        assert not any(may_text(at + timedelta(minutes=15 * step), zones) for step in range(4 * 24))
