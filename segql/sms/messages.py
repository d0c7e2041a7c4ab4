"""The life of a message: its states, which may follow which, and the log of those that each came into."""

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from segql.sms.instants import stored

if TYPE_CHECKING:
    import duckdb

State = Literal["held", "queued", "sending", "sent", "delivered", "failed", "unknown", "skipped"]

# held: waits until its person may be texted. queued: waits for its turn. sending: given to the carrier, which
# has not answered. sent: accepted. unknown: nobody knows what became of it. The others are final.
STATES: tuple[State, ...] = (
    "held",
    "queued",
    "sending",
    "sent",
    "delivered",
    "failed",
    "unknown",
    "skipped",
)
WAITING: tuple[State, ...] = ("held", "queued")
IS_WAITING = "state IN ({})".format(", ".join(f"'{state}'" for state in WAITING))

# A message only moves on. It comes back to "queued" only where it is certain that no carrier took it.
NEXT: dict[State, tuple[State, ...]] = {
    "held": ("held", "queued", "sending", "skipped"),
    "queued": ("held", "sending", "skipped"),
    "sending": ("queued", "sent", "failed", "unknown"),
    "sent": ("delivered", "failed", "unknown"),
    "unknown": ("unknown", "queued", "sent", "delivered", "failed"),
    "delivered": (),
    "failed": (),
    # Only for want of credits or coupons: see `starting.queue`.
    "skipped": ("queued",),
}

# Why a message is where it is, but for the gates (`gates.GATES`).
REASONS = {
    "delay": "waits for the flow's delay",
    "left_segment": "was no longer in the flow's segment",
    "too_late": "set the flow off too long ago",
    "texted_already": "shares the number of somebody whom the flow has texted",
    "undecided": "wrote what may be an opt-out, and nobody decided for a day",
    "no_text": "lacks a value that the text needs",
    "cancelled": "was not texted when it was cancelled",
    "erased": "was erased",
    "busy": "the carrier was too busy, and is asked again",
    "no_answer": "the carrier did not answer",
    "no_receipt": "the carrier never said what became of it",
    "invalid_number": "the carrier knows no such number",
    "unreachable": "the phone could not be reached",
    "disconnected": "the number is no longer in use",
    "opted_out": "opted out at the carrier",
    "carrier_violation": "the carrier took the text for spam",
    "expired": "the phone was off until the text expired",
    "wrong_sender": "the carrier does not accept the sending number",
    "suspended": "the carrier has suspended the account",
}


def before(state: State) -> str:
    """SQL for "the state is one from which `state` may follow"."""
    earlier = ", ".join(f"'{known}'" for known in STATES if state in NEXT[known])
    return f"state IN ({earlier})"


def note_steps(connection: "duckdb.DuckDBPyConnection", messages: str, at: datetime) -> None:
    """Write down the states that messages have come into. `messages`: the name of a table of message ids."""
    connection.execute(
        f"""INSERT INTO sms_steps SELECT message_id, $at, state, reason FROM sms_messages
        WHERE message_id IN (SELECT message_id FROM {messages})""",  # noqa: S608 - the caller's table
        {"at": stored(at)},
    )
