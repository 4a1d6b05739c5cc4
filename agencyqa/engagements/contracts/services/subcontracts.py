"""Work that the agency gives away: only a part of it, and only with the consent of the commissioner on record."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.queries import member_ids
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.db import check_version
from agencyqa.engagements.consents import hold, settle
from agencyqa.engagements.contracts.enums import SubcontractAction, SubcontractState
from agencyqa.engagements.contracts.models import Subcontract
from agencyqa.engagements.contracts.policies import can_consent, can_request, visible_subcontracts
from agencyqa.engagements.contracts.workflow import next_state
from agencyqa.engagements.deliverables.services.access import hold_engagement
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.errors import Forbidden, Invalid, Refused, WrongState
from agencyqa.notifications.services import tell

WHOLE = 1_000_000
FORBIDDEN_CONDUCT = "CJ4/forbidden_conduct"
CONSTRAINTS = {"uq_subcontracts_form_token": ("party", "already_submitted")}


@dataclass(frozen=True)
class SubcontractData:
    """``share`` in millionths of the fee."""

    party: str
    scope: str
    share: int
    reason: str


def request_subcontract(
    actor: Actor,
    session: Session,
    engagement: Engagement,
    data: SubcontractData,
    *,
    form_token: str | None = None,
    now: datetime,
) -> Subcontract:
    """Raise NotVisible, Forbidden, Invalid, and Refused for the whole of the work: that is sub-letting."""
    engagement = hold_engagement(actor, session, engagement)
    if not can_request(actor, engagement):
        raise Forbidden()
    problems = {name: "required" for name in ("party", "scope", "reason") if not getattr(data, name).strip()}
    if data.share <= 0:
        problems["share"] = "subcontract_share"
    if problems:
        raise Invalid("invalid", **problems)
    _expect_a_part(session, engagement, data.share)
    values: dict[str, Any] = {
        name: value.strip() if isinstance(value, str) else value for name, value in asdict(data).items()
    }
    request = Subcontract(
        engagement_id=engagement.id,
        state=next_state(None, SubcontractAction.REQUEST),
        requested_at=now,
        requested_by_id=actor.user_id,
        form_token=form_token,
        **values,
    )
    session.add(request)
    session.flush()
    record(
        session,
        actor,
        "contracts.subcontract.requested",
        request,
        now=now,
        bureau_id=engagement.bureau_id,
        engagement_id=engagement.id,
        **values,
    )
    roles = {Role.DEPARTMENT_OFFICER, Role.BUREAU_SUPERVISOR, Role.BUREAU_LEAD}
    _tell(session, engagement, "subcontract_requested", engagement.commissioner_id, roles, now)
    return request


def decide_subcontract(
    actor: Actor,
    session: Session,
    request: Subcontract,
    action: SubcontractAction,
    reason: str,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """By the commissioner. Raise NotVisible, Forbidden, Stale, WrongState, Invalid, Refused."""
    engagement = hold(actor, session, request, visible_subcontracts(actor))
    is_answer = action in {SubcontractAction.CONSENT, SubcontractAction.REFUSE}
    if not can_consent(actor, engagement) or not is_answer:
        raise Forbidden("subcontract_commissioner_consents")
    check_version(request, seen_version)
    state = next_state(request.state, action)
    if engagement.state is not EngagementState.CONTRACTED:
        raise WrongState("team_not_running")
    if not reason.strip():
        raise Invalid("invalid", reason="required")
    consented = action is SubcontractAction.CONSENT
    if consented:
        _expect_a_part(session, engagement, request.share)
    event = "contracts.subcontract.consented" if consented else "contracts.subcontract.refused"
    settle(actor, session, engagement, request, state, event, reason.strip(), now=now)
    _tell(session, engagement, "subcontract_decided", engagement.agency_id, {Role.AGENCY_MANAGER}, now)


def withdraw_subcontract(
    actor: Actor, session: Session, request: Subcontract, *, seen_version: int | None, now: datetime
) -> None:
    """By the agency, while nobody has decided. Raise NotVisible, Forbidden, Stale, WrongState."""
    engagement = hold(actor, session, request, visible_subcontracts(actor))
    if not can_request(actor, engagement):
        raise Forbidden()
    check_version(request, seen_version)
    state = next_state(request.state, SubcontractAction.WITHDRAW)
    settle(actor, session, engagement, request, state, "contracts.subcontract.withdrawn", "", now=now)


def _expect_a_part(session: Session, engagement: Engagement, share: int) -> None:
    """Together with what was consented to before, something must be left: the whole in parts is the whole, too."""
    given = session.scalar(
        select(sa.func.sum(Subcontract.share)).where(
            Subcontract.engagement_id == engagement.id, Subcontract.state == SubcontractState.CONSENTED
        )
    )
    if (given or 0) + share >= WHOLE:
        raise Refused("subcontract_is_subletting", provision=FORBIDDEN_CONDUCT)


def _tell(
    session: Session, engagement: Engagement, code: str, body_id: int, roles: set[Role], now: datetime
) -> None:
    tell(
        session,
        member_ids(session, body_id, roles, day=local_date(now)),
        code,
        now=now,
        endpoint="contracts.show",
        endpoint_values={"engagement_id": engagement.id},
        contract=engagement.contract_number,
    )
