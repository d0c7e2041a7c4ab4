"""Rules of `and`, `or`, `not`, of several conditions, and of calls."""

import re
from itertools import pairwise
from typing import Any, cast

from lark.tree import Meta

from segql.compiler import conditions as c
from segql.compiler.ast.base import Node
from segql.compiler.diagnostics.codes import Code
from segql.compiler.diagnostics.diagnostic import Diagnostic, Edit, Fix
from segql.compiler.parse.rules import (
    Children,
    Grouped,
    Rules,
    plain,
    span_of,
    words,
)
from segql.compiler.source import Span


class LogicRules(Rules):
    """Rules of `and`, `or`, `not`, of several conditions, and of calls."""

    def disjunction(self, meta: Meta, children: Children) -> Node:
        for child in children:
            if isinstance(child, c.And):
                self._report_mixed(meta, children)
                break
        return c.Or.made(children=self._flat(c.Or, children), span=span_of(meta))

    def conjunction(self, meta: Meta, children: Children) -> Node:
        return c.And.made(children=self._flat(c.And, children), span=span_of(meta))

    def negation(self, meta: Meta, children: Children) -> Node:
        return c.Not.made(child=plain(children[0]), span=span_of(meta))

    def brackets(self, meta: Meta, children: Children) -> Grouped:
        return Grouped(plain(children[0]), span_of(meta))

    def quantified(self, meta: Meta, children: Children) -> Node:
        quantifier, *conditions = children
        return c.Several.made(
            operator=cast(Any, words(quantifier)), children=tuple(map(plain, conditions)), span=span_of(meta)
        )

    def counted(self, meta: Meta, children: Children) -> Node:
        operator, number, *conditions = children
        return c.Several.made(
            operator=cast(Any, words(operator)),
            number=self.whole(number),
            children=tuple(map(plain, conditions)),
            span=span_of(meta),
        )

    def counted_between(self, meta: Meta, children: Children) -> Node:
        low, high, *conditions = children
        return c.Several.made(
            operator="between",
            number=self.whole(low),
            upper=self.whole(high),
            children=tuple(map(plain, conditions)),
            span=span_of(meta),
        )

    def everybody(self, meta: Meta, children: Children) -> Node:
        return c.Everybody.made(span=span_of(meta))

    def call(self, meta: Meta, children: Children) -> Node:
        name, *arguments = children
        given = tuple(argument for argument in arguments if argument is not None)
        return c.Call.made(name=str(name), arguments=given, span=span_of(meta))

    def argument(self, meta: Meta, children: Children) -> Node:
        name, value = children
        return c.Argument.made(name=None if name is None else str(name), value=value, span=span_of(meta))

    def _flat(self, kind: type[c.And] | type[c.Or], children: Children) -> tuple[Any, ...]:
        flat: list[Any] = []
        for child in map(plain, children):
            flat.extend(child.children if isinstance(child, kind) else (child,))
        return tuple(flat)

    def _report_mixed(self, meta: Meta, children: Children) -> None:
        """Both readings of `a and b or c`, each with the brackets that would say it."""
        text = self.source.text
        groups = [child for child in children if isinstance(child, c.And)]
        and_first = tuple(edit for group in groups for edit in _around(group.span))
        or_first = tuple(edit for span in _runs_joined_by_or(children) for edit in _around(span))
        self.problems.append(
            Diagnostic(
                Code.SG102,
                "`and` and `or` on one level can be read in two ways",
                span_of(meta),
                self.source,
                f"either {_apply(text, span_of(meta), and_first)}   or {_apply(text, span_of(meta), or_first)}",
                (Fix("`and` binds first", and_first), Fix("`or` binds first", or_first)),
            )
        )


def _around(span: Span) -> tuple[Edit, Edit]:
    return Edit(Span(span.start, span.start), "("), Edit(Span(span.end, span.end), ")")


def _runs_joined_by_or(children: Children) -> list[Span]:
    """The stretches of `a and b or c` that `or` joins: the last part of one `and` with the first of the next."""
    runs: list[Span] = []
    for left, right in pairwise(children):
        first = left.children[-1].span if isinstance(left, c.And) else left.span
        last = right.children[0].span if isinstance(right, c.And) else right.span
        if runs and not (isinstance(left, c.And) and len(left.children) > 1):
            runs[-1] = Span(runs[-1].start, last.end)
        else:
            runs.append(Span(first.start, last.end))
    return runs


def _apply(text: str, span: Span, edits: tuple[Edit, ...]) -> str:
    """The text of a span after the edits, on one line."""
    for edit in sorted(edits, key=lambda item: item.span.start, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    grown = sum(len(edit.text) for edit in edits)
    return re.sub(r"\s+", " ", text[span.start : span.end + grown])
