"""How agencies come into the register and keep their record: an example of each state there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.agencies.applied import AppliedPerson, AppliedQualification
from agencyqa.agencies.enums import (
    AgencyKind,
    ApplicationAction,
    CredentialKind,
    Education,
    PersonRole,
    ProposalAction,
    ReportAction,
    Sector,
    TieKind,
)
from agencyqa.agencies.history import FIELDS
from agencyqa.agencies.models import Agency, Application, Appointment, ProfileProposal, SelfReport
from agencyqa.agencies.queries import current_profile
from agencyqa.agencies.services import (
    ApplicationData,
    AppointmentData,
    BranchData,
    CredentialData,
    PersonData,
    ProfileData,
    RecordData,
    ReportData,
    TieData,
    add_credential,
    add_to_application,
    appoint_evaluator,
    begin_application,
    decide_application,
    decide_proposal,
    decide_report,
    declare_tie,
    enter_record,
    invite_application,
    open_branch,
    open_report_year,
    propose_change,
    save_report,
    submit_application,
    withdraw_application,
    withdraw_proposal,
)
from agencyqa.clock import local_date
from agencyqa.demo import content, setting
from agencyqa.demo.keeping_records import KeepingRecords
from agencyqa.demo.setting import Stage
from agencyqa.demo.timeline import Timeline

A = ApplicationAction
# Invented names that no agency of the year bears.
APPLICANTS = (
    ("云汀望潮绩效评估有限公司", "陆听澜", None),
    ("云汀问渠会计师事务所", "沈知行", A.RETURN),
    ("云汀秉烛咨询有限公司", "顾怀远", A.REFUSE),
    ("云汀听雨资产评估有限公司", "叶疏影", A.WITHDRAW),
    ("云汀松风绩效咨询有限公司", "白既明", A.ADMIT),
)
DRAFT, INVITED = "云汀采薇研究院", "云汀临川律师事务所"
# Codes of applicants; those of the year's agencies and of the applicant on paper come before.
FIRST_CODE = 200
# Which agencies (by position) propose what becomes of it, and how far their reports have come.
PROPOSERS = {1: ProposalAction.CONFIRM, 2: ProposalAction.DECLINE, 3: ProposalAction.WITHDRAW, 0: None}
REPORTERS = {0: ReportAction.ACCEPT, 1: ReportAction.SUBMIT, 2: ReportAction.RETURN, 3: ReportAction.ACCEPT}
LATE_REPORTER = 3


class Registering:
    def __init__(self, session: Session, stage: Stage, open_year: int, records: KeepingRecords) -> None:
        self.session = session
        self.stage = stage
        self.open_year = open_year
        self.records = records

    def plan(self, timeline: Timeline) -> None:
        last = local_date(timeline.end)
        timeline.at(last - timedelta(days=100), self._complete_records)
        timeline.at(last - timedelta(days=70), self._open_reports)
        timeline.at(last - timedelta(days=60), self._report)
        timeline.at(last - timedelta(days=25), self._report_late)
        timeline.at(last - timedelta(days=20), self._propose)
        timeline.at(last - timedelta(days=12), self._apply)
        timeline.at(last - timedelta(days=5), self._decide)

    # ------------------------------------------------------------------------------------------- the record

    def _complete_records(self, now: datetime) -> None:
        """Staff, an expert, papers that end soon, a record, a branch and a person's tie."""
        supervisor, day = self.stage.actor(content.SUPERVISOR, now), local_date(now)
        for number, agency in enumerate(self.stage.agencies):
            for role, name, education in (
                (PersonRole.STAFF, f"助理{'甲乙丙丁戊己庚辛壬癸子丑'[number]}", Education.BACHELOR),
                (PersonRole.EXPERT, f"专家{'甲乙丙丁戊己庚辛壬癸子丑'[number]}", Education.DOCTOR),
            ):
                data = AppointmentData(
                    PersonData(name, title="教授" if role is PersonRole.EXPERT else "", education=education),
                    day,
                    role=role,
                )
                appoint_evaluator(supervisor, self.session, agency, data, now=now)
            place = self._evaluator(agency)
            # Some end so that each of the warnings has been given.
            ends = day + timedelta(days=100 + 30 * number)
            licence = CredentialData(
                CredentialKind.LICENCE,
                "注册会计师",
                f"YT-{number + 1:04}",
                "云汀市注册会计师协会（演示）",
                None,
                ends,
            )
            add_credential(supervisor, self.session, place, licence, now=now)
        place = self._evaluator(self.stage.agencies[setting.SUSPENDED_AGENCY])
        entry = RecordData(
            day - timedelta(days=400),
            "云汀市注册会计师协会（演示）",
            "底稿缺失，警告。",
            day - timedelta(days=35),
        )
        enter_record(supervisor, self.session, place, entry, now=now)
        branch = BranchData("望洲分部", date(2015, 3, 1), "云汀市望洲区演示路8号", "苏合")
        open_branch(supervisor, self.session, self.stage.agencies[0], branch, now=now)
        first = self._evaluator(self.stage.agencies[0])
        tie = TieData(
            self.stage.departments[setting.TIED_DEPARTMENT].id,
            TieKind.RELATIVE,
            day,
            person_id=first.person_id,
            other_name="配偶在该单位财务科任职",
        )
        declare_tie(supervisor, self.session, self.stage.agencies[0], tie, now=now)

    def _evaluator(self, agency: Agency) -> Appointment:
        return self.session.scalars(
            select(Appointment)
            .where(Appointment.agency_id == agency.id, Appointment.role == PersonRole.PRINCIPAL_EVALUATOR)
            .order_by(Appointment.id)
            .limit(1)
        ).one()

    # ------------------------------------------------------------------------------------------- reports

    def _open_reports(self, now: datetime) -> None:
        open_report_year(
            self.stage.actor(content.LEAD, now),
            self.session,
            year=local_date(now).year,
            opened_on=local_date(now),
            working_days=20,
            now=now,
        )

    def _report(self, now: datetime) -> None:
        for number, action in REPORTERS.items():
            if number != LATE_REPORTER:
                self._hand_in(number, action, now)

    def _report_late(self, now: datetime) -> None:
        self._hand_in(LATE_REPORTER, REPORTERS[LATE_REPORTER], now)

    def _hand_in(self, number: int, action: ReportAction, now: datetime) -> None:
        agency = self.stage.agencies[number]
        report = self.session.scalars(select(SelfReport).where(SelfReport.agency_id == agency.id)).one()
        save_report(
            self.stage.agency_manager(agency.id, now),
            self.session,
            report,
            ReportData("本年度承接委托业务若干项，均按合同完成。", "无变化", "无", is_record_right=True),
            is_submitted=True,
            seen_version=report.version,
            now=now,
        )
        if action is not ReportAction.SUBMIT:
            decide_report(
                self.stage.actor(content.SUPERVISOR, now),
                self.session,
                report,
                action,
                reason="请补充培训情况。" if action is ReportAction.RETURN else "",
                seen_version=report.version,
                now=now,
            )

    # ------------------------------------------------------------------------------------------- proposals

    def _propose(self, now: datetime) -> None:
        for number, action in PROPOSERS.items():
            agency = self.stage.agencies[number]
            manager = self.stage.agency_manager(agency.id, now)
            before = current_profile(self.session, agency.id)
            wanted = ProfileData(**{name: getattr(before, name) for name in FIELDS})
            proposal = propose_change(
                manager,
                self.session,
                agency,
                self.stage.bureau.id,
                replace(
                    wanted,
                    contact_phone=f"000-5551{number:04}",
                    sectors=tuple(Sector)[number * 2 : number * 2 + 3],
                ),
                effective_on=local_date(now),
                reason="更换联系电话，补充业务领域。",
                now=now,
            )
            self._settle(proposal, action, now)

    def _settle(self, proposal: ProfileProposal, action: ProposalAction | None, now: datetime) -> None:
        if action is ProposalAction.WITHDRAW:
            manager = self.stage.agency_manager(proposal.agency_id, now)
            withdraw_proposal(manager, self.session, proposal, now=now)
        elif action is not None:
            decide_proposal(
                self.stage.actor(content.SUPERVISOR, now),
                self.session,
                proposal,
                action,
                reason="请附证明材料后重新提出。" if action is ProposalAction.DECLINE else "",
                seen_version=proposal.version,
                now=now,
            )

    # ------------------------------------------------------------------------------------------- applications

    def _apply(self, now: datetime) -> None:
        for number, (name, head, _) in enumerate(APPLICANTS):
            made, _ = begin_application(
                self.session, self.stage.bureau.id, self._data(name, head, number), now=now
            )
            for item in (
                AppliedQualification(
                    "会计师事务所执业证书（演示）", f"YT-2020-{number + 1:03}", "云汀市财政局（演示）"
                ),
                AppliedPerson(
                    head, "高级会计师", f"演示证书 {FIRST_CODE + number}", date(2008, 7, 1), date(2014, 9, 1)
                ),
            ):
                add_to_application(self.session, made, item, now=now)
            self.records.hand_in_papers(made, now)
            submit_application(self.session, made, now=now)
        begin_application(self.session, self.stage.bureau.id, self._data(DRAFT, "温如故", 5), now=now)
        supervisor = self.stage.actor(content.SUPERVISOR, now)
        invite_application(supervisor, self.session, self._data(INVITED, "", 6), now=now)

    def _data(self, name: str, head: str, number: int) -> ApplicationData:
        profile = ProfileData(
            name,
            AgencyKind.CONSULTING_FIRM,
            head,
            founded_on=date(2016, 4, 8),
            address=f"云汀市望洲区演示路{300 + number}号",
            contact_name=head,
            contact_phone=f"000-5552{number:04}",
        )
        code = setting.credit_code(FIRST_CODE + number)
        return ApplicationData(code, profile, "专门从事预算绩效评价。", has_declared=bool(head))

    def _decide(self, now: datetime) -> None:
        lead = self.stage.actor(content.LEAD, now)
        for name, _, action in APPLICANTS:
            application = self.session.scalars(select(Application).where(Application.name == name)).one()
            if action is A.WITHDRAW:
                withdraw_application(self.session, application, now=now)
            elif action is not None:
                decide_application(
                    lead,
                    self.session,
                    application,
                    action,
                    reason={
                        A.RETURN: "请补充近三年业绩。",
                        A.REFUSE: "与委托方存在隶属关系，不符合独立性要求。",
                        A.ADMIT: "材料齐全，符合入库条件。",
                    }[action],
                    provision_key="M1/independence" if action is A.REFUSE else None,
                    effective_on=local_date(now),
                    seen_version=application.version,
                    now=now,
                )
