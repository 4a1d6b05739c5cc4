"""A bureau's annual assessment: list, opening, ranking, publication, correction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Row

from agencyqa.accounts.queries import body_choices
from agencyqa.assessments import result_policies
from agencyqa.assessments.enums import RoundState, WeightMode
from agencyqa.assessments.forms.fields import OpenForm
from agencyqa.assessments.forms.ranking_page import LISTED, grade_choices, ranking_page
from agencyqa.assessments.forms.rounds import (
    ComputeForm,
    CorrectRoundForm,
    PublishForm,
    RankingFilter,
    RoundFilter,
    RoundForm,
    WeightForm,
)
from agencyqa.assessments.forms.rule_words import plan_lines
from agencyqa.assessments.models import AssessmentRound, GradeTable
from agencyqa.assessments.queries.ranking import (
    RANKING_ORDER,
    YearFigures,
    first_missing,
    place_of,
    ranking_rows,
    whole_ranking,
    year_figures,
)
from agencyqa.assessments.queries.rescores import open_rescores
from agencyqa.assessments.queries.results import measure_titles
from agencyqa.assessments.queries.rounds import (
    ROUND_ORDER,
    inputs_stamp,
    revisions_of,
    round_rows,
    round_with_names,
)
from agencyqa.assessments.queries.scorers import scorers_of_year
from agencyqa.assessments.queries.tables import plan_of_round
from agencyqa.assessments.routes import bp
from agencyqa.assessments.services.agency_sheets import open_agency_sheets
from agencyqa.assessments.services.publication import correct_round, publish_round
from agencyqa.assessments.services.rounds import CONSTRAINTS, change_weights, compute_round, open_round
from agencyqa.auth.actor import Actor
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.auth.roles import BodyKind
from agencyqa.clock import today, utc_now
from agencyqa.errors import Forbidden, NotVisible
from agencyqa.extensions import db
from agencyqa.measures.texts import reader_language
from agencyqa.web.loading import given_id
from agencyqa.web.tables import paginate


@bp.get("/rounds")
@requires(Permission.ROUNDS_READ)
def rounds() -> ResponseReturnValue:
    actor = current_actor()
    filters = RoundFilter.read(choices={"bureau_id": bureau_choices(actor)})
    rows = round_rows(
        actor, year=filters.year.data, bureau_id=filters.bureau_id.data, state=filters.state.data
    )
    return render_template(
        "assessments/rounds.html",
        page=paginate(db.session(), rows, ROUND_ORDER, request.args),
        filters=filters,
        has_bureaus=len(actor.bureau_ids) > 1,
        can={"open": result_policies.can_open_round(actor)},
    )


@bp.route("/rounds/new", methods=["GET", "POST"])
@requires(Permission.ROUNDS_MANAGE)
def new_round() -> ResponseReturnValue:
    actor, now = current_actor(), utc_now()
    form = RoundForm()
    if form.validate_on_submit():
        with form.catching(CONSTRAINTS):
            found = open_round(actor, db.session(), form.year.data, form.weight_mode.data, now=now)
            compute_round(actor, db.session(), found, now=now)
            db.session.commit()
            flash(gettext("年度考核已开启，并按已定稿的评分表计算。"), "success")
            return redirect(url_for("assessments.round", round_id=found.id))
    elif not form.is_submitted():
        form.year.data, form.weight_mode.data = today().year, WeightMode.EQUAL
    return render_template("assessments/new_round.html", form=form), form.status


@bp.get("/rounds/<int:round_id>", endpoint="round")
@requires(Permission.ROUNDS_READ)
def show_round(round_id: int) -> ResponseReturnValue:
    actor = current_actor()
    found, table, bureau = load_round(actor, round_id)
    session = db.session()
    figures = year_figures(session, actor, found)
    filters = RankingFilter.read(choices={"grade": grade_choices(table)})
    group = filters.rank_group.data if figures.has_groups else None
    if not figures.has_groups:
        del filters.rank_group
    rows = ranking_rows(actor, found.id, q=filters.q.data, grade=filters.grade.data, group=group)
    # A link from an agency's result leads to the page on which it stands.
    result_id = given_id("at")
    start = place_of(session, actor, found.id, result_id) if result_id and not filters.is_used else None
    turned = paginate(session, rows, RANKING_ORDER, request.args, start=start)
    return render_template(
        "assessments/round.html",
        found=found,
        table=table,
        bureau=bureau,
        filters=filters,
        turned=turned,
        **_ranking(actor, found, table, turned.rows, figures),
        **_surroundings(actor, found),
    )


@bp.get("/rounds/<int:round_id>/ranking")
@requires(Permission.ROUNDS_READ)
def whole_round(round_id: int) -> ResponseReturnValue:
    """All agencies of the year on one page, to print."""
    actor = current_actor()
    found, table, bureau = load_round(actor, round_id)
    session = db.session()
    rows = whole_ranking(session, actor, found.id)
    return render_template(
        "assessments/whole_round.html",
        found=found,
        table=table,
        bureau=bureau,
        **_ranking(actor, found, table, rows, year_figures(session, actor, found)),
    )


@bp.route("/rounds/<int:round_id>/agency-sheets", methods=["GET", "POST"])
@requires(Permission.ROUNDS_MANAGE)
def agency_sheets(round_id: int) -> ResponseReturnValue:
    actor = current_actor()
    found, _, bureau = load_round(actor, round_id)
    if not result_policies.is_own_round(actor, found):
        raise Forbidden("only_bureau_runs_rounds")
    form = OpenForm()
    if form.validate_on_submit():
        with form.catching():
            made = open_agency_sheets(actor, db.session(), found, due_on=form.due_on.data, now=utc_now())
            db.session.commit()
            flash(gettext("已下发 %(count)s 份机构年度评分表。", count=len(made)), "success")
            return redirect(url_for("assessments.round", round_id=round_id))
    page = render_template("assessments/open_agency_sheets.html", form=form, found=found, bureau=bureau)
    return page, form.status


@bp.post("/rounds/<int:round_id>/compute")
@requires(Permission.ROUNDS_MANAGE)
def compute(round_id: int) -> ResponseReturnValue:
    actor = current_actor()
    found, _, _ = load_round(actor, round_id)
    form = ComputeForm()
    if form.validate_on_submit():
        compute_round(actor, db.session(), found, now=utc_now())
        db.session.commit()
        flash(gettext("已按当前定稿的评分表重新计算。"), "success")
    return redirect(url_for("assessments.round", round_id=round_id))


@bp.route("/rounds/<int:round_id>/weights", methods=["GET", "POST"])
@requires(Permission.ROUNDS_MANAGE)
def weights(round_id: int) -> ResponseReturnValue:
    actor = current_actor()
    found, _, bureau = load_round(actor, round_id)
    if not result_policies.is_own_round(actor, found):
        raise Forbidden("only_bureau_runs_rounds")
    form = WeightForm(obj=found)
    if form.validate_on_submit():
        with form.catching():
            change_weights(
                actor,
                db.session(),
                found,
                form.weight_mode.data,
                seen_version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("业务权重已更改，结果已重新计算。"), "success")
            return redirect(url_for("assessments.round", round_id=round_id))
    page = render_template(
        "assessments/round_weights.html", form=form, found=found, bureau=bureau, round_id=round_id
    )
    return page, form.status


@bp.route("/rounds/<int:round_id>/publish", methods=["GET", "POST"])
@requires(Permission.RESULTS_PUBLISH)
def publish(round_id: int) -> ResponseReturnValue:
    actor = current_actor()
    found, table, bureau = load_round(actor, round_id)
    if not result_policies.is_publisher(actor, found):
        raise Forbidden("only_lead_publishes_year")
    form = PublishForm()
    if form.validate_on_submit():
        with form.catching():
            publish_round(
                actor,
                db.session(),
                found,
                seen_version=form.version.data,
                accept_provisional=form.accept_provisional.data,
                provisional_reason=form.provisional_reason.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("%(year)s 年度考核结果已发布，各机构已收到通知。", year=found.year), "success")
            return redirect(url_for("assessments.round", round_id=round_id))
    elif not form.is_submitted():
        if found.state is RoundState.PUBLISHED:
            return redirect(url_for("assessments.round", round_id=round_id))
        form.version.data = found.version
    session = db.session()
    page = render_template(
        "assessments/publish.html",
        form=form,
        found=found,
        bureau=bureau,
        round_id=round_id,
        # Whoever turned the pages here would lose what he has typed.
        **_ranking(
            actor,
            found,
            table,
            paginate(session, ranking_rows(actor, found.id), RANKING_ORDER, {}).rows,
            year_figures(session, actor, found),
        ),
        **_surroundings(actor, found),
    )
    return page, form.status


@bp.route("/rounds/<int:round_id>/correct", methods=["GET", "POST"])
@requires(Permission.RESULTS_PUBLISH)
def correct_year(round_id: int) -> ResponseReturnValue:
    actor, now = current_actor(), utc_now()
    found, _, bureau = load_round(actor, round_id)
    if not result_policies.is_publisher(actor, found):
        raise Forbidden("only_lead_publishes_year")
    form = CorrectRoundForm()
    if form.validate_on_submit():
        with form.catching(CORRECTIONS):
            following = correct_round(actor, db.session(), found, reason=form.reason.data, now=now)
            compute_round(actor, db.session(), following, now=now)
            db.session.commit()
            flash(gettext("已开启第 %(revision)s 版，原版保持不变。", revision=following.revision), "success")
            return redirect(url_for("assessments.round", round_id=following.id))
    page = render_template(
        "assessments/correct_round.html", form=form, found=found, bureau=bureau, round_id=round_id
    )
    return page, form.status


# Two leads who begin the same correction meet at the constraint on the revision.
CORRECTIONS = {"uq_assessment_rounds_bureau_id_year_revision": ("reason", "correction_begun")}


def load_round(actor: Actor, round_id: int) -> tuple[AssessmentRound, GradeTable, str]:
    found = round_with_names(db.session(), actor, round_id)
    if found is None:
        raise NotVisible()
    return found


def bureau_choices(actor: Actor) -> list[tuple[int, str]]:
    """Bureaus to filter by; an actor of one bureau needs no statement for it."""
    if len(actor.bureau_ids) < 2:
        return []
    choices = body_choices(db.session(), {BodyKind.BUREAU})
    return [choice for choice in choices if choice[0] in actor.bureau_ids]


def _ranking(
    actor: Actor, found: AssessmentRound, table: GradeTable, rows: Sequence[Row[Any]], figures: YearFigures
) -> dict[str, object]:
    session = db.session()
    is_listed = figures.missing and result_policies.sees_who_is_late(actor)
    missing = first_missing(session, actor, found.id, LISTED) if is_listed else []
    named = [key for key in figures.measures if key]
    plan = plan_of_round(session, found)
    by_rules = found.year_rules_id is not None
    return {
        "page": ranking_page(rows, table, figures, missing),
        "titles": measure_titles(session, named, reader_language()) if named else {},
        "plan": plan,
        "rules": plan_lines(plan, table.bands) if by_rules else [],
        "has_credits": by_rules and plan.base is not None,
        "has_form": by_rules and bool(plan.agency_share),
    }


def _surroundings(actor: Actor, found: AssessmentRound) -> dict[str, object]:
    """The other revisions, whether the figures are of today, and what the actor may do."""
    session = db.session()
    revisions = revisions_of(session, actor, found)
    newest = max((row.revision for row in revisions), default=found.revision)
    replaced_by = [
        row for row in revisions if row.revision > found.revision and row.state is RoundState.PUBLISHED
    ]
    is_open = found.state is RoundState.OPEN
    is_own = result_policies.is_own_round(actor, found)
    scorers: frozenset[int] = frozenset()
    if is_open and result_policies.is_publisher(actor, found):
        scorers = scorers_of_year(session, found.bureau_id, found.year)
    is_stale = (
        is_open
        and actor.is_bureau
        and (inputs_stamp(session, found.bureau_id, found.year) != found.inputs_stamp)
    )
    return {
        "revisions": revisions,
        "replaced_by": replaced_by[0] if replaced_by else None,
        "is_newest": found.revision == newest,
        "is_stale": is_stale,
        "rescores": open_rescores(session, found.bureau_id, found.year) if actor.is_bureau else [],
        "has_scored": actor.user_id in scorers,
        "can": {
            "manage": is_open and is_own,
            "export": actor.has(Permission.WORKBOOK_EXPORT),
            "publish": result_policies.can_publish(actor, found, scorers),
            "correct": result_policies.can_correct(actor, found, newest),
            "see_missing": result_policies.sees_who_is_late(actor),
            "keep_tables": is_own,
        },
    }
