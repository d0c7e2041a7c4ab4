"""Campaigns: one message to one audience. The preview, the start, and why somebody got it or did not."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from segql.sms.audience import Conditions, conditions, take_audience
from segql.sms.errors import SmsCode, SmsError
from segql.sms.gates import BY_CODE, Purpose, funnel, judge
from segql.sms.instants import aware, stored
from segql.sms.render import Text, as_seen, read_text
from segql.sms.settings import SmsSettings, read_settings

if TYPE_CHECKING:
    import duckdb

    from segql.runtime.api import Store

SAMPLES = 3


@dataclass(frozen=True)
class Campaign:
    """A message to everybody in any of `include` and none of `exclude`: conditions, or segments' names.

    `text` is a Jinja2 template over the attributes, with link("https://...") for links that are counted.
    """

    name: str
    include: tuple[str, ...]
    text: str
    exclude: tuple[str, ...] = ()
    transactional: bool = False

    @property
    def purpose(self) -> Purpose:
        """What consent it needs."""
        return "transactional" if self.transactional else "marketing"

    def definition(self) -> str:
        """What it says, as JSON."""
        return json.dumps(
            {
                "include": list(self.include),
                "exclude": list(self.exclude),
                "text": self.text,
                "transactional": self.transactional,
            }
        )


@dataclass(frozen=True)
class CountryCost:
    """What the messages to one country would cost."""

    country: str
    messages: int
    parts: int
    credits: int


@dataclass(frozen=True)
class Preview:
    """What a campaign would do at an instant. audience = the sum of `gates` + `remaining`.

    `gates`: how many people each gate stops, by its code, in order. `credits` is what would be taken, after
    `trial_messages` free ones. `samples`: texts as people would see them.
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


@dataclass(frozen=True)
class Outcome:
    """What a campaign did for one person: the state, the gate or failure behind it, if any, and the words."""

    campaign: str
    state: str
    reason: str | None
    words: str
    text: str | None
    handed_at: datetime | None
    finished_at: datetime | None


def preview(store: "Store", campaign: Campaign, at: datetime) -> Preview:
    """Judge the campaign's audience as at `at`, without changing anything."""
    with store.database.cursor() as connection:
        settings = read_settings(connection)
        text, people = _read(store, connection, campaign, settings, at)
        take_audience(connection, people, text)
        judge(connection, campaign.purpose, settings, store.catalog.account.timezone, at)
        _require_texts(connection)
        return _summary(connection, campaign, settings, at)


def queue(store: "Store", campaign: Campaign, at: datetime) -> int:
    """Take the audience and queue, hold or skip everybody in it, in one transaction.

    Started again, the same campaign queues those who were skipped for want of credits, and nobody else. Returns how
    many of its messages are queued or held. Raises `SmsError` where another campaign has the name.
    """
    with store.database.transaction() as connection:
        settings = read_settings(connection)
        known = connection.execute(
            "SELECT campaign_id, definition = $definition FROM sms_campaigns WHERE key = $key",
            {"definition": campaign.definition(), "key": campaign.name.casefold()},
        ).fetchall()
        if known:
            campaign_id, same = known[0]
            if not same:
                raise SmsError(
                    SmsCode.CAMPAIGN_EXISTS,
                    f'Another campaign has the name "{campaign.name}".',
                    "Give this one a name of its own.",
                )
            return _requeue(connection, campaign_id, at)
        text, people = _read(store, connection, campaign, settings, at)
        take_audience(connection, people, text)
        judge(connection, campaign.purpose, settings, store.catalog.account.timezone, at)
        _require_texts(connection)
        return _insert(connection, campaign, at)


def why(connection: "duckdb.DuckDBPyConnection", campaign: str, profile: str) -> Outcome:
    """What became of a campaign for one person, named by external id, e-mail or number."""
    campaign_id = campaign_id_of(connection, campaign)
    people = connection.execute(
        """SELECT profile_id FROM profiles WHERE external_id = $who OR phone_number = $who
          OR lower(email) = lower($who) ORDER BY external_id = $who DESC NULLS LAST, profile_id""",
        {"who": profile},
    ).fetchall()
    if not people:
        raise SmsError(
            SmsCode.UNKNOWN_PROFILE,
            "Nobody has that external id, e-mail address or number.",
            "Write a number with its country code, as +12025550123.",
        )
    rows = connection.execute(
        """SELECT state, reason, text, handed_at, finished_at FROM sms_messages
        WHERE campaign_id = ? AND profile_id = ?""",
        [campaign_id, people[0][0]],
    ).fetchall()
    if not rows:
        return Outcome(campaign, "outside", None, "is not in the audience", None, None, None)
    state, reason, text, handed_at, finished_at = rows[0]
    return Outcome(
        campaign,
        state,
        reason,
        BY_CODE[reason].words if reason in BY_CODE else reason or state,
        text if handed_at else None,
        aware(handed_at) if handed_at else None,
        aware(finished_at) if finished_at else None,
    )


def campaign_id_of(connection: "duckdb.DuckDBPyConnection", name: str) -> int:
    """The campaign of that name in any case. Raises `SmsError` where there is none."""
    rows = connection.execute(
        "SELECT campaign_id FROM sms_campaigns WHERE key = ?", [name.casefold()]
    ).fetchall()
    if not rows:
        raise SmsError(
            SmsCode.UNKNOWN_CAMPAIGN, f'No campaign "{name}" was sent.', "Check the name, or send it first."
        )
    return int(rows[0][0])


def _read(
    store: "Store",
    connection: "duckdb.DuckDBPyConnection",
    campaign: Campaign,
    settings: SmsSettings,
    at: datetime,
) -> tuple[Text, Conditions]:
    if not campaign.name.strip() or not campaign.include:
        raise SmsError(
            SmsCode.INVALID_CAMPAIGN,
            "A campaign needs a name, and somebody to text.",
            "Give it a name and at least one condition or segment to include.",
        )
    attributes = [
        name for (name,) in connection.execute("SELECT name FROM attributes ORDER BY key").fetchall()
    ]
    text = read_text(campaign.text, attributes, settings)
    return text, conditions(store, campaign.include, campaign.exclude, at)


def _require_texts(connection: "duckdb.DuckDBPyConnection") -> None:
    """Raise `SmsError` where the text cannot be made for somebody who would get it, now or later."""
    rows = connection.execute(
        """SELECT any_value(problem), count(*) FROM verdicts JOIN texts USING (text_id)
        WHERE outcome <> 'skip' AND problem IS NOT NULL"""
    ).fetchall()
    problem, people = rows[0]
    if people:
        raise SmsError(
            SmsCode.MISSING_VALUE,
            f"{problem} (people concerned: {people})",
            "Give a default, for instance {{ first_name | default('there') }}.",
        )


def _summary(
    connection: "duckdb.DuckDBPyConnection", campaign: Campaign, settings: SmsSettings, at: datetime
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
    return Preview(
        campaign=campaign.name,
        at=at,
        audience=audience,
        gates=funnel(connection),
        remaining=sum(country.messages for country in countries),
        parts=sum(country.parts for country in countries),
        credits=sum(country.credits for country in countries),
        trial_messages=trial_messages,
        countries=countries,
        samples=tuple(as_seen(text, settings.link_host) for (text,) in samples),
    )


def _insert(connection: "duckdb.DuckDBPyConnection", campaign: Campaign, at: datetime) -> int:
    """Store the campaign, and a message for everybody in `verdicts`."""
    campaign_id = connection.execute(
        "SELECT coalesce(max(campaign_id), 0) + 1 FROM sms_campaigns"
    ).fetchall()[0][0]
    connection.execute(
        """INSERT INTO sms_campaigns (campaign_id, name, key, definition, transactional, started_at)
        VALUES (?, ?, ?, ?, ?, ?)""",
        [
            campaign_id,
            campaign.name,
            campaign.name.casefold(),
            campaign.definition(),
            campaign.transactional,
            stored(at),
        ],
    )
    # Who comes behind the gate on duplicates is the only one with the number.
    connection.execute(
        """INSERT INTO sms_messages BY NAME SELECT
          (SELECT coalesce(max(message_id), 0) FROM sms_messages) + row_number() OVER (ORDER BY profile_id)
            AS message_id,
          $campaign AS campaign_id, $purpose AS purpose, profile_id,
          if(gate IN ('no_number', 'invalid_number', 'duplicate_number'), NULL, phone_number) AS number, country,
          sender, text, parts, credits, false AS trial,
          CASE outcome WHEN 'pass' THEN 'queued' WHEN 'hold' THEN 'held' ELSE 'skipped' END AS state,
          gate AS reason, if(outcome = 'skip', NULL, due_at) AS due_at, 0 AS attempts, $at AS queued_at,
          0 AS contradictions
        FROM verdicts JOIN texts USING (text_id) ORDER BY profile_id""",
        {"campaign": campaign_id, "purpose": campaign.purpose, "at": stored(at)},
    )
    return _count_waiting(connection, campaign_id)


def _requeue(connection: "duckdb.DuckDBPyConnection", campaign_id: int, at: datetime) -> int:
    connection.execute(
        """UPDATE sms_messages SET state = 'queued', reason = NULL, due_at = $at
        WHERE campaign_id = $campaign AND state = 'skipped' AND reason = 'no_credits'""",
        {"campaign": campaign_id, "at": stored(at)},
    )
    return _count_waiting(connection, campaign_id)


def _count_waiting(connection: "duckdb.DuckDBPyConnection", campaign_id: int) -> int:
    rows = connection.execute(
        "SELECT count(*) FROM sms_messages WHERE campaign_id = ? AND state IN ('queued', 'held')",
        [campaign_id],
    ).fetchall()
    return int(rows[0][0])
