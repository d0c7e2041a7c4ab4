"""Rules of comparisons and terms."""

from decimal import Decimal
from typing import Any, cast

from lark import Token
from lark.tree import Meta

from segql.compiler import conditions as c
from segql.compiler.ast.base import Node, Term
from segql.compiler.catalog.regions import region_named
from segql.compiler.diagnostics.codes import Code
from segql.compiler.parse.rules import (
    Children,
    Quoted,
    Rules,
    as_name,
    as_one_of,
    as_value,
    parameter,
    span_of,
    text_of,
    words,
)
from segql.compiler.parse.windows import unit_of
from segql.compiler.source import Span
from segql.compiler.text import unquoted

_FLIPPED = {"fewer than": "less than"}
_SYMBOLS = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}


class ComparisonRules(Rules):
    """Rules of comparisons and terms."""

    def comparison(self, meta: Meta, children: Children) -> Node:
        term, test = children
        return c.Comparison.made(term=as_name(term), test=test, span=span_of(meta))

    def attribute_window(self, meta: Meta, children: Children) -> Node:
        term, window = children
        return c.Comparison.made(
            term=as_name(term), test=c.IsDuring.made(window=window, span=window.span), span=span_of(meta)
        )

    def recency_window(self, meta: Meta, children: Children) -> Any:
        """`last "Placed Order" more than 60 days ago`: the window is what is asked."""
        recency = children[0]
        if recency.window is None or recency.where is not None:
            self.report(
                Code.SG101,
                f"{recency.text()} is a date; nothing is asked of it",
                recency.span,
                "add for example: is in the last 30 days",
            )
            return c.Comparison.made(term=recency, test=c.IsSet.made(), span=span_of(meta))
        window = recency.window
        span = Span(recency.span.start, window.span.start)
        asked = c.Recency.made(which=recency.which, event=recency.event, span=span)
        return c.Comparison.made(
            term=asked, test=c.IsDuring.made(window=window, span=window.span), span=span_of(meta)
        )

    def is_value(self, meta: Meta, children: Children) -> Node:
        return c.Is.made(value=as_value(children[0]), span=span_of(meta))

    def is_not_value(self, meta: Meta, children: Children) -> Node:
        return c.Is.made(value=as_value(children[1]), negated=True, span=span_of(meta))

    def is_exactly(self, meta: Meta, children: Children) -> Node:
        return c.IsExactly.made(value=children[-1], span=span_of(meta))

    def is_in(self, meta: Meta, children: Children) -> Node:
        return c.IsIn.made(values=tuple(map(as_one_of, children)), span=span_of(meta))

    def is_not_in(self, meta: Meta, children: Children) -> Node:
        return c.IsIn.made(values=tuple(map(as_one_of, children[1:])), negated=True, span=span_of(meta))

    def in_window(self, meta: Meta, children: Children) -> Node:
        return c.IsDuring.made(window=children[0], span=span_of(meta))

    def not_in_window(self, meta: Meta, children: Children) -> Node:
        return c.IsDuring.made(window=children[1], negated=True, span=span_of(meta))

    def attribute_anniversary(self, meta: Meta, children: Children) -> Node:
        term, window = children
        test = c.IsAnniversary.made(when=window, span=window.span)
        return c.Comparison.made(term=as_name(term), test=test, span=span_of(meta))

    def any_year(self, meta: Meta, children: Children) -> Any:
        return children[0]

    def is_anniversary(self, meta: Meta, children: Children) -> Node:
        return c.IsAnniversary.made(when=children[0], span=span_of(meta))

    def is_not_anniversary(self, meta: Meta, children: Children) -> Node:
        return c.IsAnniversary.made(when=children[1], negated=True, span=span_of(meta))

    def is_beside(self, meta: Meta, children: Children) -> Node:
        relation, other = children
        return self._beside(meta, relation, other)

    def is_not_beside(self, meta: Meta, children: Children) -> Node:
        _, relation, other = children
        return self._beside(meta, relation, other, negated=True)

    def is_within(self, meta: Meta, children: Children) -> Node:
        length, relation, other = children
        return self._beside(meta, relation, other, within=length)

    def is_not_within(self, meta: Meta, children: Children) -> Node:
        _, length, relation, other = children
        return self._beside(meta, relation, other, within=length, negated=True)

    def _beside(
        self, meta: Meta, relation: Token, other: Any, *, within: Any = None, negated: bool = False
    ) -> Node:
        said = words(relation)
        if said not in ("before", "after"):
            self.report(
                Code.SG101,
                f"`{said}` cannot compare one date with another",
                span_of(meta),
                "write `before` or `after`",
            )
            said = "before"
        return c.IsBeside.made(
            relation=cast(Any, said),
            other=as_name(other),
            within=within,
            negated=negated,
            span=span_of(meta),
        )

    def has_been(self, meta: Meta, children: Children) -> Node:
        value, length = children
        return c.HasBeen.made(value=as_value(value), length=length, span=span_of(meta))

    def is_in_quoted(self, meta: Meta, children: Children) -> Node:
        return self._in_quoted(meta, children[0])

    def is_not_in_quoted(self, meta: Meta, children: Children) -> Node:
        return self._in_quoted(meta, children[1], negated=True)

    @staticmethod
    def _in_quoted(meta: Meta, token: Token, *, negated: bool = False) -> Node:
        """A set of countries where there is one of that name, else the one text."""
        value = text_of(token)
        if region_named(value.value) is not None:
            return c.IsInRegion.made(region=value.value, negated=negated, span=span_of(meta))
        return c.IsIn.made(values=(value,), negated=negated, span=span_of(meta))

    def is_in_region(self, meta: Meta, children: Children) -> Node:
        return c.IsInRegion.made(region=str(children[0]), span=span_of(meta))

    def is_not_in_region(self, meta: Meta, children: Children) -> Node:
        return c.IsInRegion.made(region=str(children[1]), negated=True, span=span_of(meta))

    def is_in_parameter(self, meta: Meta, children: Children) -> Node:
        return c.IsIn.made(values=(parameter(children[0], "values"),), span=span_of(meta))

    def is_not_in_parameter(self, meta: Meta, children: Children) -> Node:
        values = (parameter(children[1], "values"),)
        return c.IsIn.made(values=values, negated=True, span=span_of(meta))

    def is_set(self, meta: Meta, children: Children) -> Node:
        return c.IsSet.made(span=span_of(meta))

    def is_not_set(self, meta: Meta, children: Children) -> Node:
        return c.IsSet.made(negated=True, span=span_of(meta))

    def is_boolean(self, meta: Meta, children: Children) -> Node:
        return c.IsBoolean.made(value=children[0].lower() == "true", span=span_of(meta))

    def is_empty(self, meta: Meta, children: Children) -> Node:
        return c.IsEmpty.made(span=span_of(meta))

    def is_not_empty(self, meta: Meta, children: Children) -> Node:
        return c.IsEmpty.made(negated=True, span=span_of(meta))

    def text_test(self, meta: Meta, children: Children) -> Node:
        said = words(children[0])
        negated = said.startswith("does not ")
        operator = {"start with": "starts with", "end with": "ends with", "match": "matches"}.get(
            said.removeprefix("does not "), said
        )
        return c.TextMatch.made(
            operator=cast(Any, operator), value=children[1], negated=negated, span=span_of(meta)
        )

    def contains(self, meta: Meta, children: Children) -> Node:
        verb, value = children
        negated = words(verb) != "contains"
        return c.Contains.made(values=(as_value(value),), negated=negated, span=span_of(meta))

    def contains_several(self, meta: Meta, children: Children) -> Node:
        verb, quantifier, *values = children
        return c.Contains.made(
            quantifier=cast(Any, words(quantifier)),
            values=tuple(map(as_one_of, values)),
            negated=words(verb) != "contains",
            span=span_of(meta),
        )

    def has_items(self, meta: Meta, children: Children) -> Node:
        operator, number = children
        said = _FLIPPED.get(words(operator), words(operator))
        return c.HasItems.made(operator=cast(Any, said), count=self.whole(number), span=span_of(meta))

    def compares(self, meta: Meta, children: Children) -> Node:
        *_, operator, term = children
        said = words(operator)
        if said in ("=", "!="):
            return c.Is.made(value=as_value(term), negated=said == "!=", span=span_of(meta))
        said = _SYMBOLS.get(said, _FLIPPED.get(said, said))
        return c.Compares.made(operator=cast(Any, said), value=as_value(term), span=span_of(meta))

    def between(self, meta: Meta, children: Children) -> Node:
        low, high = map(as_name, children[-2:])
        return c.Between.made(low=low, high=high, span=span_of(meta))

    def arithmetic(self, meta: Meta, children: Children) -> Node:
        left, operator, right = children
        return c.Arithmetic.made(
            operator=cast(Any, str(operator)), left=as_name(left), right=as_name(right), span=span_of(meta)
        )

    def term_brackets(self, meta: Meta, children: Children) -> Any:
        return as_name(children[0])

    def negative(self, meta: Meta, children: Children) -> Term:
        factor = as_name(children[0])
        if isinstance(factor, c.Number):
            return factor.changed(value=-factor.value, span=span_of(meta))
        zero = c.Number.made(value=Decimal(0), span=span_of(meta))
        return c.Arithmetic.made(operator="-", left=zero, right=factor, span=span_of(meta))

    def number(self, meta: Meta, children: Children) -> Node:
        return c.Number.made(value=Decimal(children[0]), span=span_of(meta))

    def money(self, meta: Meta, children: Children) -> Node:
        written = children[0]
        return c.Number.made(
            value=Decimal(written[1:].strip()), currency=cast(Any, written[0]), span=span_of(meta)
        )

    def length_value(self, meta: Meta, children: Children) -> Node:
        number, unit = children
        return c.Length.made(count=self.whole(number), unit=unit_of(unit), span=span_of(meta))

    def parameter(self, meta: Meta, children: Children) -> Node:
        return parameter(children[0], "value")

    def phrase(self, meta: Meta, children: Children) -> Node:
        return text_of(children[0])

    def phrase_parameter(self, meta: Meta, children: Children) -> Node:
        return parameter(children[0], "phrase")

    def name_parameter(self, meta: Meta, children: Children) -> Node:
        return parameter(children[0], "name")

    def attribute(self, meta: Meta, children: Children) -> Any:
        return children[0]

    def bare_name(self, meta: Meta, children: Children) -> Node:
        return c.Attribute.made(name=str(children[0]), span=span_of(meta))

    def quoted_name(self, meta: Meta, children: Children) -> Quoted:
        return Quoted(unquoted(children[0]), span_of(meta))
