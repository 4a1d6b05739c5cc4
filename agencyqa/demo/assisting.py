"""Assistants of a year that is published: one left before he had signed, of another a relative came to light.

The bureau exempts the first and puts the second on record.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.agencies.enums import Education, PersonRole, TieKind
from agencyqa.agencies.models import Agency, Appointment, Person
from agencyqa.agencies.services import (
    AppointmentData,
    PersonData,
    TieData,
    appoint_evaluator,
    declare_tie,
    end_appointment,
)
from agencyqa.clock import local_date
from agencyqa.demo import content
from agencyqa.demo.setting import Stage
from agencyqa.demo.timeline import Timeline
from agencyqa.engagements.deliverables.services.pauses import Grounds
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.recusal.enums import CaseAction, ExemptionCause
from agencyqa.engagements.recusal.models import RecusalCase
from agencyqa.engagements.recusal.queries import exemptions_of
from agencyqa.engagements.recusal.services import (
    CaseDecision,
    DeclarationData,
    ExemptionData,
    decide_case,
    grant_exemption,
    sign_declaration,
    withdraw_exemption,
)
from agencyqa.engagements.team.enums import ChangeAction, TeamRole
from agencyqa.engagements.team.models import TeamChange
from agencyqa.engagements.team.services import ChangeData, decide_change, propose_change

LEFT, STAYED = "宁归帆", "宁守拙"


class Assisting:
    def __init__(self, session: Session, stage: Stage, timeline: Timeline) -> None:
        self.session = session
        self.stage = stage
        self.timeline = timeline

    def plan_one_who_left(self, engagement_id: int, day: date) -> None:
        """He helps for four weeks; the first exemption was granted too early, the second one stands."""
        self._at(day + timedelta(days=3), self._joins, engagement_id)
        self._at(day + timedelta(days=31), self._leaves, engagement_id)
        self._at(day + timedelta(days=95), self._exempt, engagement_id)
        self._at(day + timedelta(days=97), self._withdraw, engagement_id)
        self._at(day + timedelta(days=110), self._exempt, engagement_id)

    def plan_one_who_stayed(self, engagement_id: int, day: date) -> None:
        """What he states late cannot move what was published, and nobody can be replaced in work that is done."""
        last = local_date(self.timeline.end)
        self._at(day + timedelta(days=3), self._joins_for_good, engagement_id)
        self._at(last - timedelta(days=6), self._states, engagement_id)
        self._at(last - timedelta(days=4), self._put_on_record, engagement_id)

    def _at(self, day: date, step: Callable[[int, datetime], None], engagement_id: int) -> None:
        self.timeline.at(day, lambda now: step(engagement_id, now))

    def _joins(self, engagement_id: int, now: datetime, name: str = LEFT) -> None:
        engagement = self.session.get_one(Engagement, engagement_id)
        person = PersonData(name, education=Education.BACHELOR)
        appointed = appoint_evaluator(
            self.stage.actor(content.SUPERVISOR, now),
            self.session,
            self.session.get_one(Agency, engagement.agency_id),
            AppointmentData(person, local_date(now), role=PersonRole.STAFF),
            now=now,
        )
        data = ChangeData(appointed.person_id, None, TeamRole.MEMBER, "现场核查期间增加一名助理。")
        self._change(engagement, data, now)

    def _joins_for_good(self, engagement_id: int, now: datetime) -> None:
        self._joins(engagement_id, now, STAYED)
        engagement = self.session.get_one(Engagement, engagement_id)
        self._sign(engagement, "", now)

    def _states(self, engagement_id: int, now: datetime) -> None:
        engagement = self.session.get_one(Engagement, engagement_id)
        declare_tie(
            self.stage.actor(content.SUPERVISOR, now),
            self.session,
            self.session.get_one(Agency, engagement.agency_id),
            TieData(
                engagement.evaluated_unit_id,
                TieKind.RELATIVE,
                engagement.contract_signed_on,
                note="配偶在该单位任职，本人近日说明",
                person_id=self._appointment(engagement, STAYED).person_id,
            ),
            now=now,
        )
        self._sign(engagement, "本人配偶在被评价单位任职，履约期间未说明。", now)

    def _put_on_record(self, engagement_id: int, now: datetime) -> None:
        case = self.session.scalars(
            select(RecusalCase).where(RecusalCase.engagement_id == engagement_id)
        ).one()
        reason = "业务已经完成，所在年度结果已经公布。经复核，本人只承担资料整理，结论另有人复核；记录在案。"
        decide_case(
            self.stage.actor(content.LEAD, now),
            self.session,
            case,
            CaseDecision(CaseAction.RECORD, reason),
            seen_version=case.version,
            now=now,
        )

    def _sign(self, engagement: Engagement, statement: str, now: datetime) -> None:
        person_id = self._appointment(engagement, STAYED).person_id
        data = DeclarationData(person_id, not statement, local_date(now), statement)
        sign_declaration(
            self.stage.agency_manager(engagement.agency_id, now), self.session, engagement, data, now=now
        )

    def _leaves(self, engagement_id: int, now: datetime) -> None:
        engagement = self.session.get_one(Engagement, engagement_id)
        appointment = self._appointment(engagement)
        data = ChangeData(None, appointment.person_id, TeamRole.MEMBER, "本人离职。")
        self._change(engagement, data, now)
        end_appointment(
            self.stage.actor(content.SUPERVISOR, now),
            self.session,
            appointment,
            on=local_date(now),
            reason="离职",
            now=now,
        )

    def _exempt(self, engagement_id: int, now: datetime) -> None:
        engagement = self.session.get_one(Engagement, engagement_id)
        grounds = Grounds("离职后移居外地，机构三次书面联系均无回音。", "监管科科务会纪要（演示）")
        data = ExemptionData(self._appointment(engagement).person_id, ExemptionCause.LEFT, grounds)
        grant_exemption(self.stage.actor(content.SUPERVISOR, now), self.session, engagement, data, now=now)

    def _withdraw(self, engagement_id: int, now: datetime) -> None:
        (granted,) = exemptions_of(self.session, engagement_id)
        withdraw_exemption(
            self.stage.actor(content.LEAD, now),
            self.session,
            granted,
            "机构只联系过一次，请再联系后重新提出。",
            seen_version=granted.version,
            now=now,
        )

    def _change(self, engagement: Engagement, data: ChangeData, now: datetime) -> None:
        """Asked for by the agency, and agreed to by the commissioner at once."""
        agency = self.stage.agency_manager(engagement.agency_id, now)
        propose_change(agency, self.session, engagement, data, now=now)
        newest = select(TeamChange).where(TeamChange.engagement_id == engagement.id)
        change = self.session.scalars(newest.order_by(TeamChange.id.desc()).limit(1)).one()
        is_bureau = engagement.commissioner_id == engagement.bureau_id
        decide_change(
            self.stage.actor(content.SUPERVISOR, now)
            if is_bureau
            else self.stage.officer(engagement.commissioner_id, now),
            self.session,
            change,
            ChangeAction.CONSENT,
            "同意。",
            seen_version=change.version,
            now=now,
        )

    def _appointment(self, engagement: Engagement, name: str = LEFT) -> Appointment:
        found = select(Appointment).join(Person, Person.id == Appointment.person_id)
        wanted = found.where(Appointment.agency_id == engagement.agency_id, Person.name == name)
        return self.session.scalars(wanted).one()
