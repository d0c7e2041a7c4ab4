"""How what is under way, days, advices and the story of a message are shown to people."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.bar import Bar
from rich.console import Group
from rich.table import Table
from rich.text import Text

from segql.cli.sms.output import grid

if TYPE_CHECKING:
    from segql.sms.advice import Advice
    from segql.sms.lifecycle import Progress
    from segql.sms.preview import Preview
    from segql.sms.reports import Span
    from segql.sms.why import Outcome

_BAR = 24


def progress_block(found: Sequence["Progress"], zone: str) -> Table:
    """Campaigns and flows: what they are, how many messages are in each state, when they go on."""
    table = grid("left", "left", "left", "left")
    for one in found:
        states = ", ".join(f"{count:,} {state}" for state, count in one.states.items() if count)
        when = ""
        if one.status == "scheduled":
            when = f"starts {_local(one.starts_at, zone)}"
        elif one.ends_at is not None:
            when = f"until about {_local(one.ends_at, zone)}"
        elif one.next_at is not None and one.status == "running":
            when = f"goes on {_local(one.next_at, zone)}"
        table.add_row(
            Text(one.name, "bold"), f"{one.kind}, {one.status}", states, Text(one.fault or when, "yellow")
        )
    return table


def days_block(found: Sequence["Span"]) -> Table:
    """A report day by day, with a bar of what was received."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("day")
    for name in ("sent", "received", "failed", "clicks", "left", "orders", "revenue"):
        table.add_column(name, justify="right")
    table.add_column("")
    most = max((day.received for day in found), default=0)
    for day in found:
        counts = (day.sent, day.received, day.failed, day.clicks, day.unsubscribes, day.conversions)
        bar = Bar(max(most, 1), 0, day.received, width=_BAR, color="green")
        table.add_row(
            f"{day.begins:%Y-%m-%d}", *(f"{count:,}" for count in counts), f"{day.revenue:,.2f}", bar
        )
    return table


def advices_block(found: Sequence["Advice"]) -> Group:
    """Six advices: whether each is followed, the figures, and what to do where it is not."""
    lines: list[Text] = []
    for one in found:
        mark, style = {None: ("too little to say", "dim"), True: ("good", "green")}.get(
            one.good, ("look at this", "yellow")
        )
        figures = ", ".join(
            f"{name.replace('_', ' ')} {_figure(value)}"
            for name, value in one.figures.items()
            if value is not None
        )
        lines.append(
            Text.assemble((one.title, "bold"), ": ", (mark, style), f" ({figures})" if figures else "")
        )
        if one.good is False:
            lines.append(Text(f"  {one.words}"))
            if one.segment:
                lines.append(Text(f"  {one.segment}", "cyan"))
    return Group(*lines)


def _figure(value: float | int | str | None) -> str:
    return (
        f"{value:.1%}"
        if isinstance(value, float) and value <= 1
        else f"{value:,.1f}"
        if isinstance(value, float)
        else str(value)
    )


def steps_block(outcome: "Outcome", zone: str) -> Table:
    """What happened to a message, in the order of time."""
    table = grid("left", "left", "left")
    for step in outcome.steps:
        table.add_row(Text(_local(step.at, zone), "dim"), step.what, step.words)
    return table


def plainer_block(preview: "Preview") -> Group:
    """The characters that make the text longer, and what could stand in their place."""
    lines = [
        Text(
            f"{one.character} ({one.name}) needs the costlier alphabet"
            + (f": {one.substitute!r} says the same" if one.substitute is not None else ""),
            "yellow",
        )
        for one in preview.costly
    ]
    if preview.plainer is not None:
        lines.append(Text(f"{preview.plainer.parts:,} parts in place of {preview.parts:,} with this text:"))
        lines.append(Text(preview.plainer.text, "bold"))
    return Group(*lines)


def _local(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}"
