"""Declarations of the demo's teams, one with something to state, and a tie that comes to light in running work."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.agencies.enums import PersonRole, TieKind
from agencyqa.agencies.models import Agency
from agencyqa.agencies.services.ties import TieData, declare_tie
from agencyqa.clock import local_date
from agencyqa.demo import content
from agencyqa.demo.setting import Stage
from agencyqa.demo.timeline import Timeline
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.recusal.enums import CaseAction
from agencyqa.engagements.recusal.models import RecusalCase
from agencyqa.engagements.recusal.services import (
    CaseDecision,
    DeclarationData,
    decide_case,
    sign_declaration,
)
from agencyqa.engagements.team.enums import ChangeAction, TeamRole
from agencyqa.engagements.team.models import TeamChange
from agencyqa.engagements.team.queries import candidates_of
from agencyqa.engagements.team.services import ChangeData, decide_change, propose_change

STATEMENT = "本人三年前曾参加被评价单位组织的业务培训并领取讲课费，此后没有往来。"
REPLACED = "原主评人休长假，改由本机构另一名主评人接任。"
CONTINUED = "经核实，该情况不属于利害关系，不影响独立性，同意继续履行。"


class Independence:
    def __init__(self, session: Session, stage: Stage, timeline: Timeline) -> None:
        self.session = session
        self.stage = stage
        self.timeline = timeline

    def plan_declaration(self, engagement_id: int, day: date, *, has_statement: bool = False) -> None:
        """On paper two days after the contract; what is stated is judged within the week."""
        signed, decided = day + timedelta(days=2), day + timedelta(days=6)
        self.timeline.at(signed, lambda now: self._sign(engagement_id, has_statement, now))
        if has_statement:
            self.timeline.at(decided, lambda now: self._continue(engagement_id, now))

    def plan_late_tie(self, engagement_id: int, day: date) -> None:
        """A relative of the principal evaluator in the evaluated unit; nobody has decided yet."""
        self.timeline.at(day, lambda now: self._find_tie(engagement_id, now), hour=11)

    def plan_replacement(self, engagement_id: int, day: date) -> None:
        """The agency asks for another principal evaluator, and the commissioner agrees a week later."""
        self.timeline.at(day, lambda now: self._propose(engagement_id, now))
        self.timeline.at(day + timedelta(days=7), lambda now: self._agree(engagement_id, now))

    def plan_proposal(self, engagement_id: int, day: date) -> None:
        """Another one still waits for the commissioner."""
        self.timeline.at(day, lambda now: self._propose(engagement_id, now))

    def _propose(self, engagement_id: int, now: datetime) -> None:
        engagement = self.session.get_one(Engagement, engagement_id)
        before = engagement.principal_evaluator_id
        candidates = [
            each
            for each in candidates_of(self.session, engagement, local_date(now))
            if each.role is PersonRole.PRINCIPAL_EVALUATOR
        ]
        propose_change(
            self.stage.agency_manager(engagement.agency_id, now),
            self.session,
            engagement,
            ChangeData(candidates[0].person_id, before, TeamRole.PRINCIPAL_EVALUATOR, REPLACED),
            now=now,
        )

    def _agree(self, engagement_id: int, now: datetime) -> None:
        engagement = self.session.get_one(Engagement, engagement_id)
        change = self.session.scalars(
            select(TeamChange).where(TeamChange.engagement_id == engagement_id)
        ).one()
        is_bureau = engagement.commissioner_id == engagement.bureau_id
        decide_change(
            self.stage.actor(content.SUPERVISOR, now)
            if is_bureau
            else self.stage.officer(engagement.commissioner_id, now),
            self.session,
            change,
            ChangeAction.CONSENT,
            "同意更换，请新任主评人尽快签署独立性声明。",
            seen_version=change.version,
            now=now,
        )
        self._sign(engagement_id, False, now)

    def _sign(self, engagement_id: int, has_statement: bool, now: datetime) -> None:
        engagement = self.session.get_one(Engagement, engagement_id)
        assert engagement.principal_evaluator_id is not None
        sign_declaration(
            self.stage.agency_manager(engagement.agency_id, now),
            self.session,
            engagement,
            DeclarationData(
                engagement.principal_evaluator_id,
                not has_statement,
                local_date(now),
                STATEMENT if has_statement else "",
            ),
            now=now,
        )

    def _continue(self, engagement_id: int, now: datetime) -> None:
        case = self.session.scalars(
            select(RecusalCase).where(RecusalCase.engagement_id == engagement_id)
        ).one()
        decide_case(
            self.stage.actor(content.LEAD, now),
            self.session,
            case,
            CaseDecision(CaseAction.CONTINUE, CONTINUED),
            seen_version=case.version,
            now=now,
        )

    def _find_tie(self, engagement_id: int, now: datetime) -> None:
        engagement = self.session.get_one(Engagement, engagement_id)
        declare_tie(
            self.stage.actor(content.SUPERVISOR, now),
            self.session,
            self.session.get_one(Agency, engagement.agency_id),
            TieData(
                engagement.evaluated_unit_id,
                TieKind.RELATIVE,
                engagement.contract_signed_on - timedelta(days=100),
                note="年度抽查时发现，近亲属在该单位任财务负责人",
                person_id=engagement.principal_evaluator_id,
            ),
            now=now,
        )
