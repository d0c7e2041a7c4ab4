"""Six advices on getting texts received, each as a check with a figure of the account."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from segql.sms.instants import stored

if TYPE_CHECKING:
    import duckdb

# What advisers of senders call good: shares of texts, and messages a month. The seeds of these are Klaviyo's help pages
# on received texts and on alerts, as of November 2026.
CLICKS_AT_LEAST = 0.06
UNSUBSCRIBES_AT_MOST = 0.013
FAILURES_AT_MOST = 0.05
MESSAGES_A_MONTH = (2, 6)
DOUBLE_OPT_IN_AT_LEAST = 0.5
INVALID_AT_MOST = 0.02
# A fall of the share that is received by so much, from the three weeks before to this one, is an alert.
FALL_AT_MOST = 0.05

WEEK = timedelta(days=7)
MONTH = timedelta(days=30)

Code = Literal["list_quality", "sending_number", "relevance", "frequency", "hygiene", "deliverability"]


_TITLES = {
    "list_quality": "Quality of the list",
    "sending_number": "Sending number",
    "relevance": "Relevance",
    "frequency": "Messages a month",
    "hygiene": "Hygiene",
    "deliverability": "Deliverability",
}


@dataclass(frozen=True)
class Advice:
    """A check. `good`: None where there is too little to say so. `figures`: by name, shares from 0 to 1 and counts.
    `segment`: the definition of a segment that holds the people concerned, where there is one."""

    code: Code
    good: bool | None
    figures: dict[str, float | int | str | None]
    words: str
    segment: str | None = None

    @property
    def title(self) -> str:
        """What is checked."""
        return _TITLES[self.code]


def advices(connection: "duckdb.DuckDBPyConnection", at: datetime) -> tuple[Advice, ...]:
    """The six checks as at an instant."""
    return (
        _list_quality(connection, at),
        _sending_number(connection),
        _relevance(connection, at),
        _frequency(connection, at),
        _hygiene(connection, at),
        _deliverability(connection, at),
    )


def _list_quality(connection: "duckdb.DuckDBPyConnection", at: datetime) -> Advice:
    subscribed, confirmed = _row(
        connection,
        """WITH latest AS (
          SELECT address, arg_max(status, (occurred_at, status <> 'subscribed', consent_id)) AS status,
            bool_or(status = 'pending') AS confirmed
          FROM consents WHERE channel = 'sms' AND kind = 'marketing' AND occurred_at <= $at GROUP BY address
        ) SELECT count(*), count(*) FILTER (confirmed) FROM latest WHERE status = 'subscribed'""",
        at=stored(at),
    )
    numbers, invalid = _row(
        connection,
        """SELECT count(phone_number), count(phone_number) FILTER (phone_valid IS NOT TRUE) FROM profiles""",
    )
    double, wrong = _share(confirmed, subscribed), _share(invalid, numbers)
    good = None if double is None else double >= DOUBLE_OPT_IN_AT_LEAST and (wrong or 0) <= INVALID_AT_MOST
    return Advice(
        "list_quality",
        good,
        {"subscribed": subscribed, "double_opt_in": double, "invalid_numbers": wrong},
        "Let people confirm by YES that the number is theirs, and check numbers where they are typed.",
        "phone_number is set and phone_valid is false",
    )


def _sending_number(connection: "duckdb.DuckDBPyConnection") -> Advice:
    rows = connection.execute(
        "SELECT kind, count(DISTINCT number) FROM sms_numbers GROUP BY kind ORDER BY kind"
    ).fetchall()
    kinds = {kind for kind, _ in rows}
    return Advice(
        "sending_number",
        bool(kinds) and kinds <= {"short_code", "toll_free"} if kinds else None,
        dict(rows),
        "Send from a short code or a verified toll-free number: carriers trust these most.",
    )


def _relevance(connection: "duckdb.DuckDBPyConnection", at: datetime) -> Advice:
    received, clicked = _row(
        connection,
        """SELECT count(*), count(*) FILTER (message_id IN (
            SELECT message_id FROM sms_clicks JOIN sms_links USING (link_id) WHERE NOT bot AND clicked_at <= $at))
        FROM sms_messages m WHERE purpose = 'marketing' AND state = 'delivered' AND handed_at > $since
          AND handed_at <= $at AND message_id IN (SELECT message_id FROM sms_links)""",
        at=stored(at),
        since=stored(at - MONTH),
    )
    rate = _share(clicked, received)
    return Advice(
        "relevance",
        None if rate is None else rate >= CLICKS_AT_LEAST,
        {"received_with_link": received, "click_rate": rate},
        "Text segments that want what the text is about: few clicks say that many did not.",
    )


def _frequency(connection: "duckdb.DuckDBPyConnection", at: datetime) -> Advice:
    people, messages, above = _row(
        connection,
        """SELECT count(*), coalesce(avg(messages), 0)::DOUBLE, count(*) FILTER (messages > $most) FROM (
          SELECT number, count(*) AS messages FROM sms_messages
          WHERE purpose = 'marketing' AND handed_at > $since AND handed_at <= $at AND number IS NOT NULL
          GROUP BY number)""",
        at=stored(at),
        since=stored(at - MONTH),
        most=MESSAGES_A_MONTH[1],
    )
    least, most = MESSAGES_A_MONTH
    return Advice(
        "frequency",
        None if not people else least <= messages <= most and not above,
        {"people": people, "messages_a_month": messages if people else None, "above_six": above},
        "Two to six messages a month keep people without wearying them.",
        f'did "Received SMS" more than {most} times in the last 30 days',
    )


def _hygiene(connection: "duckdb.DuckDBPyConnection", at: datetime) -> Advice:
    (dead,) = _row(
        connection,
        """SELECT count(*) FROM (
          SELECT number FROM sms_messages WHERE state = 'failed' AND finished_at > $since AND finished_at <= $at
            AND number IS NOT NULL
          GROUP BY number HAVING bool_or(reason IN ('invalid_number', 'disconnected'))
            OR count(*) FILTER (reason = 'unreachable') >= 2)""",
        at=stored(at),
        since=stored(at - 3 * MONTH),
    )
    return Advice(
        "hygiene",
        not dead,
        {"numbers_that_failed_for_good": dead},
        "Leave out numbers that do not exist any more, or could not be reached twice.",
        'did "Failed to Deliver SMS" in the last 90 days where Reason is in ("invalid_number", "disconnected")\n'
        '  or did "Failed to Deliver SMS" at least 2 times in the last 90 days where Reason is "unreachable"',
    )


def _deliverability(connection: "duckdb.DuckDBPyConnection", at: datetime) -> Advice:
    now, before = (
        _row(
            connection,
            """SELECT count(*), count(*) FILTER (state = 'delivered'), count(*) FILTER (state = 'failed')
            FROM sms_messages WHERE campaign_id IS NOT NULL AND carrier_id IS NOT NULL
              AND handed_at > $since AND handed_at <= $until""",
            since=stored(since),
            until=stored(until),
        )
        for since, until in ((at - WEEK, at), (at - 4 * WEEK, at - WEEK))
    )
    (left,) = _row(
        connection,
        """SELECT count(DISTINCT address) FROM consents WHERE channel = 'sms' AND kind = 'marketing'
          AND status = 'unsubscribed' AND occurred_at > $since AND occurred_at <= $at
          AND address IN (SELECT number FROM sms_messages WHERE handed_at > $since AND campaign_id IS NOT NULL)""",
        at=stored(at),
        since=stored(at - WEEK),
    )
    received, was = _share(now[1], now[0]), _share(before[1], before[0])
    failed, gone = _share(now[2], now[0]), _share(left, now[1])
    alerts = [
        name
        for name, is_alert in (
            ("falling", received is not None and was is not None and received < was - FALL_AT_MOST),
            ("failures", failed is not None and failed > FAILURES_AT_MOST),
            ("unsubscribes", gone is not None and gone > UNSUBSCRIBES_AT_MOST),
        )
        if is_alert
    ]
    return Advice(
        "deliverability",
        None if received is None else not alerts,
        {
            "received_this_week": received,
            "received_three_weeks_before": was,
            "failed_this_week": failed,
            "unsubscribed_this_week": gone,
            "alerts": ", ".join(alerts) or None,
        },
        "Watch what is received, what fails and who leaves, and ask why where it changes.",
    )


def _row(connection: "duckdb.DuckDBPyConnection", query: str, **values: Any) -> tuple[Any, ...]:
    (row,) = connection.execute(query, values).fetchall()
    return tuple(row)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
