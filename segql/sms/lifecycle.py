"""Campaigns and flows while they run: pause, resume, cancel, withdraw, and how far they have come."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from segql.sms.audit import By
from segql.sms.campaigns import Kind, Status, campaign_id_of, log_campaign
from segql.sms.errors import SmsCode, SmsError
from segql.sms.instants import aware, stored
from segql.sms.messages import IS_WAITING, STATES, WAITING, note_steps
from segql.sms.rates import Rates

if TYPE_CHECKING:
    import duckdb

Move = Literal["pause", "resume", "cancel", "withdraw"]

# From which status a move leads to which.
_MOVES: dict[Move, tuple[Status, tuple[Status, ...]]] = {
    "pause": ("paused", ("running",)),
    "resume": ("running", ("paused", "stopped")),
    "cancel": ("cancelled", ("scheduled", "running", "paused", "stopped")),
    "withdraw": ("draft", ("scheduled",)),
}


@dataclass(frozen=True)
class Progress:
    """How far a campaign or flow has come. `status`: "finished" where it runs and nobody waits.

    `states`: its messages by state, whose sum is the audience. `fault`: why it was stopped, or has paused itself.
    `local_time`: the time of the recipients' clocks at which they are texted, where it is so. `actor`: who wrote or started
    it last. `next_at`: when a waiting message is looked at next. `ends_at`: when the last part can have left, at the pace
    of the sending numbers; None where there is no limit to it, or nobody waits.
    """

    campaign_id: int
    name: str
    kind: Kind
    status: Status | Literal["finished"]
    fault: str | None
    starts_at: datetime
    local_time: datetime | None
    actor: str | None
    states: dict[str, int]
    parts_waiting: int
    next_at: datetime | None
    ends_at: datetime | None


def move(connection: "duckdb.DuckDBPyConnection", name: str, what: Move, by: By, at: datetime) -> None:
    """Pause, resume, cancel or withdraw a campaign or flow; what it is already it stays. Raises `SmsError` where it cannot
    be.

    The caller holds the line: what is on its way to the carrier has arrived, and nothing more leaves.
    """
    campaign_id = campaign_id_of(connection, name)
    after, before = _MOVES[what]
    rows = connection.execute(
        """SELECT name, status, kind, EXISTS (FROM sms_messages m WHERE m.campaign_id = c.campaign_id)
        FROM sms_campaigns c WHERE campaign_id = ?""",
        [campaign_id],
    ).fetchall()
    name, status, kind, has_messages = rows[0]
    if status == after:
        return
    if status not in before:
        raise SmsError(
            SmsCode.CAMPAIGN_RESTS,
            f'"{name}" is {status}, and cannot be made {after}.',
            f"Only what is {' or '.join(before)} can be.",
        )
    if what == "resume" and kind == "campaign" and not has_messages:
        # Its audience could not be taken: that is tried again, now.
        connection.execute(
            "UPDATE sms_campaigns SET starts_at = ? WHERE campaign_id = ?", [stored(at), campaign_id]
        )
        after = "scheduled"
    connection.execute(
        "UPDATE sms_campaigns SET status = ?, fault = NULL WHERE campaign_id = ?", [after, campaign_id]
    )
    if what == "resume":
        # What was filtered until now is known to whoever resumes it (see `filtered`).
        connection.execute(
            "UPDATE sms_campaigns SET watched_from = ? WHERE campaign_id = ?", [stored(at), campaign_id]
        )
    if what == "cancel":
        _cancel_messages(connection, campaign_id, at)
    log_campaign(connection, name, status, after, by, at)


def _cancel_messages(connection: "duckdb.DuckDBPyConnection", campaign_id: int, at: datetime) -> None:
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE cancelled AS SELECT message_id FROM sms_messages
        WHERE campaign_id = ? AND {IS_WAITING}""",  # noqa: S608 - constants
        [campaign_id],
    )
    connection.execute(
        """UPDATE sms_messages SET state = 'skipped', reason = 'cancelled', due_at = NULL
        WHERE message_id IN (SELECT message_id FROM cancelled)"""
    )
    note_steps(connection, "cancelled", at)


def progress(
    connection: "duckdb.DuckDBPyConnection", rates: Rates, at: datetime, name: str | None = None
) -> list[Progress]:
    """How far campaigns and flows have come, the newest first: all of them, or the one of that name."""
    chosen = None if name is None else campaign_id_of(connection, name)
    rows = connection.execute(
        """SELECT campaign_id, name, kind, status, fault, starts_at, local_time, actor FROM sms_campaigns
        WHERE campaign_id = coalesce($chosen, campaign_id) ORDER BY campaign_id DESC""",
        {"chosen": chosen},
    ).fetchall()
    tallies = _tallies(connection, rates, at, chosen)
    found = []
    for campaign_id, known, kind, status, fault, starts_at, local_time, actor in rows:
        tally = tallies.get(campaign_id, _Tally())
        is_finished = status == "running" and kind == "campaign" and not tally.parts
        found.append(
            Progress(
                campaign_id=campaign_id,
                name=known,
                kind=kind,
                status="finished" if is_finished else status,
                fault=fault,
                starts_at=aware(starts_at),
                local_time=local_time,
                actor=actor,
                states=tally.states,
                parts_waiting=sum(tally.parts.values()),
                next_at=aware(tally.next_at) if tally.next_at else None,
                ends_at=tally.ends_at,
            )
        )
    return found


@dataclass
class _Tally:
    """What a campaign's messages come to: how many there are by state, and of those that wait the parts, the next that is
    due, and when the last can have left."""

    states: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STATES, 0))
    parts: dict[str | None, int] = field(default_factory=dict)  # by sending number
    next_at: datetime | None = None
    ends_at: datetime | None = None


def _tallies(
    connection: "duckdb.DuckDBPyConnection", rates: Rates, at: datetime, chosen: int | None
) -> dict[int, _Tally]:
    """By campaign, in one look at the messages: there are millions."""
    rows = connection.execute(
        """SELECT campaign_id, state, messages, sender, parts, next_at, n.kind FROM (
          SELECT campaign_id, state, sender, count(*) AS messages, coalesce(sum(parts), 0)::BIGINT AS parts,
            min(due_at) AS next_at
          FROM sms_messages WHERE campaign_id = coalesce($chosen, campaign_id) GROUP BY ALL
        ) m LEFT JOIN (SELECT number, any_value(kind) AS kind FROM sms_numbers GROUP BY number) n ON n.number = m.sender""",
        {"chosen": chosen},
    ).fetchall()
    tallies: dict[int, _Tally] = {}
    for campaign_id, state, messages, sender, parts, next_at, kind in rows:
        tally = tallies.setdefault(campaign_id, _Tally())
        tally.states[state] += messages
        if state not in WAITING:
            continue
        waiting = tally.parts[sender] = tally.parts.get(sender, 0) + parts
        tally.next_at = min(filter(None, (tally.next_at, next_at)), default=None)
        if kind in rates:
            end = at + timedelta(seconds=round(waiting / rates[kind]))
            tally.ends_at = max(end, tally.ends_at or end)
    return tallies
