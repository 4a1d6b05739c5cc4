"""The page of a bureau officer: what is due, who is late, what needs a decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from agencyqa.agencies.enums import Standing
from agencyqa.agencies.models import Registration
from agencyqa.agencies.policies import registration_visible
from agencyqa.assessments.enums import SheetState
from agencyqa.assessments.models import ScoreSheet
from agencyqa.assessments.queries.sheets import waits_for
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.engagements.models import Engagement
from agencyqa.measures.reckoning import reckon
from agencyqa.reports.dashboards.agenda import agenda
from agencyqa.reports.dashboards.evidence import deliverables, inspections, register
from agencyqa.reports.dashboards.first_steps import Step, bureau_facts, bureau_steps
from agencyqa.reports.dashboards.rows import (
    SOON,
    count,
    counts,
    current_sheets,
    file_faults,
    open_sheets,
    running,
)
from agencyqa.reports.dashboards.rows import sheets_to_fill as to_fill
from agencyqa.reports.dashboards.tasks import Line, Part
from agencyqa.reports.distribution import Distribution, latest_distribution


@dataclass(frozen=True)
class BureauPage:
    figures: Mapping[str, int]
    decide: list[Line]
    late: list[Line]
    soon: list[Line]
    faults: list[Line]
    distribution: Distribution | None
    steps: list[Step]
    is_new: bool


def bureau_page(session: Session, actor: Actor, now: datetime) -> BureauPage:
    reckoning = reckon(session, local_date(now))
    day, late_before = reckoning.day, reckoning.late_before
    submitted = ScoreSheet.state == SheetState.SUBMITTED
    figures = counts(
        session,
        registered=count(
            Registration, registration_visible(actor), Registration.standing == Standing.REGISTERED
        ),
        applied=count(
            Registration,
            registration_visible(actor),
            Registration.bureau_id == actor.bureau_id,
            Registration.standing == Standing.APPLIED,
        ),
        applications=register.applied_figure(actor),
        running=count(Engagement, running(actor)),
        late_engagements=count(Engagement, running(actor), Engagement.due_on < late_before),
        soon=count(Engagement, running(actor), Engagement.due_on.between(late_before, day + SOON)),
        late_sheets=count(ScoreSheet, open_sheets(actor), ScoreSheet.due_on < late_before),
        late_reviews=count(ScoreSheet, current_sheets(actor), submitted, ScoreSheet.due_on < late_before),
        to_fill=count(ScoreSheet, to_fill(actor)),
        to_review=count(ScoreSheet, current_sheets(actor), submitted, waits_for(actor)),
        late_deliverables=deliverables.late_figure(actor, late_before),
        late_orders=inspections.late_figure(actor, late_before),
        file_faults=file_faults(actor),
        **bureau_facts(actor),
    )
    lists = agenda(session, actor, reckoning)
    return BureauPage(
        figures=figures,
        decide=lists[Part.DECIDE],
        late=lists[Part.LATE],
        soon=lists[Part.SOON],
        faults=lists[Part.FAULTS],
        distribution=latest_distribution(session, actor),
        steps=bureau_steps(actor, figures),
        # Nothing was commissioned yet, so there is nothing that could be due.
        is_new=not figures["has_engagements"]
        and not figures["running"]
        and not figures["applied"]
        and not figures["applications"],
    )
