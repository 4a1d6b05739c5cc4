"""A form of the bureau's own: published as law, used for a few contracts, with rules the shipped forms do not need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.assessments.forms.entry import Entry
from agencyqa.assessments.models import ScoreSheet
from agencyqa.assessments.services.review import finalise_sheet
from agencyqa.assessments.services.scoring import save_draft, submit_sheet
from agencyqa.assessments.services.sheets import open_sheets
from agencyqa.clock import local_date
from agencyqa.demo import content
from agencyqa.demo.setting import WAN, Stage
from agencyqa.demo.timeline import Timeline
from agencyqa.engagements.data import EngagementData
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.services.commissioning import create_engagement
from agencyqa.measures.enums import Purpose, WorkKind
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.queries import program_of
from agencyqa.measures.services import draft_scheme, publish_scheme
from agencyqa.objects.enums import BudgetType, ObjectKind
from agencyqa.objects.services import ObjectData, create_object
from agencyqa.scoring import parse_points

FORM = Path(__file__).with_name("own_form.yaml")
# The day in the file stands for the first day of the open year.
FIRST_DAY = "2000-01-01"

Answers = Mapping[str, Mapping[str, int | str | bool]]


@dataclass(frozen=True)
class Work:
    """``agency`` and ``department`` are positions in the demo's content; the unit is the department's first."""

    name: str
    agency: int
    department: int
    answers: Answers
    ending: str


WORKS = (
    Work(
        "医疗服务行业指标体系",
        1,
        1,
        {
            "on_time": {"days": 0, "class": "large"},
            "archive": {"declaration": True, "sources": True, "reviews": True},
            "coverage": {"actual": parse_points("46"), "planned": parse_points("48")},
            "usable": {"band": "strong", "value": parse_points("17.5")},
            "satisfaction": {"rating": 5},
            "adopted": {"value": parse_points("3")},
            "invented_data": {"raised": False},
        },
        "final",
    ),
    Work(
        "养老服务项目指标",
        8,
        2,
        {
            "on_time": {"days": 6, "class": "small"},
            "archive": {"declaration": True, "sources": False, "reviews": True},
            "coverage": {"actual": parse_points("20"), "planned": parse_points("24")},
            "usable": {"band": "fair", "value": parse_points("12")},
            "satisfaction": {"rating": 0},
            "adopted": {"value": parse_points("2")},
            "invented_data": {"raised": False},
        },
        "final",
    ),
    Work(
        "公共图书馆服务指标",
        9,
        4,
        {
            "on_time": {"days": 2, "class": "small"},
            "archive": {"declaration": True, "sources": True, "reviews": False},
            "coverage": {"actual": parse_points("30"), "planned": parse_points("30")},
            "usable": {"band": "fair", "value": parse_points("14")},
            "satisfaction": {"rating": 4},
            "adopted": {"value": 0},
            "invented_data": {"raised": True, "misled": False},
        },
        "submitted",
    ),
    Work(
        "基层卫生机构指标",
        2,
        1,
        {
            "archive": {"declaration": True, "sources": True, "reviews": False},
            "usable": {"band": "strong", "value": parse_points("16")},
        },
        "draft",
    ),
)


class OwnForm:
    def __init__(self, session: Session, stage: Stage, open_year: int) -> None:
        self.session = session
        self.stage = stage
        self.open_year = open_year

    def plan(self, timeline: Timeline) -> None:
        last = local_date(timeline.end)
        timeline.at(date(self.open_year, 1, 8), self._publish)
        timeline.at(last - timedelta(days=17), self._draft_next)
        for number in range(len(WORKS)):
            self._plan_work(number, last - timedelta(days=16 - number), timeline)

    def _plan_work(self, number: int, day: date, timeline: Timeline) -> None:
        timeline.at(day, lambda now: self._work(number, now, timeline))

    def _publish(self, now: datetime) -> None:
        text = FORM.read_text(encoding="utf-8").replace(FIRST_DAY, f"{self.open_year}-01-01")
        supervisor = self.stage.actor(content.SUPERVISOR, now)
        version = draft_scheme(supervisor, self.session, text, now=now)
        self.session.flush()
        lead = self.stage.actor(content.LEAD, now)
        publish_scheme(lead, self.session, version, seen_version=version.version, now=now)

    def _draft_next(self, now: datetime) -> None:
        """The form for the year to come is being written; nobody has published it."""
        text = FORM.read_text(encoding="utf-8").replace(FIRST_DAY, f"{self.open_year + 1}-01-01")
        draft_scheme(self.stage.actor(content.SUPERVISOR, now), self.session, text, now=now)

    def _work(self, number: int, now: datetime, timeline: Timeline) -> None:
        """The contract is entered late; its sheets are opened a few days on."""
        work, supervisor = WORKS[number], self.stage.actor(content.SUPERVISOR, now)
        signed = local_date(now) - timedelta(days=60)
        department = self.stage.departments[work.department]
        unit = self.stage.units[work.department][0]
        thing = create_object(
            supervisor,
            self.session,
            ObjectData(
                code=f"WZ{content.DEPARTMENTS[work.department].code}-9{number + 1:02}",
                name=work.name,
                kind=ObjectKind.PROJECT,
                budget_type=BudgetType.GENERAL_PUBLIC,
                budget_year=signed.year,
                department_id=department.id,
                amount=(180 + number * 40) * WAN,
            ),
            now=now,
        )
        engagement = create_engagement(
            supervisor,
            self.session,
            EngagementData(
                object_id=thing.id,
                commissioner_id=department.id,
                evaluated_unit_id=unit.id,
                agency_id=self.stage.agencies[work.agency].id,
                principal_evaluator_id=self.stage.evaluators[work.agency][0],
                work_kind=WorkKind.INDICATOR_SYSTEM,
                contract_number=f"望财绩标〔{signed.year}〕{number + 1:02}号",
                contract_signed_on=signed,
                due_on=signed + timedelta(days=90),
                fee=(5 + number) * WAN,
            ),
            now=now,
        )
        engagement_id, day = engagement.id, local_date(now)
        timeline.at(day + timedelta(days=3), lambda then: self._score(engagement_id, number, then, timeline))

    def _score(self, engagement_id: int, number: int, now: datetime, timeline: Timeline) -> None:
        engagement = self.session.get_one(Engagement, engagement_id)
        supervisor = self.stage.actor(content.SUPERVISOR, now)
        due = local_date(now) + timedelta(days=25)
        open_sheets(supervisor, self.session, engagement, due_on=due, now=now)
        sheet = self.session.scalars(
            select(ScoreSheet).where(
                ScoreSheet.engagement_id == engagement_id, ScoreSheet.scorer_role == Purpose.BUREAU
            )
        ).one()
        program = program_of(self.session.get_one(SchemeVersion, sheet.scheme_version_id))
        entry, work = Entry(answers=WORKS[number].answers), WORKS[number]
        if work.ending == "draft":
            save_draft(
                supervisor,
                self.session,
                sheet,
                program,
                entry,
                seen_version=sheet.version,
                editing_key=f"demo-own-{number}",
                now=now,
            )
            return
        submit_sheet(supervisor, self.session, sheet, program, entry, seen_version=sheet.version, now=now)
        if work.ending == "final":
            sheet_id = sheet.id
            timeline.at(local_date(now) + timedelta(days=2), lambda then: self._finalise(sheet_id, then))

    def _finalise(self, sheet_id: int, now: datetime) -> None:
        sheet = self.session.get_one(ScoreSheet, sheet_id)
        second = self.stage.actor(content.SECOND_SUPERVISOR, now)
        finalise_sheet(second, self.session, sheet, seen_version=sheet.version, now=now)
