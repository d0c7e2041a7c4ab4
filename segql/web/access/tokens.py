"""Tokens of programs that use the API in a user's name, each with a part of the user's rights."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from segql.runtime.store.database import Database
from segql.runtime.store.sql import one_row
from segql.sms.instants import aware, stored
from segql.web.access.errors import WebCode, WebError
from segql.web.access.rights import RIGHTS, Right
from segql.web.access.secrets import digest, new_secret
from segql.web.access.users import User

# What every token begins with, so that one that leaked is found.
PREFIX = "segql_"


@dataclass(frozen=True)
class Token:
    """A token as its user sees it; the secret is shown once only. `until`: None where it does not lapse."""

    token_id: int
    name: str
    rights: frozenset[Right]
    made_at: datetime
    until: datetime | None


@dataclass(frozen=True)
class TokenUse:
    """Whose a token is, and what it may do now: never more than its user."""

    token_id: int
    user: User
    rights: frozenset[Right]


def make_token(
    database: Database,
    user: User,
    name: str,
    rights: Collection[Right],
    at: datetime,
    until: datetime | None = None,
) -> str:
    """Make a token of a user; its secret. Raises `WebError`."""
    if not name.strip() or not rights:
        raise WebError(
            WebCode.INVALID_INPUT,
            "The token has no name, or no rights.",
            "Name what uses it, and choose what it may do.",
        )
    if not user.rights.issuperset(rights):
        raise WebError(
            WebCode.NOT_PERMITTED,
            f"The role {user.role} has not all of these rights.",
            "Choose among those that you have.",
        )
    secret = PREFIX + new_secret()
    with database.transaction(names=False) as connection:
        connection.execute(
            "INSERT INTO tokens (token, user_id, name, rights, made_at, until_at) VALUES (?, ?, ?, ?, ?, ?)",
            [
                digest(secret),
                user.user_id,
                name.strip(),
                sorted(rights),
                stored(at),
                stored(until) if until else None,
            ],
        )
    return secret


def read_tokens(database: Database, user: User) -> list[Token]:
    """A user's tokens, the newest first."""
    query = "SELECT token_id, name, rights, made_at, until_at FROM tokens WHERE user_id = ? ORDER BY token_id DESC"
    with database.cursor() as cursor:
        rows = cursor.execute(query, [user.user_id]).fetchall()
    return [
        Token(token_id, name, frozenset(map(Right, rights)), aware(made_at), aware(until) if until else None)
        for token_id, name, rights, made_at, until in rows
    ]


def token_use(database: Database, secret: str, at: datetime) -> TokenUse | None:
    """What a token is good for; None where it is none, or over."""
    query = """SELECT token_id, rights, user_id, email, u.name, role FROM tokens t JOIN users u USING (user_id)
        WHERE token = ? AND coalesce(until_at > ?, true) AND removed_at IS NULL"""
    with database.cursor() as cursor:
        rows = cursor.execute(query, [digest(secret), stored(at)]).fetchall()
    if not rows:
        return None
    token_id, rights, *user = rows[0]
    owner = User(*user)
    return TokenUse(token_id, owner, frozenset(map(Right, rights)) & RIGHTS[owner.role])


def remove_token(database: Database, user: User, token_id: int) -> None:
    """End a token of a user. Raises `WebError`."""
    with database.transaction(names=False) as connection:
        query = "DELETE FROM tokens WHERE token_id = ? AND user_id = ?"
        (removed,) = one_row(connection, query, [token_id, user.user_id])
    if not removed:
        raise WebError(WebCode.UNKNOWN, "You have no such token.", "Look at the list of your tokens.")
