"""What was said to plan and draft: one page for everybody who may read them, and a page for each step."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.engagements.deliverables.enums import DeliverableKind
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.loading import load_engagement
from agencyqa.engagements.opinions import panels, policies, queries, services
from agencyqa.engagements.opinions.forms import AnswerForm, OpinionForm, PlanReviewForm
from agencyqa.engagements.opinions.models import UnitOpinion
from agencyqa.engagements.queries import names_of
from agencyqa.errors import Forbidden
from agencyqa.extensions import db
from agencyqa.web.loading import one_or_404

bp = Blueprint("opinions", __name__, url_prefix="/engagements")

panels.register()


@bp.get("/<int:engagement_id>/opinions")
@requires(Permission.DELIVERABLES_READ)
def show(engagement_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    engagement = load_engagement(engagement_id)
    sees_reviews = policies.sees_plan_reviews(actor, engagement)
    reviews = queries.plan_review_rows(session, engagement_id) if sees_reviews else []
    is_open = engagement.state is EngagementState.CONTRACTED
    draft = services.newest_handed_in(session, engagement_id, DeliverableKind.DRAFT)
    report = services.newest_handed_in(session, engagement_id, DeliverableKind.REPORT)
    plan = services.newest_handed_in(session, engagement_id, DeliverableKind.PLAN)
    return render_template(
        "opinions/show.html",
        engagement=engagement,
        names=names_of(session, engagement),
        opinions=queries.opinion_rows(session, engagement_id),
        reviews=reviews,
        mean=queries.mean_score(reviews),
        has_draft=draft is not None,
        can={
            "reviews": sees_reviews,
            "write": policies.can_write(actor, engagement)
            and is_open
            and draft is not None
            and report is None,
            "answer": policies.can_answer(actor, engagement),
            "record": policies.can_record_review(actor, engagement)
            and plan is not None
            and engagement.state is not EngagementState.TERMINATED,
        },
    )


@bp.route("/<int:engagement_id>/opinions/new", methods=["GET", "POST"])
@requires(Permission.OPINIONS_WRITE)
def write(engagement_id: int) -> ResponseReturnValue:
    engagement, form = load_engagement(engagement_id), OpinionForm()
    if not policies.can_write(current_actor(), engagement):
        raise Forbidden()
    contract = engagement.contract_number
    if form.validate_on_submit():
        with form.catching():
            services.write_opinion(
                current_actor(), db.session(), engagement, form.place.data, form.text.data, now=utc_now()
            )
            db.session.commit()
            flash(gettext("意见已提交，并通知机构。"), "success")
            return _back(engagement_id)
    return _page("opinions/write.html", form, engagement_id, contract)


@bp.route("/<int:engagement_id>/opinions/<int:opinion_id>/answer", methods=["GET", "POST"])
@requires(Permission.DELIVERABLES_SUBMIT)
def answer(engagement_id: int, opinion_id: int) -> ResponseReturnValue:
    engagement = load_engagement(engagement_id)
    opinion = one_or_404(
        policies.visible_opinions(current_actor()).where(
            UnitOpinion.id == opinion_id, UnitOpinion.engagement_id == engagement_id
        )
    )
    if not policies.can_answer(current_actor(), engagement):
        raise Forbidden()
    form, contract = AnswerForm(), engagement.contract_number
    said = {"number": opinion.number, "place": opinion.place, "text": opinion.text}
    if form.validate_on_submit():
        with form.catching():
            services.answer_opinion(
                current_actor(), db.session(), opinion, form.outcome.data, form.answer.data, now=utc_now()
            )
            db.session.commit()
            flash(gettext("答复已提交，并通知被评价单位。"), "success")
            return _back(engagement_id)
    return _page("opinions/answer.html", form, engagement_id, contract, said=said)


@bp.route("/<int:engagement_id>/opinions/plan", methods=["GET", "POST"])
@requires(Permission.DELIVERABLES_ACCEPT)
def record_plan_review(engagement_id: int) -> ResponseReturnValue:
    engagement, form = load_engagement(engagement_id), PlanReviewForm()
    if not policies.can_record_review(current_actor(), engagement):
        raise Forbidden()
    contract = engagement.contract_number
    if form.validate_on_submit():
        with form.catching():
            services.record_plan_review(
                current_actor(),
                db.session(),
                engagement,
                form.expert.data,
                form.position.data,
                form.score.data,
                form.text.data,
                form.held_on.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("专家评审意见已登记，并通知机构。"), "success")
            return _back(engagement_id)
    return _page("opinions/plan.html", form, engagement_id, contract)


def _page(template: str, form: Any, engagement_id: int, contract: str, **more: Any) -> ResponseReturnValue:
    page = render_template(
        template, form=form, engagement_id=engagement_id, contract=contract, action=request.path, **more
    )
    return page, form.status


def _back(engagement_id: int) -> ResponseReturnValue:
    return redirect(url_for("opinions.show", engagement_id=engagement_id))
