"""What stands beside a definition while it is written: how many it means, its English, some of its people, what saving
it would change."""

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Form, Request
from pydantic import BaseModel
from starlette.responses import Response

from segql.compiler.compiled import Compiled
from segql.compiler.conditions import And, CanReceive
from segql.compiler.diagnostics.diagnostic import DefinitionError
from segql.compiler.pipeline import bind, compile
from segql.compiler.statements import Ask, Meaning, Tree
from segql.compiler.text import quoted
from segql.runtime.as_code.moves import moves_between
from segql.runtime.examples import ExampleResult
from segql.web.access.rights import Right
from segql.web.access.visitors import Definer
from segql.web.desk import AtDesk, Desk
from segql.web.drafts import Draft
from segql.web.rendering import fragment

router = APIRouter(prefix="/editor")

# Of the people so many are shown, with those of these attributes that the account has.
_SHOWN = 6
_COLUMNS = ("first_name", "last_name", "email", "phone_number", "city")


class Question(BaseModel):
    """What a part of the page asks: of a text, for the page `asker`; the questions of a page are counted by `turn`."""

    text: str = ""
    asker: str = ""
    turn: int = 0


Asked = Annotated[Question, Form()]


@router.post("/count")
def show_count(request: Request, desk: AtDesk, who: Definer, asked: Asked) -> Response:
    """How many people are meant."""
    count = None
    with desk.newest.answering((who.user.user_id, asked.asker, "count"), asked.turn):
        of = desk.store.population()
        with suppress(DefinitionError):
            count = desk.store.count_compiled(_compiled(desk, asked.text), desk.clock())
    return fragment(request, "editor/count.html", count=count, of=of, is_empty=not asked.text.strip())


@router.post("/meaning")
def show_meaning(request: Request, desk: AtDesk, _: Definer, asked: Asked) -> Response:
    """The definition in English, with its dates, and what it reads."""
    try:
        compiled = _compiled(desk, asked.text)
    except DefinitionError:
        return fragment(request, "editor/meaning.html", said=None, facts=())
    said, facts = compiled.english(desk.clock()), compiled.facts_told(desk.clock())
    return fragment(request, "editor/meaning.html", said=said, facts=facts)


@router.post("/people")
def show_people(request: Request, desk: AtDesk, who: Definer, asked: Asked) -> Response:
    """How many of those who are meant can be texted, and, for those who may see people, some of them."""
    with desk.newest.answering((who.user.user_id, asked.asker, "people"), asked.turn):
        try:
            compiled = _compiled(desk, asked.text)
        except DefinitionError:
            return fragment(request, "editor/people.html", count=None)
        at, store = desk.clock(), desk.store
        known = {attribute.name for attribute in store.catalog.attributes}
        columns = ["profile_id", "external_id", *(name for name in _COLUMNS if name in known)]
        may_see = who.may(Right.PEOPLE)
        people = store.show_compiled(compiled, columns, _SHOWN, at).to_pylist() if may_see else []
        return fragment(
            request,
            "editor/people.html",
            count=store.count_compiled(compiled, at),
            by_sms=store.count_compiled(_also_by_sms(desk, compiled), at),
            people=people,
            may_see=may_see,
        )


@router.post("/changes")
def show_changes(request: Request, desk: AtDesk, _: Definer, draft: Annotated[Draft, Form()]) -> Response:
    """What saving would change: who would enter, who would leave, and which of its tests would be wrong."""
    try:
        after = _compiled(desk, draft.body)
    except DefinitionError:
        return fragment(request, "editor/changes.html", moves=None, draft=draft, wrong=())
    segment = desk.store.catalog.segment(draft.name.strip())
    before = _holding(desk, segment.name) if segment is not None and draft.base else None
    moves = moves_between(desk.store.database, before, after, desk.clock(), 0)
    return fragment(request, "editor/changes.html", moves=moves, draft=draft, wrong=_wrong(desk, draft))


def _wrong(desk: Desk, draft: Draft) -> list[ExampleResult]:
    """The example people who are not where they should be; none where the examples cannot be read, which saving tells."""
    if not draft.examples.strip():
        return []
    try:
        return [one for one in desk.store.test(draft.text, desk.clock()) if not one.holds]
    except DefinitionError:
        return []


def _compiled(desk: Desk, text: str) -> Compiled:
    """A text as the definition of a segment. Raises `DefinitionError`.

    Nothing of it is remembered: it is another text with each key."""
    return compile(f'segment "":\n{text}', desk.store.catalog)


def _holding(desk: Desk, name: str) -> Compiled | None:
    """A stored segment; None where it does not hold any more."""
    try:
        return desk.store.compile(f"in segment {quoted(name)}")
    except DefinitionError:
        return None


def _also_by_sms(desk: Desk, compiled: Compiled) -> Compiled:
    """Those of the people of a definition who can be texted."""
    statement = compiled.statement
    if not isinstance(statement, Meaning):
        raise TypeError(statement.kind)
    both = And(children=(statement.condition, CanReceive(channel="sms")))
    (found,) = bind(Tree(statements=(Ask(condition=both, timezone=statement.timezone),)), desk.store.catalog)
    return found
