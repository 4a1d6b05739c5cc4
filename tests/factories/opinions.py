"""Comments of evaluated units on drafts."""

from __future__ import annotations

from sqlalchemy.orm import Session

from agencyqa.engagements.deliverables.models import DeliverableVersion
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.opinions.models import UnitOpinion
from tests.factories.accounts import NOW


def make_opinion(
    session: Session,
    engagement: Engagement,
    draft: DeliverableVersion,
    text: str = "数据有出入",
    number: int = 1,
) -> UnitOpinion:
    opinion = UnitOpinion(
        engagement_id=engagement.id,
        version_id=draft.id,
        number=number,
        place="",
        text=text,
        written_at=NOW,
        answer="",
    )
    session.add(opinion)
    session.flush()
    return opinion
