"""The use of results: an agency that is not chosen for a time, as dated data with its reason."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.accounts.queries import member_ids
from agencyqa.agencies.models import Registration
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.engagements.selection.models import AgencyExclusion
from agencyqa.engagements.selection.policies import can_exclude, visible_exclusions
from agencyqa.errors import Forbidden, Invalid, NotVisible, WrongState
from agencyqa.measures.queries import provision_in_force
from agencyqa.notifications.services import tell

PROVISION = "M3/use_of_results"
EXCLUSION_CONSTRAINTS = {"uq_agency_exclusions_form_token": ("agency_id", "already_submitted")}


@dataclass(frozen=True)
class ExclusionData:
    """Both days count. ``assessment_year`` and ``grade``: the result it rests on, if it rests on one."""

    agency_id: int
    valid_from: date
    valid_to: date
    reason: str
    assessment_year: int | None = None
    grade: str = ""


def exclude_agency(
    actor: Actor, session: Session, data: ExclusionData, *, form_token: str | None = None, now: datetime
) -> AgencyExclusion:
    """Contracts that were signed before stay as they are. Raise Forbidden, Invalid."""
    if not can_exclude(actor) or actor.bureau_id is None:
        raise Forbidden()
    registered = select(Registration.id).where(
        Registration.agency_id == data.agency_id, Registration.bureau_id == actor.bureau_id
    )
    problems: dict[str, str] = {}
    if session.scalar(registered) is None:
        problems["agency_id"] = "not_a_choice"
    if data.valid_to < data.valid_from:
        problems["valid_to"] = "ends_before_start"
    if provision_in_force(session, PROVISION, data.valid_from) is None:
        problems["valid_from"] = "provision_not_in_force"
    if not data.reason.strip():
        problems["reason"] = "required"
    if problems:
        raise Invalid("invalid", **problems)
    values = {**asdict(data), "reason": data.reason.strip(), "grade": data.grade.strip()}
    exclusion = AgencyExclusion(
        bureau_id=actor.bureau_id,
        entered_at=now,
        entered_by_id=actor.user_id,
        form_token=form_token,
        **values,
    )
    session.add(exclusion)
    session.flush()
    record(
        session,
        actor,
        "selection.exclusion.entered",
        exclusion,
        now=now,
        bureau_id=exclusion.bureau_id,
        **values,
    )
    _tell(session, exclusion, "agency_excluded_for", now=now)
    return exclusion


def withdraw_exclusion(
    actor: Actor, session: Session, exclusion: AgencyExclusion, reason: str, *, now: datetime
) -> None:
    """It was entered wrongly; it counts no longer, and stays to be read. Raise NotVisible, Forbidden, WrongState."""
    if session.scalar(visible_exclusions(actor).where(AgencyExclusion.id == exclusion.id)) is None:
        raise NotVisible()
    if not can_exclude(actor) or exclusion.bureau_id != actor.bureau_id:
        raise Forbidden()
    session.refresh(exclusion, with_for_update=True)
    if exclusion.withdrawn_at is not None:
        raise WrongState("exclusion_withdrawn")
    if not reason.strip():
        raise Invalid("invalid", reason="required")
    exclusion.withdrawn_at, exclusion.withdrawn_by_id = now, actor.user_id
    exclusion.withdrawal_reason = reason.strip()
    session.flush()
    record(
        session,
        actor,
        "selection.exclusion.withdrawn",
        exclusion,
        now=now,
        bureau_id=exclusion.bureau_id,
        agency_id=exclusion.agency_id,
        reason=exclusion.withdrawal_reason,
    )
    _tell(session, exclusion, "agency_exclusion_over", now=now)


def _tell(session: Session, exclusion: AgencyExclusion, code: str, *, now: datetime) -> None:
    tell(
        session,
        member_ids(session, exclusion.agency_id, {Role.AGENCY_MANAGER}, day=local_date(now)),
        code,
        now=now,
        endpoint="selection.exclusions",
        bureau=session.scalars(select(Body.name).where(Body.id == exclusion.bureau_id)).one(),
        valid_from=exclusion.valid_from,
        valid_to=exclusion.valid_to,
    )
