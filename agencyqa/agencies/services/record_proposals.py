"""Entries of its record that an agency proposes and a bureau confirms: people, papers, ties, branches."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies import plain
from agencyqa.agencies.enums import Matter, ProposalAction, ProposalState, Standing
from agencyqa.agencies.models import Agency, RecordProposal, Registration
from agencyqa.agencies.policies import can_propose
from agencyqa.agencies.services import proposal_steps
from agencyqa.agencies.services.matters import DEEDS, Asked, Decided, find_target, seen_of
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.errors import Forbidden, Invalid
from agencyqa.files.models import StoredFile


def propose_entry(
    actor: Actor,
    session: Session,
    agency: Agency,
    bureau_id: int | None,
    matter: Matter,
    data: Any,
    *,
    target_id: int | None = None,
    reason: str,
    stored: StoredFile | None = None,
    file_name: str = "",
    form_token: str | None = None,
    now: datetime,
) -> RecordProposal:
    """``data`` is what ``DEEDS[matter]`` takes. Put to one bureau in whose register the agency stands.

    Raise NotVisible, Forbidden, Invalid; a form sent twice comes as IntegrityError.
    """
    if not can_propose(actor, agency.id):
        raise Forbidden()
    target = find_target(session, agency.id, matter, target_id, day=local_date(now))
    registration = session.scalars(
        select(Registration).where(
            Registration.agency_id == agency.id,
            Registration.bureau_id == bureau_id,
            Registration.standing != Standing.REMOVED,
        )
    ).one_or_none()
    if registration is None:
        raise Invalid("invalid", bureau_id="not_a_choice")
    deed = DEEDS[matter]
    problems = deed.problems(Asked(session, agency, registration, target, data, now))
    if code := problems.pop("", None):
        raise Invalid(code)
    if not reason.strip():
        problems["why"] = "required"
    if deed.needs_file and stored is None:
        problems["file"] = "required"
    if problems:
        raise Invalid("invalid", **problems)
    proposal = RecordProposal(
        agency_id=agency.id,
        bureau_id=registration.bureau_id,
        matter=matter,
        target_id=target_id if target is not None else None,
        payload=plain.dump(data),
        seen=seen_of(session, matter, target),
        file_id=None if stored is None else stored.id,
        file_name=file_name if stored is not None else "",
        state=ProposalState.PROPOSED,
        reason=reason.strip(),
        proposed_at=now,
        proposed_by_id=actor.user_id,
        decision_reason="",
        form_token=form_token,
    )
    _expect_new(session, proposal)
    proposal_steps.put(actor, session, proposal, agency=session.get_one(Body, agency.id).name, now=now)
    return proposal


def withdraw_entry_proposal(
    actor: Actor, session: Session, proposal: RecordProposal, *, now: datetime
) -> None:
    """Raise NotVisible, Forbidden, WrongState."""
    proposal_steps.withdraw(actor, session, proposal, now=now)


def decide_entry_proposal(
    actor: Actor,
    session: Session,
    proposal: RecordProposal,
    action: ProposalAction,
    *,
    reason: str,
    seen_version: int | None,
    now: datetime,
) -> None:
    """Confirm it, which enters it through the service that the bureau's own pages use, or decline it with a reason.

    Raise NotVisible, Forbidden, Stale, WrongState, Invalid, Refused.
    """

    def enter() -> None:
        _enter(actor, session, proposal, reason.strip(), now)

    proposal_steps.decide(
        actor, session, proposal, action, enter, reason=reason, seen_version=seen_version, now=now
    )


def _enter(actor: Actor, session: Session, proposal: RecordProposal, reason: str, now: datetime) -> None:
    deed = DEEDS[proposal.matter]
    agency = session.get_one(Agency, proposal.agency_id)
    registration = session.scalars(
        select(Registration).where(
            Registration.agency_id == agency.id, Registration.bureau_id == proposal.bureau_id
        )
    ).one()
    target = find_target(session, agency.id, proposal.matter, proposal.target_id)
    data = plain.load(deed.takes, proposal.payload)
    try:
        deed.enter(Decided(actor, proposal, Asked(session, agency, registration, target, data, now), reason))
    except Invalid as error:
        # The note of an appointment is the reason of this decision; the rest is for the agency to mend.
        raise Invalid(
            error.code, **{"reason" if name == "note" else name: told for name, told in error.fields.items()}
        ) from None


def _expect_new(session: Session, wanted: RecordProposal) -> None:
    waiting = session.scalars(
        select(RecordProposal).where(
            RecordProposal.agency_id == wanted.agency_id,
            RecordProposal.bureau_id == wanted.bureau_id,
            RecordProposal.matter == wanted.matter,
            RecordProposal.state == ProposalState.PROPOSED,
        )
    )
    for other in waiting:
        same = (other.target_id, other.payload, other.file_id)
        if same == (wanted.target_id, wanted.payload, wanted.file_id):
            raise Invalid("proposal_listed")
