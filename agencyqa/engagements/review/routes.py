"""The agency's internal review: one page that tells how it stands, and a page for each step."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.auth.actor import Actor
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.engagements.deliverables.services import waiting
from agencyqa.engagements.loading import load_engagement
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.queries import names_of
from agencyqa.engagements.review import panels, policies, queries, services, workflow
from agencyqa.engagements.review.enums import LevelDecision, ReviewState
from agencyqa.engagements.review.forms import (
    AnswerForm,
    CommentForm,
    LevelForm,
    MarkForm,
    OpenForm,
    WithdrawForm,
)
from agencyqa.engagements.review.gate import REVIEWED, newest_review, obstacle
from agencyqa.engagements.review.models import InternalReview, ReviewComment
from agencyqa.engagements.review.queries import Run
from agencyqa.errors import Forbidden, NotVisible
from agencyqa.extensions import db
from agencyqa.web.loading import one_or_404

bp = Blueprint("review", __name__, url_prefix="/engagements")

panels.register()


@bp.get("/<int:engagement_id>/review")
@requires(Permission.DELIVERABLES_READ)
def show(engagement_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    engagement = load_engagement(engagement_id)
    runs = queries.runs_of(session, actor, engagement_id)
    if not runs and not policies.can_review(actor, engagement):
        raise NotVisible()
    return render_template(
        "review/show.html",
        engagement=engagement,
        names=names_of(session, engagement),
        runs=runs,
        waits_for=panels.level_of(runs[0]) if runs else None,
        can=_can(actor, engagement, runs),
    )


def _can(actor: Actor, engagement: Engagement, runs: list[Run]) -> dict[str, Any]:
    """``upload`` is the number of the deliverable to which a report has to come first."""
    session = db.session()
    may = policies.can_review(actor, engagement)
    newest = runs[0] if runs else None
    level = panels.level_of(newest) if newest is not None else None
    has_taken = newest is not None and actor.user_id in {step.decided_by_id for step in newest.steps}
    pairs = waiting(session, engagement).pairs if may else []
    waits = any(deliverable.kind is REVIEWED for deliverable, _ in pairs)
    awaits_report = may and not waits and level is None
    return {
        "upload": queries.report_to_upload(session, engagement) if awaits_report else None,
        "people": policies.sees_people(actor),
        "inner": actor.is_agency,
        "open": may and waits and level is None and obstacle(session, engagement.id, pairs) is not None,
        "comment": may and level is not None,
        "decide": level is not None and policies.can_take_level(actor, engagement, level) and not has_taken,
        "pass": newest is not None and not newest.open_comments,
        "has_taken": may and level is not None and has_taken,
        "mark": newest is not None
        and newest.row.state is ReviewState.PASSED
        and policies.can_take_level(actor, engagement, 3),
    }


@bp.route("/<int:engagement_id>/review/open", methods=["GET", "POST"])
@requires(Permission.REVIEW_WRITE)
def open_review(engagement_id: int) -> ResponseReturnValue:
    engagement, form = _own_engagement(engagement_id), OpenForm()
    contract = engagement.contract_number
    if form.validate_on_submit():
        with form.catching():
            services.open_review(current_actor(), db.session(), engagement, form.note.data, now=utc_now())
            db.session.commit()
            flash(gettext("三级复核已发起，并通知本机构人员。"), "success")
            return _back(engagement_id)
    return _page("review/open.html", form, engagement_id, contract)


@bp.route("/<int:engagement_id>/review/decide", methods=["GET", "POST"])
@requires(Permission.REVIEW_WRITE)
def decide(engagement_id: int) -> ResponseReturnValue:
    contract, review = _newest(engagement_id)
    form = LevelForm(obj=review)
    state, level = review.state, workflow.LEVELS.get(review.state)
    if not form.is_submitted():
        wanted = request.args.get("decision", "")
        form.decision.data = LevelDecision(wanted) if wanted in set(LevelDecision) else None
    if form.validate_on_submit():
        with form.catching():
            services.decide_level(
                current_actor(),
                db.session(),
                review,
                form.decision.data,
                form.note.data,
                seen_version=form.version.data,
                now=utc_now(),
            )
            passed = review.state is ReviewState.PASSED
            db.session.commit()
            flash(
                gettext("三级复核通过，可以提交报告。") if passed else gettext("复核结论已记录。"), "success"
            )
            return _back(engagement_id)
    return _page("review/decide.html", form, engagement_id, contract, state=state, level=level)


@bp.route("/<int:engagement_id>/review/withdraw", methods=["GET", "POST"])
@requires(Permission.REVIEW_WRITE)
def withdraw(engagement_id: int) -> ResponseReturnValue:
    contract, review = _newest(engagement_id)
    form = WithdrawForm(obj=review)
    state = review.state
    if form.validate_on_submit():
        with form.catching():
            services.withdraw_review(
                current_actor(),
                db.session(),
                review,
                form.reason.data,
                seen_version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("复核已撤销。"), "success")
            return _back(engagement_id)
    return _page("review/withdraw.html", form, engagement_id, contract, state=state)


@bp.route("/<int:engagement_id>/review/comment", methods=["GET", "POST"])
@requires(Permission.REVIEW_WRITE)
def comment(engagement_id: int) -> ResponseReturnValue:
    contract, review = _newest(engagement_id)
    form, state = CommentForm(), review.state
    if form.validate_on_submit():
        with form.catching():
            services.add_comment(
                current_actor(), db.session(), review, form.place.data, form.text.data, now=utc_now()
            )
            db.session.commit()
            flash(gettext("意见已记录。"), "success")
            return _back(engagement_id)
    return _page("review/comment.html", form, engagement_id, contract, state=state)


@bp.route("/<int:engagement_id>/review/comments/<int:comment_id>/answer", methods=["GET", "POST"])
@requires(Permission.REVIEW_WRITE)
def answer(engagement_id: int, comment_id: int) -> ResponseReturnValue:
    contract = _own_engagement(engagement_id).contract_number
    found = one_or_404(
        policies.visible_comments(current_actor()).where(
            ReviewComment.id == comment_id, InternalReview.engagement_id == engagement_id
        )
    )
    form = AnswerForm()
    said = {"number": found.number, "place": found.place, "text": found.text}
    if form.validate_on_submit():
        with form.catching():
            services.answer_comment(current_actor(), db.session(), found, form.text.data, now=utc_now())
            db.session.commit()
            flash(gettext("答复已记录。"), "success")
            return _back(engagement_id)
    return _page("review/answer.html", form, engagement_id, contract, said=said)


@bp.route("/<int:engagement_id>/review/mark", methods=["GET", "POST"])
@requires(Permission.REVIEW_WRITE)
def mark(engagement_id: int) -> ResponseReturnValue:
    contract, review = _newest(engagement_id)
    if not policies.can_take_level(current_actor(), load_engagement(engagement_id), 3):
        raise Forbidden("review_level_answerable")
    form = MarkForm()
    if form.validate_on_submit():
        with form.catching():
            services.record_mark(
                current_actor(),
                db.session(),
                review,
                form.kind.data,
                form.name.data,
                form.set_on.data,
                form.note.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("签字盖章已登记。"), "success")
            return _back(engagement_id)
    return _page("review/mark.html", form, engagement_id, contract)


def _own_engagement(engagement_id: int) -> Engagement:
    engagement = load_engagement(engagement_id)
    if not policies.can_review(current_actor(), engagement):
        raise Forbidden()
    return engagement


def _newest(engagement_id: int) -> tuple[str, InternalReview]:
    """The contract number and the newest review. Raise NotVisible where there was none yet."""
    engagement = _own_engagement(engagement_id)
    review = newest_review(db.session(), engagement_id)
    if review is None:
        raise NotVisible()
    return engagement.contract_number, review


def _page(template: str, form: Any, engagement_id: int, contract: str, **more: Any) -> ResponseReturnValue:
    page = render_template(template, form=form, engagement_id=engagement_id, contract=contract, **more)
    return page, form.status


def _back(engagement_id: int) -> ResponseReturnValue:
    return redirect(url_for("review.show", engagement_id=engagement_id))
