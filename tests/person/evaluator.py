"""Whoever a definition means, found by asking each person by themselves."""

from datetime import datetime
from typing import Any

import segql
from segql.compiler.compiled import Compiled
from segql.compiler.person.evaluate import holds
from segql.compiler.person.record import Person, Subject
from segql.compiler.plan.instants import moment
from segql.runtime.store.timeline import read_people
from tests.semantics.loading import everybody, load


def read(store: segql.Store, compiled: list[Compiled], now: datetime) -> dict[str, Person]:
    """Everybody's record, as far as some definitions read it, by external id."""
    rows = everybody(store)
    with store.database.cursor() as cursor:
        people = read_people(
            cursor,
            [row["profile_id"] for row in rows],
            [one.plan for one in compiled],
            moment(store.catalog.account, now),
        )
    return {row["external_id"]: person for row, person in zip(rows, people, strict=True)}


def meant(compiled: Compiled, people: dict[str, Person], now: datetime) -> set[str]:
    """For whom of some people a definition holds."""
    here = moment(compiled.catalog.account, now)
    return {name for name, person in people.items() if holds(compiled.plan, Subject.whole(person, here))}


class ByPerson:
    """Answers the rows of the conformance file."""

    def __init__(self, family: Any) -> None:
        self._store = load(family.world)

    def members(self, case: Any) -> set[str]:
        compiled = self._store.compile(case.definition).bind(case.given)
        return meant(compiled, read(self._store, [compiled], case.now), case.now)

    def close(self) -> None:
        self._store.close()
