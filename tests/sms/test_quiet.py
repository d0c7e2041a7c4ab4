"""A09: quiet hours by the clocks of everywhere a person may be."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segql.sms import may_text
from segql.sms.opening import surroundings
from segql.sms.places.law import closed_days, lawful_week
from segql.sms.places.place import AREA_LENGTH, PREFIX_LENGTH, Place, rows
from segql.sms.quiet import DAYTIME, every_day, hours, whole_week
from segql.sms.settings import SmsSettings

NEW_YORK, LOS_ANGELES, CHICAGO = "America/New_York", "America/Los_Angeles", "America/Chicago"


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


def place(number: str | None = None, issued: str | None = None, /, **said: str) -> Place:
    length = AREA_LENGTH if number and number.startswith("+1") else PREFIX_LENGTH
    return Place(number=number[:length] if number else None, number_country=issued, **said)


@pytest.mark.parametrize(
    ("where", "zones"),
    [
        (place("+12125550123", "US"), (NEW_YORK,)),
        # Pensacola is in the same area as Tallahassee, and an hour behind.
        (place("+18505550123", "US"), (CHICAGO, NEW_YORK)),
        (place("+442079460018", "GB"), ("Europe/London",)),
        (place("+18765550123", "JM"), ("America/Jamaica",)),
        (place("+99912345"), ("Europe/Paris",)),
        (place(), ("Europe/Paris",)),
        # What the profile says of where the person is comes before the number.
        (place("+12125550123", "US", timezone=LOS_ANGELES), (LOS_ANGELES,)),
        (place("+12125550123", "US", timezone="America/Gotham"), (NEW_YORK,)),
        (place("+12125550123", "US", country="US", region="CA"), (LOS_ANGELES,)),
        (place("+12125550123", "US", country="United States", region="California"), (LOS_ANGELES,)),
        (place("+12125550123", "US", country="GB"), ("Europe/London",)),
        (place("+12125550123", "US", country="US"), (NEW_YORK,)),
        (place(region="CA"), ("Europe/Paris",)),
    ],
)
def test_a09_zones_of_the_profile_else_its_location_else_its_number(
    where: Place, zones: tuple[str, ...]
) -> None:
    assert where.zones("Europe/Paris") == zones


def test_a09_a_number_that_could_be_anywhere_has_its_country_s_zones() -> None:
    zones = place("+18005550123", "US").zones("Europe/Paris")
    assert {"Pacific/Honolulu", "America/Anchorage", NEW_YORK, CHICAGO} <= set(zones)


def test_a09_the_strictest_window_of_every_place_holds() -> None:
    """Stated or presumed by the area code: somebody in Texas with a number of Florida."""
    week = lawful_week(place("+13055550123", "US", country="US", region="TX"), every_day(DAYTIME))
    assert week[0] == (time(9), time(20))
    assert week[6] == (time(12), time(20))
    assert lawful_week(place("+12125550123", "US"), every_day(DAYTIME)) == every_day(DAYTIME)


def test_a09_without_quiet_hours_the_law_still_holds() -> None:
    assert lawful_week(place("+12125550123", "US"), whole_week()) == every_day((time(8), time(21)))
    assert lawful_week(place("+442079460018", "GB"), whole_week()) == whole_week()


def test_a09_a_closed_day_is_passed_over() -> None:
    sunday = local("2026-06-07 12:00", "Europe/Paris")
    found = hours(sunday, ["Europe/Paris"], lawful_week(place("+33612345678", "FR"), every_day(DAYTIME)))
    assert (found.open, found.opens_at) == (False, local("2026-06-08 08:00", "Europe/Paris"))


def test_a09_a_public_holiday_is_passed_over() -> None:
    """Easter Monday, behind an Easter Sunday."""
    paris = place("+33612345678", "FR")
    around = surroundings("\x1f".join(part or "" for part in paris), SmsSettings(), "UTC")
    found = around.hours(local("2026-04-04 23:00", "Europe/Paris"))
    assert (found.open, found.opens_at) == (False, local("2026-04-07 08:00", "Europe/Paris"))
    assert around.hours(local("2026-04-07 12:00", "Europe/Paris")).open
    assert closed_days(place("+442079460018", "GB")) == frozenset()


def test_a09_a_week_without_quiet_hours_does_not_close_at_midnight() -> None:
    found = hours(local("2026-06-07 23:59"), [NEW_YORK], whole_week())
    assert (found.open, found.closes_at) == (True, None)


def test_a09_every_row_of_the_law_has_its_source_and_date() -> None:
    for row in [
        row for name in ("quiet_hours.csv", "closed_days.csv", "area_codes.csv") for row in rows(name)
    ]:
        assert row["source"]
        assert datetime.fromisoformat(row["date"])


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
    found = hours(at, zones, every_day(DAYTIME))
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
