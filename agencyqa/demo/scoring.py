"""The score sheets of the demo: opened, filled in from the facts that are there, returned, finalised."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import User
from agencyqa.assessments.enums import SheetState
from agencyqa.assessments.evidence import FactRow, effective_answers, is_scored
from agencyqa.assessments.facts import facts_of_sheet
from agencyqa.assessments.forms.entry import Entry as SheetEntry
from agencyqa.assessments.models import ScoreSheet
from agencyqa.assessments.services.inviting import invite_experts
from agencyqa.assessments.services.review import finalise_sheet, return_sheet
from agencyqa.assessments.services.scoring import save_draft, submit_sheet
from agencyqa.assessments.services.sheets import Chooser, open_sheets
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.demo import content
from agencyqa.demo.answers import answers_for, criteria
from agencyqa.demo.chance import Chance
from agencyqa.demo.fault_content import OVERRULE_REASON
from agencyqa.demo.setting import Stage
from agencyqa.demo.timeline import Timeline
from agencyqa.engagements.models import Engagement
from agencyqa.measures.enums import FaultSource, Purpose
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.queries import compiled, program_of
from agencyqa.scoring import SCALE

# The agency one of whose units never handed in its sheet.
INCOMPLETE_AGENCY = 11


class Scoring:
    def __init__(self, session: Session, stage: Stage, timeline: Timeline, open_year: int) -> None:
        self.session = session
        self.stage = stage
        self.timeline = timeline
        self.past_year = open_year - 1
        self.chance = Chance("AgencyQA demo")
        self._has_overruled = False
        self.quality = {
            agency.id: each.quality for agency, each in zip(stage.agencies, content.AGENCIES, strict=True)
        }

    def plan(self) -> None:
        """The sheets of the past year are opened together; those of the open one as the work is done."""
        self.timeline.at(date(self.past_year, 12, 1), self._open_past_sheets)
        self.timeline.at(date(self.past_year + 1, 3, 12), self._plan_rescoring)

    def plan_opening(self, engagement_id: int, number: int, day: date) -> None:
        self.timeline.at(day, lambda now: self._open(engagement_id, number, now))

    def _open_past_sheets(self, now: datetime) -> None:
        statement = (
            select(Engagement.id)
            .where(Engagement.assessment_year == self.past_year, Engagement.bureau_id == self.stage.bureau.id)
            .order_by(Engagement.id)
        )
        for number, engagement_id in enumerate(self.session.scalars(statement).all()):
            self._open(engagement_id, number, now)

    def _plan_rescoring(self, now: datetime) -> None:
        """What was opened again because a finding that had counted was withdrawn."""
        sheets = self.session.scalars(
            select(ScoreSheet).where(
                ScoreSheet.bureau_id == self.stage.bureau.id,
                ScoreSheet.revision > 1,
                ScoreSheet.state == SheetState.DRAFT,
            )
        )
        for sheet in sheets:
            engagement = self.session.get_one(Engagement, sheet.engagement_id)
            self._plan_scoring(sheet.id, engagement.agency_id, local_date(now), 0, wait=3)

    def _open(self, engagement_id: int, number: int, now: datetime) -> None:
        engagement = self.session.get_one(Engagement, engagement_id)
        day = local_date(now)
        sheets = open_sheets(
            self.stage.actor(content.SUPERVISOR, now),
            self.session,
            engagement,
            due_on=day + timedelta(days=25),
            now=now,
        )
        is_past = engagement.assessment_year == self.past_year
        if Chooser(self.session, self.stage.bureau.id).panel(engagement) is not None:
            sheets += invite_experts(
                self.stage.actor(content.SUPERVISOR, now),
                self.session,
                engagement,
                self._experts(number),
                due_on=day + timedelta(days=25),
                now=now,
            )
        for sheet in sheets:
            is_missing = is_past and self._is_forgotten(engagement, sheet)
            # Old sheets are settled; of the newest some are drafts, some wait for review, some came back.
            is_settled = is_past or now < self.timeline.end - timedelta(days=80)
            seat = f"/{sheet.seat}" if sheet.seat else ""
            name = f"{engagement_id}/{sheet.scorer_role}{seat}/fate"
            fate = 0 if is_settled else self.chance.number(name, 6)
            if not is_missing:
                self._plan_scoring(sheet.id, engagement.agency_id, day, fate)

    def _experts(self, number: int) -> list[int]:
        """Three of the four, in turn."""
        names = [person.username for person in content.EXPERTS]
        left_out = names[number % len(names)]
        wanted = select(User.id).where(User.username.in_(names), User.username != left_out)
        return list(self.session.scalars(wanted.order_by(User.id)))

    def _is_forgotten(self, engagement: Engagement, sheet: ScoreSheet) -> bool:
        """Of one agency's first engagement the unit's sheet."""
        if sheet.scorer_role is not Purpose.EVALUATED_UNIT:
            return False
        incomplete = self.stage.agencies[INCOMPLETE_AGENCY]
        first = self.session.scalar(
            select(Engagement.id)
            .where(Engagement.agency_id == incomplete.id, Engagement.assessment_year == self.past_year)
            .order_by(Engagement.id)
            .limit(1)
        )
        return engagement.id == first

    def _plan_scoring(
        self, sheet_id: int, agency_id: int, day: date, fate: int, wait: int | None = None
    ) -> None:
        if wait is None:
            wait = 3 + self.chance.number(f"{sheet_id}/wait", 16)
        scored_on = day + timedelta(days=wait)
        at = self.timeline.at
        if fate == 1:
            return
        if fate == 2:
            at(scored_on, lambda now: self._draft(sheet_id, agency_id, now))
            return
        at(scored_on, lambda now: self._submit(sheet_id, agency_id, now), hour=14)
        if fate == 3:
            at(scored_on + timedelta(days=2), lambda now: self._return(sheet_id, now))
        elif fate != 4:
            at(scored_on + timedelta(days=3), lambda now: self._finalise(sheet_id, now))

    def _scorer(self, sheet: ScoreSheet, now: datetime) -> Actor:
        if sheet.scorer_user_id is not None:
            username = self.session.get_one(User, sheet.scorer_user_id).username
            return self.stage.people.actor(username, local_date(now))
        if sheet.scorer_body_id == self.stage.bureau.id:
            return self.stage.actor(content.SUPERVISOR, now)
        return self.stage.officer(sheet.scorer_body_id, now)

    def _entry(self, sheet: ScoreSheet, agency_id: int) -> SheetEntry:
        scheme = compiled(self.session.get_one(SchemeVersion, sheet.scheme_version_id))
        program = scheme.program
        seat = f"/{sheet.seat}" if sheet.seat else ""
        chance = Chance(f"{self.chance.seed}/{sheet.engagement_id}/{sheet.scorer_role}{seat}")
        answers = answers_for(program.scheme, scheme.counting, chance, self.quality[agency_id])
        facts = facts_of_sheet(self.session, sheet, scheme.counting)
        overrules = self._overrules(sheet, facts)
        if not chance.happens("differs", 15):
            return SheetEntry(answers=answers, overrules=overrules)
        # Now and then a scorer gives another figure than the rule, and says why.
        counted = effective_answers(scheme.counting, answers, facts, overrules)
        result = program.score(counted)
        for criterion in criteria(program.scheme):
            computed = result.criterion(criterion.key).computed
            if computed is not None and computed + SCALE // 2 <= criterion.max_points:
                return SheetEntry(
                    answers=answers,
                    entered={criterion.key: computed + SCALE // 2},
                    reasons={criterion.key: chance.one_of("reason", content.DIFFERENCE_REASONS)},
                    overrules=overrules,
                )
        return SheetEntry(answers=answers, overrules=overrules)

    def _overrules(self, sheet: ScoreSheet, facts: Sequence[FactRow]) -> dict[str, str]:
        """The bureau's scorer sets one lateness of the past year aside, and says why."""
        if self._has_overruled or sheet.scorer_role is not Purpose.BUREAU:
            return {}
        late = [row for row in facts if is_scored(row) and row["source"] == FaultSource.LATENESS]
        self._has_overruled = bool(late)
        return {row["key"]: OVERRULE_REASON for row in late[:1]}

    def _draft(self, sheet_id: int, agency_id: int, now: datetime) -> None:
        sheet = self.session.get_one(ScoreSheet, sheet_id)
        program = program_of(self.session.get_one(SchemeVersion, sheet.scheme_version_id))
        whole = self._entry(sheet, agency_id)
        half = dict(list(whole.answers.items())[: len(whole.answers) // 2])
        save_draft(
            self._scorer(sheet, now),
            self.session,
            sheet,
            program,
            SheetEntry(answers=half),
            seen_version=sheet.version,
            editing_key=f"demo-{sheet_id}",
            now=now,
        )

    def _submit(self, sheet_id: int, agency_id: int, now: datetime) -> None:
        sheet = self.session.get_one(ScoreSheet, sheet_id)
        program = program_of(self.session.get_one(SchemeVersion, sheet.scheme_version_id))
        submit_sheet(
            self._scorer(sheet, now),
            self.session,
            sheet,
            program,
            self._entry(sheet, agency_id),
            seen_version=sheet.version,
            now=now,
        )

    def _return(self, sheet_id: int, now: datetime) -> None:
        sheet = self.session.get_one(ScoreSheet, sheet_id)
        return_sheet(
            self.stage.actor(content.SECOND_SUPERVISOR, now),
            self.session,
            sheet,
            reason=self.chance.one_of(f"{sheet_id}/return", content.RETURN_REASONS),
            seen_version=sheet.version,
            now=now,
        )

    def _finalise(self, sheet_id: int, now: datetime) -> None:
        sheet = self.session.get_one(ScoreSheet, sheet_id)
        finalise_sheet(
            self.stage.actor(content.SECOND_SUPERVISOR, now),
            self.session,
            sheet,
            seen_version=sheet.version,
            now=now,
        )
