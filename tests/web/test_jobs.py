"""What happens by itself at the server: memberships follow what arrives, and leave the store to others in between."""

from datetime import timedelta

import pyarrow as pa

from segql.web.jobs import Jobs
from tests.web.office import Office

LOYAL, TODAY = "Loyal", "Today"


class Timer:
    """Seconds, which stand still or go on by so many at each look."""

    def __init__(self, step: float = 0) -> None:
        self.now, self._step = 1.0, step

    def __call__(self) -> float:
        self.now += self._step
        return self.now


def begin(office: Office, event: str) -> None:
    """Somebody's card was stamped once, and two segments ask for that."""
    stamp(office, event, 1)
    texts = {LOYAL: f'did "{event}" at least 2 times', TODAY: f'did "{event}" in the last 24 hours'}
    for name, text in texts.items():
        office.store.save_segments(f'segment "{name}": {text}', at=office.clock())


def stamp(office: Office, event: str, count: int) -> None:
    at = office.clock()
    times = [at - timedelta(minutes=nth) for nth in range(count)]
    table = pa.table(
        {"external_id": ["ada"] * count, "occurred_at": pa.array(times, pa.timestamp("s", "UTC"))}
    )
    office.store.append_events(event, table)


def sizes(office: Office) -> dict[str, int]:
    found = office.store.sizes(office.clock())
    return {name: found[name].now for name in (LOYAL, TODAY)}


def test_memberships_follow_what_arrives(office: Office) -> None:
    begin(office, "Stamped")
    jobs = Jobs(office.desk, Timer())
    jobs.keep_memberships()
    assert sizes(office) == {LOYAL: 0, TODAY: 1}
    office.clock.pass_by(timedelta(minutes=10))
    stamp(office, "Stamped", 1)
    jobs.keep_memberships()
    assert sizes(office) == {LOYAL: 1, TODAY: 1}


def test_memberships_follow_time_after_a_while(office: Office) -> None:
    begin(office, "Punched")
    timer = Timer()
    jobs = Jobs(office.desk, timer)
    jobs.keep_memberships()
    office.clock.pass_by(timedelta(days=2))
    timer.now += 29
    jobs.keep_memberships()
    assert sizes(office) == {LOYAL: 0, TODAY: 1}
    timer.now += 1
    jobs.keep_memberships()
    assert sizes(office) == {LOYAL: 0, TODAY: 0}


def test_refreshes_leave_the_store_to_others(office: Office) -> None:
    begin(office, "Scanned")
    timer = Timer(step=1)
    jobs = Jobs(office.desk, timer)
    jobs.keep_memberships()  # it takes a second, as the timer has it
    stamp(office, "Scanned", 2)
    office.clock.pass_by(timedelta(minutes=1))
    looks = 0
    while sizes(office)[LOYAL] == 0:
        jobs.keep_memberships()
        looks += 1
    assert looks == 9


def test_events_are_copied_by_person_once_that_is_wanted(office: Office) -> None:
    store = office.store
    jobs = Jobs(office.desk, Timer())
    jobs.copy_by_person()
    assert not store.by_person().is_kept
    store.begin_by_person()
    kept = store.by_person()
    assert (kept.is_kept, kept.is_made, kept.copied) == (True, False, 0)
    jobs.copy_by_person()
    kept = store.by_person()
    assert (kept.is_made, kept.copied) == (True, kept.events)


def test_a_copy_by_person_that_is_being_made_does_not_keep_a_server_from_ending(office: Office) -> None:
    jobs = Jobs(office.desk)
    jobs.start()
    jobs.stop()
    office.store.drop_by_person()
    office.store.begin_by_person()
    jobs.copy_by_person()
    assert not office.store.by_person().is_made


def test_segments_have_a_past_from_the_first_hour_on(office: Office) -> None:
    stamp(office, "Waved", 1)
    office.store.save_segments('segment "Waving": did "Waved" in the last 24 hours', at=office.clock())
    jobs = Jobs(office.desk, Timer())
    jobs.keep_memberships()
    jobs.count_past()
    found = office.store.sizes(office.clock())["Waving"]
    assert (found.days, found.change) == ((*[0] * 29, 1), 1)
    assert "<svg" in office.client("analyst").get("/segments?q=waving").text
