"""Fixes applied to a text: those that are the only one of their message, until there are no more."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from segql.compiler.diagnostics.diagnostic import Diagnostic, Edit, Fix

Check = Callable[[str], Iterable[Diagnostic]]

# What is mended may show what was hidden behind it, but not for ever.
_MOST_ROUNDS = 20


class Applied(NamedTuple):
    """A message and the fix that was applied for it."""

    diagnostic: Diagnostic
    fix: Fix


class Fixed(NamedTuple):
    """A text after fixes, and what was done, in order."""

    text: str
    applied: tuple[Applied, ...]


def fixed(text: str, check: Check) -> Fixed:
    """Apply the fix of every error and warning that has exactly one. A hint says what may be meant as it stands, so
    nothing is done about it. A round of fixes that leaves more errors than there were is not kept."""
    applied: list[Applied] = []
    found = list(check(text))
    for _ in range(_MOST_ROUNDS):
        chosen = _chosen(text, found)
        if not chosen:
            break
        after = with_edits(text, (edit for one in chosen for edit in one.fix.edits))
        found_after = list(check(after))
        if _errors(found_after) > _errors(found):
            break
        applied += chosen
        text, found = after, found_after
    return Fixed(text, tuple(applied))


def with_edits(text: str, edits: Iterable[Edit]) -> str:
    """A text after edits that do not touch each other."""
    for edit in sorted(set(edits), reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def _chosen(text: str, found: Iterable[Diagnostic]) -> list[Applied]:
    """The fixes of this text that can be applied together; the others wait for the next round."""
    chosen: list[Applied] = []
    taken: list[tuple[int, int]] = []
    for diagnostic in found:
        if diagnostic.severity == "hint" or len(diagnostic.fixes) != 1 or diagnostic.source.text != text:
            continue
        (fix,) = diagnostic.fixes
        start = min(edit.span.start for edit in fix.edits)
        end = max(edit.span.end for edit in fix.edits)
        if all(end < other_start or other_end < start for other_start, other_end in taken):
            taken.append((start, end))
            chosen.append(Applied(diagnostic, fix))
    return chosen


def _errors(found: Iterable[Diagnostic]) -> int:
    return sum(one.severity == "error" for one in found)
