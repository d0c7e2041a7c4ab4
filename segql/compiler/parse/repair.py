"""A repair of a text that cannot be read, and where reading stopped: what the finders of repairs are given."""

import re
from collections.abc import Callable, Set
from dataclasses import dataclass

from segql.compiler.diagnostics.diagnostic import Edit, Fix
from segql.compiler.source import Span

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\w+|[^\w\s]+', re.DOTALL)


@dataclass(frozen=True)
class Repair:
    """An edit that lets reading go on, and the message about what it mends. `fixes` may offer others as well. Without an
    edit nothing but the writer can mend it, and the condition is left out."""

    edit: Edit | None
    span: Span
    message: str
    remedy: str
    fixes: tuple[Fix, ...]


@dataclass(frozen=True)
class Stop:
    """Where reading stopped: the text, the place, where the condition began that it stopped in, and the terminals that
    could have stood in both places. `trial` says how many words could be read
    behind an edit; -1 where not even the edit could."""

    text: str
    place: int
    begin: int | None
    accepted: Set[str]
    accepted_at_begin: Set[str]
    spellings: dict[str, tuple[str, ...]]
    trial: Callable[[Edit], int]

    @property
    def found(self) -> str:
        """What stands at the place; empty at the end."""
        match = _TOKEN.match(self.text, self.place)
        return match[0] if match else ""

    def keywords(self, terminals: Set[str]) -> set[str]:
        """How these terminals are written."""
        return {words for name in terminals for words in self.spellings.get(name, ())}
