"""Shares by scorer role and grades of the year: to see, and for the lead to add."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.accounts.models import Body
from agencyqa.accounts.queries import bureau_chain
from agencyqa.assessments.enums import PanelHow, RankGroups, RoleMissing, YearWeights
from agencyqa.assessments.forms.fields import (
    GRADE_ROWS,
    GradeTableForm,
    ShareTableForm,
    WithdrawTableForm,
)
from agencyqa.assessments.forms.ranking_page import band_label
from agencyqa.assessments.forms.rule_words import plan_lines
from agencyqa.assessments.forms.share_words import panel_text
from agencyqa.assessments.forms.year_forms import VETO_ROWS, YearRulesForm
from agencyqa.assessments.models import GradeTable, ShareTable, YearRuleTable
from agencyqa.assessments.policies import can_keep_tables
from agencyqa.assessments.queries.tables import (
    grade_table_in_force,
    grade_tables,
    role_shares,
    share_tables,
    year_rule_tables,
)
from agencyqa.assessments.routes import bp
from agencyqa.assessments.services.table_withdrawal import withdraw_table
from agencyqa.assessments.services.tables import (
    DatedTable,
    GradeRow,
    T,
    add_grade_table,
    add_share_table,
    add_year_rules,
)
from agencyqa.assessments.year_plan import PlanVeto, YearPlan, plan_from_data
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.errors import Invalid
from agencyqa.extensions import db
from agencyqa.measures.enums import Purpose
from agencyqa.measures.queries import fault_codes
from agencyqa.measures.texts import code_title
from agencyqa.scoring import Panel
from agencyqa.web.loading import one_or_404

CONSTRAINTS = {
    "uq_share_tables_bureau_id": ("valid_from", "duplicate"),
    "uq_grade_tables_bureau_id": ("valid_from", "duplicate"),
    "uq_year_rules_bureau_id": ("valid_from", "duplicate"),
}


@bp.get("/score-tables")
@requires(Permission.ROUNDS_MANAGE)
def score_tables() -> ResponseReturnValue:
    actor = current_actor()
    bureau_ids = sorted(actor.bureau_ids)
    names = dict(db.session.execute(db.select(Body.id, Body.name).where(Body.id.in_(bureau_ids))).all())
    return render_template(
        "assessments/tables.html",
        shares=[
            (
                table,
                [
                    (Purpose(share.role), (share.numerator, share.denominator), panel_text(share.panel))
                    for share in role_shares(table)
                ],
            )
            for table in db.session.scalars(share_tables(bureau_ids))
        ],
        grades=list(db.session.scalars(grade_tables(bureau_ids))),
        rules=[
            (table, plan_lines(plan_from_data(table.content), _bands_of(table.bureau_id)))
            for table in db.session.scalars(year_rule_tables(bureau_ids))
        ],
        names=names,
        can_add=can_keep_tables(actor),
        own=actor.bureau_id,
    )


@bp.route("/score-tables/shares/<int:share_table_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.RESULTS_PUBLISH)
def take_back_shares(share_table_id: int) -> ResponseReturnValue:
    return _taken_back(_own(ShareTable, share_table_id), gettext("撤回评分权重"))


@bp.route("/score-tables/grades/<int:grade_table_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.RESULTS_PUBLISH)
def take_back_grades(grade_table_id: int) -> ResponseReturnValue:
    return _taken_back(_own(GradeTable, grade_table_id), gettext("撤回等级标准"))


@bp.route("/score-tables/rules/<int:year_rules_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.RESULTS_PUBLISH)
def take_back_rules(year_rules_id: int) -> ResponseReturnValue:
    return _taken_back(_own(YearRuleTable, year_rules_id), gettext("撤回年度规则"))


def _own(model: type[T], table_id: int) -> T:
    """Only the bureau that set a table can take it back."""
    own = model.bureau_id == current_actor().bureau_id
    found: T = one_or_404(db.select(model).where(model.id == table_id, own))
    return found


def _taken_back(table: DatedTable, title: str) -> ResponseReturnValue:
    form = WithdrawTableForm()
    if form.validate_on_submit():
        with form.catching():
            withdraw_table(current_actor(), db.session(), table, reason=form.reason.data, now=utc_now())
            db.session.commit()
            flash(gettext("已经撤回，内容保留在日志中。"), "success")
            return redirect(url_for("assessments.score_tables"))
    return render_template(
        "assessments/withdraw_table.html", form=form, table=table, title=title
    ), form.status


@bp.route("/score-tables/shares", methods=["GET", "POST"])
@requires(Permission.RESULTS_PUBLISH)
def new_shares() -> ResponseReturnValue:
    form = ShareTableForm()
    if form.validate_on_submit():
        with form.catching(CONSTRAINTS):
            add_share_table(
                current_actor(),
                db.session(),
                valid_from=form.valid_from.data,
                source=form.source.data,
                shares=[
                    (role, form[role.value].data or Fraction(0)) for role in Purpose if role.is_of_engagement
                ],
                panel=_panel(form),
                role_missing=form.role_missing.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("评分权重已保存。"), "success")
            return redirect(url_for("assessments.score_tables"))
    elif not form.is_submitted():
        form.role_missing.data = RoleMissing.WAIT
    return render_template("assessments/new_shares.html", form=form), form.status


def _panel(form: ShareTableForm) -> Panel | None:
    """The fields of the panel as far as experts score at all; raise Invalid where one is left open."""
    how = form.panel_how.data
    if how is None or not form.expert.data:
        return None
    missing = form.panel_missing.data
    if missing is None:
        raise Invalid(panel_missing="required")
    trim = form.panel_trim.data or 1
    least = form.panel_least.data or (1 if how is PanelHow.MEAN else 2 * trim + 1)
    return Panel(how.value, trim if how is PanelHow.TRIMMED_MEAN else 1, least, missing.value)


def _bands_of(bureau_id: int) -> list[dict[str, Any]]:
    """The names of the grades that rules speak of: those of the newest table of the bureau, or of one above it."""
    session = db.session()
    table = grade_table_in_force(session, bureau_chain(session, bureau_id), today())
    return [] if table is None else table.bands


@bp.route("/score-tables/rules", methods=["GET", "POST"])
@requires(Permission.RESULTS_PUBLISH)
def new_rules() -> ResponseReturnValue:
    actor = current_actor()
    form = YearRulesForm()
    bands = [] if actor.bureau_id is None else _bands_of(actor.bureau_id)
    faults = [(each.code, f"{each.code} {code_title(each.code)}") for each in fault_codes(db.session())]
    for number in range(1, VETO_ROWS + 1):
        form[f"fault_{number}"].choices = faults
        form[f"grade_{number}"].choices = [(band["key"], band_label(bands, band["key"])) for band in bands]
    if form.validate_on_submit():
        with form.catching(CONSTRAINTS):
            add_year_rules(
                actor,
                db.session(),
                valid_from=form.valid_from.data,
                source=form.source.data,
                plan=_plan(form),
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("年度规则已保存。"), "success")
            return redirect(url_for("assessments.score_tables"))
    elif not form.is_submitted():
        form.weights.data, form.groups.data = YearWeights.EQUAL, RankGroups.NONE
        form.least_engagements.data = 1
    page = render_template("assessments/new_rules.html", form=form, rows=range(1, VETO_ROWS + 1))
    return page, form.status


def _plan(form: YearRulesForm) -> YearPlan:
    """Raise Invalid where a row of a veto is filled in by half."""
    vetoes: list[PlanVeto] = []
    for number in range(1, VETO_ROWS + 1):
        label, fault = form[f"veto_{number}"].data, form[f"fault_{number}"].data
        total, grade = form[f"total_{number}"].data, form[f"grade_{number}"].data
        if not label and not fault and total is None and not grade:
            continue
        if not label:
            raise Invalid("invalid", **{f"veto_{number}": "required"})
        if not fault:
            raise Invalid("invalid", **{f"fault_{number}": "required"})
        if total is None and not grade:
            raise Invalid("invalid", **{f"total_{number}": "veto_without_effect"})
        english = form[f"veto_en_{number}"].data or label
        vetoes.append(PlanVeto(f"veto_{number}", label, english, total, grade or None, (fault,)))
    return YearPlan(
        form.weights.data,
        form.least_engagements.data,
        form.agency_share.data or Fraction(0),
        form.base.data,
        form.credit_share.data or Fraction(0),
        form.cap.data,
        form.floor.data,
        tuple(vetoes),
        form.groups.data,
    )


@bp.route("/score-tables/grades", methods=["GET", "POST"])
@requires(Permission.RESULTS_PUBLISH)
def new_grades() -> ResponseReturnValue:
    form = GradeTableForm()
    if form.validate_on_submit():
        with form.catching(CONSTRAINTS):
            add_grade_table(
                current_actor(),
                db.session(),
                valid_from=form.valid_from.data,
                source=form.source.data,
                bands=_bands(form),
                places=form.places.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("等级标准已保存。"), "success")
            return redirect(url_for("assessments.score_tables"))
    elif not form.is_submitted():
        form.places.data = 2
    return render_template(
        "assessments/new_grades.html", form=form, rows=range(1, GRADE_ROWS + 1)
    ), form.status


def _bands(form: GradeTableForm) -> list[GradeRow]:
    """The rows that were filled in; raise Invalid where one is filled in by half."""
    rows: list[GradeRow] = []
    for number in range(1, GRADE_ROWS + 1):
        label, low = form[f"label_{number}"].data, form[f"low_{number}"].data
        if not label and low is None:
            continue
        if not label:
            raise Invalid("invalid", **{f"label_{number}": "required"})
        if low is None:
            raise Invalid("invalid", **{f"low_{number}": "required"})
        rows.append(GradeRow(f"grade_{number}", label, form[f"label_en_{number}"].data or label, low))
    return rows
