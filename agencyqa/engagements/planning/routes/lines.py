from __future__ import annotations

from functools import partial

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.engagements.planning import services
from agencyqa.engagements.planning.forms import LineForm
from agencyqa.engagements.planning.models import PlanLine
from agencyqa.engagements.planning.routes import bp
from agencyqa.engagements.planning.routes.plans import load_writable
from agencyqa.engagements.queries import commissioner_choices, unit_choices
from agencyqa.extensions import db
from agencyqa.objects.queries import object_choices
from agencyqa.web.forms import VersionedForm
from agencyqa.web.loading import one_or_404


@bp.route("/<int:plan_id>/lines/new", methods=["GET", "POST"])
@requires(Permission.ENGAGEMENTS_WRITE)
def new_line(plan_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    plan = load_writable(plan_id)
    form = LineForm(obj=plan)
    form.object_id.look_in(partial(object_choices, session, actor))
    form.commissioner_id.look_in(partial(commissioner_choices, session, actor))
    form.evaluated_unit_id.look_in(partial(unit_choices, session, actor))
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            services.add_line(
                actor, session, plan, form.data_object(), seen_version=form.version.data, now=utc_now()
            )
            db.session.commit()
            flash(gettext("项目已列入计划。"), "success")
            return redirect(url_for("planning.show", plan_id=plan_id))
    return render_template("planning/line.html", form=form, plan_id=plan_id), form.status


@bp.route("/<int:plan_id>/lines/<int:line_id>/remove", methods=["GET", "POST"])
@requires(Permission.ENGAGEMENTS_WRITE)
def remove_line(plan_id: int, line_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    plan = load_writable(plan_id)
    line = one_or_404(select(PlanLine).where(PlanLine.id == line_id, PlanLine.plan_id == plan_id))
    form = VersionedForm(obj=plan)
    if form.validate_on_submit():
        with form.catching():
            services.remove_line(actor, session, plan, line, seen_version=form.version.data, now=utc_now())
            db.session.commit()
            flash(gettext("项目已移出计划。"), "success")
            return redirect(url_for("planning.show", plan_id=plan_id))
    return render_template("planning/remove.html", form=form, plan_id=plan_id), form.status
