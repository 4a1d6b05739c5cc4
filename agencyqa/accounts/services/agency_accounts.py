"""The first account of an agency, which nobody of the agency could ask an administrator for."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, Membership, User
from agencyqa.accounts.services.invitations import make_link
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import BodyKind, Role
from agencyqa.clock import local_date
from agencyqa.db import open_period
from agencyqa.errors import Invalid, WrongState


def invite_manager(
    actor: Actor,
    session: Session,
    body: Body,
    *,
    username: str,
    display_name: str,
    limit: timedelta,
    now: datetime,
) -> str:
    """The secret of a one-time link with which the agency's manager sets a password; older links end.

    The caller has checked who asks. Raise WrongState where a manager can sign in already.
    """
    if body.kind is not BodyKind.AGENCY:
        raise Invalid("body_not_agency")
    # Of two who ask at once the second finds what the first made.
    session.execute(select(Body.id).where(Body.id == body.id).with_for_update())
    managers = session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.body_id == body.id,
            Membership.role == Role.AGENCY_MANAGER,
            open_period(Membership.valid_from, Membership.valid_to, local_date(now)),
            User.is_active,
        )
        .order_by(User.id)
    ).all()
    if any(user.password_hash is not None for user in managers):
        raise WrongState("agency_has_account")
    user = managers[0] if managers else _create(actor, session, body, username, display_name, now)
    return make_link(actor, session, user, limit=limit, now=now)


def _create(
    actor: Actor, session: Session, body: Body, username: str, display_name: str, now: datetime
) -> User:
    user = User(
        username=username,
        display_name=display_name,
        email=None,
        locale="zh_CN",
        is_active=True,
        created_at=now,
    )
    session.add(user)
    session.flush()
    record(session, actor, "accounts.user.created", user, now=now, username=username)
    membership = Membership(
        user_id=user.id, body_id=body.id, role=Role.AGENCY_MANAGER, valid_from=local_date(now)
    )
    session.add(membership)
    session.flush()
    record(
        session,
        actor,
        "accounts.membership.granted",
        membership,
        now=now,
        user_id=user.id,
        body_id=body.id,
        role=membership.role,
        valid_from=membership.valid_from,
    )
    return user
