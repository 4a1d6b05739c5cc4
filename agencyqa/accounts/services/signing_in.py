"""Signing in, and changing one's own account."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from agencyqa.accounts import passwords, throttle
from agencyqa.accounts.models import Membership, SignIn, User
from agencyqa.accounts.queries import active_memberships
from agencyqa.audit.record import record, record_refusal
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.errors import AgencyQAError, Invalid, NotVisible
from agencyqa.i18n import LOCALES


class WrongPassword(Invalid):
    """The present password was typed wrong. The caller commits what was counted."""


class SignInRefused(AgencyQAError):
    """Wrong name or password, or no role; the counted failure is to be committed all the same."""

    status = 422


def authenticate(
    session: Session, *, username: str, password: str, address: str, now: datetime
) -> tuple[User, Membership]:
    """Raise TooManyAttempts or SignInRefused. On SignInRefused the caller commits what was counted."""
    throttle.check(session, account=username, address=address, now=now)
    user = session.scalars(select(User).where(User.username == username)).one_or_none()
    right = passwords.matches(user.password_hash if user is not None and user.is_active else None, password)
    if user is None or not right:
        throttle.count_failure(session, account=username, address=address, now=now)
        # A name that nobody has may be a password typed into the wrong box; the log keeps no such thing.
        known = username if user is not None else ""
        record_refusal(session, None, "accounts.sign_in.refused", now=now, username=known, address=address)
        raise SignInRefused("sign_in_wrong")
    memberships = list(session.scalars(active_memberships(user.id, local_date(now))))
    if not memberships:
        record_refusal(session, None, "accounts.sign_in.refused", now=now, username=username, address=address)
        raise SignInRefused("sign_in_no_role")
    throttle.forgive(session, account=username)
    return user, memberships[0]


def record_sign_in(actor: Actor, session: Session, user: User, *, address: str, now: datetime) -> None:
    record(session, actor, "accounts.sign_in.begun", user, now=now, address=address)


def record_sign_out(actor: Actor, session: Session, *, now: datetime) -> None:
    record(session, actor, "accounts.sign_in.ended", session.get_one(User, actor.user_id), now=now)


def own_membership(actor: Actor, session: Session, membership_id: int, *, now: datetime) -> Membership:
    """Raise NotVisible for another person's membership and for one that is not in force."""
    if actor.user_id is not None:
        for membership in session.scalars(active_memberships(actor.user_id, local_date(now))):
            if membership.id == membership_id:
                return membership
    raise NotVisible()


def switch_membership(
    actor: Actor, session: Session, sign_in_id: int, membership: Membership, *, now: datetime
) -> None:
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(membership_id=membership.id))
    record(session, actor, "accounts.membership.switched", membership, now=now, role=membership.role)


def set_locale(actor: Actor, session: Session, locale: str, *, now: datetime) -> None:
    if locale not in LOCALES:
        raise Invalid(locale="unknown_locale")
    user = session.get_one(User, actor.user_id)
    if user.locale != locale:
        changes = {"locale": (user.locale, locale)}
        user.locale = locale
        record(session, actor, "accounts.user.locale_changed", user, now=now, changes=changes)


def change_password(
    actor: Actor,
    session: Session,
    *,
    current: str,
    new: str,
    keep_sign_in_id: int,
    address: str,
    now: datetime,
) -> None:
    """All other sessions of the person end. Raise Invalid beside the field at fault, WrongPassword, TooManyAttempts."""
    user = session.get_one(User, actor.user_id)
    throttle.check(session, account=user.username, address=address, now=now)
    if not passwords.matches(user.password_hash, current):
        throttle.count_failure(session, account=user.username, address=address, now=now)
        raise WrongPassword(current="password_wrong")
    set_password(session, user, new, field="new")
    throttle.forgive(session, account=user.username)
    end_sign_ins(session, user.id, now=now, but=keep_sign_in_id)
    record(session, actor, "accounts.user.password_changed", user, now=now)


def set_password(session: Session, user: User, password: str, *, field: str) -> None:
    fault = passwords.weakness(password, user.username)
    if fault is not None:
        raise Invalid(**{field: (fault, {"minimum": passwords.MINIMUM_LENGTH})})
    user.password_hash = passwords.hash_password(password)
    session.flush()


def end_sign_ins(session: Session, user_id: int, *, now: datetime, but: int | None = None) -> None:
    statement = update(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))
    if but is not None:
        statement = statement.where(SignIn.id != but)
    session.execute(statement.values(ended_at=now))
