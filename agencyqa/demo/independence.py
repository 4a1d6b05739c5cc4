"""Declarations of the demo's teams, one with something to state, and a tie that comes to light in running work."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.agencies.enums import PersonRole, TieKind
from agencyqa.agencies.models import Agency, Person, Tie
from agencyqa.agencies.services.ties import TieData, declare_tie, withdraw_tie
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.demo import content
from agencyqa.demo.setting import Stage
from agencyqa.demo.timeline import Timeline
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.recusal.enums import CaseAction, CaseCause
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
from agencyqa.engagements.team.services import (
    ChangeData,
    decide_change,
    propose_change,
    withdraw_change,
)

STATEMENT = "本人三年前曾参加被评价单位组织的业务培训并领取讲课费，此后没有往来。"
REPLACED = "原主评人休长假，改由本机构另一名主评人接任。"
NAMESAKE = "同名同姓，经核实不是同一人，登记有误。"
CONTINUED = "经核实，该情况不属于利害关系，不影响独立性，同意继续履行。"


class Independence:
    def __init__(self, session: Session, stage: Stage, timeline: Timeline) -> None:
        self.session = session
        self.stage = stage
        self.timeline = timeline

    def plan_declaration(self, engagement_id: int, day: date, *, has_statement: bool = False) -> None:
        """Two days after the contract; what is stated is judged within the week."""
        signed, decided = day + timedelta(days=2), day + timedelta(days=6)
        self.timeline.at(signed, lambda now: self._sign(engagement_id, has_statement, now))
        if has_statement:
            self.timeline.at(decided, lambda now: self._continue(engagement_id, now))

    def plan_late_tie(self, engagement_id: int, day: date) -> None:
        """A relative of the principal evaluator in the evaluated unit; nobody has decided yet."""
        self.timeline.at(day, lambda now: self._find_tie(engagement_id, now), hour=11)

    def plan_wrong_tie(self, engagement_id: int, day: date) -> None:
        """Entered for somebody of the same name and taken back within the hour; the check it had opened is lifted."""
        self.timeline.at(day, lambda now: self._find_tie(engagement_id, now), hour=17)
        self.timeline.at(day, lambda now: self._withdraw_tie(engagement_id, now), hour=18)

    def plan_replacement(self, engagement_id: int, day: date) -> None:
        """The agency asks for another principal evaluator, and the commissioner agrees a week later."""
        self.timeline.at(day, lambda now: self._propose(engagement_id, now))
        self.timeline.at(day + timedelta(days=7), lambda now: self._agree(engagement_id, now))

    def plan_proposal(self, engagement_id: int, day: date) -> None:
        """Another one still waits for the commissioner."""
        self.timeline.at(day, lambda now: self._propose(engagement_id, now))

    def plan_case(self, engagement_id: int, day: date, *, is_decided: bool, is_replaced: bool) -> None:
        """Something is stated later on: it waits, the person is to be replaced, or has been."""
        at = self.timeline.at
        at(day, lambda now: self._sign(engagement_id, True, now))
        if is_decided:
            action, why = CaseAction.REPLACE, "所述情况可能影响独立性，应当更换人员。"
            at(day + timedelta(days=2), lambda now: self._decide(engagement_id, action, why, now))
        if is_replaced:
            self.plan_replacement(engagement_id, day + timedelta(days=4))

    def plan_refusal(self, engagement_id: int, day: date) -> None:
        """The commissioner sees no need for a further member; the agency asks again and thinks better of it."""
        at = self.timeline.at
        at(day, lambda now: self._ask_for_member(engagement_id, now))
        at(day + timedelta(days=3), lambda now: self._refuse(engagement_id, now))
        at(day + timedelta(days=5), lambda now: self._ask_for_member(engagement_id, now))
        at(day + timedelta(days=6), lambda now: self._withdraw(engagement_id, now))

    def _ask_for_member(self, engagement_id: int, now: datetime) -> None:
        engagement = self.session.get_one(Engagement, engagement_id)
        candidate = candidates_of(self.session, engagement, local_date(now))[0]
        data = ChangeData(candidate.person_id, None, TeamRole.MEMBER, "现场工作量大，增加人手。")
        agency = self.stage.agency_manager(engagement.agency_id, now)
        propose_change(agency, self.session, engagement, data, now=now)

    def _newest(self, engagement_id: int) -> TeamChange:
        changes = select(TeamChange).where(TeamChange.engagement_id == engagement_id)
        return self.session.scalars(changes.order_by(TeamChange.id.desc()).limit(1)).one()

    def _refuse(self, engagement_id: int, now: datetime) -> None:
        change = self._newest(engagement_id)
        decide_change(
            self._commissioner(engagement_id, now),
            self.session,
            change,
            ChangeAction.DECLINE,
            "现有人员足以完成工作。",
            seen_version=change.version,
            now=now,
        )

    def _withdraw(self, engagement_id: int, now: datetime) -> None:
        change = self._newest(engagement_id)
        engagement = self.session.get_one(Engagement, engagement_id)
        agency = self.stage.agency_manager(engagement.agency_id, now)
        withdraw_change(agency, self.session, change, seen_version=change.version, now=now)

    def _commissioner(self, engagement_id: int, now: datetime) -> Actor:
        engagement = self.session.get_one(Engagement, engagement_id)
        if engagement.commissioner_id == engagement.bureau_id:
            return self.stage.actor(content.SUPERVISOR, now)
        return self.stage.officer(engagement.commissioner_id, now)

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
        change = self.session.scalars(
            select(TeamChange).where(TeamChange.engagement_id == engagement_id)
        ).one()
        decide_change(
            self._commissioner(engagement_id, now),
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
        person = self.session.get_one(Person, engagement.principal_evaluator_id)
        # Who has an account signs himself; what others signed on paper the manager enters.
        signs_here = person.user_id is not None
        sign_declaration(
            self.stage.actor(content.EVALUATOR, now)
            if signs_here
            else self.stage.agency_manager(engagement.agency_id, now),
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
        self._decide(engagement_id, CaseAction.CONTINUE, CONTINUED, now)

    def _decide(self, engagement_id: int, action: CaseAction, reason: str, now: datetime) -> None:
        case = self.session.scalars(
            select(RecusalCase).where(RecusalCase.engagement_id == engagement_id)
        ).one()
        decide_case(
            self.stage.actor(content.LEAD, now),
            self.session,
            case,
            CaseDecision(action, reason),
            seen_version=case.version,
            now=now,
        )

    def _withdraw_tie(self, engagement_id: int, now: datetime) -> None:
        case = select(RecusalCase).where(
            RecusalCase.engagement_id == engagement_id, RecusalCase.cause == CaseCause.TIE
        )
        tie = self.session.get_one(Tie, self.session.scalars(case).one().tie_id)
        withdraw_tie(self.stage.actor(content.SUPERVISOR, now), self.session, tie, reason=NAMESAKE, now=now)

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
