"""Commands about what stored and written segments rest on: test, history, catalog."""

from dataclasses import asdict
from typing import Annotated

import typer

from segql.cli.files import PathsArgument, read_files
from segql.cli.options import (
    DEFAULT_STORE,
    AsOfOption,
    CatalogOption,
    JsonOption,
    StoreOption,
    catalog_of,
    given_instant,
    instant,
    reached,
)
from segql.cli.output import write, write_json


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (test, history, catalog):
        app.command()(command)


def test(
    paths: PathsArgument,
    catalog: CatalogOption = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run the examples inside definitions (`expect in: ...`, `expect out: ...`) and say which do not hold.

    Example: segql test segments/
    """
    from segql.compiler.folder import Folder
    from segql.runtime.examples import run_examples

    texts = read_files(paths)
    with catalog_of(catalog, store) as names:
        together, now = Folder(texts).over(names), instant(as_of, names.account.timezone)
        results = [
            (name, result)
            for name, text in texts.items()
            for result in run_examples(text, together, now, name)
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
    with reached(store) as found:
        now = given_instant(as_of, found.catalog.account.timezone)
        kept = {name: found.keep_history(name, now) for name in attributes}
    if as_json:
        write_json({"kept": [{"name": name, "new": new} for name, new in kept.items()]})
        return
    for name, new in kept.items():
        write(f"{'kept from now on' if new else 'kept already':<18}{name}")


def catalog(
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print what names the store knows, as JSON, with or without --json: for `--catalog` where the store is not at hand.

    It has no people in it, but the values that were seen of attributes with few.

    Example: segql catalog > catalog.json
    """
    instant(as_of, "UTC")
    with reached(store) as known:
        write(known.catalog.without_counts().to_json())
