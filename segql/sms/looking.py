"""What real people will see: the texts of a few of an audience, made while a text is being written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from segql.sms.audience import choose, conditions, make_texts
from segql.sms.campaigns import Campaign, read_message
from segql.sms.errors import SmsCode, SmsError
from segql.sms.gates import judge
from segql.sms.instants import stored
from segql.sms.parts import Parts, count_parts
from segql.sms.render import Text
from segql.sms.settings import read_settings
from segql.sms.substitutes import Costly

if TYPE_CHECKING:
    import duckdb

    from segql.runtime.api import Store

# So many people are looked at, to show so many of them.
_CANDIDATES = 400
_SHOWN = 3

# SQL for the name of the profile `p`.
NAME = "nullif(trim(concat_ws(' ', p.first_name, p.last_name)), '')"


@dataclass(frozen=True)
class Person:
    """Somebody in an audience. `name`: None where nobody knows it; `number`: None where there is none."""

    profile_id: int
    name: str | None
    number: str | None


@dataclass(frozen=True)
class Seen:
    """What somebody will see. `parts`: of the whole text as it is sent; `gate`: what would stop them now, if anything."""

    person: Person
    country: str | None
    text: str
    parts: Parts
    credits: int
    gate: str | None


@dataclass(frozen=True)
class Plainer:
    """The campaign's text with characters that every phone has in place of such as make it longer. An offer: nothing
    is changed unasked. `parts`: the parts that all messages would have then."""

    text: str
    parts: int


@dataclass(frozen=True)
class Look:
    """A text as people will see it. `audience`: how many people there are in all. `seen`: some of them, with the longest
    and the shortest text of those who were looked at; those who may be texted now come first. `costly`, `plainer`: as in
    `Preview`, for those who were looked at."""

    audience: int
    seen: tuple[Seen, ...]
    costly: tuple[Costly, ...]
    plainer: Plainer | None


def look(store: "Store", campaign: Campaign, at: datetime, turn: int = 0) -> Look:
    """A few people's texts, as at `at`, without changing anything. `turn`: others at each.

    Raises `SmsError` where the text cannot be read, or made for one of them, and `segql.DefinitionError`.
    """
    with store.database.cursor() as connection:
        settings = read_settings(connection)
        text = read_message(connection, campaign.text, campaign.picture, settings)
        choose(connection, conditions(store, campaign.include, campaign.exclude, at))
        audience = _narrow(connection, at, turn)
        make_texts(connection, text)
        judge(connection, campaign.purpose, settings, store.catalog.account.timezone, at)
        _require_texts(connection)
        rows = connection.execute(
            f"""SELECT v.profile_id, {NAME}, p.phone_number, v.country, t.text, v.credits, v.gate
            FROM verdicts v JOIN texts t USING (text_id) JOIN profiles p ON p.profile_id = v.profile_id
            WHERE t.text IS NOT NULL ORDER BY v.outcome = 'skip', hash(v.profile_id + $turn)""",  # noqa: S608
            {"turn": turn},
        ).fetchall()
        found = []
        for profile_id, name, number, country, words, credits, gate in rows:
            seen = text.as_seen(words)
            person = Person(profile_id, name, number)
            found.append(Seen(person, country, seen, count_parts(seen), credits, gate))
        return Look(audience, _shown(found), text.costly, plainer(connection, text, ("pass", "hold", "skip")))


def plainer(
    connection: "duckdb.DuckDBPyConnection", text: Text, outcomes: Sequence[str] = ("pass",)
) -> Plainer | None:
    """The text in plainer characters, where the messages of `verdicts` with such outcomes would have fewer parts with it."""
    if text.plain == text.source:
        return None
    ((parts, fewer),) = connection.execute(
        """SELECT coalesce(sum(parts), 0)::BIGINT, coalesce(sum(plain_parts), 0)::BIGINT
        FROM verdicts JOIN texts USING (text_id) WHERE list_contains($outcomes::VARCHAR[], outcome)""",
        {"outcomes": list(outcomes)},
    ).fetchall()
    return Plainer(text.plain, fewer) if fewer < parts else None


def count(store: "Store", campaign: Campaign, at: datetime) -> int:
    """How many people the conditions of a campaign mean, whatever its text. Raises `segql.DefinitionError`."""
    with store.database.cursor() as connection:
        choose(connection, conditions(store, campaign.include, campaign.exclude, at))
        ((people,),) = connection.execute("SELECT count(DISTINCT profile_id) FROM chosen").fetchall()
        return int(people)


def _narrow(connection: "duckdb.DuckDBPyConnection", at: datetime, turn: int) -> int:
    """Keep a few in the table `chosen`, first such as have consented; how many there were."""
    ((people,),) = connection.execute("SELECT count(DISTINCT profile_id) FROM chosen").fetchall()
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE chosen AS SELECT profile_id FROM (SELECT DISTINCT profile_id FROM chosen) c
        ORDER BY profile_id NOT IN (
          SELECT profile_id FROM consent_periods
          WHERE channel = 'sms' AND status = 'subscribed' AND from_at <= $at AND until_at > $at
        ), hash(profile_id + $turn) LIMIT $limit""",
        {"at": stored(at), "turn": turn, "limit": _CANDIDATES},
    )
    return int(people)


def _require_texts(connection: "duckdb.DuckDBPyConnection") -> None:
    """Raise `SmsError` where the text cannot be made for somebody who would get it."""
    rows = connection.execute(
        """SELECT problem FROM verdicts JOIN texts USING (text_id)
        WHERE outcome <> 'skip' AND problem IS NOT NULL LIMIT 1"""
    ).fetchall()
    if rows:
        remedy = "Give a default, for instance {{ first_name | default('there') }}."
        raise SmsError(SmsCode.MISSING_VALUE, rows[0][0], remedy)


def _shown(found: Sequence[Seen]) -> tuple[Seen, ...]:
    """A few: the first, and of those who may be texted now as it may, the longest and the shortest."""
    passing = [one for one in found if one.gate is None] or list(found)
    longest = max(passing, key=lambda one: (one.parts.parts, one.parts.units), default=None)
    shortest = min(passing, key=lambda one: (one.parts.parts, one.parts.units), default=None)
    chosen = [*passing[:1], longest, shortest, *passing[1:], *found]
    kept = {one.person.profile_id: one for one in chosen if one is not None}
    return tuple(kept.values())[:_SHOWN]
