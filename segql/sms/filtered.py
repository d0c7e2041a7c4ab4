"""Texts that carriers take for spam: a campaign or flow of which they filter too many pauses itself, and says why."""

from datetime import datetime
from typing import TYPE_CHECKING

from segql.sms.audit import By
from segql.sms.campaigns import log_campaign
from segql.sms.messages import IS_WAITING
from segql.sms.settings import read_settings

if TYPE_CHECKING:
    import duckdb

# So many texts back the share is taken; and of fewer filtered ones nothing follows.
LAST_TEXTS = 100
FEWEST_FILTERED = 5

_BY_ITSELF = By("carrier", "")


def pause_filtered(connection: "duckdb.DuckDBPyConnection", messages: str, at: datetime) -> None:
    """Pause what has more to send and too many of whose last texts were filtered, since it was last resumed.

    `messages`: the name of a temporary table of message ids, of which something was heard just now.
    """
    most = read_settings(connection).filtered_percent
    if most is None:
        return
    running = connection.execute(
        f"""SELECT DISTINCT campaign_id, name, watched_from FROM sms_campaigns JOIN sms_messages m USING (campaign_id)
        WHERE status = 'running' AND m.state = 'failed' AND m.reason = 'carrier_violation'
          AND message_id IN (SELECT message_id FROM {messages})
          AND (kind = 'flow' OR campaign_id IN (SELECT campaign_id FROM sms_messages WHERE {IS_WAITING}))
        ORDER BY campaign_id"""  # noqa: S608 - the caller's table, and constants
    ).fetchall()
    for campaign_id, name, watched_from in running:
        filtered, texts = connection.execute(
            """SELECT count(*) FILTER (reason = 'carrier_violation'), count(*) FROM (
              FROM sms_messages WHERE campaign_id = $campaign AND state IN ('delivered', 'failed')
                AND ($since IS NULL OR handed_at > $since)
              ORDER BY handed_at DESC, message_id DESC LIMIT $last)""",
            {"campaign": campaign_id, "since": watched_from, "last": LAST_TEXTS},
        ).fetchall()[0]
        if filtered >= FEWEST_FILTERED and filtered * 100 > most * texts:
            connection.execute(
                "UPDATE sms_campaigns SET status = 'paused', fault = ? WHERE campaign_id = ?",
                [f"carriers took {filtered} of its last {texts} texts for spam", campaign_id],
            )
            log_campaign(connection, name, "running", "paused", _BY_ITSELF, at)
