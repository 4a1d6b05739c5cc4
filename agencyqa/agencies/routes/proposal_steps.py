"""What the pages of all proposals share: who may do what with an open one, the decision, the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.agencies import services
from agencyqa.agencies.enums import ProposalState
from agencyqa.agencies.policies import can_propose, can_register
from agencyqa.agencies.reporting_forms import DecideProposalForm
from agencyqa.agencies.services.proposal_steps import AnyProposal
from agencyqa.auth.guards import current_actor
from agencyqa.clock import utc_now
from agencyqa.errors import Forbidden
from agencyqa.extensions import db

P = TypeVar("P", bound=AnyProposal)


def possible(found: AnyProposal) -> dict[str, bool]:
    """The steps that the reader may take, by name."""
    is_open = found.state is ProposalState.PROPOSED
    return {
        "decide": is_open and _may_decide(found),
        "withdraw": is_open and can_propose(current_actor(), found.agency_id),
    }


def decided(
    load: Callable[[], P],
    decide: Callable[..., None],
    page: Callable[[P, DecideProposalForm], ResponseReturnValue],
) -> ResponseReturnValue:
    """``load`` is asked again where the decision failed: what it had changed is undone."""
    found = load()
    if not _may_decide(found):
        raise Forbidden()
    form = DecideProposalForm()
    form.offer()
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            decide(
                current_actor(),
                db.session(),
                found,
                form.action.data,
                reason=form.reason.data,
                seen_version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("决定已记录，并已通知机构负责人。"), "success")
            return redirect(url_for("agencies.show", agency_id=found.agency_id))
        found = load()
    return page(found, form)


def withdrawn(found: P, withdraw: Callable[..., None]) -> ResponseReturnValue:
    agency_id = found.agency_id
    withdraw(current_actor(), db.session(), found, now=utc_now())
    db.session.commit()
    flash(gettext("变更申请已撤回。"), "success")
    return redirect(url_for("agencies.show", agency_id=agency_id))


def _may_decide(found: AnyProposal) -> bool:
    actor = current_actor()
    return can_register(actor) and found.bureau_id == actor.bureau_id
