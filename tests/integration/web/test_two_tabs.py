"""Two people decide on the same thing at once, each in his own words: one wins, the other keeps what he typed.

With real threads and commits, on the database that runs in production; what one person alone is told stands elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from agencyqa.accounts.models import Body
from agencyqa.agencies.enums import ApplicationState, ProposalState
from agencyqa.agencies.models import Agency, Application, ProfileProposal
from agencyqa.agencies.services import begin_application, propose_change
from agencyqa.assessments.enums import SheetState
from agencyqa.assessments.models import ScoreSheet
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.engagements.deliverables.enums import DeliverableState
from agencyqa.engagements.deliverables.models import Deliverable
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.extensions import db
from agencyqa.measures.enums import Purpose
from tests.factories.accounts import NOW, actor_of, make_bureau, make_member, user_of
from tests.factories.agencies import application_data, complete_application, profile_data
from tests.factories.assessments import JIADING_FORM, load_schemes
from tests.factories.deliverables import make_handed_in
from tests.integration.reports.world import make_district
from tests.integration.web.race import Race, kept

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)

ONE, OTHER = "先说的话：甲方认为材料不全", "后说的话：乙方认为口径不一"


@dataclass
class Rows:
    engagement: int
    edited: int
    ended: int
    deliverable: int
    sheet: int
    application: int
    agency: int
    proposal: int


class Stage:
    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            session = db.session()
            load_schemes(session)
            district = make_district(
                session, make_bureau(session, "市财政局"), "区财政局", "区教育局", "甲机构"
            )
            clerk = make_member(
                session, session.get_one(Body, district.department.id), Role.DEPARTMENT_OFFICER
            )
            running, edited, ended = (district.engage(name) for name in ("项目一", "项目二", "项目三"))
            version = make_handed_in(session, running)
            sheet = district.sheets(edited)[Purpose.EVALUATED_UNIT]
            made, _ = begin_application(session, district.bureau.id, application_data("申请机构"), now=NOW)
            complete_application(session, made)
            proposal = propose_change(
                actor_of(session, district.manager),
                session,
                session.get_one(Agency, district.agency.id),
                district.bureau.id,
                profile_data("甲机构改名"),
                effective_on=NOW.date(),
                reason="更名",
                now=NOW,
            )
            session.commit()
            self.rows = Rows(
                running.id,
                edited.id,
                ended.id,
                version.deliverable_id,
                sheet.id,
                made.id,
                district.agency.id,
                proposal.id,
            )
            names = {
                name: user_of(session, person).username
                for name, person in {
                    "lead": district.lead,
                    "supervisor": district.supervisor,
                    "officer": district.officer,
                    "clerk": clerk,
                }.items()
            }
            session.expunge_all()
        self.bureau = Race(app, [names["lead"], names["supervisor"]])
        self.department = Race(app, [names["officer"], names["clerk"]])

    def row(self, model: type[Any], row_id: int) -> Any:
        with self.app.app_context():
            found = db.session.get_one(model, row_id)
            db.session.refresh(found)
            db.session.expunge(found)
            return found

    def logged(self, target_type: str, target_id: int, *events: str) -> int:
        """Successful steps of these kinds in the log."""
        with self.app.app_context():
            statement = sa.select(sa.func.count()).where(
                AuditEntry.target_type == target_type,
                AuditEntry.target_id == target_id,
                AuditEntry.event.in_(events),
                AuditEntry.refused.is_(False),
            )
            return int(db.session.scalar(statement) or 0)


@pytest.fixture
def stage(real_app: Flask) -> Stage:
    return Stage(real_app)


def test_two_at_once_and_no_text_is_lost(stage: Stage) -> None:
    rows, bureau = stage.rows, stage.bureau
    said = (ONE, OTHER)

    # A contract edited in two tabs.
    path = f"/engagements/{rows.edited}/edit"
    _, lost, winner = bureau.run(*((path, {**bureau.page(n, path), "note": said[n]}) for n in (0, 1)))
    assert stage.row(Engagement, rows.edited).note == said[winner]
    kept(lost, said[1 - winner])
    assert stage.logged("engagements", rows.edited, "engagements.engagement.changed") == 1

    # Completed by one, terminated by the other.
    paths = [f"/engagements/{rows.ended}/{verb}" for verb in ("complete", "terminate")]
    data = [bureau.page(n, path) for n, path in enumerate(paths)]
    data[0] |= {"completed_on": "2022-06-01"}
    data[1] |= {"reason": OTHER}
    if "terminated_on" in data[1]:
        data[1] |= {"terminated_on": "2022-06-01"}
    _, lost, winner = bureau.run(*zip(paths, data, strict=True))
    state = (EngagementState.COMPLETED, EngagementState.TERMINATED)[winner]
    assert stage.row(Engagement, rows.ended).state is state
    kept(lost, OTHER if winner == 0 else "2022-06-01")
    ends = ("engagements.engagement.completed", "engagements.engagement.terminated")
    assert stage.logged("engagements", rows.ended, *ends) == 1

    # A deliverable accepted by one, returned by the other.
    path = f"/engagements/{rows.engagement}/deliverables/{rows.deliverable}/decide"
    data = [{**bureau.page(n, path), "reason": said[n]} for n in (0, 1)]
    data[0]["decision"], data[1]["decision"] = "accepted", "returned"
    _, lost, winner = bureau.run(*((path, each) for each in data))
    states = (DeliverableState.ACCEPTED, DeliverableState.RETURNED)
    assert stage.row(Deliverable, rows.deliverable).state is states[winner]
    kept(lost, said[1 - winner])
    decided = [f"deliverables.deliverable.{state}" for state in states]
    assert stage.logged("deliverables", rows.deliverable, *decided) == 1

    # A score sheet handed in twice, with different figures.
    path, unit = f"/sheets/{rows.sheet}/edit", stage.department
    figures = ("19", "15")
    sent = [
        {
            **unit.page(n, path),
            **JIADING_FORM,
            "a-communication-value": figures[n],
            "intent": "submit",
        }
        for n in (0, 1)
    ]
    _, lost, winner = unit.run(*((path, each) for each in sent))
    sheet = stage.row(ScoreSheet, rows.sheet)
    assert sheet.state is SheetState.SUBMITTED
    assert sheet.answers["communication"]["value"] == int(figures[winner]) * 10_000
    kept(lost, figures[1 - winner])
    assert stage.logged("score_sheets", rows.sheet, "assessments.sheet.submitted") == 1

    # An application returned by both, for different reasons.
    path = f"/agencies/applications/{rows.application}"
    sent = [{**bureau.page(n, path), "action": "return", "reason": said[n]} for n in (0, 1)]
    _, lost, winner = bureau.run(*((path, each) for each in sent))
    assert stage.row(Application, rows.application).state is ApplicationState.RETURNED
    kept(lost, said[1 - winner])
    assert stage.logged("agency_applications", rows.application, "agencies.application.returned") == 1

    # A change of the record confirmed by one, declined by the other.
    path = f"/agencies/{rows.agency}/proposals/{rows.proposal}"
    sent = [{**bureau.page(n, path), "reason": said[n]} for n in (0, 1)]
    sent[0]["action"], sent[1]["action"] = "confirm", "decline"
    _, lost, winner = bureau.run(*((f"{path}/decide", each) for each in sent))
    outcome = (ProposalState.CONFIRMED, ProposalState.DECLINED)[winner]
    assert stage.row(ProfileProposal, rows.proposal).state is outcome
    kept(lost, said[1 - winner])
    decided = ["agencies.proposal.confirmed", "agencies.proposal.declined"]
    assert stage.logged("profile_proposals", rows.proposal, *decided) == 1
