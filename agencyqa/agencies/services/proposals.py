"""Changes of its record that an agency proposes and a bureau confirms."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.queries import member_ids
from agencyqa.agencies.enums import ProposalAction, ProposalState, Standing
from agencyqa.agencies.history import FIELDS, differences
from agencyqa.agencies.models import Agency, ProfileProposal, Registration
from agencyqa.agencies.policies import can_propose, can_register, visible_proposals
from agencyqa.agencies.queries.record import current_profile
from agencyqa.agencies.services.profiles import ProfileData, change_profile, profile_problems, profile_values
from agencyqa.agencies.workflow import next_proposal_state
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.db import check_version
from agencyqa.errors import Forbidden, Invalid, NotVisible, Stale, WrongState
from agencyqa.notifications.services import tell

B = ProposalAction


def propose_change(
    actor: Actor,
    session: Session,
    agency: Agency,
    bureau_id: int,
    data: ProfileData,
    *,
    effective_on: date,
    reason: str,
    now: datetime,
) -> ProfileProposal:
    """Put to one bureau in whose register the agency stands. Raise Forbidden, Invalid.

    A second one at once comes as IntegrityError: one is decided before the next.
    """
    if not can_propose(actor, agency.id):
        raise Forbidden()
    problems = profile_problems(data, effective_on, now)
    if not reason.strip():
        problems["reason"] = "required"
    stands = session.scalar(
        select(Registration.id).where(
            Registration.agency_id == agency.id,
            Registration.bureau_id == bureau_id,
            Registration.standing != Standing.REMOVED,
        )
    )
    if stands is None:
        problems["bureau_id"] = "not_a_choice"
    before = current_profile(session, agency.id)
    if effective_on < before.effective_on:
        problems["effective_on"] = ("profile_before_last", {"day": before.effective_on})
    if problems:
        raise Invalid("invalid", **problems)
    changed = differences(before, data)
    if not changed:
        raise Invalid("profile_unchanged")
    proposal = ProfileProposal(
        agency_id=agency.id,
        bureau_id=bureau_id,
        base_number=before.number,
        state=ProposalState.PROPOSED,
        effective_on=effective_on,
        reason=reason.strip(),
        proposed_at=now,
        proposed_by_id=actor.user_id,
        decision_reason="",
        **profile_values(data),
    )
    session.add(proposal)
    session.flush()
    _note(
        actor,
        session,
        proposal,
        "agencies.proposal.made",
        now,
        changes={item.field: (item.before, item.after) for item in changed},
        reason=proposal.reason,
    )
    tell(
        session,
        member_ids(session, bureau_id, {Role.BUREAU_SUPERVISOR}, day=local_date(now)),
        "proposal_made",
        now=now,
        endpoint="agencies.show",
        endpoint_values={"agency_id": agency.id},
        agency=before.name,
    )
    return proposal


def withdraw_proposal(actor: Actor, session: Session, proposal: ProfileProposal, *, now: datetime) -> None:
    """Raise NotVisible, Forbidden, WrongState."""
    _expect_visible(actor, session, proposal)
    if not can_propose(actor, proposal.agency_id):
        raise Forbidden()
    proposal.state = _next(proposal, B.WITHDRAW, by_bureau=False)
    session.flush()
    _note(actor, session, proposal, "agencies.proposal.withdrawn", now)


def decide_proposal(
    actor: Actor,
    session: Session,
    proposal: ProfileProposal,
    action: ProposalAction,
    *,
    reason: str,
    seen_version: int | None,
    now: datetime,
) -> None:
    """Confirm it, so that it becomes the newest version of the record, or decline it with a reason.

    Raise NotVisible, Forbidden, Stale, WrongState, Invalid.
    """
    _expect_visible(actor, session, proposal)
    if not can_register(actor) or proposal.bureau_id != actor.bureau_id:
        raise Forbidden()
    check_version(proposal, seen_version)
    state = _next(proposal, action, by_bureau=True)
    if action is B.DECLINE and not reason.strip():
        raise Invalid(reason="required")
    agency = session.get_one(Agency, proposal.agency_id)
    proposal.state = state
    proposal.decided_at, proposal.decided_by_id = now, actor.user_id
    proposal.decision_reason = reason.strip()
    # The proposal first: of two decisions at once the second stops here.
    session.flush()
    if action is B.CONFIRM:
        if current_profile(session, agency.id).number != proposal.base_number:
            raise Stale("proposal_overtaken")
        change_profile(
            actor,
            session,
            agency,
            ProfileData(**{name: getattr(proposal, name) for name in FIELDS}),
            effective_on=proposal.effective_on,
            reason=proposal.reason,
            seen_version=agency.version,
            now=now,
        )
    event = "agencies.proposal.confirmed" if action is B.CONFIRM else "agencies.proposal.declined"
    _note(actor, session, proposal, event, now, reason=proposal.decision_reason)
    tell(
        session,
        member_ids(session, agency.id, {Role.AGENCY_MANAGER}, day=local_date(now)),
        "proposal_decided",
        now=now,
        endpoint="agencies.show",
        endpoint_values={"agency_id": agency.id},
        bureau=actor.body_name,
        state=proposal.state,
    )


def _expect_visible(actor: Actor, session: Session, proposal: ProfileProposal) -> None:
    if session.scalar(visible_proposals(actor).where(ProfileProposal.id == proposal.id)) is None:
        raise NotVisible()


def _next(proposal: ProfileProposal, action: ProposalAction, *, by_bureau: bool) -> ProposalState:
    state = next_proposal_state(proposal.state, action, by_bureau=by_bureau)
    if state is None:
        raise WrongState("proposal_closed", state=proposal.state)
    return state


def _note(
    actor: Actor,
    session: Session,
    proposal: ProfileProposal,
    event: str,
    now: datetime,
    *,
    changes: dict[str, tuple[object, object]] | None = None,
    **facts: object,
) -> None:
    record(
        session,
        actor,
        event,
        proposal,
        now=now,
        bureau_id=proposal.bureau_id,
        changes=changes,
        agency_id=proposal.agency_id,
        effective_on=proposal.effective_on,
        **facts,
    )
