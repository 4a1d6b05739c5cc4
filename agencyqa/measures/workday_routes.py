"""The calendar of working days: open to everybody signed in, for whoever has a term may count it himself."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext
from sqlalchemy import select

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.extensions import db
from agencyqa.measures import workday_services as services
from agencyqa.measures.models import WorkdayYear
from agencyqa.measures.routes import bp
from agencyqa.measures.texts import reader_language
from agencyqa.measures.workday_forms import WorkdayForm, WorkdayYearForm
from agencyqa.measures.workdays import SpecialDay, built_in_years, working_calendar


@bp.get("/workdays")
@requires(Permission.MEASURES_READ)
def workdays() -> ResponseReturnValue:
    session = db.session()
    year = _year()
    calendar = working_calendar(session)
    declared = session.scalars(select(WorkdayYear).where(WorkdayYear.year == year)).one_or_none()
    return render_template(
        "measures/workdays.html",
        year=year,
        years=(services.FIRST_YEAR, services.LAST_YEAR),
        days=[_shown(found) for found in calendar.exceptions_of(year)],
        is_known=calendar.is_known(year),
        is_built_in=year in built_in_years(),
        last_built_in=max(built_in_years()),
        declared=declared,
        count=sum(calendar.is_working(date.fromordinal(n)) for n in _ordinals(year)),
        can={"enter": current_actor().has(Permission.WORKDAYS_WRITE)},
    )


@bp.route("/workdays/enter", methods=["GET", "POST"])
@requires(Permission.WORKDAYS_WRITE)
def enter_workday() -> ResponseReturnValue:
    form = WorkdayForm()
    if form.validate_on_submit():
        with form.catching():
            entered = services.enter_change(current_actor(), db.session(), form.data_object(), now=utc_now())
            year, count = entered[0].day.year, len(entered)
            db.session.commit()
            flash(gettext("已录入 %(count)s 天。", count=count), "success")
            return redirect(url_for("measures.workdays", year=year))
    return render_template("measures/workdays_enter.html", form=form, year=_year()), form.status


@bp.route("/workdays/declare", methods=["GET", "POST"])
@requires(Permission.WORKDAYS_WRITE)
def declare_workdays() -> ResponseReturnValue:
    form = WorkdayYearForm()
    year = _year()
    if not form.is_submitted():
        form.year.data = year
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            services.declare_year(
                current_actor(), db.session(), form.year.data, form.source.data, now=utc_now()
            )
            db.session.commit()
            flash(gettext("%(year)s 年的放假安排已登记完整。", year=form.year.data), "success")
            return redirect(url_for("measures.workdays", year=form.year.data))
    return render_template("measures/workdays_declare.html", form=form, year=year), form.status


def _year() -> int:
    """The year of the address; this year where none stands there that the calendar has."""
    text = request.args.get("year", "")
    wanted = int(text) if len(text) == 4 and text.isascii() and text.isdigit() else 0
    return wanted if services.FIRST_YEAR <= wanted <= services.LAST_YEAR else today().year


def _ordinals(year: int) -> range:
    return range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)


def _shown(found: SpecialDay) -> dict[str, object]:
    english = reader_language() == "en" and found.name_en
    return {
        "day": found.day,
        "weekday": format_date(found.day, "EEEE"),
        "is_working": found.is_working,
        "name": found.name_en if english else found.name,
        "source": found.source,
        "is_entered": found.is_entered,
    }
