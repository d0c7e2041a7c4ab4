"""Text to tokens: at each place only those terminals are tried that the parser can take there and that begin as the
text does. Their patterns are compiled when they are first tried, which a short text does with few of them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from lark import Token
from lark.common import LexerConf
from lark.exceptions import UnexpectedCharacters, UnexpectedToken
from lark.lexer import Lexer, LexerState, PatternStr, TerminalDef

_BLANK = re.compile(r"\s*")
# What may follow a keyword is nothing that would make it a part of a name.
_WORD_ENDS = r"(?!\w|\.[^\W\d])"


class _Terminal:
    """A terminal with its pattern, compiled at the first use."""

    def __init__(self, definition: TerminalDef) -> None:
        self.name = definition.name
        self._pattern = definition.pattern
        self.is_keyword = isinstance(self._pattern, PatternStr) and self._pattern.value.isalpha()
        # As Lark orders them: what is said to go first, then what is longer; a keyword goes before any name.
        self.order = (
            -definition.priority,
            not self.is_keyword,
            -self._pattern.max_width,
            -len(self._pattern.value),
            self.name,
        )

    @cached_property
    def match(self) -> Any:
        """The method of its pattern."""
        return re.compile(self._pattern.to_regexp() + _WORD_ENDS * self.is_keyword).match


class PlaceLexer(Lexer):
    """Lark's contextual lexer, with another way to find the terminal. `beginnings`: the characters (in lower case, 0 for
    any digit) that each terminal can begin with; those that are not in it can begin with any."""

    __future_interface__ = 2

    beginnings: Mapping[str, frozenset[str]] = {}

    def __init__(self, conf: LexerConf) -> None:
        terminals = [_Terminal(one) for one in conf.terminals if one.name not in conf.ignore]
        self._terminals = sorted(terminals, key=lambda one: one.order)
        self._candidates: dict[tuple[int | None, str], Sequence[_Terminal]] = {}

    def lex(self, lexer_state: LexerState, parser_state: Any) -> Iterator[Token]:
        """The tokens of a text, each found where the parser stands when it asks for it."""
        text, end, counter = lexer_state.text.text, lexer_state.text.end, lexer_state.line_ctr
        tables = parser_state.parse_conf.states
        while True:
            place = _end(_BLANK.match(text, counter.char_pos, end))
            if place >= end:
                return
            position = parser_state.position
            token = self._token(text, place, end, position, tables[position])
            if token is None:
                raise self._unexpected(text, place, end, parser_state)
            counter.char_pos = token.end_pos or 0
            yield token

    def _token(
        self, text: str, place: int, end: int, position: int | None, taken: Mapping[str, object]
    ) -> Token | None:
        key = position, text[place]
        candidates = self._candidates.get(key)
        if candidates is None:
            character = "0" if text[place].isdecimal() else text[place].lower()
            candidates = self._candidates[key] = self._beginning(character, taken)
        for terminal in candidates:
            found = terminal.match(text, place, end)
            if found is not None:
                return Token(terminal.name, found[0], place, None, None, None, None, found.end())
        return None

    def _beginning(self, character: str, taken: Mapping[str, object]) -> Sequence[_Terminal]:
        return [
            one
            for one in self._terminals
            if one.name in taken
            and (one.name not in self.beginnings or character in self.beginnings[one.name])
        ]

    def _unexpected(self, text: str, place: int, end: int, parser_state: Any) -> Exception:
        """What stands there could stand elsewhere, or nowhere at all."""
        everything = {one.name: None for one in self._terminals}
        token = self._token(text, place, end, None, everything)
        if token is not None:
            return UnexpectedToken(token, set(), state=parser_state)  # type: ignore[no-untyped-call]
        return UnexpectedCharacters(text, place, 1, place + 1)  # type: ignore[no-untyped-call]


def _end(found: re.Match[str] | None) -> int:
    return 0 if found is None else found.end()
