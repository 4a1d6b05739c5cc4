"""Administration of bureaus, departments and observers; agencies are made by the register."""

from __future__ import annotations

from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from agencyqa.accounts.forms import ActionForm, BodyEditForm, BodyFilter, BodyForm
from agencyqa.accounts.models import Body
from agencyqa.accounts.queries import body_choices, body_rows, names_of_bodies
from agencyqa.accounts.routes import bp
from agencyqa.accounts.services import administration
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.auth.roles import BodyKind
from agencyqa.clock import utc_now
from agencyqa.errors import Invalid
from agencyqa.extensions import db
from agencyqa.web.loading import one_or_404
from agencyqa.web.tables import Key, paginate

ORDER = (Key(Body.kind), Key(Body.sort_key), Key(Body.id))
CONSTRAINTS = {"uq_bodies_code": ("code", "duplicate_body_code")}


@bp.get("/bodies")
@requires(Permission.BODIES_MANAGE)
def bodies() -> str:
    filters = BodyFilter.read()
    statement = body_rows(filters.kind.data, filters.q.data)
    page = paginate(db.session(), statement, ORDER, request.args)
    return render_template("accounts/bodies.html", page=page, filters=filters)


@bp.route("/bodies/new", methods=["GET", "POST"])
@requires(Permission.BODIES_MANAGE)
def new_body() -> ResponseReturnValue:
    form = BodyForm()
    form.bureau_id.choices = body_choices(db.session(), [BodyKind.BUREAU])
    above = [BodyKind.BUREAU, BodyKind.DEPARTMENT, BodyKind.OBSERVER]
    form.parent_id.look_in(partial(body_choices, db.session(), above))
    if form.validate_on_submit():
        with form.catching(CONSTRAINTS):
            body = administration.create_body(current_actor(), db.session(), _data(form), now=utc_now())
            db.session.commit()
            flash(gettext("单位已建立。"), "success")
            return redirect(url_for("accounts.body", body_id=body.id))
    return render_template("accounts/body_new.html", form=form), form.status


def _data(form: BodyForm) -> administration.BodyData:
    if form.kind.data is None:
        raise Invalid(kind="required")
    kind = BodyKind(form.kind.data)
    return administration.BodyData(
        kind=kind,
        name=form.name.data or "",
        short_name=form.short_name.data or "",
        code=form.code.data,
        parent_id=form.parent_id.data,
        bureau_id=None if kind is BodyKind.BUREAU else form.bureau_id.data,
    )


@bp.route("/bodies/<int:body_id>", methods=["GET", "POST"])
@requires(Permission.BODIES_MANAGE)
def body(body_id: int) -> ResponseReturnValue:
    found = one_or_404(select(Body).where(Body.id == body_id))
    form = BodyEditForm(obj=found)
    if form.validate_on_submit():
        with form.catching(CONSTRAINTS):
            administration.rename_body(
                current_actor(),
                db.session(),
                found,
                name=form.name.data or "",
                short_name=form.short_name.data or "",
                code=form.code.data,
                version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("单位已修改。"), "success")
            return redirect(url_for("accounts.body", body_id=body_id))
    # A refused change was rolled back, and the page shows what is stored.
    found = one_or_404(select(Body).where(Body.id == body_id))
    names = names_of_bodies(db.session(), [found.bureau_id, found.parent_id])
    page = render_template(
        "accounts/body.html", body=found, form=form, names=names, is_agency=found.kind is BodyKind.AGENCY
    )
    return page, form.status


@bp.post("/bodies/<int:body_id>/activity")
@requires(Permission.BODIES_MANAGE)
def set_body_activity(body_id: int) -> ResponseReturnValue:
    found = one_or_404(select(Body).where(Body.id == body_id))
    form = ActionForm()
    active = request.form.get("active") == "1"
    administration.set_body_active(
        current_actor(), db.session(), found, active, version=form.version.data, now=utc_now()
    )
    db.session.commit()
    flash(gettext("单位已启用。") if active else gettext("单位已停用。"), "success")
    return redirect(url_for("accounts.body", body_id=body_id))
