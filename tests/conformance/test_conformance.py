"""Every row of the conformance file, answered by everything that can answer: the same people each time."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

import segql
from segql.compiler.statements import Ask, Funnel
from segql.compiler.text import quoted
from tests.conformance.reading import Case, Family, FunnelCase, families
from tests.person.evaluator import ByPerson
from tests.reference.evaluate import members
from tests.reference.funnels import Left, funnel, quartiles
from tests.reference.people import World
from tests.semantics.loading import load

FAMILIES = families()


class ByReference:
    """The slow reading of the language over plain objects."""

    def __init__(self, family: Family) -> None:
        self._world = family.world

    def members(self, case: Case) -> set[str]:
        (statement,) = segql.parse(_written_out(case.definition, case.given)).statements
        assert isinstance(statement, Ask)
        return members(self._world, statement.condition, case.now, statement.timezone)

    def close(self) -> None:
        """There is nothing to give back."""


class ByStore:
    """SQL on a store."""

    def __init__(self, family: Family) -> None:
        self._store = load(family.world)

    def members(self, case: Case) -> set[str]:
        compiled = self._store.compile(case.definition).bind(case.given)
        shown = self._store.show_compiled(compiled, ("external_id",), as_of=case.now)
        return set(shown["external_id"].to_pylist())

    def close(self) -> None:
        self._store.close()


# Whoever answers the definitions of a family: made of it, `members` of a case, `close`.
EVALUATORS = (ByReference, ByStore, ByPerson)


def _written_out(definition: str, given: Mapping[str, Any]) -> str:
    """A definition with what is given for its parameters written in their places."""

    def written(found: re.Match[str]) -> str:
        value = given[found[1]]
        items = value if isinstance(value, list) else [value]
        text = ", ".join(quoted(item) if isinstance(item, str) else str(item) for item in items)
        return f"({text})" if isinstance(value, list) else text

    return re.sub(r"\$(\w+)", written, definition)


@pytest.fixture(
    scope="module",
    params=[(family, kind) for family in FAMILIES for kind in EVALUATORS],
    ids=lambda one: f"{one[0].name}-{one[1].__name__}",
)
def evaluator(request: pytest.FixtureRequest) -> Iterator[tuple[Family, Any]]:
    """Each evaluator of each family, made once."""
    family, kind = request.param
    made = kind(family)
    yield family, made
    made.close()


def test_everybody_agrees(evaluator: tuple[Family, Any]) -> None:
    """All rows of a file at once: a wrong one is shown with what was found instead."""
    family, asked = evaluator
    wrong = []
    for case in family.cases:
        try:
            found = asked.members(case)
        except Exception as error:
            error.add_note(case.definition)
            raise
        if found != case.members:
            more, less = sorted(found - case.members), sorted(case.members - found)
            wrong.append(f"{case.definition}\n  at {case.now}: also names {more}, leaves out {less}")
    assert not wrong, "\n".join(wrong)


FUNNELS = [(family.world, case) for family in FAMILIES for case in family.funnels]


@pytest.mark.parametrize(("world", "case"), FUNNELS, ids=[case.funnel for _, case in FUNNELS])
def test_everybody_agrees_on_funnels(world: World, case: FunnelCase) -> None:
    (statement,) = segql.parse(case.funnel).statements
    assert isinstance(statement, Funnel)
    left = funnel(world, statement.steps, case.now)
    assert [_by_reference(one) for one in left] == case.steps
    with load(world) as store:
        assert list(map(_by_store, store.ask(case.funnel, case.now).to_pylist())) == case.steps


def _by_reference(left: Left) -> dict[str, Any]:
    if left.between is None or left.in_all is None:
        return {"count": left.count}
    timed = {"count": left.count, "timed": len(left.between)}
    if not left.between:
        return timed
    return {**timed, "seconds": quartiles(left.between), "from_first": quartiles(left.in_all)[1]}


def _by_store(row: dict[str, Any]) -> dict[str, Any]:
    if row["timed"] is None:
        return {"count": row["count"]}
    timed = {"count": row["count"], "timed": row["timed"]}
    if not row["timed"]:
        return timed
    seconds = [row["lower_quartile_seconds"], row["median_seconds"], row["upper_quartile_seconds"]]
    return {**timed, "seconds": seconds, "from_first": row["median_seconds_from_first"]}


def test_there_are_rows_of_every_family() -> None:
    """A file that is not found would be a file that is not tested."""
    assert len(FAMILIES) >= 14
    assert sum(len(family.cases) for family in FAMILIES) >= 150
