"""Who is asking, and whether they may: what a route takes as its parameter `who`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.requests import HTTPConnection

from segql.web.access.errors import WebCode, WebError
from segql.web.access.rights import Right
from segql.web.access.sessions import session_user
from segql.web.access.tokens import token_use
from segql.web.access.users import User
from segql.web.desk import desk_of

COOKIE = "segql_session"


@dataclass(frozen=True)
class Visitor:
    """Somebody who signed in, or a program that has somebody's token. `token_id`: None for people."""

    user: User
    rights: frozenset[Right]
    token_id: int | None = None

    @property
    def actor(self) -> str:
        """Who it is, for logs of changes."""
        return self.user.email

    @property
    def role(self) -> str:
        """The role of the user. What a token may not do is refused before it is asked for."""
        return self.user.role

    def may(self, right: Right) -> bool:
        """Whether they have a right."""
        return right in self.rights


def bearer(connection: HTTPConnection) -> str | None:
    """The token that a request came with."""
    kind, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


def find_visitor(connection: HTTPConnection) -> Visitor | None:
    """Who is asking; None where nobody has signed in, or the token is none."""
    desk = desk_of(connection)
    if (token := bearer(connection)) is not None:
        use = token_use(desk.store.database, token, desk.clock())
        return Visitor(use.user, use.rights, use.token_id) if use else None
    secret = connection.cookies.get(COOKIE)
    user = session_user(desk.store.database, secret, desk.clock()) if secret else None
    return Visitor(user, user.rights) if user else None


class May:
    """Lets in who has a right. Every route has one, or is among the public ones (see `app.py`)."""

    def __init__(self, right: Right) -> None:
        self.right = right

    def __call__(self, connection: HTTPConnection) -> Visitor:
        """The visitor. Raises `WebError`."""
        visitor = find_visitor(connection)
        if visitor is None:
            raise WebError(
                WebCode.NOT_SIGNED_IN, "Nobody is signed in.", "Sign in, or send a token that is valid."
            )
        connection.state.visitor = visitor
        if not visitor.may(self.right):
            raise WebError(
                WebCode.NOT_PERMITTED,
                f'The role {visitor.role} may not do this, or the token has no right "{self.right}".',
                "Ask an owner or an admin of the account.",
            )
        return visitor


Reader = Annotated[Visitor, Depends(May(Right.READ))]
Definer = Annotated[Visitor, Depends(May(Right.DEFINE))]
Finder = Annotated[Visitor, Depends(May(Right.PEOPLE))]
Exporter = Annotated[Visitor, Depends(May(Right.EXPORT))]
Importer = Annotated[Visitor, Depends(May(Right.IMPORT))]
Campaigner = Annotated[Visitor, Depends(May(Right.CAMPAIGNS))]
Converser = Annotated[Visitor, Depends(May(Right.CONVERSATIONS))]
Administrator = Annotated[Visitor, Depends(May(Right.SETTINGS))]
Host = Annotated[Visitor, Depends(May(Right.ACCESS))]


def rights_of(route: APIRoute) -> frozenset[Right]:
    """What a route asks for."""
    return frozenset(_rights(route.dependant))


def _rights(dependant: Dependant) -> Iterator[Right]:
    if isinstance(dependant.call, May):
        yield dependant.call.right
    for below in dependant.dependencies:
        yield from _rights(below)
