"""What goes wrong, as the asker reads it: problem+json for programs, a page or a notice for people."""

import json
import logging
from dataclasses import dataclass, field
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from segql.compiler.diagnostics.diagnostic import DefinitionError
from segql.compiler.diagnostics.render import as_record
from segql.runtime.errors import Code, StoreError
from segql.runtime.store.task import TaskStoppedError
from segql.sms.errors import SmsCode, SmsError
from segql.web.access.errors import WebCode, WebError

_log = logging.getLogger("segql.web")

OUR_FAULT = "W500"

# What is not said here is wrong input.
_STATUS: dict[str, int] = {
    Code.UNKNOWN_PERSON: 404,
    Code.UNKNOWN_SEGMENT: 404,
    Code.SEGMENT_CHANGED: 409,
    Code.UNKNOWN_VERSION: 404,
    Code.SEGMENT_IN_USE: 409,
    Code.DISK_FULL: 507,
    Code.OUT_OF_MEMORY: 507,
    Code.DAMAGED: 500,
    Code.ENGINE_STOPPED: 500,
    Code.CLOSED: 503,
    SmsCode.NOT_PERMITTED: 403,
    SmsCode.NOT_SET_UP: 409,
    SmsCode.CAMPAIGN_EXISTS: 409,
    SmsCode.CAMPAIGN_RESTS: 409,
    SmsCode.NEWER_TEXT: 409,
    SmsCode.DRAFT_CHANGED: 409,
    SmsCode.UNKNOWN_CAMPAIGN: 404,
    SmsCode.UNKNOWN_LINK: 404,
    SmsCode.NO_REVIEW: 404,
    SmsCode.UNKNOWN_POOL: 404,
    SmsCode.UNKNOWN_REQUEST: 404,
    SmsCode.UNKNOWN_KEYWORD: 404,
    SmsCode.NO_CONVERSATION: 404,
    SmsCode.UNKNOWN_PICTURE: 404,
    SmsCode.NO_PHONE: 404,
}


@dataclass(frozen=True)
class Problem:
    """What went wrong, by RFC 9457: `title` says what, `detail` what to do about it. `diagnostics`: of a
    definition. `wait`: the seconds after which it may be tried again."""

    status: int
    code: str
    title: str
    detail: str
    diagnostics: list[dict[str, object]] = field(default_factory=list)
    wait: int | None = None

    def document(self) -> dict[str, Any]:
        """As problem+json."""
        said: dict[str, Any] = {
            "type": f"urn:segql:error:{self.code}",
            "status": self.status,
            "code": self.code,
            "title": self.title,
            "detail": self.detail,
        }
        return said | ({"diagnostics": self.diagnostics} if self.diagnostics else {})


def problem_of(error: Exception) -> Problem:
    """An exception as it is told. What is no mistake of the asker is logged, and nothing of it is told."""
    match error:
        case DefinitionError():
            first = error.diagnostics[0]
            told = [as_record(one) for one in error.diagnostics]
            return Problem(422, first.code.name, first.message, first.remedy or "Mend the definition.", told)
        case WebError():
            return Problem(error.status, error.code, error.message, error.remedy, wait=error.wait)
        case StoreError() | SmsError():
            return Problem(_STATUS.get(error.code, 422), str(error.code), error.message, error.remedy)
        case ClientDisconnect() | TaskStoppedError():
            said = "Nobody waits for the answer any more."
            return Problem(409, WebCode.SUPERSEDED, said, "Ask again.")
        case RequestValidationError():
            said = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
            return Problem(422, WebCode.INVALID_INPUT, "The request does not fit.", said)
        case HTTPException(status_code=404):
            return Problem(404, WebCode.UNKNOWN, "There is nothing here.", "Check the address.")
        case HTTPException():
            return Problem(error.status_code, WebCode.INVALID_INPUT, str(error.detail), "Check the request.")
        case _:
            _log.error("a request failed", exc_info=error)
            return Problem(
                500,
                OUR_FAULT,
                "Something went wrong on our side.",
                "Try again; the server's log says what it was.",
            )


def is_of_program(connection: HTTPConnection) -> bool:
    """Whether a program asks, and not somebody who looks at pages."""
    return connection.url.path.startswith("/api/")


def problem_answer(connection: HTTPConnection, error: Exception) -> Response:
    """The answer to a request that failed."""
    problem = problem_of(error)
    if is_of_program(connection):
        return Response(
            json.dumps(problem.document(), ensure_ascii=False),
            problem.status,
            media_type="application/problem+json",
            headers=_headers(problem),
        )
    # Loaded here: pages show problems, and raise them.
    from segql.web.rendering import render_fragment, render_page

    is_part = "hx-request" in connection.headers
    if problem.code == WebCode.NOT_SIGNED_IN:
        target = f"/sign-in?next={connection.url.path}" if connection.scope["method"] == "GET" else "/sign-in"
        if is_part:
            return Response(status_code=200, headers={"hx-redirect": "/sign-in"})
        return RedirectResponse(target, 303)
    if is_part:
        notice = render_fragment(connection, "parts/problem.html", problem=problem)
        return HTMLResponse(
            notice, problem.status, headers={"hx-retarget": "#notices", "hx-reswap": "beforeend"}
        )
    return render_page(connection, "problem.html", problem=problem, status=problem.status)


def _headers(problem: Problem) -> dict[str, str]:
    signing_in = {"www-authenticate": "Bearer"} if problem.status == 401 else {}
    return signing_in | ({"retry-after": str(problem.wait)} if problem.wait else {})


async def answer_problem(request: Request, error: Exception) -> Response:
    """`problem_answer`, as the application calls it for every exception."""
    return problem_answer(request, error)
