"""Audiences that nothing is said about the permission of."""

import re
from collections.abc import Iterator

from segql.compiler.check.scope import Scope
from segql.compiler.conditions import Or
from segql.compiler.diagnostics.codes import Code
from segql.compiler.diagnostics.diagnostic import Diagnostic, Edit, Fix
from segql.compiler.plan.facts import reads
from segql.compiler.source import Span
from segql.compiler.statements import SegmentDefinition, Statement
from segql.compiler.text import quoted

_CHANNELS = {
    "sms": re.compile(r"\bsms\b|\btext(?:s|ing)?\b"),
    "email": re.compile(r"\be-?mails?\b"),
    "push": re.compile(r"\bpush\b"),
}


def audiences_without_consent(statement: Statement, scope: Scope) -> Iterator[Diagnostic]:
    """One for a segment that is named or tagged after a channel, and neither asks who can be reached through it nor
    speaks of consent for it in any other way."""
    if not isinstance(statement, SegmentDefinition):
        return
    called = " ".join((statement.name, *statement.tags)).lower()
    asked = reads(statement.condition.lower(scope)).consents
    for channel, words in _CHANNELS.items():
        if words.search(called) and channel not in asked:
            condition = statement.condition
            needed = f"can receive {channel}"
            start, end = condition.span
            edits = [Edit(Span(start, start), f"{needed} and ")]
            if isinstance(condition, Or):
                edits = [Edit(Span(start, start), f"{needed} and ("), Edit(Span(end, end), ")")]
            yield Diagnostic(
                Code.SG407,
                f"{quoted(statement.name)} is an audience for {channel} by its name or tags, and does not ask for consent",
                condition.span,
                scope.source,
                f"add `{needed}`; without it the segment counts people who will not get the message",
                (Fix(f"add {needed}", tuple(edits)),),
            )
