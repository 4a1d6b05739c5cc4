"""How the demo's agencies were found: selections in every state, and an agency that a result keeps out next year."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from agencyqa.clock import local_date
from agencyqa.demo import content
from agencyqa.demo.setting import Stage
from agencyqa.engagements.data import EngagementData
from agencyqa.engagements.selection.enums import SelectionMethod
from agencyqa.engagements.selection.models import Selection
from agencyqa.engagements.selection.services import (
    CandidateData,
    ExclusionData,
    SelectionData,
    begin_selection,
    cancel_selection,
    decide_selection,
    enter_candidate,
    exclude_agency,
    withdraw_exclusion,
)
from agencyqa.measures.enums import WorkKind
from agencyqa.scoring import SCALE

METHODS = (SelectionMethod.CONSULTATION, SelectionMethod.FRAMEWORK, SelectionMethod.INQUIRY)
# Positions of agencies: last in the published year; entered by mistake.
LAST, MISTAKEN = 9, 8


class Selecting:
    def __init__(self, session: Session, stage: Stage, open_year: int) -> None:
        self.session = session
        self.stage = stage
        self.open_year = open_year

    def choose(self, data: EngagementData, number: int, now: datetime) -> None:
        """Three candidates; the one who is to get the contract has the best score."""
        selection = self._begin(data, data.work_kind, METHODS[number % len(METHODS)], now)
        ids = [agency.id for agency in self.stage.agencies]
        start = ids.index(data.agency_id)
        for place in range(3):
            self._enter(selection, ids[(start + place) % len(ids)], data.fee, place, now)
        decide_selection(
            self.stage.actor(content.SUPERVISOR, now),
            self.session,
            selection,
            data.agency_id,
            "综合得分最高，团队熟悉该领域，报价合理。",
            seen_version=selection.version,
            now=now,
        )

    def leave_open(self, data: EngagementData, now: datetime) -> None:
        """Further work on the same object: selections under way, decided, and come to nothing."""
        running = self._begin(data, WorkKind.RESEARCH, SelectionMethod.FRAMEWORK, now)
        self._enter(running, self.stage.agencies[1].id, data.fee // 2, 0, now)
        decided = self._begin(data, WorkKind.EX_ANTE, SelectionMethod.INQUIRY, now)
        chosen = self.stage.agencies[2].id
        self._enter(decided, chosen, data.fee // 3, 0, now)
        decide_selection(
            self.stage.actor(content.SUPERVISOR, now),
            self.session,
            decided,
            chosen,
            "报价最低且符合要求。",
            seen_version=decided.version,
            now=now,
        )
        vain = self._begin(data, WorkKind.INDICATOR_SYSTEM, SelectionMethod.OPEN_TENDER, now)
        cancel_selection(
            self.stage.actor(content.SUPERVISOR, now),
            self.session,
            vain,
            "递交响应文件的机构不足三家。",
            seen_version=vain.version,
            now=now,
        )

    def exclude(self, now: datetime) -> None:
        """The last of the published year is skipped in the next one; another entry was a mistake."""
        lead, year = self.stage.actor(content.LEAD, now), self.open_year + 1
        entries = [
            exclude_agency(
                lead,
                self.session,
                ExclusionData(
                    self.stage.agencies[position].id,
                    date(year, 1, 1),
                    date(year, 12, 31),
                    "上一年度质量考核排名靠后，下一年度不选取。",
                    self.open_year - 1,
                    "中",
                ),
                now=now,
            )
            for position in (LAST, MISTAKEN)
        ]
        later = now + timedelta(hours=1)
        withdraw_exclusion(lead, self.session, entries[1], "机构选错，已更正。", now=later)

    def _begin(
        self, data: EngagementData, kind: WorkKind, method: SelectionMethod, now: datetime
    ) -> Selection:
        return begin_selection(
            self.stage.actor(content.SUPERVISOR, now),
            self.session,
            SelectionData(
                data.object_id, kind, data.commissioner_id, data.evaluated_unit_id, method, local_date(now)
            ),
            now=now,
        )

    def _enter(self, selection: Selection, agency_id: int, fee: int, place: int, now: datetime) -> None:
        offer, score = fee + place * 350_000, (91 - place * 3) * SCALE
        enter_candidate(
            self.stage.actor(content.SUPERVISOR, now),
            self.session,
            selection,
            CandidateData(agency_id, offer, score),
            seen_version=selection.version,
            now=now,
        )
