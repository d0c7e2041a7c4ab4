"""What a plan for stored segments looks like: for reading, and as JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from segql.cli.output import write
from segql.runtime.documents import instant_text

if TYPE_CHECKING:
    from segql.runtime.as_code.planning import DefineChange, Outcome, Plan, SegmentChange

_SIGNS: "dict[Outcome, str]" = {"new": "+", "changed": "~", "affected": "~", "removed": "-"}


def plan_document(planned: "Plan") -> dict[str, Any]:
    """A plan as JSON."""
    return {
        "as_of": instant_text(planned.at),
        "of": planned.of,
        "defines": [
            {"name": one.name, "change": one.change, "file": one.file, "diff": one.diff}
            for one in planned.defines
        ],
        "segments": [_segment_document(one) for one in planned.segments],
    }


def _segment_document(one: "SegmentChange") -> dict[str, Any]:
    return {
        "name": one.name,
        "change": one.change,
        "file": one.file,
        "diff": [] if one.change in ("unchanged", "affected") else one.diff,
        "before": None if one.was is None else asdict(one.was),
        "after": None if one.will_be is None else asdict(one.will_be),
        "people": None if one.moves is None else asdict(one.moves),
        "used_by": [{"kind": user.kind, "name": user.name} for user in one.used_by],
        "same_as": one.same_as,
    }


def write_plan(planned: "Plan") -> None:
    """A plan for reading: each change with its lines, then what it does to people."""
    for define in planned.defines:
        if define.change != "unchanged":
            write(f"{_title(define)}: define {define.name}{_place(define.file)}")
            write_diff(define.diff)
            write()
    for one in planned.segments:
        if one.change != "unchanged":
            write(f"{_title(one)}: {one.name}{_place(one.file)}")
            if one.change != "affected":
                write_diff(one.diff)
            for line in _told(one, planned.of):
                write(f"  {line}")
            write()
    outcomes = [one.change for one in planned.segments]
    write(", ".join(f"{outcomes.count(outcome)} {outcome}" for outcome in (*_SIGNS, "unchanged")))


def _title(one: "SegmentChange | DefineChange") -> str:
    return f"{_SIGNS[one.change]} {one.change}"


def _place(file: str | None) -> str:
    return f" ({file})" if file else ""


def write_diff(lines: Sequence[str]) -> None:
    """The lines of a difference."""
    for line in lines:
        write(f"    {line}".rstrip())


def _told(one: "SegmentChange", of: int) -> Iterator[str]:
    """What there is to say of a change, a line each."""
    if one.change == "affected":
        yield "its text stays; it means something else because of what it is made of"
    if one.same_as is not None:
        yield (
            f'says the same as "{one.same_as}", which is in no file: a renamed segment is a new one, '
            "whose history begins anew"
        )
    if one.moves is None:
        yield "what is stored no longer holds, so nobody knows who would enter and leave"
    else:
        yield f"{one.moves.entered:,} would enter, {one.moves.left:,} would leave: {one.moves.size:,} of {of:,}"
        for what, names in (("enter", one.moves.who_enter), ("leave", one.moves.who_leave)):
            if names:
                yield f"{what}: {', '.join(names)}"
    if one.will_be is not None:
        was = f" (was: {one.was.refresh})" if one.was and one.was.refresh != one.will_be.refresh else ""
        yield f"changes: {one.will_be.refresh}{was}"
        cost, before = one.will_be.cost, one.was.cost if one.was else one.will_be.cost
        was = f" (was: {before.events:,})" if before.events != cost.events else ""
        yield f"reads at most {cost.events:,} of {cost.of:,} events{was}"
    if one.used_by:
        yield f"used by {', '.join(map(str, one.used_by))}"
