"""The report of a campaign: what became of its audience, what it cost, and what came of it."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from segql.sms.campaigns import campaign_id_of
from segql.sms.gates import GATES
from segql.sms.messages import STATES
from segql.sms.settings import SmsSettings

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Report:
    """A campaign in figures. recipients = the sum of `states`; rates are shares from 0 to 1, of nothing they
    are 0.

    `sent`: accepted by the carrier. `received`: confirmed by it as delivered. `skipped`, `failed`: people by
    reason. Unsubscribes, conversions and revenue (in the account's currency) are within the conversion
    window.
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
    click_rate: float
    unsubscribes: int
    unsubscribe_rate: float
    parts: int
    credits: int
    conversions: int
    revenue: Decimal
    revenue_per_message: Decimal


def report(
    connection: "duckdb.DuckDBPyConnection", name: str, settings: SmsSettings, order_event: str
) -> Report:
    """The report of a campaign as the store has it now. Raises `SmsError` for an unknown name."""
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
    clicks, unique_clicks = _row(
        connection,
        """SELECT count(*), count(DISTINCT m.profile_id) FROM sms_clicks JOIN sms_links USING (link_id)
        JOIN sms_messages m USING (message_id) WHERE campaign_id = $campaign AND NOT bot""",
        campaign=campaign,
    )
    (credits,) = _row(
        connection,
        """SELECT coalesce(-sum(l.credits), 0)::BIGINT FROM sms_ledger l JOIN sms_messages USING (message_id)
        WHERE campaign_id = $campaign""",
        campaign=campaign,
    )
    (unsubscribes,) = _row(connection, _UNSUBSCRIBES, campaign=campaign, window=window)
    conversions, cents = _row(
        connection, _CONVERSIONS, campaign=campaign, window=window, order_event=order_event
    )
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
        click_rate=_share(unique_clicks, received),
        unsubscribes=unsubscribes,
        unsubscribe_rate=_share(unsubscribes, received),
        parts=parts,
        credits=credits,
        conversions=conversions,
        revenue=revenue,
        revenue_per_message=(revenue / sent if sent else Decimal(0)).quantize(Decimal("0.0001")),
    )


# An opt-out is the last message's before it.
_UNSUBSCRIBES = """
    SELECT count(DISTINCT address) FROM (
      SELECT c.address, m.campaign_id, c.occurred_at - m.handed_at <= $window AS soon
      FROM consents c JOIN sms_messages m ON m.number = c.address AND m.handed_at <= c.occurred_at
      WHERE c.channel = 'sms' AND c.kind = 'marketing' AND c.status = 'unsubscribed' AND m.campaign_id IS NOT NULL
        AND c.address IN (SELECT number FROM sms_messages WHERE campaign_id = $campaign)
      QUALIFY row_number() OVER (PARTITION BY c.consent_id ORDER BY m.handed_at DESC, m.message_id DESC) = 1
    ) WHERE campaign_id = $campaign AND soon"""

# An order is the last click's before it, on a message that was received.
_CONVERSIONS = """
    WITH clicked AS (
      SELECT m.profile_id, k.clicked_at, m.campaign_id FROM sms_clicks k JOIN sms_links USING (link_id)
      JOIN sms_messages m USING (message_id) WHERE m.state = 'delivered' AND NOT bot
    ), orders AS (
      SELECT profile_id, occurred_at, amount FROM events
      WHERE metric_id = (SELECT metric_id FROM metrics WHERE key = lower($order_event))
        AND profile_id IN (SELECT profile_id FROM clicked)
    )
    SELECT count(*), coalesce(sum(o.amount), 0)::BIGINT FROM orders o
    ASOF JOIN clicked k ON o.profile_id = k.profile_id AND o.occurred_at >= k.clicked_at
    WHERE k.campaign_id = $campaign AND o.occurred_at - k.clicked_at <= $window"""


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
