"""Entering and correcting an engagement. The rules of the measures are applied here, whatever the way in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.models import Registration
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import BodyKind
from agencyqa.clock import local_date
from agencyqa.engagements import rules, workflow
from agencyqa.engagements.checks import examine
from agencyqa.engagements.data import EngagementData, data_of
from agencyqa.engagements.deliverables.services import ensure_expected, follow_contract
from agencyqa.engagements.enums import EngagementAction, EngagementState
from agencyqa.engagements.hooks import tell_evidence_changed
from agencyqa.engagements.locks import fixed_by_evidence, is_content_fixed, is_year_final
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.notices import announce
from agencyqa.engagements.policies import can_create
from agencyqa.engagements.refusals import CommissionRefused
from agencyqa.engagements.selection.enums import SelectionState
from agencyqa.engagements.selection.facts import own_selection, selection_for
from agencyqa.engagements.selection.models import Selection
from agencyqa.engagements.selection.services import release_selection, use_selection
from agencyqa.engagements.services.access import expect_open_year, expect_writable
from agencyqa.engagements.team.facts import members_on
from agencyqa.engagements.team.queries import members_of
from agencyqa.engagements.team.services import begin_team
from agencyqa.engagements.team.services import follow_contract as follow_team
from agencyqa.errors import Forbidden, Invalid
from agencyqa.measures.workdays import working_calendar
from agencyqa.objects.models import EvaluationObject

# Constraint → (field, code), for forms and imports alike.
CONSTRAINTS = {"uq_engagements_bureau_id_contract_number": ("contract_number", "contract_number_taken")}

# What score sheets rest on: who scores, with which scheme, and what is scored.
FIXED = frozenset(
    {"object_id", "commissioner_id", "evaluated_unit_id", "agency_id", "work_kind", "contract_signed_on"}
)
# A change of anything else commissions nothing anew and needs no look at the measures.
NOT_EXAMINED = frozenset({"contract_number", "note"})


def create_engagement(actor: Actor, session: Session, data: EngagementData, *, now: datetime) -> Engagement:
    """Raise Forbidden; Invalid for what was typed; CommissionRefused where a measure forbids it.

    A contract number that is taken comes as IntegrityError, see ``CONSTRAINTS``.
    """
    if not can_create(actor) or actor.bureau_id is None:
        raise Forbidden()
    _check_references(session, data, actor.bureau_id)
    # Held from before the gate on, so that the gate judges the very version that is used: where it has led to another
    # contract in the meantime, using it is Stale.
    selection = selection_for(session, data, actor.bureau_id, None)
    _expect_allowed(session, data, actor.bureau_id, now=now)
    engagement = Engagement(
        bureau_id=actor.bureau_id,
        assessment_year=data.contract_signed_on.year,
        state=EngagementState.CONTRACTED,
        created_at=now,
        created_by_id=actor.user_id,
        **data.values(),
    )
    session.add(engagement)
    session.flush()
    record(
        session,
        actor,
        "engagements.engagement.created",
        engagement,
        now=now,
        bureau_id=engagement.bureau_id,
        changes=logged({name: (None, value) for name, value in data.values().items()}),
        assessment_year=engagement.assessment_year,
    )
    _use_selection(actor, session, engagement, selection, now)
    begin_team(actor, session, engagement, now=now)
    ensure_expected(actor, session, engagement, now=now)
    announce(
        session,
        engagement,
        {engagement.agency_id, engagement.commissioner_id, engagement.evaluated_unit_id},
        now=now,
    )
    return engagement


def change_engagement(
    actor: Actor,
    session: Session,
    engagement: Engagement,
    data: EngagementData,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """As ``create_engagement``; also NotVisible, Stale, and WrongState once the year's results are final.

    While score sheets, evaluations or spot checks rest on the engagement, what they rest on is Invalid to change.
    """
    expect_writable(actor, session, engagement, seen_version=seen_version)
    workflow.next_state(engagement.state, EngagementAction.EDIT)
    expect_open_year(session, engagement)
    before = data_of(engagement).values()
    changes: dict[str, tuple[Any, Any]] = {
        name: (before[name], value) for name, value in data.values().items() if before[name] != value
    }
    if not changes:
        return
    if _replaces_evaluator(engagement, data):
        raise Invalid("invalid", principal_evaluator_id="evaluator_changes_by_team")
    fixed = sorted(FIXED & changes.keys())
    if fixed and is_content_fixed(session, engagement):
        raise Invalid("invalid", **dict.fromkeys(fixed, "fixed_by_sheets"))
    _check_references(session, data, engagement.bureau_id)
    # Held from before the gate on, as for a new contract.
    selection = selection_for(session, data, engagement.bureau_id, engagement.id)
    if changes.keys() - NOT_EXAMINED:
        _expect_allowed(session, data, engagement.bureau_id, now=now, engagement=engagement)
    year = _year_after(session, engagement, data)
    if year != engagement.assessment_year:
        changes["assessment_year"] = (engagement.assessment_year, year)
    for name, (_, value) in changes.items():
        setattr(engagement, name, value)
    _settle_lateness(session, engagement, now)
    session.flush()
    # The row is written, so nobody begins a record or a check of it from here on.
    if held := sorted(fixed_by_evidence(session, engagement) & changes.keys()):
        raise Invalid("invalid", **dict.fromkeys(held, "fixed_by_evidence"))
    record(
        session,
        actor,
        "engagements.engagement.changed",
        engagement,
        now=now,
        bureau_id=engagement.bureau_id,
        changes=logged(changes),
    )
    if {"object_id", "work_kind"} & changes.keys():
        _use_selection(actor, session, engagement, selection, now)
    follow_team(actor, session, engagement, changes, now=now)
    if follow_contract(actor, session, engagement, changes.keys(), now=now):
        tell_evidence_changed(session, engagement.id, now=now)
    parties = {"agency_id", "commissioner_id", "evaluated_unit_id"} & changes.keys()
    announce(session, engagement, {getattr(engagement, name) for name in parties}, now=now)


def logged(changes: dict[str, tuple[Any, Any]]) -> dict[str, tuple[Any, Any]]:
    """Under the names by which the audit log knows money from other figures."""
    return {"fee_fen" if name == "fee" else name: values for name, values in changes.items()}


def _check_references(session: Session, data: EngagementData, bureau_id: int) -> None:
    """Every id must be one the bureau may name; any other is answered like one that does not exist."""
    problems: dict[str, str] = {}
    if not data.contract_number.strip():
        problems["contract_number"] = "required"
    own_object = select(EvaluationObject.id).where(
        EvaluationObject.id == data.object_id, EvaluationObject.bureau_id == bureau_id
    )
    if session.scalar(own_object) is None:
        problems["object_id"] = "not_a_choice"
    department = sa.and_(Body.kind == BodyKind.DEPARTMENT, Body.bureau_id == bureau_id)
    wanted = Body.id.in_({data.commissioner_id, data.evaluated_unit_id})
    departments = set(session.scalars(select(Body.id).where(wanted, department)))
    if data.commissioner_id != bureau_id and data.commissioner_id not in departments:
        problems["commissioner_id"] = "not_a_choice"
    if data.evaluated_unit_id not in departments:
        problems["evaluated_unit_id"] = "not_a_choice"
    registered = select(Registration.id).where(
        Registration.agency_id == data.agency_id, Registration.bureau_id == bureau_id
    )
    if session.scalar(registered) is None:
        problems["agency_id"] = "not_a_choice"
    if problems:
        raise Invalid("invalid", **problems)


def _expect_allowed(
    session: Session,
    data: EngagementData,
    bureau_id: int,
    *,
    now: datetime,
    engagement: Engagement | None = None,
) -> None:
    completed_on = engagement.completed_on if engagement is not None else None
    checks = examine(
        session,
        data,
        bureau_id,
        today=local_date(now),
        completed_on=completed_on,
        engagement_id=engagement.id if engagement is not None else None,
        without=_leaving(session, engagement, data, now) if engagement is not None else (),
    )
    refused = rules.refusals(checks)
    if all(check.is_mistake for check in refused):
        mistakes: dict[str, str | tuple[str, dict[str, Any]]] = {
            check.field: (check.code, check.params) for check in refused
        }
        if mistakes:
            raise Invalid("invalid", **mistakes)
        return
    raise CommissionRefused(refused)


def _use_selection(
    actor: Actor, session: Session, engagement: Engagement, selection: Selection | None, now: datetime
) -> None:
    """Also by a correction that turns a contract to other work: then the selection before waits for its own again."""
    before = own_selection(session, engagement.id)
    if before is not None and before is not selection:
        release_selection(actor, session, before, engagement, now=now)
    if selection is not None and selection.state is SelectionState.DECIDED:
        use_selection(actor, session, selection, engagement, now=now)


def _leaving(session: Session, engagement: Engagement, data: EngagementData, now: datetime) -> set[int]:
    """Who is out of the team by this correction: all by another agency, else the evaluator who is replaced."""
    if data.agency_id != engagement.agency_id:
        return set(members_on(members_of(session, engagement.id), local_date(now)))
    before = engagement.principal_evaluator_id
    return set() if before is None or before == data.principal_evaluator_id else {before}


def _replaces_evaluator(engagement: Engagement, data: EngagementData) -> bool:
    """Who leads the team of running work changes with reason and consent, not by a correction of the contract."""
    before, after = engagement.principal_evaluator_id, data.principal_evaluator_id
    return before is not None and before != after and engagement.agency_id == data.agency_id


def _year_after(session: Session, engagement: Engagement, data: EngagementData) -> int:
    """The year follows the contract date unless the lead has set another."""
    if engagement.assessment_year != engagement.contract_signed_on.year:
        return engagement.assessment_year
    year = data.contract_signed_on.year
    is_moved = year != engagement.assessment_year
    if is_moved and is_year_final(session, engagement.bureau_id, year, hold=True):
        raise Invalid("invalid", contract_signed_on=("year_is_final", {"year": year}))
    return year


def _settle_lateness(session: Session, engagement: Engagement, now: datetime) -> None:
    """A new due date takes the mark away at once; only the nightly job sets it on what is still open."""
    calendar = working_calendar(session)
    if engagement.completed_on is not None:
        engagement.is_overdue = calendar.is_late(engagement.due_on, engagement.completed_on)
    elif not calendar.is_late(engagement.due_on, local_date(now)):
        engagement.is_overdue = False
