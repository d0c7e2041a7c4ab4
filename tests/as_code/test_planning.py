"""What a plan says is what storing it does: who enters and leaves, what is affected, what may go."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

import segql
from segql.runtime.api import Store
from segql.runtime.as_code.planning import Plan, SegmentChange, plan
from segql.runtime.uses import User

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
GOLD = 'segment "Gold": tier is "gold"'
RICH = "define rich(n = 50): score at least $n\n"


@pytest.fixture
def store() -> Iterator[Store]:
    with segql.open(":memory:", create=True) as opened:
        people = {
            "external_id": ["a", "b", "c", None],
            "email": [None, None, None, "d@x.example"],
            "tier": ["gold", "silver", "gold", "silver"],
            "score": [10.0, 60.0, 90.0, 70.0],
        }
        opened.upsert_profiles(pa.table(people), NOW)
        orders = {"external_id": ["a", "b"], "occurred_at": [NOW - timedelta(days=1)] * 2}
        opened.append_events("Placed Order", pa.table(orders))
        opened.save_segments(GOLD + RICH + 'segment "Rich": rich()', NOW)
        yield opened


def planned(store: Store, **texts: str) -> Plan:
    return plan(store, {f"{name}.segql": text for name, text in texts.items()}, NOW, people=9)


def change(found: Plan, name: str) -> SegmentChange:
    return next(one for one in found.segments if one.name == name)


def test_what_is_stored_already_changes_nothing(store: Store) -> None:
    found = planned(store, a=f"-- all\n\n{GOLD}", b=RICH + 'segment "Rich": rich()')
    assert not found.changes_anything
    assert [(one.name, one.change, one.file) for one in found.segments] == [
        ("Gold", "unchanged", "a.segql"),
        ("Rich", "unchanged", "b.segql"),
    ]
    assert [(one.name, one.change) for one in found.defines] == [("rich", "unchanged")]


def test_a_comment_is_stored_and_moves_nobody(store: Store) -> None:
    texts = {"a": f"-- all\n\n-- agreed with legal\n{GOLD} -- our best", "b": f"{RICH.rstrip()} -- euros"}
    found = planned(store, **texts)
    gold = change(found, "Gold")
    assert (gold.change, [one.change for one in found.defines]) == ("changed", ["changed"])
    assert gold.diff == [
        "+ -- agreed with legal", '  segment "Gold":', '-   tier is "gold"', '+   tier is "gold" -- our best'
    ]  # fmt: skip
    assert gold.moves is not None
    assert (gold.moves.entered, gold.moves.left, gold.moves.size) == (0, 0, 2)
    found.apply(store, NOW)
    assert not planned(store, **texts).changes_anything
    assert planned(store, a=GOLD, b=RICH).changes_anything


def test_who_enters_a_new_segment_is_who_is_in_it(store: Store) -> None:
    found = change(planned(store, a='segment "Buyers": did "Placed Order" in the last 30 days'), "Buyers")
    assert found.change == "new"
    assert found.moves is not None
    assert (found.moves.entered, found.moves.left, found.moves.who_enter) == (2, 0, ("a", "b"))
    assert found.diff == ['+ segment "Buyers":', '+   did "Placed Order" in the last 30 days']
    assert found.will_be is not None
    assert (found.was, found.will_be.refresh) == (None, "at midnight")
    assert (found.will_be.cost.events, found.will_be.cost.of) == (2, 2)


def test_who_enters_and_leaves_a_changed_one(store: Store) -> None:
    found = change(planned(store, a='segment "Gold" [tags: vip]: score at least 60'), "Gold")
    assert found.change == "changed"
    assert found.moves is not None
    assert (found.moves.entered, found.moves.left, found.moves.size) == (2, 1, 3)
    assert (found.moves.who_enter, found.moves.who_leave) == (("b", "#3"), ("a",))
    assert found.diff == [
        '- segment "Gold":', '-   tier is "gold"', '+ segment "Gold" [tags: vip]:', "+   score at least 60"
    ]  # fmt: skip


def test_a_define_and_a_segment_affect_those_that_use_them(store: Store) -> None:
    store.save_segments('segment "Rich gold": in segment "Rich" and in segment "Gold"', NOW)
    found = planned(store, a="define rich(n = 65): score at least $n")
    assert [(one.name, one.change) for one in found.segments] == [
        ("Gold", "unchanged"), ("Rich", "affected"), ("Rich gold", "affected")
    ]  # fmt: skip
    rich = change(found, "Rich")
    assert rich.moves is not None
    assert (rich.moves.who_leave, rich.used_by) == (("b",), (User("segment", "Rich gold"),))
    (define,) = found.defines
    assert define.diff[:2] == ["- define rich(n = 50):", "+ define rich(n = 65):"]
    found.apply(store, NOW)
    assert (store.count("Rich", NOW), len(store.versions("Rich"))) == (2, 1)


def test_a_plan_does_what_it_said(store: Store) -> None:
    new = RICH.replace("50", "80") + 'segment "New": rich() and in segment "Gold"'
    texts = {"a.segql": new, "b.segql": GOLD}
    found = plan(store, texts, NOW, prune=True)
    assert {one.name: one.change for one in found.segments} == {
        "Gold": "unchanged", "New": "new", "Rich": "removed"
    }  # fmt: skip
    found.apply(store, NOW, "ann")
    assert [one.name for one in store.catalog.segments] == ["Gold", "New"]
    assert store.versions("New")[0].author == store.versions("Rich")[0].removed_by == "ann"
    moves = change(found, "New").moves
    assert moves is not None and store.count("New", NOW) == moves.size == 1
    assert not plan(store, texts, NOW, prune=True).changes_anything


def test_a_define_that_stands_in_no_file_is_pruned(store: Store) -> None:
    found = plan(store, {"a.segql": GOLD}, NOW, prune=True)
    assert [(one.name, one.change) for one in found.defines] == [("rich", "removed")]
    found.apply(store, NOW)
    assert store.catalog.templates == ()
    with pytest.raises(segql.DefinitionError):
        plan(store, {"a.segql": GOLD + 'segment "R": rich()'}, NOW)


def test_a_rename_is_told_where_the_condition_is_the_same(store: Store) -> None:
    text = 'segment "Golden": tier is "gold"'
    assert change(plan(store, {"a": text}, NOW, prune=True), "Golden").same_as == "Gold"
    assert change(plan(store, {"a": text + GOLD}, NOW), "Golden").same_as is None


def test_a_name_in_another_case_is_the_same_segment(store: Store) -> None:
    found = change(planned(store, a='segment "GOLD": tier is "gold"'), "GOLD")
    assert (found.change, found.same_as) == ("changed", None)
    assert found.moves is not None and (found.moves.entered, found.moves.left) == (0, 0)


def test_what_stays_keeps_what_it_uses(store: Store) -> None:
    files = {"a.segql": RICH + 'segment "Both": in segment "Gold"'}
    with pytest.raises(segql.StoreError, match='The segment "Both" uses the segment "Gold"') as raised:
        plan(store, files, NOW, prune=True)
    assert raised.value.code == "S032"
    campaign = {"Gold": (User("campaign", "June"), User("flow", "Thanks"))}
    with pytest.raises(segql.StoreError, match='The campaign "June" and the flow "Thanks" use'):
        plan(store, {"a.segql": RICH}, NOW, prune=True, others=campaign)
    found = plan(store, {"a.segql": GOLD.replace("gold", "silver")}, NOW, others=campaign)
    assert change(found, "Gold").used_by == campaign["Gold"]


def test_what_is_stored_and_would_hold_no_more_is_told(store: Store) -> None:
    with pytest.raises(segql.DefinitionError, match="rich"):
        planned(store, a="define rich(n): score at least $n")


def test_what_held_no_more_before_can_be_mended(store: Store) -> None:
    with store.database.transaction() as connection:
        connection.execute("UPDATE segments SET definition = 'nothing is 1' WHERE name = 'Gold'")
    assert not planned(store, a='segment "Rich": rich()').changes_anything
    found = change(planned(store, a=GOLD), "Gold")
    assert (found.change, found.moves, found.was) == ("changed", None, None)
    planned(store, a=GOLD).apply(store, NOW)
    assert store.count("Gold", NOW) == 2


def test_files_use_each_other_and_a_name_is_given_once(store: Store) -> None:
    found = planned(
        store, a='segment "A": in segment "B"', b='segment "B": keen()', c="define keen(): score > 80"
    )
    assert [one.moves.entered for one in found.segments if one.moves] == [1, 1]
    with pytest.raises(segql.DefinitionError) as raised:
        planned(store, a='segment "A": score > 1', b='-- again\nsegment "a": score > 2')
    (problem,) = raised.value.diagnostics
    assert (problem.code.name, problem.source.name) == ("SG208", "b.segql")
    assert problem.remedy == "give one of them another name: the other is in a.segql, line 1"


def test_a_segment_that_waits_for_a_parameter_is_refused(store: Store) -> None:
    with pytest.raises(segql.DefinitionError, match=r"\$n cannot be given to a stored segment"):
        planned(store, a='segment "A": score at least $n')
