"""A message about a definition: data only. Rendering is in `render.py`, the catalogue of codes in `codes.py`."""

from dataclasses import dataclass, field

from segql.compiler.diagnostics.codes import Code, Severity
from segql.compiler.source import Source, Span


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace the text of a span."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A change of the text that would remove the cause, which a program can apply."""

    title: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """What is wrong (`message`), where (`span` in `source`), and what to do about it (`remedy`, `fixes`). `choices`: all
    names or values that could stand there, where they are a known set, and `counts`: how often each of these values
    occurs, where that was counted."""

    code: Code
    message: str
    span: Span
    source: Source = field(repr=False)
    remedy: str | None = None
    fixes: tuple[Fix, ...] = ()
    choices: tuple[str, ...] = field(default=(), repr=False)
    counts: tuple[int, ...] = field(default=(), repr=False)

    @property
    def severity(self) -> Severity:
        """Whether the definition can be used in spite of it."""
        return self.code.severity


class DefinitionError(Exception):
    """A text that does not compile; `diagnostics` say why, in the order of their places."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        self.diagnostics = diagnostics
        super().__init__("\n".join(f"{item.code.name}: {item.message}" for item in diagnostics))
