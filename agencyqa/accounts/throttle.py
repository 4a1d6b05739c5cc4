"""Failed sign-ins are counted per account and per address in the database, so all workers count together."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from agencyqa.accounts.models import SignInThrottle
from agencyqa.errors import AgencyQAError

WINDOW = timedelta(minutes=15)
# An address may serve a whole office, an account only one person.
# A calendar asks for its address a few times an hour, from wherever its holder is.
LIMITS = {"account": 8, "address": 60, "apply": 20, "apply-file": 60, "feed": 30, "feed-guess": 20}


class TooManyAttempts(AgencyQAError):
    status = 429


def check(session: Session, *, account: str, address: str, now: datetime) -> None:
    """Raise TooManyAttempts (with ``minutes`` to wait) before any password is hashed.

    The row of the account stays locked until the transaction ends, so that guesses sent all at once are tried one
    after the other, each with the count of those before. An address is shared by an office and makes nobody wait.
    """
    address_row = session.scalars(_row("address", address)).one_or_none()
    for kind, row in (("account", _locked(session, "account", account, now)), ("address", address_row)):
        if row is not None and row.failures >= LIMITS[kind] and now < row.window_started_at + WINDOW:
            raise _too_many(row, now)


def count_failure(session: Session, *, account: str, address: str, now: datetime) -> None:
    for kind, key in (("account", account), ("address", address)):
        row = _locked(session, kind, key, now)
        if now >= row.window_started_at + WINDOW:
            row.window_started_at, row.failures = now, 0
        row.failures += 1


def check_use(session: Session, kind: str, key: str, *, now: datetime) -> None:
    """Raise TooManyAttempts where uses of this kind are used up; counts nothing."""
    row = session.scalars(_row(kind, key)).one_or_none()
    if row is not None and row.failures >= LIMITS[kind] and now < row.window_started_at + WINDOW:
        raise _too_many(row, now)


def count_use(session: Session, kind: str, key: str, *, now: datetime) -> None:
    """Count one use of a page that is open to all. Raise TooManyAttempts, with the count to be committed."""
    row = _locked(session, kind, key, now)
    if now >= row.window_started_at + WINDOW:
        row.window_started_at, row.failures = now, 0
    if row.failures >= LIMITS[kind]:
        raise _too_many(row, now)
    row.failures += 1


def _too_many(row: SignInThrottle, now: datetime) -> TooManyAttempts:
    seconds = (row.window_started_at + WINDOW - now).total_seconds()
    return TooManyAttempts("too_many_attempts", minutes=max(1, -int(-seconds // 60)))


def forgive(session: Session, *, account: str) -> None:
    """A successful sign-in clears the account's count; the address keeps its own."""
    row = session.scalars(_row("account", account)).one_or_none()
    if row is not None:
        row.failures = 0


def _locked(session: Session, kind: str, key: str, now: datetime) -> SignInThrottle:
    # What another worker counted while this one waited for the lock must be seen.
    statement = _row(kind, key).with_for_update().execution_options(populate_existing=True)
    row = session.scalars(statement).one_or_none()
    if row is not None:
        return row
    try:
        with session.begin_nested():
            row = SignInThrottle(kind=kind, key_hash=_digest(key), failures=0, window_started_at=now)
            session.add(row)
        return row
    except IntegrityError:
        # Another worker counted the first failure of this key at the same moment.
        return session.scalars(statement).one()


def _row(kind: str, key: str) -> Select[SignInThrottle]:
    return select(SignInThrottle).where(SignInThrottle.kind == kind, SignInThrottle.key_hash == _digest(key))


def _digest(key: str) -> str:
    return hashlib.sha256(key.strip().lower().encode()).hexdigest()
