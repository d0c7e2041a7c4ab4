"""When the passing of time alone, with nothing new about anybody, makes a plan true or false of a person."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

from msgspec.structs import replace

from segql.compiler.person.comparisons import Bounds, place_between
from segql.compiler.person.evaluate import events_of, happened, holds
from segql.compiler.person.record import FOREVER, Subject, Value
from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import At, DayOf, Elapsed, Moment, Now, shift_days
from segql.compiler.plan.walk import walk

_HORIZON_SECONDS = 3_660 * 86_400
_CALENDAR_ENDS = datetime(9999, 12, 28, tzinfo=UTC)
_DAYS_IN_A_YEAR = 366
# Each instant at which the answer could change is tried; of people with more of them it is not told, nor of those of whom
# more events would have to be looked at for all of them.
_MOST, _MOST_EVENTS = 400, 100_000
# What makes an event count at one instant and not at another.
_MOVING = (plan.InWindow, plan.OnDayOfYear)
_SECOND = timedelta(seconds=1)
# A window moves on by a day in a day, give or take the hour of daylight saving.
_ABOUT_A_DAY = 25 * 3600


class Passing:
    """What the passing of time alone does to answers about one person, from the subject's moment on."""

    def __init__(self, subject: Subject) -> None:
        self._subject = Subject.whole(subject.person.known_at(subject.moment.now), subject.moment)
        self._most = min(_MOST, _MOST_EVENTS // max(1, sum(map(len, subject.person.events.values()))))
        self._courses: dict[plan.Predicate, _Course | None] = {}

    def next_change(self, node: plan.Predicate) -> datetime | None:
        """The first whole second, of the next ten years, from which on the answer is another one, if nothing happens
        meanwhile. None where there is none, or where it cannot be told soon: for ranks, and for people with much of a
        past."""
        tried: set[datetime] = set()
        for leaf in _leaves(node):
            course = self._course(leaf)
            if course is None:
                return None
            tried.update(course.instants)
            if len(tried) > self._most:
                return None
        if not tried:
            return None
        now = self._holds(node, None)
        return next((at for at in sorted(tried) if self._holds(node, at) != now), None)

    def _holds(self, node: plan.Predicate, at: datetime | None) -> bool:
        """The answer at an instant that is tried; None: now."""
        match node:
            case plan.And(children):
                return all(self._holds(child, at) for child in children)
            case plan.Or(children):
                return any(self._holds(child, at) for child in children)
            case plan.Not(child):
                return not self._holds(child, at)
            case plan.CountOf(children, low, high):
                held = sum(self._holds(child, at) for child in children)
                return held >= low and (high is None or held <= high)
            case _:
                course = self._course(node)
                if course is None:
                    raise LookupError(node)
                return course.holds(at)

    def _course(self, leaf: plan.Predicate) -> "_Course | None":
        """How a plan goes on; None for ranks, and where the instants are too many."""
        if leaf not in self._courses:
            self._courses[leaf] = self._begun(leaf)
        return self._courses[leaf]

    def _begun(self, leaf: plan.Predicate) -> "_Course | None":
        instants: set[datetime] = set()
        for part in _moving(leaf):
            if isinstance(part, plan.Ranked):
                return None
            for at in _crossings(part, self._subject):
                instants.add(at)
                if len(instants) > self._most:
                    return None
        return _Course(leaf, self._subject, sorted(instants))


class _Course:
    """What a plan comes to while time passes. It may change at some instants only, and is asked once between two."""

    def __init__(self, node: plan.Predicate, subject: Subject, instants: list[datetime]) -> None:
        self.instants = instants
        self._node = node
        self._subject = subject
        self._answers: dict[int, bool] = {}

    def holds(self, at: datetime | None) -> bool:
        """The answer at an instant; None: now."""
        place = 0 if at is None else bisect_right(self.instants, at)
        if place not in self._answers:
            there = self._subject if place == 0 else self._subject.later(self.instants[place - 1])
            self._answers[place] = holds(self._node, there)
        return self._answers[place]


def _leaves(root: plan.Predicate) -> Iterator[plan.Predicate]:
    """The parts of a plan that are no combinations of others."""
    waiting = [root]
    while waiting:
        match waiting.pop():
            case plan.And(children) | plan.Or(children) | plan.CountOf(children):
                waiting.extend(children)
            case plan.Not(child):
                waiting.append(child)
            case leaf:
                yield leaf


def _moving(leaf: plan.Predicate) -> Iterable[object]:
    """The parts of a plan whose crossings are tried."""
    match leaf:
        case plan.HasEvents(plan.Scan(where=where) as scan) if _only_leaves(scan.window) and (
            where is None or not any(isinstance(part, _MOVING) for part in walk(where))
        ):
            return (leaf,)
        case _:
            return walk(leaf)


def _only_leaves(window: plan.Window) -> bool:
    """Whether what happened can go out of a window, but not come into it."""
    return window.end is None or window.end == Now()


def _crossings(part: object, subject: Subject) -> Iterator[datetime]:
    """The instants ahead at which something comes into a window or goes out of it."""
    person = subject.person
    match part:
        case plan.HasEvents(scan, low, high) if _only_leaves(scan.window):
            # As many are left when the one goes that is the last but so many.
            times = [event.at for event in events_of(scan, subject)]
            numbers = [low] if high is None else [low, high + 1]
            deciding = (times[-number] for number in numbers if 0 < number <= len(times))
            yield from _of_all(deciding, replace(scan.window, end=None), subject)
        case plan.Scan(window=window):
            # What happened stays before now.
            window = replace(window, end=None if window.end == Now() else window.end)
            yield from _of_all((event.at for event in happened(part, subject)), window, subject)
        case plan.InWindow(term, window):
            yield from _of_all(_values(term, subject), window, subject)
        case plan.HasConsent(window=window):
            yield from _of_all((one.period.from_at for one in person.consents), window, subject)
        case plan.Moved(window=window):
            stays = (*person.lists, *person.segments)
            ends = (at for stay in stays for at in (stay.period.from_at, stay.period.until_at))
            yield from _of_all((at for at in ends if at != FOREVER), window, subject)
        case plan.HasBeen(since=since, zone=zone):
            # The boundary reaches the beginning of a period a second before it has passed it.
            reached = (stay.period.from_at - _SECOND for stay in person.history)
            yield from _of_all(reached, plan.Window(None, since, zone), subject)
        case plan.OnDayOfYear(window=plan.Window() as window):
            yield from _days(part, window, subject)
        case plan.Sequence(steps):
            yield from _deadlines(steps, subject)
        case _:
            pass


def _values(term: plan.Term, subject: Subject) -> Iterator[Value]:
    """What a date can be while time passes."""
    match term:
        case plan.Aggregate(scan=scan, property=None):
            yield from (event.at for event in happened(scan, subject))
        case plan.Aggregate(scan=scan, property=plan.Property() as wanted):
            yield from (event.row.values.get(wanted) for event in happened(scan, subject))
        case plan.Property():
            events = (event for events in subject.person.events.values() for event in events)
            yield from (event.row.values.get(term) for event in events)
        case plan.ItemField():
            rows = [event.row for events in subject.person.events.values() for event in events]
            items = (
                item
                for row in (*rows, subject.row)
                for objects in row.objects.values()
                for item in objects or ()
            )
            yield from (item.values.get(term) for item in items)
        case _:
            yield subject.row.values.get(term)


def _of_all(found: Iterable[Value | datetime], window: plan.Window, subject: Subject) -> Iterator[datetime]:
    """When dates that do not move come into a window that may, and when they go out of it."""
    if all(isinstance(end, DayOf | At | None) for end in (window.start, window.end)):
        return
    dates = {one for one in found if isinstance(one, date)}
    ahead = _Ahead(window, subject)
    # What is later crosses no earlier: for each place that is left, when the one before left it; days apart from instants.
    latest: dict[tuple[type, int], int] = {}
    for one in sorted(dates, key=lambda one: (isinstance(one, datetime), one)):
        here, end = ahead.place(one, 0), ahead.place(one, ahead.horizon)
        while here < end:
            before = latest.get((type(one), here), 0)
            latest[type(one), here] = crossing = ahead.crossing(one, here, before)
            yield ahead.begins + timedelta(seconds=crossing)
            here = ahead.place(one, crossing)


class _Ahead:
    """Where dates lie beside a window so many seconds later than now."""

    def __init__(self, window: plan.Window, subject: Subject) -> None:
        self.begins = subject.moment.latest_second
        self.horizon = min(_HORIZON_SECONDS, max(0, int((_CALENDAR_ENDS - self.begins).total_seconds())))
        self._window = window
        self._subject = subject
        self._zone = subject.moment.elsewhere(window.zone).zone
        self._moves_by_days = not any(isinstance(end, Now | Elapsed) for end in (window.start, window.end))
        self._known: dict[object, tuple[Bounds, Moment]] = {}

    def place(self, found: date, seconds: int) -> int:
        """-1 behind the window's end, 0 inside of it, 1 before its beginning."""
        return place_between(found, *self._at(seconds))

    def crossing(self, found: date, here: int, low: int) -> int:
        """The first second after one at which a date has left its place; that it does some day is known."""
        if self.place(found, low) > here:
            return low
        low, high = self._around(found, here, low)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.place(found, middle) > here else (middle, high)
        return high

    def _around(self, found: date, here: int, low: int) -> tuple[int, int]:
        """Two seconds between which it lies, near each other where the window moves with time."""
        edge = self._at(low)[0][0 if here == 0 else 1]
        if edge is not None and isinstance(found, datetime):
            guess = low + abs(int((found - edge).total_seconds()))
            for apart in (2, _ABOUT_A_DAY):
                first, last = max(low, guess - apart), min(self.horizon, guess + apart)
                if self.place(found, first) <= here < self.place(found, last):
                    return first, last
        return low, self.horizon

    def _at(self, seconds: int) -> tuple[Bounds, Moment]:
        """The window's bounds then. Most windows stay where they are for a day."""
        instant = self.begins + timedelta(seconds=seconds)
        key = instant.astimezone(self._zone).date() if self._moves_by_days else seconds
        known = self._known.get(key)
        if known is None:
            # The present may lie between two seconds, what is ahead of it does not.
            moment = self._subject.moment
            later = moment if seconds == 0 else moment.later(instant)
            there = later.elsewhere(self._window.zone)
            known = self._known[key] = there.bounds(self._window), there
        return known


def _days(node: plan.OnDayOfYear, window: plan.Window, subject: Subject) -> Iterator[datetime]:
    """When the days in a window come to be those of a date, or cease to be: at midnight, or so many hours later as the
    window is moved by."""
    ends = [end for end in (window.start, window.end) if end is not None]
    if not all(isinstance(end, Now | Elapsed) for end in ends):
        yield from _midnights(subject, node.zone)
    there = subject.moment.elsewhere(node.zone)
    found = [one for one in _values(node.term, subject) if isinstance(one, date)]
    dates = [one.astimezone(there.zone).date() if isinstance(one, datetime) else one for one in found]
    # The day before, too: 28 February counts as the 29th.
    days = {(day.month, day.day) for one in dates for day in (one, shift_days(one, -1))}
    for seconds in {end.seconds + 1 if isinstance(end, Elapsed) else 0 for end in ends}:
        begun = there.later(there.resolve(Elapsed(seconds))).today
        for number in range(_DAYS_IN_A_YEAR + 1):
            day = shift_days(begun, number)
            at = there.later(there.midnight(day)).resolve(Elapsed(-seconds))
            if (day.month, day.day) in days and at > there.latest_second:
                yield at


def _midnights(subject: Subject, zone: str | None) -> Iterator[datetime]:
    there = subject.moment.elsewhere(zone)
    for days in range(1, _DAYS_IN_A_YEAR + 1):
        yield there.midnight(shift_days(there.today, days))


def _deadlines(steps: tuple[plan.Step, ...], subject: Subject) -> Iterator[datetime]:
    """When the time is over in which something must not happen after a step."""
    begun = {event.at for step in steps if not step.negated for event in happened(step.scan, subject)}
    for step in steps:
        if step.negated and step.seconds is not None and step.seconds < _HORIZON_SECONDS:
            ends = (at + timedelta(seconds=step.seconds) for at in begun)
            yield from (end for end in ends if end > subject.moment.now)
