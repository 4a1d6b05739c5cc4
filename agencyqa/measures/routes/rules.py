"""The measures with their versions, and the catalogue of faults."""

from __future__ import annotations

from flask import render_template

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today
from agencyqa.extensions import db
from agencyqa.measures import pages, queries
from agencyqa.measures.models import Measure
from agencyqa.measures.policies import visible_measures
from agencyqa.measures.routes import bp
from agencyqa.measures.texts import reader_language
from agencyqa.web.loading import one_or_404


@bp.get("/")
@requires(Permission.MEASURES_READ)
def index() -> str:
    return render_template(
        "measures/index.html", rows=queries.measure_rows(db.session()), english=reader_language() == "en"
    )


@bp.get("/faults")
@requires(Permission.MEASURES_READ)
def faults() -> str:
    """The catalogue of faults, each with the rule it offends and the criteria that count it today."""
    session, day = db.session(), today()
    codes = queries.fault_codes(session)
    versions = queries.versions_in_force(session, current_actor(), day)
    cited = queries.provisions_cited(session, [fault.provision_key for fault in codes], day)
    rows = pages.fault_rows(codes, [(version, queries.compiled(version)) for version in versions], cited)
    return render_template("measures/faults.html", rows=rows)


@bp.get("/<key>")
@requires(Permission.MEASURES_READ)
def show(key: str) -> str:
    measure = one_or_404(visible_measures(current_actor()).where(Measure.key == key))
    session = db.session()
    return render_template(
        "measures/show.html",
        measure=measure,
        versions=queries.versions_of(session, measure.id),
        provisions=queries.provisions_of(session, measure.id),
        english=reader_language() == "en",
        today=today(),
    )
