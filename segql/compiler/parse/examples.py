"""Rules of example people."""

from decimal import Decimal
from typing import Any, cast

from lark.tree import Meta

from segql.compiler import conditions as c
from segql.compiler import examples as e
from segql.compiler.ast.base import Node
from segql.compiler.conditions.days import Day
from segql.compiler.parse.rules import Children, Rules, as_name, span_of, text_of
from segql.compiler.text import unquoted


class ExampleRules(Rules):
    """Rules of example people."""

    def expectation(self, meta: Meta, children: Children) -> Node:
        expected, *facts = children
        known = tuple(fact for fact in facts if fact is not None)
        return e.Expectation.made(expected=cast(Any, expected.lower()), facts=known, span=span_of(meta))

    def fact_named(self, meta: Meta, children: Children) -> Node:
        name, value = children
        return e.Fact.made(name=as_name(name).name, value=value, span=span_of(meta))

    def fact_list(self, meta: Meta, children: Children) -> Node:
        return e.OnList.made(name=unquoted(children[-1]), span=span_of(meta))

    def happenings(self, meta: Meta, children: Children) -> Node:
        return e.Happenings.made(values=tuple(children), span=span_of(meta))

    def happening(self, meta: Meta, children: Children) -> Node:
        day, *properties = children
        known = tuple(item for item in properties if item is not None)
        return e.Happening.made(day=day, properties=known, span=span_of(meta))

    def example_property(self, meta: Meta, children: Children) -> Node:
        name, value = children
        return e.PropertyValue.made(name=as_name(name).name, value=value, span=span_of(meta))

    def example_list(self, meta: Meta, children: Children) -> Node:
        texts = tuple(unquoted(text) for text in children if text is not None)
        return e.Texts.made(values=texts, span=span_of(meta))

    def example_text(self, meta: Meta, children: Children) -> Node:
        return text_of(children[0])

    def example_number(self, meta: Meta, children: Children) -> Node:
        return c.Number.made(value=Decimal(children[0]), span=span_of(meta))

    def example_boolean(self, meta: Meta, children: Children) -> Node:
        return e.Flag.made(value=children[0].lower() == "true", span=span_of(meta))

    def example_date(self, meta: Meta, children: Children) -> Node:
        return Day.made(on=str(children[0]), span=span_of(meta))

    def example_word(self, meta: Meta, children: Children) -> Node:
        return e.Word.made(value=str(children[0]), span=span_of(meta))
