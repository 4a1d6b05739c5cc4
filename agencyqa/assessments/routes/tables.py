"""Shares by scorer role and grades of the year: to see, and for the lead to add."""

from __future__ import annotations

from fractions import Fraction

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.accounts.models import Body
from agencyqa.assessments.enums import PanelHow, RoleMissing
from agencyqa.assessments.forms.fields import GRADE_ROWS, GradeTableForm, ShareTableForm
from agencyqa.assessments.forms.share_words import panel_text
from agencyqa.assessments.policies import can_keep_tables
from agencyqa.assessments.queries.tables import grade_tables, role_shares, share_tables
from agencyqa.assessments.routes import bp
from agencyqa.assessments.services.tables import GradeRow, add_grade_table, add_share_table
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.errors import Invalid
from agencyqa.extensions import db
from agencyqa.measures.enums import Purpose
from agencyqa.scoring import Panel

CONSTRAINTS = {
    "uq_share_tables_bureau_id": ("valid_from", "duplicate"),
    "uq_grade_tables_bureau_id": ("valid_from", "duplicate"),
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
        names=names,
        can_add=can_keep_tables(actor),
    )


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
