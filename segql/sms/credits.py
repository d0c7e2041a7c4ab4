"""Credits: the ledger whose sum is what an account has left, free messages of its trial included."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from segql.sms.errors import SmsCode, SmsError
from segql.sms.instants import stored

if TYPE_CHECKING:
    import duckdb

TRIAL_MESSAGES = 50


@dataclass(frozen=True)
class Balance:
    """What is left: credits, and free messages of the trial."""

    credits: int
    trial_messages: int


def balance(connection: "duckdb.DuckDBPyConnection") -> Balance:
    """The sum of the ledger."""
    row = connection.execute(
        "SELECT coalesce(sum(credits), 0), coalesce(sum(trial_messages), 0) FROM sms_ledger"
    ).fetchall()[0]
    return Balance(int(row[0]), int(row[1]))


@dataclass(frozen=True)
class LedgerLine:
    """What happened to the balance on a day of the account's clock for one reason: sums above zero were given, below zero
    taken. `actor`: who gave them; None where messages took them, of which there were so many. `left`: the credits after
    the day's lines up to this one."""

    day: date
    reason: str
    actor: str | None
    messages: int
    credits: int
    trial_messages: int
    left: int


def read_ledger(connection: "duckdb.DuckDBPyConnection", zone: str, limit: int) -> list[LedgerLine]:
    """The newest lines of the ledger, newest first. `zone`: the account's."""
    rows = connection.execute(
        """SELECT day, reason, actor, messages, credits, trials,
          sum(credits) OVER (ORDER BY day, first, reason, actor)::BIGINT FROM (
          SELECT timezone($zone, timezone('UTC', occurred_at::TIMESTAMP))::DATE AS day, reason,
            if(message_id IS NULL, actor, NULL) AS actor, count(message_id) AS messages, sum(credits)::BIGINT AS credits,
            sum(trial_messages)::BIGINT AS trials, min(occurred_at) AS first
          FROM sms_ledger GROUP BY ALL
        ) ORDER BY day DESC, first DESC, reason DESC, actor DESC LIMIT $limit""",
        {"zone": zone, "limit": limit},
    ).fetchall()
    return [LedgerLine(*row) for row in rows]


def give_credits(connection: "duckdb.DuckDBPyConnection", credits: int, actor: str, at: datetime) -> None:
    """Add bought credits. Raises `SmsError` where they are not above zero."""
    if credits < 1:
        raise SmsError(SmsCode.INVALID_CREDITS, f"{credits} credits cannot be added.", "Add one or more.")
    _enter(connection, credits, 0, "bought", actor, at)


def give_trial(connection: "duckdb.DuckDBPyConnection", actor: str, at: datetime) -> None:
    """Give the free messages that every account starts with."""
    _enter(connection, 0, TRIAL_MESSAGES, "trial", actor, at)


def _enter(
    connection: "duckdb.DuckDBPyConnection",
    credits: int,
    messages: int,
    reason: str,
    actor: str,
    at: datetime,
) -> None:
    connection.execute(
        "INSERT INTO sms_ledger VALUES (?, ?, ?, ?, NULL, ?)", [stored(at), credits, messages, reason, actor]
    )


def take_for_messages(connection: "duckdb.DuckDBPyConnection", messages: str, at: datetime) -> None:
    """Take what messages cost. `messages`: the name of a temporary table of message ids."""
    _settle(connection, messages, "handed over", "-", at)


def return_for_messages(connection: "duckdb.DuckDBPyConnection", messages: str, at: datetime) -> None:
    """Give back what was taken for messages that no carrier took."""
    _settle(connection, messages, "not taken by the carrier", "", at)


def _settle(
    connection: "duckdb.DuckDBPyConnection", messages: str, reason: str, sign: str, at: datetime
) -> None:
    connection.execute(
        f"""INSERT INTO sms_ledger
        SELECT $at, {sign}if(trial, 0, credits), {sign}if(trial, 1, 0), $reason, message_id, 'segql'
        FROM sms_messages WHERE credits > 0 AND message_id IN (SELECT message_id FROM {messages})
        ORDER BY message_id""",  # noqa: S608 - the caller's table and a sign
        {"at": stored(at), "reason": reason},
    )
