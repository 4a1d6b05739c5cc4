"""A check that is opened again while the work is running, and what is decided about it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.accounts.queries import member_ids
from agencyqa.agencies.models import Tie
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.db import check_version
from agencyqa.engagements.checks import examine
from agencyqa.engagements.data import data_of
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.locks import is_year_final
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.recusal.enums import CaseAction, CaseCause, CaseState
from agencyqa.engagements.recusal.models import IndependenceDeclaration, RecusalCase
from agencyqa.engagements.recusal.policies import can_decide, visible_cases
from agencyqa.engagements.recusal.queries import has_left, running_about
from agencyqa.engagements.recusal.workflow import CHOICES, PENDING, choices, next_state
from agencyqa.engagements.ruling import Check, EvidenceKind, kept
from agencyqa.engagements.services.progress import terminate_engagement
from agencyqa.engagements.team.facts import members_on
from agencyqa.engagements.team.queries import engagements_with, members_of
from agencyqa.errors import Forbidden, Invalid, NotVisible, Refused, WrongState
from agencyqa.notifications.services import tell


@dataclass(frozen=True)
class CaseDecision:
    action: CaseAction
    reason: str


# ---------------------------------------------------------------------------------------------- opening


def reopen_for_tie(actor: Actor, session: Session, tie: Tie, *, now: datetime) -> int:
    """Every running engagement that the tie touches is checked again; returns how many cases were opened.

    A tie that begins later is found by the nightly job on its first day.
    """
    day = local_date(now)
    # Under lock, so that a tie that is just being withdrawn opens nothing more.
    session.scalars(select(Tie).where(Tie.id == tie.id).with_for_update()).one()
    session.refresh(tie)
    if tie.withdrawn_at is not None or tie.body_id is None or tie.valid_from > day:
        return 0
    if tie.person_id is None:
        touched = running_about(session, tie.agency_id, tie.bureau_id, day)
    else:
        touched = engagements_with(session, tie.person_id, tie.bureau_id)
    opened = 0
    for engagement in touched:
        known = select(RecusalCase.id).where(
            RecusalCase.engagement_id == engagement.id, RecusalCase.tie_id == tie.id
        )
        if session.scalars(known).first() is not None:
            continue
        checks = _now(session, engagement, now)
        found = [check for check in checks if check.is_fault and _rests_on(check, tie.id)]
        if found:
            case = RecusalCase(cause=CaseCause.TIE, tie_id=tie.id, person_id=tie.person_id)
            _open(actor, session, engagement, case, found, now=now)
            opened += 1
    return opened


def open_for_declaration(
    actor: Actor,
    session: Session,
    engagement: Engagement,
    declaration: IndependenceDeclaration,
    *,
    now: datetime,
) -> RecusalCase:
    """What somebody of the team declared must be judged before he works on."""
    found = [check for check in _now(session, engagement, now) if check.is_fault and check.evidence]
    case = RecusalCase(
        cause=CaseCause.DECLARATION, declaration_id=declaration.id, person_id=declaration.person_id
    )
    return _open(actor, session, engagement, case, found, now=now)


def _now(session: Session, engagement: Engagement, now: datetime) -> tuple[Check, ...]:
    """The engagement by the rules and ties of today, not only of the day it was signed."""
    day = local_date(now)
    return examine(
        session, data_of(engagement), engagement.bureau_id, today=day, engagement_id=engagement.id, day=day
    )


def _rests_on(check: Check, tie_id: int) -> bool:
    return any(item.kind is EvidenceKind.TIE and item.id == tie_id for item in check.evidence)


def _open(
    actor: Actor,
    session: Session,
    engagement: Engagement,
    case: RecusalCase,
    found: Iterable[Check],
    *,
    now: datetime,
) -> RecusalCase:
    case.engagement_id = engagement.id
    case.state = CaseState.OPEN
    case.findings = [kept(check) for check in found]
    case.opened_at, case.opened_by_id = now, actor.user_id
    session.add(case)
    session.flush()
    record(
        session,
        actor,
        "recusal.case.opened",
        case,
        now=now,
        bureau_id=engagement.bureau_id,
        engagement_id=engagement.id,
        cause=case.cause,
        tie_id=case.tie_id,
        person_id=case.person_id,
        reasons=[item["code"] for item in case.findings],
    )
    _tell(session, engagement, "recusal_reopened", now=now, cause=case.cause)
    return case


# ---------------------------------------------------------------------------------------------- deciding


def decide_case(
    actor: Actor,
    session: Session,
    case: RecusalCase,
    data: CaseDecision,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """To continue is refused while a hard stop stands, whoever decides: the tie must be over or the person gone.

    Once the results of the year are final, such a stop is put on record and changes nothing that was published; who
    wants that changed corrects the year first. Who has left the team already is replaced at once.
    Raise NotVisible, Forbidden, Stale, WrongState, Invalid, Refused.
    """
    if session.scalar(visible_cases(actor).where(RecusalCase.id == case.id)) is None:
        raise NotVisible()
    engagement = session.get_one(Engagement, case.engagement_id)
    if not can_decide(actor, engagement) or data.action not in CHOICES:
        raise Forbidden()
    check_version(case, seen_version)
    state = next_state(case.state, data.action)
    if not data.reason.strip():
        raise Invalid("invalid", reason="required")
    if data.action is CaseAction.REPLACE and case.person_id is None:
        raise Invalid("invalid", action="recusal_nobody_to_replace")
    left = has_left(session, engagement.id, case.person_id)
    _expect_possible(session, engagement, case, data.action, left)
    if data.action is CaseAction.CONTINUE and (stops := _stops(session, engagement, now)):
        raise Refused("recusal_stop_stands", provision=stops[0].provisions[0], count=len(stops))
    if data.action is CaseAction.RECORD and not _stops(session, engagement, now):
        raise WrongState("recusal_nothing_to_record")
    _move(actor, session, engagement, case, data.action, state, data.reason.strip(), now=now)
    if data.action is CaseAction.REPLACE and left:
        # Nothing will change in the team any more that could settle it later.
        settled = next_state(state, CaseAction.SETTLE)
        _move(actor, session, engagement, case, CaseAction.SETTLE, settled, case.reason, now=now)
    if data.action is CaseAction.TERMINATE:
        terminate_engagement(
            actor, session, engagement, data.reason, seen_version=engagement.version, now=now
        )
    _tell(session, engagement, "recusal_decided", now=now, action=data.action)


def lift_for_tie(actor: Actor, session: Session, tie: Tie, *, now: datetime) -> int:
    """The tie was withdrawn as entered wrongly: what it had opened and nobody has closed is lifted, in any engagement;
    returns how many. What a declaration opened stays to be judged."""
    pending = session.execute(
        select(RecusalCase, Engagement)
        .join(Engagement, Engagement.id == RecusalCase.engagement_id)
        .where(RecusalCase.tie_id == tie.id, RecusalCase.state.in_(PENDING))
        .order_by(RecusalCase.id)
    ).all()
    for case, engagement in pending:
        state = next_state(case.state, CaseAction.LIFT)
        reason = tie.withdrawal_reason
        _move(actor, session, engagement, case, CaseAction.LIFT, state, reason, now=now)
        _tell(session, engagement, "recusal_decided", now=now, action=CaseAction.LIFT)
    return len(pending)


def settle_cases(
    actor: Actor, session: Session, engagement: Engagement, gone: Collection[int], *, now: datetime
) -> None:
    """Whoever a case was about has left the team, so it is settled."""
    for case in _pending(session, engagement):
        if case.person_id in gone:
            state = next_state(case.state, CaseAction.SETTLE)
            _move(actor, session, engagement, case, CaseAction.SETTLE, state, case.reason, now=now)


def close_cases(
    actor: Actor, session: Session, engagement: Engagement, reason: str, *, now: datetime
) -> None:
    """The engagement ended for whatever reason; nothing is left to decide."""
    for case in _pending(session, engagement):
        state = next_state(case.state, CaseAction.TERMINATE)
        _move(actor, session, engagement, case, CaseAction.TERMINATE, state, reason, now=now)


def _pending(session: Session, engagement: Engagement) -> list[RecusalCase]:
    return list(
        session.scalars(
            select(RecusalCase)
            .where(RecusalCase.engagement_id == engagement.id, RecusalCase.state.in_(PENDING))
            .order_by(RecusalCase.id)
        )
    )


def _expect_possible(
    session: Session, engagement: Engagement, case: RecusalCase, action: CaseAction, left: bool
) -> None:
    """Raise WrongState; a year that is published meanwhile waits until the caller commits."""
    is_running = engagement.state is EngagementState.CONTRACTED
    is_final = is_year_final(session, engagement.bureau_id, engagement.assessment_year, hold=True)
    if action in choices(case.state, is_running=is_running, has_left=left, is_final=is_final):
        return
    if is_final:
        raise WrongState("recusal_year_is_final", action=action, year=engagement.assessment_year)
    if action is CaseAction.RECORD:
        raise WrongState("recusal_year_is_open", year=engagement.assessment_year)
    raise WrongState("recusal_work_is_done", action=action)


def _stops(session: Session, engagement: Engagement, now: datetime) -> list[Check]:
    """By the ties of today: one that has ended since does not stand in the way any longer."""
    day = local_date(now)
    checks = _now(session, engagement, now)
    over = set(
        session.scalars(
            select(Tie.id).where(Tie.id.in_(_ties_in(checks)), Tie.valid_to.is_not(None), Tie.valid_to < day)
        )
    )
    return [
        check
        for check in checks
        if check.is_hard_stop
        and check.evidence
        and not all(item.kind is EvidenceKind.TIE and item.id in over for item in check.evidence)
    ]


def _ties_in(checks: Iterable[Check]) -> set[int]:
    return {item.id for check in checks for item in check.evidence if item.kind is EvidenceKind.TIE}


def _move(
    actor: Actor,
    session: Session,
    engagement: Engagement,
    case: RecusalCase,
    action: CaseAction,
    state: CaseState,
    reason: str,
    *,
    now: datetime,
) -> None:
    before = case.state
    case.state, case.action, case.reason = state, action, reason
    case.decided_at, case.decided_by_id = now, actor.user_id
    session.flush()
    record(
        session,
        actor,
        "recusal.case.decided",
        case,
        now=now,
        bureau_id=engagement.bureau_id,
        changes={"state": (before, state)},
        engagement_id=engagement.id,
        action=action,
        reason=reason,
        team=members_on(members_of(session, engagement.id), local_date(now)),
    )


def _tell(session: Session, engagement: Engagement, code: str, *, now: datetime, **params: Any) -> None:
    """The officers of the bureau and whoever answers for the agency."""
    day = local_date(now)
    members = [
        *member_ids(session, engagement.bureau_id, {Role.BUREAU_SUPERVISOR, Role.BUREAU_LEAD}, day=day),
        *member_ids(session, engagement.agency_id, {Role.AGENCY_MANAGER}, day=day),
    ]
    agency = session.scalars(select(Body.name).where(Body.id == engagement.agency_id)).one()
    tell(
        session,
        members,
        code,
        now=now,
        endpoint="recusal.show",
        endpoint_values={"engagement_id": engagement.id},
        contract=engagement.contract_number,
        agency=agency,
        **params,
    )
