from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.accounts.queries import departments_for
from agencyqa.agencies.queries import agency_choices
from agencyqa.auth.actor import Actor
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.engagements import queries, rules, services, trail, workflow
from agencyqa.engagements.checks import CheckView, examine, views
from agencyqa.engagements.data import data_of
from agencyqa.engagements.enums import EngagementAction
from agencyqa.engagements.forms import CompletionForm, EngagementFilter, EngagementForm, ReasonForm, YearForm
from agencyqa.engagements.loading import load_engagement
from agencyqa.engagements.locks import is_year_final
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.pages import steps
from agencyqa.engagements.panels import engagement_panels
from agencyqa.engagements.policies import (
    can_change,
    can_change_year,
    can_create,
    can_read_contract,
)
from agencyqa.engagements.services.lateness import follow_calendar
from agencyqa.errors import Forbidden
from agencyqa.extensions import db
from agencyqa.measures.enums import WorkKind
from agencyqa.measures.reckoning import reckon
from agencyqa.measures.workday_services import calendar_listeners
from agencyqa.objects.queries import object_choices
from agencyqa.web.fields.found import Finder
from agencyqa.web.loading import given_choice, given_id
from agencyqa.web.once import one_page
from agencyqa.web.tables import paginate

bp = Blueprint("engagements", __name__, url_prefix="/engagements")
trail.register()
if follow_calendar not in calendar_listeners:
    calendar_listeners.append(follow_calendar)


@bp.get("/")
@requires(Permission.ENGAGEMENTS_READ)
def index() -> ResponseReturnValue:
    actor = current_actor()
    finders: dict[str, Finder] = {
        "department_id": partial(departments_for, db.session(), actor, queries.at_work)
    }
    # An agency is not asked for an agency: its own name would be the only choice.
    if not actor.is_agency:
        finders["agency_id"] = partial(queries.agencies_seen, db.session(), actor)
    filters = EngagementFilter.read(finders=finders)
    agency_id, agency = filters.agency_id.data, filters.agency_id.sought
    if actor.is_agency:
        del filters.agency_id
    rows = queries.engagement_rows(
        actor,
        q=filters.q.data,
        year=filters.year.data,
        state=filters.state.data,
        agency_id=agency_id,
        agency=agency,
        department_id=filters.department_id.data,
        department=filters.department_id.sought,
        is_overdue=bool(filters.overdue.data),
    )
    return render_template(
        "engagements/index.html",
        page=paginate(db.session(), rows, queries.orders_for(actor), request.args),
        filters=filters,
        has_bureaus=len(actor.bureau_ids) > 1 or actor.is_agency,
        can={
            "create": can_create(actor),
            "recusals": actor.has(Permission.AGENCIES_READ),
            "plans": not actor.is_agency,
            "selections": actor.is_bureau or actor.is_department,
            "fee": not actor.is_observer,
            "sort_fee": actor.is_bureau or actor.is_agency,
        },
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.ENGAGEMENTS_WRITE)
def new() -> ResponseReturnValue:
    actor = current_actor()
    form = EngagementForm()
    if not form.is_submitted():
        _choose_given(form)
    _fill_choices(form, actor)
    refused: list[CheckView] = []
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            try:
                engagement = services.create_engagement(
                    actor, db.session(), form.data_object(), now=utc_now()
                )
                db.session.commit()
            except services.CommissionRefused as error:
                refused = _explain(form, error)
                raise
            flash(gettext("委托业务已登记。"), "success")
            _flash_notes(engagement)
            return redirect(url_for("engagements.show", engagement_id=engagement.id))
    return render_template("engagements/new.html", form=form, refused=refused), form.status


@bp.get("/<int:engagement_id>")
@requires(Permission.ENGAGEMENTS_READ)
def show(engagement_id: int) -> ResponseReturnValue:
    with one_page():
        return _show(current_actor(), load_engagement(engagement_id))


def _show(actor: Actor, engagement: Engagement) -> str:
    session = db.session()
    open_steps = workflow.allowed(engagement.state) if can_change(actor, engagement) else frozenset()
    is_final = is_year_final(session, engagement.bureau_id, engagement.assessment_year)
    names = queries.names_of(session, engagement)
    parties = {
        engagement.bureau_id: names.bureau,
        engagement.agency_id: names.agency,
        engagement.commissioner_id: names.commissioner,
        engagement.evaluated_unit_id: names.evaluated_unit,
    }
    return render_template(
        "engagements/show.html",
        engagement=engagement,
        names=names,
        steps=steps(engagement),
        # The outcome names ties and standing, which are the register's and for its bureau only.
        checks=_checks(engagement) if actor.is_bureau else [],
        # Only where the page says so, for it costs a statement.
        late_days=_late_days(engagement) if engagement.is_overdue else 0,
        panels=[panel(actor, engagement) for panel in engagement_panels],
        trail=trail.trail_of(session, actor, engagement, parties),
        can={
            "edit": EngagementAction.EDIT in open_steps and not is_final,
            "complete": EngagementAction.COMPLETE in open_steps,
            "terminate": EngagementAction.TERMINATE in open_steps and not is_final,
            "reopen": EngagementAction.REOPEN in open_steps and not is_final,
            "change_year": can_change_year(actor, engagement) and not is_final,
            "read_contract": can_read_contract(actor, engagement),
            "read_agency": actor.has(Permission.AGENCIES_READ),
            "read_object": actor.has(Permission.OBJECTS_READ),
        },
    )


def _late_days(engagement: Engagement) -> int:
    return reckon(db.session(), today()).late(engagement.due_on)


@bp.route("/<int:engagement_id>/edit", methods=["GET", "POST"])
@requires(Permission.ENGAGEMENTS_WRITE)
def edit(engagement_id: int) -> ResponseReturnValue:
    actor = current_actor()
    engagement = _load_writable(engagement_id)
    form = EngagementForm(obj=engagement)
    _fill_choices(form, actor, engagement)
    contract = engagement.contract_number
    refused: list[CheckView] = []
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            try:
                services.change_engagement(
                    actor,
                    db.session(),
                    engagement,
                    form.data_object(),
                    seen_version=form.version.data,
                    now=utc_now(),
                )
                db.session.commit()
            except services.CommissionRefused as error:
                refused = _explain(form, error)
                raise
            flash(gettext("已保存。"), "success")
            return redirect(url_for("engagements.show", engagement_id=engagement_id))
    page = render_template(
        "engagements/edit.html", form=form, refused=refused, engagement_id=engagement_id, contract=contract
    )
    return page, form.status


@bp.route("/<int:engagement_id>/complete", methods=["GET", "POST"])
@requires(Permission.ENGAGEMENTS_WRITE)
def complete(engagement_id: int) -> ResponseReturnValue:
    engagement = _load_writable(engagement_id)
    form = CompletionForm(obj=engagement)
    if not form.is_submitted():
        form.completed_on.data = today()
    context = _step_context(engagement) | {"open": queries.not_accepted(db.session(), engagement_id)}
    if form.validate_on_submit():
        with form.catching():
            services.complete_engagement(
                current_actor(),
                db.session(),
                engagement,
                form.completed_on.data,
                seen_version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("已登记完成。"), "success")
            return redirect(url_for("engagements.show", engagement_id=engagement_id))
    return render_template("engagements/complete.html", form=form, **context), form.status


@bp.route("/<int:engagement_id>/terminate", methods=["GET", "POST"])
@requires(Permission.ENGAGEMENTS_WRITE)
def terminate(engagement_id: int) -> ResponseReturnValue:
    engagement = _load_writable(engagement_id)
    form = ReasonForm(obj=engagement)
    context = _step_context(engagement)
    if form.validate_on_submit():
        with form.catching():
            services.terminate_engagement(
                current_actor(),
                db.session(),
                engagement,
                form.reason.data,
                seen_version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("委托业务已终止。"), "success")
            return redirect(url_for("engagements.show", engagement_id=engagement_id))
    return render_template("engagements/terminate.html", form=form, **context), form.status


@bp.route("/<int:engagement_id>/reopen", methods=["GET", "POST"])
@requires(Permission.ENGAGEMENTS_WRITE)
def reopen(engagement_id: int) -> ResponseReturnValue:
    engagement = _load_writable(engagement_id)
    form = ReasonForm(obj=engagement)
    context = _step_context(engagement)
    if form.validate_on_submit():
        with form.catching():
            services.reopen_engagement(
                current_actor(),
                db.session(),
                engagement,
                form.reason.data,
                seen_version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("已撤销完成。"), "success")
            return redirect(url_for("engagements.show", engagement_id=engagement_id))
    return render_template("engagements/reopen.html", form=form, **context), form.status


@bp.route("/<int:engagement_id>/assessment-year", methods=["GET", "POST"])
@requires(Permission.ENGAGEMENTS_WRITE)
def change_year(engagement_id: int) -> ResponseReturnValue:
    engagement = _load_writable(engagement_id)
    if not can_change_year(current_actor(), engagement):
        raise Forbidden("only_lead_changes_year")
    form = YearForm(obj=engagement)
    if not form.is_submitted():
        form.year.data = engagement.assessment_year
    context = _step_context(engagement)
    if form.validate_on_submit():
        with form.catching():
            services.change_assessment_year(
                current_actor(),
                db.session(),
                engagement,
                form.year.data,
                form.reason.data,
                seen_version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("考核年度已调整。"), "success")
            return redirect(url_for("engagements.show", engagement_id=engagement_id))
    return render_template("engagements/year.html", form=form, **context), form.status


def _load_writable(engagement_id: int) -> Engagement:
    engagement = load_engagement(engagement_id)
    if not can_change(current_actor(), engagement):
        raise Forbidden()
    return engagement


def _fill_choices(form: EngagementForm, actor: Actor, engagement: Engagement | None = None) -> None:
    session = db.session()
    form.object_id.look_in(partial(object_choices, session, actor))
    commissioner = engagement.commissioner_id if engagement else None
    form.commissioner_id.look_in(partial(queries.commissioner_choices, session, actor, commissioner))
    unit = engagement.evaluated_unit_id if engagement else None
    form.evaluated_unit_id.look_in(partial(queries.unit_choices, session, actor, unit))
    form.agency_id.look_in(partial(agency_choices, session, actor))
    form.principal_evaluator_id.look_in(partial(queries.evaluator_choices, session, actor))


def _choose_given(form: EngagementForm) -> None:
    """What the page of an object, a line of the plan or a selection knows already; a foreign number chooses nothing."""
    for field in (form.object_id, form.commissioner_id, form.evaluated_unit_id, form.agency_id):
        field.data = given_id(field.name)
    form.work_kind.data = given_choice("work_kind", WorkKind)
    form.fee.data = given_id("fee")


def _explain(form: EngagementForm, error: services.CommissionRefused) -> list[CheckView]:
    """Mistakes of input go to their fields, what a measure forbids above the form with its provision."""
    for check in error.checks:
        if check.is_mistake:
            form.add_error(check.field, views(db.session(), [check], form.contract_signed_on.data)[0].text)
    forbidden = [check for check in error.checks if not check.is_mistake]
    return views(db.session(), forbidden, form.contract_signed_on.data)


def _checks(engagement: Engagement) -> list[CheckView]:
    checks = examine(
        db.session(),
        data_of(engagement),
        engagement.bureau_id,
        today=today(),
        completed_on=engagement.completed_on,
        engagement_id=engagement.id,
    )
    return views(db.session(), checks, engagement.contract_signed_on, current_actor())


def _flash_notes(engagement: Engagement) -> None:
    """What does not forbid the engagement but should be known."""
    checks = examine(
        db.session(),
        data_of(engagement),
        engagement.bureau_id,
        today=today(),
        engagement_id=engagement.id,
    )
    for note in views(db.session(), rules.notes(checks), engagement.contract_signed_on):
        flash(note.text, "warning")
    if is_year_final(db.session(), engagement.bureau_id, engagement.assessment_year):
        flash(
            gettext(
                "%(year)s 年度考核结果已经确定，这项委托业务不改变已有结果。", year=engagement.assessment_year
            ),
            "warning",
        )


def _step_context(engagement: Engagement) -> dict[str, Any]:
    """What the page of a step shows, read before a refusal rolls the engagement back."""
    return {
        "engagement_id": engagement.id,
        "contract": engagement.contract_number,
        "due_on": engagement.due_on,
        "signed_on": engagement.contract_signed_on,
        "year": engagement.assessment_year,
    }
