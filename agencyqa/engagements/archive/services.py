"""Sealing the file of a finished engagement, and saying for how long such files are kept."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import User
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.engagements.archive.checklist import checklist
from agencyqa.engagements.archive.contents import decisions_of, milestones_of, plain
from agencyqa.engagements.archive.independence import cases_kept, declarations_kept, exemptions_kept
from agencyqa.engagements.archive.models import RetentionRule, SealedArchive
from agencyqa.engagements.archive.packing import PIECE, Entry, pack
from agencyqa.engagements.archive.policies import can_seal, can_set_retention, rule_on
from agencyqa.engagements.archive.queries import archive_of, has_news
from agencyqa.engagements.deliverables.models import Deliverable, DeliverableVersion, Submission
from agencyqa.engagements.deliverables.receipts import canonical
from agencyqa.engagements.deliverables.services.access import hold_engagement
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.opinions.queries import opinion_rows, plan_review_rows
from agencyqa.engagements.queries import names_of
from agencyqa.engagements.receipts.services import key_in_use, signed_receipt
from agencyqa.engagements.receipts.signing import statement
from agencyqa.engagements.recusal.enums import ExemptionState
from agencyqa.engagements.review.models import InternalReview, ReviewMark, ReviewStep
from agencyqa.errors import Forbidden, Invalid, WrongState
from agencyqa.files.enums import FileKind
from agencyqa.files.models import StoredFile
from agencyqa.files.services import current_store, keep, open_stored, staging


def set_retention(
    actor: Actor, session: Session, valid_from: date, years: int, source: str, *, now: datetime
) -> RetentionRule:
    """For archives sealed from that day on; those that are sealed keep their date. Raise Forbidden, Invalid."""
    if not can_set_retention(actor) or actor.bureau_id is None:
        raise Forbidden()
    problems: dict[str, str | tuple[str, dict[str, Any]]] = {}
    if not source.strip():
        problems["source"] = "required"
    if not 1 <= years <= 100:
        problems["years"] = "retention_years"
    newest = rule_on(session, actor.bureau_id, date.max)
    if newest is not None and valid_from <= newest.valid_from:
        problems["valid_from"] = ("retention_not_after", {"other": newest.valid_from})
    if problems:
        raise Invalid("invalid", **problems)
    rule = RetentionRule(
        bureau_id=actor.bureau_id,
        valid_from=valid_from,
        years=years,
        source=source.strip(),
        entered_at=now,
        entered_by_id=actor.user_id,
    )
    session.add(rule)
    session.flush()
    record(
        session,
        actor,
        "archive.retention.entered",
        rule,
        now=now,
        bureau_id=actor.bureau_id,
        valid_from=valid_from,
        years=years,
        source=rule.source,
    )
    return rule


def seal(actor: Actor, session: Session, engagement: Engagement, *, now: datetime) -> SealedArchive:
    """Everything handed in with its receipts, the levels of review, comments and answers, under one signed manifest.

    What came after the seal, such as a report on rectification, is sealed with all the rest once more; the archive
    before stays. Raise NotVisible, Forbidden, WrongState where something is missing, nothing came since the last seal,
    or no term is set.
    """
    engagement = hold_engagement(actor, session, engagement)
    if not can_seal(actor, engagement):
        raise Forbidden()
    newest = archive_of(session, engagement.id)
    if newest is not None and not has_news(session, engagement.id, newest.sealed_at):
        raise WrongState("archive_sealed_already")
    missing = [line for line in checklist(session, engagement) if not line.is_there]
    if missing:
        people = [name for line in missing for name in line.people]
        code = "archive_undeclared" if people else "archive_incomplete"
        raise WrongState(code, items=[line.item for line in missing], people=people)
    rule = rule_on(session, engagement.bureau_id, local_date(now))
    if rule is None:
        raise WrongState("retention_unknown")
    sealed_at = now.replace(microsecond=0)
    with tempfile.TemporaryFile() as target:
        manifest_hash = pack(
            target,
            _head(session, engagement, sealed_at),
            _entries(session, engagement),
            _signing(session, now),
        )
        target.seek(0)
        stored = _kept(session, target, now)
    archive = SealedArchive(
        engagement_id=engagement.id,
        number=1 if newest is None else newest.number + 1,
        file_id=stored.id,
        rule_id=rule.id,
        manifest_hash=manifest_hash,
        keep_until=years_later(local_date(now), rule.years),
        sealed_at=sealed_at,
        sealed_by_id=actor.user_id,
    )
    session.add(archive)
    session.flush()
    record(
        session,
        actor,
        "archive.archive.sealed",
        archive,
        now=now,
        bureau_id=engagement.bureau_id,
        engagement_id=engagement.id,
        number=archive.number,
        sha256=stored.sha256,
        manifest_hash=manifest_hash,
        keep_until=archive.keep_until,
    )
    return archive


def years_later(day: date, years: int) -> date:
    """The same day so many years on; the 29th of February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _kept(session: Session, source: IO[bytes], now: datetime) -> StoredFile:
    store = current_store()

    def pieces() -> Iterator[bytes]:
        while piece := source.read(PIECE):
            yield piece

    with staging(store, pieces()) as staged:
        stored, _ = keep(session, store, staged, FileKind.ZIP, now=now)
    session.flush()
    return stored


def _signing(session: Session, now: datetime) -> Any:
    found = key_in_use(session, now)

    def sign(sha256: str) -> dict[str, Any] | None:
        if found is None:
            return None
        signer, _ = found
        return {**statement(sha256, signer.fingerprint, now), "value": signer.sign(sha256, now)}

    return sign


def _head(session: Session, engagement: Engagement, sealed_at: datetime) -> dict[str, Any]:
    names = names_of(session, engagement)
    return {
        "contract_number": engagement.contract_number,
        "object": names.object,
        "agency": names.agency,
        "commissioner": names.commissioner,
        "sealed_at": sealed_at.isoformat(),
        # Who opens the file learns at once whose signature it does without, and by whose word.
        "declaration_exemptions": exemptions_kept(session, engagement.id, ExemptionState.GRANTED),
    }


def _entries(session: Session, engagement: Engagement) -> Iterator[Entry]:
    versions = session.execute(
        select(Deliverable.kind, Deliverable.number, DeliverableVersion, StoredFile)
        .join(DeliverableVersion, DeliverableVersion.deliverable_id == Deliverable.id)
        .join(StoredFile, StoredFile.id == DeliverableVersion.file_id)
        .where(Deliverable.engagement_id == engagement.id, DeliverableVersion.submission_id.is_not(None))
    ).all()
    for kind, number, version, stored in versions:
        # Names from outside never become paths alone: two may be equal, and the ending tells what it is.
        path = f"files/{kind.value}-{number}/{version.number:03}-{version.file_name}"
        yield Entry(path, lambda stored=stored: open_stored(stored))  # type: ignore[misc]
    for submission in session.scalars(select(Submission).where(Submission.engagement_id == engagement.id)):
        signed = signed_receipt(session, submission)
        yield _data(f"receipts/{submission.number:03}.signed.json", signed)
    yield _data("record/declarations.json", declarations_kept(session, engagement.id))
    yield _data("record/declaration_exemptions.json", exemptions_kept(session, engagement.id))
    yield _data("record/recusal_cases.json", cases_kept(session, engagement.id))
    yield _data("record/review.json", _reviews(session, engagement.id))
    yield _data("record/deliverables.json", decisions_of(session, engagement.id))
    yield _data("record/milestones.json", milestones_of(session, engagement.id))
    opinions = [plain(row._mapping) for row in opinion_rows(session, engagement.id)]
    yield _data("record/opinions.json", opinions)
    yield _data(
        "record/plan_reviews.json",
        [plain(row._mapping) for row in plan_review_rows(session, engagement.id)],
    )


def _reviews(session: Session, engagement_id: int) -> list[dict[str, Any]]:
    """That the levels took place, and by whom. What reviewers said to their own people is not in it."""
    reviews = session.scalars(
        select(InternalReview)
        .where(InternalReview.engagement_id == engagement_id)
        .order_by(InternalReview.number)
    ).all()
    found = []
    for review in reviews:
        steps = session.execute(
            select(ReviewStep.level, ReviewStep.decision, ReviewStep.decided_at, User.display_name)
            .join(User, User.id == ReviewStep.decided_by_id)
            .where(ReviewStep.review_id == review.id)
            .order_by(ReviewStep.level)
        )
        marks = session.execute(
            select(ReviewMark.kind, ReviewMark.name, ReviewMark.set_on)
            .where(ReviewMark.review_id == review.id)
            .order_by(ReviewMark.id)
        )
        found.append(
            {
                "number": review.number,
                "state": review.state.value,
                "levels": [plain(step._mapping) for step in steps],
                "marks": [plain(mark._mapping) for mark in marks],
            }
        )
    return found


def _data(path: str, data: Any) -> Entry:
    content = canonical({"data": data})
    return Entry(path, lambda: BytesIO(content))
