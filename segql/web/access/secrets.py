"""Secrets: random ones that links, sessions and tokens are, of which hashes are kept; and passwords, by Argon2."""

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()

# What is compared where there is no such user, so that it takes as long.
_NOBODY = _HASHER.hash("nobody has this password")


def new_secret() -> str:
    """A secret that nobody guesses, fit for a link."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is kept of a random secret; it is long enough to need no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def hash_password(password: str) -> str:
    """What is kept of a password."""
    return _HASHER.hash(password)


def is_password(password: str, kept: str | None) -> bool:
    """Whether a password is the one of which `kept` was kept; None for nobody's, which it never is."""
    try:
        return _HASHER.verify(kept or _NOBODY, password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False
