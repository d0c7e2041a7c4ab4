"""The events that SMS writes to the store, so that segments can use them."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from segql.runtime.store.events import append_events
from segql.runtime.store.metrics import note_metric
from segql.sms.instants import stored

if TYPE_CHECKING:
    import duckdb

SUBSCRIBED = "Subscribed to SMS Marketing"
UNSUBSCRIBED = "Unsubscribed from SMS Marketing"
RECEIVED = "Received SMS"
FAILED = "Failed to Deliver SMS"
CLICKED = "Clicked SMS"
TEXTED_US = "Texted Us"
REPLIED = "Sent SMS Reply"

# A text so many days after a campaign's message counts as an answer to it.
ANSWERING_DAYS = 7

# The property of an event of a message that names its campaign; the store keeps it as the event's label.
LABEL = "Campaign"

_MESSAGE = """m.profile_id, c.name AS "Campaign", m.message_id::VARCHAR AS "Message", m.number AS "Number",
  m.parts AS "Parts", if(m.trial, 0, m.credits) AS "Credits" """


# What SMS writes, and whether it is about a campaign's message.
_KINDS = {
    SUBSCRIBED: False,
    UNSUBSCRIBED: False,
    RECEIVED: True,
    FAILED: True,
    CLICKED: True,
    TEXTED_US: False,
    REPLIED: False,
}


def note_kinds(connection: "duckdb.DuckDBPyConnection") -> None:
    """Make the events known, so that segments can ask for them before the first one has happened."""
    for event, of_campaign in _KINDS.items():
        if not _is_known(connection, event):
            note_metric(connection, event, None, LABEL if of_campaign else None)


def record_outcomes(connection: "duckdb.DuckDBPyConnection", messages: str) -> None:
    """Write what became of campaigns' messages and of replies in conversations that were delivered or failed, once each.

    `messages`: the name of a temporary table of message ids.
    """
    for event, state in ((RECEIVED, "delivered"), (FAILED, "failed")):
        _write(
            connection,
            event,
            f"""SELECT {_MESSAGE}, m.finished_at AS occurred_at, m.message_id::VARCHAR AS event_id,
              m.reason AS "Reason"
            FROM sms_messages m LEFT JOIN sms_campaigns c USING (campaign_id)
            WHERE (campaign_id IS NOT NULL OR purpose = 'conversation') AND m.state = '{state}'
              AND m.message_id IN (SELECT message_id FROM {messages})""",  # noqa: S608
        )


def record_replies(connection: "duckdb.DuckDBPyConnection", messages: str) -> None:
    """Write the replies that a carrier accepted. `messages`: the name of a temporary table of message ids."""
    _write(
        connection,
        REPLIED,
        f"""SELECT m.profile_id, m.message_id::VARCHAR AS "Message", m.number AS "Number", m.parts AS "Parts",
          m.credits AS "Credits", m.handed_at AS occurred_at, m.message_id::VARCHAR AS event_id
        FROM sms_messages m WHERE m.campaign_id IS NULL AND m.state = 'sent'
          AND m.message_id IN (SELECT message_id FROM {messages})""",  # noqa: S608 - the caller's table
    )


def record_clicks(connection: "duckdb.DuckDBPyConnection", link_id: int, at: datetime) -> None:
    """Write the newest click on a link."""
    _write(
        connection,
        CLICKED,
        f"""SELECT {_MESSAGE}, $at AS occurred_at, l.url AS "URL",
          concat_ws('-', l.link_id, (SELECT count(*) FROM sms_clicks WHERE link_id = $link)) AS event_id
        FROM sms_links l JOIN sms_messages m USING (message_id) LEFT JOIN sms_campaigns c USING (campaign_id)
        WHERE l.link_id = $link""",  # noqa: S608 - constants
        {"at": stored(at), "link": link_id},
    )


def record_texts(connection: "duckdb.DuckDBPyConnection", inbound_id: int) -> None:
    """Write a customer's text, with the campaign that it may answer: the last one that was sent to the number."""
    _write(
        connection,
        TEXTED_US,
        """SELECT profile_id, occurred_at, inbound_id::VARCHAR AS event_id, body AS "Text", sender AS "Number",
          (SELECT arg_max(c.name, m.handed_at) FROM sms_messages m JOIN sms_campaigns c USING (campaign_id)
           WHERE m.number = i.sender AND m.handed_at <= i.occurred_at
             AND m.handed_at >= i.occurred_at - to_days($days)) AS "Campaign"
        FROM sms_inbound i WHERE inbound_id = $inbound""",
        {"inbound": inbound_id, "days": ANSWERING_DAYS},
    )


def record_consent_changes(
    connection: "duckdb.DuckDBPyConnection",
    event: str,
    number: str,
    method: str,
    detail: str | None,
    at: datetime,
) -> None:
    """Write a subscription, or its end, for everybody who holds a number."""
    _write(
        connection,
        event,
        """SELECT profile_id, $at AS occurred_at, $method AS "Method", $detail::VARCHAR AS "Detail",
          $number AS "Number" FROM profiles WHERE phone_number = $number""",
        {"at": stored(at), "method": method, "detail": detail, "number": number},
    )


def _write(
    connection: "duckdb.DuckDBPyConnection", event: str, query: str, values: dict[str, Any] | None = None
) -> None:
    table = connection.sql(query, params=values or {}).to_arrow_table()
    if not table.num_rows:
        return
    append_events(connection, event, table)


def _is_known(connection: "duckdb.DuckDBPyConnection", event: str) -> bool:
    # An event that was imported before keeps the label that it was given then.
    return bool(connection.execute("SELECT 1 FROM metrics WHERE key = lower(?)", [event]).fetchall())
