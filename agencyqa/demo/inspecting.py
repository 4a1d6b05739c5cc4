"""The spot checks of the demo, from their plan to the last word on each finding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, User
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.demo import content, fault_content
from agencyqa.demo.chance import Chance
from agencyqa.demo.check_content import OPEN_CHECKS, PAST_CHECKS, CheckContent, Fate, Found
from agencyqa.demo.fault_content import FAULTS
from agencyqa.demo.filing import Filing
from agencyqa.demo.ordering import Ordering
from agencyqa.demo.paper_content import note_paper
from agencyqa.demo.setting import Stage
from agencyqa.demo.timeline import Timeline
from agencyqa.engagements.models import Engagement
from agencyqa.inspections.checklist_format import items_of
from agencyqa.inspections.enums import Answer, Channel
from agencyqa.inspections.models import Checklist, Finding, SpotCheck
from agencyqa.inspections.services.checks import PlanData, cancel_check, declare, plan_check
from agencyqa.inspections.services.decisions import (
    drop_finding,
    finalise_finding,
    make_statement,
    withdraw_finding,
)
from agencyqa.inspections.services.evidence import add_evidence
from agencyqa.inspections.services.findings import (
    STATEMENT_WORKING_DAYS,
    FindingData,
    add_finding,
    notify_agency,
)
from agencyqa.inspections.services.recording import close_record, write_answers
from agencyqa.measures.enums import WorkKind
from agencyqa.objects.models import EvaluationObject

# Days after the check on which its record is closed and the agency told, heard, and answered.
CLOSED, STATED, DECIDED, DECIDED_UNHEARD = 1, 5, 12, 22


@dataclass(frozen=True)
class Looked:
    """A check that was begun: where it stands, of what year, and what is about to be found."""

    id: int
    agency_id: int
    day: date
    plan: CheckContent


class Inspecting:
    def __init__(
        self, session: Session, stage: Stage, timeline: Timeline, filing: Filing, open_year: int
    ) -> None:
        self.session = session
        self.stage = stage
        self.timeline = timeline
        self.filing = filing
        self.open_year = open_year
        self.chance = Chance("AgencyQA demo checks")
        self.ordering = Ordering(session, stage, timeline, filing)

    def plan(self) -> None:
        first, last = date(self.open_year - 1, 9, 1), local_date(self.timeline.end)
        for each in PAST_CHECKS:
            self._begin_at(each, first + timedelta(days=each.day), self.open_year - 1)
        for each in OPEN_CHECKS:
            self._begin_at(each, last - timedelta(days=each.day), self.open_year)

    def plan_vain_check(self, engagement_id: int, planned: date, cancelled: date) -> None:
        """One that does not take place, because the contract ends before."""
        self.timeline.at(planned, lambda now: self._plan_vain(engagement_id, cancelled, now))

    def _plan_vain(self, engagement_id: int, cancelled: date, now: datetime) -> None:
        contract = self.session.get_one(Engagement, engagement_id).contract_number
        check = self._planned(contract, None, cancelled + timedelta(days=5), Channel.FOLLOWING, 0, now)
        check_id = check.id
        self.timeline.at(cancelled, lambda later: self._cancel(check_id, later))

    def _cancel(self, check_id: int, now: datetime) -> None:
        check = self.session.get_one(SpotCheck, check_id)
        reason = fault_content.CANCEL_REASON
        cancel_check(self._supervisor(now), self.session, check, reason, seen_version=check.version, now=now)

    # ------------------------------------------------------------------------------------------- looking

    def _begin_at(self, plan: CheckContent, day: date, year: int) -> None:
        self.timeline.at(day - timedelta(days=9), lambda now: self._begin(plan, day, year, now))

    def _begin(self, plan: CheckContent, day: date, year: int, now: datetime) -> None:
        contract, agency_id = "", self.stage.agencies[plan.agency].id
        if not plan.whole:
            contract, agency_id = self._contract(plan.agency, year)
        purpose = self.chance.number(f"{day}/{agency_id}", len(fault_content.CHECK_PURPOSES))
        check = self._planned(contract, agency_id, day, plan.channel, purpose, now, whole=plan.whole)
        looked = Looked(check.id, agency_id, day, plan)
        at = self.timeline.at
        at(day - timedelta(days=4), lambda later: self._declare(looked, later))
        at(day, lambda later: self._look(looked, later), hour=15)
        at(day + timedelta(days=CLOSED), lambda later: self._close(looked, later))

    def _planned(
        self,
        contract: str,
        agency_id: int | None,
        day: date,
        channel: Channel,
        purpose: int,
        now: datetime,
        *,
        whole: bool = False,
    ) -> SpotCheck:
        names = [person.username for person in (content.SUPERVISOR, content.SECOND_SUPERVISOR)]
        inspectors = self.session.scalars(select(User.id).where(User.username.in_(names)))
        words = fault_content.AGENCY_CHECK_PURPOSE if whole else fault_content.CHECK_PURPOSES[purpose]
        data = PlanData(contract, agency_id, day, channel, words, list(inspectors))
        return plan_check(self._supervisor(now), self.session, data, now=now)

    def _contract(self, position: int, year: int) -> tuple[str, int]:
        """(contract number, agency): the agency's newest evaluation of the year that nobody has looked at yet.

        An agency that has none is spared, and the weakest one with work of that year is looked at in its place.
        """
        seen = select(SpotCheck.engagement_id).where(SpotCheck.engagement_id.is_not(None))
        rows = self.session.execute(
            select(Engagement.contract_number, Engagement.agency_id)
            .where(
                Engagement.bureau_id == self.stage.bureau.id,
                Engagement.assessment_year == year,
                Engagement.work_kind == WorkKind.EVALUATION,
                Engagement.id.not_in(seen),
            )
            .order_by(Engagement.contract_signed_on.desc(), Engagement.id.desc())
        ).all()
        positions = {agency.id: number for number, agency in enumerate(self.stage.agencies)}

        def preferred(row: Row[str, int]) -> tuple[bool, int]:
            found = positions[row.agency_id]
            return found != position, content.AGENCIES[found].quality

        contract, agency_id = min(rows, key=preferred)
        return contract, agency_id

    def _declare(self, looked: Looked, now: datetime) -> None:
        check = self.session.get_one(SpotCheck, looked.id)
        for actor in (self._supervisor(now), self._second(now)):
            declare(actor, self.session, check, has_conflict=False, note="", now=now)

    def _look(self, looked: Looked, now: datetime) -> None:
        check = self.session.get_one(SpotCheck, looked.id)
        actor = self._supervisor(now)
        faults = {each.fault for each in looked.plan.found}
        answers: dict[str, tuple[Answer | None, str]] = {}
        for item in items_of(self.session.get_one(Checklist, check.checklist_id)):
            answer = Answer.NO if item.fault in faults else Answer.YES
            note = self.chance.one_of(f"{looked.id}/{item.key}", ("", "", *fault_content.RECORD_NOTES))
            answers[item.key] = (answer, note)
        summary = fault_content.FAULTY_SUMMARY if faults else fault_content.CLEAN_SUMMARY
        write_answers(actor, self.session, check, answers, summary, seen_version=check.version, now=now)
        for found in looked.plan.found:
            self._find(actor, looked, check, found, now)

    def _find(self, actor: Actor, looked: Looked, check: SpotCheck, found: Found, now: datetime) -> None:
        words = FAULTS[found.fault]
        facts = self._told(check.engagement_id, words.facts)
        data = FindingData(found.fault, found.occurrences, words.severity, facts, looked.day)
        finding = add_finding(actor, self.session, check, data, now=now)
        paper = note_paper("检查取证记录", content.DISTRICT_BUREAU, looked.day, (facts,))
        kept = self.filing.paper(paper, f"取证记录-{finding.year}-{finding.number:03}", now)
        add_evidence(actor, self.session, finding, kept, note="现场取证", now=now)
        self._plan_finding(looked, finding.id, found.fate)

    def _close(self, looked: Looked, now: datetime) -> None:
        check = self.session.get_one(SpotCheck, looked.id)
        close_record(
            self._second(now),
            self.session,
            check,
            leave_unanswered=False,
            seen_version=check.version,
            now=now,
        )

    # ------------------------------------------------------------------------------------------ findings

    def _plan_finding(self, looked: Looked, finding_id: int, fate: Fate) -> None:
        at, day = self.timeline.at, looked.day
        if fate is Fate.DRAFT:
            return
        at(day + timedelta(days=CLOSED), lambda now: self._notify(finding_id, now), hour=16)
        if fate is Fate.NOTIFIED:
            return
        decided = DECIDED
        if fate is Fate.SILENT:
            decided = DECIDED_UNHEARD
        else:
            at(day + timedelta(days=STATED), lambda now: self._state(looked, finding_id, fate, now))
        if fate is Fate.STATED:
            return
        decided_on = day + timedelta(days=decided)
        at(decided_on, lambda now: self._decide(looked, finding_id, fate, now))
        if fate is Fate.WITHDRAWN:
            at(date(self.open_year, 3, 10), lambda now: self._withdraw(finding_id, now))

    def _notify(self, finding_id: int, now: datetime) -> None:
        finding = self.session.get_one(Finding, finding_id)
        notify_agency(
            self._supervisor(now),
            self.session,
            finding,
            working_days=STATEMENT_WORKING_DAYS,
            seen_version=finding.version,
            now=now,
        )

    def _state(self, looked: Looked, finding_id: int, fate: Fate, now: datetime) -> None:
        finding = self.session.get_one(Finding, finding_id)
        actor = self.stage.agency_manager(looked.agency_id, now)
        words = FAULTS[finding.fault_code].statement
        text = fault_content.AGREED if fate is Fate.AGREED else self._told(finding.engagement_id, words)
        if fate in {Fate.DROPPED, Fate.STATED}:
            paper = note_paper("陈述说明", actor.body_name, local_date(now), (text,))
            kept = self.filing.paper(paper, "陈述说明及附件", now)
            add_evidence(actor, self.session, finding, kept, note="原始材料复印件", now=now)
        make_statement(actor, self.session, finding, text, seen_version=finding.version, now=now)

    def _decide(self, looked: Looked, finding_id: int, fate: Fate, now: datetime) -> None:
        finding = self.session.get_one(Finding, finding_id)
        actor, version = self._second(now), finding.version
        if fate is Fate.DROPPED:
            reason = self.chance.one_of(f"{finding_id}/drop", fault_content.DROP_REASONS)
            drop_finding(actor, self.session, finding, reason, seen_version=version, now=now)
            return
        kept = FAULTS[finding.fault_code].kept
        reason = "机构无异议，予以认定。" if fate is Fate.AGREED else self._told(finding.engagement_id, kept)
        finalise_finding(actor, self.session, finding, reason, seen_version=version, now=now)
        if looked.plan.order is not None and self._is_last_final(looked, finding):
            self.ordering.begin(looked.id, looked.agency_id, looked.plan.order, local_date(now))

    def _is_last_final(self, looked: Looked, finding: Finding) -> bool:
        """An order is issued once for all of a check, when the last of its findings is decided."""
        finals = [each for each in looked.plan.found if each.fate.is_final]
        late = [each for each in finals if each.fate is Fate.SILENT] or finals
        return finding.fault_code == late[-1].fault

    def _withdraw(self, finding_id: int, now: datetime) -> None:
        finding = self.session.get_one(Finding, finding_id)
        withdraw_finding(
            self.stage.actor(content.LEAD, now),
            self.session,
            finding,
            fault_content.WITHDRAWAL_REASON,
            seen_version=finding.version,
            now=now,
        )

    # --------------------------------------------------------------------------------------------- words

    def _told(self, engagement_id: int | None, text: str) -> str:
        if engagement_id is None:
            return text
        row = self.session.execute(
            select(EvaluationObject.name, Body.name.label("unit"))
            .join(Engagement, Engagement.object_id == EvaluationObject.id)
            .join(Body, Body.id == Engagement.evaluated_unit_id)
            .where(Engagement.id == engagement_id)
        ).one()
        return text.format(object=row.name, unit=row.unit)

    def _supervisor(self, now: datetime) -> Actor:
        return self.stage.actor(content.SUPERVISOR, now)

    def _second(self, now: datetime) -> Actor:
        return self.stage.actor(content.SECOND_SUPERVISOR, now)
