"""Messages to the people who fill in a sheet."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Membership
from agencyqa.accounts.queries import member_ids
from agencyqa.assessments.models import ScoreSheet
from agencyqa.auth.permissions import Permission
from agencyqa.auth.roles import PERMISSIONS, Role
from agencyqa.clock import local_date
from agencyqa.notifications.services import tell

SCORING_ROLES = frozenset(role for role in Role if Permission.SHEETS_SCORE in PERMISSIONS[role])


def scoring_members(
    session: Session, body_id: int, now: datetime, user_ids: Collection[int | None] = ()
) -> list[int]:
    """Memberships of a body that may score, on the day of ``now``; of a panel only those of the persons invited."""
    found = member_ids(session, body_id, SCORING_ROLES, day=local_date(now))
    persons = {each for each in user_ids if each is not None}
    if not persons:
        return found
    own = select(Membership.id).where(Membership.id.in_(found), Membership.user_id.in_(persons))
    return list(session.scalars(own.order_by(Membership.id)))


def tell_scorers(
    session: Session,
    sheet: ScoreSheet,
    code: str,
    *,
    now: datetime,
    endpoint: str = "assessments.sheet",
    dedupe_key: str | None = None,
    **params: Any,
) -> None:
    """A message about one sheet to everybody who may score it."""
    tell(
        session,
        scoring_members(session, sheet.scorer_body_id, now, {sheet.scorer_user_id}),
        code if sheet.agency_id is None else f"{code}_of_agency",
        now=now,
        endpoint=endpoint,
        endpoint_values={"sheet_id": sheet.id},
        dedupe_key=dedupe_key,
        **params,
    )
