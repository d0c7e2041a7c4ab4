"""How many of some people can be reached by a channel, and why the others cannot: figures that add up."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from segql.sms.gates import GATES, funnel, judge
from segql.sms.settings import read_settings

if TYPE_CHECKING:
    from segql.runtime.api import Store

# The gates that stop a person whatever is sent and when; those behind them let through in time.
_LASTING = GATES[: [gate.code for gate in GATES].index("quiet_hours")]
# Why somebody gets no e-mail: conditions, the first that holds is the reason.
_EMAIL_REASONS = (
    ("email is not set", "has no e-mail address"),
    ("unsubscribed from email", "has unsubscribed"),
    ("pending for email", "has not confirmed the subscription"),
    ("never subscribed to email", "never subscribed"),
)


@dataclass(frozen=True)
class Reach:
    """How many of `audience` people can be reached: `reached`, and `stopped`, how many each reason keeps from it, in
    words. They add up to the audience."""

    audience: int
    reached: int
    stopped: tuple[tuple[str, int], ...]


def sms_reach(store: "Store", text: str, at: datetime) -> Reach:
    """Who of those whom a condition means can receive marketing by SMS, by the gates that a campaign goes through; those
    whom only the hour, or what they were sent before, holds up are reached.

    Raises `SmsError` where SMS is not set up, and `segql.DefinitionError`."""
    query = store.query(text, at)
    with store.database.cursor() as cursor:
        settings = read_settings(cursor)
        cursor.execute(
            f"""CREATE OR REPLACE TEMP TABLE audience AS
            SELECT NULL::BIGINT AS message_id, profile_id, NULL::VARCHAR AS number, NULL::VARCHAR AS sender,
              NULL::BIGINT AS text_id, 0 AS credits, NULL::VARCHAR AS pool, NULL::VARCHAR AS picture
            FROM ({query.text})""",  # noqa: S608 - compiled
            query.values,
        )
        judge(cursor, "marketing", settings, store.catalog.account.timezone, at)
        counts = funnel(cursor)
        audience = sum(cursor.execute("SELECT count(*) FROM audience").fetchall()[0])
    stopped = tuple((gate.words, counts[gate.code]) for gate in _LASTING if counts[gate.code])
    return Reach(audience, audience - sum(count for _, count in stopped), stopped)


def email_reach(store: "Store", text: str, at: datetime) -> Reach:
    """Who of those whom a condition means (no statement) can receive marketing by e-mail. Raises
    `segql.DefinitionError`."""
    asked = ("can receive email", *(condition for condition, _ in _EMAIL_REASONS))
    table = store.ask(f"overlap {text}, {', '.join(asked)}", at)
    audience = reached = 0
    stopped = dict.fromkeys((words for _, words in _EMAIL_REASONS), 0)
    blocked = 0
    for *flags, count in zip(*(column.to_pylist() for column in table.columns), strict=True):
        is_in, can, *reasons = flags
        if not is_in:
            continue
        audience += count
        if can:
            reached += count
        elif True in reasons:
            stopped[_EMAIL_REASONS[reasons.index(True)][1]] += count
        else:
            blocked += count
    told = [*stopped.items(), ("is blocked", blocked)]
    return Reach(audience, reached, tuple((words, number) for words, number in told if number))
