"""What the demo bureau has agreed for the open year: experts beside the usual scorers, and a form about each agency."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.services.administration import BodyData, create_body
from agencyqa.assessments.enums import RankGroups, WeightMode, YearWeights
from agencyqa.assessments.forms.entry import Entry
from agencyqa.assessments.models import ScoreSheet
from agencyqa.assessments.queries.rounds import newest_round
from agencyqa.assessments.services.agency_sheets import open_agency_sheets
from agencyqa.assessments.services.credits import enter_credit
from agencyqa.assessments.services.review import finalise_sheet
from agencyqa.assessments.services.rounds import compute_round, open_round
from agencyqa.assessments.services.scoring import submit_sheet
from agencyqa.assessments.services.tables import add_share_table, add_year_rules
from agencyqa.assessments.year_plan import PlanVeto, YearPlan
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import BodyKind, Role
from agencyqa.clock import local_date
from agencyqa.demo import content
from agencyqa.demo.answers import answers_for
from agencyqa.demo.chance import Chance
from agencyqa.demo.setting import INVENTED, Stage
from agencyqa.demo.timeline import Timeline
from agencyqa.measures.enums import Purpose
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.queries import compiled
from agencyqa.measures.services import draft_scheme, publish_scheme
from agencyqa.scoring import SCALE, Panel

FORMS = Path(__file__).with_name("schemes.yaml")
# From this day on experts score as well, so of the open year only the later engagements have them.
EXPERTS_FROM = (5, 1)
SHARES_WITH_EXPERTS = (
    (Purpose.BUREAU, Fraction(5, 10)),
    (Purpose.EVALUATED_UNIT, Fraction(2, 10)),
    (Purpose.COMMISSIONER, Fraction(1, 10)),
    (Purpose.EXPERT, Fraction(2, 10)),
)
AGENCY_SHARE = Fraction(1, 10)


def agree(stage: Stage, open_year: int, now: datetime) -> None:
    """Experts, forms, shares and rules, entered by the lead long before they hold."""
    lead, session = stage.actor(content.LEAD, now), stage.session
    data = BodyData(BodyKind.OBSERVER, content.EXPERT_BODY, bureau_id=stage.bureau.id)
    body = create_body(stage.people.administrator, session, data, now=now)
    for number, person in enumerate(content.EXPERTS):
        stage.people.add(person.username, person.name, body, Role.EXPERT, now, can_sign_in=number == 0)
    for text in yaml.safe_load(FORMS.read_text(encoding="utf-8")).values():
        draft = draft_scheme(
            stage.actor(content.SUPERVISOR, now), session, text.replace("YEAR", str(open_year)), now=now
        )
        session.flush()
        publish_scheme(lead, session, draft, seen_version=draft.version, now=now)
    add_share_table(
        lead,
        session,
        valid_from=date(open_year, *EXPERTS_FROM),
        source=INVENTED,
        shares=SHARES_WITH_EXPERTS,
        panel=Panel("trimmed_mean", 1, 3, "wait"),
        now=now,
    )
    add_year_rules(
        lead,
        session,
        valid_from=date(open_year, 12, 31),
        source=INVENTED,
        plan=YearPlan(
            weights=YearWeights.FEE,
            agency_share=AGENCY_SHARE,
            base=0,
            cap=3 * SCALE,
            floor=-5 * SCALE,
            vetoes=(
                PlanVeto("in_name_only", *content.VETO, 59 * SCALE, "poor", ("evaluator_in_name_only",)),
            ),
            groups=RankGroups.KIND,
        ),
        now=now,
    )


class WholeYear:
    """The forms about the agencies, filled in near the end of the story."""

    def __init__(self, session: Session, stage: Stage, open_year: int) -> None:
        self.session = session
        self.stage = stage
        self.open_year = open_year
        self.chance = Chance("AgencyQA demo agencies")
        self.quality = {
            agency.id: each.quality for agency, each in zip(stage.agencies, content.AGENCIES, strict=True)
        }

    def plan(self, timeline: Timeline) -> None:
        last = local_date(timeline.end)
        timeline.at(last - timedelta(days=20), self._credit)
        timeline.at(last - timedelta(days=12), self._open)
        timeline.at(last - timedelta(days=6), self._fill_in)
        timeline.at(last - timedelta(days=3), self._compute)

    def _credit(self, now: datetime) -> None:
        for position, points, reason in content.CREDITS:
            enter_credit(
                self._supervisor(now),
                self.session,
                agency_id=self.stage.agencies[position].id,
                occurred_on=local_date(now),
                points=points,
                reason=reason,
                evidence=content.CREDIT_EVIDENCE,
                now=now,
            )

    def _open(self, now: datetime) -> None:
        supervisor = self._supervisor(now)
        found = open_round(supervisor, self.session, self.open_year, WeightMode.FEE, now=now)
        due_on = local_date(now) + timedelta(days=20)
        open_agency_sheets(supervisor, self.session, found, due_on=due_on, now=now)
        compute_round(supervisor, self.session, found, now=now)

    def _fill_in(self, now: datetime) -> None:
        """Most of them; the newest are left for whoever looks at the demo."""
        for sheet in self._sheets()[:-2]:
            scheme = compiled(self.session.get_one(SchemeVersion, sheet.scheme_version_id))
            chance = Chance(f"{self.chance.seed}/{sheet.agency_id}")
            quality = self.quality.get(sheet.agency_id or 0, 60)
            answers = answers_for(scheme.program.scheme, scheme.counting, chance, quality)
            submit_sheet(
                self._supervisor(now),
                self.session,
                sheet,
                scheme.program,
                Entry(answers=answers),
                seen_version=sheet.version,
                now=now,
            )
            second = self.stage.actor(content.SECOND_SUPERVISOR, now)
            finalise_sheet(second, self.session, sheet, seen_version=sheet.version, now=now)

    def _compute(self, now: datetime) -> None:
        found = newest_round(self.session, self.stage.bureau.id, self.open_year)
        if found is not None:
            compute_round(self._supervisor(now), self.session, found, now=now)

    def _sheets(self) -> Sequence[ScoreSheet]:
        statement = select(ScoreSheet).where(
            ScoreSheet.bureau_id == self.stage.bureau.id, ScoreSheet.year == self.open_year
        )
        return self.session.scalars(statement.order_by(ScoreSheet.id)).all()

    def _supervisor(self, now: datetime) -> Actor:
        return self.stage.actor(content.SUPERVISOR, now)
