"""The list of findings, the story of one, and writing a draft."""

from __future__ import annotations

from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.auth.actor import Actor
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.extensions import db
from agencyqa.inspections import pages, workflow
from agencyqa.inspections.checklist_format import items_of
from agencyqa.inspections.enums import FindingAction, FindingState
from agencyqa.inspections.forms import DraftForm, FindingFilter, FindingForm
from agencyqa.inspections.models import Checklist, Finding, SpotCheck
from agencyqa.inspections.numbering import check_label, finding_label
from agencyqa.inspections.panels import finding_panels
from agencyqa.inspections.policies import can_decide, can_state, can_withdraw, can_write, visible_checks
from agencyqa.inspections.queries import findings
from agencyqa.inspections.queries.faults import all_faults, faults_by_code, offered_faults, title_of, unit_of
from agencyqa.inspections.queries.inspectors import inspector_of
from agencyqa.inspections.queries.provisions import rule_choices
from agencyqa.inspections.routes import bp
from agencyqa.inspections.routes.loading import load_check_to_write, load_finding, load_finding_to_write
from agencyqa.inspections.services import findings as services
from agencyqa.inspections.services.decisions import is_statement_late, may_be_decided
from agencyqa.measures.workdays import working_calendar
from agencyqa.web.tables import paginate

CONSTRAINTS = {"uq_findings_form_token": ("form_token", "already_submitted")}


@bp.get("/findings", endpoint="findings")
@requires(Permission.INSPECTIONS_READ)
def list_findings() -> ResponseReturnValue:
    actor = current_actor()
    session = db.session()
    finders = {"agency_id": partial(findings.agencies_seen, session, actor)} if actor.is_bureau else {}
    filters = FindingFilter.read(choices={"fault": all_faults(session)}, finders=finders)
    statement = findings.finding_rows(
        actor,
        year=filters.year.data,
        state=filters.state.data,
        severity=filters.severity.data,
        fault=filters.fault.data,
        agency_id=filters.agency_id.data,
        agency=filters.agency_id.sought,
    )
    is_used = filters.is_used
    if actor.is_agency:
        del filters.agency_id
    return render_template(
        "inspections/findings.html",
        page=paginate(session, statement, findings.ORDERS, request.args),
        filters=filters,
        is_used=is_used,
        has_bureaus=actor.is_agency or len(actor.bureau_ids) > 1,
        is_bureau=actor.is_bureau,
    )


@bp.get("/findings/<int:finding_id>", endpoint="finding")
@requires(Permission.INSPECTIONS_READ)
def show_finding(finding_id: int) -> ResponseReturnValue:
    actor = current_actor()
    session = db.session()
    finding = load_finding(finding_id)
    fault = faults_by_code(session, [finding.fault_code]).get(finding.fault_code)
    names = findings.names_of(session, finding)
    calendar = working_calendar(session)
    is_late, may_decide = is_statement_late(finding, calendar), may_be_decided(finding, calendar, today())
    return render_template(
        "inspections/finding.html",
        finding=finding,
        label=finding_label(finding.year, finding.number),
        names=names,
        fault={"title": title_of(fault), "unit": unit_of(fault)} if fault else None,
        cited=findings.cited_by(session, finding),
        steps=pages.finding_steps(finding, is_late=is_late),
        evidence=findings.evidence_of(session, actor, finding.id),
        is_late=is_late,
        is_author=actor.user_id is not None and actor.user_id == finding.created_by_id,
        waits=finding.state is FindingState.NOTIFIED and not may_decide,
        panels=[panel(actor, finding) for panel in finding_panels],
        can=_can(actor, finding, names.check_state.value == "recorded", may_decide=may_decide),
    )


def _can(actor: Actor, finding: Finding, check_is_recorded: bool, *, may_decide: bool) -> dict[str, bool]:
    session = db.session()
    steps = workflow.finding_actions(finding.state)
    own = inspector_of(session, finding.spot_check_id, actor.user_id) if actor.is_bureau else None
    is_out = own is not None and bool(own.has_conflict)
    writes = can_write(actor, finding) and not is_out
    decides = can_decide(actor, finding) and not is_out
    takes_evidence = finding.state in workflow.TAKES_EVIDENCE
    states = can_state(actor, finding) and FindingAction.STATE in steps and finding.stated_at is None
    sees_check = session.scalar(visible_checks(actor).where(SpotCheck.id == finding.spot_check_id))
    return {
        "edit": writes and FindingAction.EDIT in steps,
        "notify": writes and FindingAction.NOTIFY in steps and check_is_recorded,
        "finalise": decides and FindingAction.FINALISE in steps and may_decide,
        "drop": FindingAction.DROP in steps and (decides if finding.notified_at else writes),
        "withdraw": can_withdraw(actor, finding) and FindingAction.WITHDRAW in steps and not is_out,
        "state": states,
        "add_evidence": writes and takes_evidence,
        "read_check": sees_check is not None,
        "read_bureau": actor.is_bureau,
    }


@bp.route("/<int:check_id>/findings/new", methods=["GET", "POST"])
@requires(Permission.INSPECTIONS_WRITE)
def add_finding(check_id: int) -> ResponseReturnValue:
    check = load_check_to_write(check_id)
    session = db.session()
    form = FindingForm()
    if not form.is_submitted():
        _prefill(form, check)
    _offer(form)
    label = check_label(check.year, check.number)
    if form.validate_on_submit():
        with form.catching(CONSTRAINTS):
            finding = services.add_finding(current_actor(), session, check, form.data_object(), now=utc_now())
            session.commit()
            flash(
                gettext("%(finding)s已登记。", finding=finding_label(finding.year, finding.number)), "success"
            )
            return redirect(url_for("inspections.finding", finding_id=finding.id))
    page = render_template("inspections/finding_new.html", form=form, check_id=check_id, label=label)
    return page, form.status


@bp.route("/findings/<int:finding_id>/edit", methods=["GET", "POST"])
@requires(Permission.INSPECTIONS_WRITE)
def change_finding(finding_id: int) -> ResponseReturnValue:
    finding = load_finding_to_write(finding_id, FindingAction.EDIT)
    session = db.session()
    form = DraftForm(obj=finding)
    fault = faults_by_code(session, [finding.fault_code]).get(finding.fault_code)
    if not form.is_submitted() and fault is not None and fault.provision_key == finding.provision_key:
        # The fault's own rule is what an empty choice means; it then follows a new fault or day.
        form.provision_key.data = None
    _offer(form)
    label = finding_label(finding.year, finding.number)
    if form.validate_on_submit():
        with form.catching():
            services.change_finding(
                current_actor(),
                session,
                finding,
                form.data_object(),
                seen_version=form.version.data,
                now=utc_now(),
            )
            session.commit()
            flash(gettext("已保存。"), "success")
            return redirect(url_for("inspections.finding", finding_id=finding_id))
    page = render_template("inspections/finding_edit.html", form=form, finding_id=finding_id, label=label)
    return page, form.status


def _offer(form: FindingForm) -> None:
    session = db.session()
    form.fault_code.choices = offered_faults(session)
    # What was in force on the day typed; the service says so where a choice is from another day.
    keys = rule_choices(session, form.fact_on.data or today())
    known = {key for key, _ in keys}
    if form.provision_key.data and form.provision_key.data not in known:
        keys = [*keys, (form.provision_key.data, form.provision_key.data)]
    form.provision_key.choices = keys


def _prefill(form: FindingForm, check: SpotCheck) -> None:
    """From an item of the checklist that was answered with no."""
    form.occurrences.data = 1
    form.fact_on.data = min(check.checked_on, today())
    wanted = request.args.get("item", "")
    checklist = db.session().get_one(Checklist, check.checklist_id)
    item = next((each for each in items_of(checklist) if each.key == wanted), None)
    if item is None:
        return
    form.fault_code.data = item.fault
    form.facts.data = (check.answers.get(item.key) or {}).get("note", "")
