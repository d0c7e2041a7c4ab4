"""How fast customers are answered: the wait for the first response to what was not answered before."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from segql.sms.instants import aware, stored

if TYPE_CHECKING:
    import duckdb

# Customers expect an answer within so many seconds.
HOUR = 3600

# A wait begins with the first text behind the last one that was answered, and ends with the next reply.
_WAITS = """
  WITH replied AS (
    SELECT m.number, r.inbound_id AS seen, coalesce(m.handed_at, m.queued_at) AS replied_at,
      coalesce(max(r.inbound_id) OVER (PARTITION BY m.number ORDER BY m.message_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS seen_before
    FROM sms_replies r JOIN sms_messages m USING (message_id) WHERE m.state <> 'skipped' AND m.number IS NOT NULL
  )
  SELECT min(occurred_at) AS began, epoch(any_value(replied_at)) - epoch(min(occurred_at)) AS seconds
  FROM replied JOIN sms_inbound i ON i.sender = replied.number AND i.inbound_id > seen_before AND i.inbound_id <= seen
  WHERE meaning IN ('conversation', 'review') GROUP BY number, seen_before, seen"""

_WAITING = """
  SELECT min(occurred_at) AS began FROM sms_inbound i LEFT JOIN (
    SELECT m.number, max(r.inbound_id) AS answered_to FROM sms_replies r JOIN sms_messages m USING (message_id)
    WHERE m.state <> 'skipped' GROUP BY m.number
  ) r ON r.number = i.sender LEFT JOIN sms_conversations s ON s.number = i.sender
  WHERE meaning IN ('conversation', 'review')
    AND inbound_id > greatest(coalesce(answered_to, 0), coalesce(archived_to, 0))
    AND i.profile_id NOT IN (SELECT profile_id FROM consent_periods WHERE channel = 'sms' AND kind = 'block'
      AND status = 'blocked' AND from_at <= $until AND until_at > $until)
  GROUP BY sender"""


@dataclass(frozen=True)
class ResponseTimes:
    """The waits that began in a period. `median_seconds`: of those that were answered. `within_hour`: the share that was
    answered within the hour, of all but those that have waited for less. `waiting`: how many wait now, in the inbox, and
    `waiting_since` the first of them."""

    answered: int
    median_seconds: float | None
    within_hour: float | None
    waiting: int
    waiting_since: datetime | None


def response_times(
    connection: "duckdb.DuckDBPyConnection", since: datetime, until: datetime
) -> ResponseTimes:
    """The waits that began in [since, until), as they stand at `until`."""
    row = connection.execute(
        f"""WITH answered AS (SELECT * FROM ({_WAITS}) WHERE began >= $since AND began < $until),
        waiting AS (SELECT * FROM ({_WAITING}) WHERE began < $until),
        late AS (SELECT count(*) AS n FROM waiting
          WHERE began >= $since AND epoch($until::TIMESTAMP_S) - epoch(began) > {HOUR})
        SELECT (SELECT count(*) FROM answered), (SELECT median(seconds) FROM answered),
          (SELECT count(*) FROM answered WHERE seconds <= {HOUR}), (SELECT n FROM late),
          (SELECT count(*) FROM waiting), (SELECT min(began) FROM waiting)""",  # noqa: S608 - constants
        {"since": stored(since), "until": stored(until)},
    ).fetchall()[0]
    answered, median, quick, late, waiting, first = row
    expected = answered + late
    return ResponseTimes(
        answered=answered,
        median_seconds=median,
        within_hour=quick / expected if expected else None,
        waiting=waiting,
        waiting_since=aware(first) if first else None,
    )
