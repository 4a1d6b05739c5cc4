"""The list of spot checks, the page of one, planning, inspectors and calling off."""

from __future__ import annotations

from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from agencyqa.agencies.queries import agency_choices
from agencyqa.auth.actor import Actor
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.policies import visible as engagement_visible
from agencyqa.errors import Forbidden
from agencyqa.extensions import db
from agencyqa.inspections import pages, workflow
from agencyqa.inspections.enums import CheckAction
from agencyqa.inspections.forms import (
    CheckFilter,
    DeclarationForm,
    InspectorForm,
    PlanChangeForm,
    PlanForm,
    ReasonForm,
)
from agencyqa.inspections.models import SpotCheck
from agencyqa.inspections.numbering import check_label
from agencyqa.inspections.panels import check_panels
from agencyqa.inspections.policies import can_inspect, can_write
from agencyqa.inspections.queries import checks, findings
from agencyqa.inspections.queries.inspectors import inspector_choices, inspector_of, inspectors_of
from agencyqa.inspections.routes import bp
from agencyqa.inspections.routes.loading import load_check, load_check_to_write
from agencyqa.inspections.services import checks as services
from agencyqa.web.forms import Among
from agencyqa.web.loading import given_id
from agencyqa.web.tables import paginate

CONSTRAINTS = {
    "uq_spot_checks_form_token": ("form_token", "already_submitted"),
    "uq_inspectors_spot_check_id_user_id": ("user_id", "inspector_named_already"),
}


@bp.get("/")
@requires(Permission.INSPECTIONS_READ)
def index() -> ResponseReturnValue:
    actor = current_actor()
    session = db.session()
    finders = {"agency_id": partial(checks.agencies_seen, session, actor)} if actor.is_bureau else {}
    filters = CheckFilter.read(finders=finders)
    statement = checks.check_rows(
        actor,
        year=filters.year.data,
        state=filters.state.data,
        agency_id=filters.agency_id.data,
        agency=filters.agency_id.sought,
        channel=filters.channel.data,
    )
    is_used = filters.is_used
    if actor.is_agency:
        # An agency has only its own, and of these only what was recorded.
        del filters.agency_id
        del filters.state
    return render_template(
        "inspections/index.html",
        page=paginate(session, statement, checks.ORDERS, request.args),
        filters=filters,
        is_used=is_used,
        has_bureaus=actor.is_agency or len(actor.bureau_ids) > 1,
        can={"plan": can_inspect(actor)},
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.INSPECTIONS_WRITE)
def new() -> ResponseReturnValue:
    actor = current_actor()
    if not can_inspect(actor) or actor.bureau_id is None:
        raise Forbidden()
    session = db.session()
    form = PlanForm()
    form.inspector_ids.look_in(Among(inspector_choices(session, actor.bureau_id, today())))
    if not form.is_submitted():
        _prefill(form, actor)
    form.agency_id.look_in(partial(agency_choices, session, actor))
    if form.validate_on_submit():
        with form.catching(CONSTRAINTS):
            check = services.plan_check(actor, session, form.data_object(), now=utc_now())
            session.commit()
            flash(
                gettext("%(check)s已登记，检查人员已收到通知。", check=check_label(check.year, check.number)),
                "success",
            )
            return redirect(url_for("inspections.show", check_id=check.id))
    return render_template("inspections/new.html", form=form), form.status


@bp.get("/<int:check_id>")
@requires(Permission.INSPECTIONS_READ)
def show(check_id: int) -> ResponseReturnValue:
    actor = current_actor()
    session = db.session()
    check = load_check(check_id)
    is_own = can_write(actor, check)
    actions = workflow.check_actions(check.state) if is_own else frozenset()
    people = inspectors_of(session, check.id)
    own = next((row[0] for row in people if row[0].user_id == actor.user_id), None)
    is_out = own is not None and bool(own.has_conflict)
    checklist = pages.checklist_view(session, check)
    return render_template(
        "inspections/show.html",
        check=check,
        # An agency sees checks only when they are over.
        steps=pages.check_steps(check, [row[0] for row in people], checklist.items)
        if actor.is_bureau
        else None,
        label=check_label(check.year, check.number),
        names=checks.names_of(session, check),
        inspectors=[pages.inspector_view(*row, state=check.state) for row in people],
        checklist=checklist,
        findings=findings.rows_of_check(session, actor, check.id),
        panels=[panel(actor, check) for panel in check_panels],
        can={
            "edit": CheckAction.EDIT in actions,
            "answer": CheckAction.ANSWER in actions and not is_out,
            "close": CheckAction.RECORD in actions and not is_out,
            "cancel": CheckAction.CANCEL in actions,
            "add_inspector": CheckAction.ADD_INSPECTOR in actions,
            "declare": CheckAction.DECLARE in actions and own is not None and own.declared_at is None,
            "add_finding": is_own and check.state in workflow.TAKES_FINDINGS and not is_out,
            "read_notes": actor.is_bureau,
        },
    )


@bp.route("/<int:check_id>/edit", methods=["GET", "POST"])
@requires(Permission.INSPECTIONS_WRITE)
def edit(check_id: int) -> ResponseReturnValue:
    check = load_check_to_write(check_id, CheckAction.EDIT)
    form = PlanChangeForm(obj=check)
    context = _context(check)
    if form.validate_on_submit():
        with form.catching():
            services.change_plan(
                current_actor(),
                db.session(),
                check,
                form.data_object(),
                seen_version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("已保存。"), "success")
            return redirect(url_for("inspections.show", check_id=check_id))
    return render_template("inspections/edit.html", form=form, **context), form.status


@bp.route("/<int:check_id>/inspectors", methods=["GET", "POST"])
@requires(Permission.INSPECTIONS_WRITE)
def add_inspector(check_id: int) -> ResponseReturnValue:
    check = load_check_to_write(check_id, CheckAction.ADD_INSPECTOR)
    session = db.session()
    form = InspectorForm(obj=check)
    named = {row[0].user_id for row in inspectors_of(session, check.id)}
    people = inspector_choices(session, check.bureau_id, today())
    form.user_id.look_in(Among([choice for choice in people if choice[0] not in named]))
    context = _context(check)
    if form.validate_on_submit():
        with form.catching(CONSTRAINTS):
            services.add_inspector(
                current_actor(),
                session,
                check,
                form.user_id.data,
                seen_version=form.version.data,
                now=utc_now(),
            )
            session.commit()
            flash(gettext("检查人员已增加，并已收到通知。"), "success")
            return redirect(url_for("inspections.show", check_id=check_id))
    return render_template("inspections/inspector.html", form=form, **context), form.status


@bp.route("/<int:check_id>/declare", methods=["GET", "POST"])
@requires(Permission.INSPECTIONS_WRITE)
def declare(check_id: int) -> ResponseReturnValue:
    actor = current_actor()
    check = load_check_to_write(check_id, CheckAction.DECLARE)
    if inspector_of(db.session(), check.id, actor.user_id) is None:
        raise Forbidden("not_an_inspector")
    form = DeclarationForm()
    context = _context(check)
    if form.validate_on_submit():
        if form.has_conflict.data == form.has_none.data:
            form.add_error("has_none", gettext("请在两项中勾选一项。"))
        else:
            with form.catching():
                services.declare(
                    actor,
                    db.session(),
                    check,
                    has_conflict=form.has_conflict.data,
                    note=form.note.data,
                    now=utc_now(),
                )
                db.session.commit()
                if form.has_conflict.data:
                    flash(gettext("已申报利害关系，您不再参加这次抽查。"), "info")
                else:
                    flash(gettext("已申报没有利害关系。"), "success")
                return redirect(url_for("inspections.show", check_id=check_id))
    names = checks.names_of(db.session(), load_check(check_id))
    return render_template("inspections/declare.html", form=form, names=names, **context), form.status


@bp.route("/<int:check_id>/cancel", methods=["GET", "POST"])
@requires(Permission.INSPECTIONS_WRITE)
def cancel(check_id: int) -> ResponseReturnValue:
    check = load_check_to_write(check_id, CheckAction.CANCEL)
    form = ReasonForm(obj=check)
    context = _context(check)
    if form.validate_on_submit():
        with form.catching():
            services.cancel_check(
                current_actor(),
                db.session(),
                check,
                form.reason.data,
                seen_version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("抽查已取消。"), "success")
            return redirect(url_for("inspections.show", check_id=check_id))
    return render_template("inspections/cancel.html", form=form, **context), form.status


def _context(check: SpotCheck) -> dict[str, object]:
    """Taken before the service runs: a refusal expires the row."""
    return {"check_id": check.id, "label": check_label(check.year, check.number)}


def _prefill(form: PlanForm, actor: Actor) -> None:
    """The pages of an engagement and of an agency lead here with theirs; a foreign number chooses nothing."""
    form.checked_on.data = today()
    form.agency_id.data = given_id("agency_id")
    engagement_id = given_id("engagement_id")
    if engagement_id is not None:
        form.contract_number.data = (
            db.session.scalar(
                select(Engagement.contract_number).where(
                    engagement_visible(actor),
                    Engagement.bureau_id == actor.bureau_id,
                    Engagement.id == engagement_id,
                )
            )
            or ""
        )
