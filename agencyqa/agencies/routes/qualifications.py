from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from agencyqa.agencies import services
from agencyqa.agencies.forms import QualificationForm, WithdrawForm
from agencyqa.agencies.models import Qualification
from agencyqa.agencies.routes import bp
from agencyqa.agencies.routes.loading import load_to_change, name_of
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.extensions import db
from agencyqa.web.loading import one_or_404


@bp.route("/<int:agency_id>/qualifications/new", methods=["GET", "POST"])
@requires(Permission.AGENCIES_WRITE)
def add_qualification(agency_id: int) -> ResponseReturnValue:
    agency, _ = load_to_change(agency_id)
    form = QualificationForm()
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            services.add_qualification(
                current_actor(),
                db.session(),
                agency,
                form.data_object(),
                form_token=form.form_token.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("资质已登记。"), "success")
            return redirect(url_for("agencies.show", agency_id=agency_id, _anchor="qualifications"))
    return (
        render_template(
            "agencies/qualification.html", form=form, agency_id=agency_id, name=name_of(agency_id)
        ),
        form.status,
    )


@bp.route("/<int:agency_id>/qualifications/<int:qualification_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.AGENCIES_WRITE)
def withdraw_qualification(agency_id: int, qualification_id: int) -> ResponseReturnValue:
    load_to_change(agency_id)
    item = one_or_404(
        select(Qualification).where(
            Qualification.id == qualification_id, Qualification.agency_id == agency_id
        )
    )
    form = WithdrawForm()
    if form.validate_on_submit():
        with form.catching():
            services.withdraw_qualification(
                current_actor(), db.session(), item, reason=form.reason.data, now=utc_now()
            )
            db.session.commit()
            flash(gettext("资质记录已撤销。"), "success")
            return redirect(url_for("agencies.show", agency_id=agency_id, _anchor="qualifications"))
    return (
        render_template(
            "agencies/withdraw.html", form=form, agency_id=agency_id, name=name_of(agency_id), item=item
        ),
        form.status,
    )
