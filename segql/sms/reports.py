"""The report of a campaign or flow: what became of its messages, what they cost, and what came of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from segql.sms.campaigns import campaign_id_of
from segql.sms.gates import GATES
from segql.sms.messages import STATES
from segql.sms.settings import SmsSettings

if TYPE_CHECKING:
    import duckdb


Unit = Literal["hour", "day"]


@dataclass(frozen=True)
class Report:
    """A campaign or flow in figures. recipients = the sum of `states`; rates are shares from 0 to 1, of nothing they
    are 0.

    `sent`: accepted by the carrier. `received`: confirmed by it as delivered. `skipped`, `failed`: people by
    reason. Clicks of programs are apart, in `bot_clicks`. Unsubscribes, conversions and revenue (in the account's
    currency) are within the conversion window; `conversions` are orders after a click, `unclicked_orders` those of
    people who had received a text and clicked none.
    """

    campaign: str
    recipients: int
    states: dict[str, int]
    skipped: dict[str, int]
    failed: dict[str, int]
    sent: int
    received: int
    received_rate: float
    clicks: int
    unique_clicks: int
    bot_clicks: int
    click_rate: float
    unsubscribes: int
    unsubscribe_rate: float
    parts: int
    credits: int
    conversions: int
    revenue: Decimal
    revenue_per_message: Decimal
    unclicked_orders: int
    unclicked_revenue: Decimal


@dataclass(frozen=True)
class Span:
    """What an hour or a day of the account's calendar saw of a campaign or flow. `begins`: in the
    account's zone. Received, failed, clicks, unsubscribes and conversions are of the time at which they happened, `sent`
    and parts of that of the hand-over."""

    begins: datetime
    sent: int
    parts: int
    received: int
    failed: int
    clicks: int
    unsubscribes: int
    conversions: int
    revenue: Decimal


def report(
    connection: "duckdb.DuckDBPyConnection", name: str, settings: SmsSettings, order_event: str
) -> Report:
    """The report of a campaign or flow as the store has it now. Raises `SmsError` for an unknown name."""
    campaign = campaign_id_of(connection, name)
    window = timedelta(hours=settings.conversion_window_hours)
    states = _counts(connection, campaign, "state", "true")
    skipped = _counts(connection, campaign, "reason", "state = 'skipped'")
    sent, parts = _row(
        connection,
        """SELECT count(*), coalesce(sum(parts), 0)::BIGINT FROM sms_messages
        WHERE campaign_id = $campaign AND carrier_id IS NOT NULL""",
        campaign=campaign,
    )
    clicks, unique_clicks, bot_clicks = _row(
        connection,
        """SELECT count(*) FILTER (NOT bot), count(DISTINCT if(bot, NULL, m.profile_id)), count(*) FILTER (bot)
        FROM sms_clicks JOIN sms_links USING (link_id) JOIN sms_messages m USING (message_id)
        WHERE campaign_id = $campaign""",
        campaign=campaign,
    )
    (credits,) = _row(
        connection,
        """SELECT coalesce(-sum(l.credits), 0)::BIGINT FROM sms_ledger l JOIN sms_messages USING (message_id)
        WHERE campaign_id = $campaign""",
        campaign=campaign,
    )
    came = {"campaign": campaign, "window": window}
    (unsubscribes,) = _row(connection, f"SELECT count(DISTINCT address) FROM ({UNSUBSCRIBES})", **came)  # noqa: S608
    ordered = came | {"order_event": order_event}
    conversions, cents = _row(connection, f"SELECT {_WORTH} FROM ({CONVERSIONS})", **ordered)  # noqa: S608
    unclicked, unclicked_cents = _row(connection, f"SELECT {_WORTH} FROM ({_UNCLICKED})", **ordered)  # noqa: S608
    received = states.get("delivered", 0)
    revenue = Decimal(cents) / 10_000
    return Report(
        campaign=name,
        recipients=sum(states.values()),
        states={state: states.get(state, 0) for state in STATES},
        skipped={gate.code: skipped[gate.code] for gate in GATES if gate.code in skipped},
        failed=_counts(connection, campaign, "coalesce(reason, 'unknown')", "state = 'failed'"),
        sent=sent,
        received=received,
        received_rate=_share(received, sent),
        clicks=clicks,
        unique_clicks=unique_clicks,
        bot_clicks=bot_clicks,
        click_rate=_share(unique_clicks, received),
        unsubscribes=unsubscribes,
        unsubscribe_rate=_share(unsubscribes, received),
        parts=parts,
        credits=credits,
        conversions=conversions,
        revenue=revenue,
        revenue_per_message=(revenue / sent if sent else Decimal(0)).quantize(Decimal("0.0001")),
        unclicked_orders=unclicked,
        unclicked_revenue=Decimal(unclicked_cents) / 10_000,
    )


def over_time(
    connection: "duckdb.DuckDBPyConnection",
    name: str,
    unit: Unit,
    settings: SmsSettings,
    order_event: str,
    zone: str,
) -> list[Span]:
    """A campaign or flow by the hour or the day, from the first in which anything happened to the last, each of them."""
    values = {
        "campaign": campaign_id_of(connection, name),
        "window": timedelta(hours=settings.conversion_window_hours),
        "order_event": order_event,
        "zone": zone,
        "unit": unit,
    }
    clock = ZoneInfo(zone)
    known: dict[datetime, Span] = {}
    for begins, sent, parts, received, failed, clicks, left, orders, cents in connection.execute(
        _OVER_TIME, values
    ).fetchall():
        revenue = Decimal(cents) / 10_000
        known[begins] = Span(
            begins.replace(tzinfo=clock), sent, parts, received, failed, clicks, left, orders, revenue
        )
    if not known:
        return []
    each = timedelta(**{f"{unit}s": 1})
    first = min(known)
    calendar = (first + number * each for number in range((max(known) - first) // each + 1))
    return [
        known.get(begins, Span(begins.replace(tzinfo=clock), 0, 0, 0, 0, 0, 0, 0, Decimal(0)))
        for begins in calendar
    ]


@dataclass(frozen=True)
class Figures:
    """The figures of a campaign or flow in short; they are told in `Report`."""

    sent: int = 0
    received: int = 0
    clicked: int = 0
    revenue: Decimal = Decimal(0)


def figures(
    connection: "duckdb.DuckDBPyConnection", settings: SmsSettings, order_event: str
) -> dict[int, Figures]:
    """The figures of every campaign and flow that has messages, by its id. `clicked`: people who did."""
    window = timedelta(hours=settings.conversion_window_hours)
    values = {"window": window, "order_event": order_event}
    rows = connection.execute(_FIGURES, values).fetchall()
    return {row[0]: Figures(row[1], row[2], row[3], Decimal(row[4]) / 10_000) for row in rows}


# How many orders, and what they were worth.
_WORTH = "count(*), coalesce(sum(amount), 0)::BIGINT"

# An opt-out is the last message's before it. Columns: address, occurred_at.
UNSUBSCRIBES = """
    SELECT address, occurred_at FROM (
      SELECT c.address, c.occurred_at, m.campaign_id, c.occurred_at - m.handed_at <= $window AS soon
      FROM consents c JOIN sms_messages m ON m.number = c.address AND m.handed_at <= c.occurred_at
      WHERE c.channel = 'sms' AND c.kind = 'marketing' AND c.status = 'unsubscribed' AND m.campaign_id IS NOT NULL
        AND c.address IN (SELECT number FROM sms_messages WHERE campaign_id = $campaign)
      QUALIFY row_number() OVER (PARTITION BY c.consent_id ORDER BY m.handed_at DESC, m.message_id DESC) = 1
    ) WHERE campaign_id = $campaign AND soon"""

_CLICKED = """
    clicked AS (
      SELECT m.profile_id, k.clicked_at, m.campaign_id FROM sms_clicks k JOIN sms_links USING (link_id)
      JOIN sms_messages m USING (message_id) WHERE m.state = 'delivered' AND NOT bot
    )"""
_ORDERS = """
    SELECT event_key, profile_id, occurred_at, amount FROM events
    WHERE metric_id = (SELECT metric_id FROM metrics WHERE key = lower($order_event)) AND profile_id IN"""

# An order is the last click's before it, on a message that was received. Columns: campaign_id, occurred_at, amount.
_CONVERTED = f"""
    WITH {_CLICKED}, orders AS ({_ORDERS} (SELECT profile_id FROM clicked))
    SELECT k.campaign_id, o.occurred_at, o.amount FROM orders o
    ASOF JOIN clicked k ON o.profile_id = k.profile_id AND o.occurred_at >= k.clicked_at
    WHERE o.occurred_at - k.clicked_at <= $window"""  # noqa: S608 - constants
CONVERSIONS = f"SELECT occurred_at, amount FROM ({_CONVERTED}) WHERE campaign_id = $campaign"  # noqa: S608 - constants

# Where nobody clicked: an order is the last message's that was received before it.
_UNCLICKED = f"""
    WITH {_CLICKED}, received AS (
      SELECT profile_id, finished_at, campaign_id FROM sms_messages
      WHERE state = 'delivered' AND campaign_id IS NOT NULL
    ), orders AS ({_ORDERS} (SELECT profile_id FROM received WHERE campaign_id = $campaign))
    SELECT o.occurred_at, o.amount FROM orders o
    ASOF JOIN received r ON o.profile_id = r.profile_id AND o.occurred_at >= r.finished_at
    WHERE r.campaign_id = $campaign AND o.occurred_at - r.finished_at <= $window AND NOT EXISTS (
      FROM clicked k WHERE k.profile_id = o.profile_id AND k.clicked_at <= o.occurred_at
        AND o.occurred_at - k.clicked_at <= $window)"""  # noqa: S608 - constants

_OVER_TIME = f"""
    WITH mine AS (FROM sms_messages WHERE campaign_id = $campaign),
    happened AS (
      SELECT handed_at AS happened_at, 1 AS sent, parts, 0 AS received, 0 AS failed, 0 AS clicks, 0 AS unsubscribes,
        0 AS conversions, 0::BIGINT AS amount FROM mine WHERE carrier_id IS NOT NULL
      UNION ALL SELECT finished_at, 0, 0, (state = 'delivered')::INTEGER, (state = 'failed')::INTEGER, 0, 0, 0, 0
        FROM mine WHERE finished_at IS NOT NULL
      UNION ALL SELECT clicked_at, 0, 0, 0, 0, 1, 0, 0, 0 FROM sms_clicks JOIN sms_links USING (link_id)
        JOIN mine USING (message_id) WHERE NOT bot
      UNION ALL SELECT occurred_at, 0, 0, 0, 0, 0, 1, 0, 0 FROM ({UNSUBSCRIBES})
      UNION ALL SELECT occurred_at, 0, 0, 0, 0, 0, 0, 1, amount FROM ({CONVERSIONS})
    )
    SELECT date_trunc($unit, happened_at AT TIME ZONE 'UTC' AT TIME ZONE $zone)::TIMESTAMP AS begins,
      sum(sent)::BIGINT, sum(parts)::BIGINT, sum(received)::BIGINT, sum(failed)::BIGINT, sum(clicks)::BIGINT,
      sum(unsubscribes)::BIGINT, sum(conversions)::BIGINT, coalesce(sum(amount), 0)::BIGINT
    FROM happened GROUP BY begins ORDER BY begins"""  # noqa: S608 - constants

_FIGURES = f"""
    WITH sent AS (
      SELECT campaign_id, count(carrier_id) AS sent, count(*) FILTER (state = 'delivered') AS received
      FROM sms_messages WHERE campaign_id IS NOT NULL GROUP BY campaign_id
    ), clicks AS (
      SELECT campaign_id, count(DISTINCT profile_id) AS clicked FROM sms_clicks JOIN sms_links USING (link_id)
      JOIN sms_messages USING (message_id) WHERE NOT bot GROUP BY campaign_id
    ), orders AS (SELECT campaign_id, sum(amount) AS amount FROM ({_CONVERTED}) GROUP BY campaign_id)
    SELECT campaign_id, sent, received, coalesce(clicked, 0), coalesce(amount, 0)::BIGINT
    FROM sent LEFT JOIN clicks USING (campaign_id) LEFT JOIN orders USING (campaign_id)"""  # noqa: S608 - constants


def _row(connection: "duckdb.DuckDBPyConnection", query: str, **values: Any) -> tuple[Any, ...]:
    (row,) = connection.execute(query, values).fetchall()
    return tuple(row)


def _counts(
    connection: "duckdb.DuckDBPyConnection", campaign: int, column: str, condition: str
) -> dict[str, int]:
    """How many of the campaign's messages there are by a column; both are constants of this module."""
    return dict(
        connection.execute(
            f"""SELECT {column} AS value, count(*) FROM sms_messages WHERE campaign_id = ? AND {condition}
            GROUP BY value ORDER BY count(*) DESC, value""",  # noqa: S608 - constants
            [campaign],
        ).fetchall()
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
