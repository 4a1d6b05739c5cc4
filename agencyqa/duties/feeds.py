"""Personal calendar addresses: made and revoked by their holder, and worthless once he may no longer act."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from agencyqa.accounts.models import Body, Membership, User
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.clock import local_date
from agencyqa.db import open_period
from agencyqa.duties.models import CalendarFeed
from agencyqa.errors import Forbidden

_PURPOSE = b"agencyqa.duties.feeds"
_LONGEST_ID = 18


def open_feed(session: Session, actor: Actor) -> CalendarFeed | None:
    """The address that the actor's membership has now."""
    return session.scalars(
        select(CalendarFeed).where(
            CalendarFeed.membership_id == actor.membership_id, CalendarFeed.revoked_at.is_(None)
        )
    ).one_or_none()


def make_feed(actor: Actor, session: Session, *, now: datetime) -> CalendarFeed:
    """A new address; the one before ends. Raise Forbidden. Two at once come as IntegrityError."""
    if actor.membership_id is None or not actor.has(Permission.DUTIES_READ):
        raise Forbidden()
    _revoke(actor, session, now)
    feed = CalendarFeed(membership_id=actor.membership_id, nonce=secrets.token_urlsafe(32), created_at=now)
    session.add(feed)
    session.flush()
    # The address itself is a secret and stays out of the log.
    record(session, actor, "duties.feed.made", feed, now=now, bureau_id=actor.bureau_id)
    return feed


def revoke_feed(actor: Actor, session: Session, *, now: datetime) -> None:
    """Nothing happens where there is no address."""
    _revoke(actor, session, now)


def _revoke(actor: Actor, session: Session, now: datetime) -> None:
    feed = open_feed(session, actor)
    if feed is None:
        return
    feed.revoked_at = now
    session.flush()
    record(session, actor, "duties.feed.revoked", feed, now=now, bureau_id=actor.bureau_id)


def token_of(feed: CalendarFeed, secret_key: str) -> str:
    """``number-signature``: who reads the database alone cannot make one."""
    return f"{feed.id}-{_signature(feed.id, feed.nonce, secret_key)}"


def _signature(feed_id: int, nonce: str, secret_key: str) -> str:
    key = hashlib.sha256(_PURPOSE + secret_key.encode()).digest()
    mark = hmac.new(key, f"{feed_id}:{nonce}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mark).decode().rstrip("=")


def holder_of(session: Session, token: str, secret_key: str, *, now: datetime) -> Membership | None:
    """The membership, with user and body, that may read this address today; None for every other text.

    A wrong signature and a number that never was take the same steps, so an answer tells nothing of either.
    """
    number, _, signature = token.partition("-")
    is_number = number.isascii() and number.isdigit() and len(number) <= _LONGEST_ID
    feed = session.get(CalendarFeed, int(number)) if is_number else None
    expected = _signature(
        feed.id if feed is not None else 0, feed.nonce if feed is not None else "none", secret_key
    )
    fits = hmac.compare_digest(expected.encode(), signature.encode())
    if feed is None or not fits or feed.revoked_at is not None:
        return None
    return session.scalars(
        select(Membership)
        .join(Membership.user)
        .join(Membership.body)
        .where(
            Membership.id == feed.membership_id,
            open_period(Membership.valid_from, Membership.valid_to, local_date(now)),
            User.is_active,
            Body.is_active,
        )
        .options(joinedload(Membership.user), joinedload(Membership.body))
    ).one_or_none()
