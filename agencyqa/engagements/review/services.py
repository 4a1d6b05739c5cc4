"""Opening a review, deciding a level, comments and their answers, signatures and seals."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from agencyqa.accounts.queries import member_ids
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.db import check_version
from agencyqa.engagements.deliverables.services.access import hold, hold_engagement, reason_of
from agencyqa.engagements.deliverables.services.handing_in import waiting
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.review import workflow
from agencyqa.engagements.review.enums import LevelDecision, MarkKind, ReviewAction, ReviewState
from agencyqa.engagements.review.gate import REVIEWED, files_of, newest_review
from agencyqa.engagements.review.models import (
    InternalReview,
    ReviewComment,
    ReviewedFile,
    ReviewMark,
    ReviewStep,
)
from agencyqa.engagements.review.policies import can_review, can_take_level, visible_comments, visible_to
from agencyqa.errors import Forbidden, Invalid, NotVisible, WrongState
from agencyqa.notifications.services import tell

AGENCY_PEOPLE = frozenset({Role.AGENCY_MANAGER, Role.PRINCIPAL_EVALUATOR, Role.AGENCY_STAFF})
# More would be a second report.
MOST_COMMENTS = 300


def open_review(
    actor: Actor, session: Session, engagement: Engagement, note: str, *, now: datetime
) -> InternalReview:
    """Over all report files that wait to be handed in. Raise NotVisible, Forbidden, WrongState, Invalid."""
    engagement = hold_engagement(actor, session, engagement)
    if not can_review(actor, engagement):
        raise Forbidden()
    files = {
        version.id
        for deliverable, version in waiting(session, engagement).pairs
        if deliverable.kind is REVIEWED
    }
    if not files:
        raise Invalid("review_no_files")
    newest = newest_review(session, engagement.id)
    if newest is not None and workflow.is_open(newest.state):
        raise WrongState("review_open", number=newest.number, state=newest.state)
    if newest is not None and newest.state is ReviewState.PASSED and files_of(session, newest) == files:
        raise WrongState("review_passed_already", number=newest.number)
    review = InternalReview(
        engagement_id=engagement.id,
        number=1 if newest is None else newest.number + 1,
        state=ReviewState.LEVEL_1,
        note=note.strip(),
        opened_at=now,
        opened_by_id=actor.user_id,
    )
    session.add(review)
    session.flush()
    session.add_all(ReviewedFile(review_id=review.id, version_id=each) for each in sorted(files))
    session.flush()
    _record(session, actor, "opened", review, now=now, number=review.number, versions=sorted(files))
    _tell(session, engagement, TOLD[review.state], review, now=now)
    return review


# What the people of the agency are told of a state.
TOLD = {
    ReviewState.LEVEL_1: "review_waiting_1",
    ReviewState.LEVEL_2: "review_waiting_2",
    ReviewState.LEVEL_3: "review_waiting_3",
    ReviewState.PASSED: "review_passed",
    ReviewState.RETURNED: "review_returned",
}


def decide_level(
    actor: Actor,
    session: Session,
    review: InternalReview,
    decision: LevelDecision,
    note: str,
    *,
    seen_version: int | None,
    now: datetime,
) -> InternalReview:
    """The level the review waits for. Passing needs every comment answered, returning needs a reason.

    Raise NotVisible, Forbidden, Stale, WrongState (also where this person took an earlier level), Invalid.
    """
    engagement = _hold_review(actor, session, review)
    check_version(review, seen_version)
    before = review.state
    passes = decision is LevelDecision.PASSED
    after = workflow.next_state(before, ReviewAction.PASS if passes else ReviewAction.RETURN)
    level = workflow.LEVELS[before]
    user_id = actor.user_id
    if user_id is None or not can_take_level(actor, engagement, level):
        raise Forbidden("review_level_answerable" if can_review(actor, engagement) else "forbidden")
    steps = session.scalars(
        select(ReviewStep.decided_by_id).where(ReviewStep.review_id == review.id).order_by(ReviewStep.level)
    ).all()
    workflow.expect_other_person(user_id, steps)
    if passes and _has_open_comment(session, review):
        raise WrongState("review_comments_open")
    text = note.strip() if passes else reason_of_return(note)
    session.add(
        ReviewStep(
            review_id=review.id,
            level=level,
            decision=decision,
            note=text,
            decided_at=now,
            decided_by_id=user_id,
        )
    )
    review.state = after
    if not workflow.is_open(after):
        review.closed_at = now
    session.flush()
    _record(
        session,
        actor,
        f"level_{decision.value}",
        review,
        now=now,
        number=review.number,
        level=level,
        changes={"state": (before, after)},
        reason=text,
    )
    _tell(session, engagement, TOLD[after], review, now=now)
    return review


def reason_of_return(note: str) -> str:
    try:
        return reason_of(note)
    except Invalid:
        raise Invalid("invalid", note="required") from None


def withdraw_review(
    actor: Actor,
    session: Session,
    review: InternalReview,
    reason: str,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """So that files can be changed while a review is open. Raise as ``decide_level``."""
    _hold_review(actor, session, review)
    check_version(review, seen_version)
    before = review.state
    after, text = workflow.next_state(before, ReviewAction.WITHDRAW), reason_of(reason)
    review.state, review.closed_at = after, now
    session.flush()
    changes = {"state": (before, after)}
    _record(session, actor, "withdrawn", review, now=now, number=review.number, changes=changes, reason=text)


def add_comment(
    actor: Actor, session: Session, review: InternalReview, place: str, text: str, *, now: datetime
) -> ReviewComment:
    """Raise NotVisible, Forbidden, WrongState, Invalid."""
    _hold_review(actor, session, review)
    if not workflow.is_open(review.state):
        raise WrongState("review_closed")
    if not text.strip():
        raise Invalid("invalid", text="required")
    last = session.scalar(select(func.max(ReviewComment.number)).where(ReviewComment.review_id == review.id))
    if (last or 0) >= MOST_COMMENTS:
        raise Invalid("invalid", text=("review_too_many_comments", {"count": MOST_COMMENTS}))
    comment = ReviewComment(
        review_id=review.id,
        number=(last or 0) + 1,
        level=workflow.LEVELS[review.state],
        place=place.strip(),
        text=text.strip(),
        written_at=now,
        written_by_id=actor.user_id,
        answer="",
    )
    session.add(comment)
    session.flush()
    _record(session, actor, "commented", review, now=now, number=comment.number, level=comment.level)
    return comment


def answer_comment(
    actor: Actor, session: Session, comment: ReviewComment, text: str, *, now: datetime
) -> InternalReview:
    """Once, while the review is open. Raise NotVisible, Forbidden, WrongState, Invalid."""
    if session.scalar(visible_comments(actor).where(ReviewComment.id == comment.id)) is None:
        raise NotVisible()
    review = session.get_one(InternalReview, comment.review_id)
    _hold_review(actor, session, review)
    session.refresh(comment)
    if not workflow.is_open(review.state):
        raise WrongState("review_closed")
    if comment.answered_at is not None:
        raise WrongState("review_answered_already")
    if not text.strip():
        raise Invalid("invalid", text="required")
    comment.answer, comment.answered_at, comment.answered_by_id = text.strip(), now, actor.user_id
    session.flush()
    _record(session, actor, "answered", review, now=now, number=comment.number, level=comment.level)
    return review


def record_mark(
    actor: Actor,
    session: Session,
    review: InternalReview,
    kind: MarkKind,
    name: str,
    set_on: date,
    note: str,
    *,
    now: datetime,
) -> ReviewMark:
    """A report is signed and sealed once its levels are passed. Raise NotVisible, Forbidden, WrongState, Invalid."""
    engagement = _hold_review(actor, session, review)
    if not can_take_level(actor, engagement, 3):
        raise Forbidden()
    if review.state is not ReviewState.PASSED or review.closed_at is None:
        raise WrongState("review_not_passed")
    problems: dict[str, str | tuple[str, dict[str, Any]]] = {}
    if not name.strip():
        problems["name"] = "required"
    if not local_date(review.closed_at) <= set_on <= local_date(now):
        problems["set_on"] = ("review_mark_day", {"first": local_date(review.closed_at)})
    if problems:
        raise Invalid("invalid", **problems)
    mark = ReviewMark(
        review_id=review.id,
        kind=kind,
        name=name.strip(),
        set_on=set_on,
        note=note.strip(),
        recorded_at=now,
        recorded_by_id=actor.user_id,
    )
    session.add(mark)
    session.flush()
    _record(session, actor, "mark_recorded", review, now=now, kind=kind, name=mark.name, set_on=set_on)
    return mark


def _hold_review(actor: Actor, session: Session, review: InternalReview) -> Engagement:
    """The engagement; both read anew, and nobody else changes the review until the caller commits."""
    if session.scalar(visible_to(actor).where(InternalReview.id == review.id)) is None:
        raise NotVisible()
    engagement = hold(session, review.engagement_id)
    session.refresh(review)
    if not can_review(actor, engagement):
        raise Forbidden()
    return engagement


def _has_open_comment(session: Session, review: InternalReview) -> bool:
    statement = select(
        exists().where(ReviewComment.review_id == review.id, ReviewComment.answered_at.is_(None))
    )
    return bool(session.scalar(statement))


def _record(session: Session, actor: Actor, verb: str, review: InternalReview, **facts: Any) -> None:
    """The agency's own affair: a bureau learns of the review with the report."""
    record(session, actor, f"review.review.{verb}", review, bureau_id=None, **facts)


def _tell(
    session: Session, engagement: Engagement, code: str, review: InternalReview, *, now: datetime
) -> None:
    tell(
        session,
        member_ids(session, engagement.agency_id, AGENCY_PEOPLE, day=local_date(now)),
        code,
        now=now,
        endpoint="review.show",
        endpoint_values={"engagement_id": engagement.id},
        contract=engagement.contract_number,
        number=review.number,
        state=review.state,
    )
