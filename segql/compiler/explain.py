"""Plain English for a definition: one sentence with the dates filled in, and what can be told in advance."""

from collections.abc import Iterator, Sequence

from segql.compiler.ast.voice import Voice
from segql.compiler.plan import nodes as plan
from segql.compiler.plan.facts import Reads, Refresh
from segql.compiler.plan.walk import walk
from segql.compiler.statements import Statement
from segql.compiler.text import listing, quoted

_REFRESH = {
    "on event": "when data about a person arrives",
    "at midnight": "when data about a person arrives, and at midnight",
    "at an instant": "when data about a person arrives, and at any moment as time passes",
    "needs everybody": "when data about anybody arrives, since people are ranked against each other",
}


def sentence(statement: Statement, voice: Voice) -> str:
    """Who is meant, as one sentence; one for each condition of a statement that has several."""
    return " ".join(f"People {condition.english(voice)}." for condition in statement.conditions())


def explanation(
    statement: Statement,
    plans: Sequence[plan.Predicate],
    reads: Reads,
    refresh: Refresh,
    voice: Voice,
) -> str:
    """The sentence and the facts, one a line."""
    told = (f"{name + ':':9} {what}" for name, what in facts(plans, reads, refresh, voice))
    return "\n".join((sentence(statement, voice), "", *told))


def facts(
    plans: Sequence[plan.Predicate], reads: Reads, refresh: Refresh, voice: Voice
) -> Iterator[tuple[str, str]]:
    """What can be told in advance, each under its name."""
    now = voice.moment.now.astimezone(voice.moment.zone)
    yield "As of", f"{now:%Y-%m-%d %H:%M:%S} in {voice.moment.zone.key}; days begin at midnight there."
    yield "Reads", f"{_read(reads)}."
    yield "Changes", f"{_REFRESH[refresh]}."
    left_out = sorted({name for root in plans for name in _left_out(root)})
    if left_out:
        yield (
            "Not set",
            f"people for whom {listing(left_out)} is not set are left out; to have them in, add: "
            f"or {left_out[0]} is not set",
        )


def _read(reads: Reads) -> str:
    parts = [
        f"{kind} {listing(map(quoted, names), 'and')}"
        for kind, names in (
            ("events", reads.events),
            ("attributes", reads.attributes),
            ("lists", reads.lists),
            ("consent for", reads.consents),
            ("segments", reads.segments),
        )
        if names
    ]
    return "; ".join(parts) or "nothing but the list of profiles"


def _left_out(root: plan.Predicate) -> set[str]:
    """The attributes that a negative operator asks for: it is false where they are not set."""
    names = {
        node.term.name
        for node in walk(root)
        if isinstance(node, plan.TextTest | plan.ListContains | plan.InWindow | plan.OnDayOfYear)
        and node.negated
        and isinstance(node.term, plan.Attribute)
    }
    names |= {
        node.left.name
        for node in walk(root)
        if isinstance(node, plan.Compare) and node.negated and isinstance(node.left, plan.Attribute)
    }
    names |= {
        node.term.name
        for node in walk(root)
        if isinstance(node, plan.HasItems)
        and node.quantifier == "no"
        and isinstance(node.term, plan.Attribute)
    }
    return names
