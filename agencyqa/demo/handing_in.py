"""How the agencies of the demo hand in: in time, late, once more after a return, or only on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.demo import content
from agencyqa.demo.chance import Chance
from agencyqa.demo.figures import Figures
from agencyqa.demo.filing import Filing
from agencyqa.demo.listening import Listening
from agencyqa.demo.paper_content import draft_paper, plan_paper, report_paper, work_paper_rows
from agencyqa.demo.reviewing import COMMENTS, Reviewing
from agencyqa.demo.setting import Stage
from agencyqa.demo.timeline import Event, Timeline
from agencyqa.engagements.deliverables.enums import Decision, DeliverableKind, DeliverableState
from agencyqa.engagements.deliverables.models import Deliverable
from agencyqa.engagements.deliverables.services import add_version, decide, submit
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.files.uploads import KeptFile
from agencyqa.measures.enums import WorkKind

PLAN, PAPERS = DeliverableKind.PLAN, DeliverableKind.WORK_PAPERS
DRAFT, REPORT = DeliverableKind.DRAFT, DeliverableKind.REPORT
NAMES = {PLAN: "评价方案", PAPERS: "工作底稿", DRAFT: "评价报告（征求意见稿）", REPORT: "评价报告"}
RETURNS = {
    PLAN: "指标权重与预算占比不符，请说明依据后重新提交。",
    REPORT: "第三部分缺少原因分析，附表与正文数据不一致，请修改后重新提交。",
}
# Days after the signature on which a punctual plan comes; days before the completion on which the report does.
PLAN_AFTER, REPORT_BEFORE = {WorkKind.EVALUATION: 13, WorkKind.EX_ANTE: 8}, 6
# With so many days left nobody has handed in a draft yet.
LENGTH_LEFT = 45
# With so many left nobody has uploaded a report.
REPORT_LEFT = 28


class Ending(StrEnum):
    """``ON_PAPER``: only the plan comes through the system. ``SILENT``: not even a better plan after its return.

    ``WAITING``: the commissioner has not looked at the plan yet.
    """

    USUAL = "usual"
    ON_PAPER = "on_paper"
    SILENT = "silent"
    WAITING = "waiting"


@dataclass(frozen=True)
class Course:
    """One engagement: signed on ``day``, to be completed on ``completed``; how good its agency is at such things."""

    engagement_id: int
    agency_id: int
    commissioner_id: int
    kind: WorkKind
    day: date
    completed: date
    quality: int
    name: str


class HandingIn:
    def __init__(
        self, session: Session, stage: Stage, timeline: Timeline, filing: Filing, figures: Figures
    ) -> None:
        self.session = session
        self.stage = stage
        self.timeline = timeline
        self.filing = filing
        self.figures = figures
        self.reviewing = Reviewing(session, stage)
        self.listening = Listening(session, stage)

    def plan(self, course: Course, ending: Ending = Ending.USUAL) -> None:
        chance = Chance(f"AgencyQA demo/{course.name}")
        self._plan_plan(course, chance, ending)
        if ending is not Ending.USUAL:
            return
        handed_in = course.completed - timedelta(days=REPORT_BEFORE)
        if course.kind is WorkKind.EVALUATION and chance.happens("draft", 25):
            self._at(course, handed_in - timedelta(days=20), (DRAFT,), hour=11)
            self._hear_unit_at(course, handed_in - timedelta(days=18))
            self._decide_at(course, handed_in - timedelta(days=15), (DRAFT,), Decision.ACCEPTED)
        kinds = (PAPERS, REPORT) if course.kind is WorkKind.EVALUATION else (REPORT,)
        if chance.happens("report/returned", (106 - course.quality) // 2):
            first = handed_in - timedelta(days=8)
            self._at(course, first, kinds, hour=11)
            self._decide_at(course, first + timedelta(days=3), (REPORT,), Decision.RETURNED)
            self._at(course, handed_in, (REPORT,), hour=11)
            self._review_at(course, chance, handed_in - timedelta(days=1), "again")
            self._review_at(course, chance, first - timedelta(days=1), "first")
        else:
            self._stopped_review_at(course, chance, handed_in - timedelta(days=2))
            self._at(course, handed_in, kinds, hour=11)
            self._review_at(course, chance, handed_in - timedelta(days=1), "first")
        self._decide_at(course, handed_in + timedelta(days=4), kinds, Decision.ACCEPTED)

    def plan_waiting_file(self, day: date) -> None:
        """On this day an agency uploads a draft and has not handed it in yet."""
        self.timeline.at(day, self._upload_draft)

    def _plan_plan(self, course: Course, chance: Chance, ending: Ending) -> None:
        is_late = chance.happens("plan/late", (100 - course.quality) // 2)
        days = PLAN_AFTER[course.kind] + (chance.number("plan/days", 5) + 10 if is_late else 0)
        handed_in = course.day + timedelta(days=days)
        self._at(course, handed_in, (PLAN,))
        if ending is Ending.WAITING:
            return
        if ending is Ending.SILENT or chance.happens("plan/returned", 10):
            self._decide_at(course, handed_in + timedelta(days=3), (PLAN,), Decision.RETURNED)
            if ending is Ending.SILENT:
                return
            self._at(course, handed_in + timedelta(days=6), (PLAN,))
        if chance.happens("plan/experts", 30):
            self.timeline.at(handed_in + timedelta(days=8), lambda now: self._hear_experts(course, now))
        self._decide_at(course, handed_in + timedelta(days=9), (PLAN,), Decision.ACCEPTED)

    def _at(self, course: Course, day: date, kinds: Sequence[DeliverableKind], hour: int = 10) -> None:
        """Uploaded the day before: whoever looks in between finds files that nobody has handed in yet."""
        at = self.timeline.at
        at(day - timedelta(days=1), lambda now: self._upload(course, kinds, now), hour=hour)
        at(day, lambda now: self._submit(course, now), hour=hour)

    def _hear_unit_at(self, course: Course, day: date) -> None:
        work = course.engagement_id
        self.timeline.at(day, lambda now: self.listening.hear_unit(work, now))
        self.timeline.at(day + timedelta(days=2), lambda now: self.listening.answer(work, now))

    def _hear_experts(self, course: Course, now: datetime) -> None:
        self.listening.hear_experts(course.engagement_id, course.name, self._commissioner(course, now), now)

    def _review_at(self, course: Course, chance: Chance, day: date, name: str) -> None:
        """All three levels on the day of the upload; in some there is something to be said."""
        at, work = self.timeline.at, course.engagement_id
        at(day, lambda now: self.reviewing.open(work, now), hour=12)
        for level in (1, 2, 3):
            has_comment = chance.happens(f"review/{name}/{level}", 30)
            comment = chance.number(f"review/{name}/{level}/what", len(COMMENTS)) if has_comment else None
            at(day, self._level(work, comment), hour=12 + level)

    def _level(self, work: int, comment: int | None) -> Event:
        return lambda now: self.reviewing.take(work, now, comment=comment)

    def _stopped_review_at(self, course: Course, chance: Chance, day: date) -> None:
        """Some reports meet reviewers first who are not content, or are called back by their authors."""
        figure = chance.number("review/stopped", 100)
        if figure >= 14:
            return
        at, work = self.timeline.at, course.engagement_id
        at(day, lambda now: self._upload(course, (REPORT,), now), hour=11)
        at(day, lambda now: self.reviewing.open(work, now), hour=12)
        at(day, lambda now: self.reviewing.stop(work, now, returned=figure < 8), hour=13)

    def plan_open_drafts(self, day: date) -> None:
        """On this day two drafts are handed in: to one the unit speaks and waits for answers, to one it has yet to."""
        self.timeline.at(day, lambda now: self._open_draft(now, is_heard=True), hour=10)
        self.timeline.at(day, lambda now: self._open_draft(now, is_heard=False), hour=11)

    def _open_draft(self, now: datetime, *, is_heard: bool) -> None:
        """In the next work without a draft; to the first one, where a new file is soon to wait, nobody has spoken."""
        first = 1 if is_heard else 0
        for work in works_under_way(self.session, self.stage, local_date(now), REPORT_LEFT)[first:]:
            course = course_of(work)
            if self._deliverable(course, DRAFT).state is DeliverableState.EXPECTED:
                self._upload(course, (DRAFT,), now)
                self._submit(course, now)
                if is_heard:
                    self.listening.hear_unit(work.id, now)
                return

    def plan_open_reviews(self, day: date) -> None:
        """On this day reports lie with each of the three levels, over the second an open comment."""
        for hour, levels in enumerate((1, 0, 2), start=10):
            self.timeline.at(day, self._open_review(hour - 10, levels), hour=hour)

    def _open_review(self, number: int, levels: int) -> Event:
        def happen(now: datetime) -> None:
            found = works_under_way(self.session, self.stage, local_date(now), REPORT_LEFT)
            if len(found) <= number:
                return
            work = found[number]
            self._upload(course_of(work), (REPORT,), now)
            self.reviewing.open(work.id, now)
            for _ in range(levels):
                self.reviewing.take(work.id, now)
            if levels == 1:
                self.reviewing.comment(work.id, 1, now)

        return happen

    def _decide_at(
        self, course: Course, day: date, kinds: Sequence[DeliverableKind], decision: Decision
    ) -> None:
        self.timeline.at(day, lambda now: self._decide(course, kinds, decision, now), hour=14)

    # --------------------------------------------------------------------------------------------- doing

    def _upload(self, course: Course, kinds: Sequence[DeliverableKind], now: datetime) -> None:
        actor = self.stage.agency_staff(course.agency_id, now)
        for kind in kinds:
            kept = self._paper(course, kind, now)
            deliverable = self._deliverable(course, kind)
            note = "按退回意见修改" if deliverable.state is DeliverableState.RETURNED else ""
            add_version(actor, self.session, deliverable, kept.stored, kept.name, note=note, now=now)

    def _upload_draft(self, now: datetime) -> None:
        engagement = work_under_way(self.session, self.stage, local_date(now))
        self._upload(course_of(engagement), (DRAFT,), now)

    def _submit(self, course: Course, now: datetime) -> None:
        actor = self.stage.agency_signer(course.agency_id, now)
        submit(actor, self.session, self.session.get_one(Engagement, course.engagement_id), now=now)

    def _decide(
        self, course: Course, kinds: Sequence[DeliverableKind], decision: Decision, now: datetime
    ) -> None:
        actor = self._commissioner(course, now)
        for kind in kinds:
            found = self._deliverable(course, kind)
            reason = RETURNS.get(kind, "") if decision is Decision.RETURNED else ""
            decide(actor, self.session, found, decision, reason, seen_version=found.version, now=now)

    def _paper(self, course: Course, kind: DeliverableKind, now: datetime) -> KeptFile:
        work, day = self.figures.of(course.engagement_id), local_date(now)
        name = f"{work.object_name}-{NAMES[kind]}-{day:%Y%m%d}"
        if kind is PAPERS:
            rows = work_paper_rows(work, Chance(course.name))
            return self.filing.work_papers(f"{work.object_name}工作底稿", rows, name, now)
        maker = {PLAN: plan_paper, DRAFT: draft_paper, REPORT: report_paper}[kind]
        return self.filing.paper(maker(work, day), name, now)

    def _deliverable(self, course: Course, kind: DeliverableKind) -> Deliverable:
        statement = select(Deliverable).where(
            Deliverable.engagement_id == course.engagement_id, Deliverable.kind == kind
        )
        return self.session.scalars(statement).one()

    def _commissioner(self, course: Course, now: datetime) -> Actor:
        if course.commissioner_id == self.stage.bureau.id:
            return self.stage.actor(content.SUPERVISOR, now)
        return self.stage.officer(course.commissioner_id, now)


def course_of(engagement: Engagement) -> Course:
    """A work that is not planned further than today."""
    return Course(
        engagement.id,
        engagement.agency_id,
        engagement.commissioner_id,
        engagement.work_kind,
        engagement.contract_signed_on,
        engagement.due_on,
        0,
        engagement.contract_number,
    )


def work_under_way(session: Session, stage: Stage, day: date) -> Engagement:
    return works_under_way(session, stage, day)[0]


def works_under_way(
    session: Session, stage: Stage, day: date, left: int = LENGTH_LEFT
) -> Sequence[Engagement]:
    """The newest between plan and draft, those of the agency that signs in first."""
    first = stage.agencies[0].id
    return session.scalars(
        select(Engagement)
        .join(Deliverable, Deliverable.engagement_id == Engagement.id)
        .where(
            Deliverable.kind == PLAN,
            Deliverable.state == DeliverableState.ACCEPTED,
            Engagement.bureau_id == stage.bureau.id,
            Engagement.state == EngagementState.CONTRACTED,
            Engagement.due_on > day + timedelta(days=left),
        )
        .order_by((Engagement.agency_id == first).desc(), Engagement.id.desc())
        .limit(8)
    ).all()
