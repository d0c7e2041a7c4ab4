"""Plain English for a definition: one sentence with the dates filled in, and what can be told in advance."""

from segql.compiler.ast.base import Condition
from segql.compiler.ast.voice import Voice
from segql.compiler.plan import nodes as plan
from segql.compiler.plan.facts import Reads, Refresh
from segql.compiler.plan.walk import walk
from segql.compiler.text import listing, quoted

_REFRESH = {
    "on event": "when data about a person arrives",
    "at midnight": "when data about a person arrives, and at midnight",
    "at an instant": "when data about a person arrives, and at any moment as time passes",
    "needs everybody": "when data about anybody arrives, since people are ranked against each other",
}


def sentence(condition: Condition, voice: Voice) -> str:
    """Who is meant, as one sentence."""
    return f"People {condition.english(voice)}."


def explanation(
    condition: Condition, root: plan.Predicate, reads: Reads, refresh: Refresh, voice: Voice
) -> str:
    """The sentence and the facts, one a line."""
    account = voice.account
    now = voice.moment.now.astimezone(voice.moment.zone)
    lines = [
        sentence(condition, voice),
        "",
        f"As of:    {now:%Y-%m-%d %H:%M:%S} in {account.timezone}; days begin at midnight there.",
        f"Reads:    {_read(reads)}.",
        f"Changes:  {_REFRESH[refresh]}.",
    ]
    left_out = _left_out(root)
    if left_out:
        lines.append(
            f"Not set:  people for whom {listing(left_out)} is not set are left out; to have them in, add: "
            f"or {left_out[0]} is not set"
        )
    return "\n".join(lines)


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


def _left_out(root: plan.Predicate) -> list[str]:
    """The attributes that a negative operator asks for: it is false where they are not set."""
    names = {
        node.term.name
        for node in walk(root)
        if isinstance(node, plan.TextTest | plan.ListContains | plan.InWindow)
        and node.negated
        and isinstance(node.term, plan.Attribute)
    }
    names |= {
        node.left.name
        for node in walk(root)
        if isinstance(node, plan.Compare) and node.negated and isinstance(node.left, plan.Attribute)
    }
    return sorted(names)
