"""Drafts: campaigns that are written and not yet sent; and campaigns and flows as they were written last."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from segql.sms.audit import By
from segql.sms.campaigns import Campaign, Kind, Status, log_campaign
from segql.sms.errors import SmsCode, SmsError
from segql.sms.flows import Flow
from segql.sms.instants import aware, stored

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Written:
    """A campaign or flow as it was written. `message`: what it says. `saves`: how often it was saved. `actor`: who wrote
    or started it last, where that is known, and `at`: when. `local_time`: the time of the recipients' clocks at which it
    is sent, where it is so."""

    campaign_id: int
    kind: Kind
    status: Status
    message: Campaign | Flow
    saves: int
    actor: str | None
    at: datetime
    local_time: datetime | None


def read_written(connection: "duckdb.DuckDBPyConnection", campaign_id: int) -> Written:
    """A campaign or flow by its id. Raises `SmsError` where there is none."""
    found = read_all_written(connection, campaign_id)
    if not found:
        raise SmsError(
            SmsCode.UNKNOWN_CAMPAIGN,
            "There is no such campaign or flow.",
            "Somebody may have removed the draft.",
        )
    return found[campaign_id]


def read_all_written(
    connection: "duckdb.DuckDBPyConnection", campaign_id: int | None = None
) -> dict[int, Written]:
    """Every campaign and flow by its id, the newest first; or the one of an id, where there is one."""
    rows = connection.execute(
        """SELECT campaign_id, kind, status, saves, actor, local_time, started_at, name, definition FROM sms_campaigns
        WHERE campaign_id = coalesce($id, campaign_id) ORDER BY campaign_id DESC""",
        {"id": campaign_id},
    ).fetchall()
    found = {}
    for known, kind, status, saves, actor, local_time, at, name, definition in rows:
        message = (Flow if kind == "flow" else Campaign).defined(name, definition)
        found[known] = Written(known, kind, status, message, saves, actor, aware(at), local_time)
    return found


def save_draft(
    connection: "duckdb.DuckDBPyConnection",
    campaign: Campaign,
    by: By,
    at: datetime,
    campaign_id: int | None = None,
    seen: int | None = None,
) -> int:
    """Keep a campaign, finished or not, within the caller's transaction; its id. `campaign_id`: of the draft that it
    takes the place of. `seen`: its `saves` as the writer knows them.

    Raises `SmsError` without a name, where something else has the name, or where the draft was changed since.
    """
    if not campaign.name.strip():
        raise SmsError(SmsCode.INVALID_CAMPAIGN, "The campaign has no name.", "Give it one.")
    _require_free_name(connection, campaign.name, campaign_id)
    values = {
        "name": campaign.name,
        "key": campaign.name.casefold(),
        "definition": campaign.definition(),
        "transactional": campaign.transactional,
        "at": stored(at),
        "actor": by.actor,
    }
    if campaign_id is None:
        ((campaign_id,),) = connection.execute(
            """INSERT INTO sms_campaigns BY NAME SELECT
              (SELECT coalesce(max(campaign_id), 0) + 1 FROM sms_campaigns) AS campaign_id, $name AS name,
              $key AS key, $definition AS definition, $transactional AS transactional, $at AS started_at,
              'campaign' AS kind, 'draft' AS status, $at AS starts_at, $actor AS actor, 1 AS saves
            RETURNING campaign_id""",
            values,
        ).fetchall()
        log_campaign(connection, campaign.name, None, "draft", by, at)
        return int(campaign_id)
    before = require_draft(connection, campaign_id, seen).message
    if campaign != before:
        connection.execute(
            """UPDATE sms_campaigns SET name = $name, key = $key, definition = $definition,
            transactional = $transactional, started_at = $at, starts_at = $at, actor = $actor, saves = saves + 1
            WHERE campaign_id = $id""",
            values | {"id": campaign_id},
        )
        log_campaign(connection, campaign.name, before.definition(), campaign.definition(), by, at)
    return campaign_id


def remove_draft(connection: "duckdb.DuckDBPyConnection", campaign_id: int, by: By, at: datetime) -> None:
    """Forget a draft, within the caller's transaction. Raises `SmsError` for what is no draft."""
    written = require_draft(connection, campaign_id)
    connection.execute("DELETE FROM sms_campaigns WHERE campaign_id = ?", [campaign_id])
    log_campaign(connection, written.message.name, "draft", None, by, at)


def require_draft(
    connection: "duckdb.DuckDBPyConnection", campaign_id: int, seen: int | None = None
) -> Written:
    """The draft of an id. Raises `SmsError` where it is none, or was saved since it was `seen`."""
    written = read_written(connection, campaign_id)
    if written.status != "draft":
        raise SmsError(
            SmsCode.CAMPAIGN_RESTS,
            f'"{written.message.name}" is {written.status}, and no draft any more.',
            "Copy it to change what it says.",
        )
    if seen is not None and seen != written.saves:
        raise SmsError(
            SmsCode.DRAFT_CHANGED,
            f'{written.actor} has changed "{written.message.name}" since you opened it.',
            "Look at it again: nothing of yours was saved or sent.",
        )
    return written


def _require_free_name(connection: "duckdb.DuckDBPyConnection", name: str, campaign_id: int | None) -> None:
    taken = connection.execute(
        "SELECT 1 FROM sms_campaigns WHERE key = ? AND campaign_id IS DISTINCT FROM ?",
        [name.casefold(), campaign_id],
    ).fetchall()
    if taken:
        raise SmsError(
            SmsCode.CAMPAIGN_EXISTS,
            f'Another campaign or flow has the name "{name}".',
            "Give this one a name of its own.",
        )
