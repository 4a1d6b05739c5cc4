"""Whether everything of an engagement is there to be sealed: the list that a page shows and a seal needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from agencyqa.engagements.deliverables.enums import DeliverableKind, DeliverableState
from agencyqa.engagements.deliverables.models import Deliverable, DeliverableVersion, Submission
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.opinions.gate import unanswered
from agencyqa.engagements.receipts.models import ReceiptSignature
from agencyqa.engagements.recusal.queries import signers_of
from agencyqa.engagements.review.enums import MarkKind, ReviewState
from agencyqa.engagements.review.models import InternalReview, ReviewedFile, ReviewMark
from agencyqa.web.labels import describe


class Item(StrEnum):
    COMPLETED = "completed"
    ACCEPTED = "accepted"
    RECEIPTS = "receipts"
    OPINIONS = "opinions"
    DECLARATIONS = "declarations"
    REVIEW = "review"
    SIGNATURE = "signature"
    SEAL = "seal"


describe(
    Item,
    {
        Item.COMPLETED: _l("委托业务已经完成"),
        Item.ACCEPTED: _l("必交成果全部验收"),
        Item.RECEIPTS: _l("每次提交都有签名的回执"),
        Item.OPINIONS: _l("被评价单位意见全部答复"),
        Item.DECLARATIONS: _l("工作组成员的独立性声明全部签署"),
        Item.REVIEW: _l("最终提交的报告经三级复核通过"),
        Item.SIGNATURE: _l("报告的主评人签字已登记"),
        Item.SEAL: _l("报告的机构盖章已登记"),
    },
)


@dataclass(frozen=True)
class Line:
    """``missing``: what stands in the way, where it can be named; ``people``: who has yet to sign; ``exempt``: without
    whose signature the bureau lets the file be sealed.
    """

    item: Item
    is_there: bool
    missing: tuple[DeliverableKind, ...] = ()
    people: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()


def checklist(session: Session, engagement: Engagement) -> list[Line]:
    """Review, signature and seal are asked for where a report was handed in; clerical help issues none."""
    owed = session.scalars(
        select(Deliverable.kind)
        .where(
            Deliverable.engagement_id == engagement.id,
            Deliverable.is_required,
            Deliverable.state != DeliverableState.ACCEPTED,
        )
        .order_by(Deliverable.id)
    ).all()
    unsigned = session.scalar(
        select(
            exists().where(
                Submission.engagement_id == engagement.id,
                ~exists().where(ReceiptSignature.submission_id == Submission.id),
            )
        )
    )
    signers = signers_of(session, engagement.id)
    undeclared = tuple(each.name for each in signers if each.is_awaited)
    exempt = tuple(each.name for each in signers if not (each.declarations or each.is_awaited))
    lines = [
        Line(Item.COMPLETED, engagement.state is EngagementState.COMPLETED),
        Line(Item.ACCEPTED, not owed, tuple(owed)),
        Line(Item.RECEIPTS, not unsigned),
        Line(Item.OPINIONS, unanswered(session, engagement.id) == 0),
        # Also of those who left the team: what they had done is in the file.
        Line(Item.DECLARATIONS, not undeclared, people=undeclared, exempt=exempt),
    ]
    report = _newest_report(session, engagement.id)
    if report is None:
        return lines
    reviews = session.scalars(
        select(InternalReview.id)
        .join(ReviewedFile, ReviewedFile.review_id == InternalReview.id)
        .where(ReviewedFile.version_id == report, InternalReview.state == ReviewState.PASSED)
    ).all()
    marks = set(session.scalars(select(ReviewMark.kind).where(ReviewMark.review_id.in_(reviews))))
    return [
        *lines,
        Line(Item.REVIEW, bool(reviews)),
        Line(Item.SIGNATURE, MarkKind.SIGNATURE in marks),
        Line(Item.SEAL, MarkKind.SEAL in marks),
    ]


def _newest_report(session: Session, engagement_id: int) -> int | None:
    return session.scalar(
        select(DeliverableVersion.id)
        .join(Deliverable, Deliverable.id == DeliverableVersion.deliverable_id)
        .where(
            Deliverable.engagement_id == engagement_id,
            Deliverable.kind == DeliverableKind.REPORT,
            DeliverableVersion.submission_id.is_not(None),
        )
        .order_by(DeliverableVersion.number.desc())
        .limit(1)
    )
