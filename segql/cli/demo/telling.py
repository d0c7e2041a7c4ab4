"""The chapters of the demo's story as a person reads them."""

from collections.abc import Callable
from datetime import datetime
from functools import singledispatch
from itertools import count
from pathlib import Path
from shlex import quote
from zoneinfo import ZoneInfo

from rich.bar import Bar
from rich.table import Table
from rich.text import Text

from segql.cli.demo.chapters import (
    CampaignPreviewed,
    CampaignReported,
    CampaignSent,
    Chapter,
    NextPreviewed,
    NightPassed,
    SegmentsChanged,
    SegmentsCounted,
    ShopMade,
    SmsReady,
)
from segql.cli.demo.shop import ACCOUNT
from segql.cli.output import write
from segql.cli.sms.output import funnel, grid, preview_block, report_block, write_block

_ZONE = ZoneInfo(ACCOUNT.timezone)
_PLACE = ACCOUNT.timezone.split("/")[-1].replace("_", " ")
_INDENT = 3


def teller() -> Callable[[Chapter], None]:
    """A function that writes one chapter after another, with their numbers."""
    numbers = count(1)

    def tell(chapter: Chapter) -> None:
        title = _TITLES[type(chapter)]
        write()
        write_block(Text.assemble((f"{next(numbers)}  ", "bold cyan"), (title, "bold")))
        write()
        _tell(chapter)

    return tell


_TITLES: dict[type[Chapter], str] = {
    ShopMade: "A shop",
    SegmentsCounted: "Whom do you mean? The segments of examples/segments",
    SmsReady: "SMS is set up",
    CampaignPreviewed: "A campaign, before it is sent",
    CampaignSent: "Sent",
    NightPassed: "The night passes",
    SegmentsChanged: "The next segment sees it",
    NextPreviewed: "A second campaign, to a segment that has just grown",
    CampaignReported: "The report",
}


def tell_beginning() -> None:
    """What is going to be told."""
    write_block(
        Text.assemble(
            ("segql", "bold cyan"),
            ": say whom you mean, and get fast SQL and gated SMS audiences. "
            "Here is the whole way, on a made-up shop.",
        )
    )


def tell_end(store: Path, as_of: str | None) -> None:
    """What a person can do next. `as_of`: the present of the story, where it is not the real one."""
    when = "" if as_of is None else f" --as-of {quote(as_of)}"
    write()
    _say(f"All of it is in {store}: go on from here. The next demo makes that file anew.")
    write()
    for command in (
        f"export SEGQL_STORE={quote(str(store))}",
        f"segql count Winback{when}",
        f"segql explain 'can receive sms and engaged with sms in the last 30 days'{when}",
        f"segql query 'count did \"Clicked SMS\" in the last 3 days by city'{when}",
        'segql sms report "Autumn launch"',
        "segql serve",
    ):
        write(f"{' ' * _INDENT}{command}")


@singledispatch
def _tell(chapter: Chapter) -> None:
    raise TypeError(type(chapter))


@_tell.register
def _(chapter: ShopMade) -> None:
    _say(
        f"{chapter.account} is made up, and always the same for the same seed: "
        f"{chapter.people:,} people, {chapter.events:,} events of {chapter.kinds_of_events} kinds, "
        f"{chapter.consents:,} entries in the consent log. "
        f"Its history runs from {_day(chapter.since)} to {_time(chapter.until)}."
    )


@_tell.register
def _(chapter: SegmentsCounted) -> None:
    width = max(len(segment.name) for segment in chapter.segments)
    for segment in chapter.segments:
        head = Table.grid(padding=(0, 2, 0, 0))
        head.add_column(width=width)
        head.add_column(justify="right", width=7)
        head.add_column(justify="right", width=6)
        head.add_column()
        head.add_row(
            Text(segment.name, "bold"),
            f"{segment.count:,}",
            f"{segment.share:.1%}",
            Bar(1, 0, segment.share, width=20, color="cyan"),
        )
        write_block(head, _INDENT)
        write_block(Text(segment.english, "dim"), _INDENT + 2)
    write()
    _say(f"Counted as of {_time(chapter.as_of)}, of {chapter.of:,} people.", "dim")


@_tell.register
def _(chapter: SmsReady) -> None:
    table = grid("left", "left")
    for label, value in (
        ("number", f"{chapter.number}, for {', '.join(chapter.countries)}"),
        ("every text begins", f"{chapter.prefix}:"),
        ("and ends", chapter.opt_out_language),
        (
            "quiet hours",
            f"{chapter.quiet_hours_start:%H:%M} to {chapter.quiet_hours_end:%H:%M} by each person's own clock",
        ),
        ("Smart Sending", f"one text in {chapter.smart_sending_hours} hours"),
        ("paid by", f"{chapter.trial_messages:,} free messages, then {chapter.credits:,} credits"),
    ):
        table.add_row(Text(label, "dim"), Text(value))
    write_block(table, _INDENT)


@_tell.register
def _(chapter: CampaignPreviewed) -> None:
    table = grid("left", "left")
    for label, value in (
        ("name", chapter.preview.campaign),
        ("to", "\n".join(chapter.include)),
        ("but not", "\n".join(chapter.exclude)),
        ("text", chapter.text),
    ):
        table.add_row(Text(label, "dim"), Text(value))
    write_block(table, _INDENT)
    write()
    _say(f"It is {_time(chapter.preview.at)}. Each person meets the gates in this order:", "dim")
    write()
    write_block(preview_block(chapter.preview, samples=2), _INDENT)


@_tell.register
def _(chapter: CampaignSent) -> None:
    held = f"{chapter.held:,} wait for their morning." if chapter.held else "Nobody has to wait."
    _say(f"{_time(chapter.at)}: {chapter.handed_over:,} texts went to the simulated carrier; {held}")


@_tell.register
def _(chapter: NightPassed) -> None:
    table = grid("right", "left", "left")
    failed = ", ".join(f"{number:,} {reason.replace('_', ' ')}" for reason, number in chapter.failed.items())
    table.add_row(Text(f"{chapter.delivered:,}", "bold"), "delivered", "")
    table.add_row(Text(f"{sum(chapter.failed.values()):,}", "bold"), "failed", Text(failed, "dim"))
    table.add_row(Text(f"{chapter.silent:,}", "bold"), "without a receipt", "")
    table.add_row(Text(f"{chapter.clicks:,}", "bold"), "clicks", "")
    revenue = f"{ACCOUNT.currency} {chapter.revenue:,.2f}"
    table.add_row(Text(f"{chapter.orders:,}", "bold"), "orders", Text(revenue, "dim"))
    write_block(table, _INDENT)
    for exchange in chapter.exchanges:
        write()
        sent = Text.assemble(
            (f"{exchange.at.astimezone(_ZONE):%H:%M}  {exchange.number}  ", "dim"), (exchange.text, "bold")
        )
        write_block(sent, _INDENT)
        for answer in exchange.answers:
            write_block(Text(answer, "green"), _INDENT + 7)
        if exchange.inbox:
            write_block(Text("waits in the inbox for a person to answer", "yellow"), _INDENT + 7)


@_tell.register
def _(chapter: SegmentsChanged) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("segment")
    for name in ("without the campaign", "with it", "entered", "left"):
        table.add_column(name, justify="right")
    for change in chapter.changes:
        table.add_row(
            change.name,
            f"{change.before:,}",
            Text(f"{change.after:,}", "bold"),
            Text(f"+{change.entered:,}", "green"),
            Text(f"-{change.left:,}", "yellow"),
        )
    _say(f"Asked as of {_time(chapter.as_of)}, before the campaign went out and after it:")
    write()
    write_block(table, _INDENT)


@_tell.register
def _(chapter: NextPreviewed) -> None:
    _say(f"To {' or '.join(chapter.include)}, {_time(chapter.preview.at)}.")
    _say("Whoever was texted last night is left alone:", "dim")
    write()
    write_block(funnel(chapter.preview), _INDENT)


@_tell.register
def _(chapter: CampaignReported) -> None:
    write_block(report_block(chapter.report, chapter.currency), _INDENT)


def _say(text: str, style: str = "") -> None:
    write_block(Text(text, style), _INDENT)


def _day(instant: datetime) -> str:
    there = instant.astimezone(_ZONE)
    return f"{there.day} {there:%B %Y}"


def _time(instant: datetime) -> str:
    there = instant.astimezone(_ZONE)
    return f"{there:%a} {there.day} {there:%B %Y, %H:%M} in {_PLACE}"
