"""The plan: a small closed algebra of predicates over profiles, which every back end can read whole.

Conditions know the language, back ends know only this. A predicate is true or false for every profile, never unknown:
a test of something that is not set is false, negated tests included, and `Not` is the exact complement.
All nodes are immutable and compare by content, so that equal parts of one or many segments are one node.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from segql.compiler.plan.instants import Window as Window

Comparator = Literal["=", "<", "<=", ">", ">="]
TextOperator = Literal["equals", "contains", "starts with", "ends with", "matches"]
ValueType = Literal["text", "number", "boolean", "date", "datetime", "list", "object"]


# ---- Where values come from --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Metric:
    """An event as the store knows it. `id` is None where no store was asked; `amount` and `label` name the
    properties that have columns of their own."""

    name: str
    id: int | None = None
    amount: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """Events of some metrics in a window, up to now, for which `where` (over properties) holds."""

    metrics: tuple[Metric, ...]
    window: Window
    where: "Predicate | None" = None


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was written."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Attribute:
    """The value of a profile's attribute."""

    name: str
    type: ValueType


@dataclass(frozen=True, slots=True)
class Property:
    """The value of a property of the event at hand; only inside `Scan.where`."""

    name: str
    type: ValueType


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One value a profile, from the events of a scan.

    Over no events count, count of different values and sum are 0; the others are not set. `total` is a sum that is
    not set over no events. `first` and `last` are the instants of the earliest and the latest event.
    """

    function: Literal[
        "count", "count different", "sum", "total", "average", "minimum", "maximum", "first", "last"
    ]
    scan: Scan
    property: Property | None = None


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two numbers combined; not set where a part is not set, or on division by zero."""

    operator: Literal["+", "-", "*", "/"]
    left: "Term"
    right: "Term"


Term = Number | Attribute | Property | Aggregate | Arithmetic


# ---- What is true or false of a profile (or, inside a scan, of an event) -------------------------------------------


@dataclass(frozen=True, slots=True)
class Constant:
    """The same for everybody."""

    value: bool


@dataclass(frozen=True, slots=True)
class And:
    """All of the children."""

    children: tuple["Predicate", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of the children."""

    children: tuple["Predicate", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The exact complement."""

    child: "Predicate"


@dataclass(frozen=True, slots=True)
class IsSet:
    """There is a value."""

    term: Term


@dataclass(frozen=True, slots=True)
class Compare:
    """Two numbers compared; false where one is not set, also when negated."""

    operator: Comparator
    left: Term
    right: Term
    negated: bool = False


@dataclass(frozen=True, slots=True)
class TextTest:
    """A text against texts, true if it fits any of them; `values` are folded unless `exact`. False where not set."""

    operator: TextOperator
    term: Term
    values: tuple[str, ...]
    exact: bool = False
    negated: bool = False


@dataclass(frozen=True, slots=True)
class IsBoolean:
    """A truth value that is set and is this one."""

    term: Term
    value: bool


@dataclass(frozen=True, slots=True)
class ListContains:
    """A list against folded texts: it holds any or all of them. False where not set, also when negated."""

    term: Term
    quantifier: Literal["any", "all"]
    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class ListSize:
    """The number of items of a list compared with a number; false where not set."""

    term: Term
    operator: Comparator
    size: int


@dataclass(frozen=True, slots=True)
class InWindow:
    """A date or an instant inside a window. A date counts as its midnight. False where not set, also when negated."""

    term: Term
    window: Window
    negated: bool = False


@dataclass(frozen=True, slots=True)
class HasEvents:
    """At least `low` and at most `high` (None: no limit) events in the scan; low is 1 or more."""

    scan: Scan
    low: int = 1
    high: int | None = None


@dataclass(frozen=True, slots=True)
class HasConsent:
    """The consent of the profile's address on a channel has one of the statuses now, since a time in the window.
    An empty `statuses` asks for an address with no entry of that kind at all up to now."""

    channel: str
    kind: Literal["marketing", "transactional", "block"]
    statuses: tuple[str, ...]
    window: Window


@dataclass(frozen=True, slots=True)
class InList:
    """A member of the list now."""

    name: str


@dataclass(frozen=True, slots=True)
class Near:
    """The profile's place lies within so many metres of a point on the globe. False where it has no place."""

    latitude: float
    longitude: float
    metres: float


@dataclass(frozen=True, slots=True)
class Ranked:
    """Among the first of a population by a number, ties included.

    `share` is a part of the population, rounded up to people; else `people` says how many. Profiles for whom the
    term is not set count in the population and are never in.
    """

    end: Literal["top", "bottom"]
    term: Term
    share: Fraction | None = None
    people: int | None = None
    among: "Predicate | None" = None


Predicate = (
    Constant
    | And
    | Or
    | Not
    | IsSet
    | Compare
    | TextTest
    | IsBoolean
    | ListContains
    | ListSize
    | InWindow
    | HasEvents
    | HasConsent
    | InList
    | Near
    | Ranked
)


def conjunction(*children: Predicate) -> Predicate:
    """And, flattened, without the children that say nothing."""
    return _combine(And, children, neutral=True)


def disjunction(*children: Predicate) -> Predicate:
    """Or, flattened, without the children that say nothing."""
    return _combine(Or, children, neutral=False)


def complement(child: Predicate) -> Predicate:
    """Not, without double negation."""
    match child:
        case Not(inner):
            return inner
        case Constant(value):
            return Constant(not value)
        case _:
            return Not(child)


def _combine(kind: type[And] | type[Or], children: tuple[Predicate, ...], *, neutral: bool) -> Predicate:
    flat: dict[Predicate, None] = {}
    for child in children:
        for part in child.children if isinstance(child, kind) else (child,):
            if part == Constant(not neutral):
                return part
            if part != Constant(neutral):
                flat[part] = None
    match len(flat):
        case 0:
            return Constant(neutral)
        case 1:
            return next(iter(flat))
        case _:
            return kind(tuple(flat))
