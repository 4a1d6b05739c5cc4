"""Credits of agencies, and weights of engagements set by hand."""

from __future__ import annotations

from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.assessments import result_policies
from agencyqa.assessments.forms.year_forms import CreditFilter, CreditForm, WeightOfForm, WithdrawCreditForm
from agencyqa.assessments.models import AgencyCredit
from agencyqa.assessments.queries.credits import ORDERS, credit_rows, credits_seen_by, registered_agencies
from agencyqa.assessments.routes import bp
from agencyqa.assessments.services.credits import enter_credit, set_weight, withdraw_credit
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.engagements.loading import load_engagement
from agencyqa.errors import Forbidden
from agencyqa.extensions import db
from agencyqa.web.loading import one_or_404
from agencyqa.web.tables import paginate


@bp.get("/credits")
@requires(Permission.ROUNDS_MANAGE)
def credits() -> ResponseReturnValue:
    actor = current_actor()
    agencies = partial(registered_agencies, db.session(), actor.bureau_id)
    filters = CreditFilter.read(finders={"agency_id": agencies})
    agency = filters.agency_id
    rows = credit_rows(actor, year=filters.year.data, agency_id=agency.data, agency=agency.sought)
    return render_template(
        "assessments/credits.html",
        page=paginate(db.session(), rows, ORDERS, request.args),
        filters=filters,
        can={"enter": result_policies.can_open_round(actor)},
        own=actor.bureau_id,
    )


@bp.route("/credits/new", methods=["GET", "POST"])
@requires(Permission.ROUNDS_MANAGE)
def new_credit() -> ResponseReturnValue:
    actor = current_actor()
    form = CreditForm()
    form.agency_id.look_in(partial(registered_agencies, db.session(), actor.bureau_id))
    if form.validate_on_submit():
        with form.catching():
            enter_credit(
                actor,
                db.session(),
                agency_id=form.agency_id.data,
                occurred_on=form.occurred_on.data,
                points=form.points.data,
                reason=form.reason.data,
                evidence=form.evidence.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("积分已登记，重新计算年度考核后计入。"), "success")
            return redirect(url_for("assessments.credits"))
    elif not form.is_submitted():
        form.occurred_on.data = today()
    return render_template("assessments/new_credit.html", form=form), form.status


@bp.route("/credits/<int:credit_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.ROUNDS_MANAGE)
def take_back_credit(credit_id: int) -> ResponseReturnValue:
    actor = current_actor()
    credit = one_or_404(credits_seen_by(actor).where(AgencyCredit.id == credit_id))
    if credit.bureau_id != actor.bureau_id:
        raise Forbidden("only_bureau_keeps_credits")
    form = WithdrawCreditForm()
    if form.validate_on_submit():
        with form.catching():
            withdraw_credit(actor, db.session(), credit, reason=form.reason.data, now=utc_now())
            db.session.commit()
            flash(gettext("积分已撤销，记录保留。"), "success")
            return redirect(url_for("assessments.credits"))
    return render_template("assessments/withdraw_credit.html", form=form, credit=credit), form.status


@bp.route("/engagements/<int:engagement_id>/weight", methods=["GET", "POST"])
@requires(Permission.ROUNDS_MANAGE)
def weight_of(engagement_id: int) -> ResponseReturnValue:
    actor = current_actor()
    engagement = load_engagement(engagement_id)
    if engagement.bureau_id != actor.bureau_id:
        raise Forbidden("only_bureau_keeps_credits")
    form = WeightOfForm()
    if form.validate_on_submit():
        with form.catching():
            set_weight(
                actor,
                db.session(),
                engagement,
                weight=form.weight.data,
                reason=form.reason.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("业务权重已设定，重新计算年度考核后计入。"), "success")
            return redirect(url_for("engagements.show", engagement_id=engagement_id))
    return render_template("assessments/weight_of.html", form=form, engagement=engagement), form.status
