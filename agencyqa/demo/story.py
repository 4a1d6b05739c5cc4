"""What happens in the demo: one year assessed and published, the next one in the middle of its work.

Everything goes through the services that the pages use, at invented times, so that rules, audit log and messages are
real. Sheets end in every state; one sheet of the published year is missing, so one agency stays provisional.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.assessments.forms.entry import Entry as SheetEntry
from agencyqa.assessments.models import ScoreSheet
from agencyqa.assessments.services.review import finalise_sheet, return_sheet
from agencyqa.assessments.services.scoring import save_draft, submit_sheet
from agencyqa.assessments.services.sheets import open_sheets
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.demo import content
from agencyqa.demo.answers import answers_for, criteria
from agencyqa.demo.chance import Chance
from agencyqa.demo.content import OBJECTS, ObjectContent
from agencyqa.demo.setting import SUSPENDED_AGENCY, TIED_DEPARTMENT, WAN, YUAN, Stage
from agencyqa.demo.timeline import Timeline
from agencyqa.engagements.data import EngagementData
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.services.commissioning import create_engagement
from agencyqa.engagements.services.progress import complete_engagement, terminate_engagement
from agencyqa.measures.enums import Purpose, WorkKind
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.queries import program_of
from agencyqa.objects.services import ObjectData, create_object
from agencyqa.scoring import SCALE

EX_ANTE_COUNT = 12
# The agency one of whose units never handed in its sheet, and the contract that was ended.
INCOMPLETE_AGENCY, TERMINATED = 11, 7


class Story:
    def __init__(self, session: Session, stage: Stage, timeline: Timeline, open_year: int) -> None:
        self.session = session
        self.stage = stage
        self.timeline = timeline
        self.open_year = open_year
        self.past_year = open_year - 1
        self.chance = Chance("AgencyQA demo")
        self.quality = {
            agency.id: each.quality for agency, each in zip(stage.agencies, content.AGENCIES, strict=True)
        }

    def plan(self) -> None:
        """Put the whole story on the timeline."""
        for number in range(len(OBJECTS)):
            day = date(self.past_year, 2, 15) + timedelta(days=number * 6)
            self._commission_at(day, number, WorkKind.EVALUATION, "评")
        for number in range(EX_ANTE_COUNT):
            day = date(self.past_year, 7, 18) + timedelta(days=number * 4)
            self._commission_at(day, number * 2, WorkKind.EX_ANTE, "事")
        self.timeline.at(date(self.past_year, 12, 1), self._open_past_sheets)
        # The open year is told backwards from its end, so that some of it is always still to be done.
        last = local_date(self.timeline.end)
        span = (last - date(self.open_year, 2, 20)).days
        for number in range(len(OBJECTS)):
            day = date(self.open_year, 2, 20) + timedelta(days=number * max(span - 15, 1) // len(OBJECTS))
            self._commission_at(day, number, WorkKind.EVALUATION, "评")

    # ----------------------------------------------------------------------------------------- commissioning

    def _commission_at(self, day: date, number: int, kind: WorkKind, mark: str) -> None:
        self.timeline.at(day, lambda now: self._commission(number, kind, mark, now))

    def _commission(self, number: int, kind: WorkKind, mark: str, now: datetime) -> None:
        item, day = OBJECTS[number], local_date(now)
        supervisor = self.stage.actor(content.SUPERVISOR, now)
        budget_year = day.year - 1 if kind is WorkKind.EVALUATION else day.year + 1
        position = self._agency_for(number, day.year, kind)
        department = self.stage.departments[item.department]
        unit = department if item.unit is None else self.stage.units[item.department][item.unit]
        thing = create_object(supervisor, self.session, self._object_data(item, number, budget_year), now=now)
        engagement = create_engagement(
            supervisor,
            self.session,
            EngagementData(
                object_id=thing.id,
                commissioner_id=self.stage.bureau.id if unit is department else department.id,
                evaluated_unit_id=unit.id,
                agency_id=self.stage.agencies[position].id,
                principal_evaluator_id=self.chance.one_of(
                    f"{day.year}/{mark}{number}/evaluator", self.stage.evaluators[position]
                ),
                work_kind=kind,
                contract_number=f"望财绩{mark}〔{day.year}〕{number + 1:02}号",
                contract_signed_on=day,
                due_on=day + timedelta(days=90 if kind is WorkKind.EVALUATION else 45),
                fee=self._fee(item, kind),
            ),
            now=now,
        )
        self._plan_completion(engagement.id, number, day, kind)

    def _agency_for(self, number: int, year: int, kind: WorkKind) -> int:
        """In turn; the tie of the first agency and the suspension of another are respected."""
        count = len(content.AGENCIES)
        position = (number + (5 if kind is WorkKind.EX_ANTE else 0) + year) % count
        is_tied = position == 0 and OBJECTS[number].department == TIED_DEPARTMENT
        is_suspended = position == SUSPENDED_AGENCY and year == self.open_year
        return (position + 3) % count if is_tied or is_suspended else position

    def _object_data(self, item: ObjectContent, number: int, budget_year: int) -> ObjectData:
        return ObjectData(
            code=f"WZ{content.DEPARTMENTS[item.department].code}-{number + 1:03}",
            name=item.name,
            kind=item.kind,
            budget_type=item.budget_type,
            budget_year=budget_year,
            department_id=self.stage.departments[item.department].id,
            amount=item.amount * WAN,
            is_purchase_of_services=item.is_purchase_of_services,
        )

    def _fee(self, item: ObjectContent, kind: WorkKind) -> int:
        """Grows slower than the money evaluated; whole hundreds of yuan."""
        base = 6 + item.amount // 400 if kind is WorkKind.EVALUATION else 3 + item.amount // 800
        return (base * 10_000 + item.amount % 97 * 100) * YUAN

    def _plan_completion(self, engagement_id: int, number: int, day: date, kind: WorkKind) -> None:
        """Most reports come in time, some late; of the newest the agency still works on."""
        length = 90 if kind is WorkKind.EVALUATION else 45
        late = self.chance.happens(f"{day}/{number}/late", 18)
        days = length + 11 if late else length - 3 - self.chance.number(f"{day}/{number}/early", 14)
        if day.year == self.open_year and number in {12, 15}:
            # Two of the open year are overdue and nobody has handed anything in.
            return
        if day.year == self.open_year and number == TERMINATED:
            self.timeline.at(day + timedelta(days=30), lambda now: self._terminate(engagement_id, now))
            return
        self.timeline.at(
            day + timedelta(days=days), lambda now: self._complete(engagement_id, number, now), hour=16
        )

    def _terminate(self, engagement_id: int, now: datetime) -> None:
        engagement = self.session.get_one(Engagement, engagement_id)
        terminate_engagement(
            self.stage.actor(content.SUPERVISOR, now),
            self.session,
            engagement,
            "项目调整，经双方协商一致终止合同。",
            seen_version=engagement.version,
            now=now,
        )

    def _complete(self, engagement_id: int, number: int, now: datetime) -> None:
        engagement = self.session.get_one(Engagement, engagement_id)
        complete_engagement(
            self.stage.actor(content.SUPERVISOR, now),
            self.session,
            engagement,
            local_date(now),
            seen_version=engagement.version,
            now=now,
        )
        if engagement.assessment_year == self.open_year:
            self.timeline.at(
                local_date(now) + timedelta(days=5), lambda later: self._open(engagement_id, number, later)
            )

    # ---------------------------------------------------------------------------------------------- scoring

    def _open_past_sheets(self, now: datetime) -> None:
        statement = (
            select(Engagement.id)
            .where(Engagement.assessment_year == self.past_year, Engagement.bureau_id == self.stage.bureau.id)
            .order_by(Engagement.id)
        )
        for number, engagement_id in enumerate(self.session.scalars(statement).all()):
            self._open(engagement_id, number, now)

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
        for sheet in sheets:
            is_missing = is_past and self._is_forgotten(engagement, sheet)
            # Old sheets are settled; of the newest some are drafts, some wait for review, some came back.
            is_settled = is_past or now < self.timeline.end - timedelta(days=80)
            fate = 0 if is_settled else self.chance.number(f"{engagement_id}/{sheet.scorer_role}/fate", 6)
            if not is_missing:
                self._plan_scoring(sheet.id, engagement.agency_id, day, fate)

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

    def _plan_scoring(self, sheet_id: int, agency_id: int, day: date, fate: int) -> None:
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
        if sheet.scorer_body_id == self.stage.bureau.id:
            return self.stage.actor(content.SUPERVISOR, now)
        return self.stage.officer(sheet.scorer_body_id, now)

    def _entry(self, sheet: ScoreSheet, agency_id: int) -> SheetEntry:
        program = program_of(self.session.get_one(SchemeVersion, sheet.scheme_version_id))
        chance = Chance(f"{self.chance.seed}/{sheet.engagement_id}/{sheet.scorer_role}")
        answers = answers_for(program.scheme, chance, self.quality[agency_id])
        if not chance.happens("differs", 15):
            return SheetEntry(answers=answers)
        # Now and then a scorer gives another figure than the rule, and says why.
        result = program.score(answers)
        for criterion in criteria(program.scheme):
            computed = result.criterion(criterion.key).computed
            if computed is not None and computed + SCALE // 2 <= criterion.max_points:
                return SheetEntry(
                    answers=answers,
                    entered={criterion.key: computed + SCALE // 2},
                    reasons={criterion.key: chance.one_of("reason", content.DIFFERENCE_REASONS)},
                )
        return SheetEntry(answers=answers)

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
