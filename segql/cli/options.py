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
    from segql.runtime.asking import Asking

StoreOption = Annotated[
    str,
    typer.Option("--store", envvar="SEGQL_STORE", help="The store's file.", show_default=True),
]
# For commands that only ask.
AskedStoreOption = Annotated[
    str,
    typer.Option(
        "--store",
        envvar="SEGQL_STORE",
        help="The store's file, or a server: http://127.0.0.1:8000 (with a token in SEGQL_TOKEN).",
        show_default=True,
    ),
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
def opened(place: str, *, create: bool = False) -> "Iterator[Store]":
    """The store of a command, closed at its end."""
    import segql

    if _is_address(place):
        raise typer.BadParameter(
            "this command needs the store's file: run it where that is, or do it on the server's pages",
            param_hint="--store",
        )
    with segql.open(place, create=create) as store:
        yield store


@contextmanager
def reached(place: str) -> "Iterator[Asking]":
    """The store of a command that only asks: a file, or behind a server."""
    if _is_address(place):
        import segql

        with segql.connect(place) as remote:
            yield remote
        return
    with opened(place) as store:
        yield store


def _is_address(place: str) -> bool:
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

    store: "Asking"
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
