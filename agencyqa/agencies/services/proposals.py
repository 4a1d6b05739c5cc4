"""Changes of its record that an agency proposes and a bureau confirms."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.agencies.enums import ProposalAction, ProposalState, Standing
from agencyqa.agencies.history import FIELDS, differences
from agencyqa.agencies.models import Agency, ProfileProposal, Registration
from agencyqa.agencies.policies import can_propose
from agencyqa.agencies.queries.record import current_profile
from agencyqa.agencies.services import proposal_steps
from agencyqa.agencies.services.profiles import ProfileData, change_profile, profile_problems, profile_values
from agencyqa.auth.actor import Actor
from agencyqa.errors import Forbidden, Invalid, Stale


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
    proposal_steps.put(
        actor,
        session,
        proposal,
        agency=before.name,
        changes={item.field: (item.before, item.after) for item in changed},
        now=now,
    )
    return proposal


def withdraw_proposal(actor: Actor, session: Session, proposal: ProfileProposal, *, now: datetime) -> None:
    """Raise NotVisible, Forbidden, WrongState."""
    proposal_steps.withdraw(actor, session, proposal, now=now)


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

    def enter() -> None:
        agency = session.get_one(Agency, proposal.agency_id)
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

    proposal_steps.decide(
        actor, session, proposal, action, enter, reason=reason, seen_version=seen_version, now=now
    )
