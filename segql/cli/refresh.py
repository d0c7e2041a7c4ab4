"""The command `refresh`: memberships of stored segments brought up to date, once or again and again."""

import json
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segql.cli.options import (
    DEFAULT_STORE,
    AsOfOption,
    JsonOption,
    StoreOption,
    file_of,
    given_instant,
    reached,
)
from segql.cli.output import write, write_diagnostics, write_error, write_json, write_table
from segql.runtime.documents import instant_text

if TYPE_CHECKING:
    from segql.compiler.diagnostics.diagnostic import DefinitionError
    from segql.runtime.refresh.changes import Change, Changes

NamesArgument = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME...]", help="Stored segments. [default: all of them]")
]


def add_to(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(refresh)


def refresh(
    names: NamesArgument = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Keep refreshing, and tell who enters and who leaves.")
    ] = False,
    every: Annotated[
        float, typer.Option("--every", min=0.1, help="With --watch: so many seconds apart.")
    ] = 5.0,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring the memberships of stored segments up to date, and say who entered and who left.

    Example: segql refresh "SMS VIPs" --watch
    """
    if watch:
        if as_of is not None:
            raise typer.BadParameter("--watch follows the clock: leave --as-of out", param_hint="--as-of")
        from segql.runtime.refresh.watching import watched

        def wait() -> bool:
            time.sleep(every)
            return True

        file = file_of(store, "A server refreshes by itself, every half minute: leave --watch out.")
        tell_all(watched(file, names or None, lambda: datetime.now(UTC), wait), as_json=as_json)
        return
    with reached(store) as kept:
        changes = kept.refresh(names or None, given_instant(as_of, kept.catalog.account.timezone))
    if as_json:
        write_json(
            {
                "as_of": instant_text(changes.at),
                "segments": _summary(changes),
                "changes": [_record(change) for change in _told(changes)],
                "broken": [{"segment": name, "error": str(error)} for name, error in changes.broken.items()],
            }
        )
    else:
        _show(changes)
    _tell_broken(changes.broken)
    if changes.broken:
        raise typer.Exit(1)


def tell_all(refreshes: "Iterable[Changes]", *, as_json: bool) -> None:
    """A line for each change, as it is found, until the person has seen enough (Ctrl-C)."""
    line: Callable[[dict[str, Any]], str] = _json_line if as_json else _line
    broken: Mapping[str, DefinitionError] = {}
    try:
        for changes in refreshes:
            _tell_broken({name: error for name, error in changes.broken.items() if name not in broken})
            broken = changes.broken
            for one in _summary(changes):
                if one["first"]:
                    write(line({"at": instant_text(changes.at), **one}))
            for change in _told(changes):
                write(line(_record(change)))
            # What reads the lines in a pipe need not wait for more of them.
            sys.stdout.flush()
    except KeyboardInterrupt:
        return


def _tell_broken(broken: "Mapping[str, DefinitionError]") -> None:
    """Say on standard error which segments were not refreshed, and why."""
    for name, error in broken.items():
        write_error(f'the segment "{name}" was not refreshed: its definition holds no more')
        write_diagnostics(error.diagnostics)


def _told(changes: "Changes") -> "Iterable[Change]":
    """The changes one by one, without those who make up a segment that is refreshed for the first time."""
    return (change for change in changes if change.cause != "first")


def _summary(changes: "Changes") -> list[dict[str, Any]]:
    return [asdict(one) for one in changes.summary()]


def _record(change: "Change") -> dict[str, Any]:
    return {
        "at": instant_text(change.at),
        "segment": change.segment,
        "profile_id": change.profile_id,
        "change": "entered" if change.entered else "left",
        "cause": change.cause,
    }


def _json_line(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False)


def _line(record: dict[str, Any]) -> str:
    if "members" in record:
        return f"{record['at']}  {record['segment']}: {record['members']:,} people"
    what = f"{record['change']:<8}profile {record['profile_id']}  ({record['cause']})"
    return f"{record['at']}  {record['segment']}: {what}"


def _show(changes: "Changes") -> None:
    import pyarrow as pa

    if not (changes.sizes or changes.broken):
        write("there are no stored segments: store some with segql apply")
        return
    rows = [{key: one[key] for key in ("segment", "members", "entered", "left")} for one in _summary(changes)]
    write_table(pa.Table.from_pylist(rows))
