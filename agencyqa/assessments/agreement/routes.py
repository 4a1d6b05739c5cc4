"""How far scorers agree, for the supervisors of a bureau. A page to read: nothing on it changes or blocks anything."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from agencyqa.assessments.agreement.queries import compared_sheets, comparisons
from agencyqa.assessments.agreement.summary import (
    ENOUGH_ENGAGEMENTS,
    LEAST_ENGAGEMENTS,
    grades_of,
    summary_of,
)
from agencyqa.assessments.routes import bp
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.extensions import db
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.queries import compiled
from agencyqa.measures.texts import reader_language
from agencyqa.web.forms import FilterForm, IdField, YearField

# Tabs for the newest years; an older one is reached by its address.
YEARS_SHOWN = 10


class AgreementFilter(FilterForm):
    year = YearField(_l("考核年度"))
    version_id = IdField(_l("考核方案"))


@bp.get("/agreement")
@requires(Permission.AGREEMENT_READ)
def agreement() -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    known = comparisons(session, actor)
    english = reader_language() == "en"
    years = list(dict.fromkeys(row.year for row in known))
    asked = AgreementFilter.read(choices={"version_id": [(row.version_id, row.title) for row in known]})
    year = asked.year.data or (years[0] if years else None)
    offered = [row for row in known if row.year == year]
    chosen = next(
        (row for row in offered if row.version_id == asked.version_id.data), offered[0] if offered else None
    )
    shown = {}
    if chosen is not None:
        version = session.get_one(SchemeVersion, chosen.version_id)
        scheme = compiled(version)
        rows = compared_sheets(session, actor, chosen.year, chosen.version_id)
        shown = {
            "version": version,
            "found": summary_of(rows, scheme.program, scheme.texts(reader_language())),
        }
    return render_template(
        "assessments/agreement.html",
        year=year,
        tabs=[
            (str(each), url_for("assessments.agreement", year=each), each == year, None)
            for each in years[:YEARS_SHOWN]
        ],
        versions=[
            (
                gettext(
                    "%(title)s 第 %(number)s 版",
                    title=row.title_en if english else row.title,
                    number=row.number,
                ),
                url_for("assessments.agreement", year=year, version_id=row.version_id),
                row is chosen,
                row.engagements,
            )
            for row in offered
        ],
        least=LEAST_ENGAGEMENTS,
        enough=ENOUGH_ENGAGEMENTS,
        grades_of=grades_of,
        **shown,
    )
