"""Small pictures for people: bars beside a table, a line of a trend, the tree of a `why`. Without colour in a pipe."""

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.text import Text
from rich.tree import Tree

from segql.cli.output import console, write, write_table
from segql.runtime.documents import duration_text

if TYPE_CHECKING:
    import pyarrow as pa

    from segql.compiler.person.clauses import Verdict
    from segql.runtime.why import Why

_WIDTH = 30
# In a pipe no line is broken.
_ENDLESS = 100_000
_EIGHTHS = " ▏▎▍▌▋▊▉"
_LEVELS = "▁▂▃▄▅▆▇█"
_NAMES = {"and": "all of these", "or": "any of these", "not": "not"}


def bar(share: float) -> str:
    """A bar of a share (0 to 1) of the full width."""
    whole, rest = divmod(round(share * _WIDTH * 8), 8)
    return "█" * whole + _EIGHTHS[rest].strip()


def sparkline(counts: list[int]) -> str:
    """One column a number, the highest for the greatest of them, and the lowest for 0."""
    most = max(counts, default=0) or 1
    return "".join(_LEVELS[round(count / most * (len(_LEVELS) - 1))] for count in counts)


def write_counts(table: "pa.Table") -> None:
    """A table with a `count`; on a terminal with bars beside it."""
    import pyarrow as pa

    counts = table.column("count").to_pylist()
    if console().is_terminal and counts:
        most = max(counts) or 1
        table = table.append_column("", pa.array([bar(count / most) for count in counts], pa.string()))
    write_table(table)


def write_funnel(table: "pa.Table") -> None:
    """What is left after each step; on a terminal with bars beside it. Below it how long the steps took."""
    import pyarrow as pa

    from segql.runtime.funnels import steps_told

    shown = table.select(["step", "count"]).add_column(1, "what", pa.array(steps_told(table), pa.string()))
    for heading, name in (("of first", "share_of_first"), ("of previous", "share_of_previous")):
        shares = table.column(name).to_pylist()
        said = [None if share is None else f"{share:>6.1%}" for share in shares]
        shown = shown.append_column(heading, pa.array(said, pa.string()))
    write_counts(shown)
    timed = [row for row in table.to_pylist() if row["timed"]]
    if not timed:
        return
    write()
    columns = {
        "step": pa.array([row["step"] for row in timed], pa.int32()),
        "timed": pa.array([row["timed"] for row in timed], pa.int64()),
        "median": pa.array([duration_text(row["median_seconds"]) for row in timed], pa.string()),
        "half of them": pa.array(
            [
                f"{duration_text(row['lower_quartile_seconds'])} to {duration_text(row['upper_quartile_seconds'])}"
                for row in timed
            ],
            pa.string(),
        ),
        "from the first": pa.array(
            [duration_text(row["median_seconds_from_first"]) for row in timed], pa.string()
        ),
    }
    write_table(pa.table(columns), title="Time from the event before")


def write_combinations(table: "pa.Table") -> None:
    """The combinations of groups with their counts; on a terminal a dot for each group that people are in."""
    import pyarrow as pa

    if console().is_terminal:
        for index, name in enumerate(table.column_names[:-1]):
            dots = ["●" if inside else "·" for inside in table.column(index).to_pylist()]
            table = table.set_column(index, name, pa.array(dots, pa.string()))
    write_counts(table)


def write_trend(table: "pa.Table", zone: ZoneInfo) -> None:
    """The points of a trend by the clocks of a zone; on a terminal a line of them below."""
    import pyarrow as pa

    said = [clock(at, zone) for at in table.column("at").to_pylist()]
    write_table(table.set_column(0, "at", pa.array(said, pa.string())))
    if console().is_terminal:
        write(sparkline(table.column("count").to_pylist()))


def write_why(why: "Why", zone: ZoneInfo) -> None:
    """Who and whether, then the clauses as a tree: what was found, what is missing, when it changes by itself."""
    answer = Text("yes", "bold green") if why.holds else Text("no", "bold red")
    out = console()
    lasts = _lasts(why.verdict, zone)
    out.print(
        Text.assemble(f"{why.who}: ", answer, f", as of {clock(why.as_of, zone)}{lasts and f'; {lasts}'}")
    )
    tree = Tree(_heading(why.verdict), guide_style="dim")
    _grow(tree, why.verdict, zone)
    out.print(tree, soft_wrap=False, width=None if out.is_terminal else _ENDLESS)


def _grow(tree: Tree, verdict: "Verdict", zone: ZoneInfo) -> None:
    notes = [Text(found) for found in verdict.found]
    if verdict.missing is not None:
        notes.append(Text(f"missing: {verdict.missing}", "yellow"))
    if not verdict.parts and (lasts := _lasts(verdict, zone)):
        notes.append(Text(lasts, "dim"))
    for note in notes:
        tree.add(note)
    for part in verdict.parts:
        _grow(tree.add(_heading(part)), part, zone)


def _lasts(verdict: "Verdict", zone: ZoneInfo) -> str:
    """Until when, or from when on, by the passing of time alone; nothing where that is not known."""
    if verdict.changes_at is None:
        return ""
    return f"{'until' if verdict.holds else 'from'} {clock(verdict.changes_at, zone)}, if nothing happens"


def _heading(verdict: "Verdict") -> Text:
    mark = Text("✓ ", "green") if verdict.holds else Text("✗ ", "red")
    words = f"{verdict.text.split(' (')[0]} these" if verdict.kind == "several" else verdict.text
    return mark + Text(_NAMES.get(verdict.kind, words), "bold" if verdict.parts else "")


def clock(at: datetime, zone: ZoneInfo) -> str:
    """An instant by the clocks of a zone: the date, with the time of day where it is neither the first nor the last
    second of the day."""
    local = at.astimezone(zone)
    whole = (local.hour, local.minute, local.second) in ((0, 0, 0), (23, 59, 59))
    return f"{local:%Y-%m-%d}" if whole else f"{local:%Y-%m-%d %H:%M}"
