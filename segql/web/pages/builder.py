"""The form beside the text: made of it, changed, and written as text again."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from segql.compiler.diagnostics.diagnostic import DefinitionError
from segql.compiler.format import keeping_comments, segment_parts
from segql.compiler.parse.parser import parse
from segql.compiler.source import Source
from segql.compiler.statements import Ask
from segql.compiler.statements.definitions import SegmentDefinition
from segql.web.access.errors import WebCode, WebError
from segql.web.access.visitors import Definer
from segql.web.builder.acts import act
from segql.web.builder.choices import Choices
from segql.web.builder.forms import Written, form_of, write_form
from segql.web.builder.parts import IncompleteError, Part, Path, read_fields
from segql.web.desk import AtDesk
from segql.web.drafts import format_body
from segql.web.rendering import render_fragment

router = APIRouter(prefix="/editor")


class FormAnswer(BaseModel):
    """The form as HTML, the text that it says (None where something is missing), and what is missing, by row."""

    html: str
    text: str | None
    problems: dict[str, str]


async def _fields(request: Request) -> list[tuple[str, str]]:
    found = await request.form(max_fields=100_000)
    return [(name, value) for name, value in found.multi_items() if isinstance(value, str)]


Fields = Annotated[list[tuple[str, str]], Depends(_fields)]


@router.post("/form/read")
def make_form(request: Request, desk: AtDesk, who: Definer, fields: Fields) -> FormAnswer:
    """The form of a text. What no form can show of a text is told as a problem of the whole."""
    text = dict(fields).get("text", "")
    if not text.strip():
        return _answer(request, desk, Part("all"), "", Written(None), text)
    try:
        statements = parse(Source(f'segment "":\n{text}')).statements
    except DefinitionError:
        return FormAnswer(html="", text=None, problems={"": "The text has a mistake: mend it first."})
    (statement, *others) = statements
    if others or not isinstance(statement, SegmentDefinition) or statement.expectations:
        return FormAnswer(html="", text=None, problems={"": "The text is more than one condition."})
    form = form_of(statement.condition)
    return _answer(request, desk, form, statement.known_zone or "", Written(statement.condition), text)


@router.post("/form")
def change_form(request: Request, desk: AtDesk, who: Definer, fields: Fields) -> FormAnswer:
    """The form after something was done to it (`act`), and what it says."""
    own = dict(fields)
    try:
        form = read_fields(fields)
        if said := own.get("act"):
            act(form, said, Choices(desk.store.catalog))
    except IncompleteError as error:
        raise WebError(
            WebCode.INVALID_INPUT, f"The form does not fit: {error}.", "Load the page again."
        ) from error
    written = write_form(form)
    before, zone = own.get("text", ""), own.get("zone", "")
    if written.condition is None:
        return _answer(request, desk, form, zone, written, None if written.problems else "")
    asked = Ask(condition=written.condition, timezone=zone or None)  # type: ignore[arg-type]  # any condition is one
    return _answer(request, desk, form, zone, written, _with_comments(before, asked.text()))


def _with_comments(before: str, after: str) -> str:
    """A condition as it is written in canonical form, with the comments that lines had which stay."""
    try:
        return segment_parts(keeping_comments(f'segment "":\n{before}', f'segment "":\n{after}'))[0]
    except DefinitionError:
        return format_body(after)


def _answer(
    request: Request, desk: AtDesk, form: Part, zone: str, written: Written, text: str | None
) -> FormAnswer:
    html = render_fragment(
        request,
        "editor/form.html",
        part=form,
        choices=Choices(desk.store.catalog),
        problems=written.problems,
        zone=zone,
    )
    return FormAnswer(
        html=html, text=text, problems={_at(path): why for path, why in written.problems.items()}
    )


def _at(path: Path) -> str:
    return ".".join(map(str, path))
