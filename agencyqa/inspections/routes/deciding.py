"""Telling the agency of a finding, its statement, and what becomes of the finding."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.errors import Forbidden, WrongState
from agencyqa.extensions import db
from agencyqa.inspections import workflow
from agencyqa.inspections.enums import FindingAction
from agencyqa.inspections.forms import NotifyForm, ReasonForm, StatementForm
from agencyqa.inspections.models import Finding
from agencyqa.inspections.numbering import finding_label
from agencyqa.inspections.policies import can_state
from agencyqa.inspections.queries import findings
from agencyqa.inspections.routes import bp
from agencyqa.inspections.routes.loading import load_finding, load_finding_to_write
from agencyqa.inspections.services import decisions
from agencyqa.inspections.services.findings import STATEMENT_WORKING_DAYS, notify_agency
from agencyqa.measures.workdays import working_calendar


@bp.route("/findings/<int:finding_id>/notify", methods=["GET", "POST"])
@requires(Permission.INSPECTIONS_WRITE)
def notify(finding_id: int) -> ResponseReturnValue:
    finding = load_finding_to_write(finding_id, FindingAction.NOTIFY)
    form = NotifyForm(obj=finding)
    if not form.is_submitted():
        form.working_days.data = STATEMENT_WORKING_DAYS
    context = _context(finding)
    if form.validate_on_submit():
        with form.catching():
            notify_agency(
                current_actor(),
                db.session(),
                finding,
                working_days=form.working_days.data,
                seen_version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("已告知机构，等待其陈述申辩。"), "success")
            return _back(finding_id)
    return render_template("inspections/notify.html", form=form, **context), form.status


@bp.route("/findings/<int:finding_id>/statement", methods=["GET", "POST"])
@requires(Permission.FINDINGS_STATE)
def state(finding_id: int) -> ResponseReturnValue:
    """Files first, then the words: with the words the statement is made."""
    actor = current_actor()
    finding = load_finding(finding_id)
    if not can_state(actor, finding):
        raise Forbidden()
    workflow.next_finding_state(finding.state, FindingAction.STATE)
    if finding.stated_at is not None:
        raise WrongState("stated_already")
    form = StatementForm(data={"version": finding.version})
    due_on = finding.statement_due_on
    context = _context(finding)
    if form.validate_on_submit():
        with form.catching():
            decisions.make_statement(
                actor,
                db.session(),
                finding,
                form.statement.data,
                seen_version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("陈述申辩已提交。"), "success")
            return _back(finding_id)
    files = [row for row in findings.evidence_of(db.session(), actor, finding_id) if row[0].is_statement]
    page = render_template(
        "inspections/statement.html",
        form=form,
        files=files,
        due_on=due_on,
        is_late=due_on is not None and working_calendar(db.session()).is_late(due_on, today()),
        **context,
    )
    return page, form.status


@bp.route("/findings/<int:finding_id>/finalise", methods=["GET", "POST"])
@requires(Permission.FINDINGS_DECIDE)
def finalise(finding_id: int) -> ResponseReturnValue:
    return _decide(
        finding_id, FindingAction.FINALISE, decisions.finalise_finding, gettext("问题已认定，并已通知机构。")
    )


@bp.route("/findings/<int:finding_id>/drop", methods=["GET", "POST"])
@requires(Permission.INSPECTIONS_WRITE)
def drop(finding_id: int) -> ResponseReturnValue:
    return _decide(finding_id, FindingAction.DROP, decisions.drop_finding, gettext("问题不予认定。"))


@bp.route("/findings/<int:finding_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.FINDINGS_DECIDE)
def withdraw(finding_id: int) -> ResponseReturnValue:
    return _decide(
        finding_id, FindingAction.WITHDRAW, decisions.withdraw_finding, gettext("问题已撤销，并已通知机构。")
    )


def _decide(
    finding_id: int, action: FindingAction, decide: Callable[..., None], done: str
) -> ResponseReturnValue:
    """The template is named after the action."""
    finding = load_finding_to_write(finding_id, action)
    form = ReasonForm(obj=finding)
    context = _context(finding)
    context |= {"statement": finding.statement, "was_told": finding.notified_at is not None}
    if form.validate_on_submit():
        with form.catching():
            decide(
                current_actor(),
                db.session(),
                finding,
                form.reason.data,
                seen_version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(done, "success")
            return _back(finding_id)
    return render_template(f"inspections/{action}.html", form=form, **context), form.status


def _context(finding: Finding) -> dict[str, object]:
    """Taken before the service runs: a refusal expires the row."""
    return {
        "finding_id": finding.id,
        "label": finding_label(finding.year, finding.number),
        "facts": finding.facts,
    }


def _back(finding_id: int) -> ResponseReturnValue:
    return redirect(url_for("inspections.finding", finding_id=finding_id))
