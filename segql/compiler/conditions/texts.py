"""Parts of texts: `starts with`, `ends with`, `matches`, and their negatives."""

import re
from typing import Literal

from segql.compiler.ast.base import Node, Test
from segql.compiler.ast.voice import Voice
from segql.compiler.catalog.model import ValueType
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.operands import check_type
from segql.compiler.conditions.parameters import given
from segql.compiler.conditions.values import AnyPhrase, Text
from segql.compiler.diagnostics.codes import Code
from segql.compiler.plan import nodes as plan
from segql.compiler.text import fold


class TextMatch(Test, tag="text match"):
    """`starts with "a"`, `ends with "a"`, `matches "a.*"`, and their negatives."""

    operator: Literal["starts with", "ends with", "matches"]
    value: AnyPhrase
    negated: bool = False

    def check(self, scope: Scope, left: ValueType, term: Node) -> None:
        if not check_type(scope, self, term, left, ("text",), self.operator) or self.operator != "matches":
            return
        problem = pattern_problem(self.value.value) if isinstance(self.value, Text) else None
        if problem:
            scope.report(Code.SG304, f"the pattern cannot be read: {problem}", self.value.span, PATTERN_HELP)

    def lower(self, scope: Scope, term: plan.Term, left: ValueType) -> plan.Predicate:
        written = given(self.value).value
        value = written if self.operator == "matches" else fold(written)
        return plan.TextTest(self.operator, term, (value,), negated=self.negated)

    def text(self) -> str:
        return f"{self._words()} {self.value.text()}"

    def english(self, voice: Voice) -> str:
        return self.text()

    def _words(self) -> str:
        if not self.negated:
            return self.operator
        negative = {"starts with": "start with", "ends with": "end with", "matches": "match"}
        return f"does not {negative[self.operator]}"


MOST_TIMES = 255
_SIGNS_AND_CLASSES = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
PATTERN_HELP = "patterns have letters, digits, . * + ? | ( ) [ ] ^ $ \\d \\w \\s {2,3}; no look-ahead and no back-references"


def pattern_problem(pattern: str) -> str | None:
    """Why a pattern does not mean the same in every engine, or cannot be read; None where it is fine."""
    if len(pattern) > 1000:
        return "it is longer than 1,000 characters"
    if re.search(r"\(\?(?!:|i[:)])|\\[1-9]|\\[kgG]", pattern):
        return "look-around and back-references are not in the language"
    if "[:" in pattern:
        return "[:alpha:] and its like are not in the language"
    if re.search(r"(?:[*+?]|\{\d*,?\d*\})\+", _SIGNS_AND_CLASSES.sub("x", pattern)):
        return "a + cannot stand behind * + ? or {2,3}"
    if any(int(times) > MOST_TIMES for times in re.findall(r"\{(\d+)", pattern)):
        return f"nothing can be repeated more than {MOST_TIMES} times"
    try:
        re.compile(pattern)
    except re.error as error:
        return str(error)
    return None
