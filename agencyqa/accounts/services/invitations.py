"""One-time links: how a person gets a password that no administrator ever knew."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Invitation, User
from agencyqa.accounts.services.signing_in import end_sign_ins, set_password
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor, system_actor
from agencyqa.auth.permissions import Permission
from agencyqa.errors import Forbidden, NotVisible, WrongState


def invite(actor: Actor, session: Session, user: User, *, limit: timedelta, now: datetime) -> str:
    """Return the secret part of the link, which is shown once and kept only as a hash. Older links end."""
    if not actor.has(Permission.USERS_MANAGE):
        raise Forbidden()
    return make_link(actor, session, user, limit=limit, now=now)


def make_link(actor: Actor, session: Session, user: User, *, limit: timedelta, now: datetime) -> str:
    """The same for a caller that has checked who asks."""
    if not user.is_active:
        raise WrongState("user_closed")
    session.execute(
        update(Invitation)
        .where(Invitation.user_id == user.id, Invitation.used_at.is_(None))
        .values(expires_at=now)
    )
    token = secrets.token_urlsafe(32)
    session.add(
        Invitation(
            user_id=user.id,
            token_hash=_digest(token),
            created_at=now,
            expires_at=now + limit,
            created_by_id=actor.user_id,
        )
    )
    record(session, actor, "accounts.user.invited", user, now=now)
    return token


def open_invitation(session: Session, token: str, *, now: datetime) -> User:
    """Whom the link invites. Raise NotVisible for an unknown link, WrongState for a used or old one."""
    found = session.execute(
        select(Invitation, User)
        .join(User, User.id == Invitation.user_id)
        .where(Invitation.token_hash == _digest(token))
    ).one_or_none()
    if found is None:
        raise NotVisible()
    invitation, user = found
    if invitation.used_at is not None or invitation.expires_at <= now or not user.is_active:
        raise WrongState("invitation_over")
    return user


def accept(session: Session, token: str, password: str, *, now: datetime) -> User:
    """Set the password. Of two people using the link at once exactly one succeeds."""
    user = open_invitation(session, token, now=now)
    set_password(session, user, password, field="password")
    claimed = session.execute(
        update(Invitation)
        .where(
            Invitation.token_hash == _digest(token),
            Invitation.used_at.is_(None),
            Invitation.expires_at > now,
        )
        .values(used_at=now)
        .returning(Invitation.id)
    ).one_or_none()
    if claimed is None:
        raise WrongState("invitation_over")
    end_sign_ins(session, user.id, now=now)
    record(session, system_actor(user.display_name), "accounts.invitation.accepted", user, now=now)
    return user


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
