"""A parse that can be stopped, looked at, taken back and gone on with: what recovery needs of Lark's parser."""

from copy import copy
from typing import Any

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput, UnexpectedToken
from lark.lexer import LexerState
from lark.parsers.lalr_analysis import Shift
from lark.utils import TextSlice

from segql.compiler.diagnostics.diagnostic import Edit

# How far an edit is tried out.
_TRIAL_CHARACTERS = 400
_TRIAL_TOKENS = 6


class Cursor:
    """A place in a text and the parser that has read so far. Depths are those of the parser's stack."""

    def __init__(self, grammar: Lark, text: str) -> None:
        # Lark's own types leave its parser half open.
        self._parser: Any = grammar.parse_interactive(text)

    @property
    def depth(self) -> int:
        """How many parts are on the stack."""
        return len(self._state.value_stack)

    @property
    def _state(self) -> Any:
        return self._parser.parser_state

    def read(self, end: int) -> Tree[Token]:
        """Read up to the end of the text. Raises `UnexpectedInput`, with the stack as it was before the mistake."""
        self.read_on()
        last = Token("$END", "", end, end_pos=end)
        self._demand(last)
        parsed: Tree[Token] = self._parser.feed_token(last)
        return parsed

    def read_on(self) -> None:
        """Read what there is. Raises `UnexpectedInput`."""
        for token in self._parser.lexer_thread.lex(self._state):
            self._demand(token)
            self._parser.feed_token(token)

    def go_to(self, text: str, place: int, end: int | None = None) -> None:
        """Go on in a text, from a place."""
        self._parser.lexer_thread.state = _lexer_state(text, place, end)

    def put_in(self, token: Token) -> None:
        """Read something that is not in the text."""
        self._parser.feed_token(token)

    def take_back(self, depth: int) -> None:
        """Forget what lies above a depth."""
        del self._state.state_stack[depth + 1 :]
        del self._state.value_stack[depth:]

    def accepted(self, depth: int | None = None) -> frozenset[str]:
        """The terminals that can stand here, or could at a depth."""
        return frozenset(self._at(self.depth if depth is None else depth).accepts())

    def depth_of(self, terminal: str) -> int | None:
        """The greatest depth at which a terminal could stand."""
        table, stack = self._state.parse_conf.states, self._state.state_stack
        return next((depth for depth in reversed(range(len(stack))) if terminal in table[stack[depth]]), None)

    def below(self, depth: int) -> list[Any]:
        """What was read up to a depth."""
        return list(self._state.value_stack[:depth])

    def folded(self, depth: int) -> list[Any]:
        """What was read above a depth, in trees as far as it is whole: as if it ended here. (Some of what lies below may
        have gone into them.)"""
        parser = self._parser.copy(deepcopy_values=False)
        accepted = self.accepted()
        if depth >= self.depth or not accepted:
            return []
        # What ends a condition, else whatever could go on.
        last = next((name for name in ("AND", "RPAR", "COMMA") if name in accepted), min(accepted))
        parser.feed_token(Token(last, "", 0, end_pos=0))
        values: list[Any] = parser.parser_state.value_stack
        values = values if last == "$END" else values[:-1]
        return values[max(0, min(depth, len(values) - 1)) :]

    def start_above(self, depth: int) -> int | None:
        """Where the first thing stands that was read above a depth; None where nothing was."""
        starts = (_start(value) for value in self._state.value_stack[depth:])
        return next((start for start in starts if start is not None), None)

    def depth_before(self, place: int) -> int:
        """The depth up to which everything stands before a place."""
        values = self._state.value_stack
        depth = len(values)
        while depth and ((start := _start(values[depth - 1])) is None or start >= place):
            depth -= 1
        return depth

    def trial(self, text: str, edit: Edit, depth: int, start: int) -> int:
        """How many words can be read behind an edit, at most a few, when reading goes on at `start` from a depth; -1
        where not even the edit can be read."""
        parser = self._at(depth)
        before = text[start : edit.span.start] + edit.text
        behind = text[edit.span.end : edit.span.end + _TRIAL_CHARACTERS]
        parser.lexer_thread.state = _lexer_state(before + behind, 0)
        read = -1
        try:
            for token in parser.lexer_thread.lex(parser.parser_state):
                parser.feed_token(token)
                if (token.start_pos or 0) >= len(before):
                    read = max(read, 0) + 1
                if read == _TRIAL_TOKENS:
                    return read
            if edit.span.end + _TRIAL_CHARACTERS >= len(text):
                parser.feed_token(Token("$END", "", len(before)))
        except UnexpectedInput as error:
            return max(read, 0) if (error.pos_in_stream or 0) >= len(before) else -1
        return _TRIAL_TOKENS

    def _at(self, depth: int) -> Any:
        """A parser as this one was at a depth; it builds nothing, as what is built is shared."""
        parser = self._parser.copy(deepcopy_values=False)
        parser.parser_state.parse_conf = copy(parser.parser_state.parse_conf)
        parser.parser_state.parse_conf.callbacks = {}
        del parser.parser_state.state_stack[depth + 1 :]
        del parser.parser_state.value_stack[depth:]
        return parser

    def _demand(self, token: Token) -> None:
        """Refuse a token before the parser has folded up what stands before it, which could then not go on."""
        table = self._state.parse_conf.states
        stack = self._state.state_stack
        action, target = table[stack[-1]].get(token.type, (None, None))
        if action is Shift:
            return
        # The stack as it would become: so many of its states, and these above them. (To copy it would take too long.)
        kept = len(stack)
        above: list[Any] = []
        while action is not None and action is not Shift:
            popped = len(target.expansion)
            kept -= max(0, popped - len(above))
            del above[max(0, len(above) - popped) :]
            _, following = table[above[-1] if above else stack[kept - 1]][target.origin.name]
            above.append(following)
            if token.type == "$END" and following == self._state.parse_conf.end_state:
                return
            action, target = table[following].get(token.type, (None, None))
        if action is None:
            raise UnexpectedToken(token, set())  # type: ignore[no-untyped-call]


def _lexer_state(text: str, place: int, end: int | None = None) -> LexerState:
    state = LexerState(TextSlice(text, 0, len(text) if end is None else end))
    state.line_ctr.char_pos = place
    return state


def _start(value: Any) -> int | None:
    if isinstance(value, Token):
        return value.start_pos
    return None if value is None or value.meta.empty else value.meta.start_pos
