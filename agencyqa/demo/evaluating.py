"""The evaluation records of the demo, what departments answer to them, and who else is shown one."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agencyqa.clock import local_date
from agencyqa.demo import content
from agencyqa.demo.chance import Chance
from agencyqa.demo.figures import Figures
from agencyqa.demo.handing_in import Course, work_under_way
from agencyqa.demo.setting import Stage
from agencyqa.demo.spending import Spending
from agencyqa.demo.spending_content import DISPUTED_ANSWER, PROBLEMS, RECTIFIED_ANSWER
from agencyqa.demo.timeline import Timeline
from agencyqa.engagements.models import Engagement
from agencyqa.evaluations.data import AnswerData, IndicatorData, ProblemData, RecordData
from agencyqa.evaluations.enums import AnswerState, ProblemKind
from agencyqa.evaluations.models import EvaluationProblem, EvaluationRecord, ProblemAnswer
from agencyqa.evaluations.services.answers import answer_problem
from agencyqa.evaluations.services.assignments import assign_record
from agencyqa.evaluations.services.drafting import correct_record, save_draft, start_record
from agencyqa.evaluations.services.submission import submit_record
from agencyqa.scoring import SCALE

FULL = 100 * SCALE
# Days before the completion on which a record is begun and handed in; after it, answers and corrections.
BEGUN, SUBMITTED, ANSWERED, CORRECTED = 10, 5, 18, 30
# A department promises to have put a problem right within so many days, and mostly keeps it.
TERM = 75
ANSWERS = {each.facts: each for each in PROBLEMS}


class Evaluating:
    def __init__(self, session: Session, stage: Stage, timeline: Timeline, figures: Figures) -> None:
        self.session = session
        self.stage = stage
        self.timeline = timeline
        self.figures = figures

    def plan(self, course: Course, *, is_corrected: bool = False) -> None:
        at, completed = self.timeline.at, course.completed
        at(completed - timedelta(days=BEGUN), lambda now: self._begin(course.engagement_id, now), hour=9)
        at(completed - timedelta(days=SUBMITTED), lambda now: self._submit(course, now), hour=17)
        at(completed + timedelta(days=ANSWERED), lambda now: self._answer(course, now))
        if is_corrected:
            at(completed + timedelta(days=CORRECTED), lambda now: self._correct(course, now))

    def plan_unfinished(self, day: date) -> None:
        """On this day an agency begins a record that it has not handed in yet."""
        self.timeline.at(day, self._begin_unfinished)

    def plan_assignments(self, day: date) -> None:
        """Two records are shown to a department that is no party."""
        self.timeline.at(day, self._assign, hour=11)

    # -------------------------------------------------------------------------------------------- agency

    def _begin_unfinished(self, now: datetime) -> None:
        engagement = work_under_way(self.session, self.stage, local_date(now))
        known = select(EvaluationRecord.id).where(EvaluationRecord.engagement_id == engagement.id)
        if self.session.scalar(known) is None:
            self._begin(engagement.id, now)

    def _begin(self, engagement_id: int, now: datetime) -> None:
        """Begun with the first half of the tree; the rest follows when it is handed in."""
        engagement = self.session.get_one(Engagement, engagement_id)
        actor = self.stage.agency_staff(engagement.agency_id, now)
        record = start_record(actor, self.session, engagement, now=now)
        data = self._data(engagement, self.figures.of(engagement_id).spending)
        half = RecordData(amount=data.amount, indicators=data.indicators[: len(data.indicators) // 2])
        save_draft(actor, self.session, record, half, seen_version=record.version, now=now)

    def _submit(self, course: Course, now: datetime) -> None:
        engagement = self.session.get_one(Engagement, course.engagement_id)
        spending = self.figures.of(course.engagement_id).spending
        self._fill_and_submit(course, self._newest(course), self._data(engagement, spending), now)

    def _correct(self, course: Course, now: datetime) -> None:
        """The agency found its own slip and hands in what adds up."""
        actor = self.stage.agency_signer(course.agency_id, now)
        engagement = self.session.get_one(Engagement, course.engagement_id)
        spending = self.figures.without_slip(course.engagement_id)
        before = self._newest(course)
        record = correct_record(actor, self.session, before, "复核发现权重合计填写有误，予以更正。", now=now)
        keys = {
            row.facts: row.key
            for row in self.session.scalars(
                select(EvaluationProblem).where(EvaluationProblem.record_id == before.id)
            )
        }
        self._fill_and_submit(course, record, self._data(engagement, spending, keys), now)

    def _fill_and_submit(
        self, course: Course, record: EvaluationRecord, data: RecordData, now: datetime
    ) -> None:
        actor = self.stage.agency_signer(course.agency_id, now)
        save_draft(actor, self.session, record, data, seen_version=record.version, now=now)
        submit_record(actor, self.session, record, seen_version=record.version, now=now)

    def _newest(self, course: Course) -> EvaluationRecord:
        return self.session.scalars(
            select(EvaluationRecord)
            .where(EvaluationRecord.engagement_id == course.engagement_id)
            .order_by(EvaluationRecord.revision.desc())
            .limit(1)
        ).one()

    def _data(
        self,
        engagement: Engagement,
        spending: Spending,
        keys: dict[str, str] | None = None,
    ) -> RecordData:
        return RecordData(
            stated_total=spending.total,
            stated_maximum=FULL,
            stated_grade=spending.grade,
            amount=spending.amount,
            summary=spending.summary,
            indicators=tuple(
                IndicatorData(
                    node.level,
                    node.dimension,
                    node.name,
                    node.weight,
                    node.score,
                    node.target,
                    node.actual,
                    node.evidence,
                )
                for node in spending.nodes
            ),
            problems=tuple(
                ProblemData(
                    each.content.kind,
                    each.content.facts,
                    engagement.evaluated_unit_id,
                    each.amount,
                    each.content.recommendation,
                    (keys or {}).get(each.content.facts, ""),
                )
                for each in spending.problems
            ),
        )

    # --------------------------------------------------------------------------------------- departments

    def _answer(self, course: Course, now: datetime) -> None:
        """The unit answers all but, now and then, the last problem, which then waits for it."""
        record = self._newest(course)
        chance = Chance(f"AgencyQA demo/{course.name}/answers")
        problems = self._problems(record)
        if len(problems) > 1 and chance.happens("one left", 30):
            problems.pop()
        for problem in problems:
            self._say(course, record, problem, self._first_answer(problem, chance, local_date(now)), now)
            if chance.happens(f"{problem.position}/kept", 70):
                self._plan_rectified(course, problem.key, local_date(now) + timedelta(days=TERM - 8))

    def _plan_rectified(self, course: Course, key: str, day: date) -> None:
        self.timeline.at(day, lambda now: self._rectified(course, key, now))

    def _first_answer(self, problem: EvaluationProblem, chance: Chance, day: date) -> AnswerData:
        words = ANSWERS[problem.facts]
        if problem.kind is ProblemKind.BENEFIT and chance.happens("disputed", 40):
            return AnswerData(AnswerState.DISPUTED, DISPUTED_ANSWER)
        is_partly = words.answer.startswith("部分")
        return AnswerData(
            AnswerState.PARTLY_ACCEPTED if is_partly else AnswerState.ACCEPTED,
            words.answer,
            words.measure,
            rectify_by=day + timedelta(days=TERM),
        )

    def _rectified(self, course: Course, key: str, now: datetime) -> None:
        record = self._newest_submitted(course)
        (problem,) = [each for each in self._problems(record) if each.key == key]
        day = local_date(now) - timedelta(days=2)
        data = AnswerData(AnswerState.RECTIFIED, RECTIFIED_ANSWER, rectified_on=day)
        self._say(course, record, problem, data, now)

    def _newest_submitted(self, course: Course) -> EvaluationRecord:
        return self.session.scalars(
            select(EvaluationRecord).where(
                EvaluationRecord.engagement_id == course.engagement_id, EvaluationRecord.is_current
            )
        ).one()

    def _say(
        self,
        course: Course,
        record: EvaluationRecord,
        problem: EvaluationProblem,
        data: AnswerData,
        now: datetime,
    ) -> None:
        seen = self.session.scalar(
            select(func.max(ProblemAnswer.number)).where(
                ProblemAnswer.engagement_id == course.engagement_id, ProblemAnswer.problem_key == problem.key
            )
        )
        actor = self.stage.officer(problem.department_id, now)
        answer_problem(actor, self.session, record, problem, data, seen_number=seen or 0, now=now)

    def _problems(self, record: EvaluationRecord) -> list[EvaluationProblem]:
        statement = select(EvaluationProblem).where(EvaluationProblem.record_id == record.id)
        return list(self.session.scalars(statement.order_by(EvaluationProblem.position)))

    # -------------------------------------------------------------------------------------------- bureau

    def _assign(self, now: datetime) -> None:
        records = self.session.execute(
            select(EvaluationRecord, Engagement)
            .join(Engagement, Engagement.id == EvaluationRecord.engagement_id)
            .where(EvaluationRecord.bureau_id == self.stage.bureau.id, EvaluationRecord.is_current)
            .order_by(EvaluationRecord.id)
            .limit(2)
        ).all()
        for record, engagement in records:
            parties = {engagement.commissioner_id, engagement.evaluated_unit_id}
            department = next(each for each in reversed(self.stage.departments) if each.id not in parties)
            assign_record(
                self.stage.actor(content.SUPERVISOR, now),
                self.session,
                record,
                department_id=department.id,
                valid_from=local_date(now),
                valid_to=None,
                now=now,
            )
