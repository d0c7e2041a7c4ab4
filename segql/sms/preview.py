"""What a campaign would do: the funnel of gates, the cost by country, texts as people would see them, plainer words."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from segql.sms.audience import take_audience
from segql.sms.campaigns import Campaign, read_campaign, require_texts
from segql.sms.gates import funnel, judge
from segql.sms.instants import aware
from segql.sms.looking import NAME, Person, Plainer, plainer
from segql.sms.render import Text
from segql.sms.settings import read_settings
from segql.sms.substitutes import Costly

if TYPE_CHECKING:
    import duckdb

    from segql.runtime.api import Store

SAMPLES = 3
# So many of those whom a gate stops are named.
_NAMED = 5


@dataclass(frozen=True)
class CountryCost:
    """What the messages to one country would cost."""

    country: str
    messages: int
    parts: int
    credits: int


@dataclass(frozen=True)
class Wait:
    """Those whom a gate makes wait. `since`, `until`: when the first and the last of them are looked at again; None where
    somebody has to decide."""

    people: int
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True)
class Preview:
    """What a campaign would do at an instant. audience = the sum of `gates` + `remaining`.

    `gates`: how many people each gate stops, by its code, in order. `credits` is what would be taken, after
    `trial_messages` free ones. `waits`: those who are not skipped but wait, by the gate. `stopped`: a few of those whom each
    gate stops. `samples`: texts as people would see them. `costly`: characters of the text that need
    the costlier alphabet, and `plainer` the text without them, where that saves parts.
    """

    campaign: str
    at: datetime
    audience: int
    gates: dict[str, int]
    remaining: int
    parts: int
    credits: int
    trial_messages: int
    countries: tuple[CountryCost, ...]
    waits: dict[str, Wait]
    stopped: dict[str, tuple[Person, ...]]
    samples: tuple[str, ...]
    costly: tuple[Costly, ...]
    plainer: Plainer | None


def preview(store: "Store", campaign: Campaign, at: datetime) -> Preview:
    """Judge the campaign's audience as at `at`, without changing anything."""
    with store.database.cursor() as connection:
        settings = read_settings(connection)
        text, people = read_campaign(store, connection, campaign, settings, at)
        take_audience(connection, people, text)
        judge(connection, campaign.purpose, settings, store.catalog.account.timezone, at)
        require_texts(connection)
        return _summary(connection, campaign, text, at)


def _summary(
    connection: "duckdb.DuckDBPyConnection", campaign: Campaign, text: Text, at: datetime
) -> Preview:
    countries = tuple(
        CountryCost(*row)
        for row in connection.execute(
            """SELECT country, count(*), sum(parts)::BIGINT, sum(if(trial, 0, credits))::BIGINT FROM verdicts
            JOIN texts USING (text_id) WHERE outcome = 'pass'
            GROUP BY country ORDER BY count(*) DESC, country"""
        ).fetchall()
    )
    (audience, trial_messages) = connection.execute(
        "SELECT count(*), count(*) FILTER (trial) FROM verdicts"
    ).fetchall()[0]
    samples = connection.execute(
        """SELECT text FROM verdicts JOIN texts USING (text_id) WHERE outcome = 'pass'
        GROUP BY text ORDER BY min(profile_id) LIMIT ?""",
        [SAMPLES],
    ).fetchall()
    parts = sum(country.parts for country in countries)
    return Preview(
        campaign=campaign.name,
        at=at,
        audience=audience,
        gates=funnel(connection),
        remaining=sum(country.messages for country in countries),
        parts=parts,
        credits=sum(country.credits for country in countries),
        trial_messages=trial_messages,
        countries=countries,
        waits=_waits(connection),
        stopped=_stopped(connection),
        samples=tuple(text.as_seen(words) for (words,) in samples),
        costly=text.costly,
        plainer=plainer(connection, text),
    )


def _waits(connection: "duckdb.DuckDBPyConnection") -> dict[str, Wait]:
    rows = connection.execute(
        """SELECT gate, count(*), min(due_at), max(due_at), gate = 'in_review' FROM verdicts
        WHERE outcome = 'hold' GROUP BY gate"""
    ).fetchall()
    return {
        gate: Wait(people, *((None, None) if decided else (aware(first), aware(last))))
        for gate, people, first, last, decided in rows
    }


def _stopped(connection: "duckdb.DuckDBPyConnection") -> dict[str, tuple[Person, ...]]:
    rows = connection.execute(
        f"""SELECT v.gate, v.profile_id, {NAME}, p.phone_number FROM verdicts v JOIN profiles p USING (profile_id)
        WHERE v.gate IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY v.gate ORDER BY v.profile_id) <= {_NAMED}
        ORDER BY v.profile_id"""  # noqa: S608 - constants
    ).fetchall()
    found: dict[str, list[Person]] = {}
    for gate, *person in rows:
        found.setdefault(gate, []).append(Person(*person))
    return {gate: tuple(people) for gate, people in found.items()}
