"""The page of an observer: the years the bureau has published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from agencyqa.agencies.enums import Standing
from agencyqa.agencies.models import Registration
from agencyqa.agencies.policies import registration_visible
from agencyqa.assessments import result_policies
from agencyqa.assessments.models import AssessmentRound
from agencyqa.assessments.queries.rounds import round_rows
from agencyqa.auth.actor import Actor
from agencyqa.engagements.models import Engagement
from agencyqa.reports.dashboards.rows import SHOWN, count, counts, running
from agencyqa.reports.distribution import Distribution, latest_distribution


@dataclass(frozen=True)
class ObserverPage:
    figures: Mapping[str, Any]
    rounds: Sequence[Row[*tuple[Any, ...]]]
    distribution: Distribution | None


def observer_page(session: Session, actor: Actor) -> ObserverPage:
    figures = counts(
        session,
        registered=count(
            Registration, registration_visible(actor), Registration.standing == Standing.REGISTERED
        ),
        running=count(Engagement, running(actor)),
        rounds=count(AssessmentRound, result_policies.rounds_seen_by(actor)),
    )
    rounds = round_rows(actor).order_by(
        AssessmentRound.year.desc(), AssessmentRound.revision.desc(), AssessmentRound.id.desc()
    )
    return ObserverPage(
        figures, session.execute(rounds.limit(SHOWN)).all(), latest_distribution(session, actor)
    )
