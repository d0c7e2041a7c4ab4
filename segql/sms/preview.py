"""What a campaign would do: the funnel of gates, the cost by country, texts as people would see them, plainer words."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from segql.sms.audience import take_audience
from segql.sms.campaigns import Campaign, read_campaign, require_texts
from segql.sms.gates import funnel, judge
from segql.sms.render import Text
from segql.sms.settings import read_settings
from segql.sms.substitutes import Costly

if TYPE_CHECKING:
    import duckdb

    from segql.runtime.api import Store

SAMPLES = 3


@dataclass(frozen=True)
class CountryCost:
    """What the messages to one country would cost."""

    country: str
    messages: int
    parts: int
    credits: int


@dataclass(frozen=True)
class Plainer:
    """The campaign's text with characters that every phone has in place of such as make it longer. An offer: nothing
    is changed unasked. `parts`: the parts that all messages would have then."""

    text: str
    parts: int


@dataclass(frozen=True)
class Preview:
    """What a campaign would do at an instant. audience = the sum of `gates` + `remaining`.

    `gates`: how many people each gate stops, by its code, in order. `credits` is what would be taken, after
    `trial_messages` free ones. `samples`: texts as people would see them. `costly`: characters of the text that need
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
        samples=tuple(text.as_seen(words) for (words,) in samples),
        costly=text.costly,
        plainer=_plainer(connection, text, parts),
    )


def _plainer(connection: "duckdb.DuckDBPyConnection", text: Text, parts: int) -> Plainer | None:
    """The text in plainer characters, where the messages of `verdicts` would have fewer parts with it."""
    if text.plain == text.source:
        return None
    rows = connection.execute(
        """SELECT coalesce(sum(plain_parts), 0)::BIGINT FROM verdicts JOIN texts USING (text_id)
        WHERE outcome = 'pass'"""
    ).fetchall()
    fewer = int(rows[0][0])
    return Plainer(text.plain, fewer) if fewer < parts else None
