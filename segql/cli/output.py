"""The only writer to standard output and standard error: tables, JSON, diagnostics, errors, progress.

Rich is loaded where something is drawn: what goes into a pipe or a file needs none of it, and starts sooner.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from segql.runtime.documents import json_text

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.console import Console

    from segql.compiler.diagnostics.diagnostic import Diagnostic

_COLOURS = {"error": "bold red", "warning": "bold yellow", "hint": "bold blue"}


def console() -> "Console":
    """Standard output for people. Wide where it goes into a pipe, so that no line is broken."""
    from rich.console import Console

    out = Console(highlight=False, soft_wrap=True)
    return out if out.is_terminal else Console(highlight=False, soft_wrap=True, width=200)


def write(text: str = "") -> None:
    """A line of text, as it is."""
    sys.stdout.write(f"{text}\n")


def write_now(text: str) -> None:
    """A line of text that somebody waits for while the program goes on, also behind a pipe."""
    write(text)
    sys.stdout.flush()


def write_error(text: str) -> None:
    """A line on standard error."""
    sys.stderr.write(f"{text}\n")


def write_json(document: object) -> None:
    """One JSON document."""
    write(json_text(document, indent=2 if sys.stdout.isatty() else None))


def write_diagnostics(diagnostics: "Iterable[Diagnostic]") -> None:
    """Diagnostics with carets, on standard error, coloured on a terminal."""
    from segql.compiler.diagnostics.render import render

    if not (sys.stderr.isatty() or "FORCE_COLOR" in os.environ):
        for diagnostic in diagnostics:
            write_error(f"{render(diagnostic)}\n")
        return
    from rich.console import Console
    from rich.text import Text

    err = Console(stderr=True, highlight=False, soft_wrap=True)
    for diagnostic in diagnostics:
        rendered = Text(render(diagnostic))
        head = len(f"{diagnostic.severity} {diagnostic.code.name}")
        rendered.stylize(_COLOURS[diagnostic.severity], 0, head)
        rendered.highlight_regex(r"(?m)\^+$", _COLOURS[diagnostic.severity])
        err.print(rendered, end="\n\n")


def write_table(table: "pa.Table", title: str | None = None) -> None:
    """An Arrow table for reading."""
    from rich.table import Table
    from rich.text import Text

    shown = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    numbers = {field.name for field in table.schema if _is_number(str(field.type))}
    for name in table.column_names:
        shown.add_column(name, justify="right" if name in numbers else "left")
    for row in table.to_pylist():
        shown.add_row(*(Text(_shown(row[name])) for name in table.column_names))
    console().print(shown)


@contextmanager
def progress_bar(label: str) -> Iterator[Any]:
    """A function to call with (done, total); a bar on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    err = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task(label, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def records(table: "pa.Table") -> list[dict[str, Any]]:
    """An Arrow table as JSON objects."""
    return table.to_pylist()  # type: ignore[no-any-return]  # pyarrow has no types


def _shown(value: object) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:,.2f}".removesuffix(".00")
        case int():
            return f"{value:,}"
        case list():
            return ", ".join(map(_shown, value))
        case _:
            return str(value)


def _is_number(kind: str) -> bool:
    return kind.startswith(("int", "uint", "double", "float", "decimal"))
