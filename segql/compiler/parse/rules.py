"""What all rules of the tree builder share: places, words, names and values, and the problems found."""

import re
from typing import Any

from lark import Token
from lark.tree import Meta

from segql.compiler import conditions as c
from segql.compiler.ast.base import Condition
from segql.compiler.conditions.parameters import Place
from segql.compiler.diagnostics.codes import Code
from segql.compiler.diagnostics.diagnostic import Diagnostic
from segql.compiler.source import Source, Span
from segql.compiler.text import unquoted

Children = list[Any]


class Grouped:
    """A condition that stands in brackets; it keeps `and` and `or` apart, and then goes."""

    def __init__(self, condition: Condition, span: Span) -> None:
        self.condition = condition
        self.span = span


class Quoted:
    """A quoted text in a term: left of an operator it is a name, right of it a value."""

    def __init__(self, text: str, span: Span) -> None:
        self.text = text
        self.span = span


def span_of(meta: Meta) -> Span:
    """Where a rule's text stands; rules that hold nothing stand nowhere."""
    return Span(0, 0) if meta.empty else Span(meta.start_pos, meta.end_pos)


def words(token: str) -> str:
    """A keyword of several words as the syntax tree writes it."""
    return re.sub(r"\s+", " ", token).lower()


def as_name(term: Any) -> Any:
    """A term on the left of an operator."""
    if isinstance(term, c.Parameter):
        return term.changed(place="name")
    return c.Attribute.made(name=term.text, span=term.span) if isinstance(term, Quoted) else term


def as_value(term: Any) -> Any:
    """A term on the right of an operator."""
    return c.Text.made(value=term.text, span=term.span) if isinstance(term, Quoted) else term


def as_one_of(term: Any) -> Any:
    """A term in a list on the right of an operator; a parameter there may be given several values."""
    if isinstance(term, c.Parameter):
        return term.changed(place="values")
    return as_value(term)


def text_of(token: Token) -> c.Text:
    """A text in quotes."""
    return c.Text.made(value=unquoted(token), span=token_span(token))


def parameter(token: Token, place: Place) -> c.Parameter:
    """A parameter, which stands for what its place needs."""
    return c.Parameter.made(name=str(token)[1:], place=place, span=token_span(token))


def text_or_parameter(given: Any) -> Any:
    """What is written where a name in quotes or a parameter can stand."""
    return given if isinstance(given, c.Parameter) else unquoted(given)


def plain(condition: Any) -> Any:
    """A condition without its brackets."""
    return condition.condition if isinstance(condition, Grouped) else condition


def token_span(token: Token) -> Span:
    """Where a token stands."""
    return Span(token.start_pos or 0, token.end_pos or 0)


class Rules:
    """Rules of the grammar as methods; `problems` collects what the grammar cannot refuse by itself."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Diagnostic] = []

    def whole(self, token: Token) -> int:
        """A whole number; anything else is a problem, and reads as 1."""
        if token.isdigit() and len(token) <= 9:
            return int(token)
        what = "too large" if token.isdigit() else "not a whole number"
        self.report(
            Code.SG106, f"{token} is {what}", token_span(token), "write a whole number below 1 billion"
        )
        return 1

    def report(self, code: Code, message: str, span: Span, remedy: str) -> None:
        """Add a problem."""
        self.problems.append(Diagnostic(code, message, span, self.source, remedy))
