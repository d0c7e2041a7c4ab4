"""Options that many commands share, and how their texts are read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from segql.cli.output import write_error

if TYPE_CHECKING:
    from segql.compiler.catalog.model import Catalog
    from segql.compiler.compiled import Compiled
    from segql.runtime.api import Store
    from segql.runtime.keeping import Keeping

StoreOption = Annotated[
    str,
    typer.Option(
        "--store",
        envvar="SEGQL_STORE",
        help="The store's file, or a server: http://127.0.0.1:8000 (with a token in SEGQL_TOKEN).",
        show_default=True,
    ),
]
# For commands that need the file itself.
StoreFileOption = Annotated[
    str,
    typer.Option("--store", envvar="SEGQL_STORE", help="The store's file.", show_default=True),
]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        help="Answer as of this instant: 2026-01-31, 2026-01-31 18:30, with Z or +01:00 for another zone.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
ConditionArgument = Annotated[
    str, typer.Argument(metavar="COND", help="A condition, @FILE, or the name of a stored segment.")
]

CatalogOption = Annotated[
    Path | None,
    typer.Option("--catalog", help="A catalog in JSON (see `segql catalog`), instead of the store's."),
]

DEFAULT_STORE = "segql.duckdb"


@contextmanager
def reached(place: str, *, create: bool = False) -> "Iterator[Keeping]":
    """The store of a command, a file or behind a server, closed at its end. `create`: a file is made where there is
    none."""
    import segql

    if is_server(place):
        with segql.connect(place) as remote:
            yield remote
        return
    with segql.open(place, create=create) as store:
        yield store


@contextmanager
def opened(place: str, instead: str) -> "Iterator[Store]":
    """The store's file, closed at the end of a command. `instead`: what to do where it is behind a server."""
    import segql

    with segql.open(file_of(place, instead)) as store:
        yield store


def file_of(place: str, instead: str) -> Path:
    """The store's file. Raises `StoreError` where it is behind a server; `instead` says what to do then."""
    from segql.runtime.errors import Code, StoreError

    if is_server(place):
        raise StoreError(
            Code.NEEDS_FILE, f"This command works on the store's file, and {place} is a server.", instead
        )
    return Path(place)


def is_server(place: str) -> bool:
    """Whether a place of a store is the address of a server."""
    return place.startswith(("http://", "https://"))


@contextmanager
def catalog_of(path: Path | None, store: str) -> "Iterator[Catalog]":
    """The catalog of a file, or of a store, which stays open: some of it is read when it is asked for."""
    if path is None:
        with reached(store) as known:
            yield known.catalog
        return
    from segql.compiler.catalog.model import Catalog

    try:
        catalog = Catalog.from_json(read_text(path))
    except ValueError as error:
        write_error(f"{path} is no catalog: {error}")
        raise typer.Exit(1) from error
    yield catalog


@dataclass(frozen=True)
class Question:
    """A definition that was compiled for an open store, and the instant as of which it is asked."""

    store: "Keeping"
    compiled: "Compiled"
    now: datetime


@contextmanager
def asked(place: str, argument: str, as_of: str | None) -> "Iterator[Question]":
    """What a COND or STATEMENT argument asks of the store of a command, closed at its end."""
    with reached(place) as store:
        now = instant(as_of, store.catalog.account.timezone)
        yield Question(store, store.compile(*condition_text(argument)), now)


@contextmanager
def meant(
    path: Path | None, place: str, argument: str, as_of: str | None
) -> "Iterator[tuple[Compiled, datetime]]":
    """What a COND argument means by the names of a catalog's file or of a store, and the instant as of which."""
    with catalog_of(path, place) as catalog:
        from segql.compiler.pipeline import compile_named

        text, name = condition_text(argument)
        yield compile_named(text, catalog, name), instant(as_of, catalog.account.timezone)


def given_instant(text: str | None, zone_name: str) -> datetime | None:
    """An instant as it was typed, in the account's zone where it has none; None where nothing was typed."""
    return None if text is None else instant(text, zone_name)


def instant(text: str | None, zone_name: str) -> datetime:
    """An instant as it was typed, in the account's zone where it has none; the present where nothing was typed."""
    if text is None:
        return datetime.now(UTC)
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(
            f"{text!r} is no instant: write 2026-01-31 or 2026-01-31 18:30", param_hint="--as-of"
        ) from error
    return read if read.tzinfo else read.replace(tzinfo=ZoneInfo(zone_name))


def condition_text(argument: str) -> tuple[str, str | None]:
    """The text of an argument, and the name of its file where it is @FILE."""
    if not argument.startswith("@"):
        return argument, None
    path = Path(argument[1:])
    return read_text(path), str(path)


def read_text(path: Path) -> str:
    """The text of a definition file."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise typer.BadParameter(
            f"{path} is not UTF-8 text (byte {error.start}): save it as UTF-8"
        ) from error
