"""What a crowd hands in: files, receipts, archives, internal reviews, and what was said to drafts."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from agencyqa.engagements.archive.models import RetentionRule, SealedArchive
from agencyqa.engagements.deliverables.models import (
    Deliverable,
    DeliverableVersion,
    DueChange,
    Submission,
)
from agencyqa.engagements.opinions.models import UnitOpinion
from agencyqa.engagements.review.models import InternalReview, ReviewComment, ReviewStep
from agencyqa.files.models import StoredFile
from benchmarks.crowd import FIRST_DAY, NUMBERS, Crowd, Filler, padded, pick, text_of

FILES = 20_000
KINDS = ("plan", "work_papers", "draft", "report")
YEARS = 10
n = NUMBERS.c.n


def fill_files(filler: Filler, crowd: Crowd) -> None:
    for part in (_files, _reviews):
        part(filler, crowd)


def _files(filler: Filler, crowd: Crowd) -> None:
    filler.put(
        StoredFile,
        FILES,
        {
            "id": n + 1,
            "sha256": "a" * 58 + padded(n),
            "size": n % 9000 + 4000,
            "kind": "pdf",
            "stored_at": filler.moment(n * crowd.days // FILES),
            "scan_state": pick(n, ("clean", "not_scanned")),
            "verified_at": filler.moment(crowd.days - 1),
        },
    )
    filler.put(
        Submission,
        crowd.engagements,
        {
            "id": n + 1,
            "engagement_id": n + 1,
            "number": 1,
            "submitted_at": filler.moment(crowd.start(n) + 50),
            "receipt": {"files": []},
            "receipt_hash": "b" * 64,
        },
        n % 50 != 0,
    )
    engagement, place = n // 4, n % 4
    phase = engagement % 6
    state = sa.case(
        (engagement % 50 == 0, "expected"),
        (crowd.ended(engagement), "accepted"),
        (place < phase - 1, "accepted"),
        (sa.and_(place == phase - 1, engagement % 4 == 0), "returned"),
        (place == phase - 1, "submitted"),
        else_="expected",
    )
    began = crowd.start(engagement)
    handed_in = sa.case((state == "expected", sa.null()), else_=filler.moment(began + 20 * place + 20))
    due = began + 20 + 30 * place
    filler.put(
        Deliverable,
        4 * crowd.engagements,
        {
            "id": n + 1,
            "bureau_id": crowd.bureau_id,
            "agency_id": crowd.agency(engagement),
            "engagement_id": engagement + 1,
            "kind": pick(place, KINDS),
            "is_required": True,
            "due_on": filler.day(due),
            "state": state,
            "is_overdue": sa.and_(state == "expected", due < crowd.days),
            "late_days": sa.case((state == "expected", sa.null()), else_=0),
            "first_submitted_at": handed_in,
            "last_submitted_at": handed_in,
            "created_at": filler.moment(began),
        },
    )
    owner = Deliverable.__table__.c
    filler.put(
        DeliverableVersion,
        Deliverable.__table__,
        {
            "id": owner.id,
            "deliverable_id": owner.id,
            "number": 1,
            "file_id": owner.id % FILES + 1,
            "file_name": sa.literal("成果") + text_of(owner.id) + ".pdf",
            "sha256": "a" * 58 + padded(owner.id % FILES),
            "size": 4000,
            "file_kind": "pdf",
            "uploaded_at": owner.last_submitted_at,
            "submission_id": owner.engagement_id,
            "decision": sa.case((owner.state == "submitted", sa.null()), else_=owner.state),
            "decided_at": sa.case((owner.state == "submitted", sa.null()), else_=owner.last_submitted_at),
        },
        owner.state != "expected",
    )
    filler.put(
        DueChange,
        crowd.engagements // 10,
        {
            "deliverable_id": n * 40 + 4,
            "cause": "extended",
            "before_on": filler.day(crowd.start(n * 10) + 100),
            "after_on": filler.day(crowd.start(n * 10) + 130),
            "reason": "资料补充",
            "authority": "财政局",
            "changed_at": filler.moment(crowd.start(n * 10) + 90),
        },
    )
    _archives(filler, crowd)


def _archives(filler: Filler, crowd: Crowd) -> None:
    filler.put(
        RetentionRule,
        1,
        {
            "id": n + 1,
            "bureau_id": crowd.bureau_id,
            "valid_from": FIRST_DAY,
            "years": 30,
            "source": "测量用期限",
            "entered_at": filler.moment(n),
        },
    )
    filler.put(
        SealedArchive,
        crowd.engagements,
        {
            "engagement_id": n + 1,
            "number": 1,
            "file_id": n % FILES + 1,
            "rule_id": 1,
            "manifest_hash": "c" * 64,
            "keep_until": filler.day(crowd.start(n) + 30 * 365),
            "sealed_at": filler.moment(crowd.start(n) + 200),
        },
        crowd.ended(n),
        n % 2 == 0,
    )


def _reviews(filler: Filler, crowd: Crowd) -> None:
    begun = sa.or_(crowd.ended(n), n % 3 == 0)
    state: Any = sa.case((crowd.ended(n), "passed"), (n % 6 == 0, "level_1"), else_="level_2")
    filler.put(
        InternalReview,
        crowd.engagements,
        {
            "id": n + 1,
            "engagement_id": n + 1,
            "number": 1,
            "state": state,
            "opened_at": filler.moment(crowd.start(n) + 45),
        },
        begun,
    )
    review = InternalReview.__table__.c
    # The database wants three different people for the three levels of a review.
    for level, person in enumerate((crowd.agent_id, crowd.officer_id, crowd.administrator_id), 1):
        filler.put(
            ReviewStep,
            InternalReview.__table__,
            {
                "review_id": review.id,
                "level": level,
                "decision": "passed",
                "decided_at": review.opened_at,
                "decided_by_id": person,
            },
            review.state == "passed",
        )
    filler.put(
        ReviewComment,
        InternalReview.__table__,
        {
            "review_id": review.id,
            "number": 1,
            "level": 1,
            "text": "请补充样本说明",
            "written_at": review.opened_at,
            "answer": "已补充",
            "answered_at": review.opened_at,
        },
    )
    draft = n * 8 + 3
    filler.put(
        UnitOpinion,
        crowd.engagements // 2,
        {
            "engagement_id": n * 2 + 1,
            "version_id": draft,
            "number": 1,
            "text": "请核对金额",
            "written_at": filler.moment(crowd.start(n * 2) + 60),
            "outcome": sa.case((n % 200 == 1, sa.null()), else_="taken"),
            "answered_at": sa.case((n % 200 == 1, sa.null()), else_=filler.moment(crowd.start(n * 2) + 65)),
        },
        sa.select(1).where(DeliverableVersion.id == draft).exists(),
    )
