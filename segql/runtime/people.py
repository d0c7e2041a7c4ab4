"""What programs and faces do with people of a store, named by external id, e-mail address, phone number or profile_id: find
them, show what is known of them, merge one with another, erase one."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from segql.compiler.diagnostics.diagnostic import DefinitionError
from segql.compiler.person.evaluate import holds
from segql.compiler.person.record import Subject
from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import moment
from segql.runtime.store.consents import STATUSES
from segql.runtime.store.erasure import erase_person, finish_erasures
from segql.runtime.store.merge import merge_people, same_person
from segql.runtime.store.person import describe_person, find_person, read_part, read_profile
from segql.runtime.store.search import Found, search_people
from segql.runtime.store.timeline import read_people

if TYPE_CHECKING:
    import duckdb

    from segql.runtime.answering import Answering


# So many are found at a time.
PAGE = 40


@dataclass(frozen=True)
class Stay:
    """That somebody is in a segment or on a list: its name, and since when (aware, UTC)."""

    name: str
    since: datetime


@dataclass(frozen=True)
class Person:
    """What is known of a person by name. `values`: the attributes that they have; `aliases`: (kind, identifier) of those who
    were merged into them; `consents`: what holds now (see `consent_log`)."""

    found: Found
    values: dict[str, Any]
    aliases: list[tuple[str, str]]
    consents: list[dict[str, Any]]
    lists: list[Stay]


@dataclass(frozen=True)
class Foreseen:
    """What a merge would do. `taken`: values that the survivor lacks and takes over; `dropped`: those of the other one that
    go, by name, with the survivor's that stays; `stricter`: consents (channel, kind) that would become stricter, and what
    they would be; `aliases`: identifiers that would name the survivor from then on."""

    merged: Found
    survivor: Found
    taken: dict[str, Any]
    dropped: dict[str, tuple[Any, Any]]
    aliases: list[str]
    stricter: dict[tuple[str, str], str]


# What is known of a number comes and goes with it.
_OF_THE_NUMBER = ("phone_valid", "phone_country", "phone_country_code")
_IDENTIFIERS = ("external_id", "email", "phone_number")


def search(store: "Answering", text: str, after: int | None = None) -> list[Found]:
    """Those of whom a text is remembered, a page of them (see `store/search.py`). `after`: the last one that is known."""
    with store.database.cursor() as cursor:
        return search_people(cursor, text, PAGE, after)


def identify(store: "Answering", who: str | int) -> int:
    """The profile_id of a person. Raises `StoreError` where nobody is meant, or several are."""
    with store.database.cursor() as cursor:
        return find_person(cursor, who, store.catalog.account)


def read(store: "Answering", who: str | int) -> Person:
    """What is known of a person, but for what happened, and the segments, which take their time (see `segments_of`).
    Raises `StoreError` where nobody is meant, or several are."""
    with store.database.cursor() as cursor:
        profile_id = find_person(cursor, who, store.catalog.account)
        names = read_part(cursor, profile_id, "also_known_as")
        values = read_profile(cursor, profile_id)
        return Person(
            Found.of(profile_id, values),
            values,
            [(each["kind"], each["value"]) for each in names],
            [each for each in read_part(cursor, profile_id, "consent") if each["until_at"] is None],
            _stays(cursor, profile_id, "lists", "list"),
        )


def segments_of(store: "Answering", profile_id: int) -> list[Stay]:
    """The segments that a person is in, as they were refreshed last."""
    with store.database.cursor() as cursor:
        return _stays(cursor, profile_id, "segment_history", "segment")


def _stays(cursor: "duckdb.DuckDBPyConnection", profile_id: int, part: str, column: str) -> list[Stay]:
    return [
        Stay(each[column], each["from_at"])
        for each in read_part(cursor, profile_id, part)
        if each["until_at"] is None
    ]


def consent_log(store: "Answering", profile_id: int) -> list[dict[str, Any]]:
    """How what a person consents to came about, the oldest entry first."""
    with store.database.cursor() as cursor:
        return read_part(cursor, profile_id, "consent_log")


def foresee_merge(store: "Answering", who: str | int, into: str | int) -> Foreseen:
    """What `merge` would do. Raises `StoreError` as it does."""
    merged, survivor = read(store, who), read(store, into)
    if merged.found.profile_id == survivor.found.profile_id:
        raise same_person()
    values = {name: value for name, value in merged.values.items() if name not in _OF_THE_NUMBER}
    # It has been there since the earlier of the two was.
    values.pop("created", None)
    taken = {name: value for name, value in values.items() if name not in survivor.values}
    dropped = {
        name: (value, survivor.values[name])
        for name, value in values.items()
        if name not in taken and survivor.values[name] != value
    }
    mine, theirs = (
        {(each["channel"], each["kind"]): each["status"] for each in person.consents}
        for person in (survivor, merged)
    )
    stricter = {
        about: status
        for about, status in theirs.items()
        if about[1] in STATUSES and _leniency(about[1], status) < _leniency(about[1], mine.get(about))
    }
    return Foreseen(
        merged.found,
        survivor.found,
        taken,
        dropped,
        [str(dropped[name][0]) for name in _IDENTIFIERS if name in dropped],
        stricter,
    )


def _leniency(kind: str, status: str | None) -> int:
    """The place of a status among those of its kind, the strictest first. Who said nothing has only not said no."""
    return STATUSES[kind].index(status) if status else 1


def describe(store: "Answering", who: str | int, as_of: datetime | None = None) -> dict[str, Any]:
    """Everything that the store holds about a person, and the segments that they are in, as one document.

    Segments whose definition is wrong by now are named apart: nobody can say who is in them.

    `as_of`: the aware instant as of which segments are asked, the present by default. Raises `StoreError` where
    nobody is meant, or several are.
    """
    at = as_of or datetime.now(UTC)
    with store.database.cursor() as cursor:
        cursor.begin()  # one state of the store
        profile_id = find_person(cursor, who, store.catalog.account)
        document = describe_person(cursor, profile_id)
        plans: dict[str, plan.Predicate] = {}
        document["segments_in_error"] = []
        for segment in store.catalog.segments:
            try:
                plans[segment.name] = store.compile(segment.name).plan
            except DefinitionError:
                document["segments_in_error"].append(segment.name)
        here = moment(store.catalog.account, at)
        # The person is asked, not everybody.
        (person,) = read_people(cursor, (profile_id,), list(plans.values()), here)
    subject = Subject.whole(person, here)
    document["segments"] = [name for name, asked in plans.items() if holds(asked, subject)]
    return document


def merge(store: "Answering", who: str | int, into: str | int, actor: str, at: datetime | None = None) -> int:
    """Make one person a part of another, who keeps their own identifiers and values; the survivor's profile_id.

    `at`: the aware instant of it, the present by default. Raises `StoreError` where nobody is meant, several are,
    or both are one.
    """
    account = store.catalog.account
    with store.database.transaction() as connection:
        merged, survivor = (find_person(connection, each, account) for each in (who, into))
        merge_people(connection, merged, survivor, at or datetime.now(UTC), actor)
    return survivor


def erase(store: "Answering", who: str | int, actor: str, at: datetime | None = None) -> None:
    """Erase a person, for good (see `store/erasure.py`). What an erasure that was killed left to do is done first.

    `at`: the aware instant of it, the present by default. Raises `StoreError` where nobody is meant, or several are.
    """
    finish_erasures(store.database)
    with store.database.cursor() as cursor:
        profile_id = find_person(cursor, who, store.catalog.account)
    erase_person(store.database, profile_id, at or datetime.now(UTC), actor, secrets.token_bytes(32))
