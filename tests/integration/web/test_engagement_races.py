"""Work in hand: two of a body act on the same thing at once. One wins, the other reads why and keeps what he typed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from http import HTTPStatus
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from agencyqa.accounts.models import Body
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.engagements.archive.models import RetentionRule, SealedArchive
from agencyqa.engagements.contracts.models import Subcontract
from agencyqa.engagements.contracts.services import SubcontractData, request_subcontract
from agencyqa.engagements.deliverables.enums import Decision, DeliverableKind
from agencyqa.engagements.deliverables.models import Deliverable
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.opinions.models import UnitOpinion
from agencyqa.engagements.review.enums import MarkKind, ReviewState
from agencyqa.engagements.review.models import InternalReview, ReviewMark
from agencyqa.engagements.review.services import open_review
from agencyqa.engagements.schedule.models import Milestone
from agencyqa.engagements.selection.enums import SelectionMethod, SelectionState
from agencyqa.engagements.selection.models import Selection
from agencyqa.engagements.selection.services import (
    CandidateData,
    SelectionData,
    begin_selection,
    decide_selection,
    enter_candidate,
)
from agencyqa.engagements.team.enums import TeamRole
from agencyqa.engagements.team.models import TeamChange
from agencyqa.engagements.team.services import ChangeData, propose_change
from agencyqa.extensions import db
from agencyqa.measures.enums import WorkKind
from tests.factories.accounts import NOW, make_bureau, make_member, user_of
from tests.factories.agencies import make_agency, make_evaluator
from tests.factories.deliverables import decide, make_deliverable, make_handed_in, make_version
from tests.factories.milestones import make_milestone
from tests.factories.objects import make_object
from tests.factories.opinions import make_opinion
from tests.integration.reports.world import District, make_district
from tests.integration.web.race import Race, kept

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)

ONE, OTHER = "先说的话：甲方认为材料不全", "后说的话：乙方认为口径不一"
SAID = (ONE, OTHER)


class Stage:
    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            session = db.session()
            district = make_district(
                session, make_bureau(session, "市财政局"), "区财政局", "区教育局", "甲机构"
            )
            agency = session.get_one(Body, district.agency.id)
            pairs = {
                "bureau": (district.lead, district.supervisor),
                "department": (
                    district.officer,
                    make_member(session, district.department, Role.DEPARTMENT_OFFICER),
                ),
                "agency": (district.manager, make_member(session, agency, Role.AGENCY_MANAGER)),
            }
            self.rows = _rows(app, session, district)
            names = {
                name: [user_of(session, person).username for person in pair] for name, pair in pairs.items()
            }
            session.commit()
            session.expunge_all()
        self.bureau, self.department, self.agency = (Race(app, names[name]) for name in pairs)

    def row(self, model: type[Any], row_id: int) -> Any:
        with self.app.app_context():
            found = db.session.get_one(model, row_id)
            db.session.refresh(found)
            db.session.expunge(found)
            return found

    def count(self, statement: sa.Select[Any]) -> int:
        with self.app.app_context():
            return int(db.session.scalar(statement) or 0)

    def logged(self, *events: str) -> int:
        """Successful steps of these kinds in the log."""
        return self.count(
            sa.select(sa.func.count()).where(AuditEntry.event.in_(events), AuditEntry.refused.is_(False))
        )

    def race(self, pair: Race, path: str, *changes: dict[str, Any], **more: Any) -> int:
        """Both send the form of one page; which of them won. The other keeps his words."""
        sent = [{**pair.page(number, path), **given} for number, given in enumerate(changes)]
        _, lost, winner = pair.run(*((path, each) for each in sent), **more)
        kept(lost, SAID[1 - winner])
        return winner


def _rows(app: Flask, session: Session, district: District) -> dict[str, int]:
    """Everything that is raced for, in one district."""
    manager, supervisor = district.actor(district.manager), district.actor(district.supervisor)
    running, archived = district.engage("项目一"), district.engage("项目二")
    draft = make_handed_in(session, running, DeliverableKind.DRAFT)
    report = make_deliverable(session, running, DeliverableKind.REPORT, due_on=date(2022, 6, 30))
    make_version(session, running, report)
    review = open_review(manager, session, running, "", now=NOW)
    share = SubcontractData("云汀测绘院", "测量", 100_000, "专业设备")
    subcontract = request_subcontract(manager, session, running, share, now=NOW)
    newcomer = make_evaluator(session, district.bureau, district.agency, "李主评").person_id
    change = ChangeData(newcomer, None, TeamRole.MEMBER, "人手不足")
    team_change = propose_change(manager, session, running, change, now=NOW)
    # A finished work whose file is whole.
    accepted = make_handed_in(session, archived, DeliverableKind.REPORT, app=app)
    decide(session, archived, session.get_one(Deliverable, accepted.deliverable_id), Decision.ACCEPTED)
    passed = session.scalars(
        sa.select(InternalReview).where(InternalReview.engagement_id == archived.id)
    ).one()
    session.add_all(
        ReviewMark(review_id=passed.id, kind=kind, name="x", set_on=NOW.date(), note="", recorded_at=NOW)
        for kind in MarkKind
    )
    archived.state, archived.completed_on = EngagementState.COMPLETED, NOW.date()
    session.add(
        RetentionRule(
            bureau_id=district.bureau.id, valid_from=date(2020, 1, 1), years=10, source="x", entered_at=NOW
        )
    )
    rival = make_agency(session, district.bureau, "乙机构")
    chosen, signed, overtaken = (
        _selection(session, district, supervisor, f"选取{number}", rival.id) for number in (1, 2, 3)
    )
    for each in (signed, overtaken):
        decide_selection(supervisor, session, each, rival.id, "得分最高", seen_version=each.version, now=NOW)
    session.flush()
    return {
        "running": running.id,
        "archived": archived.id,
        "report": report.id,
        "review": review.id,
        "opinion": make_opinion(session, running, draft).id,
        "subcontract": subcontract.id,
        "change": team_change.id,
        "milestone": make_milestone(session, running).id,
        "chosen": chosen.id,
        "signed": signed.id,
        "overtaken": overtaken.id,
        "rival": rival.id,
        "own": district.agency.id,
    }


def _selection(session: Session, district: District, actor: Any, name: str, rival_id: int) -> Selection:
    thing = make_object(session, district.bureau, district.department, name)
    data = SelectionData(
        thing.id,
        WorkKind.EVALUATION,
        district.bureau.id,
        district.department.id,
        SelectionMethod.CONSULTATION,
        date(2022, 2, 20),
    )
    selection = begin_selection(actor, session, data, now=NOW)
    for agency_id in (district.agency.id, rival_id):
        enter_candidate(
            actor, session, selection, CandidateData(agency_id), seen_version=selection.version, now=NOW
        )
    return selection


def test_of_two_who_act_at_once_one_wins_and_no_text_is_lost(real_app: Flask) -> None:
    stage = Stage(real_app)
    rows, bureau, agency, department = stage.rows, stage.bureau, stage.agency, stage.department
    work = f"/engagements/{rows['running']}"

    # A level of the internal review, passed by one and returned by the other.
    both: Any = ({"decision": "passed", "note": ONE}, {"decision": "returned", "note": OTHER})
    winner = stage.race(agency, f"{work}/review/decide", *both)
    states = (ReviewState.LEVEL_2, ReviewState.RETURNED)
    assert stage.row(InternalReview, rows["review"]).state is states[winner]
    assert stage.logged("review.review.level_passed", "review.review.level_returned") == 1

    # A comment of the unit on the draft, answered twice.
    both = ({"outcome": "taken", "answer": ONE}, {"outcome": "declined", "answer": OTHER})
    winner = stage.race(agency, f"{work}/opinions/{rows['opinion']}/answer", *both)
    assert stage.row(UnitOpinion, rows["opinion"]).answer == SAID[winner]

    # A term, made longer by two.
    grounds = [{"working_days": str(3 + n), "authority": "局长办公会", "reason": SAID[n]} for n in (0, 1)]
    winner = stage.race(bureau, f"{work}/deliverables/{rows['report']}/extend", *grounds)
    assert stage.row(Deliverable, rows["report"]).working_days == 3 + winner

    # A milestone, entered as done by one and cancelled by the other.
    path = f"{work}/milestones/{rows['milestone']}"
    sent = [
        (f"{path}/done", {**bureau.page(0, f"{path}/done"), "evidence": ONE, "done_on": "2022-06-01"}),
        (f"{path}/cancel", {**bureau.page(1, f"{path}/cancel"), "reason": OTHER}),
    ]
    _, lost, winner = bureau.run(*sent)
    kept(lost, SAID[1 - winner])
    assert stage.row(Milestone, rows["milestone"]).state == ("done", "cancelled")[winner]

    # Consent to a subcontract and to a change of the team, given by one and refused by the other.
    pair = (
        bureau if stage.row(Engagement, rows["running"]).commissioner_id == _bureau_of(stage) else department
    )
    both = ({"action": "consent", "reason": ONE}, {"action": "refuse", "reason": OTHER})
    winner = stage.race(pair, f"/engagements/contract/subcontracts/{rows['subcontract']}", *both)
    assert stage.row(Subcontract, rows["subcontract"]).state == ("consented", "refused")[winner]
    both = ({"action": "consent", "reason": ONE}, {"action": "decline", "reason": OTHER})
    winner = stage.race(pair, f"/engagements/team/changes/{rows['change']}", *both)
    assert stage.row(TeamChange, rows["change"]).state == ("consented", "declined")[winner]

    # Two agencies chosen in one selection.
    both = (
        {"agency_id": str(rows["own"]), "reason": ONE},
        {"agency_id": str(rows["rival"]), "reason": OTHER},
    )
    winner = stage.race(bureau, f"/engagements/selections/{rows['chosen']}/decide", *both)
    decided = stage.row(Selection, rows["chosen"])
    assert (decided.state, decided.reason) == (SelectionState.DECIDED, SAID[winner])

    # One contract after a selection, entered twice under two numbers.
    path = "/engagements/new"
    answers = bureau.both(*((path, each) for each in _contracts(stage, rows["signed"])))
    # Who comes when the other one is through is refused by the measure; at one moment he meets the newer version.
    (won,) = (n for n in (0, 1) if answers[n].status_code == HTTPStatus.FOUND)
    _expect_one_contract(stage, rows["signed"], answers[1 - won], won)

    # And again: one is through between the gate of the other and his contract.
    first, second = _contracts(stage, rows["overtaken"])
    between: list[Any] = []
    waiting = iter([first])

    def overtake(*_: object) -> None:
        # The contract of the other one goes the same way, once.
        if (data := next(waiting, None)) is not None:
            with ThreadPoolExecutor(1) as pool:
                between.append(pool.submit(bureau.clients[0].post, path, data=data).result())

    for client in bureau.clients:
        client.csrf_token()
    sa.event.listen(Engagement, "before_insert", overtake)
    try:
        lost = bureau.clients[1].post(path, data=second)
    finally:
        sa.event.remove(Engagement, "before_insert", overtake)
    assert [answer.status_code for answer in between] == [HTTPStatus.FOUND]
    _expect_one_contract(stage, rows["overtaken"], lost, 0)

    # The file of a finished work, sealed twice.
    path = f"/engagements/{rows['archived']}/archive/seal"
    _, lost, _ = agency.run((path, {}), (path, {}))
    assert "档案已经封存" in lost.text
    sealed = sa.select(sa.func.count()).select_from(SealedArchive)
    assert stage.count(sealed.where(SealedArchive.engagement_id == rows["archived"])) == 1


def _contracts(stage: Stage, selection_id: int) -> list[dict[str, Any]]:
    """The form of the contract the selection leads to, filled in by each of the two."""
    form = stage.bureau.page(0, f"/engagements/{stage.rows['running']}/edit")
    selection = stage.row(Selection, selection_id)
    return [
        {
            **form,
            "version": "",
            "object_id": str(selection.object_id),
            "agency_id": str(stage.rows["rival"]),
            "principal_evaluator_id": "",
            "commissioner_id": str(selection.commissioner_id),
            "evaluated_unit_id": str(selection.evaluated_unit_id),
            "contract_number": f"RACE-{selection_id}-{n}",
            "note": SAID[n],
        }
        for n in (0, 1)
    ]


def _expect_one_contract(stage: Stage, selection_id: int, lost: TestResponse, won: int) -> None:
    assert (lost.status_code, SAID[1 - won] in lost.text) == (HTTPStatus.CONFLICT, True)
    selection = stage.row(Selection, selection_id)
    assert selection.state is SelectionState.USED
    contract = stage.row(Engagement, selection.engagement_id)
    assert contract.contract_number == f"RACE-{selection_id}-{won}"
    same = sa.select(sa.func.count()).where(Engagement.object_id == selection.object_id)
    assert stage.count(same) == 1
    used = sa.select(sa.func.count()).where(
        AuditEntry.event == "selection.selection.used",
        AuditEntry.target_id == selection_id,
        AuditEntry.refused.is_(False),
    )
    assert stage.count(used) == 1


def _bureau_of(stage: Stage) -> int:
    return int(stage.row(Engagement, stage.rows["running"]).bureau_id)
