"""What the system administrator does: bodies, accounts and who holds which role where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, Membership, User
from agencyqa.accounts.naming import sort_key
from agencyqa.accounts.services.signing_in import end_sign_ins
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.auth.roles import BODY_OF_ROLE, BodyKind, Role
from agencyqa.db import check_version
from agencyqa.errors import Forbidden, Invalid, WrongState


@dataclass(frozen=True)
class BodyData:
    """``parent_id``: the bureau above a bureau, the department above a unit; none for an agency.
    ``bureau_id``: the bureau to which a department or observer belongs.
    """

    kind: BodyKind
    name: str
    short_name: str = ""
    code: str | None = None
    parent_id: int | None = None
    bureau_id: int | None = None


def create_body(actor: Actor, session: Session, data: BodyData, *, now: datetime) -> Body:
    """Raise Invalid beside ``parent_id`` or ``bureau_id`` where the tree would not hold.

    An agency's body is made with the agency itself, by the register.
    """
    _administrate(actor, Permission.BODIES_MANAGE)
    if data.kind is BodyKind.AGENCY:
        raise Invalid(kind="agency_made_by_register")
    body = add_body(session, data, now=now)
    record(session, actor, "accounts.body.created", body, now=now, name=data.name, kind=data.kind)
    return body


def add_body(session: Session, data: BodyData, *, now: datetime) -> Body:
    """Store a body whose place in the tree is checked; the caller has checked who asks, and audits."""
    _check_place(session, data)
    body = Body(
        kind=data.kind,
        name=data.name,
        short_name=data.short_name,
        sort_key=sort_key(data.name),
        code=data.code or None,
        parent_id=data.parent_id,
        bureau_id=data.bureau_id,
        is_active=True,
        created_at=now,
    )
    session.add(body)
    session.flush()
    if body.kind is BodyKind.BUREAU:
        body.bureau_id = body.id
        session.flush()
    return body


def rename_body(
    actor: Actor,
    session: Session,
    body: Body,
    *,
    name: str,
    short_name: str,
    code: str | None,
    version: int | None,
    now: datetime,
) -> None:
    _administrate(actor, Permission.BODIES_MANAGE)
    if body.kind is BodyKind.AGENCY:
        raise Invalid(name="agency_named_by_register")
    check_version(body, version)
    changes = {
        "name": (body.name, name),
        "short_name": (body.short_name, short_name),
        "code": (body.code, code or None),
    }
    body.name, body.short_name, body.code = name, short_name, code or None
    body.sort_key = sort_key(name)
    record(session, actor, "accounts.body.renamed", body, now=now, changes=changes)


def set_body_active(
    actor: Actor, session: Session, body: Body, active: bool, *, version: int | None, now: datetime
) -> None:
    """A closed body keeps its records; its members can no longer sign in for it."""
    _administrate(actor, Permission.BODIES_MANAGE)
    check_version(body, version)
    if body.id == actor.body_id:
        raise Invalid(name="own_body_stays_open")
    changes = {"is_active": (body.is_active, active)}
    body.is_active = active
    record(session, actor, "accounts.body.activity_changed", body, now=now, changes=changes)


def create_user(
    actor: Actor, session: Session, *, username: str, display_name: str, email: str | None, now: datetime
) -> User:
    _administrate(actor, Permission.USERS_MANAGE)
    user = User(
        username=username,
        display_name=display_name,
        email=email or None,
        locale="zh_CN",
        is_active=True,
        created_at=now,
    )
    session.add(user)
    session.flush()
    record(session, actor, "accounts.user.created", user, now=now, username=username)
    return user


def edit_user(
    actor: Actor,
    session: Session,
    user: User,
    *,
    display_name: str,
    email: str | None,
    version: int | None,
    now: datetime,
) -> None:
    _administrate(actor, Permission.USERS_MANAGE)
    check_version(user, version)
    changes = {"display_name": (user.display_name, display_name), "email": (user.email, email or None)}
    user.display_name, user.email = display_name, email or None
    record(session, actor, "accounts.user.edited", user, now=now, changes=changes)


def set_user_active(
    actor: Actor, session: Session, user: User, active: bool, *, version: int | None, now: datetime
) -> None:
    """Closing an account ends its sessions at once."""
    _administrate(actor, Permission.USERS_MANAGE)
    check_version(user, version)
    if user.id == actor.user_id:
        raise WrongState("own_account_stays_open")
    changes = {"is_active": (user.is_active, active)}
    user.is_active = active
    if not active:
        end_sign_ins(session, user.id, now=now)
    record(session, actor, "accounts.user.activity_changed", user, now=now, changes=changes)


def grant_membership(
    actor: Actor,
    session: Session,
    user: User,
    body: Body,
    role: Role,
    *,
    valid_from: date,
    valid_to: date | None,
    now: datetime,
) -> Membership:
    _administrate(actor, Permission.USERS_MANAGE)
    if BODY_OF_ROLE[role] is not body.kind:
        raise Invalid(role="role_not_in_body")
    if valid_to is not None and valid_to < valid_from:
        raise Invalid(valid_to="ends_before_start")
    if not body.is_active:
        raise Invalid(body_id="body_closed")
    # The person's row is the queue for two who grant the same role at once.
    session.execute(select(User.id).where(User.id == user.id).with_for_update())
    overlapping = session.scalars(
        select(Membership.id).where(
            Membership.user_id == user.id,
            Membership.body_id == body.id,
            Membership.role == role,
            (Membership.valid_to.is_(None)) | (Membership.valid_to >= valid_from),
            Membership.valid_from <= (valid_to or date.max),
        )
    ).first()
    if overlapping is not None:
        raise Invalid(role="membership_exists")
    membership = Membership(
        user_id=user.id, body_id=body.id, role=role, valid_from=valid_from, valid_to=valid_to
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
        role=role,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    return membership


def end_membership(
    actor: Actor, session: Session, membership: Membership, *, on: date, now: datetime
) -> None:
    """``on`` is the last day the role is held."""
    _administrate(actor, Permission.USERS_MANAGE)
    if membership.id == actor.membership_id:
        raise WrongState("own_membership_stays")
    if membership.valid_to is not None and membership.valid_to <= on:
        raise WrongState("membership_over")
    changes = {"valid_to": (membership.valid_to, on)}
    membership.valid_to = on
    record(session, actor, "accounts.membership.ended", membership, now=now, changes=changes)


def _administrate(actor: Actor, permission: Permission) -> None:
    if not actor.has(permission):
        raise Forbidden()


def _check_place(session: Session, data: BodyData) -> None:
    parent = session.get(Body, data.parent_id) if data.parent_id is not None else None
    if data.parent_id is not None and (parent is None or parent.kind is not data.kind):
        raise Invalid(parent_id="parent_of_other_kind")
    if data.kind in {BodyKind.DEPARTMENT, BodyKind.OBSERVER}:
        bureau = session.get(Body, data.bureau_id) if data.bureau_id is not None else None
        if bureau is None or bureau.kind is not BodyKind.BUREAU:
            raise Invalid(bureau_id="bureau_needed")
        if parent is not None and parent.bureau_id != bureau.id:
            raise Invalid(parent_id="parent_of_other_bureau")
