"""Who sees and does what. Departments and observers see nothing of inspections."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Select

from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.inspections.enums import CheckState
from agencyqa.inspections.models import Checklist, EvidenceFile, Finding, SpotCheck


def check_visible(actor: Actor) -> sa.ColumnElement[bool]:
    """The condition behind ``visible_checks``, for statements that read columns."""
    if not actor.has(Permission.INSPECTIONS_READ):
        return sa.false()
    if actor.is_bureau:
        return SpotCheck.bureau_id.in_(actor.bureau_ids)
    if actor.is_agency:
        return sa.and_(SpotCheck.agency_id == actor.body_id, SpotCheck.state == CheckState.RECORDED)
    return sa.false()


def visible_checks(actor: Actor) -> Select[SpotCheck]:
    """Bureau: its own and its districts'. Agency: recorded checks of itself, not what is only planned."""
    return sa.select(SpotCheck).where(check_visible(actor))


def finding_visible(actor: Actor) -> sa.ColumnElement[bool]:
    """The condition behind ``visible_findings``, for statements that read columns."""
    if not actor.has(Permission.INSPECTIONS_READ):
        return sa.false()
    if actor.is_bureau:
        return Finding.bureau_id.in_(actor.bureau_ids)
    if actor.is_agency:
        return sa.and_(Finding.agency_id == actor.body_id, Finding.notified_at.is_not(None))
    return sa.false()


def visible_findings(actor: Actor) -> Select[Finding]:
    """An agency sees what it was told of, in every later state; never a draft, nor one dropped as a draft."""
    return sa.select(Finding).where(finding_visible(actor))


def evidence_visible(actor: Actor) -> sa.ColumnElement[bool]:
    """Of a finding that the actor sees: an agency's files are its own until it makes its statement with them.

    Evidence that the bureau took back stays with it, which answers for it; the agency only reads that it was. What the
    agency took back before it spoke never left it.
    """
    if actor.is_bureau:
        stated = sa.and_(Finding.stated_at.is_not(None), EvidenceFile.withdrawn_at.is_(None))
        return sa.or_(EvidenceFile.is_statement.is_(False), stated)
    if actor.is_agency:
        return sa.or_(EvidenceFile.is_statement.is_(True), EvidenceFile.withdrawn_at.is_(None))
    return sa.false()


def visible_evidence(actor: Actor, finding_id: int) -> Select[EvidenceFile]:
    return (
        sa.select(EvidenceFile)
        .join(Finding, Finding.id == EvidenceFile.finding_id)
        .where(Finding.id == finding_id, finding_visible(actor), evidence_visible(actor))
    )


def visible_checklists(actor: Actor) -> Select[Checklist]:
    """The shipped list, and those of the bureaus that the actor reads."""
    if not actor.has(Permission.INSPECTIONS_WRITE):
        return sa.select(Checklist).where(sa.false())
    own = Checklist.bureau_id.in_(actor.bureau_ids)
    return sa.select(Checklist).where(sa.or_(Checklist.bureau_id.is_(None), own))


def can_inspect(actor: Actor) -> bool:
    return actor.has(Permission.INSPECTIONS_WRITE) and actor.bureau_id is not None


def can_write(actor: Actor, thing: SpotCheck | Finding) -> bool:
    """A municipal bureau reads its districts' inspections but writes only its own."""
    return can_inspect(actor) and thing.bureau_id == actor.bureau_id


def can_state(actor: Actor, finding: Finding) -> bool:
    return actor.has(Permission.FINDINGS_STATE) and actor.is_agency and finding.agency_id == actor.body_id


def can_decide(actor: Actor, finding: Finding) -> bool:
    """Nobody decides on a finding he wrote himself; whether a conflict stops him, the service looks up."""
    is_own_bureau = actor.has(Permission.FINDINGS_DECIDE) and finding.bureau_id == actor.bureau_id
    return is_own_bureau and (actor.user_id is None or actor.user_id != finding.created_by_id)


def can_withdraw(actor: Actor, finding: Finding) -> bool:
    """A final finding counts in scores, so only the lead takes one back."""
    return actor.is_lead and actor.has(Permission.FINDINGS_DECIDE) and finding.bureau_id == actor.bureau_id
