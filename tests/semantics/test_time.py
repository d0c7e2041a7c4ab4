"""The boundaries of every time word, one second on both sides of each, in zones that make them hard.

One profile an instant, which carries it as an attribute and did something then. The intervals are written by hand, in
instants with their offset from UTC; the store and the reference must both find them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import pytest

import segql
from segql.compiler.catalog.model import Account
from segql.compiler.statements import Ask
from tests.reference.evaluate import members
from tests.reference.people import Event, EventType, Person, World
from tests.semantics.loading import load, named

SECOND = timedelta(seconds=1)
NEW_YORK = ("America/New_York", "2023-06-17T14:30:00-04:00")


@dataclass(frozen=True)
class Row:
    """A window asked at an instant in a zone: from `begin` up to, but without, `end`. None: open on that side. "now" as
    an end belongs to the window, and as a beginning does not."""

    words: str
    begin: str | None
    end: str | None
    asked: tuple[str, str] = NEW_YORK
    week_starts: Literal["monday", "sunday"] = "monday"

    def __str__(self) -> str:
        return f"{self.words}, {self.asked[1]} in {self.asked[0]}, weeks from {self.week_starts}"

    @property
    def now(self) -> datetime:
        return datetime.fromisoformat(self.asked[1]).astimezone(UTC)

    @property
    def account(self) -> Account:
        return Account(timezone=self.asked[0], week_starts=self.week_starts)

    def edge(self, written: str | None) -> datetime | None:
        """The first whole second at or behind an end."""
        if written == "now":
            return self.now.replace(microsecond=0) + SECOND
        return None if written is None else datetime.fromisoformat(written).astimezone(UTC)

    def holds(self, at: datetime) -> bool:
        begin, end = self.edge(self.begin), self.edge(self.end)
        return (begin is None or begin <= at) and (end is None or at < end)

    def probes(self) -> Iterator[datetime]:
        """Every end and the second before it; now and the second after it."""
        for edge in (self.edge(self.begin), self.edge(self.end), self.edge("now")):
            if edge is not None:
                yield from (edge - SECOND, edge)


def at(zone: str, now: str, *rows: tuple[str, str | None, str | None]) -> list[Row]:
    return [Row(*row, (zone, now)) for row in rows]


ROWS = [
    # The table of the language, with its own today.
    Row("in the last 3 days", "2023-06-14T00:00-04:00", "now"),
    Row("in the last 1 day", "2023-06-16T00:00-04:00", "now"),
    Row("more than 3 days ago", None, "2023-06-14T00:00-04:00"),
    Row("between 3 and 5 days ago", "2023-06-12T00:00-04:00", "2023-06-15T00:00-04:00"),
    Row("between 0 and 1 day ago", "2023-06-16T00:00-04:00", "2023-06-18T00:00-04:00"),
    Row("in the last 3 hours", "2023-06-17T11:30-04:00", "now"),
    Row("in the last 90 minutes", "2023-06-17T13:00-04:00", "now"),
    Row("more than 3 hours ago", None, "2023-06-17T11:30-04:00"),
    Row("between 3 and 5 hours ago", "2023-06-17T09:30-04:00", "2023-06-17T11:30-04:00"),
    Row("in the last 2 weeks", "2023-06-03T00:00-04:00", "now"),
    Row("in the last 1 month", "2023-05-17T00:00-04:00", "now"),
    Row("in the last 1 quarter", "2023-03-17T00:00-04:00", "now"),
    Row("in the last 1 year", "2022-06-17T00:00-04:00", "now"),
    Row("more than 1 month ago", None, "2023-05-17T00:00-04:00"),
    Row("between 1 and 2 weeks ago", "2023-06-03T00:00-04:00", "2023-06-11T00:00-04:00"),
    Row("in the next 3 days", "now", "2023-06-21T00:00-04:00"),
    Row("in the next 3 hours", "now", "2023-06-17T17:30-04:00"),
    Row("in the next 1 month", "now", "2023-07-18T00:00-04:00"),
    Row("before 2023-06-10", None, "2023-06-10T00:00-04:00"),
    Row("after 2023-06-10", "2023-06-11T00:00-04:00", None),
    Row("on 2023-06-10", "2023-06-10T00:00-04:00", "2023-06-11T00:00-04:00"),
    Row("since 2023-06-10", "2023-06-10T00:00-04:00", None),
    Row("before 2023-06-10 18:30", None, "2023-06-10T18:30-04:00"),
    Row("after 2023-06-10 18:30", "2023-06-10T18:30:01-04:00", None),
    Row("on 2023-06-10 18:30:05", "2023-06-10T18:30:05-04:00", "2023-06-10T18:30:06-04:00"),
    Row("since 2023-06-10T18:30Z", "2023-06-10T18:30+00:00", None),
    Row("since 2023-06-10 18:30+05:45", "2023-06-10T12:45+00:00", None),
    Row("before today", None, "2023-06-17T00:00-04:00"),
    Row("after today", "2023-06-18T00:00-04:00", None),
    Row("since yesterday", "2023-06-16T00:00-04:00", None),
    Row("on yesterday", "2023-06-16T00:00-04:00", "2023-06-17T00:00-04:00"),
    Row("before 30 days ago", None, "2023-05-18T00:00-04:00"),
    Row("after 30 days ago", "2023-05-19T00:00-04:00", None),
    Row("on 30 days ago", "2023-05-18T00:00-04:00", "2023-05-19T00:00-04:00"),
    Row("since 30 days ago", "2023-05-18T00:00-04:00", None),
    Row("before 3 hours ago", None, "2023-06-17T11:30-04:00"),
    Row("since 3 hours ago", "2023-06-17T11:30-04:00", None),
    Row("between 2023-06-01 and 2023-06-10", "2023-06-01T00:00-04:00", "2023-06-11T00:00-04:00"),
    Row(
        "between 2023-06-01 12:00 and 2023-06-10 18:30", "2023-06-01T12:00-04:00", "2023-06-10T18:30:01-04:00"
    ),
    Row("today", "2023-06-17T00:00-04:00", "2023-06-18T00:00-04:00"),
    Row("yesterday", "2023-06-16T00:00-04:00", "2023-06-17T00:00-04:00"),
    Row("this week", "2023-06-12T00:00-04:00", "2023-06-19T00:00-04:00"),
    Row("last week", "2023-06-05T00:00-04:00", "2023-06-12T00:00-04:00"),
    Row("this month", "2023-06-01T00:00-04:00", "2023-07-01T00:00-04:00"),
    Row("last month", "2023-05-01T00:00-04:00", "2023-06-01T00:00-04:00"),
    Row("this quarter", "2023-04-01T00:00-04:00", "2023-07-01T00:00-04:00"),
    Row("last quarter", "2023-01-01T00:00-05:00", "2023-04-01T00:00-04:00"),
    Row("this year", "2023-01-01T00:00-05:00", "2024-01-01T00:00-05:00"),
    Row("last year", "2022-01-01T00:00-05:00", "2023-01-01T00:00-05:00"),
    Row("ever", None, "now"),
    # Weeks from Sunday; 18 June 2023 is one.
    Row("this week", "2023-06-11T00:00-04:00", "2023-06-18T00:00-04:00", week_starts="sunday"),
    Row("last week", "2023-06-04T00:00-04:00", "2023-06-11T00:00-04:00", week_starts="sunday"),
    Row(
        "this week",
        "2023-06-18T00:00-04:00",
        "2023-06-25T00:00-04:00",
        ("America/New_York", "2023-06-18T00:00:00-04:00"),
        "sunday",
    ),
    *at(
        *("America/New_York", "2023-06-18T00:00:00-04:00"),
        ("this week", "2023-06-12T00:00-04:00", "2023-06-19T00:00-04:00"),
        # At midnight itself the new day has begun.
        ("in the last 3 days", "2023-06-15T00:00-04:00", "now"),
        ("today", "2023-06-18T00:00-04:00", "2023-06-19T00:00-04:00"),
        ("in the next 1 day", "now", "2023-06-20T00:00-04:00"),
    ),
    *at(
        *("America/New_York", "2023-06-17T23:59:59-04:00"),
        ("in the last 3 days", "2023-06-14T00:00-04:00", "now"),
        ("today", "2023-06-17T00:00-04:00", "2023-06-18T00:00-04:00"),
    ),
    # Hours back from a fraction of a second: the whole second before it is outside.
    *at(
        *("America/New_York", "2023-06-17T14:30:00.500000-04:00"),
        ("in the last 3 hours", "2023-06-17T11:30:01-04:00", "now"),
        ("more than 3 hours ago", None, "2023-06-17T11:30:01-04:00"),
        ("in the next 3 hours", "now", "2023-06-17T17:30:01-04:00"),
    ),
    # The same instant is another day elsewhere.
    *at(
        *("Asia/Kathmandu", "2023-06-17T18:30:00+00:00"),
        ("today", "2023-06-17T18:15+00:00", "2023-06-18T18:15+00:00"),
        ("in the last 1 month", "2023-05-17T18:15+00:00", "now"),
    ),
    # Month ends are held to the length of the month; leap years have theirs.
    *at(
        *("UTC", "2023-03-31T12:00:00+00:00"),
        ("in the last 1 month", "2023-02-28T00:00+00:00", "now"),
        ("between 1 and 2 months ago", "2023-01-31T00:00+00:00", "2023-03-01T00:00+00:00"),
        ("last month", "2023-02-01T00:00+00:00", "2023-03-01T00:00+00:00"),
    ),
    *at("UTC", "2024-03-31T12:00:00+00:00", ("in the last 1 month", "2024-02-29T00:00+00:00", "now")),
    *at("UTC", "2024-02-29T12:00:00+00:00", ("in the last 1 year", "2023-02-28T00:00+00:00", "now")),
    *at("UTC", "2023-05-31T12:00:00+00:00", ("in the last 1 quarter", "2023-02-28T00:00+00:00", "now")),
    *at("UTC", "2023-01-31T12:00:00+00:00", ("in the next 1 month", "now", "2023-03-01T00:00+00:00")),
    *at(
        *("UTC", "2024-01-01T00:00:00+00:00"),
        ("in the last 1 month", "2023-12-01T00:00+00:00", "now"),
        ("last quarter", "2023-10-01T00:00+00:00", "2024-01-01T00:00+00:00"),
        ("last year", "2023-01-01T00:00+00:00", "2024-01-01T00:00+00:00"),
        ("last week", "2023-12-25T00:00+00:00", "2024-01-01T00:00+00:00"),
    ),
    # Daylight saving: days of 23 and of 25 hours; hours are exact all the same.
    *at(
        *("Europe/London", "2023-03-26T12:00:00+01:00"),
        ("today", "2023-03-26T00:00+00:00", "2023-03-26T23:00+00:00"),
        ("in the last 1 day", "2023-03-25T00:00+00:00", "now"),
        ("in the last 24 hours", "2023-03-25T11:00+00:00", "now"),
        # 01:30 is jumped over; it is read as half an hour behind 01:00.
        ("since 2023-03-26 01:30", "2023-03-26T01:30+00:00", None),
    ),
    *at(
        *("Europe/London", "2023-10-29T12:00:00+00:00"),
        ("today", "2023-10-28T23:00+00:00", "2023-10-30T00:00+00:00"),
        ("in the last 1 week", "2023-10-21T23:00+00:00", "now"),
        # 01:30 comes twice; the first one counts.
        ("since 2023-10-29 01:30", "2023-10-29T00:30+00:00", None),
    ),
    *at("America/New_York", "2023-03-12T12:00:00-04:00", ("today", "2023-03-12T05:00Z", "2023-03-13T04:00Z")),
    *at("America/New_York", "2023-11-05T12:00:00-05:00", ("today", "2023-11-05T04:00Z", "2023-11-06T05:00Z")),
    # Half an hour of daylight saving.
    *at(
        "Australia/Lord_Howe",
        "2023-10-01T12:00:00+11:00",
        ("today", "2023-09-30T13:30Z", "2023-10-01T13:00Z"),
    ),
    # A midnight that is jumped over: the day begins at 01:00. And a last hour that comes twice.
    *at(
        *("America/Sao_Paulo", "2018-11-04T12:00:00-02:00"),
        ("today", "2018-11-04T03:00Z", "2018-11-05T02:00Z"),
        ("in the last 1 day", "2018-11-03T03:00Z", "now"),
    ),
    *at(
        "America/Sao_Paulo", "2018-02-17T12:00:00-02:00", ("today", "2018-02-17T02:00Z", "2018-02-18T03:00Z")
    ),
    # A midnight that comes twice: the day begins at the first.
    *at("America/Havana", "2023-11-05T12:00:00-05:00", ("today", "2023-11-05T04:00Z", "2023-11-06T05:00Z")),
    # Samoa had no 30 December 2011: the day holds no time.
    *at(
        *("Pacific/Apia", "2011-12-31T12:00:00+14:00"),
        ("today", "2011-12-30T10:00Z", "2011-12-31T10:00Z"),
        ("yesterday", "2011-12-30T10:00Z", "2011-12-30T10:00Z"),
        ("in the last 2 days", "2011-12-29T10:00Z", "now"),
    ),
]
DAYS = [date(2023, 6, 10) + timedelta(days=count) for count in range(13)]


def probe(instant: datetime) -> Person:
    return Person(instant.isoformat(), {"moment": instant}, (Event("Visited", instant),))


PROBES = sorted({instant for row in ROWS for instant in row.probes()})
WORLD = World(
    Account(),
    (*map(probe, PROBES), *(Person(day.isoformat(), {"day": day}) for day in DAYS)),
    {"moment": "datetime", "day": "date"},
    {"Visited": EventType()},
)


@pytest.fixture(scope="module")
def store() -> Iterator[segql.Store]:
    with load(WORLD) as made:
        yield made


def both(store: segql.Store, text: str, now: datetime, account: Account) -> set[str]:
    """Whom the store names, which must be whom the reference names."""
    store.save_account(account)
    found = named(store, text, now)
    statement = segql.parse(text).statements[0]
    assert isinstance(statement, Ask)
    assert found == members(replace(WORLD, account=account), statement.condition, now)
    return found


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_window_begins_and_ends_where_the_language_says(store: segql.Store, row: Row) -> None:
    inside = {instant.isoformat() for instant in PROBES if row.holds(instant)}
    assert both(store, f"moment is {row.words}", row.now, row.account) == inside
    outside = {instant.isoformat() for instant in PROBES} - inside
    assert both(store, f"moment is not {row.words}", row.now, row.account) == outside


@pytest.mark.parametrize("row", [row for row in ROWS if "in the next" not in row.words], ids=str)
def test_events_after_now_are_in_no_window(store: segql.Store, row: Row) -> None:
    inside = {instant.isoformat() for instant in PROBES if row.holds(instant) and instant <= row.now}
    assert both(store, f'did "Visited" {row.words}', row.now, row.account) == inside


NOON, MIDNIGHT = "2023-06-17T12:00:00", "2023-06-17T00:00:00"


@pytest.mark.parametrize(
    "offset", [("America/New_York", "-04:00"), ("Asia/Kathmandu", "+05:45"), ("UTC", "+00:00")]
)
@pytest.mark.parametrize(
    ("words", "clock", "first", "last"),
    [
        ("today", NOON, 17, 17),
        ("yesterday", NOON, 16, 16),
        ("in the next 3 days", NOON, 18, 20),
        ("in the next 3 days", MIDNIGHT, 18, 20),
        ("in the last 3 days", NOON, 14, 17),
        ("in the last 3 days", MIDNIGHT, 14, 17),
        ("more than 3 days ago", NOON, 10, 13),
        ("between 3 and 5 days ago", NOON, 12, 14),
        ("before 2023-06-17", NOON, 10, 16),
        ("before 2023-06-17 18:30", NOON, 10, 17),
        ("after 2023-06-17", NOON, 18, 22),
        ("since 2023-06-17", NOON, 17, 22),
        ("on 2023-06-17", NOON, 17, 17),
        ("between 2023-06-12 and 2023-06-14", NOON, 12, 14),
        ("this week", NOON, 12, 18),
        ("in the last 3 hours", "2023-06-17T02:00:00", 17, 17),
        ("in the last 3 hours", NOON, 1, 0),
        ("ever", NOON, 10, 17),
    ],
)
def test_a_date_counts_as_its_midnight(
    store: segql.Store, words: str, clock: str, first: int, last: int, offset: tuple[str, str]
) -> None:
    now = datetime.fromisoformat(clock + offset[1]).astimezone(UTC)
    inside = {day.isoformat() for day in DAYS if first <= day.day <= last}
    assert both(store, f"day is {words}", now, Account(timezone=offset[0])) == inside


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "America/New_York"])
@pytest.mark.parametrize(
    ("words", "everybody"),
    [
        ("in the last 5000 years", True),
        ("in the last 999999999 days", True),
        ("in the last 999999999 hours", True),
        ("more than 999999999 months ago", False),
        ("before 0001-01-01", False),
        ("after 9999-12-31", False),
        ("since 0001-01-01", True),
        ("between 0001-01-01 and 9999-12-31", True),
        ("before 0001-01-01 00:00+05:45", False),
        ("after 9999-12-31T23:59-05:00", False),
        ("since 0001-01-01 00:00", True),
    ],
)
def test_a_window_longer_than_the_calendar_is_held_to_its_ends(
    store: segql.Store, words: str, everybody: bool, zone: str
) -> None:
    store.save_account(Account(timezone=zone))
    now = max(PROBES)
    assert store.count(f"moment is {words}", as_of=now) == (len(PROBES) if everybody else 0)
    assert store.count(f'did "Visited" {words}', as_of=now) == (len(PROBES) if everybody else 0)
