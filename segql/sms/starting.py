"""Starting campaigns: the audience is taken, and everybody in it is queued, held or skipped, once and for all."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from segql.runtime.errors import StoreError
from segql.sms.audience import take_audience
from segql.sms.audit import By
from segql.sms.campaigns import Campaign, Stored, find, log_campaign, read_campaign, require_texts
from segql.sms.errors import SmsCode, SmsError
from segql.sms.gates import FLEETING, judge
from segql.sms.instants import stored
from segql.sms.local_time import make_local_instants
from segql.sms.messages import note_steps
from segql.sms.settings import read_settings

if TYPE_CHECKING:
    import duckdb

    from segql.runtime.api import Store

# A campaign that is later than this is not sent by itself: what it says may no longer be so.
_LATEST = timedelta(days=1)
# From the first clock on earth that shows a time to the last.
_ALL_CLOCKS = timedelta(hours=26)
# No clock is further ahead of UTC: when it shows a time, nobody's has shown it before.
_EARLIEST_CLOCK = timedelta(hours=14)


def queue(store: "Store", campaign: Campaign, by: By, at: datetime) -> int:
    """Take the audience and queue, hold or skip everybody in it, in one transaction.

    Started again, the same campaign queues those who were skipped for want of credits or coupons, and nobody else.
    Returns how many of its messages are queued or held. Raises `SmsError` where another campaign has the name, and
    where it was paused, stopped or cancelled.
    """
    with store.database.transaction() as connection:
        known = find(connection, campaign)
        before = known.status if known else None
        if known is None:
            known = _insert_campaign(connection, campaign, by, at, at, None)
        elif known.status == "running":
            log_campaign(connection, campaign.name, "running", "sent again", by, at)
            return _requeue(connection, known.campaign_id, at)
        elif known.status not in ("draft", "scheduled"):
            raise SmsError(
                SmsCode.CAMPAIGN_RESTS,
                f'The campaign "{campaign.name}" is {known.status}.',
                "Give another one a name of its own."
                if known.status == "cancelled"
                else "Resume it, or give another one a name of its own.",
            )
        _take(store, connection, campaign, replace(known, local_time=None), at)
        log_campaign(connection, campaign.name, before, "sent", by, at)
        return _count_waiting(connection, known.campaign_id)


def schedule(store: "Store", campaign: Campaign, when: datetime, by: By, at: datetime) -> datetime:
    """Store a campaign that is to start at `when`: an instant, or, without a zone, a time of each recipient's own
    clock. Scheduled again it gets the new time. Returns the instant at which its audience will be taken.

    Raises `SmsError` where the campaign could not be sent as it stands, and where its time has passed.
    """
    local = when.replace(microsecond=0) if when.tzinfo is None else None
    starts_at = when.replace(tzinfo=UTC) - _EARLIEST_CLOCK if local else when
    if (local.replace(tzinfo=UTC) + _EARLIEST_CLOCK if local else when) <= at:
        raise SmsError(SmsCode.INVALID_INSTANT, f"{when.isoformat()} has passed.", "Give a time to come.")
    starts_at = max(starts_at, at)
    with store.database.transaction() as connection:
        read_campaign(store, connection, campaign, read_settings(connection), at)
        known = find(connection, campaign)
        if known is None:
            _insert_campaign(connection, campaign, by, at, starts_at, local)
        elif known.status in ("draft", "scheduled"):
            connection.execute(
                "UPDATE sms_campaigns SET status = 'scheduled', starts_at = ?, local_time = ? WHERE campaign_id = ?",
                [stored(starts_at), local, known.campaign_id],
            )
        else:
            raise SmsError(
                SmsCode.CAMPAIGN_EXISTS,
                f'The campaign "{campaign.name}" has been started.',
                "Give another one a name of its own.",
            )
        before = known.status if known else None
        log_campaign(connection, campaign.name, before, f"scheduled for {when.isoformat()}", by, at)
    return starts_at


def start_scheduled(store: "Store", at: datetime) -> None:
    """Start the campaigns whose time has come. One that cannot be sent is stopped, and says why."""
    from segql import DefinitionError

    with store.database.cursor() as cursor:
        due = cursor.execute(
            """SELECT campaign_id, name, definition, local_time, starts_at FROM sms_campaigns
            WHERE status = 'scheduled' AND starts_at <= ? ORDER BY starts_at, campaign_id""",
            [stored(at)],
        ).fetchall()
    for campaign_id, name, definition, local_time, starts_at in due:
        known = Stored(campaign_id, True, "scheduled", local_time)
        try:
            if stored(at) > starts_at + _LATEST + (_ALL_CLOCKS if local_time else timedelta()):
                raise SmsError(
                    SmsCode.CAMPAIGN_RESTS,
                    "Its time passed more than a day ago, and nothing started it then.",
                    "Resume it to send it now, or cancel it.",
                )
            with store.database.transaction() as connection:
                _take(store, connection, Campaign.defined(name, definition), known, at)
        except (SmsError, StoreError, DefinitionError) as error:
            with store.database.transaction() as connection:
                connection.execute(
                    "UPDATE sms_campaigns SET status = 'stopped', fault = ? WHERE campaign_id = ?",
                    [str(error), campaign_id],
                )


def next_start(connection: "duckdb.DuckDBPyConnection", after: datetime, until: datetime) -> datetime | None:
    """The first instant in (after, until) at which a scheduled campaign starts."""
    rows = connection.execute(
        """SELECT min(starts_at) FROM sms_campaigns
        WHERE status = 'scheduled' AND starts_at > $after AND starts_at < $until""",
        {"after": stored(after), "until": stored(until)},
    ).fetchall()
    return rows[0][0].replace(tzinfo=UTC) if rows[0][0] else None


def _insert_campaign(
    connection: "duckdb.DuckDBPyConnection",
    campaign: Campaign,
    by: By,
    at: datetime,
    starts_at: datetime,
    local_time: datetime | None,
) -> Stored:
    rows = connection.execute(
        """INSERT INTO sms_campaigns BY NAME SELECT
          (SELECT coalesce(max(campaign_id), 0) + 1 FROM sms_campaigns) AS campaign_id, $name AS name, $key AS key,
          $definition AS definition, $transactional AS transactional, $at AS started_at, 'campaign' AS kind,
          'scheduled' AS status, $starts_at AS starts_at, $local_time::TIMESTAMP_S AS local_time, $actor AS actor,
          1 AS saves
        RETURNING campaign_id""",
        {
            "name": campaign.name,
            "key": campaign.name.casefold(),
            "definition": campaign.definition(),
            "transactional": campaign.transactional,
            "at": stored(at),
            "starts_at": stored(starts_at),
            "local_time": local_time,
            "actor": by.actor,
        },
    ).fetchall()
    return Stored(rows[0][0], True, "scheduled", local_time)


def _take(
    store: "Store",
    connection: "duckdb.DuckDBPyConnection",
    campaign: Campaign,
    known: Stored,
    at: datetime,
) -> None:
    """Take the audience of a scheduled campaign, which runs from then on, with a message for everybody in it."""
    settings = read_settings(connection)
    zone = store.catalog.account.timezone
    text, people = read_campaign(store, connection, campaign, settings, at)
    take_audience(connection, people, text)
    judge(connection, campaign.purpose, settings, zone, at)
    require_texts(connection)
    make_local_instants(connection, known.local_time, zone)
    connection.execute(
        "UPDATE sms_campaigns SET status = 'running', started_at = ? WHERE campaign_id = ?",
        [stored(at), known.campaign_id],
    )
    # What a clock lifts may have passed when it shows the campaign's time: then it is judged.
    waits = (*FLEETING, "in_review") if known.local_time else ()
    _insert_messages(connection, campaign, known.campaign_id, waits, at)
    connection.execute(
        "CREATE TEMP TABLE taken AS SELECT message_id FROM sms_messages WHERE campaign_id = ?",
        [known.campaign_id],
    )
    note_steps(connection, "taken", at)


def _insert_messages(
    connection: "duckdb.DuckDBPyConnection",
    campaign: Campaign,
    campaign_id: int,
    waits: Sequence[str],
    at: datetime,
) -> None:
    """Store a message for everybody in `verdicts`."""
    # Who comes behind the gate on duplicates is the only one with the number.
    connection.execute(
        """INSERT INTO sms_messages BY NAME
        WITH judged AS (
          SELECT v.*, t.text, t.parts, list_contains($waits::VARCHAR[], gate) IS TRUE AS waiting,
            if(waiting, l.due_at, greatest(v.due_at, l.due_at)) AS starts_at
          FROM verdicts v JOIN texts t USING (text_id) LEFT JOIN local_instants l USING (profile_id)
        )
        SELECT
          (SELECT coalesce(max(message_id), 0) FROM sms_messages) + row_number() OVER (ORDER BY profile_id)
            AS message_id,
          $campaign AS campaign_id, $purpose AS purpose, profile_id,
          if(gate IN ('no_number', 'invalid_number', 'duplicate_number'), NULL, phone_number) AS number, country,
          sender, text, parts, credits, false AS trial,
          CASE WHEN outcome = 'pass' OR waiting THEN 'queued' WHEN outcome = 'hold' THEN 'held' ELSE 'skipped' END
            AS state,
          if(waiting, NULL, gate) AS reason, if(outcome = 'skip' AND NOT waiting, NULL, starts_at) AS due_at,
          0 AS attempts, $at AS queued_at, 0 AS contradictions, 0 AS occasion, $picture AS picture
        FROM judged ORDER BY profile_id""",
        {
            "campaign": campaign_id,
            "purpose": campaign.purpose,
            "at": stored(at),
            "waits": list(waits),
            "picture": campaign.picture,
        },
    )


def _requeue(connection: "duckdb.DuckDBPyConnection", campaign_id: int, at: datetime) -> int:
    connection.execute(
        """CREATE TEMP TABLE again AS SELECT message_id FROM sms_messages
        WHERE campaign_id = ? AND state = 'skipped' AND reason IN ('no_credits', 'no_coupon')""",
        [campaign_id],
    )
    connection.execute(
        """UPDATE sms_messages SET state = 'queued', reason = NULL, due_at = $at
        WHERE message_id IN (SELECT message_id FROM again)""",
        {"at": stored(at)},
    )
    note_steps(connection, "again", at)
    return _count_waiting(connection, campaign_id)


def _count_waiting(connection: "duckdb.DuckDBPyConnection", campaign_id: int) -> int:
    rows = connection.execute(
        "SELECT count(*) FROM sms_messages WHERE campaign_id = ? AND state IN ('queued', 'held')",
        [campaign_id],
    ).fetchall()
    return int(rows[0][0])
