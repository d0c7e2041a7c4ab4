"""Values that an attribute or a property was never seen with."""

from collections import Counter
from collections.abc import Iterator
from itertools import chain, repeat

from segql.compiler.ast.base import Condition, Node
from segql.compiler.catalog.model import Property
from segql.compiler.check.scope import Scope
from segql.compiler.conditions import Attribute, Comparison, Contains, Is, IsIn, Text, TextItems
from segql.compiler.diagnostics.codes import Code
from segql.compiler.diagnostics.diagnostic import Diagnostic, Edit, Fix
from segql.compiler.lint.groups import groups
from segql.compiler.statements import Statement
from segql.compiler.text import fold, listing, nearest, quoted

_LISTED = 8


def unseen_values(statement: Statement, scope: Scope) -> Iterator[Diagnostic]:
    """One for each text that is compared with, where the store knows all values and this is none of them."""
    for group in groups(statement, scope):
        if len(group.parts) == 1:
            term, values = _compared(group.parts[0].condition, group.scope)
            if term is not None:
                yield from _unseen(term, tuple(one for one in values if isinstance(one, Text)), group.scope)


def _compared(condition: Condition, scope: Scope) -> tuple[Attribute | None, tuple[Node, ...]]:
    """What is compared with whole values, and with which; a list by its items."""
    match condition:
        case (
            Comparison(term=Attribute() as term, test=Is(value=value))
            | TextItems(list=Attribute() as term, test=Is(value=value))
        ):
            return term, (value,)
        case (
            Comparison(term=Attribute() as term, test=IsIn(values=values))
            | TextItems(list=Attribute() as term, test=IsIn(values=values))
        ):
            return term, values
        case Comparison(term=Attribute() as term, test=Contains(values=values)) if (
            term.check(scope) == "list"
        ):
            return term, values
        case _:
            return None, ()


def _unseen(term: Attribute, values: tuple[Text, ...], scope: Scope) -> Iterator[Diagnostic]:
    seen = seen_values(term, scope)
    known = Counter[str]()
    for name, count in seen.items():
        known[fold(name)] += count
    for value in values:
        if not seen or fold(value.value) in known:
            continue
        near = nearest(value.value, seen, limit=1)
        # The same in upper and lower case is one value; the spelling that sorts last is mostly the lower one.
        different = tuple(sorted({fold(one): one for one in sorted(seen)}.values()))
        listed = list(map(quoted, different))
        several = listed[:_LISTED] + ([f"{len(listed) - _LISTED} more"] if len(listed) > _LISTED else [])
        remedy = (
            f"seen values are {listing(several, 'and')}"
            if len(listed) > 1
            else f"the only value is {listed[0]}"
        )
        fixes: tuple[Fix, ...] = ()
        if near:
            remedy += f"; did you mean {quoted(near[0])}?"
            fixes = (Fix(f"write {quoted(near[0])}", (Edit(value.span, quoted(near[0])),)),)
        message = f"{term.text()} was never seen with the value {value.text()}"
        counts = tuple(known[fold(one)] for one in different) if any(known.values()) else ()
        yield Diagnostic(Code.SG405, message, value.span, scope.source, remedy, fixes, different, counts)


def seen_values(term: Attribute, scope: Scope) -> Counter[str]:
    """All values that the store has seen, and how often (0 where nobody counted); none where it does not know them all."""
    if scope.events is None:
        attribute = scope.catalog.attribute(term.name)
        found: list[Property] = [] if attribute is None else [attribute]
    else:
        found = [known for event in scope.events if (known := event.property(term.name)) is not None]
    seen = Counter[str]()
    if all(known.values for known in found):
        for known in found:
            counts = chain(known.counts, repeat(0))
            seen.update(dict(zip(known.values, counts, strict=False)))
    return seen
