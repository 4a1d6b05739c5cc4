from __future__ import annotations

from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.accounts.queries import departments_for
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.errors import Forbidden
from agencyqa.extensions import db
from agencyqa.objects import queries, services
from agencyqa.objects.forms import ObjectFilter, ObjectForm
from agencyqa.objects.hooks import object_panels
from agencyqa.objects.models import EvaluationObject
from agencyqa.objects.policies import can_change, can_create, visible_to
from agencyqa.web.loading import one_or_404
from agencyqa.web.tables import paginate

bp = Blueprint("objects", __name__, url_prefix="/objects")


@bp.get("/")
@requires(Permission.OBJECTS_READ)
def index() -> ResponseReturnValue:
    actor = current_actor()
    departments = partial(departments_for, db.session(), actor, queries.with_objects)
    filters = ObjectFilter.read(finders={"department_id": departments})
    rows = queries.object_rows(
        actor,
        q=filters.q.data,
        kind=filters.kind.data,
        budget_type=filters.budget_type.data,
        year=filters.year.data,
        department_id=filters.department_id.data,
        department=filters.department_id.sought,
    )
    return render_template(
        "objects/index.html",
        page=paginate(db.session(), rows, queries.ORDERS, request.args),
        filters=filters,
        has_bureaus=len(actor.bureau_ids) > 1 or actor.is_agency,
        can={"create": can_create(actor)},
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.OBJECTS_WRITE)
def new() -> ResponseReturnValue:
    actor = current_actor()
    form = ObjectForm()
    form.department_id.look_in(partial(queries.own_departments, db.session(), actor))
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            thing = services.create_object(actor, db.session(), form.data_object(), now=utc_now())
            db.session.commit()
            flash(gettext("评价对象已登记。"), "success")
            return redirect(url_for("objects.show", object_id=thing.id))
    return render_template("objects/new.html", form=form), form.status


@bp.get("/<int:object_id>")
@requires(Permission.OBJECTS_READ)
def show(object_id: int) -> ResponseReturnValue:
    actor = current_actor()
    thing = _load(object_id)
    department, bureau = queries.names_of(db.session(), thing)
    return render_template(
        "objects/show.html",
        thing=thing,
        department=department,
        bureau=bureau,
        panels=[panel(actor, thing) for panel in object_panels],
        can={"change": can_change(actor, thing)},
    )


@bp.route("/<int:object_id>/edit", methods=["GET", "POST"])
@requires(Permission.OBJECTS_WRITE)
def edit(object_id: int) -> ResponseReturnValue:
    actor = current_actor()
    thing = _load(object_id)
    if not can_change(actor, thing):
        raise Forbidden()
    form = ObjectForm(obj=thing)
    form.department_id.look_in(
        partial(queries.own_departments, db.session(), actor, keep=thing.department_id)
    )
    name = thing.name
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            services.change_object(
                actor,
                db.session(),
                thing,
                form.data_object(),
                seen_version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("已保存。"), "success")
            return redirect(url_for("objects.show", object_id=object_id))
    return render_template("objects/edit.html", form=form, object_id=object_id, name=name), form.status


def _load(object_id: int) -> EvaluationObject:
    return one_or_404(visible_to(current_actor()).where(EvaluationObject.id == object_id))
