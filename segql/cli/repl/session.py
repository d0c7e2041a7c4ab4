"""One conversation with a store: what was asked last, and the answers."""

import re
from datetime import datetime
from threading import Event
from typing import TYPE_CHECKING

from segql.cli.answers import answer, answer_size
from segql.cli.options import Question, instant

if TYPE_CHECKING:
    from segql.runtime.keeping import Keeping

_LAST = re.compile(r'"(?:[^"\\]|\\.)*"|\$_(?!\w)', re.DOTALL)


class Session:
    """What was asked last, and how answers are given. `as_of`: the instant of all questions, as it was typed; the
    present of each where it is None. `stopping`: whether somebody wants what is being done to end."""

    def __init__(self, store: "Keeping", as_of: str | None) -> None:
        self.store = store
        self.as_of = as_of
        self.timing = False
        self.last: Question | None = None
        self.is_over = False
        self.stopping = Event()

    def question(self, text: str) -> Question:
        """A statement, a condition or the name of a stored segment as a question; without a text, the last one again.

        Raises `DefinitionError`."""
        if not text and self.last is not None:
            return Question(self.store, self.last.compiled, self._now())
        return Question(self.store, self.store.compile(self.expanded(text)), self._now())

    def ask(self, question: Question) -> None:
        """Write the answer: of a condition how many people it means, of anything else what it asks for."""
        from segql.compiler.statements import Ask, SegmentDefinition

        self.last = question
        if isinstance(question.compiled.statement, Ask | SegmentDefinition):
            answer_size(question)
        else:
            answer(question)

    def expanded(self, text: str) -> str:
        """A text with the condition that was asked last in the place of `$_`."""
        conditions = () if self.last is None else tuple(self.last.compiled.statement.conditions())
        if not conditions:
            return text
        before = f"({conditions[0].text()})"
        return _LAST.sub(lambda found: before if found[0] == "$_" else found[0], text)

    def _now(self) -> "datetime":
        return instant(self.as_of, self.store.catalog.account.timezone)
