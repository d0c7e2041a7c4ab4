"""Tables and charts as HTML, in the colours of the notebook; what people wrote stands in it as text, never as HTML."""

from collections.abc import Iterable
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from segql.compiler.diagnostics.diagnostic import Diagnostic
from segql.runtime.documents import duration_text
from segql.runtime.funnels import steps_told

if TYPE_CHECKING:
    import pyarrow as pa

_MOST_ROWS = 20
_WIDTH, _HEIGHT, _MARGIN = 640, 180, 8
_BAR = "display:inline-block;height:0.7em;background:currentColor;opacity:0.4"
_NUMBERS = 'style="text-align:right"'
_TEXTS = 'style="text-align:left"'
# What stands beside the steps of a funnel: shares, of how many the times are known, and the times.
_OF_FUNNELS = ("of first", "of previous", "timed", "from the event before", "half of them", "from the first")


def notes(heading: str | None, warnings: Iterable[Diagnostic]) -> str:
    """What stands above a table: how many people there are, and what is probably not meant."""
    lines = [f"<p><b>{escape(heading)}</b></p>"] if heading is not None else []
    for one in warnings:
        remedy = f"; {one.remedy}" if one.remedy else ""
        lines.append(f"<p>{one.severity} {one.code.name}: {escape(one.message + remedy)}</p>")
    return "".join(lines)


def table_html(table: "pa.Table", zone: ZoneInfo, counted: str | None = None) -> str:
    """The first rows; with `counted`, a column of numbers, their shares of its sum and bars."""
    import pyarrow.compute as pc

    shown = table.slice(0, _MOST_ROWS)
    total = (pc.sum(table.column(counted)).as_py() or 0) if counted is not None else 0
    names = [*table.column_names, *(["share", ""] if counted is not None else [])]
    rows = ["".join(f"<th {_TEXTS}>{escape(name)}</th>" for name in names)]
    for row in shown.to_pylist():
        cells = [_cell(value, zone) for value in row.values()]
        if counted is not None:
            share = row[counted] / total if total else 0
            cells += [
                f"<td {_NUMBERS}>{share:.1%}</td>",
                f'<td {_TEXTS}><span style="{_BAR};width:{share * 20:.1f}em"></span></td>',
            ]
        rows.append("".join(cells))
    more = table.num_rows - shown.num_rows
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table>{body}</table>" + (f"<p>... and {more:,} more rows</p>" if more else "")


def funnel_html(table: "pa.Table", zone: ZoneInfo) -> str:
    """The steps of a funnel with a bar each, and how long they took."""
    import pyarrow as pa

    rows = table.to_pylist()
    shown = table.select(["step", "count"]).add_column(1, "what", pa.array(steps_told(table), pa.string()))
    body = ["".join(f"<th {_TEXTS}>{escape(name)}</th>" for name in (*shown.column_names, *_OF_FUNNELS, ""))]
    for cells, row in zip(shown.to_pylist(), rows, strict=True):
        shares = (row["share_of_first"], row["share_of_previous"])
        half = [row["lower_quartile_seconds"], row["upper_quartile_seconds"]]
        lengths = [row["median_seconds"], None if half[0] is None else half, row["median_seconds_from_first"]]
        told = ["" if share is None else f"{share:.1%}" for share in shares]
        told += ["" if row["timed"] is None else f"{row['timed']:,}", *map(_length, lengths)]
        body.append(
            "".join(_cell(value, zone) for value in cells.values())
            + "".join(f"<td {_NUMBERS}>{one}</td>" for one in told)
            + f'<td {_TEXTS}><span style="{_BAR};width:{(row["share_of_first"] or 0) * 20:.1f}em"></span></td>'
        )
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in body)}</table>"


def _length(seconds: float | list[float] | None) -> str:
    if isinstance(seconds, list):
        return " to ".join(map(duration_text, seconds))
    return "" if seconds is None else duration_text(seconds)


def line_chart(table: "pa.Table", zone: ZoneInfo) -> str:
    """The counts of a trend over time, from 0, each with its date and number under the pointer."""
    counts = table.column("count").to_pylist()
    dates = [_text(at, zone) for at in table.column("at").to_pylist()]
    most = max(counts, default=0) or 1
    step = (_WIDTH - 2 * _MARGIN) / max(1, len(counts) - 1)
    height = _HEIGHT - 2 * _MARGIN
    points = [
        (_MARGIN + index * step, _MARGIN + height * (1 - count / most)) for index, count in enumerate(counts)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3"><title>{escape(date)}: {count:,}</title></circle>'
        for (x, y), date, count in zip(points, dates, counts, strict=True)
    )
    foot = _HEIGHT - _MARGIN
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" role="img" aria-label="trend" fill="currentColor">'
        f'<path d="M{_MARGIN} {foot}H{_WIDTH - _MARGIN}" stroke="currentColor" opacity="0.3"/>'
        f'<polyline points="{line}" fill="none" stroke="currentColor" stroke-width="2"/>{dots}'
        f'<text x="{_MARGIN}" y="14" font-size="11">{most:,}</text></svg>'
        f"<p>{escape(dates[0])} to {escape(dates[-1])}</p>"
    )


def _cell(value: object, zone: ZoneInfo) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"<td {_NUMBERS if is_number else _TEXTS}>{escape(_text(value, zone))}</td>"


def _text(value: object, zone: ZoneInfo) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case float():
            return f"{value:,.2f}".removesuffix(".00")
        case datetime():
            local = value.astimezone(zone) if value.tzinfo else value
            whole = (local.hour, local.minute, local.second) in ((0, 0, 0), (23, 59, 59))
            return f"{local:%Y-%m-%d}" if whole else f"{local:%Y-%m-%d %H:%M}"
        case list():
            return ", ".join(_text(one, zone) for one in value)
        case _:
            return str(value)
