"""Password hashing (Argon2id). Each hash takes 64 MiB, so only a few are computed at a time."""

from __future__ import annotations

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MINIMUM_LENGTH = 10
MAXIMUM_LENGTH = 200
_CONCURRENT_HASHES = threading.BoundedSemaphore(2)
_hasher = PasswordHasher()


@cache
def _nobody() -> str:
    """Compared against when the account does not exist, so that both answers take the same time."""
    return _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    with _CONCURRENT_HASHES:
        return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    with _CONCURRENT_HASHES:
        try:
            _hasher.verify(password_hash or _nobody(), password)
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


def weakness(password: str, username: str) -> str | None:
    """An error code where the password is too easy to guess, else None."""
    if len(password) < MINIMUM_LENGTH:
        return "password_too_short"
    if len(password) > MAXIMUM_LENGTH:
        return "password_too_long"
    if username.lower() in password.lower() or len(set(password)) < 5:
        return "password_too_easy"
    return None
