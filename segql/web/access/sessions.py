"""Sessions of those who signed in with a password. What the cookie holds is a secret; the store has its hash."""

from datetime import datetime, timedelta

from segql.runtime.store.database import Database
from segql.sms.instants import stored
from segql.web.access.errors import WebCode, WebError
from segql.web.access.secrets import digest, is_password, new_secret
from segql.web.access.users import User, find_user

LASTS = timedelta(days=14)


def sign_in(database: Database, email: str, password: str, at: datetime) -> str:
    """Begin a session; its secret. Raises `WebError`."""
    with database.cursor() as cursor:
        found = find_user(cursor, email)
    if not is_password(password, found[1] if found else None) or found is None:
        raise WebError(
            WebCode.WRONG_PASSWORD,
            "No user has this address and password.",
            "Check both; an owner or an admin can send you a link to a new password.",
        )
    return begin(database, found[0], at)


def begin(database: Database, user: User, at: datetime) -> str:
    """Begin a session of somebody who has shown who they are; its secret."""
    secret = new_secret()
    with database.transaction(names=False) as connection:
        connection.execute("DELETE FROM sessions WHERE until_at <= ?", [stored(at)])
        row = [digest(secret), user.user_id, stored(at + LASTS)]
        connection.execute("INSERT INTO sessions VALUES (?, ?, ?)", row)
    return secret


def session_user(database: Database, secret: str, at: datetime) -> User | None:
    """Whose session it is; None where it is none, or over."""
    query = """SELECT user_id, email, name, role FROM sessions JOIN users USING (user_id)
        WHERE session = ? AND until_at > ? AND removed_at IS NULL"""
    with database.cursor() as cursor:
        rows = cursor.execute(query, [digest(secret), stored(at)]).fetchall()
    return User(*rows[0]) if rows else None


def sign_out(database: Database, secret: str) -> None:
    """End a session."""
    with database.transaction(names=False) as connection:
        connection.execute("DELETE FROM sessions WHERE session = ?", [digest(secret)])
