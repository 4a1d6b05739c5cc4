"""The page of an agency: what it must do next, its results, its standing, what expires."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.enums import QualificationState
from agencyqa.agencies.models import Agency, Qualification, Registration
from agencyqa.agencies.policies import registration_visible, visible
from agencyqa.agencies.validity import NEAR, ends_matter, qualification_state
from agencyqa.assessments import result_policies
from agencyqa.assessments.models import AnnualResult
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.engagements.models import Engagement
from agencyqa.measures.reckoning import Reckoning, reckon
from agencyqa.reports.dashboards.evidence import deliverables, independence, inspections, register
from agencyqa.reports.dashboards.rows import (
    SHOWN,
    TASKS_SHOWN,
    count,
    counts_beside,
    newest_results,
    next_engagements,
    running,
)
from agencyqa.reports.dashboards.tasks import Line, Part, collect


@dataclass(frozen=True)
class Ending:
    """A qualification that has expired or soon will."""

    name: str
    expires_on: date
    state: QualificationState
    days: int


@dataclass(frozen=True)
class AgencyPage:
    reckoning: Reckoning
    figures: Mapping[str, Any]
    tasks: list[Line]
    engagements: Sequence[Row[*tuple[Any, ...]]]
    results: Sequence[Row[*tuple[Any, ...]]]
    standings: Sequence[Row[*tuple[Any, ...]]]
    endings: list[Ending]


def agency_page(session: Session, actor: Actor, now: datetime) -> AgencyPage:
    reckoning = reckon(session, local_date(now))
    day = reckoning.day
    figures, standings = counts_beside(
        session,
        _standings(actor),
        running=count(Engagement, running(actor)),
        late=count(Engagement, running(actor), Engagement.due_on < reckoning.late_before),
        late_deliverables=deliverables.late_figure(actor, reckoning.late_before),
        late_orders=inspections.late_figure(actor, reckoning.late_before),
        next_due=select(func.min(Engagement.due_on)).where(running(actor)).scalar_subquery(),
        results=count(AnnualResult, result_policies.seen_by(actor, day), ~result_policies.is_superseded()),
    )
    return AgencyPage(
        reckoning,
        figures,
        _tasks(session, actor, reckoning),
        next_engagements(session, actor),
        newest_results(session, actor),
        standings,
        _endings(session, actor, day),
    )


def _tasks(session: Session, actor: Actor, reckoning: Reckoning) -> list[Line]:
    """What the agency owes next: what is overdue first, then by due date, then what was sent back."""
    members = [
        deliverables.to_hand_in(actor, reckoning.day),
        deliverables.to_mend(actor),
        deliverables.to_answer(actor),
        deliverables.to_review(actor),
        deliverables.to_seal(actor),
        independence.to_sign(actor),
        inspections.findings_to_answer(actor),
        inspections.orders_to_answer(actor),
        register.own_reports(actor),
    ]
    return collect(session, members, reckoning, shown=TASKS_SHOWN)[Part.DECIDE]


def _standings(actor: Actor) -> Select[*tuple[Any, ...]]:
    """The agency's own entry in each bureau's register."""
    return (
        select(Registration.standing, Body.name.label("bureau"))
        .join(Body, Body.id == Registration.bureau_id)
        .where(registration_visible(actor))
        .order_by(Body.sort_key, Registration.id)
        .limit(SHOWN)
    )


def _endings(session: Session, actor: Actor, day: date) -> list[Ending]:
    rows = session.execute(
        select(Qualification.name, Qualification.expires_on, Qualification.withdrawn_at)
        .where(
            Qualification.agency_id.in_(select(Agency.id).where(visible(actor))),
            ends_matter(),
            Qualification.expires_on <= day + NEAR,
        )
        .order_by(Qualification.expires_on, Qualification.id)
        .limit(SHOWN)
    )
    return [
        Ending(
            name,
            expires_on,
            qualification_state(expires_on, withdrawn_at, is_renewed=False, day=day),
            abs((expires_on - day).days),
        )
        for name, expires_on, withdrawn_at in rows
        if expires_on is not None
    ]
