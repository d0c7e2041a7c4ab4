"""What plans read of some people, as SQL: rows of values, made by the same expressions that test them in a query.

So what a person's evaluation finds in a value is what the query finds in it: types are converted in one place.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import lru_cache

from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import EVER, Moment
from segql.compiler.plan.walk import walk
from segql.compiler.sql import build, layout
from segql.compiler.sql.bindings import Bindings
from segql.compiler.sql.build import Sql
from segql.compiler.sql.dialects import STORES
from segql.compiler.sql.dialects.dialect import StoreDialect
from segql.compiler.sql.events import ALIAS, EventFrame
from segql.compiler.sql.frame import Frame, ItemFrame
from segql.compiler.sql.profiles import ProfileFrame
from segql.compiler.sql.query import Query
from segql.compiler.sql.select import Select, derived, table, together

Value = plan.Attribute | plan.Property | plan.ItemField
# What is known of an event, in both of its tables.
EVENT_COLUMNS = ("profile_id", "metric_id", "occurred_at", "event_key", "amount", "label_id", "properties")


def events_of(
    people: Sequence[int], copied_to: int | None, written: Callable[[int], Sql] = build.integer
) -> Sql:
    """All events of some people, to stand behind FROM: `EVENT_COLUMNS`, and the place of each, as `events_at` takes it.
    `copied_to`: the change (see the journal) up to which they are in the copy that is ordered by person; None where they
    are not in it. `written`: how numbers stand in the text."""
    theirs = _among(build.column(ALIAS, "profile_id"), people, written)
    if copied_to is None:
        return derived(_events_in(layout.EVENTS).where(theirs), ALIAS)
    later = build.comparison(build.column(ALIAS, "arrival"), ">", written(copied_to))
    copied = _events_in(layout.EVENTS_BY_PERSON).where(theirs)
    return derived(together((copied, _events_in(layout.EVENTS).where(theirs, later))), ALIAS)


def events_at(places: Iterable[tuple[bool, int]]) -> Sql:
    """The events of places, of which there is at least one, to stand behind FROM. A place: whether it is in the copy, and
    the row there."""
    rows: dict[str, list[Sql]] = {}
    for copied, row in places:
        rows.setdefault(layout.EVENTS_BY_PERSON if copied else layout.EVENTS, []).append(build.integer(row))
    number = build.column(ALIAS, "rowid")
    parts = (
        _events_in(name).where(build.among(number, build.row(numbers))) for name, numbers in rows.items()
    )
    return derived(together(parts), ALIAS)


def _events_in(name: str) -> Select:
    columns = [build.column(ALIAS, column) for column in EVENT_COLUMNS]
    copied = build.TRUE if name == layout.EVENTS_BY_PERSON else build.FALSE
    place = (
        build.aliased(copied, build.word("copied")),
        build.aliased(build.column(ALIAS, "rowid"), build.word("row")),
    )
    return Select(*columns, *place, source=table(name, ALIAS))


@dataclass
class Wanted:
    """The terms that plans read as values, and the lists whose objects they ask, with the fields of these."""

    values: list[Value] = field(default_factory=list)
    objects: dict[Value, "Wanted"] = field(default_factory=dict)

    def of(self, kind: type) -> "Wanted":
        """The part that is read from one kind of row."""
        return Wanted(
            [term for term in self.values if isinstance(term, kind)],
            {term: inner for term, inner in self.objects.items() if isinstance(term, kind)},
        )


@dataclass(frozen=True)
class Reading:
    """A query for rows: profile_id, then `keys`, then a column for each of the wanted `values` and `objects`."""

    query: Query
    wanted: Wanted


def wanted(nodes: Collection[object]) -> Wanted:
    """What the nodes of plans read as values."""
    found = Wanted()
    for node in nodes:
        match node:
            case plan.HasItems(plan.Attribute() | plan.Property() | plan.ItemField() as term, _, where) if (
                term.type == "object"
            ):
                inner = wanted(tuple(walk(where)))
                known = found.objects.setdefault(term, Wanted())
                known.values = list(dict.fromkeys((*known.values, *inner.of(plan.ItemField).values)))
                known.objects.update(inner.of(plan.ItemField).objects)
            case plan.Attribute() | plan.Property() | plan.ItemField():
                found.values.append(node)
            case plan.Near():
                place = (plan.Attribute(name, "number") for name in ("latitude", "longitude"))
                found.values.extend(term for term in place if term not in nodes)
            case _:
                pass
    return replace(found, values=list(dict.fromkeys(found.values)))


@dataclass(frozen=True)
class Reads:
    """What some plans read of people. `nodes`: their parts, each once. `metrics`: of all events. `asked`: the
    metrics that each property is asked of; `telling`: the numbers of these."""

    nodes: tuple[object, ...]
    wanted: Wanted
    metrics: tuple[plan.Metric, ...]
    asked: Mapping[Value, tuple[plan.Metric, ...]]
    telling: Set[int | None]


@lru_cache(maxsize=500)
def reads(plans: tuple[plan.Predicate, ...]) -> Reads:
    """What plans read, which is the same of everybody and at any time."""
    nodes = tuple(dict.fromkeys(node for root in plans for node in walk(root)))
    scans = (node for node in nodes if isinstance(node, plan.Scan))
    asked = _metrics_asked(nodes)
    return Reads(
        nodes,
        wanted(nodes),
        tuple(dict.fromkeys(metric for scan in scans for metric in scan.metrics)),
        asked,
        {metric.id for metrics in asked.values() for metric in metrics},
    )


def _metrics_asked(nodes: Iterable[object]) -> dict[Value, tuple[plan.Metric, ...]]:
    """The metrics that each property is asked of."""
    asked: dict[Value, dict[plan.Metric, None]] = {}
    for node in nodes:
        match node:
            case plan.Scan(metrics, _, where) if where is not None:
                terms = [term for term in walk(where) if isinstance(term, plan.Property)]
            case plan.Aggregate(scan=plan.Scan(metrics), property=plan.Property() as term):
                terms = [term]
            case _:
                continue
        for term in terms:
            asked.setdefault(term, {}).update(dict.fromkeys(metrics))
    return {term: tuple(metrics) for term, metrics in asked.items()}


class Reader:
    """Writes the queries for what some plans read of people, up to a moment."""

    def __init__(self, plans: Iterable[plan.Predicate], moment: Moment, dialect: str) -> None:
        self.reads = reads(tuple(plans))
        self._moment = moment
        self._dialect = STORES[dialect]

    def profiles(self, people: Sequence[int]) -> Reading:
        """One row a person: profile_id, and the attributes that plans read."""
        bindings = Bindings(self._dialect)
        frame = ProfileFrame(bindings, self._moment)
        terms = self.reads.wanted.of(plan.Attribute)
        query = frame.select(frame.profile_id, *_columns(terms, frame, self._dialect))
        theirs = _among(frame.profile_id, people, bindings.bind)
        return Reading(bindings.query(query.where(theirs)), terms)

    def events(self, people: Sequence[int], copied_to: int | None) -> Reading:
        """One row an event of some people (see `events_of`) up to now, of the metrics that plans read and perhaps of others:
        profile_id, metric_id, occurred_at, event_key, and the properties that they read. There has to be such a metric."""
        bindings = Bindings(self._dialect)
        whole = EventFrame(bindings, self._moment, plan.Scan(self.reads.metrics, EVER), roughly=True)
        terms = self.reads.wanted.of(plan.Property)
        # A property has one type in the events that are asked for it together, and may have another in others.
        frames = {
            term: EventFrame(bindings, self._moment, plan.Scan(asked, EVER))
            for term, asked in self.reads.asked.items()
        }
        columns = [_value(term, frames[term]) for term in terms.values]
        columns += [
            _objects(term, fields, frames[term], self._dialect) for term, fields in terms.objects.items()
        ]
        whole.reads_labels = any(frame.reads_labels for frame in frames.values())
        keys = [build.column(ALIAS, name) for name in ("profile_id", "metric_id", "occurred_at", "event_key")]
        query = whole.select(*keys, *columns)
        query.source = events_of(people, copied_to, bindings.bind)
        return Reading(bindings.query(query), terms)


def _columns(terms: Wanted, frame: Frame, dialect: StoreDialect) -> list[Sql]:
    return [_value(term, frame) for term in terms.values] + [
        _objects(term, fields, frame, dialect) for term, fields in terms.objects.items()
    ]


def _value(term: Value, frame: Frame) -> Sql:
    """A value; of an object only whether there is one."""
    value = frame.term(term)
    if term.type != "object":
        return value
    return build.case((build.is_null(value, negated=True), build.TRUE))


def _objects(term: Value, fields: Wanted, frame: Frame, dialect: StoreDialect) -> Sql:
    """A list of objects as structs of the fields that are asked for: v0, v1, ... as `_columns` has them."""
    types = {
        one.name: one.type for one in (*fields.values, *fields.objects) if not isinstance(one, plan.Property)
    }
    inner = ItemFrame(frame.bindings, frame.moment, f"{frame.item}i")
    made = dialect.struct(
        {f"v{index}": column for index, column in enumerate(_columns(fields, inner, dialect))}
    )
    items = dialect.objects(frame.term(term), types)
    return dialect.transformed(items, build.word(inner.item), made)


def _among(column: Sql, people: Sequence[int], written: Callable[[int], Sql]) -> Sql:
    return build.among(column, build.row(map(written, people)))
