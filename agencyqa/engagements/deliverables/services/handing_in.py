"""Handing in: from here on the files are before the commissioner and the bureau, under a receipt."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.models import Agency
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.engagements.deliverables import workflow
from agencyqa.engagements.deliverables.enums import Decision, DeliverableAction, DeliverableKind
from agencyqa.engagements.deliverables.models import (
    Deliverable,
    DeliverableVersion,
    RequirementTable,
    Submission,
)
from agencyqa.engagements.deliverables.notices import tell_receivers, tell_unit
from agencyqa.engagements.deliverables.policies import can_submit
from agencyqa.engagements.deliverables.receipts import FORMAT, digest
from agencyqa.engagements.deliverables.requirements import CONCLUSIONS, requirements_of
from agencyqa.engagements.deliverables.services.access import hold_engagement
from agencyqa.engagements.deliverables.services.pauses import end_pause
from agencyqa.engagements.deliverables.services.terms import settle_lateness
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.hooks import tell_evidence_changed
from agencyqa.engagements.milestones.pauses import lasting_pause
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.opinions.gate import unanswered
from agencyqa.engagements.receipts.services import sign
from agencyqa.engagements.review.gate import obstacle as review_obstacle
from agencyqa.errors import Forbidden, Invalid, WrongState
from agencyqa.files.enums import ScanState
from agencyqa.files.models import StoredFile
from agencyqa.measures.workdays import working_calendar
from agencyqa.objects.models import EvaluationObject

Pair = tuple[Deliverable, DeliverableVersion]


@dataclass(frozen=True)
class Waiting:
    """What a hand-in would hold: files not handed in of deliverables that are open, and what would be missing."""

    pairs: Sequence[Pair]
    missing: Sequence[DeliverableKind]


def waiting(session: Session, engagement: Engagement) -> Waiting:
    """For the page and for the service; the caller has asked the policies."""
    deliverables = session.scalars(
        select(Deliverable).where(Deliverable.engagement_id == engagement.id).order_by(Deliverable.id)
    ).all()
    by_id = {deliverable.id: deliverable for deliverable in deliverables}
    versions = session.scalars(
        select(DeliverableVersion)
        .where(
            DeliverableVersion.deliverable_id.in_(by_id),
            DeliverableVersion.submission_id.is_(None),
            DeliverableVersion.withdrawn_at.is_(None),
        )
        .order_by(DeliverableVersion.deliverable_id, DeliverableVersion.number)
    )
    pairs = [
        (by_id[version.deliverable_id], version)
        for version in versions
        if workflow.is_open(
            engagement.state, by_id[version.deliverable_id].kind, by_id[version.deliverable_id].state
        )
        # The contract may have become one for clerical help after the upload.
        and not (engagement.is_clerical_only and by_id[version.deliverable_id].kind in CONCLUSIONS)
    ]
    handed = {deliverable.id for deliverable, _ in pairs}
    present = {d.kind for d in deliverables if d.id in handed or d.first_submitted_at is not None}
    needed, there = _files_needed(session, deliverables), _files_there(session, by_id)
    missing = [
        d.kind
        for d in deliverables
        if d.is_required
        # One file that was returned is there; where several are asked for, those that stand are counted.
        and (d.kind not in present or there.get(d.id, 0) < needed.get(d.kind, 1) > 1)
    ]
    return Waiting(pairs, missing if DeliverableKind.REPORT in present else [])


def _files_needed(session: Session, deliverables: Sequence[Deliverable]) -> dict[DeliverableKind, int]:
    """How many files each kind needs by the table under which the list was made."""
    table_id = next((d.requirement_table_id for d in deliverables if d.requirement_table_id), None)
    table = None if table_id is None else session.get(RequirementTable, table_id)
    return {} if table is None else {item.kind: item.files for item in requirements_of(table)}


def _files_there(session: Session, deliverable_ids: Collection[int]) -> dict[int, int]:
    """By deliverable, the files that came and were neither taken back nor returned."""
    rows = session.execute(
        select(DeliverableVersion.deliverable_id, func.count(DeliverableVersion.id))
        .where(
            DeliverableVersion.deliverable_id.in_(deliverable_ids),
            DeliverableVersion.withdrawn_at.is_(None),
            or_(DeliverableVersion.decision.is_(None), DeliverableVersion.decision != Decision.RETURNED),
        )
        .group_by(DeliverableVersion.deliverable_id)
    )
    return {row[0]: row[1] for row in rows}


def submit(
    actor: Actor,
    session: Session,
    engagement: Engagement,
    *,
    note: str = "",
    form_token: str | None = None,
    now: datetime,
) -> Submission:
    """Hand in everything that was uploaded. A second call with the same token gives the first receipt.

    Raise NotVisible, Forbidden, WrongState, and Invalid where nothing waits, a required kind is missing beside the
    report, the three levels of internal review were not passed for these files of the report, or a scanner found
    something in a file.
    """
    engagement = hold_engagement(actor, session, engagement)
    if not can_submit(actor, engagement):
        raise Forbidden()
    if form_token is not None:
        done = session.scalars(
            select(Submission).where(
                Submission.form_token == form_token, Submission.engagement_id == engagement.id
            )
        ).one_or_none()
        if done is not None:
            return done
    if engagement.state is EngagementState.TERMINATED:
        raise WrongState("deliverable_engagement_terminated")
    found = waiting(session, engagement)
    _check(session, engagement, found)
    number = session.scalar(
        select(func.max(Submission.number)).where(Submission.engagement_id == engagement.id)
    )
    _end_pauses(actor, session, engagement, found.pairs, now)
    _advance(session, found.pairs, now)
    receipt = _receipt(actor, session, engagement, found.pairs, (number or 0) + 1, note.strip(), now)
    submission = Submission(
        engagement_id=engagement.id,
        number=(number or 0) + 1,
        note=note.strip(),
        submitted_at=now,
        submitted_by_id=actor.user_id,
        receipt=receipt,
        receipt_hash=digest(receipt),
        form_token=form_token,
    )
    session.add(submission)
    session.flush()
    for _, version in found.pairs:
        version.submission_id = submission.id
    session.flush()
    signature = sign(session, submission, now=now)
    record(
        session,
        actor,
        "deliverables.submission.handed_in",
        submission,
        now=now,
        bureau_id=engagement.bureau_id,
        engagement_id=engagement.id,
        number=submission.number,
        receipt_hash=submission.receipt_hash,
        signature=None if signature is None else signature.value,
        files=[
            f"{deliverable.kind}/{version.number} {version.sha256}" for deliverable, version in found.pairs
        ],
    )
    tell_receivers(
        session,
        engagement,
        "deliverables_submitted",
        now=now,
        agency=receipt["agency"]["name"],
        number=submission.number,
        count=len(found.pairs),
    )
    if any(deliverable.kind is DeliverableKind.DRAFT for deliverable, _ in found.pairs):
        tell_unit(session, engagement, "draft_handed_in", now=now, agency=receipt["agency"]["name"])
    tell_evidence_changed(session, engagement.id, now=now)
    return submission


def _check(session: Session, engagement: Engagement, found: Waiting) -> None:
    if not found.pairs:
        raise Invalid("deliverable_nothing_waiting")
    if found.missing:
        raise Invalid("invalid", note=("deliverable_required_missing", {"kinds": list(found.missing)}))
    if (reason := obstacle(session, engagement, found)) is not None:
        raise Invalid("invalid", note=reason)
    infected = session.scalars(
        select(StoredFile.id).where(
            StoredFile.id.in_([version.file_id for _, version in found.pairs]),
            StoredFile.scan_state == ScanState.INFECTED,
        )
    ).all()
    names = [version.file_name for _, version in found.pairs if version.file_id in infected]
    if names:
        raise Invalid("invalid", note=("deliverable_infected", {"names": names}))


def obstacle(session: Session, engagement: Engagement, found: Waiting) -> tuple[str, dict[str, Any]] | None:
    """Why these files cannot be handed in yet although all are there: comments of the unit, levels of the review."""
    if any(deliverable.kind is DeliverableKind.REPORT for deliverable, _ in found.pairs):
        count = unanswered(session, engagement.id)
        if count:
            return "opinions_unanswered", {"count": count}
    return review_obstacle(session, engagement.id, found.pairs)


def _end_pauses(
    actor: Actor, session: Session, engagement: Engagement, pairs: Sequence[Pair], now: datetime
) -> None:
    """What was waited for cannot be missing any more once the thing itself is there."""
    for deliverable in {deliverable.id: deliverable for deliverable, _ in pairs}.values():
        pause = None if deliverable.paused_on is None else lasting_pause(session, deliverable.id)
        if pause is not None:
            end_pause(actor, session, engagement, deliverable, pause, local_date(now), "", now=now)


def _advance(session: Session, pairs: Sequence[Pair], now: datetime) -> None:
    """The first hand-in fixes how late the deliverable was."""
    calendar = working_calendar(session)
    for deliverable in {deliverable.id: deliverable for deliverable, _ in pairs}.values():
        deliverable.state = workflow.next_state(deliverable.state, DeliverableAction.SUBMIT)
        deliverable.last_submitted_at = now
        if deliverable.first_submitted_at is None:
            deliverable.first_submitted_at = now
            settle_lateness(deliverable, calendar, now)


def _receipt(
    actor: Actor,
    session: Session,
    engagement: Engagement,
    pairs: Sequence[Pair],
    number: int,
    note: str,
    now: datetime,
) -> dict[str, Any]:
    """Everything a party needs to prove what was handed in and when; names as they were on that day."""
    ids = {engagement.agency_id, engagement.commissioner_id, engagement.bureau_id}
    found = session.execute(select(Body.id, Body.name).where(Body.id.in_(ids)))
    names: dict[int, str] = {row.id: row.name for row in found}
    credit_code = session.scalar(select(Agency.credit_code).where(Agency.id == engagement.agency_id))
    thing = session.scalar(select(EvaluationObject.name).where(EvaluationObject.id == engagement.object_id))
    return {
        "format": FORMAT,
        "number": number,
        "contract_number": engagement.contract_number,
        "object": thing,
        "agency": {"name": names[engagement.agency_id], "credit_code": credit_code},
        "commissioner": names[engagement.commissioner_id],
        "bureau": names[engagement.bureau_id],
        "submitted_at": now.isoformat(timespec="seconds"),
        "submitted_on": local_date(now).isoformat(),
        "submitted_by": actor.user_name,
        "note": note,
        "files": [_line(deliverable, version) for deliverable, version in pairs],
    }


def _line(deliverable: Deliverable, version: DeliverableVersion) -> dict[str, Any]:
    return {
        "kind": deliverable.kind.value,
        "title": deliverable.title,
        "version": version.number,
        "name": version.file_name,
        "size": version.size,
        "sha256": version.sha256,
        "due_on": None if deliverable.due_on is None else deliverable.due_on.isoformat(),
        "is_due_provisional": deliverable.is_due_provisional,
        "late_days": deliverable.late_days,
    }
