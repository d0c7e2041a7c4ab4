"""The command `import`: files into the store."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from segql.cli.options import DEFAULT_STORE, AsOfOption, JsonOption, StoreOption, given_instant, reached
from segql.cli.output import progress_bar, write, write_json


def add_to(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command("import")(import_files)


def import_files(
    kind: Annotated[
        Literal["profiles", "events", "orders", "consents", "lists", "places"],
        typer.Argument(metavar="KIND", help="profiles, events, orders, consents, lists or places."),
    ],
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="CSV, JSON lines (.jsonl) or Parquet files.")
    ],
    map_file: Annotated[
        Path | None, typer.Option("--map", help="A TOML file that says which columns are what.")
    ] = None,
    rejects: Annotated[
        Path | None,
        typer.Option(
            "--rejects", help="Where rows that cannot be used are written. [default: KIND.rejects.jsonl]"
        ),
    ] = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import files; the store is made where there is none. Importing twice changes nothing.

    Example: segql import orders lines.parquet --map map.toml
    """
    with reached(store, create=True) as kept, progress_bar(f"importing {kind}") as progress:
        report = kept.import_files(
            kind,
            files,
            map_file,
            rejects=rejects or Path(f"{kind}.rejects.jsonl"),
            now=given_instant(as_of, kept.catalog.account.timezone),
            progress=progress,
        )
    if as_json:
        write_json(report._asdict())
        return
    done = ", ".join(f"{count:,} {what}" for what, count in report.written.items()) or "nothing to write"
    write(f"{kind}: {report.rows:,} rows read, {done}")
    for reason, count in report.rejected.items():
        write(f"  {count:,} rows not used: {reason}")
    if report.rejects is not None:
        all_of_them = report.kept == sum(report.rejected.values())
        write(f"  {'they' if all_of_them else f'the first {report.kept:,}'} are in {report.rejects}")
