"""The account: its people, whom they invite, and one's own tokens for the API."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from segql.web.access.errors import WebCode, WebError
from segql.web.access.rights import GIVEN, Right
from segql.web.access.tokens import make_token, read_tokens, remove_token
from segql.web.access.users import change_role, invite, read_invitations, read_users, remove_user
from segql.web.access.visitors import Administrator, Host, Reader, Visitor
from segql.web.desk import AtDesk, Desk
from segql.web.rendering import fragment, go, render_page

router = APIRouter(prefix="/account")


@router.get("")
def show(request: Request, desk: AtDesk, who: Reader) -> Response:
    """One's own name and tokens, and, for those who may, the people of the account."""
    return _page(request, desk, who)


def _page(
    request: Request, desk: Desk, who: Visitor, *, link: str | None = None, token: str | None = None
) -> Response:
    database = desk.store.database
    return render_page(
        request,
        "account/page.html",
        users=read_users(database) if who.may(Right.ACCESS) else (),
        invitations=read_invitations(database, desk.clock()) if who.may(Right.ACCESS) else (),
        roles=GIVEN[who.user.role],
        tokens=read_tokens(database, who.user),
        rights=[right for right in Right if who.may(right)],
        by_person=desk.store.by_person() if who.may(Right.SETTINGS) else None,
        link=link,
        token=token,
    )


@router.post("/invitations")
def do_invite(
    request: Request,
    desk: AtDesk,
    who: Host,
    email: Annotated[str, Form()],
    role: Annotated[str, Form()] = "",
) -> Response:
    """Invite somebody; the link is shown once, to be sent to them."""
    secret = invite(desk.store.database, who.user, email, role, desk.clock())
    return _page(request, desk, who, link=str(request.base_url) + f"welcome/{secret}")


@router.post("/users/{user_id}/role")
def do_change_role(
    request: Request, desk: AtDesk, who: Host, user_id: int, role: Annotated[str, Form()]
) -> Response:
    """Give somebody another role."""
    change_role(desk.store.database, who.user, user_id, role)
    return go(request, "/account", "The role was changed.")


@router.post("/users/{user_id}/remove")
def do_remove(request: Request, desk: AtDesk, who: Host, user_id: int) -> Response:
    """Take somebody out of the account."""
    remove_user(desk.store.database, who.user, user_id, desk.clock())
    return go(request, "/account", "Their access has ended.")


@router.post("/tokens")
def do_make_token(
    request: Request,
    desk: AtDesk,
    who: Reader,
    name: Annotated[str, Form()] = "",
    rights: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Make a token; its secret is shown once."""
    if who.token_id is not None:
        raise WebError(WebCode.NOT_PERMITTED, "A token makes no tokens.", "Sign in, and make one here.")
    chosen = [right for right in Right if right in (rights or ())]
    token = make_token(desk.store.database, who.user, name, chosen, desk.clock())
    return _page(request, desk, who, token=token)


@router.post("/tokens/{token_id}/remove")
def do_remove_token(request: Request, desk: AtDesk, who: Reader, token_id: int) -> Response:
    """End one of one's tokens."""
    remove_token(desk.store.database, who.user, token_id)
    return go(request, "/account", "The token was removed.")


@router.get("/by-person")
def show_by_person(request: Request, desk: AtDesk, who: Administrator) -> Response:
    """What becomes of the copy of the events that is ordered by person, while it is made."""
    return fragment(request, "account/by_person.html", by_person=desk.store.by_person())


@router.post("/by-person/keep")
def do_keep_by_person(request: Request, desk: AtDesk, who: Administrator) -> Response:
    """Keep that copy from now on; it is made by itself."""
    desk.store.begin_by_person()
    return go(request, "/account#store")


@router.post("/by-person/drop")
def do_drop_by_person(request: Request, desk: AtDesk, who: Administrator) -> Response:
    """Keep it no longer."""
    desk.store.drop_by_person()
    return go(request, "/account#store", "The copy is kept no longer.")
