"""The predicates of the plan: what is true or false of a profile or, inside a scan, of an event."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from segql.compiler.plan.instants import Boundary, Window
from segql.compiler.plan.terms import Attribute, Scan, Term

# Why somebody is in a segment since its first refresh: it is when that was first asked.
FIRST_REFRESH = "first"

Comparator = Literal["=", "<", "<=", ">", ">="]
TextOperator = Literal["equals", "contains", "has word", "starts with", "ends with", "matches"]


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
    """A text against texts, true if it fits any of them; `values` are folded unless `exact`. False where not set.
    `has word`: holds the value with neither a letter nor a digit at its sides."""

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
class CountOf:
    """At least `low` and at most `high` (None: no limit) of the children hold."""

    children: tuple["Predicate", ...]
    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class OnDayOfYear:
    """A date whose month and day are those of a day in a window, or whose month is this one (one of the two is given).
    29 February counts as 28 February in years without one. False where not set, also when negated."""

    term: Term
    window: Window | None = None
    month: int | None = None
    zone: str | None = None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class CompareInstants:
    """One date before or after another, and no more than `seconds` from it where they are given. A date without a time
    of day counts as its midnight. False where one is not set, also when negated."""

    relation: Literal["before", "after"]
    left: Term
    right: Term
    seconds: int | None = None
    zone: str | None = None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class HasItems:
    """Any, all or none of the objects in a list fulfil `where` (over item fields). False where the list is not set;
    of an empty list all and none fulfil it."""

    term: Term
    quantifier: Literal["any", "all", "no"]
    where: "Predicate"


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
    method: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class InList:
    """A member of the list now."""

    name: str


@dataclass(frozen=True, slots=True)
class Moved:
    """Came into a list or a segment, or went out of it, at a time in the window (and up to now). Whom the first refresh
    of a segment found in it (`FIRST_REFRESH`) did not come in then: nobody knows when they did."""

    group: Literal["list", "segment"]
    name: str
    way: Literal["in", "out"]
    window: Window


@dataclass(frozen=True, slots=True)
class HasBeen:
    """A text attribute has this (folded) value and has had it since then or longer, by the history that the store
    keeps."""

    attribute: Attribute
    value: str
    since: Boundary
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A message of the campaign is waiting to be sent to them."""

    campaign: str


@dataclass(frozen=True, slots=True)
class Step:
    """Events that come after the step before, within so many seconds of it where they are given; or none of them."""

    scan: Scan
    seconds: int | None = None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Sequence:
    """Events of each step in order of time, each later than the one before; the first step is not negated.

    A negated step holds if none of its events come within its seconds, all of which are over; without seconds, if none
    come before the next step that is not negated, or up to now where there is none."""

    steps: tuple[Step, ...]


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


@dataclass(frozen=True, slots=True)
class Sampled:
    """A share of all profiles, chosen by their ids and the sample's name: the same ones at any time."""

    share: Fraction
    name: str


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
    | CountOf
    | OnDayOfYear
    | CompareInstants
    | HasItems
    | HasEvents
    | HasConsent
    | InList
    | Moved
    | HasBeen
    | Scheduled
    | Sequence
    | Near
    | Ranked
    | Sampled
)
