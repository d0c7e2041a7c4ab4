"""How conversations are shown to people."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from segql.cli.sms.output import grid
from segql.sms.conversations.listing import Conversation
from segql.sms.conversations.thread import Thread, ThreadMessage
from segql.sms.harmless import harmless


def inbox_block(found: Sequence[Conversation], zone: str, at: datetime) -> Table:
    """Conversations: when the last text came, from whom, what it says, and what is to be done."""
    table = grid("left", "left", "left", "left", "right")
    for talk in found:
        notes = ["may be an opt-out"] if talk.may_be_opt_out else []
        notes += [f"waits {length(at - talk.waiting_since)}"] if talk.waiting_since else []
        table.add_row(
            Text("\N{BULLET}" if talk.unread else "", "bold cyan"),
            Text(f"{talk.texted_at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}\n{', '.join(notes)}", "dim"),
            Text(harmless("\n".join(filter(None, (talk.name, talk.number))))),
            Text(harmless(talk.text) + _pictures(talk.pictures), "bold"),
            Text(str(talk.newest), "dim"),
        )
    return table


def thread_block(thread: Thread, zone: str) -> Group:
    """A thread with its head: who it is, what they consented to, where they are, and whether they can be answered."""
    head = grid("left", "left")
    times = " or ".join(f"{time:%H:%M}" for time in thread.local_times)
    for label, value in (
        ("from", " ".join(filter(None, (thread.name, thread.number)))),
        ("consent", thread.consent or "never subscribed"),
        ("place", ", ".join(filter(None, (thread.location, f"{times} there")))),
        ("seen", f"{thread.seen}"),
        ("answer", thread.box.reason or thread.box.night or "possible"),
    ):
        head.add_row(Text(label, "dim"), Text(harmless(value)))
    said = grid("left", "left", "left")
    for message in thread.messages:
        said.add_row(
            Text(f"{message.at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}", "dim"),
            Text("<" if message.direction == "in" else ">"),
            Text(harmless(message.text) + _pictures(message.pictures)).append(_note(message), "dim"),
        )
    older: list[RenderableType] = (
        [Text(f"older ones: --before {thread.messages[0].position}", "dim")] if thread.has_older else []
    )
    return Group(head, "", *older, said)


def length(span: timedelta) -> str:
    """A length of time, as 3 d 4 h, 4 h 5 min, or 5 min."""
    minutes = int(span.total_seconds()) // 60
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"


def _note(message: ThreadMessage) -> str:
    """Who wrote a message of ours and how it fared, or what a text of theirs was taken for."""
    said = (
        (message.campaign or message.flow or message.actor or message.kind, message.state, message.reason)
        if message.direction == "out"
        else (message.decision or ("" if message.kind == "conversation" else message.kind),)
    )
    note = ", ".join(harmless(word) for word in said if word)
    return f"  [{note}]" if note else ""


def _pictures(count: int) -> str:
    return f" [{count} picture{'s' if count > 1 else ''}, not shown]" if count else ""
