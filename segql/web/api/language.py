"""What editors ask of a text: mistakes, proposals, what stands somewhere, colours, canonical form, English, SQL, a count.

Places are offsets in code points, from 0."""

from datetime import datetime

from segql.compiler.compiled import Compiled
from segql.compiler.diagnostics import diagnostic as diagnostics
from segql.compiler.format import format
from segql.compiler.pipeline import check
from segql.compiler.service import Completion, complete, hover, tokens
from segql.compiler.source import Source, Span
from segql.compiler.text import quoted
from segql.web.access.visitors import Reader
from segql.web.api.language_forms import (
    About,
    Asked,
    Checked,
    Counted,
    Edit,
    Explained,
    Fix,
    Hovered,
    Mistake,
    Proposal,
    Proposals,
    Sql,
    Text,
    TextAt,
    TextOf,
    Token,
    Tokens,
    Turn,
    Written,
)
from segql.web.api.operation import Reading, api_router
from segql.web.desk import AtDesk, Desk
from segql.web.drafts import format_body

router = api_router(Reading)

# So many proposals are sent: of more nobody reads the rest, and another letter changes them.
_MOST_COMPLETIONS = 200


@router.post("/check")
def check_text(desk: AtDesk, who: Reader, asked: TextOf) -> Checked:
    """Say what is wrong with a text. Nothing that a text can hold is refused; the name of a stored segment is right."""
    if asked.segment is None and desk.store.catalog.segment(asked.text.strip()) is not None:
        return Checked(diagnostics=[])
    heading = "" if asked.segment is None else f"segment {quoted(asked.segment)}:\n"
    checked = heading + asked.text
    found = check(checked, desk.store.catalog)
    return Checked(diagnostics=[_mistake(one, len(heading), checked) for one in found])


@router.post("/complete")
def complete_text(desk: AtDesk, who: Reader, asked: TextAt) -> Proposals:
    """Say what could be written at a place, or be meant by what is written just before it."""
    found = complete(asked.text, asked.offset, desk.store.catalog)[:_MOST_COMPLETIONS]
    return Proposals(completions=[_proposal(one) for one in found])


@router.post("/hover")
def hover_text(desk: AtDesk, who: Reader, asked: TextAt) -> Hovered:
    """Say what stands at a place."""
    found = hover(asked.text, desk.store.catalog, asked.offset, desk.clock())
    if found is None:
        return Hovered(hover=None)
    about = About(title=found.title, lines=list(found.lines), section=found.section, **found.span._asdict())
    return Hovered(hover=about)


@router.post("/tokens")
def tokens_of_text(who: Reader, asked: Text) -> Tokens:
    """Say what stands where, for colours."""
    return Tokens(tokens=[Token(kind=one.kind, **one.span._asdict()) for one in tokens(asked.text)])


@router.post("/format")
def format_text(who: Reader, asked: TextOf) -> Text:
    """Write a text in its canonical form. Refused where it cannot be read."""
    formatted = format(asked.text)
    return Text(text=formatted if asked.segment is None else format_body(asked.text))


@router.post("/explain")
def explain_text(desk: AtDesk, who: Reader, asked: Asked) -> Explained:
    """Say in plain English whom a definition means."""
    compiled, at = desk.store.compile(asked.text), asked.as_of or desk.clock()
    reads = compiled.reads
    return Explained(
        english=compiled.english(at),
        explanation=compiled.explain(at),
        refresh=compiled.refresh,
        events=list(reads.events),
        attributes=list(reads.attributes),
        lists=list(reads.lists),
        segments=list(reads.segments),
    )


@router.post("/count")
def count_text(desk: AtDesk, who: Reader, asked: Turn) -> Counted:
    """Count whom a condition means."""
    at = asked.as_of or desk.clock()
    if asked.asker is None:
        return _counted(desk, asked.text, at)
    with desk.newest.answering((who.user.user_id, asked.asker), asked.turn):
        return _counted(desk, asked.text, at)


@router.post("/sql")
def write_sql(desk: AtDesk, who: Reader, asked: Sql) -> Written:
    """Write a condition as SQL."""
    compiled: Compiled = desk.store.compile(asked.text)
    query = compiled.sql(asked.dialect, asked.as_of or desk.clock())
    return Written(sql=query.text, parameters=dict(query.values))


def _counted(desk: Desk, text: str, at: datetime) -> Counted:
    return Counted(count=desk.store.count(text, at), of=desk.store.population(), as_of=at)


def _mistake(found: diagnostics.Diagnostic, behind: int, checked: str) -> Mistake:
    """A diagnostic of a text that was checked behind a heading of some length, as it is told of the text itself. One of
    another text, a stored definition, is told at the beginning."""

    def place(span: Span) -> dict[str, int]:
        here = span if found.source.text == checked else Span(0, 0)
        start, end = (max(0, offset - behind) for offset in here)
        return {"start": start, "end": end}

    own = Source(checked[behind:])
    line, column = own.position(place(found.span)["start"])
    return Mistake(
        code=found.code.name,
        severity=found.severity,
        message=found.message,
        remedy=found.remedy,
        line=line,
        column=column,
        fixes=[
            Fix(title=fix.title, edits=[Edit(text=edit.text, **place(edit.span)) for edit in fix.edits])
            for fix in found.fixes
            if found.source.text == checked
        ],
        **place(found.span),
    )


def _proposal(one: Completion) -> Proposal:
    return Proposal(text=one.text, kind=one.kind, type=one.type, count=one.count, **one.span._asdict())
