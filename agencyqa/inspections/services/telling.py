"""Messages about findings. Only who may see the finding is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.accounts.queries import member_ids
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.inspections.models import Finding
from agencyqa.inspections.numbering import plain_number
from agencyqa.inspections.queries.inspectors import inspectors_of, officer_memberships
from agencyqa.notifications.services import tell

# Who answers for an agency towards a bureau.
ANSWERABLE = frozenset({Role.AGENCY_MANAGER, Role.PRINCIPAL_EVALUATOR})


def tell_agency(session: Session, finding: Finding, code: str, *, now: datetime, **params: Any) -> None:
    tell(
        session,
        member_ids(session, finding.agency_id, ANSWERABLE, day=local_date(now)),
        code,
        now=now,
        endpoint="inspections.finding",
        endpoint_values={"finding_id": finding.id},
        number=plain_number(finding.year, finding.number),
        bureau=name_of(session, finding.bureau_id),
        **params,
    )


def tell_inspectors(
    session: Session,
    finding: Finding,
    code: str,
    *,
    now: datetime,
    dedupe_key: str | None = None,
    **params: Any,
) -> int:
    """The impartial inspectors of the check and whoever wrote the finding; returns the messages written."""
    people: set[int | None] = {finding.created_by_id}
    people |= {
        row[0].user_id for row in inspectors_of(session, finding.spot_check_id) if not row[0].has_conflict
    }
    return tell(
        session,
        officer_memberships(session, finding.bureau_id, people, local_date(now)),
        code,
        now=now,
        endpoint="inspections.finding",
        endpoint_values={"finding_id": finding.id},
        dedupe_key=dedupe_key,
        number=plain_number(finding.year, finding.number),
        agency=name_of(session, finding.agency_id),
        **params,
    )


def name_of(session: Session, body_id: int) -> str:
    return session.scalars(select(Body.name).where(Body.id == body_id)).one()
