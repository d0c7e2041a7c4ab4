"""What plans read of some people, as SQL: rows of values, made by the same expressions that test them in a query.

So what a person's evaluation finds in a value is what the query finds in it: types are converted in one place.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from sqlglot import exp

from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import EVER, Moment
from segql.compiler.plan.walk import walk
from segql.compiler.sql import build
from segql.compiler.sql.bindings import Bindings
from segql.compiler.sql.dialects import DIALECTS
from segql.compiler.sql.events import ALIAS, EventFrame
from segql.compiler.sql.frame import Frame, ItemFrame
from segql.compiler.sql.profiles import ProfileFrame
from segql.compiler.sql.query import Query

Value = plan.Attribute | plan.Property | plan.ItemField


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


def wanted(plans: Iterable[plan.Predicate]) -> Wanted:
    """What some plans read as values."""
    found = Wanted()
    nodes = dict.fromkeys(node for root in plans for node in walk(root))
    for node in nodes:
        match node:
            case plan.HasItems(plan.Attribute() | plan.Property() | plan.ItemField() as term, _, where):
                inner = wanted((where,))
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


def profiles(plans: Sequence[plan.Predicate], people: Sequence[int], moment: Moment, dialect: str) -> Reading:
    """One row a person: the attributes that plans read."""
    bindings = Bindings(DIALECTS[dialect])
    frame = ProfileFrame(bindings, moment)
    terms = wanted(plans).of(plan.Attribute)
    query = frame.select(frame.profile_id, *_columns(terms, frame))
    build.where(query, _among(frame.profile_id, people))
    return Reading(Query(query.sql(dialect), dict(bindings.values)), terms)


def events(plans: Sequence[plan.Predicate], people: Sequence[int], moment: Moment, dialect: str) -> Reading:
    """One row an event up to now, of the metrics that plans read: profile_id, metric_id, occurred_at, event_key, and
    the properties that they read."""
    bindings = Bindings(DIALECTS[dialect])
    scans = [node for root in plans for node in walk(root) if isinstance(node, plan.Scan)]
    metrics = dict.fromkeys(metric for scan in scans for metric in scan.metrics)
    whole = EventFrame(bindings, moment, plan.Scan(tuple(metrics), EVER))
    terms = wanted(plans).of(plan.Property)
    columns: list[exp.Expr] = []
    # A property has one type in the events that are asked for it together, and may have another in others.
    frames = {
        term: EventFrame(bindings, moment, _scan_with(term, plans))
        for term in (*terms.values, *terms.objects)
    }
    for term in terms.values:
        columns += _columns(Wanted([term]), frames[term])
    for term, fields in terms.objects.items():
        columns += _columns(Wanted([], {term: fields}), frames[term])
    whole.reads_labels = any(frame.reads_labels for frame in frames.values())
    keys = [build.column(ALIAS, name) for name in ("profile_id", "metric_id", "occurred_at", "event_key")]
    query = whole.select(*keys, *columns)
    build.where(query, _among(build.column(ALIAS, "profile_id"), people))
    return Reading(Query(query.sql(dialect), dict(bindings.values)), terms)


def _scan_with(term: Value, plans: Sequence[plan.Predicate]) -> plan.Scan:
    """The metrics that a property is asked of."""
    metrics: dict[plan.Metric, None] = {}
    for node in dict.fromkeys(node for root in plans for node in walk(root)):
        match node:
            case plan.Scan(found, _, where) if where is not None and term in walk(where):
                metrics.update(dict.fromkeys(found))
            case plan.Aggregate(scan=scan, property=asked) if asked == term:
                metrics.update(dict.fromkeys(scan.metrics))
            case _:
                pass
    return plan.Scan(tuple(metrics), EVER)


def _columns(terms: Wanted, frame: Frame) -> list[exp.Expr]:
    return [_value(term, frame) for term in terms.values] + [
        _objects(term, fields, frame) for term, fields in terms.objects.items()
    ]


def _value(term: Value, frame: Frame) -> exp.Expr:
    """A value; of an object only whether there is one."""
    value = frame.term(term)
    if term.type != "object":
        return value
    there = build.negated(build.is_null(value))
    return exp.Case(ifs=[exp.If(this=there, true=exp.true())])


def _objects(term: Value, fields: Wanted, frame: Frame) -> exp.Expr:
    """A list of objects as structs of the fields that are asked for: v1, v2, ... as `_columns` has them."""
    types = {
        one.name: one.type for one in (*fields.values, *fields.objects) if not isinstance(one, plan.Property)
    }
    inner = ItemFrame(frame.bindings, frame.moment, f"{frame.item}i")
    parts = [
        exp.PropertyEQ(this=exp.to_identifier(f"v{index}"), expression=column)
        for index, column in enumerate(_columns(fields, inner))
    ]
    made = exp.Anonymous(this="struct_pack", expressions=parts)
    each = exp.Lambda(this=made, expressions=[exp.to_identifier(inner.item)])
    items = frame.dialect.objects(frame.term(term), types)
    return exp.Anonymous(this="list_transform", expressions=[items, each])


def _among(column: exp.Expr, people: Sequence[int]) -> exp.Expr:
    return exp.In(this=column, expressions=[exp.Literal.number(person) for person in people])
