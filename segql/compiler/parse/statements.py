"""Rules of statements."""

from typing import Any

from lark.tree import Meta

from segql.compiler import conditions as c
from segql.compiler import statements as s
from segql.compiler.ast.base import Node
from segql.compiler.diagnostics.codes import Code
from segql.compiler.parse.rules import Children, Rules, as_name, plain, span_of, text_or_parameter, token_span
from segql.compiler.parse.windows import unit_of
from segql.compiler.text import unquoted

# Words with which a condition or a question begins: what calls a define of that name would be read as one.
_BEGINNINGS = frozenset(
    (
        *("not", "did", "everybody", "everyone", "first", "last", "prefers", "within"),
        *("count", "show", "explain", "trend", "overlap", "funnel", "compare"),
    )
)


class StatementRules(Rules):
    """Rules of statements."""

    def bare_condition(self, meta: Meta, children: Children) -> Node:
        condition, timezone = children
        ask = s.Ask.made(condition=plain(condition), timezone=timezone, span=span_of(meta))
        return s.Tree.made(statements=(ask,), span=span_of(meta))

    def statements(self, meta: Meta, children: Children) -> Node:
        return s.Tree.made(statements=tuple(children), span=span_of(meta))

    def time_zone(self, meta: Meta, children: Children) -> Any:
        return text_or_parameter(children[0])

    def segment(self, meta: Meta, children: Children) -> Node:
        name, description, notes, condition, timezone, *expectations = children
        return s.SegmentDefinition.made(
            name=unquoted(name),
            description=None if description is None else unquoted(description),
            condition=plain(condition),
            timezone=timezone,
            expectations=tuple(expectations),
            span=span_of(meta),
            **(notes or {}),
        )

    def notes(self, meta: Meta, children: Children) -> dict[str, Any]:
        return {key: value for note in children for key, value in note.items()}

    def tags(self, meta: Meta, children: Children) -> dict[str, Any]:
        return {"tags": tuple(children)}

    def owner(self, meta: Meta, children: Children) -> dict[str, Any]:
        return {"owner": children[0]}

    def bare_word(self, meta: Meta, children: Children) -> str:
        return str(children[0])

    def quoted_word(self, meta: Meta, children: Children) -> str:
        return unquoted(children[0])

    def define(self, meta: Meta, children: Children) -> Node:
        name, *formals, condition = children
        if name.lower() in _BEGINNINGS:
            self.report(
                Code.SG101,
                f"a define cannot be called {name}, as a condition or a question begins with this word",
                token_span(name),
                "give it another name",
            )
        return s.Define.made(
            name=str(name),
            parameters=tuple(formal for formal in formals if formal is not None),
            condition=plain(condition),
            span=span_of(meta),
        )

    def formal(self, meta: Meta, children: Children) -> Node:
        name, default = children
        return s.Formal.made(name=str(name), default=default, span=span_of(meta))

    def count(self, meta: Meta, children: Children) -> Node:
        condition, timezone, *by = children
        names = tuple(as_name(name) for name in by if name is not None)
        return s.Count.made(condition=plain(condition), timezone=timezone, by=names, span=span_of(meta))

    def show(self, meta: Meta, children: Children) -> Node:
        *columns, condition, timezone, order, limit = children
        by, descending = order or (None, False)
        return s.Show.made(
            columns=tuple(map(as_name, columns)),
            condition=plain(condition),
            timezone=timezone,
            order_by=by,
            descending=descending,
            limit=None if limit is None else self.whole(limit),
            span=span_of(meta),
        )

    def order(self, meta: Meta, children: Children) -> tuple[Node, bool]:
        name, direction = children
        return as_name(name), direction is not None and direction.lower() == "desc"

    def explain(self, meta: Meta, children: Children) -> Node:
        condition, timezone = children
        return s.Explain.made(condition=plain(condition), timezone=timezone, span=span_of(meta))

    def trend(self, meta: Meta, children: Children) -> Node:
        condition, timezone, length, unit = children
        return s.Trend.made(
            condition=plain(condition),
            timezone=timezone,
            length=length,
            by=None if unit is None else unit_of(unit),
            span=span_of(meta),
        )

    def overlap(self, meta: Meta, children: Children) -> Node:
        return s.Overlap.made(groups=tuple(children), span=span_of(meta))

    def funnel(self, meta: Meta, children: Children) -> Node:
        return s.Funnel.made(steps=tuple(map(plain, children)), span=span_of(meta))

    def why(self, meta: Meta, children: Children) -> Node:
        who, condition = children
        return s.Why.made(who=text_or_parameter(who), condition=condition, span=span_of(meta))

    def compare(self, meta: Meta, children: Children) -> Node:
        condition, earlier, later = children
        return s.Compare.made(condition=condition, earlier=earlier, later=later, span=span_of(meta))

    def segment_named(self, meta: Meta, children: Children) -> Node:
        return c.InSegment.made(name=text_or_parameter(children[-1]), span=span_of(meta))

    def people_meant(self, meta: Meta, children: Children) -> Any:
        return plain(children[0])
