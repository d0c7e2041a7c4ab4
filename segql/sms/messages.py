"""The life of a message: its states, and which may follow which."""

from typing import Literal

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

# A message only moves on. It comes back to "queued" only where it is certain that no carrier took it.
NEXT: dict[State, tuple[State, ...]] = {
    "held": ("held", "queued", "sending", "skipped"),
    "queued": ("held", "sending", "skipped"),
    "sending": ("queued", "sent", "failed", "unknown"),
    "sent": ("delivered", "failed", "unknown"),
    "unknown": ("unknown", "queued", "sent", "delivered", "failed"),
    "delivered": (),
    "failed": (),
    # Only for want of credits: see `campaigns.queue`.
    "skipped": ("queued",),
}


def before(state: State) -> str:
    """SQL for "the state is one from which `state` may follow"."""
    earlier = ", ".join(f"'{known}'" for known in STATES if state in NEXT[known])
    return f"state IN ({earlier})"
