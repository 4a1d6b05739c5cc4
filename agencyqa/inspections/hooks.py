"""Who wants to be told, in the same transaction, that a final finding was withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.inspections.models import Finding

# Called with bureau, agency and year when what was found on an agency as a whole is not what it was.
AgencyListener = Callable[[Session, int, int, int, datetime], None]
agency_listeners: list[AgencyListener] = []


def tell_agency_changed(session: Session, finding: Finding, *, now: datetime) -> None:
    session.flush()
    for listener in agency_listeners:
        listener(session, finding.bureau_id, finding.agency_id, finding.fact_on.year, now)


# Called with the withdrawn finding and the reason; assessments open a re-score where the finding had counted.
WithdrawalListener = Callable[[Actor, Session, Finding, str, datetime], None]
withdrawal_listeners: list[WithdrawalListener] = []
