"""What is known of an engagement in words and figures, worked out once for its papers and its evaluation record."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import Body
from agencyqa.agencies.models import Person
from agencyqa.demo import content
from agencyqa.demo.chance import Chance
from agencyqa.demo.paper_content import Work
from agencyqa.demo.setting import Stage
from agencyqa.demo.spending import Slip, Spending, spending_of
from agencyqa.engagements.models import Engagement
from agencyqa.objects.models import EvaluationObject

# (position of the agency, its first or second object of the year) → the mistake in its figures.
PAST_SLIPS = {
    (10, 0): Slip.TOTAL,
    (9, 0): Slip.SUM,
    (8, 1): Slip.WEIGHT,
    (5, 0): Slip.SHARE,
    (11, 1): Slip.SUM,
    (9, 1): Slip.GRADE,
}
OPEN_SLIPS = {(8, 0): Slip.SUM, (9, 0): Slip.TOTAL, (8, 1): Slip.GRADE, (9, 1): Slip.SUM}


class Figures:
    def __init__(self, session: Session, stage: Stage, open_year: int) -> None:
        self._session = session
        self._open_year = open_year
        self._positions = {agency.id: number for number, agency in enumerate(stage.agencies)}
        self._known: dict[int, Work] = {}

    def of(self, engagement_id: int) -> Work:
        if engagement_id not in self._known:
            self._known[engagement_id] = self._read(engagement_id)
        return self._known[engagement_id]

    def without_slip(self, engagement_id: int) -> Spending:
        """What the record says once the agency has added up again."""
        return self._read(engagement_id, is_right=True).spending

    def slip(self, engagement: Engagement, object_code: str) -> Slip | None:
        slips = OPEN_SLIPS if engagement.assessment_year == self._open_year else PAST_SLIPS
        number = int(object_code.rpartition("-")[2]) - 1
        half = number * 2 // len(content.OBJECTS)
        return slips.get((self._positions[engagement.agency_id], half))

    def _read(self, engagement_id: int, *, is_right: bool = False) -> Work:
        agency, unit, commissioner = aliased(Body), aliased(Body), aliased(Body)
        engagement, thing, evaluator, agency_name, unit_name, commissioner_name = self._session.execute(
            select(Engagement, EvaluationObject, Person.name, agency.name, unit.name, commissioner.name)
            .join(EvaluationObject, EvaluationObject.id == Engagement.object_id)
            .join(Person, Person.id == Engagement.principal_evaluator_id)
            .join(agency, agency.id == Engagement.agency_id)
            .join(unit, unit.id == Engagement.evaluated_unit_id)
            .join(commissioner, commissioner.id == Engagement.commissioner_id)
            .where(Engagement.id == engagement_id)
        ).one()
        chance = Chance(f"AgencyQA demo/{thing.name}/{thing.budget_year}")
        slip = None if is_right else self.slip(engagement, thing.code)
        return Work(
            object_name=thing.name,
            contract=engagement.contract_number,
            agency=agency_name,
            unit=unit_name,
            commissioner=commissioner_name,
            evaluator=evaluator,
            signed_on=engagement.contract_signed_on,
            due_on=engagement.due_on,
            spending=spending_of(thing.name, thing.kind, thing.amount or 0, chance, slip),
        )
