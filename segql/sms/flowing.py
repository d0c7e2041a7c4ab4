"""Flows at work: who sets them off enters, and when the delay is over the message is made and judged."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from segql.runtime.errors import StoreError
from segql.runtime.store.sql import registered
from segql.sms.audience import make_texts
from segql.sms.campaigns import read_message
from segql.sms.errors import SmsCode, SmsError
from segql.sms.flows import Flow
from segql.sms.gates import judge
from segql.sms.instants import stored
from segql.sms.messages import note_steps
from segql.sms.settings import read_settings
from segql.sms.triggers import News, Triggered, read_entries, read_events, read_words

if TYPE_CHECKING:
    import duckdb

    from segql.runtime.api import Store

# A message that is later than this is not sent: an import may bring what happened last week, and who was asleep may be us.
LATEST = timedelta(days=1)


class _Stored(NamedTuple):
    """A flow as the store has it."""

    campaign_id: int
    flow: Flow
    status: str
    started_at: datetime
    position: int


def run_flows(store: "Store", at: datetime) -> None:
    """Let who set flows off enter them, and make the messages whose delay is over.

    While a flow is paused nobody enters it, and those who are in it wait. One that cannot be sent any more is stopped,
    and says why.
    """
    from segql import DefinitionError

    with store.database.cursor() as cursor:
        rows = cursor.execute(
            """SELECT campaign_id, name, definition, status, started_at, position FROM sms_campaigns
            WHERE kind = 'flow' AND status <> 'cancelled' ORDER BY campaign_id"""
        ).fetchall()
    for campaign_id, name, definition, *rest in rows:
        known = _Stored(campaign_id, Flow.defined(name, definition), *rest)
        try:
            with store.database.transaction() as connection:
                _enter(connection, known, at)
                while known.status == "running" and _make_due(store, connection, known, at):
                    pass
        except (SmsError, StoreError, DefinitionError) as error:
            with store.database.transaction() as connection:
                connection.execute(
                    "UPDATE sms_campaigns SET status = 'stopped', fault = ? WHERE campaign_id = ?",
                    [str(error), campaign_id],
                )


def _enter(connection: "duckdb.DuckDBPyConnection", known: _Stored, at: datetime) -> None:
    """Read what has set the flow off since the last time, and let those people enter."""
    news = _read(connection, known, at)
    if news.position != known.position:
        connection.execute(
            "UPDATE sms_campaigns SET position = ? WHERE campaign_id = ?", [news.position, known.campaign_id]
        )
    if news.triggered and known.status == "running":
        _insert(connection, known, _entering(connection, known, news.triggered), at)


def _read(connection: "duckdb.DuckDBPyConnection", known: _Stored, at: datetime) -> News:
    kind, name = known.flow.trigger
    if kind == "event":
        return read_events(connection, name, known.position, known.started_at)
    if kind == "segment":
        return read_entries(connection, name, known.position, at)
    return read_words(connection, name, known.position)


def _entering(
    connection: "duckdb.DuckDBPyConnection", known: _Stored, triggered: Iterable[Triggered]
) -> list[Triggered]:
    """Those of the triggers that let somebody in: the first of each person, or one so long after the last."""
    last = dict(
        connection.execute(
            "SELECT profile_id, max(queued_at) FROM sms_messages WHERE campaign_id = ? GROUP BY profile_id",
            [known.campaign_id],
        ).fetchall()
    )
    again = known.flow.again_after
    entering = []
    for one in triggered:
        before = last.get(one.profile_id)
        if before is None or (again is not None and one.at >= before + again):
            last[one.profile_id] = one.at
            entering.append(one)
    return entering


def _insert(
    connection: "duckdb.DuckDBPyConnection", known: _Stored, entering: list[Triggered], at: datetime
) -> None:
    import pyarrow as pa

    table = pa.table(
        {
            "position": pa.array(range(1, len(entering) + 1), pa.int64()),
            "profile_id": pa.array([one.profile_id for one in entering], pa.int32()),
            "triggered_at": pa.array([one.at for one in entering], pa.timestamp("s")),
        }
    )
    with registered(connection, "entering", table):
        connection.execute(
            """CREATE OR REPLACE TEMP TABLE entered AS
            SELECT (SELECT coalesce(max(message_id), 0) FROM sms_messages) + position AS message_id, profile_id,
              triggered_at, (triggered_at + to_seconds($delay))::TIMESTAMP_S AS due_at FROM entering""",
            {"delay": known.flow.delay.total_seconds()},
        )
    connection.execute(
        """INSERT INTO sms_messages BY NAME
        SELECT message_id, $campaign AS campaign_id, $purpose AS purpose, profile_id, 0 AS credits, false AS trial,
          'held' AS state, 'delay' AS reason, due_at, 0 AS attempts, triggered_at AS queued_at, 0 AS contradictions,
          0 AS occasion
        FROM entered ORDER BY message_id""",
        {"campaign": known.campaign_id, "purpose": known.flow.purpose},
    )
    note_steps(connection, "entered", at)


def _make_due(store: "Store", connection: "duckdb.DuckDBPyConnection", known: _Stored, at: datetime) -> bool:
    """Make and judge the messages whose delay is over, one for each person. Whether there were any."""
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE due AS SELECT message_id, profile_id, queued_at, due_at FROM sms_messages
        WHERE campaign_id = $campaign AND state = 'held' AND reason = 'delay' AND due_at <= $at
        QUALIFY row_number() OVER (PARTITION BY profile_id ORDER BY message_id) = 1""",
        {"campaign": known.campaign_id, "at": stored(at)},
    )
    if not connection.execute("FROM due LIMIT 1").fetchall():
        return False
    settings = read_settings(connection)
    flow = known.flow
    text = read_message(connection, flow.text, flow.picture, settings)
    connection.execute("CREATE OR REPLACE TEMP TABLE chosen AS SELECT profile_id FROM due")
    if flow.only is not None:
        only = store.query(flow.only, at)
        connection.execute(
            f"DELETE FROM chosen WHERE profile_id NOT IN ({only.text})",  # noqa: S608 - compiled
            only.values,
        )
    # With these values no text can be made: that is one person's trouble, and nobody else's.
    make_texts(connection, text, frozenset({SmsCode.INVALID_TEXT}))
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE audience AS SELECT d.message_id, a.* EXCLUDE (message_id)
        FROM audience a JOIN due d USING (profile_id)"""
    )
    judge(connection, flow.purpose, settings, store.catalog.account.timezone, at)
    _fill(connection, known, at)
    note_steps(connection, "due", at)
    return True


def _fill(connection: "duckdb.DuckDBPyConnection", known: _Stored, at: datetime) -> None:
    """Give the due messages their texts, and the states of their verdicts."""
    again = known.flow.again_after
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE filled AS
        WITH texted AS (
          SELECT number, max(occasion) AS occasion, max(queued_at) AS queued_at FROM sms_messages
          WHERE campaign_id = $campaign AND number IS NOT NULL GROUP BY number
        )
        SELECT d.message_id, v.* EXCLUDE (message_id, credits), coalesce(v.credits, 0) AS credits, t.text, t.parts,
          coalesce(b.occasion + 1, 0) AS occasion,
          CASE WHEN d.due_at < $latest THEN 'too_late' WHEN v.profile_id IS NULL THEN 'left_segment'
            WHEN v.outcome = 'skip' THEN v.gate
            WHEN b.number IS NOT NULL AND ($again IS NULL OR d.queued_at < b.queued_at + to_seconds($again))
              THEN 'texted_already'
            WHEN t.problem IS NOT NULL THEN 'no_text' END AS dropped
        FROM due d LEFT JOIN verdicts v USING (message_id) LEFT JOIN texts t USING (text_id)
        LEFT JOIN texted b ON b.number = v.phone_number""",
        {
            "campaign": known.campaign_id,
            "again": None if again is None else again.total_seconds(),
            "latest": stored(at - LATEST),
        },
    )
    connection.execute(
        """UPDATE sms_messages m SET number = if(dropped IS NULL, phone_number, NULL), country = f.country,
          sender = f.sender, text = f.text, parts = f.parts, credits = f.credits, occasion = f.occasion,
          picture = $picture,
          state = CASE WHEN dropped IS NOT NULL THEN 'skipped' WHEN outcome = 'hold' THEN 'held' ELSE 'queued' END,
          reason = coalesce(dropped, gate), due_at = if(dropped IS NULL, f.due_at, NULL)
        FROM filled f WHERE f.message_id = m.message_id""",
        {"picture": known.flow.picture},
    )
