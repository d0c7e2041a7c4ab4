"""What the store knows of some people, as plain records for plans to be evaluated over: one query a table."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from segql.compiler.person.record import Consent, Event, Message, Period, Person, Row, Standing, Stay, Value
from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Moment
from segql.compiler.sql import people as sql
from segql.compiler.sql.emit import Emitter
from segql.runtime.engines.duckdb import DIALECT, run_rows
from segql.runtime.store.by_person import copied_to

if TYPE_CHECKING:
    import duckdb

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - as the store keeps instants

_HISTORIES = {
    plan.HasConsent: """SELECT profile_id, channel, kind, status, method, detail, from_at, until_at
        FROM consent_periods WHERE profile_id IN {people} AND from_at <= $now ORDER BY from_at""",
    plan.HasBeen: """SELECT profile_id, attribute, value, from_at, until_at
        FROM attribute_periods WHERE profile_id IN {people} AND from_at <= $now ORDER BY from_at""",
    plan.Scheduled: """SELECT profile_id, key, queued_at, handed_at, state IN ('held', 'queued')
        FROM sms_messages JOIN sms_campaigns USING (campaign_id)
        WHERE profile_id IN {people} AND queued_at <= $now""",
    "list": """SELECT profile_id, key, '', from_at, until_at FROM list_periods JOIN lists USING (list_id)
        WHERE profile_id IN {people} AND from_at <= $now ORDER BY from_at""",
    "segment": """SELECT profile_id, key, entered_by, from_at, until_at FROM segment_periods JOIN segments USING (segment_id)
        WHERE profile_id IN {people} AND from_at <= $now ORDER BY from_at""",
}


def read_people(
    cursor: "duckdb.DuckDBPyConnection",
    people: Sequence[int],
    plans: Sequence[plan.Predicate],
    moment: Moment,
) -> list[Person]:
    """The records of those profiles that there are, in their order, as far as plans read them and up to a moment. All plans
    have to be of this store, whose events have their numbers. The cursor is in a transaction: one state of the store is
    read."""
    reader = sql.Reader(plans, moment, DIALECT)
    nodes = reader.reads.nodes
    rows = _profiles(cursor, people, reader)
    events = _events(cursor, people, reader)
    histories = _Histories(cursor, people, nodes, moment)
    standings = {
        node: _standings(cursor, people, node, moment) for node in nodes if isinstance(node, plan.Ranked)
    }
    return [
        Person(
            number=person,
            row=rows[person],
            events={name: tuple(found) for name, found in events[person].items()},
            consents=histories.consents[person],
            lists=histories.lists[person],
            segments=histories.segments[person],
            history=histories.history[person],
            messages=histories.messages[person],
            standings={node: found[person] for node, found in standings.items()},
        )
        for person in people
        if person in rows
    ]


def _profiles(
    cursor: "duckdb.DuckDBPyConnection", people: Sequence[int], reader: sql.Reader
) -> dict[int, Row]:
    reading = reader.profiles(people)
    found = run_rows(cursor, reading.query)
    return {number: _row(columns, reading.wanted) for number, *columns in found}


def _events(
    cursor: "duckdb.DuckDBPyConnection", people: Sequence[int], reader: sql.Reader
) -> dict[int, dict[str, list[Event]]]:
    """By person and name, in the order of time and key."""
    names = {metric.id: metric.name for metric in reader.reads.metrics}
    events: dict[int, dict[str, list[Event]]] = defaultdict(lambda: defaultdict(list))
    if not names:
        return events
    reading, nothing = reader.events(people, copied_to(cursor, people)), Row()
    found = run_rows(cursor, reading.query)
    found.sort(key=itemgetter(2, 3))
    for number, metric, at, key, *columns in found:
        name = names.get(metric)
        if name is not None:
            row = _row(columns, reading.wanted) if metric in reader.reads.telling else nothing
            events[number][name].append(Event(name, _instant(at), key, row))
    return events


class _Histories:
    """The periods of some people, of the kinds that plans read."""

    def __init__(
        self,
        cursor: "duckdb.DuckDBPyConnection",
        people: Sequence[int],
        nodes: Sequence[object],
        moment: Moment,
    ) -> None:
        self._cursor = cursor
        # Numbers of ours, by which DuckDB knows where to look.
        self._people = f"({', '.join(map(str, people)) or 'NULL'})"
        self._values = {"now": moment.latest_second.replace(tzinfo=None)}
        kinds: set[object] = {type(node) for node in nodes}
        kinds |= {node.group for node in nodes if isinstance(node, plan.Moved)}
        kinds |= {"list"} if plan.InList in kinds else set()
        self._kinds = kinds
        self.consents: dict[int, tuple[Consent, ...]] = defaultdict(tuple)
        for number, channel, kind, status, method, detail, from_at, until_at in self._rows(plan.HasConsent):
            period = Period(_instant(from_at), _instant(until_at))
            self.consents[number] += (Consent(channel, kind, status, period, method, detail),)
        self.messages: dict[int, tuple[Message, ...]] = defaultdict(tuple)
        for number, campaign, queued_at, handed_at, waits in self._rows(plan.Scheduled):
            handed = None if handed_at is None else _instant(handed_at)
            self.messages[number] += (Message(campaign, _instant(queued_at), handed, waits),)
        self.lists, self.segments, self.history = map(self._stays, ("list", "segment", plan.HasBeen))

    def _rows(self, kind: object) -> list[tuple[Any, ...]]:
        """The rows of one kind of history; none where no plan asks for it."""
        if kind not in self._kinds:
            return []
        query = _HISTORIES[kind].format(people=self._people)
        return self._cursor.execute(query, self._values).fetchall()

    def _stays(self, kind: object) -> dict[int, tuple[Stay, ...]]:
        stays: dict[int, tuple[Stay, ...]] = defaultdict(tuple)
        for number, name, value, from_at, until_at in self._rows(kind):
            stays[number] += (Stay(name, Period(_instant(from_at), _instant(until_at)), value),)
        return stays


def _standings(
    cursor: "duckdb.DuckDBPyConnection", people: Sequence[int], node: plan.Ranked, moment: Moment
) -> dict[int, Standing]:
    """Who of some people is among the first by a rank, which is a question about everybody."""
    members = Emitter(node, moment, DIALECT).members()
    asked = f"SELECT profile_id FROM ({members.text}) WHERE list_contains($g_people, profile_id)"  # noqa: S608 - the compiler's
    inside = {
        row[0] for row in cursor.execute(asked, {**members.values, "g_people": list(people)}).fetchall()
    }
    worst = Emitter(node, moment, DIALECT).show(
        [("value", node.term)], node.term, descending=node.end == "bottom", limit=1
    )
    last = [float(row[0]) for row in cursor.execute(worst.text, dict(worst.values)).fetchall()]
    return {person: Standing(person in inside, last[0] if last else None) for person in people}


def _row(columns: Sequence[Any], wanted: sql.Wanted) -> Row:
    """A row of values: the columns of the wanted values, then of the wanted objects."""
    count = len(wanted.values)
    return Row(
        {term: _value(found) for term, found in zip(wanted.values, columns[:count], strict=True)},
        {
            term: _objects(found, inner)
            for (term, inner), found in zip(wanted.objects.items(), columns[count:], strict=True)
        },
    )


def _objects(found: list[dict[str, Any]] | None, wanted: sql.Wanted) -> tuple[Row, ...] | None:
    if found is None:
        return None
    return tuple(_row(list((each or {}).values()), wanted) for each in found)


def _value(found: Any) -> Value:
    match found:
        case bool():
            return found
        case int():
            return float(found)
        case list():
            return tuple(found)
        case datetime():
            return _instant(found)
        case _:
            value: Value = found
            return value


def _instant(found: datetime) -> datetime:
    """An instant as the store has it: in UTC, without saying so."""
    # `replace` takes ten times as long.
    return _EPOCH + (found - _NAIVE_EPOCH)
