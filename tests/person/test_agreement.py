"""The evaluator of one person and SQL name the same people, for random definitions on random stores."""

import os

from hypothesis import given, settings

from tests.person.evaluator import meant, read
from tests.semantics.loading import load, named
from tests.semantics.test_laws import UNHURRIED, Case, cases

WORLDS = int(os.environ.get("SEGQL_EXAMPLES", "4"))


@settings(max_examples=WORLDS, **UNHURRIED)
@given(cases())
def test_one_person_and_sql_name_the_same_people(case: Case) -> None:
    with load(case.world) as store:
        compiled = [store.compile(condition.text()) for condition in case.asked]
        people = read(store, compiled, case.now)
        for condition, one in zip(case.asked, compiled, strict=True):
            found, by_sql = meant(one, people, case.now), named(store, condition.text(), case.now)
            assert found == by_sql, f"{condition.text()}   asked at {case.now}: {found ^ by_sql}"
