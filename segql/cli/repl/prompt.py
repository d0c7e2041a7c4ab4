"""The prompt on a terminal: colours, proposals, mistakes shown before a question is asked, history and search in it."""

import os
import re
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import FileHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.lexers import Lexer
from prompt_toolkit.styles import Style
from prompt_toolkit.validation import ValidationError, Validator

from segql.cli.output import write
from segql.cli.repl.commands import COMMANDS
from segql.cli.repl.running import run
from segql.cli.repl.session import Session
from segql.compiler.diagnostics.diagnostic import Diagnostic
from segql.compiler.pipeline import check
from segql.compiler.service import complete, tokens

_COMMAND = re.compile(r"\s*\\\w*")
_STYLE = Style.from_dict(
    {
        "comment": "italic ansibrightblack",
        "string": "ansigreen",
        "number": "ansicyan",
        "unit": "ansicyan",
        "time": "ansicyan",
        "parameter": "ansimagenta",
        "keyword": "bold ansiblue",
        "event": "ansiyellow",
        "segment": "ansiyellow",
        "list": "ansiyellow",
        "place": "ansiyellow",
        "define": "ansiyellow",
        "command": "bold ansimagenta",
        "bottom-toolbar": "noreverse ansibrightblack",
    }
)


def converse(session: Session) -> None:
    """Read questions and answer them until somebody leaves."""
    prompt: PromptSession[str] = PromptSession(
        message="segql> ",
        prompt_continuation="   ... ",
        history=FileHistory(str(_history())),
        lexer=_Colours(),
        completer=_Proposals(session),
        complete_in_thread=True,
        validator=_Mistakes(session),
        validate_while_typing=False,
        auto_suggest=AutoSuggestFromHistory(),
        key_bindings=_keys(session),
        multiline=True,
        style=_STYLE,
        bottom_toolbar=partial(_toolbar, session),
    )
    write("Write a condition or a question; \\help says more, Ctrl-D leaves.")
    while not session.is_over:
        try:
            run(session, prompt.prompt())
        except KeyboardInterrupt:
            continue
        except EOFError:
            return


def _history() -> Path:
    """Where the history lies, readable by its owner alone."""
    folder = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "segql"
    path = Path(os.environ.get("SEGQL_HISTORY") or folder / "history")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    return path


def _toolbar(session: Session) -> str:
    as_of = f"as of {session.as_of}" if session.as_of else "as of now"
    return f" {session.store.place} · {session.store.population():,} people · {as_of}"


def _problem(session: Session, text: str) -> Diagnostic | None:
    """The first mistake in what was typed."""
    found = check(session.expanded(text), session.store.catalog)
    return next((one for one in found if one.severity == "error"), None)


def _is_asked(text: str) -> bool:
    """Whether it is for the compiler: no command, and no name of a stored segment."""
    return bool(text.strip()) and not text.lstrip().startswith("\\")


def _keys(session: Session) -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter")
    def _enter(event: KeyPressEvent) -> None:
        """Ask, or go on in another line where the question is not whole."""
        buffer = event.current_buffer
        text = buffer.text.rstrip().removesuffix(";")
        problem = _problem(session, text) if _is_asked(text) and not _is_segment(session, text) else None
        if problem is not None and _is_unfinished(problem, text):
            buffer.insert_text("\n")
        else:
            buffer.validate_and_handle()

    return keys


def _is_unfinished(problem: Diagnostic, text: str) -> bool:
    """Whether what a text is wrong with is that it ends: with it, or with its last word."""
    start, end = problem.span
    return problem.code.name == "SG101" and end >= len(text) and text[start:end].isalnum()


def _is_segment(session: Session, text: str) -> bool:
    return session.store.catalog.segment(text.strip()) is not None


class _Mistakes(Validator):
    """Keeps a question with a mistake from being asked, and puts the cursor at the mistake."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def validate(self, document: Document) -> None:
        text = document.text.rstrip().removesuffix(";")
        if not _is_asked(text) or _is_segment(self._session, text):
            return
        problem = _problem(self._session, text)
        if problem is not None:
            remedy = f"; {problem.remedy}" if problem.remedy else ""
            place = min(problem.span.start, len(text))
            raise ValidationError(place, f"{problem.code.name}: {problem.message}{remedy}")


class _Proposals(Completer):
    """What can be written next."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        text, place = document.text, document.cursor_position
        if text.startswith("\\") and " " not in text[:place]:
            for name, command in COMMANDS.items():
                if name.startswith(text[1:place]):
                    yield Completion(f"\\{name}", -place, display_meta=command.help)
            return
        for one in complete(text, place, self._session.store.catalog):
            yield Completion(one.text, one.span.start - place, display_meta=one.about)


class _Colours(Lexer):
    """The colours of a text, word by word."""

    def lex_document(self, document: Document) -> "partial[StyleAndTextTuples]":
        lines = self._coloured(document.text)
        return partial(lambda number, lines: lines[number] if number < len(lines) else [], lines=lines)

    def _coloured(self, text: str) -> list[StyleAndTextTuples]:
        command = _COMMAND.match(text)
        place = 0 if command is None else command.end()
        lines: list[StyleAndTextTuples] = [[]]
        _put(lines, text[:place], "class:command")
        rest = text[place:]
        place = 0
        for (start, end), kind in tokens(rest):
            _put(lines, rest[place:start], "")
            _put(lines, rest[start:end], f"class:{kind}")
            place = end
        _put(lines, rest[place:], "")
        return lines


def _put(lines: list[StyleAndTextTuples], piece: str, style: str) -> None:
    first, *rest = piece.split("\n")
    lines[-1].append((style, first))
    lines.extend([[(style, line)] for line in rest])
