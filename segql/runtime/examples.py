"""The example people of definitions, in a store of their own that is gone afterwards, asked by the same SQL as everybody."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from segql.compiler.catalog.model import Catalog
from segql.compiler.conditions.days import Day, written_day
from segql.compiler.conditions.lengths import period_of
from segql.compiler.examples import (
    CONSENT_CHANNELS,
    CONSENT_STATUSES,
    Expectation,
    Fact,
    Happening,
    Happenings,
    OnList,
)
from segql.compiler.pipeline import compile_all
from segql.compiler.plan.instants import Moment, moment, seconds_in, shift
from segql.compiler.statements import SegmentDefinition
from segql.compiler.text import fold
from segql.runtime.engines import duckdb as engine
from segql.runtime.store import consents, events, lists, profiles
from segql.runtime.store.attributes import Target, change_attributes
from segql.runtime.store.catalog import read_catalog, save_account
from segql.runtime.store.columns import Column
from segql.runtime.store.database import Database
from segql.runtime.store.metrics import note_metric, note_properties

# Everybody in an example has had what is said of them for so long, but for events, which have times of their own.
_LONG_AGO = timedelta(days=365)
# Numbers that the North American plan has given out, so that they are valid; they are never texted.
_FIRST_NUMBER = 16172531000


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """Whether one example person is where the definition expects them. `line`: where it stands, from 1."""

    segment: str
    line: int
    text: str
    expected: Literal["in", "out"]
    found: Literal["in", "out"]

    @property
    def holds(self) -> bool:
        """Whether the person is where they are expected."""
        return self.expected == self.found


def run_examples(text: str, catalog: Catalog, now: datetime, name: str | None = None) -> list[ExampleResult]:
    """Ask each segment of a text about its example people, as of `now`. Raises `DefinitionError`."""
    checked = compile_all(text, catalog, name)
    wanted = [
        (one.statement.name, expectation)
        for one in checked
        if isinstance(one.statement, SegmentDefinition)
        for expectation in one.statement.expectations
    ]
    if not wanted:
        return []
    with Database.open(":memory:", create=True) as database:
        _People(database, catalog, moment(catalog.account, now)).add([each for _, each in wanted])
        compiled = compile_all(text, _catalog(database, catalog), name)
        found: dict[str, set[str]] = {}
        for one in compiled:
            if isinstance(one.statement, SegmentDefinition) and one.statement.expectations:
                with database.cursor() as cursor:
                    members = engine.run(cursor, one.sql(engine.DIALECT, now)).column(0).to_pylist()
                    rows = cursor.execute("SELECT profile_id, external_id FROM profiles").fetchall()
                ids = dict(rows)
                found[one.statement.name] = {ids[member] for member in members}
    source = checked[0].scope.source
    return [
        ExampleResult(
            segment,
            source.position(expectation.span.start).line,
            expectation.text(),
            expectation.expected,
            "in" if _external_id(index) in found[segment] else "out",
        )
        for index, (segment, expectation) in enumerate(wanted)
    ]


def _catalog(database: Database, catalog: Catalog) -> Catalog:
    """The real catalog with the events as the small store numbers them; it is that store that is asked."""
    return catalog.changed(events=read_catalog(database).events, tables=None)


def _external_id(index: int) -> str:
    return f"example {index + 1}"


class _People:
    """Puts example people into a store."""

    def __init__(self, database: Database, catalog: Catalog, at: Moment) -> None:
        self._database = database
        self._catalog = catalog
        self._moment = at

    def add(self, people: list[Expectation]) -> None:
        """Everybody, by their place in the list."""
        import pyarrow as pa

        rows: list[dict[str, Any]] = []
        happened: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for index, person in enumerate(people):
            facts = [fact for fact in person.facts if isinstance(fact, Fact)]
            rows.append(self._profile(index, facts))
            for fact in facts:
                if isinstance(fact.value, Happenings):
                    happened[fold(fact.name)] += self._events(index, fact, fact.value.values)
        with self._database.transaction() as connection:
            save_account(connection, self._catalog.account)
            self._note_names(connection)
            table = pa.Table.from_pylist(_even(rows))
            written = profiles.upsert_profiles(connection, table, self._catalog.account)
            profile_ids = written.profile_ids.to_pylist()
            for event in self._catalog.events:
                if mine := happened.get(fold(event.name)):
                    events.append_events(connection, event.name, pa.Table.from_pylist(_even(mine)))
            if entries := [
                entry for index, person in enumerate(people) for entry in self._consents(rows[index], person)
            ]:
                consents.record_consents(connection, pa.Table.from_pylist(entries))
            for name in self._catalog.lists:
                on_it = [
                    profile_id
                    for profile_id, person in zip(profile_ids, people, strict=True)
                    if any(
                        isinstance(fact, OnList) and fold(fact.name) == fold(name) for fact in person.facts
                    )
                ]
                if on_it:
                    lists.add_to_list(connection, name, on_it, self._moment.now - _LONG_AGO)

    def _note_names(self, connection: Any) -> None:
        """Make the attributes and the events known, with their types, whether anybody has them or not."""
        known = {key for (key,) in connection.execute("SELECT key FROM attributes").fetchall()}
        new = [each for each in self._catalog.attributes if fold(each.name) not in known]
        change_attributes(
            connection,
            [
                Target(Column(each.name, fold(each.name), "", each.type), each.name, each.type, None)
                for each in new
            ],
        )
        for event in self._catalog.events:
            metric = note_metric(connection, event.name, event.amount, event.label)
            columns = (Column(p.name, fold(p.name), "", p.type, fields=p.items) for p in event.properties)
            note_properties(connection, metric, columns)

    def _profile(self, index: int, facts: Iterable[Fact]) -> dict[str, Any]:
        row: dict[str, Any] = {"external_id": _external_id(index)}
        for fact in facts:
            if isinstance(fact.value, Happenings):
                continue
            if fact.name == "sms":
                row.setdefault("phone_number", f"+{_FIRST_NUMBER + index}")
            elif fact.name == "email" and self._status(fact) is not None:
                row.setdefault("email", f"example{index + 1}@example.com")
            elif fact.name not in CONSENT_CHANNELS or self._status(fact) is None:
                attribute = self._catalog.attribute(fact.name)
                if attribute is not None:
                    row[attribute.name] = self._value(fact.value, attribute.type)
        return row

    def _events(self, index: int, fact: Fact, happenings: Iterable[Happening]) -> list[dict[str, Any]]:
        event = self._catalog.event(fact.name)
        rows = []
        for number, happening in enumerate(happenings):
            row = {
                "external_id": _external_id(index),
                "occurred_at": self._instant(happening.day),
                "event_id": f"{index}-{number}",
            }
            for item in happening.properties:
                known = None if event is None else event.property(item.name)
                if known is not None:
                    row[known.name] = self._value(item.value, known.type)
            rows.append(row)
        return rows

    def _consents(self, row: dict[str, Any], person: Expectation) -> list[dict[str, Any]]:
        entries = []
        for fact in person.facts:
            status = self._status(fact) if isinstance(fact, Fact) else None
            if status is None or not isinstance(fact, Fact):
                continue
            address = row[
                "phone_number" if fact.name == "sms" else "email" if fact.name == "email" else "external_id"
            ]
            entries.append(
                {
                    "channel": fact.name,
                    "kind": "block" if status == "blocked" else "marketing",
                    "address": address,
                    "status": status,
                    "occurred_at": self._moment.now - _LONG_AGO,
                    "recorded_at": self._moment.now - _LONG_AGO,
                    "method": "example",
                    "actor": "example",
                }
            )
        return entries

    @staticmethod
    def _status(fact: Fact) -> str | None:
        """The consent that a fact is about; None where it is about something else."""
        value = getattr(fact.value, "value", None)
        return value if fact.name in CONSENT_CHANNELS and value in CONSENT_STATUSES else None

    def _value(self, value: Any, kind: str) -> Any:
        if isinstance(value, Day):
            instant = self._instant(value)
            return instant.astimezone(self._moment.zone).date() if kind == "date" else instant
        if kind == "number":
            return float(value.value)
        return list(value.values) if kind == "list" else value.value

    def _instant(self, day: Day) -> datetime:
        """The time of day is that of now, where none is written."""
        if day.on is None:
            ago, unit = day.ago or 0, day.unit or "day"
            seconds = seconds_in(unit)
            if seconds is not None:
                return self._moment.now - timedelta(seconds=ago * seconds)
            return self._at_this_time(shift(self._moment.today, -ago, period_of(unit)))
        if day.on in ("today", "yesterday"):
            return self._at_this_time(shift(self._moment.today, -("today", "yesterday").index(day.on), "day"))
        found = written_day(day.on)
        if not isinstance(found, datetime):
            return self._at_this_time(found)
        return (found if found.tzinfo else found.replace(tzinfo=self._moment.zone)).astimezone(UTC)

    def _at_this_time(self, day: date) -> datetime:
        clock = self._moment.now.astimezone(self._moment.zone).time()
        return datetime.combine(day, clock, self._moment.zone).astimezone(UTC)


def _even(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows that all have the same columns."""
    names = dict.fromkeys(name for row in rows for name in row)
    return [{name: row.get(name) for name in names} for row in rows]
