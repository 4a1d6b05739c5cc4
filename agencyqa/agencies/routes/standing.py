from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.agencies import queries, services
from agencyqa.agencies.forms import StandingForm
from agencyqa.agencies.policies import can_decide
from agencyqa.agencies.routes import bp
from agencyqa.agencies.routes.loading import load_to_change, name_of
from agencyqa.agencies.services import DecisionData
from agencyqa.agencies.workflow import open_actions
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.db import check_version
from agencyqa.errors import Forbidden, Invalid
from agencyqa.extensions import db


@bp.route("/<int:agency_id>/standing", methods=["GET", "POST"])
@requires(Permission.STANDING_DECIDE)
def decide(agency_id: int) -> ResponseReturnValue:
    agency, registration = load_to_change(agency_id)
    if not can_decide(current_actor(), registration):
        raise Forbidden()
    form = StandingForm(data={"version": registration.version, "effective_on": today()})
    if form.is_submitted():
        # Before the choices are looked at: what was open on a stale page may be closed now.
        check_version(registration, form.version.data)
    form.offer(
        open_actions(registration.standing),
        queries.citable_provisions(db.session(), form.effective_on.data or today()),
    )
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            if not form.confirmed.data:
                raise Invalid(confirmed="not_confirmed")
            services.decide_standing(
                current_actor(),
                db.session(),
                registration,
                DecisionData(
                    action=form.action.data,
                    effective_on=form.effective_on.data,
                    reason=form.reason.data,
                    provision_key=form.provision_key.data,
                ),
                seen_version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("决定已记录，并已通知机构负责人。"), "success")
            return redirect(url_for("agencies.show", agency_id=agency_id))
    return (
        render_template(
            "agencies/standing.html",
            form=form,
            agency=agency,
            name=name_of(agency_id),
            standing=registration.standing,
        ),
        form.status,
    )
