"""How the agencies of the demo review their reports before they hand them in: three people, three levels."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.demo.setting import Stage
from agencyqa.engagements.deliverables.models import DeliverableVersion
from agencyqa.engagements.deliverables.services import withdraw_version
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.review.enums import LevelDecision, MarkKind, ReviewState
from agencyqa.engagements.review.gate import files_of, newest_review
from agencyqa.engagements.review.models import InternalReview, ReviewComment
from agencyqa.engagements.review.services import (
    add_comment,
    answer_comment,
    decide_level,
    open_review,
    record_mark,
    withdraw_review,
)
from agencyqa.engagements.review.workflow import LEVELS

PASSED, RETURNED = LevelDecision.PASSED, LevelDecision.RETURNED
COMMENTS = (
    ("第三部分", "满意度调查只说明了有效问卷数，没有说明发放数，请补充。"),
    ("附表 2", "产出数量与底稿不一致，请核对后统一口径。"),
    ("第四部分建议 2", "建议没有落到责任单位和时间，请写具体。"),
)
ANSWERS = ("已在第三部分补充发放数和回收率。", "已按底稿更正附表，并核对正文。", "已补充责任单位和完成时间。")


class Reviewing:
    def __init__(self, session: Session, stage: Stage) -> None:
        self.session = session
        self.stage = stage

    def open(self, engagement_id: int, now: datetime) -> None:
        engagement = self.session.get_one(Engagement, engagement_id)
        staff = self.stage.reviewers(engagement.agency_id, now)[0]
        open_review(staff, self.session, engagement, "", now=now)

    def take(self, engagement_id: int, now: datetime, *, comment: int | None = None) -> None:
        """The next level; with a comment that is answered before it is passed."""
        review = self._review(engagement_id)
        people = self._people(engagement_id, now)
        reviewer = people[LEVELS[review.state] - 1]
        if comment is not None:
            said = self.comment(engagement_id, comment, now)
            answer_comment(people[0], self.session, said, ANSWERS[comment], now=now)
        decide_level(reviewer, self.session, review, PASSED, "", seen_version=review.version, now=now)
        if review.state is ReviewState.PASSED:
            manager, day = people[2], local_date(now)
            name = self.session.get_one(Engagement, engagement_id).contract_number
            record_mark(
                people[1], self.session, review, MarkKind.SIGNATURE, people[1].user_name, day, "", now=now
            )
            record_mark(
                manager, self.session, review, MarkKind.SEAL, "机构公章", day, f"用印登记：{name}", now=now
            )

    def comment(self, engagement_id: int, number: int, now: datetime) -> ReviewComment:
        review = self._review(engagement_id)
        reviewer = self._people(engagement_id, now)[LEVELS[review.state] - 1]
        place, text = COMMENTS[number]
        return add_comment(reviewer, self.session, review, place, text, now=now)

    def stop(self, engagement_id: int, now: datetime, *, returned: bool) -> None:
        """The review ends without a report, and its files are taken back, so that better ones can come."""
        review = self._review(engagement_id)
        staff, evaluator, _ = self._people(engagement_id, now)
        if returned:
            reason = "附表与正文多处不一致，请统一后重新送审。"
            decide_level(staff, self.session, review, RETURNED, reason, seen_version=review.version, now=now)
        else:
            reason = "被评价单位补充了资料，报告需要更新。"
            withdraw_review(evaluator, self.session, review, reason, seen_version=review.version, now=now)
        versions = select(DeliverableVersion).where(DeliverableVersion.id.in_(files_of(self.session, review)))
        for version in self.session.scalars(versions).all():
            withdraw_version(staff, self.session, version, now=now)

    def _review(self, engagement_id: int) -> InternalReview:
        review = newest_review(self.session, engagement_id)
        assert review is not None
        return review

    def _people(self, engagement_id: int, now: datetime) -> list[Actor]:
        agency_id = self.session.get_one(Engagement, engagement_id).agency_id
        return self.stage.reviewers(agency_id, now)
