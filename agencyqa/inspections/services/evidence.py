"""Files that prove a finding, and those an agency puts beside its statement."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.errors import Forbidden, NotVisible, WrongState
from agencyqa.files.models import StoredFile
from agencyqa.inspections import workflow
from agencyqa.inspections.models import EvidenceFile, Finding
from agencyqa.inspections.numbering import plain_number
from agencyqa.inspections.policies import can_state, can_write, visible_evidence
from agencyqa.inspections.services.access import expect_impartial, expect_visible_finding


class Kept(Protocol):
    """A content in the store under the name it came with."""

    @property
    def stored(self) -> StoredFile: ...

    @property
    def name(self) -> str: ...


def expect_takes_evidence(actor: Actor, session: Session, finding: Finding, *, now: datetime) -> None:
    """Before a byte is read: the bureau's files until a decision, the agency's until its statement.

    Raise NotVisible, Forbidden, Refused or WrongState.
    """
    expect_visible_finding(actor, session, finding)
    if actor.is_agency:
        if not can_state(actor, finding):
            raise Forbidden()
        if finding.stated_at is not None:
            raise WrongState("stated_already")
    else:
        if not can_write(actor, finding):
            raise Forbidden()
        expect_impartial(actor, session, finding, now=now)
    if finding.state not in workflow.TAKES_EVIDENCE:
        raise WrongState("finding_takes_no_evidence", state=finding.state)


def add_evidence(
    actor: Actor, session: Session, finding: Finding, kept: Kept, *, note: str, now: datetime
) -> EvidenceFile:
    # The state may have moved while the file came in.
    session.refresh(finding, with_for_update=True)
    expect_takes_evidence(actor, session, finding, now=now)
    evidence = EvidenceFile(
        finding_id=finding.id,
        is_statement=actor.is_agency,
        file_id=kept.stored.id,
        file_name=kept.name,
        sha256=kept.stored.sha256,
        size=kept.stored.size,
        file_kind=kept.stored.kind,
        note=note,
        added_at=now,
        added_by_id=actor.user_id,
    )
    session.add(evidence)
    session.flush()
    record(
        session,
        actor,
        "inspections.proof.added",
        evidence,
        now=now,
        bureau_id=_reader(finding, evidence),
        finding=plain_number(finding.year, finding.number),
        file_name=kept.name,
        sha256=kept.stored.sha256,
        size=kept.stored.size,
        is_statement=evidence.is_statement,
    )
    return evidence


def withdraw_evidence(
    actor: Actor, session: Session, finding: Finding, evidence: EvidenceFile, *, now: datetime
) -> None:
    """Marked, never deleted; each side only its own, and only as long as it could still add some."""
    if session.scalar(visible_evidence(actor, finding.id).where(EvidenceFile.id == evidence.id)) is None:
        raise NotVisible()
    session.refresh(finding, with_for_update=True)
    expect_takes_evidence(actor, session, finding, now=now)
    if evidence.is_statement != actor.is_agency:
        raise Forbidden()
    session.refresh(evidence, with_for_update=True)
    if evidence.withdrawn_at is not None:
        raise WrongState("evidence_withdrawn_already")
    evidence.withdrawn_at = now
    session.flush()
    record(
        session,
        actor,
        "inspections.proof.withdrawn",
        evidence,
        now=now,
        bureau_id=_reader(finding, evidence),
        finding=plain_number(finding.year, finding.number),
        file_name=evidence.file_name,
        sha256=evidence.sha256,
    )


def _reader(finding: Finding, evidence: EvidenceFile) -> int | None:
    """Whose log shows it: what an agency gathers for its statement is its own until it makes it."""
    return None if evidence.is_statement else finding.bureau_id
