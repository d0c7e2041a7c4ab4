"""What can be asked of a store, wherever it is: conditions, statements, reasons and costs. Nothing here changes it."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from segql.compiler.catalog.model import Catalog
from segql.compiler.compiled import Compiled
from segql.compiler.pipeline import compile_named

if TYPE_CHECKING:
    import pyarrow as pa

    from segql.runtime.why import Why

# So many compiled texts are kept until the catalog changes.
_REMEMBERED = 1_000


@dataclass(frozen=True, slots=True)
class Cost:
    """How many events are read at most, of how many."""

    events: int
    of: int


@dataclass(frozen=True, slots=True)
class Known:
    """The catalog at a version of the store, and what was compiled against it, by text."""

    version: int | str
    catalog: Catalog
    compiled: dict[str, Compiled] = field(default_factory=dict)


class Asking(ABC):
    """The questions that a store answers. Instants that are passed in are aware; the present is the default.

    Questions are compiled here, against the store's catalog; they are answered where the store is."""

    @abstractmethod
    def known(self) -> Known:
        """The catalog as the store has it now, and what was compiled against it."""

    @property
    def catalog(self) -> Catalog:
        """What names the store knows now."""
        return self.known().catalog

    def compile(self, text: str, name: str | None = None) -> Compiled:
        """Compile a condition, a statement, or the name of a stored segment. Raises `DefinitionError`."""
        known = self.known()
        compiled = known.compiled.get(text)
        if compiled is None:
            compiled = compile_named(text, known.catalog, name)
            if len(known.compiled) >= _REMEMBERED:
                known.compiled.clear()
            known.compiled[text] = compiled
        return compiled

    def count(self, text: str, as_of: datetime | None = None) -> int:
        """How many profiles fulfil a condition. Raises `DefinitionError`."""
        return self.count_compiled(self.compile(text), as_of)

    @abstractmethod
    def count_compiled(self, compiled: Compiled, as_of: datetime | None = None) -> int:
        """As `count`, of a condition that was compiled before."""

    def members(self, text: str, as_of: datetime | None = None) -> "pa.Table":
        """Who fulfils a condition: columns profile_id (int32) and external_id (text), by profile_id.

        Raises `DefinitionError`."""
        return self.show(text, ("profile_id", "external_id"), as_of=as_of)

    def show(
        self, text: str, columns: Iterable[str], limit: int | None = None, as_of: datetime | None = None
    ) -> "pa.Table":
        """Attributes of those who fulfil a condition, by profile_id; `profile_id` is one too.

        Raises `DefinitionError`."""
        return self.show_compiled(self.compile(text), columns, limit, as_of)

    @abstractmethod
    def show_compiled(
        self,
        compiled: Compiled,
        columns: Iterable[str],
        limit: int | None = None,
        as_of: datetime | None = None,
    ) -> "pa.Table":
        """As `show`, of a condition that was compiled before."""

    def ask(self, statement: str, as_of: datetime | None = None) -> "pa.Table":
        """The answer to any statement of the language; its columns are told in `runtime/answers.py`.

        Raises `DefinitionError`, and `StoreError` where a `why` names nobody."""
        return self.ask_compiled(self.compile(statement), as_of)

    @abstractmethod
    def ask_compiled(self, compiled: Compiled, as_of: datetime | None = None) -> "pa.Table":
        """As `ask`, of a statement that was compiled before."""

    def why(self, text: str, who: str | int, as_of: datetime | None = None) -> "Why":
        """Why somebody fulfils a condition or does not, clause by clause. `who`: an external id, a phone number, an
        e-mail address; an int is a profile_id.

        Raises `DefinitionError`, and `StoreError` where nobody is meant, or several are."""
        return self.why_compiled(self.compile(text), who, as_of)

    @abstractmethod
    def why_compiled(self, compiled: Compiled, who: str | int, as_of: datetime | None = None) -> "Why":
        """As `why`, of a condition that was compiled before."""

    @abstractmethod
    def cost(self, compiled: Compiled, as_of: datetime | None = None) -> Cost:
        """How many events a definition reads at most, from the number of each kind up to then."""

    @abstractmethod
    def population(self) -> int:
        """How many profiles there are."""

    @property
    @abstractmethod
    def place(self) -> str:
        """Where the store is: its file, or the address of its server."""

    @abstractmethod
    def interrupt(self) -> None:
        """Stop the questions that other threads are asking just now: they raise an exception."""
