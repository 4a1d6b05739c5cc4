"""Who may be invited to score: the experts of a bureau, whatever body they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, Membership, User
from agencyqa.assessments.models import ScoreSheet
from agencyqa.auth.roles import Role
from agencyqa.db import open_period
from agencyqa.measures.enums import Purpose


def experts_of(session: Session, bureau_id: int, day: date) -> Sequence[Row[*tuple[Any, ...]]]:
    """Active experts with their bodies, by body and name."""
    return session.execute(
        select(Membership.user_id, Membership.body_id, User.display_name, Body.name.label("body_name"))
        .join(User, User.id == Membership.user_id)
        .join(Body, Body.id == Membership.body_id)
        .where(
            Body.bureau_id == bureau_id,
            Membership.role == Role.EXPERT,
            User.is_active,
            open_period(Membership.valid_from, Membership.valid_to, day),
        )
        .order_by(Body.sort_key, User.display_name, Membership.id)
    ).all()


def invited_to(session: Session, engagement_id: int) -> frozenset[int]:
    """The users who have a seat in the panel of an engagement."""
    statement = select(ScoreSheet.scorer_user_id).where(
        ScoreSheet.engagement_id == engagement_id,
        ScoreSheet.scorer_role == Purpose.EXPERT,
        ScoreSheet.scorer_user_id.is_not(None),
    )
    return frozenset(each for each in session.scalars(statement) if each is not None)
