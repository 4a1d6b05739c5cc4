"""The gates before every write: routes only show what these decide."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.db import check_version
from agencyqa.errors import Forbidden, NotVisible, Refused
from agencyqa.inspections.conflicts import Target, known_conflicts
from agencyqa.inspections.models import Finding, SpotCheck
from agencyqa.inspections.policies import can_write, visible_checks, visible_findings
from agencyqa.inspections.queries.inspectors import inspector_of

# The rule behind every recusal.
RECUSAL = "CY6/recusal"


def expect_check(actor: Actor, session: Session, check: SpotCheck, *, seen_version: int | None) -> None:
    """Raise NotVisible, Forbidden or Stale unless the actor may write this check."""
    if session.scalar(visible_checks(actor).where(SpotCheck.id == check.id)) is None:
        raise NotVisible()
    if not can_write(actor, check):
        raise Forbidden()
    # Held until the caller commits: declarations, findings and the end of a check wait for each other.
    session.refresh(check, with_for_update=True)
    check_version(check, seen_version)


def expect_visible_finding(actor: Actor, session: Session, finding: Finding) -> None:
    if session.scalar(visible_findings(actor).where(Finding.id == finding.id)) is None:
        raise NotVisible()


def expect_finding(actor: Actor, session: Session, finding: Finding, *, seen_version: int | None) -> None:
    """Raise NotVisible, Forbidden or Stale unless the actor may write this finding."""
    expect_visible_finding(actor, session, finding)
    if not can_write(actor, finding):
        raise Forbidden()
    session.refresh(finding, with_for_update=True)
    check_version(finding, seen_version)


def expect_impartial(actor: Actor, session: Session, thing: SpotCheck | Finding, *, now: datetime) -> None:
    """Raise Forbidden where the actor declared a conflict in the check, or Refused for one the system knows."""
    check_id = thing.id if isinstance(thing, SpotCheck) else thing.spot_check_id
    own = inspector_of(session, check_id, actor.user_id) if actor.user_id is not None else None
    if own is not None and own.has_conflict:
        raise Forbidden("conflict_declared_here")
    if actor.user_id is None:
        return
    target = Target(thing.bureau_id, thing.agency_id, thing.engagement_id)
    found = known_conflicts(session, actor.user_id, target, local_date(now))
    if found:
        raise Refused("known_conflict", provision=RECUSAL, reason=found[0].text)
