from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from agencyqa.agencies.models import Person
from agencyqa.auth.actor import Actor
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.engagements.checks import views
from agencyqa.engagements.loading import load_engagement
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.recusal import pages, policies, queries, services
from agencyqa.engagements.recusal.forms import DeclarationForm
from agencyqa.engagements.recusal.models import IndependenceDeclaration
from agencyqa.engagements.recusal.routes import bp
from agencyqa.engagements.recusal.text import declaration_text
from agencyqa.engagements.recusal.workflow import choices
from agencyqa.errors import Forbidden
from agencyqa.extensions import db
from agencyqa.web.loading import one_or_404


@bp.get("/<int:engagement_id>/independence")
@requires(Permission.ENGAGEMENTS_READ)
def show(engagement_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    engagement = load_engagement(engagement_id)
    checks, day = pages.checks_now(session, engagement, today())
    sees_details = policies.sees_details(actor)
    may_sign, signable = policies.can_sign(actor, engagement), _signable(actor, engagement)
    signers = queries.signers_of(session, engagement_id)
    may_exempt = policies.can_exempt(actor, engagement)
    exempting = services.who_cannot_sign(session, engagement, utc_now()) if may_exempt else []
    cases = [pages.case_view(session, row) for row in queries.cases_of(session, actor, engagement_id)]
    return render_template(
        "recusal/show.html",
        engagement=engagement,
        day=day,
        checks=views(session, checks, day, actor) if sees_details else [],
        outcomes=[] if sees_details else pages.outcome_lines(checks),
        signers=signers,
        cases=cases,
        can={
            "sign": may_sign and bool(signable),
            # Somebody has yet to sign, and the reader's account is nobody's in the team.
            "unknown": may_sign and not signable and any(signer.is_awaited for signer in signers),
            "decide": {view.case.id for view in cases if choices(view.case.state)}
            if policies.can_decide(actor, engagement)
            else set(),
            "names": policies.sees_names(actor),
            "exempt": bool(exempting),
            "withdraw": may_exempt,
            "exemptions": policies.sees_exemptions(actor, engagement),
            "read_terms": policies.can_read_terms(actor),
        },
    )


@bp.route("/<int:engagement_id>/independence/declare", methods=["GET", "POST"])
@requires(Permission.INDEPENDENCE_DECLARE)
def declare(engagement_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    engagement = load_engagement(engagement_id)
    if not policies.can_sign(actor, engagement):
        raise Forbidden("recusal_not_yours_to_sign")
    contract = engagement.contract_number
    form = DeclarationForm()
    form.person_id.choices = _signable(actor, engagement)
    if not form.is_submitted():
        form.signed_on.data = today()
        if len(form.person_id.choices) == 1:
            form.person_id.data = form.person_id.choices[0][0]
    samples = _samples(engagement, form.person_id.choices)
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            services.sign_declaration(
                actor,
                session,
                engagement,
                form.data_object(),
                form_token=form.form_token.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("独立性声明已保存。"), "success")
            return redirect(url_for("recusal.show", engagement_id=engagement_id))
    page = render_template(
        "recusal/declare.html", form=form, engagement_id=engagement_id, contract=contract, samples=samples
    )
    return page, form.status


@bp.get("/<int:engagement_id>/independence/declarations/<int:declaration_id>")
@requires(Permission.ENGAGEMENTS_READ)
def declaration(engagement_id: int, declaration_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    found = one_or_404(
        policies.visible_declarations(actor).where(
            IndependenceDeclaration.id == declaration_id,
            IndependenceDeclaration.engagement_id == engagement_id,
        )
    )
    return render_template(
        "recusal/declaration.html",
        declaration=found,
        person=session.scalars(select(Person.name).where(Person.id == found.person_id)).one(),
        contract=load_engagement(engagement_id).contract_number,
        can={"names": policies.sees_names(actor)},
    )


def _signable(actor: Actor, engagement: Engagement) -> list[tuple[int, str]]:
    """For whom the actor may sign: himself, or as manager everybody in the team; who left it only what is missing."""
    signers = [
        signer
        for signer in queries.signers_of(db.session(), engagement.id)
        if signer.is_present or not signer.declarations
    ]
    if not policies.can_record_paper(actor):
        own = set(db.session.scalars(select(Person.id).where(Person.user_id == actor.user_id)))
        signers = [signer for signer in signers if signer.person_id in own]
    return [(signer.person_id, signer.name) for signer in signers]


def _samples(engagement: Engagement, people: list[tuple[int, str]]) -> list[str]:
    """Both texts with the names of this engagement, so that nobody signs what he has not read."""
    if not people:
        return []
    parties = queries.parties_of(db.session(), engagement, people[0][0])
    return [
        declaration_text(parties, is_independent=independent, statement="") for independent in (True, False)
    ]
