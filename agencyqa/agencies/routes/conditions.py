"""What agencies and principal evaluators must bring: every version, and a bureau's own."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from agencyqa.accounts.models import Body
from agencyqa.accounts.queries import bureau_chain
from agencyqa.agencies import queries, services
from agencyqa.agencies.condition_forms import AdmissionTermsForm, EvaluatorTermsForm
from agencyqa.agencies.policies import can_enter_conditions
from agencyqa.agencies.routes import bp
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.errors import Forbidden
from agencyqa.extensions import db


@bp.get("/conditions")
@requires(Permission.AGENCIES_WRITE)
def conditions() -> ResponseReturnValue:
    session, bureau_id = db.session(), _own_bureau()
    chain = bureau_chain(session, bureau_id)
    names = session.execute(select(Body.id, Body.name).where(Body.id.in_(chain)))
    return render_template(
        "agencies/conditions.html",
        admission=queries.admission_conditions(session, bureau_id),
        evaluators=queries.evaluator_conditions(session, bureau_id),
        owners={row.id: row.name for row in names},
        today=today(),
        can={"enter": can_enter_conditions(current_actor())},
    )


@bp.route("/conditions/admission/new", methods=["GET", "POST"])
@requires(Permission.CONDITIONS_WRITE)
def new_admission_conditions() -> ResponseReturnValue:
    form = AdmissionTermsForm()
    if not form.is_submitted():
        ground = queries.admission_in_force(db.session(), _own_bureau(), today())
        form.valid_from.data = today()
        for name in ("min_qualifications", "min_evaluators", "clean_years", "papers"):
            form[name].data = getattr(ground, name, None)
    if form.validate_on_submit():
        with form.catching():
            services.enter_admission_conditions(
                current_actor(), db.session(), form.data_object(), now=utc_now()
            )
            db.session.commit()
            flash(gettext("登记条件已保存。"), "success")
            return redirect(url_for("agencies.conditions"))
    return render_template("agencies/conditions_admission.html", form=form), form.status


@bp.route("/conditions/evaluators/new", methods=["GET", "POST"])
@requires(Permission.CONDITIONS_WRITE)
def new_evaluator_conditions() -> ResponseReturnValue:
    form = EvaluatorTermsForm()
    if not form.is_submitted():
        ground = queries.conditions_in_force(db.session(), _own_bureau(), today())
        form.valid_from.data = today()
        for name in ("min_work_years", "min_evaluation_years", "needs_title_or_licence"):
            form[name].data = getattr(ground, name, None)
    if form.validate_on_submit():
        with form.catching():
            services.enter_evaluator_conditions(
                current_actor(), db.session(), form.data_object(), now=utc_now()
            )
            db.session.commit()
            flash(gettext("主评人条件已保存。"), "success")
            return redirect(url_for("agencies.conditions"))
    return render_template("agencies/conditions_evaluators.html", form=form), form.status


def _own_bureau() -> int:
    bureau_id = current_actor().bureau_id
    if bureau_id is None:
        raise Forbidden()
    return bureau_id
