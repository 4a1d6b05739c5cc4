"""Yearly reports of agencies on themselves."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.agencies import queries, services
from agencyqa.agencies.enums import ReportAction, ReportState
from agencyqa.agencies.models import ReportYear, SelfReport
from agencyqa.agencies.policies import can_propose, can_register, visible_reports
from agencyqa.agencies.reporting_forms import DecideReportForm, ReportFilter, ReportForm, ReportYearForm
from agencyqa.agencies.routes import bp
from agencyqa.agencies.routes.loading import load, name_of
from agencyqa.agencies.services.recounting import follow_calendar
from agencyqa.agencies.workflow import next_report_state
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.errors import Forbidden
from agencyqa.extensions import db
from agencyqa.measures.reckoning import reckon
from agencyqa.measures.workday_services import calendar_listeners
from agencyqa.web.loading import one_or_404
from agencyqa.web.tables import paginate

if follow_calendar not in calendar_listeners:
    calendar_listeners.append(follow_calendar)


@bp.get("/reports")
@requires(Permission.AGENCIES_WRITE)
def reports() -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    years = queries.report_years(session, actor.bureau_id)
    filters = ReportFilter.read(choices={"year_id": [(year.id, str(year.year)) for year in years]})
    wanted = next((year for year in years if year.id == filters.year_id.data), years[0] if years else None)
    page, reckoning = None, reckon(session, today())
    if wanted is not None:
        statement = queries.report_rows(
            actor,
            wanted,
            reckoning=reckoning,
            state=filters.state.data,
            is_late=bool(filters.is_late.data),
        )
        page = paginate(session, statement, queries.REPORT_ORDER, request.args)
    return render_template(
        "agencies/reports.html",
        filters=filters,
        year=wanted,
        page=page,
        reckoning=reckoning,
        can={"open": can_register(actor)},
    )


@bp.route("/reports/open", methods=["GET", "POST"])
@requires(Permission.AGENCIES_WRITE)
def open_report_year() -> ResponseReturnValue:
    if not can_register(current_actor()):
        raise Forbidden()
    form = ReportYearForm(data={"year": today().year - 1, "opened_on": today(), "working_days": 20})
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            services.open_report_year(
                current_actor(),
                db.session(),
                year=form.year.data,
                opened_on=form.opened_on.data,
                working_days=form.working_days.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("已部署，并已通知各机构负责人。"), "success")
            return redirect(url_for("agencies.reports"))
    return render_template("agencies/report_year.html", form=form), form.status


@bp.route("/<int:agency_id>/reports/<int:report_id>", methods=["GET", "POST"])
@requires(Permission.AGENCIES_READ)
def report(agency_id: int, report_id: int) -> ResponseReturnValue:
    """The agency fills it in here; the bureau reads it here once it is handed in."""
    found = _load(agency_id, report_id)
    session = db.session()
    is_own = can_propose(current_actor(), agency_id)
    if request.method == "POST" and not is_own:
        raise Forbidden()
    names = ("statement", "independence", "violations", "is_record_right", "version")
    form = ReportForm(data={name: getattr(found, name) for name in names})
    if form.validate_on_submit():
        with form.catching():
            is_submitted = bool(form.is_submitted_now.data)
            services.save_report(
                current_actor(),
                session,
                found,
                form.data_object(),
                is_submitted=is_submitted,
                seen_version=form.version.data,
                now=utc_now(),
            )
            session.commit()
            flash(gettext("报告已提交。") if is_submitted else gettext("已保存，尚未提交。"), "success")
            return redirect(url_for("agencies.report", agency_id=agency_id, report_id=report_id))
        found = _load(agency_id, report_id)
    return _page(found, form, DecideReportForm(formdata=None, data={"version": found.version}))


@bp.post("/<int:agency_id>/reports/<int:report_id>/decide")
@requires(Permission.AGENCIES_WRITE)
def decide_report(agency_id: int, report_id: int) -> ResponseReturnValue:
    found = _load(agency_id, report_id)
    if not _may_decide(found):
        raise Forbidden()
    form = DecideReportForm()
    form.offer()
    if form.validate_on_submit():
        with form.catching():
            services.decide_report(
                current_actor(),
                db.session(),
                found,
                form.action.data,
                reason=form.reason.data,
                seen_version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("决定已记录，并已通知机构负责人。"), "success")
            return redirect(url_for("agencies.report", agency_id=agency_id, report_id=report_id))
        found = _load(agency_id, report_id)
    return _page(found, ReportForm(formdata=None), form)


def _load(agency_id: int, report_id: int) -> SelfReport:
    load(agency_id)
    return one_or_404(
        visible_reports(current_actor()).where(SelfReport.id == report_id, SelfReport.agency_id == agency_id)
    )


def _may_decide(found: SelfReport) -> bool:
    actor = current_actor()
    year = db.session().get_one(ReportYear, found.report_year_id)
    return can_register(actor) and year.bureau_id == actor.bureau_id


def _page(found: SelfReport, form: ReportForm, decision: DecideReportForm) -> ResponseReturnValue:
    session = db.session()
    year = session.get_one(ReportYear, found.report_year_id)
    decision.offer()
    is_own = can_propose(current_actor(), found.agency_id)
    may_edit = is_own and next_report_state(found.state, ReportAction.SAVE, by_bureau=False) is not None
    return (
        render_template(
            "agencies/report.html",
            report=found,
            year=year,
            bureau=name_of(year.bureau_id),
            name=name_of(found.agency_id),
            record=found.record or queries.record_of(session, found.agency_id, today()),
            form=form,
            decision=decision,
            is_late=reckon(session, today()).was_late(year.due_on, found.first_submitted_on),
            # A draft is the agency's own business.
            is_shown=current_actor().is_agency or found.state is not ReportState.DUE,
            can={
                "edit": may_edit,
                "decide": found.state is ReportState.SUBMITTED and _may_decide(found),
            },
        ),
        max(form.status, decision.status),
    )
