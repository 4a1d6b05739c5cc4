"""A past year with other rules, beside the year as it was. Every page here only reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.assessments.enums import YearWeights
from agencyqa.assessments.forms.rank_moves import rank_moves
from agencyqa.assessments.forms.ranking_page import band_label
from agencyqa.assessments.forms.sensitivity_page import sensitivity_page
from agencyqa.assessments.forms.simulation import (
    GRADE,
    POINTS,
    SHARE,
    SimulationForm,
    conditions_in_words,
    read_simulation,
)
from agencyqa.assessments.forms.simulation_page import gaps_of, simulation_page
from agencyqa.assessments.models import GradeTable
from agencyqa.assessments.policies import can_simulate
from agencyqa.assessments.queries.tables import grade_bands, rounding_of
from agencyqa.assessments.routes import bp
from agencyqa.assessments.simulation import database_study, queries
from agencyqa.assessments.simulation.exports import write_simulation
from agencyqa.assessments.simulation.study import Study, run_study
from agencyqa.assessments.simulation.target import can_be_weighed, weights_of_scheme
from agencyqa.assessments.simulation.year import YearRules
from agencyqa.assessments.simulation.year_reading import read_year
from agencyqa.assessments.year_plan import YearPlan
from agencyqa.auth.actor import Actor
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.errors import Forbidden, NotVisible
from agencyqa.extensions import db
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.queries import compiled, texts_of
from agencyqa.measures.texts import reader_language
from agencyqa.scoring import Criterion
from agencyqa.web.labels import label_of
from agencyqa.web.loading import given_id


@dataclass(frozen=True)
class Asked:
    """What the address asks for. ``study`` is None where nothing was asked, or nothing can be computed."""

    form: SimulationForm
    year: int | None
    bureau_id: int
    table: GradeTable | None
    chosen: SchemeVersion | None
    criteria: tuple[Criterion, ...]
    is_faulty: bool
    study: Study | None

    @property
    def weights(self) -> Mapping[str, int]:
        """What the criteria of the chosen scheme weigh by itself."""
        return (
            {} if self.chosen is None or self.is_faulty else weights_of_scheme(compiled(self.chosen).scheme)
        )

    @property
    def labels(self) -> Mapping[str, str]:
        if self.table is None:
            return {}
        return {band["key"]: band_label(self.table.bands, band["key"]) for band in self.table.bands}


# The command line reads stored sheets where the pages are loaded.
__all__ = ["ask", "database_study", "sensitivity", "simulation", "simulation_workbook"]

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/simulation")
@requires(Permission.ROUNDS_MANAGE)
def simulation() -> ResponseReturnValue:
    return _page(ask(current_actor()))


def _page(asked: Asked) -> str:
    page, moves = None, None
    if asked.study is not None:
        page = simulation_page(asked.study, asked.labels, only_changed=asked.form["changed"].data)
        moves = rank_moves(page.lines)
    return render_template(
        "assessments/simulation.html", asked=asked, page=page, moves=moves, **_shown(asked)
    )


@bp.get("/simulation/workbook")
@requires(Permission.ROUNDS_MANAGE)
def simulation_workbook() -> ResponseReturnValue:
    """The same as a workbook; the page itself, with what it has to say, where there is nothing to write down."""
    actor = current_actor()
    asked = ask(actor)
    if asked.study is None:
        return _page(asked)
    now, target = utc_now(), BytesIO()
    title = gettext("%(year)s 年度模拟结果", year=asked.study.year)
    write_simulation(
        asked.study.simulation,
        asked.labels,
        conditions_in_words(asked.form),
        gaps_of(asked.study),
        target,
        title=title,
        author=actor.body_name,
        now=now,
    )
    target.seek(0)
    return send_file(target, mimetype=WORKBOOK, as_attachment=True, download_name=f"{title}.xlsx")


@bp.get("/simulation/sensitivity")
@requires(Permission.ROUNDS_MANAGE)
def sensitivity() -> ResponseReturnValue:
    """Under the same conditions, how far each weight may move before a grade or a rank changes."""
    asked = ask(current_actor(), always=True, keep_marks=True)
    page = None if asked.study is None else sensitivity_page(asked.study, asked.labels)
    return render_template("assessments/sensitivity.html", asked=asked, page=page, **_shown(asked))


def ask(actor: Actor, *, always: bool = False, keep_marks: bool = False) -> Asked:
    """Everything behind the address, read for the actor's own bureau.

    ``always``: there is a study even where nothing is to be other than it was.
    """
    if not can_simulate(actor) or actor.bureau_id is None:
        raise Forbidden("only_bureau_runs_rounds")
    session, bureau_id = db.session(), actor.bureau_id
    years = {each.year: each for each in queries.past_years(session, bureau_id)}
    usual, given = queries.usual_year(list(years.values())), given_id("year")
    year = given if given in years else usual
    schemes = queries.simulable_versions(session, actor)
    chosen = _chosen(actor, schemes)
    plan, table = YearPlan(), None
    if year is not None:
        plan, table = queries.rules_of_year(session, bureau_id, year, years[year].round)
    bands = () if table is None else grade_bands(table)
    criteria, is_faulty = _criteria(chosen)
    read = None
    if year is not None:
        role = None if chosen is None else chosen.purpose
        read = read_year(session, bureau_id, year, plan, known_versions=schemes, answers_of=role)
    texts = None if chosen is None or is_faulty else texts_of(chosen)
    form = read_simulation(
        years=list(years),
        usual_year=usual,
        schemes=[(version.id, _scheme_label(version)) for version in schemes],
        bands=[] if table is None else [(band.key, band_label(table.bands, band.key)) for band in bands],
        roles=() if read is None else read.arrays.roles,
        criteria=[(each.key, texts.criterion(each.key)) for each in criteria] if texts else [],
        grades=bands,
    )
    study = None
    if read is not None and table is not None and year is not None and not form.errors and not is_faulty:
        before = YearRules(plan.weights.value, bands, rounding_of(table), plan=plan)
        wanted: YearWeights | None = form["weights"].data
        by = wanted or plan.weights
        after = YearRules(by.value, form.grades(bands), rounding_of(table), form.shares, plan)
        if form.has_changes or always:
            study = run_study(
                year,
                read,
                before=before,
                after=after,
                chosen=chosen,
                points=form.points,
                assume=form["assume"].data,
                keep_marks=keep_marks,
            )
    return Asked(form, year, bureau_id, table, chosen, criteria, is_faulty, study)


def _chosen(actor: Actor, schemes: Sequence[SchemeVersion]) -> SchemeVersion | None:
    version_id = given_id("scheme")
    if version_id is None:
        return None
    offered = (version for version in schemes if version.id == version_id)
    found = next(offered, None) or queries.version_seen(db.session(), actor, version_id)
    if found is None:
        raise NotVisible()
    return found


def _criteria(chosen: SchemeVersion | None) -> tuple[tuple[Criterion, ...], bool]:
    """The criteria of the scheme, and whether it is a draft that cannot be scored by."""
    if chosen is None:
        return (), False
    if chosen.error_count:
        return (), True
    program = compiled(chosen).program
    criteria = (criterion for _, criterion in program.scheme.criteria())
    return tuple(criterion for criterion in criteria if can_be_weighed(criterion)), False


def _scheme_label(version: SchemeVersion) -> str:
    scheme = version.scheme
    title = scheme.title_en if reader_language() == "en" else scheme.title
    return f"{title} · {version.number} · {label_of(version.purpose)} · {label_of(version.state)}"


def _shown(asked: Asked) -> dict[str, object]:
    form = asked.form
    groups = {"grades": GRADE, "shares": SHARE, "points": POINTS}
    return {
        "form": form,
        "fields": {name: form.of(prefix) for name, prefix in groups.items()},
        "placeholders": {f"{POINTS}{key}": weight for key, weight in asked.weights.items()}
        | (
            {}
            if asked.table is None
            else {f"{GRADE}{band['key']}": band["low"] for band in asked.table.bands}
        ),
        "opened": {
            name: any(not field.is_blank() or field.errors for field in form.of(prefix))
            for name, prefix in groups.items()
        },
        "conditions": _conditions(form),
        "is_reference": _is_reference(asked),
        "texts": None if asked.chosen is None or asked.is_faulty else texts_of(asked.chosen),
    }


def _conditions(form: SimulationForm) -> dict[str, Any]:
    """Of the address what the form knows."""
    return {field.name: request.args[field.name] for field in form if field.name in request.args}


def _is_reference(asked: Asked) -> bool:
    """Whether any of the figures rests on points that await checking against the bureau's annex."""
    versions = [] if asked.study is None else list(asked.study.read.versions.values())
    return any(version.is_reference for version in (*versions, asked.chosen) if version is not None)
