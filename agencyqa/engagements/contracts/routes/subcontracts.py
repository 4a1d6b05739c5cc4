from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.engagements.contracts import policies, services
from agencyqa.engagements.contracts.enums import SubcontractAction
from agencyqa.engagements.contracts.forms import SubcontractConsentForm, SubcontractForm
from agencyqa.engagements.contracts.models import Subcontract
from agencyqa.engagements.contracts.routes import bp
from agencyqa.engagements.contracts.routes.terms import load
from agencyqa.engagements.models import Engagement
from agencyqa.errors import Forbidden
from agencyqa.extensions import db
from agencyqa.web.forms import VersionedForm
from agencyqa.web.labels import label_of
from agencyqa.web.loading import one_or_404


@bp.route("/<int:engagement_id>/contract/subcontracts/new", methods=["GET", "POST"])
@requires(Permission.TEAM_PROPOSE)
def request_subcontract(engagement_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    engagement = load(engagement_id)
    if not policies.can_request(actor, engagement):
        raise Forbidden()
    contract = engagement.contract_number
    form = SubcontractForm()
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            services.request_subcontract(
                actor,
                session,
                engagement,
                form.data_object(),
                form_token=form.form_token.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("分包申请已提出，等待委托方同意。"), "success")
            return redirect(url_for("contracts.show", engagement_id=engagement_id))
    page = render_template(
        "contracts/subcontract.html", form=form, engagement_id=engagement_id, contract=contract
    )
    return page, form.status


@bp.route("/contract/subcontracts/<int:subcontract_id>", methods=["GET", "POST"])
@requires(Permission.TEAM_CONSENT)
def decide_subcontract(subcontract_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    request, engagement = _load(subcontract_id)
    if not policies.can_consent(actor, engagement):
        raise Forbidden("subcontract_commissioner_consents")
    engagement_id, contract = engagement.id, engagement.contract_number
    facts = (request.party, request.scope, request.share, request.reason, request.state)
    form = SubcontractConsentForm(obj=request)
    form.action.choices = [
        (each.value, label_of(each)) for each in (SubcontractAction.CONSENT, SubcontractAction.REFUSE)
    ]
    if not form.is_submitted():
        form.reason.data = ""
    if form.validate_on_submit():
        with form.catching():
            services.decide_subcontract(
                actor,
                session,
                request,
                form.action.data,
                form.reason.data,
                seen_version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("意见已保存。"), "success")
            return redirect(url_for("contracts.show", engagement_id=engagement_id))
    page = render_template(
        "contracts/decide.html", form=form, facts=facts, engagement_id=engagement_id, contract=contract
    )
    return page, form.status


@bp.route("/contract/subcontracts/<int:subcontract_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.TEAM_PROPOSE)
def withdraw_subcontract(subcontract_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    request, engagement = _load(subcontract_id)
    if not policies.can_request(actor, engagement):
        raise Forbidden()
    engagement_id, contract = engagement.id, engagement.contract_number
    form = VersionedForm(obj=request)
    if form.validate_on_submit():
        with form.catching():
            services.withdraw_subcontract(
                actor, session, request, seen_version=form.version.data, now=utc_now()
            )
            db.session.commit()
            flash(gettext("分包申请已撤回。"), "success")
            return redirect(url_for("contracts.show", engagement_id=engagement_id))
    page = render_template(
        "contracts/withdraw.html", form=form, engagement_id=engagement_id, contract=contract
    )
    return page, form.status


def _load(subcontract_id: int) -> tuple[Subcontract, Engagement]:
    request = one_or_404(
        policies.visible_subcontracts(current_actor()).where(Subcontract.id == subcontract_id)
    )
    return request, db.session.get_one(Engagement, request.engagement_id)
