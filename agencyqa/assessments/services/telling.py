"""Messages to the people who fill in a sheet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from agencyqa.accounts.queries import member_ids
from agencyqa.assessments.models import ScoreSheet
from agencyqa.auth.permissions import Permission
from agencyqa.auth.roles import PERMISSIONS, Role
from agencyqa.clock import local_date
from agencyqa.notifications.services import tell

SCORING_ROLES = frozenset(role for role in Role if Permission.SHEETS_SCORE in PERMISSIONS[role])


def scoring_members(session: Session, body_id: int, now: datetime) -> list[int]:
    """Memberships of a body that may score, on the day of ``now``."""
    return member_ids(session, body_id, SCORING_ROLES, day=local_date(now))


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
        scoring_members(session, sheet.scorer_body_id, now),
        code,
        now=now,
        endpoint=endpoint,
        endpoint_values={"sheet_id": sheet.id},
        dedupe_key=dedupe_key,
        **params,
    )
