"""What happens in the demo: one year assessed and published, the next one in the middle of its work.

Everything goes through the services that the pages use, at invented times, so that rules, audit log and messages are
real. Sheets end in every state; one sheet of the published year is missing, so one agency stays provisional.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from agencyqa.clock import local_date
from agencyqa.demo import content
from agencyqa.demo.assisting import Assisting
from agencyqa.demo.chance import Chance
from agencyqa.demo.content import OBJECTS, ObjectContent
from agencyqa.demo.contracting import Contracting
from agencyqa.demo.evaluating import Evaluating
from agencyqa.demo.figures import Figures
from agencyqa.demo.filing import Filing
from agencyqa.demo.handing_in import Course, Ending, HandingIn
from agencyqa.demo.independence import Independence
from agencyqa.demo.inspecting import Inspecting
from agencyqa.demo.planning import Planning
from agencyqa.demo.scoring import Scoring
from agencyqa.demo.selecting import Selecting
from agencyqa.demo.setting import SUSPENDED_AGENCY, TIED_DEPARTMENT, WAN, YUAN, Stage
from agencyqa.demo.terms import Terms
from agencyqa.demo.timeline import Timeline
from agencyqa.engagements.contracts.enums import SubcontractAction
from agencyqa.engagements.data import EngagementData
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.services.commissioning import create_engagement
from agencyqa.engagements.services.progress import complete_engagement, terminate_engagement
from agencyqa.measures.enums import WorkKind
from agencyqa.objects.services import ObjectData, create_object

EX_ANTE_COUNT = 12
# Of the open year: the contract that was ended, those about which the agency has fallen silent, and the newest.
TERMINATED, OVERDUE, NEWEST = 7, frozenset({12, 15}), len(OBJECTS) - 1
# Of the open year: whose principal evaluator had something to state.
STATED = 3
# Where the agency wanted to give a part away, and what was answered.
REQUESTS = {
    1: SubcontractAction.CONSENT,
    2: SubcontractAction.REFUSE,
    4: SubcontractAction.WITHDRAW,
    15: None,
}
# For which a selection was recorded.
SELECTED = frozenset(range(6)) | {NEWEST}
# Whose principal evaluator was replaced, and for whom another one waits for consent.
REPLACED, PROPOSED, REFUSED = 5, 12, 12
# Where something came to be stated later: whether it was decided to replace the person, and whether that was done.
CASES = {TERMINATED: (False, False), 8: (True, True), 15: (True, False)}
# Of the past year: where an assistant left before he had signed, and where one had a relative in the unit.
LEFT, RELATED = 4, 6
LENGTHS = {WorkKind.EVALUATION: 90, WorkKind.EX_ANTE: 45}
# The agency whose second report of the past year came on paper only, and the one that corrected its record.
ON_PAPER_AGENCY, CORRECTING_AGENCY = 10, 8
LATE_AGENCIES = frozenset({8, 9})


class Story:
    def __init__(self, session: Session, stage: Stage, timeline: Timeline, open_year: int) -> None:
        self.session = session
        self.stage = stage
        self.timeline = timeline
        self.open_year = open_year
        self.past_year = open_year - 1
        self.chance = Chance("AgencyQA demo")
        filing, figures = Filing(session), Figures(session, stage, open_year)
        self.scoring = Scoring(session, stage, timeline, open_year)
        self.handing_in = HandingIn(session, stage, timeline, filing, figures)
        self.independence = Independence(session, stage, timeline)
        self.assisting = Assisting(session, stage, timeline)
        self.selecting = Selecting(session, stage, open_year)
        self.contracting = Contracting(session, stage, timeline)
        self.evaluating = Evaluating(session, stage, timeline, figures)
        self.inspecting = Inspecting(session, stage, timeline, filing, open_year)

    def plan(self) -> None:
        """Put the whole story on the timeline."""
        for number in range(len(OBJECTS)):
            day = date(self.past_year, 2, 15) + timedelta(days=number * 6)
            self._commission_at(day, number, WorkKind.EVALUATION, "评")
        for number in range(EX_ANTE_COUNT):
            day = date(self.past_year, 7, 18) + timedelta(days=number * 4)
            self._commission_at(day, number * 2, WorkKind.EX_ANTE, "事")
        first = date(self.open_year, 1, 1)
        self.timeline.at(date(self.open_year, 1, 8), lambda now: self.contracting.enter_table(first, now))
        planning = Planning(self.session, self.stage, self.open_year)
        self.timeline.at(date(self.open_year, 1, 15), planning.approve_first)
        self.timeline.at(date(self.open_year, 6, 20), planning.adjust, hour=17)
        self.timeline.at(local_date(self.timeline.end) - timedelta(days=2), planning.draft_next, hour=9)
        self.timeline.at(date(self.open_year, 3, 20), self.selecting.exclude)
        self.scoring.plan()
        self.inspecting.plan()
        self.evaluating.plan_assignments(date(self.open_year, 1, 26))
        # The open year is told backwards from its end, so that some of it is always still to be done.
        last = local_date(self.timeline.end)
        self.handing_in.plan_waiting_file(last - timedelta(days=1))
        self.handing_in.plan_open_drafts(last - timedelta(days=2))
        self.handing_in.plan_open_reviews(last - timedelta(days=1))
        Terms(self.session, self.stage).plan(self.timeline, last)
        self.evaluating.plan_unfinished(last - timedelta(days=1))
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
        data = EngagementData(
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
            due_on=day + timedelta(days=LENGTHS[kind]),
            fee=self._fee(item, kind),
        )
        is_open = day.year == self.open_year and kind is WorkKind.EVALUATION
        if is_open and number in SELECTED:
            self.selecting.choose(data, number, now)
        engagement = create_engagement(supervisor, self.session, data, now=now)
        if is_open:
            self.contracting.agree(engagement, number, now)
        if is_open and number in REQUESTS:
            self.contracting.plan_request(engagement.id, day + timedelta(days=9), REQUESTS[number])
        if is_open and number == NEWEST:
            self.selecting.leave_open(data, now)
        self._plan_independence(engagement, number)
        if day.year == self.past_year and kind is WorkKind.EVALUATION and number == LEFT:
            self.assisting.plan_one_who_left(engagement.id, day)
        if day.year == self.past_year and kind is WorkKind.EVALUATION and number == RELATED:
            self.assisting.plan_one_who_stayed(engagement.id, day)
        self._plan_work(engagement, number, position, kind)

    def _plan_independence(self, engagement: Engagement, number: int) -> None:
        is_open = engagement.assessment_year == self.open_year
        day = engagement.contract_signed_on
        self.independence.plan_declaration(engagement.id, day, has_statement=is_open and number == STATED)
        if is_open and number == REPLACED:
            self.independence.plan_replacement(engagement.id, day + timedelta(days=12))
        if is_open and number in CASES:
            is_decided, is_replaced = CASES[number]
            later = day + timedelta(days=8)
            self.independence.plan_case(engagement.id, later, is_decided=is_decided, is_replaced=is_replaced)
        if is_open and number == REFUSED:
            self.independence.plan_refusal(engagement.id, day + timedelta(days=10))
            self.independence.plan_wrong_tie(engagement.id, day + timedelta(days=20))
        if is_open and number == PROPOSED:
            self.independence.plan_proposal(engagement.id, day + timedelta(days=30))
        if is_open and number == NEWEST:
            last = local_date(self.timeline.end)
            self.independence.plan_late_tie(engagement.id, last - timedelta(days=1))

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

    def _plan_work(self, engagement: Engagement, number: int, position: int, kind: WorkKind) -> None:
        """Good agencies finish in time, weak ones often late; of the newest contracts the agency still works on."""
        day, is_open = engagement.contract_signed_on, engagement.assessment_year == self.open_year
        quality, length = content.AGENCIES[position].quality, LENGTHS[kind]
        is_late = self._is_late(number, position, kind, day)
        days = length + 11 if is_late else length - 3 - self.chance.number(f"{day}/{number}/early", 14)
        completed = day + timedelta(days=days)
        course = Course(
            engagement.id,
            engagement.agency_id,
            engagement.commissioner_id,
            kind,
            day,
            completed,
            quality,
            engagement.contract_number,
        )
        if is_open and number == TERMINATED:
            self._plan_termination(course)
            return
        ending = self._ending(number, position, kind, is_open=is_open)
        self.handing_in.plan(course, ending)
        if is_open and number in OVERDUE:
            return
        if kind is WorkKind.EVALUATION and ending is Ending.USUAL and (not is_open or number % 2 == 0):
            is_corrected = not is_open and position == CORRECTING_AGENCY and number >= len(OBJECTS) // 2
            self.evaluating.plan(course, is_corrected=is_corrected)
        self.timeline.at(completed, lambda now: self._complete(course.engagement_id, number, now), hour=16)

    def _is_late(self, number: int, position: int, kind: WorkKind, day: date) -> bool:
        """The second report of two weak agencies comes late in every year, others now and then."""
        if kind is WorkKind.EVALUATION and number >= len(OBJECTS) // 2 and position in LATE_AGENCIES:
            return True
        return self.chance.happens(f"{day}/{number}/late", (104 - content.AGENCIES[position].quality) // 2)

    def _ending(self, number: int, position: int, kind: WorkKind, *, is_open: bool) -> Ending:
        if is_open:
            if number in OVERDUE:
                return Ending.SILENT
            return Ending.WAITING if number == NEWEST else Ending.USUAL
        is_second = kind is WorkKind.EVALUATION and number >= len(OBJECTS) // 2
        return Ending.ON_PAPER if is_second and position == ON_PAPER_AGENCY else Ending.USUAL

    def _plan_termination(self, course: Course) -> None:
        """A check was planned, too; it does not take place."""
        ended = course.day + timedelta(days=30)
        self.inspecting.plan_vain_check(course.engagement_id, course.day + timedelta(days=20), ended)
        self.timeline.at(ended, lambda now: self._terminate(course.engagement_id, now), hour=15)

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
            opened = local_date(now) + timedelta(days=5)
            self.scoring.plan_opening(engagement_id, number, opened)
