"""Reading on after a mistake: it is mended where its cause is likely, else the condition that it stands in becomes a
hole, and the rest is read as if nothing had been there."""

import re
from typing import Any

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from segql.compiler import conditions as c
from segql.compiler.diagnostics.codes import Code
from segql.compiler.diagnostics.diagnostic import Diagnostic, Edit, Fix
from segql.compiler.parse.cursor import Cursor
from segql.compiler.parse.expected import expectation
from segql.compiler.parse.mending import MendedText
from segql.compiler.parse.repair import Repair, Stop
from segql.compiler.parse.repairs import repair
from segql.compiler.parse.rules import token_span
from segql.compiler.parse.spelling import spellings
from segql.compiler.parse.stretches import (
    connective_before,
    end_of_stretch,
    open_brackets,
    statement_after,
    statement_before,
    text_without_end,
)
from segql.compiler.parse.tree import TreeBuilder
from segql.compiler.source import Source, Span

# After so many mistakes the text is something else than a definition.
MOST_PROBLEMS = 50
# So many brackets that are not closed are told one by one.
_MOST_BRACKETS = 10
# Some steps find nothing to report: they go on where another one stopped.
_MOST_STEPS = 4 * MOST_PROBLEMS


class _Unread:
    """A half of the comparison that stands for a hole: it has no type, so that nothing about it is checked."""

    about_profiles = False

    def __init__(self, shown: str) -> None:
        self._shown = shown

    def check(self, scope: object) -> None:
        """Nothing is known of it."""

    def text(self) -> str:
        """As it is shown in a larger condition."""
        return self._shown

    def english(self, voice: object) -> str:
        """As it is shown in the English of a larger condition."""
        return self._shown


class HoleBuilder(TreeBuilder):
    """Builds trees with holes in them: comparisons of a term that could not be read."""

    def hole(self, token: Token) -> c.Comparison:
        """A stretch of text that could not be read."""
        term: Any = _Unread("...")
        test: Any = _Unread("")
        return c.Comparison.made(term=term, test=test, span=token_span(token))


class Recovery:
    """One reading of a text that has mistakes in it, into a tree with holes.

    `mended` is the text as it was read, `problems` are those of the text as it was written; `unsure` are the stretches
    whose place in the logic was guessed; `lost` says whether a statement is missing altogether; `cursor` is where reading
    stands.
    """

    def __init__(self, grammar: Lark, source: Source, text: str) -> None:
        self.mended = MendedText(source, text)
        self.problems: list[Diagnostic] = []
        self.unsure: list[Span] = []
        self.lost = False
        self._spellings = spellings(grammar)
        self.cursor = Cursor(grammar, text)
        self._ended_early: int | None = None
        self._resumed: int | None = None

    def read(self) -> Tree[Token] | None:
        """The tree with its holes; None where it has too many mistakes, or nothing is left of it."""
        for _ in range(_MOST_STEPS):
            if len(self.problems) >= MOST_PROBLEMS:
                break
            try:
                return self.cursor.read(len(self.mended.current))
            except UnexpectedInput as error:
                if not self._recovered(error):
                    return None
        return None

    def accepted_at_end(self) -> frozenset[str]:
        """The terminals that could stand behind the text; none where it has too many mistakes."""
        for _ in range(_MOST_STEPS):
            try:
                self.cursor.read_on()
            except UnexpectedInput as error:
                if not self._recovered(error):
                    break
            else:
                return self.cursor.accepted()
        return frozenset()

    def drop(self, depth: int) -> None:
        """Give up what was read above a depth."""
        self.cursor.take_back(depth)

    # ---- One mistake ------------------------------------------------------------------------------------------------

    def _recovered(self, error: UnexpectedInput) -> bool:
        """Whether reading can go on behind the mistake."""
        place = self._place(error)
        base = self.cursor.depth_of("HOLE")
        begin = None if base is None else self._begin(base, place)
        unclosed = text_without_end(self.mended.current, place if begin is None else begin, place)
        if unclosed is not None:
            self._report_open_text(unclosed)
            return self._leave_out(unclosed, self._line_end(unclosed), whole=False)
        if base is not None and begin is not None:
            place = self._back_to_end(base, begin, place)
        accepted = self.cursor.accepted()
        if self._close_brackets(place, accepted):
            return True
        if place == self._resumed:
            # The message about this place was given.
            return place < len(self.mended.current) and self._leave_out(place, place + 1)
        stop = Stop(
            self.mended.current,
            place,
            begin,
            accepted,
            frozenset() if base is None else self.cursor.accepted(base),
            self._spellings,
            lambda edit: self.cursor.trial(self.mended.current, edit, *self._back(edit, base, begin, place)),
        )
        found = repair(stop)
        if found is not None and found.edit is not None and found.edit.span.start >= self.mended.settled:
            self._mend(found, found.edit, *self._back(found.edit, base, begin, place))
            return True
        if found is not None and found.edit is None:
            self._report(found.span, found.message, found.remedy, found.fixes)
        else:
            self._report(*self._unknown_mistake(error, stop))
        return self._leave_out(place, place)

    def _back(self, edit: Edit, base: int | None, begin: int | None, stopped: int) -> tuple[int, int]:
        """The depth and the place from which to read again what an edit changes: from the place itself, where nothing
        behind it was read, else from the beginning of the condition."""
        place = edit.span.start
        if place >= stopped:
            return self.cursor.depth, place
        if base is not None and begin is not None and begin <= place:
            return base, begin
        return self.cursor.depth_before(place), place

    def _mend(self, found: Repair, edit: Edit, depth: int, start: int) -> None:
        self._report(found.span, found.message, found.remedy, found.fixes)
        self.mended.mend(edit)
        if edit.text in ("and ", "or "):
            self.unsure.append(Span(start, start + len(edit.text)))
        self.cursor.take_back(depth)
        self.cursor.go_to(self.mended.current, start)

    def _back_to_end(self, base: int, begin: int, place: int) -> int:
        """The place of the mistake, held to the condition: one without an end took words of what comes next for names,
        those of another statement, or an `and`."""
        text = self.mended.current
        following = min(statement_after(text, begin + 1), connective_before(text, begin, place))
        if following >= place:
            return place
        self.cursor.take_back(base)
        self.cursor.go_to(text, begin, following)
        try:
            self.cursor.read_on()
        except UnexpectedInput:
            # Without the next statement's words it can be read even less.
            self.cursor.take_back(base)
        self.cursor.go_to(text, following)
        return following

    def _close_brackets(self, place: int, accepted: frozenset[str]) -> bool:
        """Close what is open where a statement ends, in place of the brackets that were forgotten."""
        text = self.mended.current
        if "RPAR" not in accepted or statement_after(text, place) != place:
            return False
        waiting = open_brackets(text, statement_before(text, max(0, place - 1)), place)
        end = len(text[:place].rstrip())
        if not waiting or end < self.mended.settled:
            return False
        edit = Edit(Span(end, end), ")" * len(waiting))
        for bracket in waiting[-_MOST_BRACKETS:] if end != self._ended_early else ():
            self._report(
                Span(bracket, bracket + 1),
                "this bracket is not closed",
                "write ) behind the last condition that belongs into it",
                (Fix("close it at the end", (Edit(edit.span, ")"),)),),
            )
        self.mended.mend(edit)
        self.cursor.go_to(self.mended.current, end)
        return True

    def _report_open_text(self, start: int) -> None:
        end = self._line_end(start)
        fix = Fix('write "', (Edit(Span(end, end), '"'),))
        self._report(
            Span(start, end), "a text begins here and does not end", 'close it with a second "', (fix,)
        )

    def _unknown_mistake(self, error: UnexpectedInput, stop: Stop) -> tuple[Span, str, str, tuple[Fix, ...]]:
        text, place = stop.text, stop.place
        remedy = expectation(stop.accepted, self._spellings)
        if statement_after(text, place) == place:
            end = len(text[:place].rstrip())
            self._ended_early = end
            if not end:
                return Span(0, 0), "there is nothing to read", remedy, ()
            return Span(end - 1, end), "the text ends too early", remedy, ()
        if isinstance(error, UnexpectedCharacters) and error.pos_in_stream == place:
            character = text[place]
            return Span(place, place + 1), f"the character {character!r} cannot stand here", remedy, ()
        shown = re.sub(r"\s+", " ", stop.found)
        shown = shown if len(shown) <= 40 else f"{shown[:37]}..."
        return Span(place, place + len(stop.found)), f"`{shown}` cannot stand here", remedy, ()

    def _report(self, span: Span, message: str, remedy: str, fixes: tuple[Fix, ...]) -> None:
        """Keep a problem, in the places of the text as it was written."""
        here = Source(self.mended.current)
        problem = Diagnostic(Code.SG101, message, span, here, remedy, fixes)
        self.problems += self.mended.restored((problem,), here)

    # ---- Holes ------------------------------------------------------------------------------------------------------

    def _leave_out(self, place: int, after: int, *, whole: bool = True) -> bool:
        """Read on behind the condition that a place stands in, from `after` on, with a hole in its stead; without
        one where it may be `whole` and stands in brackets. (Others may have taken words that were meant otherwise.)"""
        text = self.mended.current
        base = self.cursor.depth_of("HOLE")
        if base is None or (base == 0 and statement_after(text, place) < len(text)):
            return self._next_statement(after)
        begin = self._begin(base, place)
        end = end_of_stretch(text, after, len(open_brackets(text, begin, place)))
        if text[end : end + 1] == ")" and not open_brackets(text, statement_before(text, place), begin):
            end = end_of_stretch(text, end + 1, 0)
        if not (whole and text[:place].rstrip().endswith(")") and "AND" in self.cursor.accepted()):
            self.drop(base)
            self.cursor.put_in(Token("HOLE", "", begin, end_pos=max(begin, end)))
            self.unsure.append(Span(begin, max(begin, end)))
        self._resumed = end
        self.cursor.go_to(text, end)
        return True

    def _next_statement(self, place: int) -> bool:
        """Drop what was read of this statement; whether there is another."""
        self.lost = True
        text = self.mended.current
        start = statement_after(text, place)
        depth = self.cursor.depth
        while depth and "_SEGMENT" not in self.cursor.accepted(depth):
            depth -= 1
        self.drop(depth)
        self._resumed = start
        self.cursor.go_to(text, start)
        return start < len(text) and "_SEGMENT" in self.cursor.accepted()

    def _begin(self, base: int, place: int) -> int:
        start = self.cursor.start_above(base)
        return place if start is None else start

    def _place(self, error: UnexpectedInput) -> int:
        if isinstance(error, UnexpectedToken):
            return len(self.mended.current) if error.token.type == "$END" else error.token.start_pos or 0
        if isinstance(error, UnexpectedCharacters):
            return error.pos_in_stream or 0
        raise error

    def _line_end(self, place: int) -> int:
        end = self.mended.current.find("\n", place)
        return len(self.mended.current) if end < 0 else end
