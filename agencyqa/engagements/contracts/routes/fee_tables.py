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
from agencyqa.engagements.contracts import policies, queries, services
from agencyqa.engagements.contracts.forms import FeeTableForm
from agencyqa.engagements.contracts.routes import bp
from agencyqa.engagements.contracts.tables import brackets_of
from agencyqa.errors import Forbidden
from agencyqa.extensions import db


@bp.get("/contract/fee-tables")
@requires(Permission.ENGAGEMENTS_WRITE)
def fee_tables() -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    chain = [] if actor.bureau_id is None else bureau_chain(session, actor.bureau_id)
    names = {
        row.id: row.name for row in session.execute(select(Body.id, Body.name).where(Body.id.in_(chain)))
    }
    return render_template(
        "contracts/fee_tables.html",
        tables=[
            (table, names[table.bureau_id], brackets_of(table))
            for table in queries.fee_tables(session, chain)
        ],
        today=today(),
        can={"enter": policies.can_enter_tables(actor)},
    )


@bp.route("/contract/fee-tables/new", methods=["GET", "POST"])
@requires(Permission.FEE_TABLES_WRITE)
def new_fee_table() -> ResponseReturnValue:
    actor = current_actor()
    if not policies.can_enter_tables(actor):
        raise Forbidden()
    form = FeeTableForm()
    if not form.is_submitted():
        form.valid_from.data = today()
    if form.validate_on_submit():
        with form.catching():
            services.enter_fee_table(actor, db.session(), form.data_object(), now=utc_now())
            db.session.commit()
            flash(gettext("收费分段表已保存。"), "success")
            return redirect(url_for("contracts.fee_tables"))
    return render_template("contracts/fee_table_new.html", form=form), form.status
