"""Papers before there is a record to hold them, and conditions that a bureau lays down itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from agencyqa.accounts.models import Body
from agencyqa.agencies import queries, services
from agencyqa.agencies.applied import AppliedPerson
from agencyqa.agencies.enums import ApplicationAction, ApplicationState, DocumentKind, GapCode
from agencyqa.agencies.models import Application, ApplicationFile, Appointment
from agencyqa.agencies.services import application_papers
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.errors import Forbidden, Invalid, WrongState
from tests.client import Client
from tests.factories.accounts import NOW, actor_of, make_bureau, make_member, sign_in
from tests.factories.agencies import (
    application_data,
    complete_application,
    make_agency,
    make_credit_code,
    officer_of,
)
from tests.factories.files import pdf

TODAY = local_date(NOW)
FORM = {"name": "辛咨询有限公司", "kind": "consulting_firm", "legal_representative": "王明"}
TERMS = services.AdmissionTerms(
    TODAY, 1, 1, 5, (DocumentKind.QUALITY_CONTROL, DocumentKind.BUSINESS_LICENCE), "局务会议纪要 7"
)


@pytest.fixture
def bureau(session: Session) -> Body:
    return make_bureau(session)


def desk_of(client: Client, bureau: Body) -> str:
    sent = {"bureau_id": str(bureau.id), "credit_code": make_credit_code(), **FORM}
    answer = client.submit(client.get("/agencies/apply"), "main-form", **sent)
    assert answer.status_code == 302, answer.text
    return answer.location


def hand_in(client: Client, desk: str, kind: str, content: bytes, name: str = "质量控制.pdf") -> TestResponse:
    form = client.get(f"{desk}/papers")
    return client.submit(form, "main-form", kind=kind, file=(BytesIO(content), name))


def test_a_form_sent_twice_makes_one_application(client: Client, session: Session, bureau: Body) -> None:
    form = client.get("/agencies/apply")
    sent = {"bureau_id": str(bureau.id), "credit_code": make_credit_code(), **FORM}
    first, second = (client.submit(form, "main-form", **sent) for _ in range(2))
    assert first.location == second.location
    assert "没有重复建立" in client.page(client.get(second.location)).text
    assert len(session.scalars(select(Application)).all()) == 1
    # A fresh page is another form: somebody else may apply for the same agency.
    assert desk_of(client, bureau) != first.location
    sign_in(client, make_member(session, bureau, Role.BUREAU_SUPERVISOR))
    form = client.get("/agencies/applications/invite")
    sent = {"credit_code": make_credit_code(), **FORM}
    assert client.submit(form, "main-form", **sent).status_code == 302
    again = client.submit(form, "main-form", **sent)
    assert (again.status_code, "/agencies/apply/" in client.get(again.location).text) == (302, True)
    assert len(session.scalars(select(Application)).all()) == 3


def test_of_two_drafts_for_one_agency_one_is_handed_in(session: Session, bureau: Body) -> None:
    data = application_data()
    one, two = (services.begin_application(session, bureau.id, data, now=NOW)[0] for _ in range(2))
    complete_application(session, one)
    with pytest.raises(WrongState) as caught:
        complete_application(session, two)
    assert caught.value.code == "application_open"
    assert two.state is ApplicationState.DRAFT


def test_papers_from_the_link_to_the_record(client: Client, session: Session, bureau: Body) -> None:
    lead = make_member(session, bureau, Role.BUREAU_LEAD)
    services.enter_admission_conditions(actor_of(session, lead), session, TERMS, now=NOW)
    desk = desk_of(client, bureau)
    text = client.page(client.get(desk)).text
    assert "质量控制制度" in text
    assert "近 5 年没有重大违法违规记录" in text
    assert hand_in(client, desk, "quality_control", pdf("rules")).status_code == 302
    twice = hand_in(client, desk, "quality_control", pdf("rules"), "另存.pdf")
    assert (twice.status_code, "没有重复保存" in twice.text) == (422, True)
    assert hand_in(client, desk, "training", b"MZ not a paper", "制度.pdf").status_code == 422
    assert hand_in(client, desk, "training", pdf("wrong")).status_code == 302
    wrong = session.scalars(
        select(ApplicationFile).where(ApplicationFile.kind == DocumentKind.TRAINING)
    ).one()
    address = f"{desk}/papers/{wrong.id}"
    assert client.get(address).data == pdf("wrong")
    assert client.post(f"{address}/remove").status_code == 302
    assert client.get(address).status_code == 404
    application = session.scalars(select(Application)).one()
    gaps = services.gaps_of(session, application, TODAY)
    missing = [gap.paper for gap in gaps if gap.code is GapCode.PAPER]
    assert missing == [DocumentKind.BUSINESS_LICENCE]
    assert hand_in(client, desk, "business_licence", pdf("licence"), "执照.pdf").status_code == 302
    for field, value in (
        ("founded_on", date(2010, 1, 1)),
        ("address", "长宁路 1 号"),
        ("contact_name", "李"),
    ):
        setattr(application, field, value)
    application.contact_phone, application.has_declared = "021-1", True
    complete_application(session, application)
    session.commit()
    # From now on the papers are the bureau's to read, and nobody's to change.
    assert client.get(f"{desk}/papers").status_code == 409
    kept = queries.papers_of_application(session, application.id)
    page = f"/agencies/applications/{application.id}"
    foreign = make_bureau(session, "静安区财政局")
    for member, status in ((make_member(session, foreign, Role.BUREAU_LEAD), 404), (lead, 200)):
        sign_in(client, member)
        answer = client.get(f"{page}/papers/{kept[0].id}")
        assert (answer.status_code, answer.data == pdf("licence")) == (status, status == 200)
        client.post("/sign-out") if status == 404 else None
    assert "执照.pdf" in client.page(client.get(page)).text
    assert client.get(f"{page}/papers/{wrong.id}").status_code == 404
    answer = client.submit(client.get(page), "main-form", action="admit", reason="材料齐全")
    assert answer.status_code == 302, answer.text
    found = queries.documents_of(session, int(answer.location.rpartition("/")[2]))
    assert {(item.kind, item.number, item.file_name) for item in found} == {
        (DocumentKind.BUSINESS_LICENCE, 1, "执照.pdf"),
        (DocumentKind.QUALITY_CONTROL, 1, "质量控制.pdf"),
    }
    logged = session.scalars(select(AuditEntry.event).where(AuditEntry.target_type == "application_files"))
    events = ["agencies.application.paper_added"] * 3 + ["agencies.application.paper_removed"]
    assert sorted(logged) == events


def test_only_who_is_signed_in_sends_a_large_file_in_parts(
    client: Client, session: Session, bureau: Body
) -> None:
    """A licence as a scan is larger than what the script sends in one piece; the applicant has no account for parts."""
    desk = desk_of(client, bureau)
    form = client.get(f"{desk}/papers")
    assert ("data-upload" in form.text, "data-parts" in form.text) == (True, False)
    sign_in(client, make_member(session, bureau, Role.BUREAU_SUPERVISOR))
    agency = make_agency(session, bureau)
    assert "data-parts" in client.get(f"/agencies/{agency.id}/documents/new").text


def test_a_link_takes_only_so_many_papers(
    client: Client, session: Session, bureau: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application_papers, "MOST_PAPERS", 1)
    monkeypatch.setattr("agencyqa.agencies.routes.papers.LARGEST_PAPER", 2000)
    desk = desk_of(client, bureau)
    large = hand_in(client, desk, "training", pdf("large", padding=3000))
    assert (large.status_code, "上限" in large.text) == (422, True)
    assert hand_in(client, desk, "training", pdf("one")).status_code == 302
    full = hand_in(client, desk, "training", pdf("two"))
    assert (full.status_code, "最多上传 1 份" in full.text) == (422, True)


def test_who_does_not_meet_the_conditions_is_admitted_by_the_reason(session: Session, bureau: Body) -> None:
    services.load_reference_data(session, NOW)
    application, _ = services.begin_application(session, bureau.id, application_data(), now=NOW)
    services.add_to_application(session, application, AppliedPerson("钱进"), now=NOW)
    complete_application(session, application)
    services.decide_application(
        officer_of(bureau),
        session,
        application,
        ApplicationAction.ADMIT,
        reason="经局务会议同意",
        effective_on=TODAY,
        seen_version=application.version,
        now=NOW,
    )
    # Of 钱进 no date is known, so nothing is unmet but the title.
    notes = session.scalars(select(Appointment.note).order_by(Appointment.id)).all()
    assert notes == ["经局务会议同意", ""]


def test_conditions_are_dated_and_those_of_a_bureau_replace_the_shipped_ones(
    session: Session, bureau: Body
) -> None:
    services.load_reference_data(session, NOW)
    district = make_bureau(session, "长宁区财政局二", parent=bureau)
    officer, lead = (
        actor_of(session, make_member(session, bureau, role))
        for role in (Role.BUREAU_SUPERVISOR, Role.BUREAU_LEAD)
    )
    with pytest.raises(Forbidden):
        services.enter_admission_conditions(officer, session, TERMS, now=NOW)
    first = services.enter_admission_conditions(lead, session, TERMS, now=NOW)
    later = replace(TERMS, valid_from=TODAY + timedelta(30), min_evaluators=2, papers=())
    services.enter_admission_conditions(lead, session, later, now=NOW)
    assert first.valid_to == TODAY + timedelta(29)
    days = (TODAY - timedelta(1), TODAY, TODAY + timedelta(29), TODAY + timedelta(30))
    for asked in (bureau.id, district.id):
        found = [queries.admission_in_force(session, asked, day) for day in days]
        asks = [(item.min_evaluators, item.clean_years) for item in found if item is not None]
        assert asks == [(1, 3), (1, 5), (1, 5), (2, 5)]
    assert queries.admission_in_force(session, bureau.id, date(2021, 9, 17)) is None
    with pytest.raises(Invalid) as caught:
        services.enter_admission_conditions(
            lead, session, replace(later, min_qualifications=21, clean_years=-1, source=" "), now=NOW
        )
    assert set(caught.value.fields) == {"valid_from", "min_qualifications", "clean_years", "source"}


def test_the_page_of_conditions(client: Client, session: Session, bureau: Body) -> None:
    services.load_reference_data(session, NOW)
    sign_in(client, make_member(session, bureau, Role.BUREAU_LEAD))
    page = client.page(client.get("/agencies/conditions")).text
    assert page.count("系统附带的参考条件") == 3
    sent: Mapping[str, str] = {"min_work_years": "8", "source": "局务会议纪要 8"}
    form = client.get("/agencies/conditions/evaluators/new")
    assert client.submit(form, "main-form", **sent).status_code == 302
    again = client.submit(form, "main-form", **sent)
    assert (again.status_code, "应晚于本局上一版" in again.text) == (422, True)
    text = client.page(client.get("/agencies/conditions")).text
    assert "8 年" in text
    assert "局务会议纪要 8" in text
    form = client.get("/agencies/conditions/admission/new")
    assert client.submit(form, "main-form", clean_years="2", source="局务会议纪要 9").status_code == 302
    assert "2 年" in client.page(client.get("/agencies/conditions")).text
