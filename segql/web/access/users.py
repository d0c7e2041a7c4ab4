"""The people of the account: who they are, how they are invited, what becomes of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from segql.runtime.store.database import Database
from segql.sms.instants import stored
from segql.web.access.errors import WebCode, WebError
from segql.web.access.rights import GIVEN, RIGHTS, ROLES, Right, Role
from segql.web.access.secrets import digest, hash_password, new_secret

if TYPE_CHECKING:
    import duckdb

_LASTS = timedelta(days=7)
_SHORTEST = 10


@dataclass(frozen=True)
class User:
    """Somebody of the account."""

    user_id: int
    email: str
    name: str
    role: Role

    @property
    def rights(self) -> frozenset[Right]:
        """What the role may do."""
        return RIGHTS[self.role]


@dataclass(frozen=True)
class Invitation:
    """What a link stands for. `email`: whom it is for; None for the first owner, who says so."""

    email: str | None
    role: Role


_USER = "SELECT user_id, email, name, role FROM users WHERE removed_at IS NULL"


def read_users(database: Database) -> list[User]:
    """Everybody who may sign in, by name."""
    with database.cursor() as cursor:
        return [User(*row) for row in cursor.execute(f"{_USER} ORDER BY lower(name), user_id").fetchall()]


def read_invitations(database: Database, at: datetime) -> list[Invitation]:
    """The invitations that can still be followed, the newest first. Links are not kept, and cannot be shown again."""
    query = """SELECT email, role FROM invitations WHERE until_at > $at AND email IS NOT NULL
        AND lower(email) NOT IN (SELECT lower(email) FROM users WHERE removed_at IS NULL) ORDER BY made_at DESC"""
    with database.cursor() as cursor:
        return [Invitation(*row) for row in cursor.execute(query, {"at": stored(at)}).fetchall()]


def find_user(connection: "duckdb.DuckDBPyConnection", email: str) -> tuple[User, str] | None:
    """A user by the address, in any case, and what is kept of the password."""
    query = "SELECT user_id, email, name, role, password FROM users WHERE removed_at IS NULL AND lower(email) = lower(?)"
    rows = connection.execute(query, [email.strip()]).fetchall()
    return (User(*rows[0][:4]), rows[0][4]) if rows else None


def welcome_link(database: Database, at: datetime) -> str | None:
    """The secret of a link for the first owner, good once; None where the account has users. One before it lapses."""
    with database.transaction(names=False) as connection:
        if connection.execute(_USER).fetchall():
            return None
        connection.execute("DELETE FROM invitations WHERE email IS NULL")
        return _add(connection, Invitation(None, "owner"), "the server", at)


def invite(database: Database, by: User, email: str, role: str, at: datetime) -> str:
    """Invite somebody: the secret of their link. For a user of the account it is a link to a new password.

    Raises `WebError`."""
    email = _address(email)
    with database.transaction(names=False) as connection:
        found = find_user(connection, email)
        wanted = _role(found[0].role if found else role)
        _require_giving(by, wanted)
        connection.execute("DELETE FROM invitations WHERE lower(email) = lower(?)", [email])
        return _add(connection, Invitation(email, wanted), by.email, at)


def _add(
    connection: "duckdb.DuckDBPyConnection", invitation: Invitation, invited_by: str, at: datetime
) -> str:
    secret = new_secret()
    row = [digest(secret), invitation.email, invitation.role, invited_by, stored(at), stored(at + _LASTS)]
    connection.execute("INSERT INTO invitations VALUES (?, ?, ?, ?, ?, ?)", row)
    return secret


def read_invitation(database: Database, secret: str, at: datetime) -> Invitation:
    """What a link stands for. Raises `WebError` where it is none any more."""
    with database.cursor() as cursor:
        return _invitation(cursor, secret, at)


def _invitation(connection: "duckdb.DuckDBPyConnection", secret: str, at: datetime) -> Invitation:
    query = "SELECT email, role FROM invitations WHERE link = ? AND until_at > ?"
    rows = connection.execute(query, [digest(secret), stored(at)]).fetchall()
    if not rows:
        raise WebError(
            WebCode.UNKNOWN_LINK,
            "This link was used already, or has lapsed.",
            "Ask an owner or an admin of the account for a new one.",
        )
    return Invitation(*rows[0])


def join(database: Database, secret: str, email: str, name: str, password: str, at: datetime) -> User:
    """Become a user by an invitation, which is used up by it; or give a user another password, whose sessions end.

    Raises `WebError`."""
    name = name.strip()
    if not name:
        raise WebError(WebCode.INVALID_INPUT, "The name is missing.", "Write how others know you.")
    if len(password) < _SHORTEST:
        raise WebError(
            WebCode.INVALID_INPUT,
            f"The password has fewer than {_SHORTEST} characters.",
            "Take a longer one: a few words that you remember.",
        )
    kept = hash_password(password)
    with database.transaction(names=False) as connection:
        invitation = _invitation(connection, secret, at)
        email = invitation.email or _address(email)
        connection.execute("DELETE FROM invitations WHERE link = ?", [digest(secret)])
        if (found := find_user(connection, email)) is not None:
            user_id = found[0].user_id
            connection.execute(
                "UPDATE users SET name = ?, password = ? WHERE user_id = ?", [name, kept, user_id]
            )
            connection.execute("DELETE FROM sessions WHERE user_id = ?", [user_id])
        else:
            connection.execute(
                "INSERT INTO users (email, name, role, password, joined_at) VALUES (?, ?, ?, ?, ?)",
                [email, name, invitation.role, kept, stored(at)],
            )
        joined = find_user(connection, email)
    assert joined is not None
    return joined[0]


def change_role(database: Database, by: User, user_id: int, role: str) -> None:
    """Give a user another role. Raises `WebError`."""
    with database.transaction(names=False) as connection:
        user, wanted = _user(connection, user_id), _role(role)
        _require_giving(by, user.role)
        _require_giving(by, wanted)
        if user.role == "owner" and wanted != "owner":
            _require_another_owner(connection)
        connection.execute("UPDATE users SET role = ? WHERE user_id = ?", [wanted, user_id])


def remove_user(database: Database, by: User, user_id: int, at: datetime) -> None:
    """Take a user out: sessions and tokens end at once. Raises `WebError`."""
    with database.transaction(names=False) as connection:
        user = _user(connection, user_id)
        _require_giving(by, user.role)
        if user.role == "owner":
            _require_another_owner(connection)
        connection.execute("UPDATE users SET removed_at = ? WHERE user_id = ?", [stored(at), user_id])
        for table in ("sessions", "tokens"):
            connection.execute(f"DELETE FROM {table} WHERE user_id = ?", [user_id])  # noqa: S608 - constants


def _user(connection: "duckdb.DuckDBPyConnection", user_id: int) -> User:
    rows = connection.execute(f"{_USER} AND user_id = ?", [user_id]).fetchall()
    if not rows:
        raise WebError(WebCode.UNKNOWN, "There is no such user.", "Look at the list of users.")
    return User(*rows[0])


def _require_giving(by: User, role: Role) -> None:
    if role not in GIVEN[by.role]:
        raise WebError(
            WebCode.NOT_PERMITTED,
            f"The role {by.role} may not make or change an {role}.",
            "Ask an owner of the account.",
        )


def _require_another_owner(connection: "duckdb.DuckDBPyConnection") -> None:
    if len(connection.execute(f"{_USER} AND role = 'owner' LIMIT 2").fetchall()) < 2:
        raise WebError(
            WebCode.LAST_OWNER,
            "Nobody else is an owner of the account.",
            "Make somebody else an owner first.",
        )


def _role(text: str) -> Role:
    for role in ROLES:
        if role == text:
            return role
    raise WebError(WebCode.INVALID_INPUT, f"{text!r} is no role.", f"Take one of {', '.join(ROLES)}.")


def _address(text: str) -> str:
    text = text.strip()
    name, at, host = text.partition("@")
    if not (name and at and host) or any(letter.isspace() for letter in text) or len(text) > 254:
        raise WebError(WebCode.INVALID_INPUT, "That is no e-mail address.", "Write it as ada@example.com.")
    return text
