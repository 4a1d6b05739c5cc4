"""A small year whose figures can be worked out with a pencil."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.models import Agency
from agencyqa.assessments.enums import RoundState, SheetState
from agencyqa.assessments.models import AnnualResult, AssessmentRound, ScoreSheet
from agencyqa.assessments.services.publication import publish_round
from agencyqa.auth.actor import Actor
from agencyqa.engagements.models import Engagement
from agencyqa.measures.enums import Purpose
from agencyqa.measures.models import SchemeVersion
from tests.factories.accounts import NOW
from tests.factories.assessments import make_grade_table
from tests.factories.engagements import make_engagement
from tests.factories.rounds import make_round, make_sheet
from tests.integration.assessments.conftest import World

SIGNED = date(2022, 3, 1)


@dataclass
class Year:
    """``session`` and people are those of ``world``; ``first`` and ``second`` are the two engagements of 申评."""

    world: World
    version: SchemeVersion
    first: Engagement
    second: Engagement
    third: Engagement

    @property
    def session(self) -> Session:
        return self.world.session

    @property
    def lead(self) -> Actor:
        return self.world.actor(self.world.lead)

    @property
    def supervisor(self) -> Actor:
        return self.world.actor(self.world.supervisor)

    def engage(
        self,
        agency: Agency,
        *,
        fee: int = 1_000_000,
        bureau: Body | None = None,
        department: Body | None = None,
    ) -> Engagement:
        world = self.world
        return make_engagement(
            self.session,
            bureau or world.bureau,
            agency,
            department or world.department,
            signed_on=SIGNED,
            fee=fee,
        )

    def sheet(
        self, engagement: Engagement, role: Purpose, total: float | None, maximum: int = 100, **more: object
    ) -> ScoreSheet:
        return make_sheet(self.session, engagement, role, self.version, total, maximum, **more)  # type: ignore[arg-type]

    def score(self, engagement: Engagement, bureau: float, unit: float) -> None:
        """Both sheets of 100 points, final."""
        self.sheet(engagement, Purpose.BUREAU, bureau, scorer_id=self.world.supervisor.user_id)
        self.sheet(engagement, Purpose.EVALUATED_UNIT, unit)

    def round(self) -> AssessmentRound:
        return make_round(self.session, self.supervisor)

    def publish(self, found: AssessmentRound, *, reason: str = "") -> None:
        publish_round(
            self.lead,
            self.session,
            found,
            seen_version=found.version,
            accept_provisional=bool(reason),
            provisional_reason=reason,
            now=NOW,
        )

    def published(self) -> AssessmentRound:
        found = self.round()
        self.publish(found)
        return found

    def is_published(self, found: AssessmentRound) -> bool:
        return found.state is RoundState.PUBLISHED

    def results(self, found: AssessmentRound) -> list[AnnualResult]:
        statement = select(AnnualResult).where(AnnualResult.round_id == found.id)
        return list(self.session.scalars(statement.order_by(AnnualResult.sort_position)))

    def result(self, found: AssessmentRound, agency: Agency) -> AnnualResult:
        return next(each for each in self.results(found) if each.agency_id == agency.id)


@pytest.fixture
def year(world: World) -> Year:
    return build_year(world)


def build_year(world: World) -> Year:
    """申评: 71 and 93 (fees 1 to 3). 浦江: 170/3. Shares 70 to 30."""
    session = world.session
    make_grade_table(session, world.bureau)
    version = session.scalars(select(SchemeVersion).order_by(SchemeVersion.id).limit(1)).one()

    def engage(agency: Agency, fee: int) -> Engagement:
        return make_engagement(session, world.bureau, agency, world.department, signed_on=SIGNED, fee=fee)

    made = Year(
        world,
        version,
        engage(world.agency, 1_000_000),
        engage(world.agency, 3_000_000),
        engage(world.other_agency, 2_000_000),
    )
    user_id = world.supervisor.user_id
    split = {"M1": (30.0, 40), "M2": (20.0, 30), "M3": (30.0, 30)}
    made.sheet(made.first, Purpose.BUREAU, 80, measures=split, scorer_id=user_id)
    made.sheet(made.first, Purpose.EVALUATED_UNIT, 47, 94)
    made.sheet(
        made.second, Purpose.BUREAU, 90, measures={"M1": (40.0, 40), "M2": (20.0, 30), "M3": (30.0, 30)}
    )
    made.sheet(made.second, Purpose.EVALUATED_UNIT, 100)
    made.sheet(made.third, Purpose.BUREAU, 60, 90)
    made.sheet(made.third, Purpose.EVALUATED_UNIT, 30, 90)
    return made


def reopened(sheet: ScoreSheet, session: Session, total: int) -> ScoreSheet:
    """The next revision of a sheet, final with another total."""
    sheet.is_current = False
    session.flush()
    following = ScoreSheet(
        bureau_id=sheet.bureau_id,
        engagement_id=sheet.engagement_id,
        scorer_role=sheet.scorer_role,
        scorer_body_id=sheet.scorer_body_id,
        scheme_version_id=sheet.scheme_version_id,
        revision=sheet.revision + 1,
        is_current=True,
        state=SheetState.FINAL,
        answers={},
        entered={},
        reasons={},
        packed=[],
        engine_version="1",
        total=total,
        max_points=sheet.max_points,
        section_totals={},
        measure_totals={"": [total, sheet.max_points]},
        created_at=NOW,
    )
    session.add(following)
    session.flush()
    return following
