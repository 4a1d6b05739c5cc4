from __future__ import annotations

from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.agencies.queries import agency_choices
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.engagements.selection import policies, queries, services
from agencyqa.engagements.selection.forms import ExclusionForm, WithdrawForm
from agencyqa.engagements.selection.models import AgencyExclusion
from agencyqa.engagements.selection.routes import bp
from agencyqa.errors import Forbidden
from agencyqa.extensions import db
from agencyqa.web.loading import one_or_404
from agencyqa.web.tables import paginate


@bp.get("/exclusions")
@requires(Permission.AGENCIES_READ)
def exclusions() -> ResponseReturnValue:
    actor = current_actor()
    return render_template(
        "selection/exclusions.html",
        page=paginate(db.session(), queries.exclusion_rows(actor), queries.EXCLUSION_ORDER, request.args),
        today=today(),
        can={"exclude": policies.can_exclude(actor), "bureau_id": actor.bureau_id},
    )


@bp.route("/exclusions/new", methods=["GET", "POST"])
@requires(Permission.STANDING_DECIDE)
def exclude() -> ResponseReturnValue:
    actor = current_actor()
    form = ExclusionForm()
    form.agency_id.look_in(partial(agency_choices, db.session(), actor))
    if not form.is_submitted():
        form.valid_from.data = today()
    if form.validate_on_submit():
        with form.catching(services.EXCLUSION_CONSTRAINTS):
            services.exclude_agency(
                actor,
                db.session(),
                form.data_object(),
                form_token=form.form_token.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("暂停选取已登记，机构已收到消息。"), "success")
            return redirect(url_for("selection.exclusions"))
    return render_template("selection/exclude.html", form=form), form.status


@bp.route("/exclusions/<int:exclusion_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.STANDING_DECIDE)
def withdraw(exclusion_id: int) -> ResponseReturnValue:
    actor = current_actor()
    exclusion = one_or_404(policies.visible_exclusions(actor).where(AgencyExclusion.id == exclusion_id))
    if exclusion.bureau_id != actor.bureau_id:
        raise Forbidden()
    form = WithdrawForm()
    if form.validate_on_submit():
        with form.catching():
            services.withdraw_exclusion(actor, db.session(), exclusion, form.reason.data, now=utc_now())
            db.session.commit()
            flash(gettext("暂停选取已撤销。"), "success")
            return redirect(url_for("selection.exclusions"))
    return render_template("selection/withdraw.html", form=form), form.status
