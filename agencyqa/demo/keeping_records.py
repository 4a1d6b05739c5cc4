"""What stands in the records of the demo's agencies: papers, sealed fields, and changes proposed in every state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session
from stdnum.cn import ric

from agencyqa.accounts.models import Body
from agencyqa.agencies.enums import (
    CredentialKind,
    DocumentKind,
    Education,
    Matter,
    PersonRole,
    ProposalAction,
    TieKind,
)
from agencyqa.agencies.models import Agency, Application, Appointment
from agencyqa.agencies.sealing import Keyring
from agencyqa.agencies.services import (
    AdmissionTerms,
    AppointmentData,
    CredentialData,
    DocumentData,
    PersonData,
    PrivateData,
    QualificationData,
    TieData,
    add_document,
    add_paper,
    change_private,
    decide_entry_proposal,
    enter_admission_conditions,
    propose_entry,
    withdraw_entry_proposal,
)
from agencyqa.clock import local_date
from agencyqa.demo import content, setting
from agencyqa.demo.filing import Filing
from agencyqa.demo.papers import MARK, Paper, Part
from agencyqa.demo.setting import INVENTED, Stage
from agencyqa.demo.timeline import Timeline
from agencyqa.files.uploads import KeptFile

B = ProposalAction
# What the bureau asks of an application, and what each agency has handed in long ago.
ASKED = (DocumentKind.BUSINESS_LICENCE, DocumentKind.QUALITY_CONTROL)
RULES = (DocumentKind.QUALITY_CONTROL, DocumentKind.CONFIDENTIALITY)
NAMES = {
    DocumentKind.BUSINESS_LICENCE: "营业执照",
    DocumentKind.QUALITY_CONTROL: "质量控制制度",
    DocumentKind.CONFIDENTIALITY: "保密制度",
    DocumentKind.TRAINING: "培训制度",
}
# There is no place with this number, so nobody's identity number begins with it.
NOWHERE = "999999"


@dataclass(frozen=True)
class Wanted:
    """``by``: position of the agency. ``action`` is None for what still waits."""

    by: int
    matter: Matter
    data: Any
    reason: str
    action: ProposalAction | None
    with_file: bool = False
    of_evaluator: bool = False


class KeepingRecords:
    def __init__(self, session: Session, stage: Stage) -> None:
        self.session = session
        self.stage = stage
        self.filing = Filing(session)
        self.keys = Keyring(current_app.config["SETTINGS"].field_keys)

    def plan(self, timeline: Timeline) -> None:
        last = local_date(timeline.end)
        timeline.at(last - timedelta(days=200), self._lay_down)
        timeline.at(last - timedelta(days=99), self._file_rules)
        timeline.at(last - timedelta(days=98), self._seal)
        timeline.at(last - timedelta(days=18), self._propose)

    def hand_in_papers(self, application: Application, now: datetime) -> None:
        """All that the bureau asks for."""
        for kind in ASKED:
            kept = self._paper(application.name, kind, now)
            add_paper(self.session, application, kind, kept.stored, kept.name, now=now)

    def _lay_down(self, now: datetime) -> None:
        data = AdmissionTerms(local_date(now), 1, 1, 3, ASKED, INVENTED)
        enter_admission_conditions(self.stage.actor(content.LEAD, now), self.session, data, now=now)

    def _file_rules(self, now: datetime) -> None:
        supervisor = self.stage.actor(content.SUPERVISOR, now)
        for number, agency in enumerate(self.stage.agencies):
            name = self.session.get_one(Body, agency.id).name
            # Some have handed in one rule only, and the last none.
            for kind in RULES[: 2 - number % 2] if number < len(self.stage.agencies) - 1 else ():
                kept = self._paper(name, kind, now)
                add_document(
                    supervisor,
                    self.session,
                    agency,
                    kind,
                    kept.stored,
                    kept.name,
                    valid_from=date(2020, 1, 1),
                    now=now,
                )

    def _seal(self, now: datetime) -> None:
        """Of the first evaluators, as far as this installation has a key."""
        if self.keys.is_empty:
            return
        supervisor = self.stage.actor(content.SUPERVISOR, now)
        for number, agency in enumerate(self.stage.agencies[:4]):
            born = date(1978 + number, 3, 5 + number)
            stem = f"{NOWHERE}{born:%Y%m%d}{101 + number}"
            data = PrivateData(stem + ric.calc_check_digit(f"{stem}0"), born, f"000-5559{number:04}")
            change_private(supervisor, self.session, self._evaluator(agency), data, keys=self.keys, now=now)

    def _propose(self, now: datetime) -> None:
        for wanted in self._wanted(local_date(now)):
            agency = self.stage.agencies[wanted.by]
            manager = self.stage.agency_manager(agency.id, now)
            kept = None
            if wanted.with_file:
                kind = wanted.data.kind if wanted.matter is Matter.DOCUMENT else DocumentKind.BUSINESS_LICENCE
                kept = self._paper(self.session.get_one(Body, agency.id).name, kind, now)
            proposal = propose_entry(
                manager,
                self.session,
                agency,
                self.stage.bureau.id,
                wanted.matter,
                wanted.data,
                target_id=self._evaluator(agency).id if wanted.of_evaluator else None,
                reason=wanted.reason,
                stored=kept.stored if kept else None,
                file_name=kept.name if kept else "",
                now=now,
            )
            if wanted.action is B.WITHDRAW:
                withdraw_entry_proposal(manager, self.session, proposal, now=now)
            elif wanted.action is not None:
                decide_entry_proposal(
                    self.stage.actor(content.SUPERVISOR, now),
                    self.session,
                    proposal,
                    wanted.action,
                    reason="请附劳动合同后重新提出。" if wanted.action is B.DECLINE else "",
                    seen_version=proposal.version,
                    now=now,
                )

    def _wanted(self, day: date) -> tuple[Wanted, ...]:
        newcomer = PersonData("江见月", title="会计师", education=Education.MASTER)
        title = CredentialData(CredentialKind.TITLE, "正高级会计师", "YT-ZG-001", "云汀市人社局（演示）", day)
        training = DocumentData(DocumentKind.TRAINING, day)
        paper = QualificationData("绩效评价业务备案（演示）", "YT-BA-002", "云汀市财政局（演示）", day)
        school = self.stage.departments[setting.TIED_DEPARTMENT].id
        tie = TieData(school, TieKind.ADVISORY, day, note="拟承接内部控制咨询")
        staff = AppointmentData(newcomer, day, role=PersonRole.STAFF)
        return (
            Wanted(0, Matter.DOCUMENT, training, "新订培训制度。", None, with_file=True),
            Wanted(0, Matter.CREDENTIAL, title, "晋升职称。", None, of_evaluator=True),
            Wanted(1, Matter.QUALIFICATION, paper, "新取得备案。", B.CONFIRM, with_file=True),
            Wanted(2, Matter.PERSON, staff, "新聘人员。", B.DECLINE),
            Wanted(3, Matter.TIE, tie, "拟承接咨询，后未成。", B.WITHDRAW),
        )

    def _evaluator(self, agency: Agency) -> Appointment:
        return self.session.scalars(
            select(Appointment)
            .where(Appointment.agency_id == agency.id, Appointment.role == PersonRole.PRINCIPAL_EVALUATOR)
            .order_by(Appointment.id)
            .limit(1)
        ).one()

    def _paper(self, agency: str, kind: DocumentKind, now: datetime) -> KeptFile:
        title = NAMES[kind]
        paper = Paper(
            title, MARK, agency, (("机构", agency),), (Part("正文", (f"{agency}的{title}。{MARK}。",)),)
        )
        return self.filing.paper(paper, f"{agency}-{title}", now)
