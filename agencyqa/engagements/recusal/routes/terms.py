from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from agencyqa.accounts.models import Body
from agencyqa.accounts.queries import bureau_chain
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.engagements.recusal import policies, queries, services
from agencyqa.engagements.recusal.forms import TermsForm
from agencyqa.engagements.recusal.routes import bp
from agencyqa.engagements.recusal.terms import terms_in_force
from agencyqa.errors import Forbidden
from agencyqa.extensions import db


@bp.get("/independence/terms")
@requires(Permission.ENGAGEMENTS_WRITE)
def terms() -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    chain = [] if actor.bureau_id is None else bureau_chain(session, actor.bureau_id)
    names = {
        row.id: row.name for row in session.execute(select(Body.id, Body.name).where(Body.id.in_(chain)))
    }
    return render_template(
        "recusal/terms.html",
        rows=[(row, names.get(row.bureau_id or 0)) for row in queries.terms_rows(session, chain)],
        today=today(),
        can={"enter": policies.can_enter_terms(actor)},
    )


@bp.route("/independence/terms/new", methods=["GET", "POST"])
@requires(Permission.RECUSAL_TERMS_WRITE)
def new_terms() -> ResponseReturnValue:
    actor = current_actor()
    if actor.bureau_id is None or not policies.can_enter_terms(actor):
        raise Forbidden()
    form = TermsForm()
    if not form.is_submitted():
        ground = terms_in_force(db.session(), actor.bureau_id, today())
        form.valid_from.data = today()
        if ground is not None:
            form.tie_months.data, form.work_months.data = ground.tie_months, ground.work_months
    if form.validate_on_submit():
        with form.catching():
            services.enter_terms(actor, db.session(), form.data_object(), now=utc_now())
            db.session.commit()
            flash(gettext("回避期限已保存。"), "success")
            return redirect(url_for("recusal.terms"))
    return render_template("recusal/terms_new.html", form=form), form.status
