"""Commands about one person (show, export, merge, erase) and about the whole store (backup, restore)."""

from pathlib import Path
from typing import Annotated, Any

import typer

from segql.cli.options import (
    DEFAULT_STORE,
    AsOfOption,
    JsonOption,
    StoreFileOption,
    StoreOption,
    file_of,
    given_instant,
    opened,
    reached,
)
from segql.cli.output import progress_bar, write, write_json
from segql.runtime.documents import json_text

ActorOption = Annotated[
    str | None,
    typer.Option(
        "--actor", help="Who does it, for the log. [default: command line; of a server the token's user]"
    ),
]
WhoArgument = Annotated[
    str,
    typer.Argument(
        metavar="WHO", help="An external id, a phone number in any spelling, or an e-mail address."
    ),
]
DEFAULT_ACTOR = "command line"
_INSTEAD = "Run it on the machine of the server, while the server is stopped."

# So many of the newest events, messages and texts are shown; `export` writes all of them.
_SHOWN = 10


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    people = typer.Typer(
        help="One person: everything known of them, a merge, an erasure.",
        no_args_is_help=True,
        rich_markup_mode="rich",
    )
    for command in (show, export, merge, erase, index):
        people.command()(command)
    app.add_typer(people, name="people")
    app.command()(backup)
    app.command()(restore)


def show(
    who: WhoArgument,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what is known of a person.

    Example: segql people show "+1 (617) 555-0123"
    """
    document = _document(who, store, as_of)
    if as_json:
        write_json(document)
        return
    for name, value in document["profile"].items():
        write(f"{name}: {value}")
    for part in ("also_known_as", "consent", "lists", "segment_history"):
        _write_rows(part, document[part])
    write(f"segments: {', '.join(document['segments']) or 'none'}")
    if document["segments_in_error"]:
        write(f"segments that cannot be asked: {', '.join(document['segments_in_error'])}")
    for part in ("events", "messages", "texts"):
        _write_rows(part, document[part][-_SHOWN:], of=len(document[part]))


def export(
    who: WhoArgument,
    to: Annotated[Path, typer.Option("--to", help="The file to write, one JSON document.")],
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
) -> None:
    """Write everything that the store holds about a person into a file, for the person.

    Example: segql people export ada@example.com --to ada.json
    """
    document = _document(who, store, as_of)
    try:
        with to.open("x", encoding="utf-8") as file:
            file.write(json_text(document, indent=2) + "\n")
    except FileExistsError as error:
        raise typer.BadParameter(f"{to} is there already: choose another name", param_hint="--to") from error
    except OSError as error:
        raise typer.BadParameter(f"{to} cannot be written: {error.strerror}", param_hint="--to") from error
    write(f"everything about them is in {to}")


def merge(
    who: WhoArgument,
    into: Annotated[
        str, typer.Argument(metavar="INTO", help="The person who stays, named in the same ways.")
    ],
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    actor: ActorOption = None,
) -> None:
    """Make two people one: INTO keeps their identifiers and values, and gets the history of WHO.

    Example: segql people merge +16175550123 ada@example.com
    """
    with reached(store) as kept:
        at = given_instant(as_of, kept.catalog.account.timezone)
        kept.merge(who, into, kept.named(actor, DEFAULT_ACTOR), at)
    write("they are one person now; of their consents the stricter one holds")


def erase(
    who: WhoArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Erase for good, without a question.")] = False,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    actor: ActorOption = None,
) -> None:
    """Erase a person for good. A hash of their addresses stays, so that they are not texted or mailed again.

    Example: segql people erase ada@example.com --yes
    """
    with reached(store) as kept:
        at, name = given_instant(as_of, kept.catalog.account.timezone), kept.named(actor, DEFAULT_ACTOR)
        if not yes:
            typer.confirm("Erase this person for good?", abort=True)
        kept.erase(who, name, at)
    write("erased; backups and files that were imported or exported may still have them")


def index(
    drop: Annotated[bool, typer.Option("--drop", help="Keep it no longer.")] = False,
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """Keep a copy of the events ordered by person, so that one person's are found at once in a large store.

    Example: segql people index
    """
    with reached(store) as kept:
        if drop:
            kept.drop_by_person()
            write("the copy of the events by person is kept no longer")
            return
        with progress_bar("copying events by person") as progress:
            kept.keep_by_person(progress)
    write("a copy of the events by person is kept from now on")


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write; there must be none yet.")],
    store: StoreFileOption = DEFAULT_STORE,
    as_json: JsonOption = False,
) -> None:
    """Write the whole store into one file, and compare the two.

    Example: segql backup shop-2026-06-01.backup
    """
    from segql.runtime.store.backup import back_up

    with opened(store, _INSTEAD) as opened_store:
        written = back_up(opened_store.database, file)
    _write_done("backed up", file, written, as_json)


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `segql backup` wrote.")],
    store: StoreFileOption = DEFAULT_STORE,
    as_json: JsonOption = False,
) -> None:
    """Make a store from a backup. A store that is there already is never overwritten.

    Example: segql restore shop-2026-06-01.backup --store shop.duckdb
    """
    from segql.runtime.store.backup import restore as restore_store

    made = file_of(store, _INSTEAD)
    _write_done("restored", made, restore_store(file, made), as_json)


def _document(who: str, store: str, as_of: str | None) -> dict[str, Any]:
    with reached(store) as kept:
        return kept.describe(who, given_instant(as_of, kept.catalog.account.timezone))


def _write_rows(part: str, rows: list[dict[str, Any]], of: int = 0) -> None:
    if not rows:
        return
    write(f"{part.replace('_', ' ')}:" + (f" the newest {len(rows)} of {of}" if of > len(rows) else ""))
    for row in rows:
        said = {name: value for name, value in row.items() if value not in (None, [], {})}
        write("  " + ", ".join(f"{name} {json_text(value).strip(chr(34))}" for name, value in said.items()))


def _write_done(what: str, file: Path, written: dict[str, tuple[int, int | None]], as_json: bool) -> None:
    counts = {name: rows for name, (rows, _) in written.items()}
    if as_json:
        write_json({"file": str(file), "rows": counts})
    else:
        write(f"{what} in {file}: profiles {counts['profiles']:,}, events {counts['events']:,}")
