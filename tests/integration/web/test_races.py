"""Two people do the same thing in the same moment, on real connections: one wins, the other is told."""

from __future__ import annotations

import contextvars
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from agencyqa.accounts.models import User
from agencyqa.agencies.models import Agency, Qualification
from agencyqa.assessments.models import AssessmentRound
from agencyqa.auth.roles import Role
from agencyqa.engagements.models import Engagement
from agencyqa.extensions import db
from agencyqa.objects.models import EvaluationObject
from tests.client import Client
from tests.conventions.places import build_places
from tests.factories.accounts import PASSWORD, body_of, make_member, user_of
from tests.factories.agencies import make_credit_code


class Pair:
    """Two signed-in people of one body, each with a browser of their own."""

    def __init__(self, app: Flask, usernames: list[str]) -> None:
        self.clients: list[Client] = []
        for username in usernames:
            client: Client = app.test_client()  # type: ignore[assignment]
            form = {"username": username, "password": PASSWORD}
            assert client.post("/sign-in", data=form).status_code == 302
            self.clients.append(client)

    def post(self, path: str, data: dict[str, Any]) -> list[int]:
        """The statuses of both, smallest first."""
        start = Barrier(2)
        for client in self.clients:
            client.csrf_token()

        def send(client: Client) -> int:
            start.wait(timeout=20)
            return client.post(path, data=data).status_code

        with ThreadPoolExecutor(2) as pool:
            calls = [pool.submit(contextvars.Context().run, send, client) for client in self.clients]
            return sorted(call.result() for call in calls)

    def values(self, path: str) -> dict[str, Any]:
        page = self.clients[0].page(self.clients[0].get(path))
        form = next(form for form in page.forms if form.action in {"", path} and form.method == "post")
        return {name: values for name, values in form.values.items() if name != "csrf_token"}


class Stage:
    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            session = db.session()
            self.places = build_places(session)
            usernames = []
            for name, role in (
                ("lead A", Role.BUREAU_LEAD),
                ("officer A1", Role.DEPARTMENT_OFFICER),
                ("administrator A", Role.SYSTEM_ADMINISTRATOR),
            ):
                first = self.places.people[name]
                second = make_member(session, body_of(session, first), role)
                usernames.append([user_of(session, first).username, user_of(session, second).username])
            session.commit()
            session.expunge_all()
        self.leads, self.officers, self.administrators = (Pair(app, names) for names in usernames)

    def row(self, drawer: str, argument: str) -> int:
        return self.places.drawers[drawer].rows[argument][0]

    def only(self, statement: sa.Select[Any]) -> Any:
        """The one value; two rows where one belongs are what a lost race leaves."""
        with self.app.app_context():
            return db.session.scalars(statement).one()


@pytest.fixture
def stage(real_app: Flask) -> Stage:
    return Stage(real_app)


def test_of_two_at_once_exactly_one_wins(stage: Stage) -> None:
    """Each line is one race. What is lost is refused with 409 or, where a field is at fault, 422."""
    found: dict[str, list[int]] = {}
    leads = stage.leads

    path = f"/objects/{stage.row('work A1', 'object_id')}/edit"
    found["one object edited"] = leads.post(path, {**leads.values(path), "name": "改名后的项目"})

    new = {**leads.values(path), "code": "RACE-1", "version": ""}
    found["one object entered"] = leads.post("/objects/new", new)
    stage.only(sa.select(EvaluationObject.id).where(EvaluationObject.code == "RACE-1"))

    values = leads.values(f"/engagements/{stage.row('work A1', 'engagement_id')}/edit")
    # Of the next year: this one is closed.
    new = {**values, "contract_number": "RACE-2", "version": ""}
    new |= {"contract_signed_on": "2023-03-01", "due_on": "2023-06-30"}
    found["one contract entered"] = leads.post("/engagements/new", new)
    path = f"/engagements/{stage.only(sa.select(Engagement.id).where(Engagement.contract_number == 'RACE-2'))}/edit"
    found["one engagement edited"] = leads.post(path, {**leads.values(path), "note": "同时修改"})

    code = make_credit_code(777)
    profile = {"name": "竞速咨询", "kind": "consulting_firm", "legal_representative": "王明"}
    entry = {**leads.values("/agencies/new"), **profile, "credit_code": code, "effective_on": "2022-01-01"}
    found["one agency registered"] = leads.post("/agencies/new", entry)
    stage.only(sa.select(Agency.id).where(Agency.credit_code == code))

    agency_id = stage.row("agency A1", "agency_id")
    paper = {"name": "执业证书", "form_token": uuid4().hex, "number": "RACE-3"}
    found["one paper sent twice"] = leads.post(f"/agencies/{agency_id}/qualifications/new", paper)
    stage.only(sa.select(Qualification.id).where(Qualification.number == "RACE-3"))

    path = f"/agencies/{stage.row('agency A1', 'agency_id')}/standing"
    decision = {**leads.values(path), "action": "suspend", "effective_on": "2022-06-01", "reason": "同时处理"}
    decision |= {"provision_key": "M2/violations", "confirmed": "1"}
    found["one standing decided"] = leads.post(path, decision)

    round_id = stage.row("year A", "round_id")
    found["one year taken up again"] = leads.post(f"/rounds/{round_id}/correct", {"reason": "同时更正"})
    again = stage.only(sa.select(AssessmentRound.id).where(AssessmentRound.revision == 2))
    path = f"/rounds/{again}/publish"
    confirmed = {**leads.values(path), "accept_provisional": "1", "provisional_reason": "按期发布"}
    found["one year published"] = leads.post(path, confirmed)

    sheet_id = stage.row("answers A1 next", "sheet_id")
    path = f"/sheets/{sheet_id}/edit"
    filled = {**stage.officers.values(path), "entered-communication": "", "intent": "save"}
    found["one draft saved"] = stage.officers.post(path, filled)

    person = {"username": "race.person", "display_name": "同名者", "email": ""}
    found["one account made"] = stage.administrators.post("/users/new", person)
    stage.only(sa.select(User.id).where(User.username == "race.person"))

    user_id = stage.row("account officer U1", "user_id")
    role = {"body_id": stage.row("department A2", "body_id"), "role": "department_officer"}
    role["valid_from"] = "2022-01-01"
    found["one role granted"] = stage.administrators.post(f"/users/{user_id}/memberships", role)

    lost = {name: statuses for name, statuses in found.items() if statuses not in ([302, 409], [302, 422])}
    assert lost == {}
