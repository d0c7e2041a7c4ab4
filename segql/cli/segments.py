"""Commands about what stored and written segments rest on: test, history."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from segql.cli.options import DEFAULT_STORE, AsOfOption, JsonOption, StoreOption, instant, opened, read_text
from segql.cli.output import write, write_json


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (test, history):
        app.command()(command)


def test(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Definition files (*.segql).")],
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run the examples inside definitions (`expect in: ...`, `expect out: ...`) and say which do not hold.

    Example: segql test segments/*.segql
    """
    with opened(store) as opened_store:
        now = instant(as_of, opened_store.catalog.account.timezone)
        results = [
            (str(path), result)
            for path in files
            for result in opened_store.test(read_text(path), now, str(path))
        ]
    wrong = [(name, result) for name, result in results if not result.holds]
    if as_json:
        write_json(
            {
                "examples": [
                    {"file": name, **asdict(result), "holds": result.holds} for name, result in results
                ]
            }
        )
    else:
        for name, result in wrong:
            write(f'{name}:{result.line}: "{result.segment}" has this person {result.found}: {result.text}')
        write(f"{len(results)} {'example' if len(results) == 1 else 'examples'}, {len(wrong)} wrong")
    if wrong:
        raise typer.Exit(1)


def history(
    attributes: Annotated[
        list[str], typer.Argument(metavar="NAME...", help="Attributes that hold text, such as a tier.")
    ],
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep from now on what attributes were before, so that one can ask how long they have been what they are.

    Example: segql history loyalty_tier
    """
    with opened(store) as opened_store:
        now = instant(as_of, opened_store.catalog.account.timezone)
        kept = {name: opened_store.keep_history(name, now) for name in attributes}
    if as_json:
        write_json({"kept": [{"name": name, "new": new} for name, new in kept.items()]})
        return
    for name, new in kept.items():
        write(f"{'kept from now on' if new else 'kept already':<18}{name}")
