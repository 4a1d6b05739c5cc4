"""The steps of every proposal, whatever it wants to change: put to a bureau, withdrawn, decided, told and audited."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Select
from sqlalchemy.orm import Session

from agencyqa.accounts.queries import member_ids
from agencyqa.agencies.enums import ProposalAction, ProposalState
from agencyqa.agencies.models import ProfileProposal, RecordProposal
from agencyqa.agencies.policies import (
    can_propose,
    can_register,
    visible_proposals,
    visible_record_proposals,
)
from agencyqa.agencies.workflow import next_proposal_state
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.db import check_version
from agencyqa.errors import Forbidden, Invalid, NotVisible, WrongState
from agencyqa.notifications.services import tell

AnyProposal = ProfileProposal | RecordProposal


def put(
    actor: Actor,
    session: Session,
    proposal: AnyProposal,
    *,
    agency: str,
    changes: dict[str, tuple[object, object]] | None = None,
    now: datetime,
) -> None:
    """Store it and tell the supervisors of the bureau; ``agency`` is its name. IntegrityError by its table."""
    session.add(proposal)
    session.flush()
    _note(actor, session, proposal, "made", now, changes=changes, reason=proposal.reason)
    tell(
        session,
        member_ids(session, proposal.bureau_id, {Role.BUREAU_SUPERVISOR}, day=local_date(now)),
        "proposal_made",
        now=now,
        endpoint="agencies.show",
        endpoint_values={"agency_id": proposal.agency_id},
        agency=agency,
    )


def withdraw(actor: Actor, session: Session, proposal: AnyProposal, *, now: datetime) -> None:
    """Raise NotVisible, Forbidden, WrongState."""
    _expect_visible(actor, session, proposal)
    if not can_propose(actor, proposal.agency_id):
        raise Forbidden()
    proposal.state = _next(proposal, ProposalAction.WITHDRAW, by_bureau=False)
    session.flush()
    _note(actor, session, proposal, "withdrawn", now)


def decide(
    actor: Actor,
    session: Session,
    proposal: AnyProposal,
    action: ProposalAction,
    enter: Callable[[], None],
    *,
    reason: str,
    seen_version: int | None,
    now: datetime,
) -> None:
    """``enter`` does what was proposed, where it is confirmed; declined it needs a reason.

    Raise NotVisible, Forbidden, Stale, WrongState, Invalid, and whatever ``enter`` raises.
    """
    _expect_visible(actor, session, proposal)
    if not can_register(actor) or proposal.bureau_id != actor.bureau_id:
        raise Forbidden()
    check_version(proposal, seen_version)
    state = _next(proposal, action, by_bureau=True)
    if action is ProposalAction.DECLINE and not reason.strip():
        raise Invalid(reason="required")
    proposal.state = state
    proposal.decided_at, proposal.decided_by_id = now, actor.user_id
    proposal.decision_reason = reason.strip()
    # The proposal first: of two decisions at once the second stops here.
    session.flush()
    is_confirmed = action is ProposalAction.CONFIRM
    if is_confirmed:
        enter()
    event = "confirmed" if is_confirmed else "declined"
    _note(actor, session, proposal, event, now, reason=proposal.decision_reason)
    tell(
        session,
        member_ids(session, proposal.agency_id, {Role.AGENCY_MANAGER}, day=local_date(now)),
        "proposal_decided",
        now=now,
        endpoint="agencies.show",
        endpoint_values={"agency_id": proposal.agency_id},
        bureau=actor.body_name,
        state=proposal.state,
    )


def _expect_visible(actor: Actor, session: Session, proposal: AnyProposal) -> None:
    seen: Select[ProfileProposal] | Select[RecordProposal]
    if isinstance(proposal, ProfileProposal):
        seen = visible_proposals(actor).where(ProfileProposal.id == proposal.id)
    else:
        seen = visible_record_proposals(actor).where(RecordProposal.id == proposal.id)
    if session.scalar(seen) is None:
        raise NotVisible()


def _next(proposal: AnyProposal, action: ProposalAction, *, by_bureau: bool) -> ProposalState:
    state = next_proposal_state(proposal.state, action, by_bureau=by_bureau)
    if state is None:
        raise WrongState("proposal_closed", state=proposal.state)
    return state


def _note(
    actor: Actor,
    session: Session,
    proposal: AnyProposal,
    event: str,
    now: datetime,
    *,
    changes: dict[str, tuple[object, object]] | None = None,
    **facts: object,
) -> None:
    about: dict[str, object]
    if isinstance(proposal, ProfileProposal):
        about = {"effective_on": proposal.effective_on}
    else:
        about = {"matter": proposal.matter}
    record(
        session,
        actor,
        f"agencies.proposal.{event}",
        proposal,
        now=now,
        bureau_id=proposal.bureau_id,
        changes=changes,
        agency_id=proposal.agency_id,
        **about,
        **facts,
    )
