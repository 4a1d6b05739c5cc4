"""Who carries out checks: the bureau's supervisors and leads."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Membership, User
from agencyqa.auth.roles import Role
from agencyqa.db import open_period
from agencyqa.inspections.models import Inspector

INSPECTOR_ROLES = frozenset({Role.BUREAU_SUPERVISOR, Role.BUREAU_LEAD})


def inspector_choices(session: Session, bureau_id: int, day: date) -> list[tuple[int, str]]:
    """(user id, name) of the bureau's active supervisors and leads."""
    rows = session.execute(
        select(User.id, User.display_name)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.body_id == bureau_id,
            Membership.role.in_(INSPECTOR_ROLES),
            open_period(Membership.valid_from, Membership.valid_to, day),
            User.is_active,
        )
        .order_by(User.display_name, User.id)
        .distinct()
    )
    return [(row.id, row.display_name) for row in rows]


def inspectors_of(session: Session, check_id: int) -> Sequence[Row[Inspector, str]]:
    """(inspector, name) in the order in which they were named."""
    return session.execute(
        select(Inspector, User.display_name)
        .join(User, User.id == Inspector.user_id)
        .where(Inspector.spot_check_id == check_id)
        .order_by(Inspector.id)
    ).all()


def inspector_of(session: Session, check_id: int, user_id: int | None) -> Inspector | None:
    return session.scalars(
        select(Inspector).where(Inspector.spot_check_id == check_id, Inspector.user_id == user_id)
    ).one_or_none()


def officer_memberships(
    session: Session, bureau_id: int, user_ids: Collection[int | None], day: date
) -> list[int]:
    """Memberships in the bureau of these people, to whom a message about its inspections may go."""
    statement: Any = (
        select(Membership.id)
        .join(Membership.user)
        .where(
            Membership.body_id == bureau_id,
            Membership.role.in_(INSPECTOR_ROLES),
            Membership.user_id.in_([user_id for user_id in user_ids if user_id is not None]),
            User.is_active,
            open_period(Membership.valid_from, Membership.valid_to, day),
        )
        .order_by(Membership.id)
    )
    return list(session.scalars(statement))
