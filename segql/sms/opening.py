"""Opening hours of an audience: for each place where somebody in it may be, whether people may be texted there now."""

from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from segql.runtime.store.sql import registered
from segql.sms.instants import stored
from segql.sms.places.law import closed_days, lawful_week
from segql.sms.places.place import AREA_LENGTH, PREFIX_LENGTH, Place
from segql.sms.quiet import Hours, Week, hours
from segql.sms.settings import SmsSettings

if TYPE_CHECKING:
    import duckdb

# SQL for the place of the profile `p`: what `Place` is made of, as one text. Few people differ in it.
PLACE = f"""concat_ws(chr(31), coalesce(p.timezone, ''), coalesce(left(p.phone_number,
  if(starts_with(p.phone_number, '+1'), {AREA_LENGTH}, {PREFIX_LENGTH})), ''), coalesce(p.phone_country, ''),
  coalesce(p.country, ''), coalesce(p.region, ''))"""


def read_place(place: str) -> Place:
    """A place, as `PLACE` writes it."""
    return Place(*(part or None for part in place.split("\x1f")))


class Surroundings(NamedTuple):
    """The zones that a person may be in, when people may be texted there, and the days on which they may not."""

    zones: tuple[str, ...]
    week: Week
    closed: frozenset[date]

    def hours(self, at: datetime) -> Hours:
        """Whether people may be texted there at `at`, and until or from when."""
        return hours(at, self.zones, self.week, self.closed)


def surroundings(place: str, settings: SmsSettings, default_zone: str) -> Surroundings:
    """What holds at a place, as `PLACE` writes it. `default_zone`: where nothing says more."""
    known = read_place(place)
    return Surroundings(known.zones(default_zone), lawful_week(known, settings.week), closed_days(known))


def make_opening_hours(
    connection: "duckdb.DuckDBPyConnection", settings: SmsSettings, default_zone: str, at: datetime
) -> None:
    """Make the temporary table `opening_hours` of the places of the table `addressed`: place, open, opens_at,
    closes_at."""
    import pyarrow as pa

    places = connection.execute("SELECT DISTINCT place FROM addressed").fetchall()
    found = {place: surroundings(place, settings, default_zone) for (place,) in places}
    # Many places have the same clocks and the same law.
    there = {around: around.hours(at) for around in set(found.values())}
    rows = [(place, there[around]) for place, around in found.items()]
    table = pa.table(
        {
            "place": pa.array([place for place, _ in rows], pa.string()),
            "open": pa.array([opening.open for _, opening in rows], pa.bool_()),
            "opens_at": pa.array([_seconds(opening.opens_at) for _, opening in rows], pa.timestamp("s")),
            "closes_at": pa.array([_seconds(opening.closes_at) for _, opening in rows], pa.timestamp("s")),
        }
    )
    with registered(connection, "given_hours", table):
        connection.execute("CREATE OR REPLACE TEMP TABLE opening_hours AS FROM given_hours")


def _seconds(instant: datetime | None) -> datetime | None:
    return None if instant is None else stored(instant)
