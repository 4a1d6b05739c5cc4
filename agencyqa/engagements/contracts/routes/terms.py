from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.engagements.contracts import policies, queries, services
from agencyqa.engagements.contracts.enums import MilestoneTrigger, SubcontractState
from agencyqa.engagements.contracts.forms import TermsForm
from agencyqa.engagements.contracts.routes import bp
from agencyqa.engagements.models import Engagement
from agencyqa.errors import Forbidden
from agencyqa.extensions import db
from agencyqa.objects.models import EvaluationObject
from agencyqa.web.loading import one_or_404


@bp.get("/<int:engagement_id>/contract")
@requires(Permission.ENGAGEMENTS_READ)
def show(engagement_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    engagement = load(engagement_id)
    requests = queries.subcontracts_of(session, actor, engagement_id)
    open_ids = {row[0].id for row in requests if row[0].state is SubcontractState.REQUESTED}
    return render_template(
        "contracts/show.html",
        engagement=engagement,
        views=queries.terms_of(session, actor, engagement_id),
        requests=requests,
        can={
            "enter": policies.can_enter(actor, engagement),
            "request": policies.can_request(actor, engagement),
            "consent": open_ids if policies.can_consent(actor, engagement) else set(),
            "withdraw": open_ids if policies.can_request(actor, engagement) else set(),
            "tables": actor.has(Permission.ENGAGEMENTS_WRITE),
        },
    )


@bp.route("/<int:engagement_id>/contract/terms/new", methods=["GET", "POST"])
@requires(Permission.ENGAGEMENTS_WRITE)
def new_terms(engagement_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    engagement = load(engagement_id)
    if not policies.can_enter(actor, engagement):
        raise Forbidden()
    contract, fee = engagement.contract_number, engagement.fee
    form = TermsForm()
    if not form.is_submitted():
        form.agreed_on.data = engagement.contract_signed_on
        form.amount.data = session.scalars(
            select(EvaluationObject.amount).where(EvaluationObject.id == engagement.object_id)
        ).one()
        earlier = queries.terms_of(session, actor, engagement_id)
        if earlier:
            form.scope.data, form.method.data = earlier[0].terms.scope, earlier[0].terms.method
            for item in earlier[0].payments:
                form[item.trigger.value].data = item.amount
    if form.validate_on_submit():
        with form.catching():
            services.enter_terms(actor, session, engagement, form.data_object(), now=utc_now())
            db.session.commit()
            flash(gettext("合同约定已登记。"), "success")
            return redirect(url_for("contracts.show", engagement_id=engagement_id))
    page = render_template(
        "contracts/terms_new.html",
        form=form,
        engagement_id=engagement_id,
        contract=contract,
        fee=fee,
        triggers=[trigger.value for trigger in MilestoneTrigger],
    )
    return page, form.status


def load(engagement_id: int) -> Engagement:
    return one_or_404(policies.visible_engagements(current_actor()).where(Engagement.id == engagement_id))
