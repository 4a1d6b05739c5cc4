from __future__ import annotations

from functools import partial

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from agencyqa.accounts.models import Body
from agencyqa.accounts.queries import body_choices
from agencyqa.agencies import queries, services
from agencyqa.agencies.forms import TieForm, WithdrawForm
from agencyqa.agencies.models import Tie
from agencyqa.agencies.people_forms import EndForm
from agencyqa.agencies.policies import tie_visible
from agencyqa.agencies.routes import bp
from agencyqa.agencies.routes.loading import load_to_change, name_of
from agencyqa.agencies.services.ties import TIED
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.extensions import db
from agencyqa.web.loading import one_or_404


@bp.route("/<int:agency_id>/ties/new", methods=["GET", "POST"])
@requires(Permission.AGENCIES_WRITE)
def declare_tie(agency_id: int) -> ResponseReturnValue:
    agency, registration = load_to_change(agency_id)
    form = TieForm()
    form.person_id.look_in(partial(queries.person_choices, db.session(), agency_id))
    form.body_id.look_in(partial(body_choices, db.session(), TIED, bureau_ids=[registration.bureau_id]))
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            services.declare_tie(
                current_actor(),
                db.session(),
                agency,
                form.data_object(),
                form_token=form.form_token.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("利害关系已登记。"), "success")
            return redirect(url_for("agencies.show", agency_id=agency_id, _anchor="ties"))
    return (
        render_template("agencies/tie.html", form=form, agency_id=agency_id, name=name_of(agency_id)),
        form.status,
    )


def _load(agency_id: int, tie_id: int) -> tuple[Tie, str]:
    """With the name of the other side."""
    tie = one_or_404(
        select(Tie).where(tie_visible(current_actor()), Tie.id == tie_id, Tie.agency_id == agency_id)
    )
    body = db.session.scalars(select(Body.name).where(Body.id == tie.body_id)).one_or_none()
    return tie, body or tie.other_name


@bp.route("/<int:agency_id>/ties/<int:tie_id>/end", methods=["GET", "POST"])
@requires(Permission.AGENCIES_WRITE)
def end_tie(agency_id: int, tie_id: int) -> ResponseReturnValue:
    load_to_change(agency_id)
    tie, body = _load(agency_id, tie_id)
    form = EndForm()
    if form.validate_on_submit():
        with form.catching():
            services.end_tie(current_actor(), db.session(), tie, on=form.on.data, now=utc_now())
            db.session.commit()
            flash(gettext("已登记终止日期。"), "success")
            return redirect(url_for("agencies.show", agency_id=agency_id, _anchor="ties"))
    return (
        render_template(
            "agencies/end.html",
            form=form,
            agency_id=agency_id,
            name=name_of(agency_id),
            title=gettext("终止利害关系"),
            question=gettext("终止本机构与%(body)s的利害关系？", body=body),
            consequences=[gettext("最后一日之后签订的合同不再因此受限。")],
        ),
        form.status,
    )


@bp.route("/<int:agency_id>/ties/<int:tie_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.AGENCIES_WRITE)
def withdraw_tie(agency_id: int, tie_id: int) -> ResponseReturnValue:
    load_to_change(agency_id)
    tie, body = _load(agency_id, tie_id)
    form = WithdrawForm()
    if form.validate_on_submit():
        with form.catching():
            services.withdraw_tie(current_actor(), db.session(), tie, reason=form.reason.data, now=utc_now())
            db.session.commit()
            flash(gettext("利害关系记录已撤销。"), "success")
            return redirect(url_for("agencies.show", agency_id=agency_id, _anchor="ties"))
    return (
        render_template(
            "agencies/withdraw_tie.html",
            form=form,
            agency_id=agency_id,
            name=name_of(agency_id),
            tie=tie,
            body=body,
        ),
        form.status,
    )
