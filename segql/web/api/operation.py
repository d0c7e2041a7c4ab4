"""What all operations of the API share: how often they may be asked, keys by which a change is made once, and that a
question ends when nobody waits for the answer."""

import asyncio
import hashlib
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from segql.runtime.store.database import Database
from segql.runtime.store.task import Task
from segql.sms.instants import stored
from segql.web.access.errors import WebCode, WebError
from segql.web.access.visitors import Visitor, find_visitor
from segql.web.desk import Desk, desk_of

# For so long an answer is given again.
_KEPT = timedelta(hours=24)
_LONGEST = 200

PROBLEMS: dict[int | str, dict[str, Any]] = {
    "4XX": {
        "description": "What is wrong with the request, where, and what to do about it",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    },
}


class Body(BaseModel, extra="forbid"):
    """What is sent with a request. A field that there is not is refused: left out in silence, a misspelled `exclude` would
    text those whom it names."""


class Operation(APIRoute):
    """A route of the API."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with what comes before it."""
        answer = super().get_route_handler()

        async def answer_once(request: Request) -> Response:
            visitor = await run_in_threadpool(find_visitor, request)
            if visitor is None:
                return await answer(request)
            desk = desk_of(request)
            desk.requests.note(f"{visitor.user.user_id} {visitor.token_id}")
            key = request.headers.get("idempotency-key")
            if key is None or request.method == "GET":
                return await answer(request)
            return await _once(desk, visitor, key, request, answer)

        return answer_once


class Reading(Operation):
    """An operation that reads, and leaves nothing half done where it ends early: it is stopped when whoever asked closes
    the connection."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with an ear to the connection."""
        answer = super().get_route_handler()

        async def answer_while_asked(request: Request) -> Response:
            await request.body()  # what comes after it is that they have gone
            task = Task()
            listening = asyncio.create_task(_stop_when_gone(request, task))
            try:
                with task:
                    return await answer(request)
            finally:
                listening.cancel()

        return answer_while_asked


async def _stop_when_gone(request: Request, task: Task) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        continue
    await run_in_threadpool(task.stop)


def api_router(kind: type[Operation] = Operation) -> APIRouter:
    """A router of the API."""
    return APIRouter(prefix="/api", route_class=kind, responses=PROBLEMS)


async def _once(
    desk: Desk,
    visitor: Visitor,
    key: str,
    request: Request,
    answer: Callable[[Request], Coroutine[Any, Any, Response]],
) -> Response:
    """The answer of the first time, where it was asked before with the key."""
    if not 0 < len(key) <= _LONGEST:
        raise WebError(
            WebCode.INVALID_INPUT, "The key is empty or too long.", f"At most {_LONGEST} characters."
        )
    body = await request.body()
    asked = hashlib.sha256(f"{request.method} {request.url}\n".encode() + body).hexdigest()
    claim = (visitor.user.user_id, key)
    if claim in desk.claims:
        raise _refusal("is being answered just now", "Ask again in a moment.")
    desk.claims.add(claim)
    try:
        before = await run_in_threadpool(_answered, desk, claim)
        if before is None:
            given = await answer(request)
            if given.status_code < 500:
                await run_in_threadpool(_keep, desk, claim, asked, given)
            return given
    finally:
        desk.claims.discard(claim)
    if before[0] != asked:
        raise _refusal("was used for another request", "Take another key for another request.")
    return Response(before[3], before[1], media_type=before[2], headers={"idempotency-replayed": "true"})


def _refusal(what: str, remedy: str) -> WebError:
    return WebError(WebCode.KEY_USED, f"The key {what}.", remedy)


def _answered(desk: Desk, claim: tuple[int, str]) -> tuple[str, int, str, bytes] | None:
    database: Database = desk.store.database
    query = "SELECT request, status, kind, body FROM answered_requests WHERE user_id = ? AND key = ? AND answered_at > ?"
    with database.cursor() as cursor:
        rows = cursor.execute(query, [*claim, stored(desk.clock() - _KEPT)]).fetchall()
    return rows[0] if rows else None


def _keep(desk: Desk, claim: tuple[int, str], asked: str, given: Response) -> None:
    now = desk.clock()
    with desk.store.database.transaction(names=False) as connection:
        connection.execute("DELETE FROM answered_requests WHERE answered_at <= ?", [stored(now - _KEPT)])
        connection.execute(
            "INSERT INTO answered_requests VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                *claim,
                asked,
                given.status_code,
                given.media_type or given.headers.get("content-type", ""),
                bytes(given.body),
                stored(now),
            ],
        )
