"""A change of its record that an agency proposes: made, withdrawn, seen beside the record, decided."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.agencies import history, queries, services
from agencyqa.agencies.events import FIELDS
from agencyqa.agencies.models import ProfileProposal
from agencyqa.agencies.policies import can_propose, visible_proposals
from agencyqa.agencies.reporting_forms import DecideProposalForm, ProposalForm
from agencyqa.agencies.routes import bp
from agencyqa.agencies.routes.loading import load, name_of
from agencyqa.agencies.routes.proposal_steps import decided, possible, withdrawn
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.errors import Forbidden
from agencyqa.extensions import db
from agencyqa.web.loading import one_or_404


@bp.route("/<int:agency_id>/proposals/new", methods=["GET", "POST"])
@requires(Permission.RECORD_PROPOSE)
def propose(agency_id: int) -> ResponseReturnValue:
    agency = load(agency_id)
    if not can_propose(current_actor(), agency_id):
        raise Forbidden()
    session = db.session()
    now_valid = queries.current_profile(session, agency_id)
    stored = {name: getattr(now_valid, name) for name in history.FIELDS}
    form = ProposalForm(data={**stored, "effective_on": today()})
    form.bureau_id.choices = queries.registered_bureaus(session, agency_id)
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            services.propose_change(
                current_actor(),
                session,
                agency,
                form.bureau_id.data,
                form.profile(),
                effective_on=form.effective_on.data,
                reason=form.reason.data,
                now=utc_now(),
            )
            session.commit()
            flash(gettext("变更申请已提交，确认之前档案不变。"), "success")
            return redirect(url_for("agencies.show", agency_id=agency_id, _anchor="proposals"))
    return (
        render_template("agencies/propose.html", form=form, agency_id=agency_id, name=name_of(agency_id)),
        form.status,
    )


@bp.get("/<int:agency_id>/proposals/<int:proposal_id>")
@requires(Permission.AGENCIES_READ)
def proposal(agency_id: int, proposal_id: int) -> ResponseReturnValue:
    found = _load(agency_id, proposal_id)
    form = DecideProposalForm(formdata=None, data={"version": found.version})
    return _page(found, form)


@bp.post("/<int:agency_id>/proposals/<int:proposal_id>/decide")
@requires(Permission.AGENCIES_WRITE)
def decide_proposal(agency_id: int, proposal_id: int) -> ResponseReturnValue:
    return decided(lambda: _load(agency_id, proposal_id), services.decide_proposal, _page)


@bp.post("/<int:agency_id>/proposals/<int:proposal_id>/withdraw")
@requires(Permission.RECORD_PROPOSE)
def withdraw_proposal(agency_id: int, proposal_id: int) -> ResponseReturnValue:
    return withdrawn(_load(agency_id, proposal_id), services.withdraw_proposal)


def _load(agency_id: int, proposal_id: int) -> ProfileProposal:
    load(agency_id)
    return one_or_404(
        visible_proposals(current_actor()).where(
            ProfileProposal.id == proposal_id, ProfileProposal.agency_id == agency_id
        )
    )


def _page(found: ProfileProposal, form: DecideProposalForm) -> ResponseReturnValue:
    form.offer()
    base = next(
        item
        for item in queries.profiles_of(db.session(), found.agency_id)
        if item.number == found.base_number
    )
    return (
        render_template(
            "agencies/proposal.html",
            proposal=found,
            name=name_of(found.agency_id),
            differences=history.differences(base, found),
            labels=FIELDS,
            form=form,
            can=possible(found),
        ),
        form.status,
    )
