"""Laws of single families, for random definitions on random people: how their forms are related to one another.

SEGQL_EXAMPLES sets how many worlds are drawn, as for the other laws.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

import segql
from segql.compiler import conditions as c
from segql.compiler.ast.base import Condition
from segql.compiler.conditions.windows import InMonth
from tests.reference.definitions import conditions, dids, profiles, sequences
from tests.reference.spans import lengths, windows
from tests.semantics.loading import load, named
from tests.semantics.test_laws import UNHURRIED, WORLDS, Case, cases

WINDOWS = (
    "",
    "in the last 30 days",
    "last month",
    "ever",
    "more than 30 days ago",
    "in the last 400 days",
    "this year",
)
# Conditions on what the events of one kind add up to: event, window, and a number are filled in.
SUMS = (
    'did "{0}" at least {2} times {1}', 'did "{0}" at most {2} times {1}', 'did not "{0}" exactly {2} times {1}',
    'number of "{0}" {1} less than {2}', 'number of different Total from "{0}" {1} is {2}',
    'sum of Total from "{0}" {1} more than {2}', 'sum of Total from "{0}" {1} at most {2}',
    'average of Total from "{0}" {1} at least {2}', 'minimum of Total from "{0}" {1} less than {2}',
    'median of Total from "{0}" {1} more than {2}', 'Total of last "{0}" {1} more than {2}',
    'longest gap between "{0}" {1} more than {2} days', 'last "{0}" more than {2} days ago',
    'first "{0}" {1} is after 2020-01-01', 'last "{0}" {1} is not set',
)  # fmt: skip
FEW = settings(max_examples=max(2, WORLDS // 5), **UNHURRIED)
TIMES = 5
LATER = datetime(2031, 1, 1, tzinfo=UTC)


class Asked:
    """A store to which conditions are put, at the instant and in the time zone of a case."""

    def __init__(self, store: segql.Store, case: Case) -> None:
        self._store = store
        self._case = case
        self.everybody = {person.id for person in case.world.people}

    def __call__(self, condition: Condition, now: datetime | None = None) -> set[str]:
        return named(self._store, self._case.text(condition), now or self._case.now)


def drawn(case: Case, data: st.DataObject, strategy: SearchStrategy[Any]) -> Iterator[tuple[Asked, Any]]:
    """Several of a kind, with a store to ask."""
    with load(case.world) as store:
        for _ in range(TIMES):
            yield Asked(store, case), data.draw(strategy)


def several(operator: str, children: list[Condition], number: int | None = None) -> c.Several:
    return c.Several(operator=operator, number=number, children=tuple(children))  # type: ignore[arg-type]


@FEW
@given(cases(), st.data())
def test_so_many_of_several_conditions_add_up(case: Case, data: st.DataObject) -> None:
    """Everybody fulfils exactly one number of them; any, all and none are some of these numbers."""
    for asked, children in drawn(case, data, st.lists(conditions(profiles(depth=0)), min_size=1, max_size=4)):
        most = len(children)
        exactly = [asked(several("exactly", children, number)) for number in range(most + 1)]
        assert sum(map(len, exactly)) == len(asked.everybody)
        assert set().union(*exactly) == asked.everybody
        assert asked(several("none", children)) == exactly[0]
        assert asked(several("all", children)) == exactly[most] == asked(several("at least", children, most))
        assert (
            asked(several("any", children))
            == asked.everybody - exactly[0]
            == asked(several("at least", children, 1))
        )
        assert asked(several("at most", children, 1)) == exactly[0] | exactly[1]


@FEW
@given(cases(), st.data())
def test_conditions_on_one_kind_of_event_side_by_side(case: Case, data: st.DataObject) -> None:
    """They are read together, in whatever windows, and name those whom they name apart."""
    sums = st.tuples(st.sampled_from(SUMS), st.sampled_from(WINDOWS), st.integers(1, 40), st.booleans())
    several_sums = st.tuples(
        st.sampled_from(("Placed Order", "Viewed Product")), st.lists(sums, min_size=2, max_size=4)
    )
    with load(case.world) as store:
        for _ in range(4 * TIMES):
            event, drawn_sums = data.draw(several_sums)
            texts = [
                f"{'not ' if negated else ''}({text.format(event, window, number)})"
                for text, window, number, negated in drawn_sums
            ]
            apart = [named(store, text, case.now) for text in texts]
            assert named(store, " and ".join(texts), case.now) == set.intersection(*apart), texts
            assert named(store, " or ".join(texts), case.now) == set.union(*apart), texts


@FEW
@given(cases(), st.data())
def test_a_sequence_is_rarer_than_its_beginning(case: Case, data: st.DataObject) -> None:
    """With a step more that happened there are fewer people, or the same."""
    happened = sequences(profiles(depth=1)).filter(lambda did: not did.steps[-1].negated)
    for asked, did in drawn(case, data, happened):
        kept = did.steps[:-1]
        while kept and kept[-1].negated:  # without what comes next, more would be asked of these
            kept = kept[:-1]
        assert asked(did) <= asked(did.changed(steps=kept)), did.text()


@FEW
@given(cases(), st.data())
def test_in_each_of_more_periods_is_rarer(case: Case, data: st.DataObject) -> None:
    """... and on as many different ones, up to now, it happened."""
    rhythms = dids(profiles(depth=1)).filter(lambda did: did.events.quantifier in (None, "any"))
    units = st.sampled_from(("day", "week", "month", "quarter", "year"))
    for asked, (did, unit) in drawn(case, data, st.tuples(rhythms, units)):
        plain = {"negated": False, "how_often": None, "window": None}
        each = [asked(did.changed(**plain, each=c.Periods(count=count, unit=unit))) for count in (1, 2, 3)]
        assert each[2] <= each[1] <= each[0]
        often = c.HowOften(operator="at least", times=3, periods=unit)
        assert each[2] <= asked(did.changed(**{**plain, "how_often": often}, each=None))


@FEW
@given(cases(), st.data())
def test_samples_of_one_name_lie_in_each_other(case: Case, data: st.DataObject) -> None:
    """A share of a share is part of it, whenever it is asked and with whatever else."""
    shares = st.tuples(st.integers(1, 99), st.integers(1, 99)).map(sorted)
    for asked, (small, large) in drawn(case, data, shares):
        name = data.draw(st.sampled_from((None, "holdout", "x: 1")))
        less, more = (c.Sampled(percent=Decimal(share), name=name) for share in (small, large))
        assert asked(less) <= asked(more)
        assert asked(c.And(children=(less, more))) == asked(less)
        assert asked(less, LATER) == asked(less)
        assert asked(c.Sampled(percent=Decimal(100), name=name)) == asked.everybody


@FEW
@given(cases(), st.data())
def test_anniversaries_come_every_year(case: Case, data: st.DataObject) -> None:
    """What lies in a window lies in it in any year, too; and each date is in one month."""
    names = st.sampled_from(("birthday", "created", "next visit"))
    for asked, (name, window) in drawn(case, data, st.tuples(names, windows(future=True))):
        date = c.Attribute(name=name)
        during = c.Comparison(term=date, test=c.IsDuring(window=window))
        yearly = c.Comparison(term=date, test=c.IsAnniversary(when=window))
        if name == "birthday":  # of an instant the whole day counts, if its midnight lies in the window
            assert asked(during) <= asked(yearly), during.text()
        known = asked(c.Comparison(term=date, test=c.IsSet()))
        others = asked(c.Comparison(term=date, test=c.IsAnniversary(when=window, negated=True)))
        assert asked(yearly) | others == known
        assert not asked(yearly) & others
        months = [asked(in_month(date, month)) for month in range(1, 13)]
        assert sum(map(len, months)) == len(known)
        assert set().union(*months) == known


def in_month(date: c.Attribute, month: int) -> c.Comparison:
    return c.Comparison(term=date, test=c.IsAnniversary(when=InMonth(month=month)))


@FEW
@given(cases(), st.data())
def test_of_two_dates_one_is_earlier_or_they_are_the_same(case: Case, data: st.DataObject) -> None:
    """`before` and `after` are each other's mirror, and so they are within a length of time."""
    names = st.permutations(["birthday", "created", "next visit"])
    for asked, (order, length) in drawn(case, data, st.tuples(names, lengths(exact=True))):
        left, right = (c.Attribute(name=name) for name in order[:2])

        def beside(
            one: Any, relation: Any, other: Any, within: Any = None, *, negated: bool = False
        ) -> Condition:
            return c.Comparison(
                term=one, test=c.IsBeside(relation=relation, other=other, within=within, negated=negated)
            )

        before, after = asked(beside(left, "before", right)), asked(beside(left, "after", right))
        assert not before & after
        assert before == asked(beside(right, "after", left))
        assert (
            asked(beside(left, "before", right, length))
            == asked(beside(right, "after", left, length))
            <= before
        )
        both = asked(c.And(children=tuple(c.Comparison(term=one, test=c.IsSet()) for one in (left, right))))
        assert before | asked(beside(left, "before", right, negated=True)) == both
