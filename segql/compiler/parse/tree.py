"""From Lark's parse tree to the syntax tree: one method a rule of the grammar, without recursion."""

import re
from decimal import Decimal
from itertools import pairwise
from typing import Any, cast

from lark import Token
from lark.tree import Meta
from lark.visitors import Transformer_NonRecursive, v_args

from segql.compiler import conditions as c
from segql.compiler import statements as s
from segql.compiler.ast.base import Condition, Node, Term
from segql.compiler.conditions import windows as w
from segql.compiler.diagnostics.codes import Code
from segql.compiler.diagnostics.diagnostic import Diagnostic, Edit, Fix
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
    return c.Attribute(name=term.text, span=term.span) if isinstance(term, Quoted) else term


def as_value(term: Any) -> Any:
    """A term on the right of an operator."""
    return c.Text(value=term.text, span=term.span) if isinstance(term, Quoted) else term


def plain(condition: Any) -> Any:
    """A condition without its brackets."""
    return condition.condition if isinstance(condition, Grouped) else condition


_FLIPPED = {"fewer than": "less than"}
_SYMBOLS = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}
_UNITS = {"mile": "miles", "kilometer": "km", "kilometers": "km", "kilometre": "km", "kilometres": "km"}


def unit_of(token: str) -> Any:
    """A unit of time in the singular."""
    return token.lower().removesuffix("s")


@v_args(meta=True)
class TreeBuilder(Transformer_NonRecursive):  # type: ignore[type-arg]
    """Builds the nodes; `problems` collects what the grammar cannot refuse by itself."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self.source = source
        self.problems: list[Diagnostic] = []

    # ---- Texts ----------------------------------------------------------------------------------------------------

    def bare_condition(self, meta: Meta, children: Children) -> Node:
        return s.Tree(
            statements=(s.Ask(condition=plain(children[0]), span=span_of(meta)),), span=span_of(meta)
        )

    def statements(self, meta: Meta, children: Children) -> Node:
        return s.Tree(statements=tuple(children), span=span_of(meta))

    def segment(self, meta: Meta, children: Children) -> Node:
        name, description, condition = children
        return s.SegmentDefinition(
            name=unquoted(name),
            description=None if description is None else unquoted(description),
            condition=plain(condition),
            span=span_of(meta),
        )

    def count(self, meta: Meta, children: Children) -> Node:
        condition, *by = children
        names = tuple(as_name(name) for name in by if name is not None)
        return s.Count(condition=plain(condition), by=names, span=span_of(meta))

    def show(self, meta: Meta, children: Children) -> Node:
        *columns, condition, order, limit = children
        by, descending = order or (None, False)
        return s.Show(
            columns=tuple(map(as_name, columns)),
            condition=plain(condition),
            order_by=by,
            descending=descending,
            limit=None if limit is None else self._whole(limit),
            span=span_of(meta),
        )

    def order(self, meta: Meta, children: Children) -> tuple[Node, bool]:
        name, direction = children
        return as_name(name), direction is not None and direction.lower() == "desc"

    def explain(self, meta: Meta, children: Children) -> Node:
        return s.Explain(condition=plain(children[0]), span=span_of(meta))

    # ---- Logic ----------------------------------------------------------------------------------------------------

    def disjunction(self, meta: Meta, children: Children) -> Node:
        for child in children:
            if isinstance(child, c.And):
                self._report_mixed(meta, children)
                break
        return c.Or(children=self._flat(c.Or, children), span=span_of(meta))

    def conjunction(self, meta: Meta, children: Children) -> Node:
        return c.And(children=self._flat(c.And, children), span=span_of(meta))

    def negation(self, meta: Meta, children: Children) -> Node:
        return c.Not(child=plain(children[0]), span=span_of(meta))

    def brackets(self, meta: Meta, children: Children) -> Grouped:
        return Grouped(plain(children[0]), span_of(meta))

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

    # ---- Events ---------------------------------------------------------------------------------------------------

    def did(self, meta: Meta, children: Children) -> Node:
        negated, events, how_often, window, where = children
        return c.Did(
            events=events,
            negated=negated is not None,
            how_often=how_often,
            window=window,
            where=where,
            span=span_of(meta),
        )

    def did_window_first(self, meta: Meta, children: Children) -> Node:
        negated, events, window, how_often, where = children
        return self.did(meta, [negated, events, how_often, window, where])

    def one_event(self, meta: Meta, children: Children) -> Node:
        return c.Events(names=(self._event(children[0]),), span=span_of(meta))

    def several_events(self, meta: Meta, children: Children) -> Node:
        quantifier, *names = children
        return c.Events(
            names=tuple(map(self._event, names)), quantifier=cast(Any, words(quantifier)), span=span_of(meta)
        )

    def once(self, meta: Meta, children: Children) -> Node:
        times = 1 if children[0].lower() == "once" else 2
        return c.HowOften(operator="exactly", times=times, span=span_of(meta))

    def times(self, meta: Meta, children: Children) -> Node:
        operator, number = children
        said = words(operator)
        said = "fewer than" if said == "less than" else said
        return c.HowOften(operator=cast(Any, said), times=self._whole(number), span=span_of(meta))

    def times_between(self, meta: Meta, children: Children) -> Node:
        low, high = map(self._whole, children)
        return c.HowOften(operator="between", times=low, upper=high, span=span_of(meta))

    def where(self, meta: Meta, children: Children) -> Any:
        return plain(children[0])

    @staticmethod
    def _event(name: Any) -> c.EventName:
        return c.EventName(name=name.text if isinstance(name, Quoted) else name.name, span=name.span)

    # ---- Measures and recency -------------------------------------------------------------------------------------

    def number_of(self, meta: Meta, children: Children) -> Node:
        events, window, where = children
        return c.Measure(function="number", events=events, window=window, where=where, span=span_of(meta))

    def number_of_different(self, meta: Meta, children: Children) -> Node:
        return self._measure("number of different", meta, children)

    def aggregate(self, meta: Meta, children: Children) -> Node:
        function, *rest = children
        return self._measure(words(function), meta, rest)

    def _measure(self, function: str, meta: Meta, children: Children) -> Node:
        name, events, window, where = children
        return c.Measure(
            function=cast(Any, function),
            property=as_name(name),
            events=events,
            window=window,
            where=where,
            span=span_of(meta),
        )

    def measure(self, meta: Meta, children: Children) -> Any:
        return children[0]

    def recency(self, meta: Meta, children: Children) -> Node:
        which, name, window, where = children
        return c.Recency(
            which=cast(Any, words(which)),
            event=self._event(name),
            window=window,
            where=where,
            span=span_of(meta),
        )

    # ---- Comparisons ----------------------------------------------------------------------------------------------

    def comparison(self, meta: Meta, children: Children) -> Node:
        term, test = children
        return c.Comparison(term=as_name(term), test=test, span=span_of(meta))

    def attribute_window(self, meta: Meta, children: Children) -> Node:
        term, window = children
        return c.Comparison(
            term=as_name(term), test=c.IsDuring(window=window, span=window.span), span=span_of(meta)
        )

    def recency_window(self, meta: Meta, children: Children) -> Any:
        """`last "Placed Order" more than 60 days ago`: the window is what is asked."""
        recency = children[0]
        if recency.window is None or recency.where is not None:
            self._problem(
                Code.SG101,
                f"{recency.text()} is a date; nothing is asked of it",
                recency.span,
                "add for example: is in the last 30 days",
            )
            return c.Comparison(term=recency, test=c.IsSet(), span=span_of(meta))
        window = recency.window
        span = Span(recency.span.start, window.span.start)
        asked = c.Recency(which=recency.which, event=recency.event, span=span)
        return c.Comparison(term=asked, test=c.IsDuring(window=window, span=window.span), span=span_of(meta))

    def is_value(self, meta: Meta, children: Children) -> Node:
        return c.Is(value=as_value(children[0]), span=span_of(meta))

    def is_not_value(self, meta: Meta, children: Children) -> Node:
        return c.Is(value=as_value(children[1]), negated=True, span=span_of(meta))

    def is_exactly(self, meta: Meta, children: Children) -> Node:
        return c.IsExactly(value=self._text(children[-1]), span=span_of(meta))

    def is_in(self, meta: Meta, children: Children) -> Node:
        return c.IsIn(values=tuple(map(as_value, children)), span=span_of(meta))

    def is_not_in(self, meta: Meta, children: Children) -> Node:
        return c.IsIn(values=tuple(map(as_value, children[1:])), negated=True, span=span_of(meta))

    def in_window(self, meta: Meta, children: Children) -> Node:
        return c.IsDuring(window=children[0], span=span_of(meta))

    def not_in_window(self, meta: Meta, children: Children) -> Node:
        return c.IsDuring(window=children[1], negated=True, span=span_of(meta))

    def is_set(self, meta: Meta, children: Children) -> Node:
        return c.IsSet(span=span_of(meta))

    def is_not_set(self, meta: Meta, children: Children) -> Node:
        return c.IsSet(negated=True, span=span_of(meta))

    def is_boolean(self, meta: Meta, children: Children) -> Node:
        return c.IsBoolean(value=children[0].lower() == "true", span=span_of(meta))

    def is_empty(self, meta: Meta, children: Children) -> Node:
        return c.IsEmpty(span=span_of(meta))

    def is_not_empty(self, meta: Meta, children: Children) -> Node:
        return c.IsEmpty(negated=True, span=span_of(meta))

    def text_test(self, meta: Meta, children: Children) -> Node:
        said = words(children[0])
        negated = said.startswith("does not ")
        operator = {"start with": "starts with", "end with": "ends with", "match": "matches"}.get(
            said.removeprefix("does not "), said
        )
        return c.TextMatch(
            operator=cast(Any, operator), value=self._text(children[1]), negated=negated, span=span_of(meta)
        )

    def contains(self, meta: Meta, children: Children) -> Node:
        verb, value = children
        negated = words(verb) != "contains"
        return c.Contains(values=(as_value(value),), negated=negated, span=span_of(meta))

    def contains_several(self, meta: Meta, children: Children) -> Node:
        verb, quantifier, *values = children
        return c.Contains(
            quantifier=cast(Any, words(quantifier)),
            values=tuple(map(as_value, values)),
            negated=words(verb) != "contains",
            span=span_of(meta),
        )

    def has_items(self, meta: Meta, children: Children) -> Node:
        operator, number = children
        said = _FLIPPED.get(words(operator), words(operator))
        return c.HasItems(operator=cast(Any, said), count=self._whole(number), span=span_of(meta))

    def compares(self, meta: Meta, children: Children) -> Node:
        operator, term = children
        said = words(operator)
        if said in ("=", "!="):
            return c.Is(value=as_value(term), negated=said == "!=", span=span_of(meta))
        said = _SYMBOLS.get(said, _FLIPPED.get(said, said))
        return c.Compares(operator=cast(Any, said), value=as_value(term), span=span_of(meta))

    def between(self, meta: Meta, children: Children) -> Node:
        low, high = map(as_name, children)
        return c.Between(low=low, high=high, span=span_of(meta))

    # ---- Terms ----------------------------------------------------------------------------------------------------

    def arithmetic(self, meta: Meta, children: Children) -> Node:
        left, operator, right = children
        return c.Arithmetic(
            operator=cast(Any, str(operator)), left=as_name(left), right=as_name(right), span=span_of(meta)
        )

    def term_brackets(self, meta: Meta, children: Children) -> Any:
        return as_name(children[0])

    def negative(self, meta: Meta, children: Children) -> Term:
        factor = as_name(children[0])
        if isinstance(factor, c.Number):
            return factor.model_copy(update={"value": -factor.value, "span": span_of(meta)})
        zero = c.Number(value=Decimal(0), span=span_of(meta))
        return c.Arithmetic(operator="-", left=zero, right=factor, span=span_of(meta))

    def number(self, meta: Meta, children: Children) -> Node:
        return c.Number(value=Decimal(children[0]), span=span_of(meta))

    def money(self, meta: Meta, children: Children) -> Node:
        written = children[0]
        return c.Number(
            value=Decimal(written[1:].strip()), currency=cast(Any, written[0]), span=span_of(meta)
        )

    def attribute(self, meta: Meta, children: Children) -> Any:
        return children[0]

    def bare_name(self, meta: Meta, children: Children) -> Node:
        return c.Attribute(name=str(children[0]), span=span_of(meta))

    def quoted_name(self, meta: Meta, children: Children) -> Quoted:
        return Quoted(unquoted(children[0]), span_of(meta))

    # ---- Windows --------------------------------------------------------------------------------------------------

    def in_the_last(self, meta: Meta, children: Children) -> Node:
        count, unit = self._counted(children)
        return w.InTheLast(count=count, unit=unit, span=span_of(meta))

    def in_the_next(self, meta: Meta, children: Children) -> Node:
        count, unit = self._counted(children)
        return w.InTheNext(count=count, unit=unit, span=span_of(meta))

    def more_than_ago(self, meta: Meta, children: Children) -> Node:
        count, unit = self._counted(children)
        return w.MoreThanAgo(count=count, unit=unit, span=span_of(meta))

    def between_ago(self, meta: Meta, children: Children) -> Node:
        low, high, unit = children
        return w.BetweenAgo(
            low=self._whole(low), high=self._whole(high), unit=unit_of(unit), span=span_of(meta)
        )

    def by_date(self, meta: Meta, children: Children) -> Node:
        relation, day = children
        return w.ByDay(relation=cast(Any, words(relation)), day=day, span=span_of(meta))

    def between_days(self, meta: Meta, children: Children) -> Node:
        first, last = children
        return w.BetweenDays(first=first, last=last, span=span_of(meta))

    def day_word(self, meta: Meta, children: Children) -> Node:
        which: Any = "this" if children[0].lower() == "today" else "last"
        return w.Calendar(which=which, unit="day", span=span_of(meta))

    def this_period(self, meta: Meta, children: Children) -> Node:
        return self._calendar("this", meta, children[0])

    def last_period(self, meta: Meta, children: Children) -> Node:
        return self._calendar("last", meta, children[0])

    def ever(self, meta: Meta, children: Children) -> Node:
        return w.Ever(span=span_of(meta))

    def day_written(self, meta: Meta, children: Children) -> Node:
        return w.Day(on=str(children[0]), span=span_of(meta))

    def relative_day(self, meta: Meta, children: Children) -> Node:
        return w.Day(on=children[0].lower(), span=span_of(meta))

    def days_ago(self, meta: Meta, children: Children) -> Node:
        count, unit = self._counted(children)
        return w.Day(ago=count, unit=unit, span=span_of(meta))

    def _calendar(self, which: Any, meta: Meta, unit: Token) -> Node:
        period = unit_of(unit)
        if period in ("minute", "hour"):
            self._problem(
                Code.SG101,
                f"`{which} {period}` is no calendar unit",
                span_of(meta),
                f"write: in the last 1 {period}",
            )
            period = "day"
        return w.Calendar(which=which, unit=period, span=span_of(meta))

    def _counted(self, children: Children) -> tuple[int, Any]:
        count, unit = children
        return 1 if count is None else self._whole(count), unit_of(unit)

    # ---- Consent, channels, membership, place, rank ---------------------------------------------------------------

    def can_receive(self, meta: Meta, children: Children) -> Node:
        transactional, channel = children
        return c.CanReceive(
            channel=cast(Any, channel.lower()), transactional=transactional is not None, span=span_of(meta)
        )

    def consent_status(self, meta: Meta, children: Children) -> Node:
        status, channel, window = children
        return c.ConsentStatus(
            status=cast(Any, words(status)),
            channel=cast(Any, channel.lower()),
            window=window,
            span=span_of(meta),
        )

    def engaged(self, meta: Meta, children: Children) -> Node:
        channel, window = children
        return c.Engaged(channel=cast(Any, channel.lower()), window=window, span=span_of(meta))

    def prefers(self, meta: Meta, children: Children) -> Node:
        channel, over, window = children
        return c.Prefers(
            channel=cast(Any, channel.lower()),
            over=cast(Any, None if over is None else over.lower()),
            window=window,
            span=span_of(meta),
        )

    def in_list(self, meta: Meta, children: Children) -> Node:
        return c.InList(name=unquoted(children[-1]), span=span_of(meta))

    def in_segment(self, meta: Meta, children: Children) -> Node:
        return c.InSegment(name=unquoted(children[-1]), span=span_of(meta))

    def membership(self, meta: Meta, children: Children) -> Any:
        return children[0]

    def within(self, meta: Meta, children: Children) -> Node:
        distance, unit, place = children
        said = unit.lower()
        return c.Within(
            distance=Decimal(distance),
            unit=cast(Any, _UNITS.get(said, said)),
            place=place,
            span=span_of(meta),
        )

    def postal_code(self, meta: Meta, children: Children) -> Node:
        code, country = children
        return c.PostalCode(code=unquoted(code), country=country.upper(), span=span_of(meta))

    def coordinates(self, meta: Meta, children: Children) -> Node:
        latitude, longitude = children
        return c.Coordinates(latitude=latitude, longitude=longitude, span=span_of(meta))

    def named_place(self, meta: Meta, children: Children) -> Node:
        return c.NamedPlace(name=unquoted(children[-1]), span=span_of(meta))

    def signed(self, meta: Meta, children: Children) -> Decimal:
        return Decimal(children[-1])

    def minus(self, meta: Meta, children: Children) -> Decimal:
        return -Decimal(children[-1])

    def ranked(self, meta: Meta, children: Children) -> Node:
        end, share, by, among = children
        return c.Ranked(
            end=cast(Any, words(end)), by=as_name(by), among=plain(among), span=span_of(meta), **share
        )

    def percent(self, meta: Meta, children: Children) -> dict[str, Any]:
        return {"percent": Decimal(children[0])}

    def people(self, meta: Meta, children: Children) -> dict[str, Any]:
        return {"people": self._whole(children[0])}

    # ---- Tokens ---------------------------------------------------------------------------------------------------

    def _text(self, token: Token) -> c.Text:
        return c.Text(value=unquoted(token), span=_token_span(token))

    def _whole(self, token: Token) -> int:
        """A whole number; anything else is a problem, and reads as 1."""
        if token.isdigit() and len(token) <= 9:
            return int(token)
        what = "too large" if token.isdigit() else "not a whole number"
        self._problem(
            Code.SG106, f"{token} is {what}", _token_span(token), "write a whole number below 1 billion"
        )
        return 1

    def _problem(self, code: Code, message: str, span: Span, remedy: str) -> None:
        self.problems.append(Diagnostic(code, message, span, self.source, remedy))


def _token_span(token: Token) -> Span:
    return Span(token.start_pos or 0, token.end_pos or 0)


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
