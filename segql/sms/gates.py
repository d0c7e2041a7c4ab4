"""The gates: who may be texted now. One ordered tuple serves funnel, preview, hand-over and replies.

`judge` gives everybody in an audience the first gate that stops them, in one query over the whole set.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from segql.sms.credits import balance
from segql.sms.instants import stored
from segql.sms.numbers import SENDERS
from segql.sms.opening import PLACE, make_opening_hours
from segql.sms.prices import picture_credits_by_country
from segql.sms.settings import SmsSettings

if TYPE_CHECKING:
    import duckdb

# reply: a mandatory reply, free of charge. conversation: somebody's answer to a customer. keyword: the reply of a custom
# keyword. response: the automatic answer to what is no keyword.
Purpose = Literal["reply", "conversation", "transactional", "keyword", "response", "marketing"]
# What goes out before what; where a text of ours is waiting to be answered nobody waits for a campaign.
PRECEDENCE: tuple[Purpose, ...] = (
    "reply",
    "conversation",
    "transactional",
    "keyword",
    "response",
    "marketing",
)

# The frequency cap counts over so many days.
CAP_DAYS = 30


@dataclass(frozen=True)
class Gate:
    """A reason not to text somebody. `predicate`: SQL over the facts that `_FACTS` and `_CHARGES` make;
    `words`: what stops the person; `remedy`: what to do about it. A gate that `holds` makes a message wait, any other
    drops it."""

    code: str
    predicate: str
    words: str
    remedy: str
    holds: bool = False


GATES = (
    Gate(
        "no_number",
        "phone_number IS NULL",
        "has no phone number",
        "Ask for numbers where people sign up.",
    ),
    Gate(
        "invalid_number",
        "NOT phone_valid",
        "has a number that cannot exist",
        "Correct these numbers, or remove them.",
    ),
    Gate(
        "duplicate_number",
        "holder > 1",
        "shares the number of somebody else in the audience",
        "Nothing: one text reaches the number.",
    ),
    Gate(
        "unsupported_country",
        "sender IS NULL",
        "is in a country that no sending number serves",
        "Ask for a sending number for these countries, in the settings of SMS.",
    ),
    Gate(
        "no_pictures",
        "picture IS NOT NULL AND NOT takes_pictures",
        "is where no pictures can be sent",
        "Send them a text without a picture, as a campaign of its own.",
    ),
    Gate(
        "blocked",
        "blocked",
        "is blocked",
        "Unblock them in conversations, where that was a mistake.",
    ),
    Gate(
        "no_consent",
        "NOT consented",
        "has not consented to such messages at this number",
        "Leave them alone: only they can consent, on a form or by texting JOIN.",
    ),
    Gate(
        "in_review",
        "marketing AND in_review",
        "wrote what may be an opt-out: somebody decides",
        "Decide in conversations whether they opted out. Until then they wait, for a day at the most.",
        holds=True,
    ),
    Gate(
        "quiet_hours",
        "by_day AND NOT open",
        "is in quiet hours",
        "Nothing: they are texted when it is day where they are.",
        holds=True,
    ),
    Gate(
        "smart_sending",
        "marketing AND texted_recently",
        "was texted within the Smart Sending window",
        "Send later, so that nobody gets two texts in a row.",
    ),
    Gate(
        "frequency_cap",
        "marketing AND texted_often",
        "has had the most messages a month",
        "Leave them alone for this month.",
    ),
    Gate(
        "no_coupon",
        "lacks_coupon",
        "comes after the last code of the pool",
        "Add codes to the pool. Sent again, the campaign reaches those who got none.",
    ),
    Gate(
        "no_credits",
        "credits > 0 AND NOT trial AND spent > $g_credits",
        "comes after the last credit",
        "Add credits. Sent again, the campaign reaches those who got nothing.",
    ),
)
BY_CODE = {gate.code: gate for gate in GATES}
# Those that time, or somebody, may lift by itself before a message that is to leave later is judged again.
FLEETING = ("smart_sending", "frequency_cap", "no_coupon", "no_credits")

# So long a message waits for somebody to decide; later, what it says may no longer be so.
UNDECIDED_DAYS = 1

# The numbers and places of the temporary table `audience`. Its columns: message_id, number and sender (of a message that
# exists, else null), profile_id, text_id, credits, the message's price, picture, and pool, from which the text still needs
# a code. A table, so that the engine knows how many they are: often a few, in a store of millions.
_ADDRESSED = f"""
  CREATE OR REPLACE TEMP TABLE addressed AS
  SELECT a.*, p.phone_number, coalesce(p.phone_valid, false) AS phone_valid, p.phone_country AS country, {PLACE} AS place
  FROM audience a LEFT JOIN profiles p USING (profile_id)"""  # noqa: S608 - constants

# What the gates know about each of them.
_FACTS = f"""
  SELECT a.message_id, a.profile_id, a.text_id, a.credits, a.picture, a.pool,
    list_contains($g_pictured, a.country) IS TRUE AND starts_with(coalesce(a.sender, s.number), '+') AS takes_pictures,
    a.phone_number, a.phone_valid, a.country, coalesce(a.sender, s.number) AS sender,
    row_number() OVER (PARTITION BY a.phone_number ORDER BY a.profile_id) AS holder,
    coalesce(c.blocked, false) AS blocked,
    CASE WHEN $g_purpose = 'reply' THEN true
      -- Consent is the number's: a message queued for an earlier number of the person has none.
      WHEN a.number <> a.phone_number THEN false
      WHEN $g_purpose = 'transactional' THEN coalesce(c.to_marketing OR c.to_transactional, false)
      -- Nothing follows an opt-out, and nothing but the request a double opt-in that waits.
      WHEN $g_purpose = 'response' THEN coalesce(NOT c.refused, true)
      ELSE coalesce(c.to_marketing, false) END AS consented,
    r.sender IS NOT NULL AS in_review,
    coalesce(h.open, false) AS open, h.opens_at, h.closes_at,
    coalesce(t.latest > $g_recently, false) AS texted_recently,
    coalesce(t.messages >= $g_cap, false) AS texted_often,
    $g_purpose = 'marketing' AS marketing, $g_purpose IN ('marketing', 'keyword') AS by_day
  FROM addressed a
  LEFT JOIN ({SENDERS}) s ON s.country = a.country
  LEFT JOIN (
    SELECT profile_id, bool_or(kind = 'marketing' AND status = 'subscribed') AS to_marketing,
      bool_or(kind = 'transactional' AND status = 'subscribed') AS to_transactional,
      bool_or(kind = 'marketing' AND status IN ('unsubscribed', 'pending')) AS refused,
      bool_or(kind = 'block' AND status = 'blocked') AS blocked
    FROM consent_periods WHERE channel = 'sms' AND from_at <= $g_at AND until_at > $g_at
      AND profile_id IN (SELECT profile_id FROM addressed)
    GROUP BY profile_id
  ) c ON c.profile_id = a.profile_id
  LEFT JOIN (
    SELECT number, max(handed_at) AS latest, count(*) FILTER (handed_at > $g_month) AS messages
    FROM sms_messages WHERE purpose = 'marketing' AND handed_at > least($g_month, $g_recently)::TIMESTAMP_S
      AND number IN (SELECT phone_number FROM addressed)
    GROUP BY number
  ) t ON t.number = a.phone_number
  LEFT JOIN (SELECT DISTINCT sender FROM sms_inbound WHERE meaning = 'review' AND decision IS NULL) r
    ON r.sender = a.phone_number
  LEFT JOIN opening_hours h ON h.place = a.place"""  # noqa: S608 - constants

# Who of those who pass every gate before it finds no code left, and what those who do would spend, in a stable order:
# first the free messages, then credits. Running sums, not counts: DuckDB 2.0 takes quadratic time for a running count
# with a FILTER.
_CODES = """
  SELECT p.*, p.pool IS NOT NULL AND stopped IS NULL
    AND sum(if(stopped IS NULL, 1, 0)) OVER asking > coalesce(k.codes, 0) AS lacks_coupon
  FROM people p LEFT JOIN (
    SELECT pool, count(*) AS codes FROM sms_coupons WHERE message_id IS NULL GROUP BY pool
  ) k ON k.pool = p.pool
  WINDOW asking AS (PARTITION BY p.pool ORDER BY profile_id, message_id ROWS UNBOUNDED PRECEDING)"""
_CHARGES = """
  SELECT *, sum(if(passing AND NOT trial, credits, 0)) OVER running AS spent FROM (
    SELECT *, stopped IS NULL AND NOT lacks_coupon AS passing,
      passing AND credits > 0 AND sum(if(passing AND credits > 0, 1, 0)) OVER running <= $g_trial AS trial
    FROM asking WINDOW running AS (ORDER BY profile_id, message_id ROWS UNBOUNDED PRECEDING)
  ) WINDOW running AS (ORDER BY profile_id, message_id ROWS UNBOUNDED PRECEDING)"""


def judge(
    connection: "duckdb.DuckDBPyConnection",
    purpose: Purpose,
    settings: SmsSettings,
    default_zone: str,
    at: datetime,
) -> None:
    """Make the temporary table `verdicts` from the temporary table `audience`, one row each.

    Columns: those of `audience`; phone_number, country, sender; gate, the first that stops the person, or
    null; outcome: pass, hold or skip; due_at, when a message that passes or is held is to be looked at;
    closes_at, the end of the quiet-hours window (instants in UTC); trial, whether a free message would pay.
    """
    connection.execute(_ADDRESSED)
    make_opening_hours(connection, settings, default_zone, at)
    *personal, coupons, last = GATES
    cases = " ".join(f"WHEN {gate.predicate} THEN '{gate.code}'" for gate in personal)
    holding = ", ".join(f"'{gate.code}'" for gate in GATES if gate.holds)
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE verdicts AS
        WITH facts AS ({_FACTS}), people AS (SELECT *, CASE {cases} END AS stopped FROM facts),
        asking AS ({_CODES}), charges AS ({_CHARGES}),
        stops AS (
          SELECT *, coalesce(stopped, CASE WHEN {coupons.predicate} THEN '{coupons.code}'
            WHEN {last.predicate} THEN '{last.code}' END) AS gate FROM charges
        )
        SELECT message_id, profile_id, credits, text_id, phone_number, country, sender, trial, closes_at, gate,
          CASE WHEN gate IS NULL THEN 'pass' WHEN gate IN ({holding}) THEN 'hold' ELSE 'skip' END AS outcome,
          CASE gate WHEN 'in_review' THEN $g_at + INTERVAL {UNDECIDED_DAYS} DAY  -- or until somebody decides
            WHEN 'quiet_hours' THEN coalesce(opens_at, $g_at + INTERVAL 1 DAY)
            ELSE $g_at END::TIMESTAMP_S AS due_at
        FROM stops""",  # noqa: S608 - constants only
        _values(connection, purpose, settings, at),
    )


def every_gate(
    connection: "duckdb.DuckDBPyConnection",
    purpose: Purpose,
    settings: SmsSettings,
    default_zone: str,
    at: datetime,
) -> tuple[Gate, ...]:
    """All gates that stop the one person of the temporary table `audience`, not the first alone, in their order."""
    connection.execute(_ADDRESSED)
    make_opening_hours(connection, settings, default_zone, at)
    stops = ", ".join(f"coalesce({gate.predicate}, false)" for gate in GATES)
    found = connection.execute(
        f"""WITH facts AS ({_FACTS}), people AS (SELECT *, NULL AS stopped FROM facts),
        asking AS ({_CODES}), charges AS ({_CHARGES}) SELECT {stops} FROM charges""",  # noqa: S608 - constants only
        _values(connection, purpose, settings, at),
    ).fetchall()[0]
    return tuple(gate for gate, stopped in zip(GATES, found, strict=True) if stopped)


def _values(
    connection: "duckdb.DuckDBPyConnection", purpose: Purpose, settings: SmsSettings, at: datetime
) -> dict[str, object]:
    left = balance(connection)
    return {
        "g_purpose": purpose,
        "g_at": stored(at),
        "g_recently": stored(at - timedelta(hours=settings.smart_sending_hours)),
        "g_month": stored(at - timedelta(days=CAP_DAYS)),
        "g_cap": settings.frequency_cap,
        "g_pictured": list(picture_credits_by_country()),
        "g_credits": left.credits,
        "g_trial": left.trial_messages,
    }


def funnel(connection: "duckdb.DuckDBPyConnection") -> dict[str, int]:
    """How many of `verdicts` each gate stops, every gate in its order."""
    counts = dict(
        connection.execute(
            "SELECT gate, count(*) FROM verdicts WHERE gate IS NOT NULL GROUP BY gate"
        ).fetchall()
    )
    return {gate.code: counts.get(gate.code, 0) for gate in GATES}
