"""The rest of the demo: the year is rolled up and published, an agency suspended, another applies, a district works."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.services.administration import BodyData, create_body
from agencyqa.agencies.enums import Entry, StandingAction
from agencyqa.agencies.models import Registration
from agencyqa.agencies.services.profiles import ProfileData
from agencyqa.agencies.services.registration import AgencyData, register_agency
from agencyqa.agencies.services.standing import DecisionData, decide_standing
from agencyqa.assessments.enums import WeightMode
from agencyqa.assessments.models import AnnualResult, AssessmentRound
from agencyqa.assessments.services.assignments import assign_result
from agencyqa.assessments.services.publication import correct_round, publish_round
from agencyqa.assessments.services.rounds import compute_round, open_round
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import BodyKind
from agencyqa.clock import local_date
from agencyqa.demo import content, setting
from agencyqa.demo.setting import WAN, Stage
from agencyqa.demo.timeline import Timeline
from agencyqa.engagements.data import EngagementData
from agencyqa.engagements.services.commissioning import create_engagement
from agencyqa.measures.enums import WorkKind
from agencyqa.objects.enums import BudgetType, ObjectKind
from agencyqa.objects.services import ObjectData, create_object


class Year:
    """What a bureau does once a year, and two things at its edge."""

    def __init__(self, session: Session, stage: Stage, open_year: int) -> None:
        self.session = session
        self.stage = stage
        self.open_year = open_year
        self.past_year = open_year - 1

    def plan(self, timeline: Timeline) -> None:
        last = local_date(timeline.end)
        timeline.at(date(self.open_year, 1, 12), self._compute_past_year)
        timeline.at(date(self.open_year, 1, 22), self._publish_past_year)
        timeline.at(date(self.open_year, 1, 26), self._assign_results)
        timeline.at(date(self.open_year, 3, 24), self._correct_past_year)
        timeline.at(date(self.open_year, 2, 16), self._suspend_an_agency)
        timeline.at(date(self.open_year, 2, 18), self._remove_an_agency)
        timeline.at(last - timedelta(days=60), self._work_in_the_other_district)
        timeline.at(last - timedelta(days=9), self._receive_application)

    def _compute_past_year(self, now: datetime) -> None:
        supervisor = self.stage.actor(content.SUPERVISOR, now)
        found = open_round(supervisor, self.session, self.past_year, WeightMode.FEE, now=now)
        compute_round(supervisor, self.session, found, now=now)

    def _publish_past_year(self, now: datetime) -> None:
        lead = self.stage.actor(content.LEAD, now)
        found = self._past_round()
        compute_round(lead, self.session, found, now=now)
        self._publish(found, lead, now)

    def _publish(self, found: AssessmentRound, lead: Actor, now: datetime) -> None:
        publish_round(
            lead,
            self.session,
            found,
            seen_version=found.version,
            accept_provisional=True,
            provisional_reason="一家单位因机构调整未能按期评分，相关机构结果暂列，不参加排名。",
            now=now,
        )

    def _correct_past_year(self, now: datetime) -> None:
        """A finding was withdrawn and its sheet scored again; the first results stay beside the new ones."""
        lead = self.stage.actor(content.LEAD, now)
        found = correct_round(
            lead,
            self.session,
            self._past_round(),
            reason="一项抽查问题经复核撤销，相关评分表已重新评定。",
            now=now,
        )
        compute_round(lead, self.session, found, now=now)
        self._publish(found, lead, now)

    def _past_round(self) -> AssessmentRound:
        """Its newest revision."""
        statement = (
            select(AssessmentRound)
            .where(AssessmentRound.bureau_id == self.stage.bureau.id, AssessmentRound.year == self.past_year)
            .order_by(AssessmentRound.revision.desc())
            .limit(1)
        )
        return self.session.scalars(statement).one()

    def _assign_results(self, now: datetime) -> None:
        supervisor, day = self.stage.actor(content.SUPERVISOR, now), local_date(now)
        results = self.session.scalars(
            select(AnnualResult)
            .where(AnnualResult.round_id == self._past_round().id)
            .order_by(AnnualResult.sort_position)
            .limit(4)
        ).all()
        for number, result in enumerate(results):
            assign_result(
                supervisor,
                self.session,
                result,
                department_id=self.stage.departments[number // 2].id,
                valid_from=day,
                valid_to=None,
                now=now,
            )

    def _suspend_an_agency(self, now: datetime) -> None:
        registration = self.session.scalars(
            select(Registration).where(
                Registration.agency_id == self.stage.agencies[setting.SUSPENDED_AGENCY].id,
                Registration.bureau_id == self.stage.bureau.id,
            )
        ).one()
        decide_standing(
            self.stage.actor(content.LEAD, now),
            self.session,
            registration,
            DecisionData(
                StandingAction.SUSPEND,
                local_date(now),
                "上年度质量考核得分较低，约谈后限期整改，整改期间暂停承接业务。",
                "M2/violations",
            ),
            seen_version=registration.version,
            now=now,
        )

    def _remove_an_agency(self, now: datetime) -> None:
        """Long in the register, without work of late; what it did stays on record."""
        supervisor, day = self.stage.actor(content.SUPERVISOR, now), local_date(now)
        agency = register_agency(
            supervisor,
            self.session,
            AgencyData(
                setting.credit_code(98),
                ProfileData(
                    name="望洲旧岸工程咨询有限公司",
                    kind=content.AGENCIES[0].kind,
                    legal_representative="屈寒江",
                    founded_on=date(2011, 3, 2),
                    address="云汀市望洲区演示路269号",
                    contact_name="屈寒江",
                    contact_phone="000-55500098",
                ),
                effective_on=date(self.past_year - 1, 3, 1),
                entry=Entry.ADMISSION,
                reason="原纸质名录转入。",
            ),
            now=now,
        )
        registration = self.session.scalars(
            select(Registration).where(Registration.agency_id == agency.id)
        ).one()
        decide_standing(
            self.stage.actor(content.LEAD, now),
            self.session,
            registration,
            DecisionData(
                StandingAction.REMOVE, day, "出具虚假评价报告，经核查属实，移出机构库。", "M2/violations"
            ),
            seen_version=registration.version,
            now=now,
        )

    def _receive_application(self, now: datetime) -> None:
        register_agency(
            self.stage.actor(content.SECOND_SUPERVISOR, now),
            self.session,
            AgencyData(
                setting.credit_code(99),
                ProfileData(
                    name="云汀澄观绩效咨询有限公司",
                    kind=content.AGENCIES[0].kind,
                    legal_representative="蒋听松",
                    founded_on=date(2019, 5, 20),
                    address="云汀市望洲区演示路268号",
                    contact_name="蒋听松",
                    contact_phone="000-55500099",
                ),
                effective_on=local_date(now),
                entry=Entry.APPLICATION,
            ),
            now=now,
        )

    def _work_in_the_other_district(self, now: datetime) -> None:
        """The same agency in a second register; neither district sees the other's rows."""
        lead, day = self.stage.actor(content.OTHER_SUPERVISOR, now), local_date(now)
        first = self.stage.agencies[0]
        item = content.OTHER_DEPARTMENT
        department = create_body(
            self.stage.people.administrator,
            self.session,
            BodyData(BodyKind.DEPARTMENT, item.name, code=item.code, bureau_id=self.stage.other_bureau.id),
            now=now,
        )
        register_agency(
            lead,
            self.session,
            AgencyData(
                first.credit_code,
                setting.profile_of(content.AGENCIES[0], 0),
                effective_on=day,
                entry=Entry.ADMISSION,
                reason="材料齐全，符合入库条件。",
            ),
            now=now,
        )
        thing = create_object(
            lead,
            self.session,
            ObjectData(
                code="LX209-001",
                name="河道水质提升工程",
                kind=ObjectKind.PROJECT,
                budget_type=BudgetType.GOVERNMENT_FUND,
                budget_year=self.past_year,
                department_id=department.id,
                amount=4200 * WAN,
            ),
            now=now,
        )
        create_engagement(
            lead,
            self.session,
            EngagementData(
                object_id=thing.id,
                commissioner_id=self.stage.other_bureau.id,
                evaluated_unit_id=department.id,
                agency_id=first.id,
                principal_evaluator_id=self.stage.evaluators[0][0],
                work_kind=WorkKind.EVALUATION,
                contract_number=f"临财绩评〔{day.year}〕01号",
                contract_signed_on=day,
                due_on=day + timedelta(days=90),
                fee=12 * WAN,
            ),
            now=now,
        )
