from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from agencyqa.accounts.models import Body
from agencyqa.accounts.queries import bureau_chain
from agencyqa.auth.actor import Actor
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.engagements.deliverables import policies, queries, services
from agencyqa.engagements.deliverables.forms import RequirementForm
from agencyqa.engagements.deliverables.models import RequirementTable
from agencyqa.engagements.deliverables.requirements import SHIPPED, requirements_of, table_in_force
from agencyqa.engagements.deliverables.routes import bp
from agencyqa.errors import Forbidden
from agencyqa.extensions import db
from agencyqa.measures.enums import WorkKind


@bp.get("/deliverables/requirements")
@requires(Permission.DEADLINES_WRITE)
def requirements() -> ResponseReturnValue:
    actor = current_actor()
    session = db.session()
    chain = _chain(actor)
    tables = queries.table_rows(session, chain)
    names = {
        row.id: row.name for row in session.execute(select(Body.id, Body.name).where(Body.id.in_(chain)))
    }
    return render_template(
        "deliverables/requirements.html",
        tables=[(table, names.get(table.bureau_id or 0), requirements_of(table)) for table in tables],
        today=today(),
        can={"enter": policies.can_enter_tables(actor)},
    )


@bp.route("/deliverables/requirements/new", methods=["GET", "POST"])
@requires(Permission.REQUIREMENTS_WRITE)
def new_requirements() -> ResponseReturnValue:
    actor = current_actor()
    if not policies.can_enter_tables(actor):
        raise Forbidden()
    form = RequirementForm()
    if not form.is_submitted():
        form.work_kind.data = _asked_kind()
        ground = _ground(actor, form.work_kind.data)
        form.fill(requirements_of(ground) if ground else list(SHIPPED))
        form.valid_from.data = today()
    if form.validate_on_submit():
        with form.catching():
            services.enter_table(actor, db.session(), form.data_object(), now=utc_now())
            db.session.commit()
            flash(gettext("成果期限表已保存。"), "success")
            return redirect(url_for("deliverables.requirements"))
    return render_template("deliverables/requirements_new.html", form=form, kinds=_KINDS), form.status


# What may be commissioned at all; nothing is owed for the others.
_KINDS = [kind for kind in WorkKind if not kind.is_on_negative_list]


def _asked_kind() -> WorkKind | None:
    """The kind of work the table is to be for; None for all that have no table of their own."""
    asked = request.args.get("work_kind", "")
    return WorkKind(asked) if asked in _KINDS else None


def _ground(actor: Actor, work_kind: WorkKind | None) -> RequirementTable | None:
    """What the page starts from: the bureau's newest table for just this kind of work, else what holds today."""
    if actor.bureau_id is None:
        return None
    session = db.session()
    for table in queries.table_rows(session, [actor.bureau_id]):
        if table.bureau_id is not None and table.work_kind == work_kind:
            return table
    return table_in_force(session, actor.bureau_id, work_kind, today())


def _chain(actor: Actor) -> list[int]:
    """Its own bureau and those above; a municipality does not look into its districts' tables here."""
    return [] if actor.bureau_id is None else bureau_chain(db.session(), actor.bureau_id)
