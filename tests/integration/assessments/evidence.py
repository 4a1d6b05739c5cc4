"""An engagement of 2024, whose sheets count what is on record, and things to be found about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from agencyqa.assessments.models import ScoreSheet
from agencyqa.assessments.services.review import finalise_sheet
from agencyqa.engagements.hooks import tell_evidence_changed
from agencyqa.engagements.models import Engagement
from agencyqa.inspections.models import Finding, SpotCheck
from agencyqa.inspections.services.decisions import withdraw_finding
from agencyqa.measures.enums import Purpose
from tests.factories.accounts import NOW
from tests.factories.assessments import JIADING_ANSWERS, best_answers, program_of_sheet, submit
from tests.factories.inspections import make_finding, make_spot_check
from tests.integration.assessments.conftest import World

SIGNED_2024 = date(2024, 3, 1)
# Monday; the third working day after it is Thursday.
DUE = date(2024, 6, 3)
LATE = datetime(2024, 6, 6, 2, 0, tzinfo=UTC)
FULL = 1_000_000


@dataclass
class Recorded:
    """``bureau_sheet`` counts faults by the second version of the reference; the unit's form counts none."""

    world: World
    engagement: Engagement
    sheets: dict[Purpose, ScoreSheet]
    check: SpotCheck

    @property
    def session(self) -> Session:
        return self.world.session

    @property
    def bureau_sheet(self) -> ScoreSheet:
        return self.sheets[Purpose.BUREAU]

    @property
    def unit_sheet(self) -> ScoreSheet:
        return self.sheets[Purpose.EVALUATED_UNIT]

    def find(self, fault: str, occurrences: int = 1, facts: str = "抽查发现的事实") -> Finding:
        """A final finding, of which open sheets are told."""
        found = make_finding(
            self.session,
            self.check,
            fault=fault,
            occurrences=occurrences,
            facts=facts,
            fact_on=date(2024, 5, 6),
        )
        tell_evidence_changed(self.session, self.engagement.id, now=NOW)
        return found

    def withdraw(self, finding: Finding, reason: str = "复查证据不足") -> None:
        lead = self.world.actor(self.world.lead)
        withdraw_finding(lead, self.session, finding, reason=reason, seen_version=finding.version, now=NOW)

    def score(self, sheet: ScoreSheet, **changes: dict[str, Any]) -> ScoreSheet:
        """Hand in with full points but for ``changes`` by criterion."""
        is_bureau = sheet.scorer_role is Purpose.BUREAU
        answers = best_answers(program_of_sheet(self.session, sheet)) if is_bureau else dict(JIADING_ANSWERS)
        for key, held in changes.items():
            answers[key] = {**answers[key], **held}
        scorer = self.world.supervisor if is_bureau else self.world.officer
        return submit(self.session, self.world.actor(scorer), sheet, answers)

    def score_after_finding(self) -> ScoreSheet:
        """The bureau's sheet, handed in with one untraceable figure on record."""
        self.find("no_source")
        return self.score(self.bureau_sheet)

    def finalise(self, sheet: ScoreSheet) -> ScoreSheet:
        reviewer = self.world.actor(self.world.second_supervisor)
        finalise_sheet(reviewer, self.session, sheet, seen_version=sheet.version, now=NOW)
        return sheet


@pytest.fixture
def recorded(world: World) -> Recorded:
    return build_recorded(world)


def build_recorded(world: World) -> Recorded:
    engagement = world.engage(SIGNED_2024)
    check = make_spot_check(world.session, world.bureau, world.agency, engagement, year=2024)
    return Recorded(world, engagement, world.sheets(engagement), check)
