"""How people get in and out: the first owner's link, invitations, signing in and out; and the page's colours."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from segql.web.access.errors import WebCode, WebError
from segql.web.access.sessions import LASTS, begin, sign_in, sign_out
from segql.web.access.users import join, read_invitation
from segql.web.access.visitors import COOKIE, find_visitor
from segql.web.desk import AtDesk
from segql.web.navigation import places_for
from segql.web.rendering import THEMES, go, render_page

router = APIRouter()


@router.get("/")
def home(request: Request, desk: AtDesk) -> Response:
    """The first place that somebody may go to."""
    visitor = find_visitor(request)
    return go(request, places_for(visitor, desk)[0].path if visitor else "/sign-in")


@router.get("/sign-in")
def show_sign_in(request: Request, next: str = "/") -> Response:
    """The form to sign in."""
    return render_page(request, "access/sign_in.html", next=next, email="", error=None)


@router.post("/sign-in")
def do_sign_in(
    request: Request,
    desk: AtDesk,
    email: Annotated[str, Form()],
    password: Annotated[str, Form()],
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Sign in, and go where one wanted to."""
    database, now = desk.store.database, desk.clock()
    host = request.client.host if request.client else ""
    keys = (f"address {email.strip().lower()}", f"host {host}")
    try:
        for key in keys:
            desk.passwords.note(key)
        secret = sign_in(database, email, password, now)
    except WebError as error:
        if error.code not in (WebCode.WRONG_PASSWORD, WebCode.TOO_MANY_ATTEMPTS):
            raise
        return render_page(
            request, "access/sign_in.html", status=error.status, next=next, email=email, error=error
        )
    for key in keys:
        desk.passwords.forgive(key)
    return _with_session(request, go(request, _own(next)), secret)


@router.post("/sign-out")
def do_sign_out(request: Request, desk: AtDesk) -> Response:
    """End the session."""
    if secret := request.cookies.get(COOKIE):
        sign_out(desk.store.database, secret)
    answer = go(request, "/sign-in")
    answer.delete_cookie(COOKIE)
    return answer


@router.get("/welcome/{secret}")
def show_welcome(request: Request, desk: AtDesk, secret: str) -> Response:
    """The form of an invitation."""
    invitation = read_invitation(desk.store.database, secret, desk.clock())
    return render_page(
        request, "access/welcome.html", secret=secret, invitation=invitation, email="", name="", error=None
    )


@router.post("/welcome/{secret}")
def do_welcome(
    request: Request,
    desk: AtDesk,
    secret: str,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    email: Annotated[str, Form()] = "",
) -> Response:
    """Become a user, and be signed in."""
    database, now = desk.store.database, desk.clock()
    invitation = read_invitation(database, secret, now)
    try:
        user = join(database, secret, email, name, password, now)
    except WebError as error:
        if error.code != WebCode.INVALID_INPUT:
            raise
        return render_page(
            request,
            "access/welcome.html",
            status=error.status,
            secret=secret,
            invitation=invitation,
            email=email,
            name=name,
            error=error,
        )
    return _with_session(request, go(request, "/"), begin(database, user, now))


@router.post("/theme")
def choose_theme(request: Request, theme: Annotated[str, Form()] = "") -> Response:
    """Choose light or dark; anything else is as the machine has it."""
    answer = Response(status_code=204)
    if theme in THEMES:
        answer.set_cookie("segql_theme", theme, max_age=31_536_000, httponly=True, samesite="lax")
    else:
        answer.delete_cookie("segql_theme")
    return answer


def _with_session(request: Request, answer: Response, secret: str) -> Response:
    """Always a new session: one that somebody else put into the browser is worth nothing."""
    answer.set_cookie(
        COOKIE,
        secret,
        max_age=round(LASTS.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return answer


def _own(path: str) -> str:
    """A path of this server; anything else leads home."""
    parts = urlsplit(path)
    if parts.scheme or parts.netloc or not path.startswith("/") or path.startswith(("//", "/\\")):
        return "/"
    return path if path.isprintable() else "/"
