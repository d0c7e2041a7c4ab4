"""How previews, reports and texts of SMS are shown to people, by the demo and by `segql sms`."""

from collections.abc import Iterable, Mapping
from datetime import time

from rich import box
from rich.bar import Bar
from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from segql.cli.output import console, write
from segql.sms.gates import BY_CODE
from segql.sms.harmless import harmless
from segql.sms.preview import CountryCost, Preview
from segql.sms.reports import Report
from segql.sms.settings import SmsSettings

WIDTH = 96
_BAR = 8


def write_block(block: RenderableType, indent: int = 0) -> None:
    """Something for people to read, no wider than a page, without blanks at the ends of lines."""
    page = console()
    with page.capture() as capture:
        page.print(Padding(block, (0, 0, 0, indent)), soft_wrap=False, width=min(page.width, WIDTH))
    for line in capture.get().splitlines():
        write(line.rstrip())


def grid(*columns: str) -> Table:
    """An empty table without lines. `columns`: "left" or "right" for each."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for justify in columns:
        table.add_column(justify="right" if justify == "right" else "left", no_wrap=justify == "right")
    return table


def funnel(preview: Preview) -> Group:
    """The audience of a campaign, and how many each gate takes out, in the order of the gates."""
    table = grid("left", "right", "right", "left")
    left = preview.audience
    table.add_row("people in the audience", "", _bold(left), _bar(left, preview.audience, "cyan"))
    for code, count in preview.gates.items():
        if not count:
            continue
        gate = BY_CODE[code]
        left -= count
        words = Text(f"{gate.words} (waits)", "yellow") if gate.holds else Text(gate.words)
        table.add_row(
            Padding(words, (0, 0, 0, 2)), f"-{count:,}", f"{left:,}", _bar(left, preview.audience, "cyan")
        )
    table.add_row("texted now", "", _bold(left, "bold green"), _bar(left, preview.audience, "green"))
    idle = sum(not count for count in preview.gates.values())
    return Group(table, Text(f"{idle} of the {len(preview.gates)} gates stop nobody.", "dim"))


def cost(preview: Preview) -> Table:
    """Messages, parts and credits, by country and in all."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("country")
    for name in ("messages", "parts", "credits"):
        table.add_column(name, justify="right", min_width=8)
    everything = CountryCost("all", preview.remaining, preview.parts, preview.credits)
    for row in (*preview.countries, everything):
        style = "bold" if row is everything else ""
        table.add_row(row.country, f"{row.messages:,}", f"{row.parts:,}", f"{row.credits:,}", style=style)
    return table


def phones(texts: Iterable[str]) -> Columns:
    """Texts as phones show them."""
    return Columns(
        [
            Panel(Text(harmless(text), overflow="fold"), box=box.ROUNDED, border_style="dim", width=38)
            for text in texts
        ]
    )


def preview_block(preview: Preview, samples: int = 3) -> Group:
    """A whole preview: the funnel, the cost, sample texts."""
    parts: list[RenderableType] = [funnel(preview)]
    if preview.remaining:
        parts += ["", cost(preview)]
        if preview.trial_messages:
            parts += [Text(f"{preview.trial_messages:,} messages are free: they are the trial's", "dim")]
        parts += ["", phones(preview.samples[:samples])]
    return Group(*parts)


def report_block(report: Report, currency: str) -> Table:
    """A report, a figure a line with what belongs to it."""
    table = grid("left", "right", "right", "left")
    for label, number, share, detail in (
        ("in the audience", f"{report.recipients:,}", None, ""),
        ("skipped", f"{report.states['skipped']:,}", None, _by_reason(report.skipped)),
        (
            "accepted by the carrier",
            f"{report.sent:,}",
            None,
            f"{report.parts:,} parts, {report.credits:,} credits",
        ),
        ("received", f"{report.received:,}", report.received_rate, ""),
        ("failed", f"{report.states['failed']:,}", None, _by_reason(report.failed)),
        ("waiting", f"{_waiting(report.states):,}", None, _by_state(report.states)),
        ("clicked", f"{report.unique_clicks:,}", report.click_rate, _clicks(report)),
        ("unsubscribed", f"{report.unsubscribes:,}", report.unsubscribe_rate, ""),
        ("ordered after a click", f"{report.conversions:,}", None, _revenue(report, currency)),
        (
            "ordered with no click",
            f"{report.unclicked_orders:,}",
            None,
            f"{currency} {report.unclicked_revenue:,.2f}",
        ),
    ):
        table.add_row(
            label,
            _bold(number),
            "" if share is None else f"{share:.1%}",
            Text(detail, "dim", overflow="fold"),
        )
    return table


def _waiting(states: Mapping[str, int]) -> int:
    return sum(states[state] for state in ("held", "queued", "sending", "sent", "unknown"))


def _by_state(states: Mapping[str, int]) -> str:
    words = {
        "held": "held",
        "queued": "queued",
        "sending": "being handed over",
        "sent": "without a receipt so far",
        "unknown": "of unknown fate",
    }
    return ", ".join(f"{states[state]:,} {what}" for state, what in words.items() if states[state])


def _by_reason(reasons: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {reason.replace('_', ' ')}" for reason, count in reasons.items())


def _clicks(report: Report) -> str:
    bots = f", {report.bot_clicks:,} of programs" if report.bot_clicks else ""
    return f"{report.clicks:,} in all{bots}"


def _revenue(report: Report, currency: str) -> str:
    return f"{currency} {report.revenue:,.2f}, {report.revenue_per_message:,.2f} a message"


def _bold(number: int | str, style: str = "bold") -> Text:
    return Text(f"{number:,}" if isinstance(number, int) else number, style)


def _bar(part: int, whole: int, colour: str) -> Bar:
    return Bar(max(whole, 1), 0, part, width=_BAR, color=colour)


def settings_block(settings: SmsSettings) -> Text:
    """Every setting, written as it would be set, and below it what it is for."""
    block = Text()
    for name, field in type(settings).model_fields.items():
        block.append(name, "bold").append(f"={_shown(getattr(settings, name))}\n")
        block.append(f"  {field.description}\n", "dim")
    return block


def _shown(value: object) -> str:
    match value:
        case None:
            return "none"
        case time():
            return f"{value:%H:%M}"
        case _:
            return str(value)
