"""The magic `segql`: a line opens a store, a cell asks it."""

import shlex
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NoReturn
from zoneinfo import ZoneInfo

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell

import segql
from segql.compiler.catalog.model import Catalog
from segql.compiler.diagnostics.render import render_all
from segql.notebook.answer import PACKAGES, Answer, answered
from segql.notebook.completing import proposals

if TYPE_CHECKING:
    from segql.runtime.api import Store


def load_ipython_extension(shell: InteractiveShell) -> None:
    """What `%load_ext segql` does."""
    questions = Questions(shell)
    shell.magics_manager.register_function(questions.segql, "line_cell", "segql")
    shell.Completer.custom_matchers.append(proposals(questions.catalog))


class Questions:
    """The store of a notebook, which is open until another one is, or the notebook ends."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._store: Store | None = None

    def segql(self, line: str, cell: str | None = None) -> Answer | None:
        """Open a store, or ask it.

        %segql shop.duckdb                    open a store; without a name: which one is open; --close gives it free
        %%segql [NAME] [-p arrow|polars|pandas] [--as-of 2026-01-31T18:30]
        did "Placed Order"                    ask it; the variable NAME gets the table
        """
        try:
            words = shlex.split(line)
        except ValueError as error:
            raise UsageError(f"{line}: {error}") from error
        if cell is None:
            said = _LINE.parse_args(words)
            self._open(said.store, close=said.close)
            return None
        said = _CELL.parse_args(words)
        found = self._ask(cell, said.as_of)
        if said.name is not None:
            self._shell.user_ns[said.name] = found.table_of(said.package)
        return found

    def catalog(self) -> Catalog | None:
        """What names the store knows that is open; None where none is."""
        return None if self._store is None else self._store.catalog

    def _open(self, path: str | None, *, close: bool) -> None:
        if (path is not None or close) and self._store is not None:
            self._store.close()
            self._store = None
        if path is not None:
            try:
                self._store = segql.open(path)
            except segql.StoreError as error:
                raise UsageError(str(error)) from error
        if self._store is None:
            print("no store is open")  # noqa: T201 - what a line answers
        else:
            print(f"{self._store.database.path}: {self._store.population():,} people")  # noqa: T201

    def _ask(self, text: str, as_of: str | None) -> Answer:
        if self._store is None:
            raise UsageError("no store is open; write: %segql shop.duckdb")
        now = _instant(as_of, self._store.catalog.account.timezone)
        try:
            return answered(self._store, self._store.compile(text.strip()), now)
        except segql.DefinitionError as error:
            raise UsageError(render_all(error.diagnostics)) from error
        except segql.StoreError as error:
            raise UsageError(str(error)) from error


class _Options(ArgumentParser):
    """Options of a magic, whose mistakes are told in the notebook."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


_LINE = _Options("%segql", add_help=False)
_LINE.add_argument("store", nargs="?")
_LINE.add_argument("--close", action="store_true")
_CELL = _Options("%%segql", add_help=False)
_CELL.add_argument("name", nargs="?")
_CELL.add_argument("-p", "--package", choices=PACKAGES, default="arrow")
_CELL.add_argument("--as-of")


def _instant(text: str | None, zone: str) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no instant: write 2026-01-31 or 2026-01-31T18:30") from error
    return read if read.tzinfo else read.replace(tzinfo=ZoneInfo(zone))
