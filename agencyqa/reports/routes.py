"""The page behind the sign-in, the statistics of a year, and the annual workbook."""

from __future__ import annotations

from tempfile import TemporaryFile

from flask import Blueprint, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from agencyqa.assessments.forms.ranking_page import band_label
from agencyqa.auth.actor import Actor
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.auth.roles import Role
from agencyqa.clock import today, utc_now
from agencyqa.engagements.queries import years
from agencyqa.extensions import db
from agencyqa.reports.dashboards.administrator import administrator_page
from agencyqa.reports.dashboards.agency import agency_page
from agencyqa.reports.dashboards.bureau import bureau_page
from agencyqa.reports.dashboards.department import department_page
from agencyqa.reports.dashboards.expert import expert_page
from agencyqa.reports.dashboards.observer import observer_page
from agencyqa.reports.statistics import statistics_of
from agencyqa.reports.workbook import file_name, visible_round, write_workbook
from agencyqa.web.forms import FilterForm, YearField

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# Tabs for the newest years; an older one is reached by its address.
YEARS_SHOWN = 10

bp = Blueprint("reports", __name__)


class StatisticsFilter(FilterForm):
    year = YearField(_l("考核年度"))


@bp.get("/")
@requires(Permission.DASHBOARD_READ)
def dashboard() -> ResponseReturnValue:
    actor = current_actor()
    session, now = db.session(), utc_now()
    shown = {"actor": actor, "band_label": band_label}
    if actor.is_bureau:
        page = bureau_page(session, actor, now)
        return render_template("reports/bureau.html", page=page, can=_can(actor))
    if actor.role is Role.SYSTEM_ADMINISTRATOR:
        return render_template("reports/administrator.html", page=administrator_page(session, actor, now))
    if actor.is_department:
        return render_template("reports/department.html", page=department_page(session, actor, now), **shown)
    if actor.is_agency:
        return render_template("reports/agency.html", page=agency_page(session, actor, now), **shown)
    if actor.is_expert:
        return render_template("reports/expert.html", page=expert_page(session, actor, now), **shown)
    return render_template("reports/observer.html", page=observer_page(session, actor))


def _can(actor: Actor) -> dict[str, bool]:
    return {
        "export": actor.has(Permission.WORKBOOK_EXPORT),
        "commission": actor.has(Permission.ENGAGEMENTS_WRITE),
    }


@bp.get("/reports/statistics")
@requires(Permission.WORKBOOK_EXPORT)
def statistics() -> ResponseReturnValue:
    """For those who may take the whole year with them as a workbook."""
    actor = current_actor()
    known = years(db.session(), actor)
    year = StatisticsFilter.read().year.data or (known[0] if known else today().year)
    return render_template(
        "reports/statistics.html",
        tabs=[
            (str(each), url_for("reports.statistics", year=each), each == year, None)
            for each in known[:YEARS_SHOWN]
        ],
        year=year,
        found=statistics_of(db.session(), actor, year, today()),
    )


@bp.get("/reports/workbook/<int:round_id>")
@requires(Permission.WORKBOOK_EXPORT)
def workbook(round_id: int) -> ResponseReturnValue:
    """Written to a file of the system, so that a large year never lies in memory as a whole."""
    actor = current_actor()
    session, now = db.session(), utc_now()
    found = visible_round(session, actor, round_id)
    target = TemporaryFile()  # noqa: SIM115 - the response reads it to its end and closes it
    write_workbook(session, actor, round_id, target, now=now)
    target.seek(0)
    return send_file(
        target,
        mimetype=WORKBOOK,
        as_attachment=True,
        download_name=file_name(found, gettext("年度质量考核")),
    )
