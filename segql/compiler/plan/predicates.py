"""The predicates of the plan: what is true or false of a profile or, inside a scan, of an event."""

from fractions import Fraction
from typing import Literal

from segql.compiler.plan.base import PlanNode
from segql.compiler.plan.instants import Boundary, Window
from segql.compiler.plan.terms import Attribute, Scan, Term

# Why somebody is in a segment since its first refresh: it is when that was first asked.
FIRST_REFRESH = "first"

Comparator = Literal["=", "<", "<=", ">", ">="]
TextOperator = Literal["equals", "contains", "has word", "starts with", "ends with", "matches"]


class Constant(PlanNode, frozen=True):
    """The same for everybody."""

    value: bool


class And(PlanNode, frozen=True):
    """All of the children."""

    children: tuple["Predicate", ...]


class Or(PlanNode, frozen=True):
    """At least one of the children."""

    children: tuple["Predicate", ...]


class Not(PlanNode, frozen=True):
    """The exact complement."""

    child: "Predicate"


class IsSet(PlanNode, frozen=True):
    """There is a value."""

    term: Term


class Compare(PlanNode, frozen=True):
    """Two numbers compared; false where one is not set, also when negated."""

    operator: Comparator
    left: Term
    right: Term
    negated: bool = False


class TextTest(PlanNode, frozen=True):
    """A text against texts, true if it fits any of them; `values` are folded unless `exact`. False where not set.
    `has word`: holds the value with neither a letter nor a digit at its sides."""

    operator: TextOperator
    term: Term
    values: tuple[str, ...]
    exact: bool = False
    negated: bool = False


class IsBoolean(PlanNode, frozen=True):
    """A truth value that is set and is this one."""

    term: Term
    value: bool


class ListContains(PlanNode, frozen=True):
    """A list against folded texts: it holds any or all of them. False where not set, also when negated."""

    term: Term
    quantifier: Literal["any", "all"]
    values: tuple[str, ...]
    negated: bool = False


class ListSize(PlanNode, frozen=True):
    """The number of items of a list compared with a number; false where not set."""

    term: Term
    operator: Comparator
    size: int


class InWindow(PlanNode, frozen=True):
    """A date or an instant inside a window. A date counts as its midnight. False where not set, also when negated."""

    term: Term
    window: Window
    negated: bool = False


class CountOf(PlanNode, frozen=True):
    """At least `low` and at most `high` (None: no limit) of the children hold."""

    children: tuple["Predicate", ...]
    low: int
    high: int | None


class OnDayOfYear(PlanNode, frozen=True):
    """A date whose month and day are those of a day in a window, or whose month is this one (one of the two is given).
    29 February counts as 28 February in years without one. False where not set, also when negated."""

    term: Term
    window: Window | None = None
    month: int | None = None
    zone: str | None = None
    negated: bool = False


class CompareInstants(PlanNode, frozen=True):
    """One date before or after another, and no more than `seconds` from it where they are given. A date without a time
    of day counts as its midnight. False where one is not set, also when negated."""

    relation: Literal["before", "after"]
    left: Term
    right: Term
    seconds: int | None = None
    zone: str | None = None
    negated: bool = False


class HasItems(PlanNode, frozen=True):
    """Any, all or none of the items of a list fulfil `where`: over fields of objects, where the term's type is object, or
    over the texts themselves. False where the list is not set; of an empty list all and none fulfil it."""

    term: Term
    quantifier: Literal["any", "all", "no"]
    where: "Predicate"


class HasEvents(PlanNode, frozen=True):
    """At least `low` and at most `high` (None: no limit) events in the scan; low is 1 or more."""

    scan: Scan
    low: int = 1
    high: int | None = None


class HasConsent(PlanNode, frozen=True):
    """The consent of the profile's address on a channel has one of the statuses now, since a time in the window.
    An empty `statuses` asks for an address with no entry of that kind at all up to now."""

    channel: str
    kind: Literal["marketing", "transactional", "block"]
    statuses: tuple[str, ...]
    window: Window
    method: str | None = None
    detail: str | None = None


class InList(PlanNode, frozen=True):
    """A member of the list now."""

    name: str


class Moved(PlanNode, frozen=True):
    """Came into a list or a segment, or went out of it, at a time in the window (and up to now). Whom the first refresh
    of a segment found in it (`FIRST_REFRESH`) did not come in then: nobody knows when they did."""

    group: Literal["list", "segment"]
    name: str
    way: Literal["in", "out"]
    window: Window


class HasBeen(PlanNode, frozen=True):
    """A text attribute has this (folded) value and has had it since then or longer, by the history that the store
    keeps."""

    attribute: Attribute
    value: str
    since: Boundary
    zone: str | None = None


class Scheduled(PlanNode, frozen=True):
    """A message of the campaign is waiting to be sent to them."""

    campaign: str


class Step(PlanNode, frozen=True):
    """Events that come after the step before, within so many seconds of it where they are given; or none of them."""

    scan: Scan
    seconds: int | None = None
    negated: bool = False


class Sequence(PlanNode, frozen=True):
    """Events of each step in order of time, each later than the one before; the first step is not negated.

    A negated step holds if none of its events come within its seconds, all of which are over; without seconds, if none
    come before the next step that is not negated, or up to now where there is none."""

    steps: tuple[Step, ...]


class Near(PlanNode, frozen=True):
    """The profile's place lies within so many metres of a point on the globe. False where it has no place."""

    latitude: float
    longitude: float
    metres: float


class Ranked(PlanNode, frozen=True):
    """Among the first of a population by a number, ties included.

    `share` is a part of the population, rounded up to people; else `people` says how many. Profiles for whom the
    term is not set count in the population and are never in.
    """

    end: Literal["top", "bottom"]
    term: Term
    share: Fraction | None = None
    people: int | None = None
    among: "Predicate | None" = None


class Sampled(PlanNode, frozen=True):
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
