"""The milestones of an engagement: one page for the parties and the bureau, and a page for each step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.engagements.deliverables.forms import DueForm
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.loading import load_engagement
from agencyqa.engagements.milestones.forms import Counting, ExtendForm, PauseForm, ResumeForm
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.queries import names_of
from agencyqa.engagements.schedule import panels, policies, queries, services
from agencyqa.engagements.schedule.enums import MilestoneState
from agencyqa.engagements.schedule.forms import FinishForm, PlanForm, ReasonForm
from agencyqa.engagements.schedule.models import Milestone
from agencyqa.errors import Forbidden, NotVisible
from agencyqa.extensions import db
from agencyqa.measures.reckoning import reckon
from agencyqa.web.forms import VersionedForm
from agencyqa.web.loading import one_or_404

bp = Blueprint("schedule", __name__, url_prefix="/engagements")

panels.register()

Given = tuple[Milestone, Engagement, dict[str, Any]]


@bp.get("/<int:engagement_id>/milestones")
@requires(Permission.DELIVERABLES_READ)
def show(engagement_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    engagement = load_engagement(engagement_id)
    if not policies.sees(actor, engagement):
        raise NotVisible()
    marks = queries.marks_of(session, actor, engagement_id)
    runs = engagement.state is not EngagementState.TERMINATED
    may_plan = runs and policies.can_plan(actor, engagement)
    return render_template(
        "schedule/show.html",
        engagement=engagement,
        names=names_of(session, engagement),
        marks=marks,
        reckoning=reckon(db.session(), today()),
        can={
            "plan": may_plan,
            "finish": {
                mark.row.id
                for mark in marks
                if runs
                and mark.row.state is MilestoneState.PLANNED
                and policies.can_finish(actor, engagement, mark.row.party)
            },
        },
    )


@bp.route("/<int:engagement_id>/milestones/new", methods=["GET", "POST"])
@requires(Permission.DEADLINES_WRITE)
def plan(engagement_id: int) -> ResponseReturnValue:
    engagement, form = load_engagement(engagement_id), PlanForm()
    if not policies.can_plan(current_actor(), engagement):
        raise Forbidden()
    contract = engagement.contract_number
    if not form.is_submitted():
        form.counted_from.data = engagement.contract_signed_on
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            services.plan_milestone(
                current_actor(),
                db.session(),
                engagement,
                form.data_object(),
                form_token=form.form_token.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("节点已设定，并通知各方。"), "success")
            return redirect(url_for("schedule.show", engagement_id=engagement_id))
    page = render_template("schedule/plan.html", form=form, engagement_id=engagement_id, contract=contract)
    return page, form.status


@bp.route("/<int:engagement_id>/milestones/<int:milestone_id>/date", methods=["GET", "POST"])
@requires(Permission.DEADLINES_WRITE)
def change_date(engagement_id: int, milestone_id: int) -> ResponseReturnValue:
    milestone, _, context = _to_plan(engagement_id, milestone_id)
    form = DueForm(data={"version": milestone.version})
    return _answer(
        "schedule/date.html",
        form,
        lambda: services.change_date(
            current_actor(),
            db.session(),
            milestone,
            form.data_object(),
            seen_version=form.version.data,
            now=utc_now(),
        ),
        context,
    )


@bp.route("/<int:engagement_id>/milestones/<int:milestone_id>/extend", methods=["GET", "POST"])
@requires(Permission.DEADLINES_WRITE)
def extend(engagement_id: int, milestone_id: int) -> ResponseReturnValue:
    milestone, _, context = _to_plan(engagement_id, milestone_id)
    form = ExtendForm(data={"version": milestone.version})
    return _answer(
        "schedule/extend.html",
        form,
        lambda: services.extend(
            current_actor(),
            db.session(),
            milestone,
            form.working_days.data,
            form.grounds,
            seen_version=form.version.data,
            now=utc_now(),
        ),
        context,
    )


@bp.route("/<int:engagement_id>/milestones/<int:milestone_id>/pause", methods=["GET", "POST"])
@requires(Permission.DEADLINES_WRITE)
def pause(engagement_id: int, milestone_id: int) -> ResponseReturnValue:
    milestone, _, context = _to_plan(engagement_id, milestone_id)
    form = PauseForm(data={"version": milestone.version, "began_on": today()})
    return _answer(
        "schedule/pause.html",
        form,
        lambda: services.pause(
            current_actor(),
            db.session(),
            milestone,
            form.began_on.data,
            form.grounds,
            seen_version=form.version.data,
            now=utc_now(),
        ),
        context,
    )


@bp.route("/<int:engagement_id>/milestones/<int:milestone_id>/resume", methods=["GET", "POST"])
@requires(Permission.DEADLINES_WRITE)
def resume(engagement_id: int, milestone_id: int) -> ResponseReturnValue:
    milestone, _, context = _to_plan(engagement_id, milestone_id)
    form = ResumeForm(data={"version": milestone.version, "ended_on": today(), "anew": Counting.GO_ON})
    return _answer(
        "schedule/resume.html",
        form,
        lambda: services.resume(
            current_actor(),
            db.session(),
            milestone,
            form.ended_on.data,
            form.ending.data,
            anew=form.anew.data is Counting.ANEW,
            seen_version=form.version.data,
            now=utc_now(),
        ),
        context,
    )


@bp.route("/<int:engagement_id>/milestones/<int:milestone_id>/cancel", methods=["GET", "POST"])
@requires(Permission.DEADLINES_WRITE)
def cancel(engagement_id: int, milestone_id: int) -> ResponseReturnValue:
    milestone, _, context = _to_plan(engagement_id, milestone_id)
    form = ReasonForm(data={"version": milestone.version})
    return _answer(
        "schedule/cancel.html",
        form,
        lambda: services.cancel_milestone(
            current_actor(),
            db.session(),
            milestone,
            form.reason.data,
            seen_version=form.version.data,
            now=utc_now(),
        ),
        context,
    )


@bp.route("/<int:engagement_id>/milestones/<int:milestone_id>/reopen", methods=["GET", "POST"])
@requires(Permission.DEADLINES_WRITE)
def reopen(engagement_id: int, milestone_id: int) -> ResponseReturnValue:
    milestone, _, context = _to_plan(engagement_id, milestone_id)
    form = ReasonForm(data={"version": milestone.version})
    return _answer(
        "schedule/reopen.html",
        form,
        lambda: services.reopen(
            current_actor(),
            db.session(),
            milestone,
            form.reason.data,
            seen_version=form.version.data,
            now=utc_now(),
        ),
        context,
    )


@bp.route("/<int:engagement_id>/milestones/<int:milestone_id>/done", methods=["GET", "POST"])
@requires(Permission.DELIVERABLES_READ)
def finish(engagement_id: int, milestone_id: int) -> ResponseReturnValue:
    milestone, engagement, context = _load(engagement_id, milestone_id)
    if not policies.can_finish(current_actor(), engagement, milestone.party):
        raise Forbidden()
    form = FinishForm(data={"version": milestone.version, "done_on": today()})
    form.version_id.choices = queries.proofs(db.session(), current_actor(), engagement_id)
    return _answer(
        "schedule/finish.html",
        form,
        lambda: services.finish(
            current_actor(),
            db.session(),
            milestone,
            form.done_on.data,
            form.evidence.data,
            form.version_id.data,
            seen_version=form.version.data,
            now=utc_now(),
        ),
        context,
    )


def _load(engagement_id: int, milestone_id: int) -> Given:
    """The milestone, its engagement, and what the page shows of it, read before a refusal rolls it back."""
    engagement = load_engagement(engagement_id)
    milestone = one_or_404(
        policies.visible_to(current_actor()).where(
            Milestone.id == milestone_id, Milestone.engagement_id == engagement_id
        )
    )
    return (
        milestone,
        engagement,
        {
            "engagement_id": engagement_id,
            "kind": milestone.kind,
            "what": milestone.title,
            "due_on": milestone.due_on,
            "is_provisional": milestone.is_due_provisional,
            "paused_on": milestone.paused_on,
            "contract": engagement.contract_number,
        },
    )


def _to_plan(engagement_id: int, milestone_id: int) -> Given:
    given = _load(engagement_id, milestone_id)
    if not policies.can_plan(current_actor(), given[1]):
        raise Forbidden()
    return given


def _answer(
    template: str, form: VersionedForm, act: Callable[[], None], context: dict[str, Any]
) -> ResponseReturnValue:
    if form.validate_on_submit():
        with form.catching():
            act()
            db.session.commit()
            flash(gettext("已保存，并通知各方。"), "success")
            return redirect(url_for("schedule.show", engagement_id=context["engagement_id"]))
    return render_template(template, form=form, action=request.path, **context), form.status
