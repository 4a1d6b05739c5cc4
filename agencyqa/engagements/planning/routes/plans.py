from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.engagements.planning import policies, queries, services
from agencyqa.engagements.planning.enums import Coverage, PlanAction, PlanState
from agencyqa.engagements.planning.forms import AdjustForm, LineFilter, PlanForm
from agencyqa.engagements.planning.models import AnnualPlan
from agencyqa.engagements.planning.routes import bp
from agencyqa.engagements.planning.workflow import allowed
from agencyqa.errors import Forbidden
from agencyqa.extensions import db
from agencyqa.web.forms import VersionedForm
from agencyqa.web.loading import one_or_404
from agencyqa.web.tables import paginate


@bp.get("/")
@requires(Permission.ENGAGEMENTS_READ)
def index() -> ResponseReturnValue:
    actor = current_actor()
    return render_template(
        "planning/index.html",
        page=paginate(db.session(), queries.plan_rows(actor), queries.ORDER, request.args),
        has_bureaus=len(actor.bureau_ids) > 1,
        can={"draft": policies.can_draft(actor)},
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.ENGAGEMENTS_WRITE)
def new() -> ResponseReturnValue:
    form = PlanForm()
    if not form.is_submitted():
        form.year.data = today().year
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            plan = services.begin_plan(
                current_actor(), db.session(), form.year.data, form.source.data, now=utc_now()
            )
            db.session.commit()
            flash(gettext("年度计划草案已建立，请列入项目。"), "success")
            return redirect(url_for("planning.show", plan_id=plan.id))
    return render_template("planning/new.html", form=form), form.status


@bp.get("/<int:plan_id>")
@requires(Permission.ENGAGEMENTS_READ)
def show(plan_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    plan = load(plan_id)
    filters = LineFilter.read()
    rows = queries.line_rows(actor, plan_id, filters.coverage.data)
    steps = allowed(plan.state) if policies.can_change(actor, plan) else frozenset()
    is_approved = plan.state is PlanState.APPROVED
    return render_template(
        "planning/show.html",
        plan=plan,
        names=queries.names_of(session, plan),
        page=paginate(session, rows, queries.LINE_ORDER, request.args),
        filters=filters,
        counts=queries.coverage_counts(session, actor, plan_id),
        coverages={each.value: each for each in Coverage},
        changes=queries.changes_of(session, actor, plan),
        can={
            "edit": PlanAction.EDIT in steps,
            "drop": PlanAction.DROP in steps,
            "approve": PlanAction.APPROVE in allowed(plan.state) and policies.can_approve(actor, plan),
            "adjust": is_approved and policies.can_change(actor, plan),
            "commission": is_approved and policies.can_change(actor, plan),
            "names": actor.is_bureau,
        },
    )


@bp.route("/<int:plan_id>/approve", methods=["GET", "POST"])
@requires(Permission.PLANS_APPROVE)
def approve(plan_id: int) -> ResponseReturnValue:
    actor = current_actor()
    plan = load(plan_id)
    if not policies.can_approve(actor, plan):
        raise Forbidden("plan_lead_approves")
    form = VersionedForm(obj=plan)
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            services.approve_plan(actor, db.session(), plan, seen_version=form.version.data, now=utc_now())
            db.session.commit()
            flash(gettext("年度计划已批准。"), "success")
            return redirect(url_for("planning.show", plan_id=plan_id))
    return render_template("planning/approve.html", form=form, plan_id=plan_id), form.status


@bp.route("/<int:plan_id>/drop", methods=["GET", "POST"])
@requires(Permission.ENGAGEMENTS_WRITE)
def drop(plan_id: int) -> ResponseReturnValue:
    plan = load_writable(plan_id)
    form = VersionedForm(obj=plan)
    if form.validate_on_submit():
        with form.catching():
            services.drop_plan(
                current_actor(), db.session(), plan, seen_version=form.version.data, now=utc_now()
            )
            db.session.commit()
            flash(gettext("草案已放弃。"), "success")
            return redirect(url_for("planning.index"))
    return render_template("planning/drop.html", form=form, plan_id=plan_id), form.status


@bp.route("/<int:plan_id>/adjust", methods=["GET", "POST"])
@requires(Permission.ENGAGEMENTS_WRITE)
def adjust(plan_id: int) -> ResponseReturnValue:
    plan = load_writable(plan_id)
    form = AdjustForm()
    if form.validate_on_submit():
        with form.catching({"uq_annual_plans_draft": ("reason", "plan_drafted")}):
            draft = services.adjust_plan(current_actor(), db.session(), plan, form.reason.data, now=utc_now())
            db.session.commit()
            flash(gettext("新一版草案已建立，批准前仍执行原计划。"), "success")
            return redirect(url_for("planning.show", plan_id=draft.id))
    return render_template("planning/adjust.html", form=form, plan_id=plan_id), form.status


def load(plan_id: int) -> AnnualPlan:
    return one_or_404(policies.visible_plans(current_actor()).where(AnnualPlan.id == plan_id))


def load_writable(plan_id: int) -> AnnualPlan:
    plan = load(plan_id)
    if not policies.can_change(current_actor(), plan):
        raise Forbidden()
    return plan
