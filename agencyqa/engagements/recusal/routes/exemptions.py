from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from agencyqa.agencies.models import Person
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.engagements.loading import load_engagement
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.recusal import policies, services
from agencyqa.engagements.recusal.forms import ExemptionForm, WithdrawForm
from agencyqa.engagements.recusal.models import DeclarationExemption
from agencyqa.engagements.recusal.routes import bp
from agencyqa.errors import Forbidden
from agencyqa.extensions import db
from agencyqa.web.loading import one_or_404


@bp.route("/<int:engagement_id>/independence/exempt", methods=["GET", "POST"])
@requires(Permission.ENGAGEMENTS_WRITE)
def exempt(engagement_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    engagement = load_engagement(engagement_id)
    if not policies.can_exempt(actor, engagement):
        raise Forbidden()
    contract = engagement.contract_number
    form = ExemptionForm()
    signers = services.who_cannot_sign(session, engagement, utc_now())
    form.person_id.choices = [(each.person_id, each.name) for each in signers]
    if not form.is_submitted() and len(signers) == 1:
        form.person_id.data = signers[0].person_id
    if form.validate_on_submit():
        with form.catching(services.EXEMPTION_CONSTRAINTS):
            services.grant_exemption(actor, session, engagement, form.data_object(), now=utc_now())
            db.session.commit()
            flash(gettext("已准予免签，机构已收到消息。"), "success")
            return redirect(url_for("recusal.show", engagement_id=engagement_id))
    page = render_template("recusal/exempt.html", form=form, engagement_id=engagement_id, contract=contract)
    return page, form.status


@bp.route("/independence/exemptions/<int:exemption_id>", methods=["GET", "POST"])
@requires(Permission.ENGAGEMENTS_WRITE)
def withdraw_exemption(exemption_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    exemption = one_or_404(policies.visible_exemptions(actor).where(DeclarationExemption.id == exemption_id))
    engagement = session.get_one(Engagement, exemption.engagement_id)
    if not policies.can_exempt(actor, engagement):
        raise Forbidden()
    engagement_id, contract = engagement.id, engagement.contract_number
    person = session.scalars(select(Person.name).where(Person.id == exemption.person_id)).one()
    facts = (exemption.state, exemption.cause, exemption.authority, exemption.reason, exemption.granted_at)
    is_granted = exemption.is_granted
    form = WithdrawForm(obj=exemption)
    if not form.is_submitted():
        form.reason.data = ""
    if form.validate_on_submit():
        with form.catching():
            services.withdraw_exemption(
                actor,
                session,
                exemption,
                form.reason.data,
                seen_version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("免签已撤销，机构已收到消息。"), "success")
            return redirect(url_for("recusal.show", engagement_id=engagement_id))
    page = render_template(
        "recusal/withdraw_exemption.html",
        form=form,
        facts=facts,
        person=person,
        is_granted=is_granted,
        engagement_id=engagement_id,
        contract=contract,
        action=request.path,
    )
    return page, form.status
