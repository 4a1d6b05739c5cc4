"""Branches, internal rules, the filing and the fields of work; ties of people and with others than bodies."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies import queries, services
from agencyqa.agencies.enums import DocumentKind, Sector, TieKind
from agencyqa.agencies.models import AgencyDocument, AgencyProfile, Branch, RecordProposal, Tie
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.errors import Forbidden, Invalid
from agencyqa.web.fields.found import MOST_OFFERED
from tests.client import Client
from tests.factories.accounts import (
    NOW,
    make_bureau,
    make_department,
    make_departments,
    make_member,
    make_observer,
    sign_in,
)
from tests.factories.agencies import make_agency, make_evaluator, officer_of

TODAY = local_date(NOW)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def bureau(session: Session) -> Body:
    return make_bureau(session)


def test_branches_live_in_their_head_office(client: Client, session: Session, bureau: Body) -> None:
    agency = make_agency(session, bureau)
    sign_in(client, make_member(session, bureau, Role.BUREAU_SUPERVISOR))
    page = f"/agencies/{agency.id}"
    sent = {"name": "甲咨询静安分部", "head": "孙立", "valid_from": "2020-01-01"}
    assert client.submit(client.get(f"{page}/branches/new"), "/agencies/", **sent).status_code == 302
    branch = session.scalars(select(Branch)).one()
    assert "甲咨询静安分部" in client.page(client.get(page)).text
    end = client.get(f"{page}/branches/{branch.id}/close")
    assert client.submit(end, "/agencies/", on="2022-01-31").status_code == 302
    assert session.scalars(select(Branch.valid_to)).one() == date(2022, 1, 31)
    assert client.submit(end, "/agencies/", on="2022-02-28").status_code == 409


def test_a_branch_that_is_a_person_itself_names_its_head_office(
    client: Client, session: Session, bureau: Body
) -> None:
    head = make_agency(session, bureau, "总部咨询有限公司")
    branch = make_agency(session, bureau, "分部咨询有限公司")
    sign_in(client, make_member(session, bureau, Role.BUREAU_SUPERVISOR))
    path = f"/agencies/{branch.id}/profile"
    changes = {
        "head_office_code": head.credit_code.lower(),
        "sectors": ["education", "health"],
        "on_credit_platform": "1",
        "platform_number": "备 7",
        "platform_filed_on": "2021-05-06",
        "reason": "补充",
    }
    assert client.submit(client.get(path), "/agencies/", **changes).status_code == 302
    profile = queries.current_profile(session, branch.id)
    assert (profile.head_office_code, profile.sectors) == (
        head.credit_code,
        (Sector.EDUCATION, Sector.HEALTH),
    )
    page = client.page(client.get(f"/agencies/{branch.id}"))
    for word in ("总部咨询有限公司", "教育、卫生健康", "备 7", "2021-05-06"):
        assert word in page.text
    history = client.page(client.get(f"/agencies/{branch.id}/history")).text
    assert "教育、卫生健康" in history
    wrong = client.submit(
        client.get(path), "/agencies/", on_credit_platform=None, head_office_code="123", reason="改"
    )
    assert wrong.status_code == 422
    assert "请同时勾选" in wrong.text
    assert "应为 18 位" in wrong.text
    assert len(session.scalars(select(AgencyProfile).where(AgencyProfile.agency_id == branch.id)).all()) == 2


def test_rules_are_versions_entered_by_the_bureau(client: Client, session: Session, bureau: Body) -> None:
    agency = make_agency(session, bureau)
    page = f"/agencies/{agency.id}"
    sign_in(client, make_member(session, bureau, Role.BUREAU_SUPERVISOR))
    for name in ("保密制度.pdf", "保密制度（修订）.pdf"):
        answer = client.submit(
            client.get(f"{page}/documents/new"),
            "main-form",
            kind="confidentiality",
            file=(BytesIO(PDF + name.encode()), name),
        )
        assert answer.status_code == 302, answer.text
    # The same content from the same day on is no new version.
    again = client.submit(
        client.get(f"{page}/documents/new"),
        "main-form",
        kind="confidentiality",
        file=(BytesIO(PDF + "保密制度（修订）.pdf".encode()), "另存.pdf"),
    )
    assert (again.status_code, "与第 2 版的内容完全相同" in again.text) == (422, True)
    found = queries.documents_of(session, agency.id)
    assert [(item.kind, item.number, item.file_name) for item in found] == [
        (DocumentKind.CONFIDENTIALITY, 2, "保密制度（修订）.pdf"),
        (DocumentKind.CONFIDENTIALITY, 1, "保密制度.pdf"),
    ]
    path = f"{page}/documents/{found[1].id}"
    assert client.get(path).data == PDF + "保密制度.pdf".encode()
    for body, status in ((make_observer(session, bureau), 403), (make_bureau(session, "静安区财政局"), 404)):
        client.post("/sign-out")
        role = Role.OBSERVER if status == 403 else Role.BUREAU_LEAD
        sign_in(client, make_member(session, body, role))
        assert client.get(path).status_code == status
    # The agency reads what stands there; what it hands in itself is a proposal.
    for role in (Role.AGENCY_STAFF, Role.AGENCY_MANAGER):
        client.post("/sign-out")
        sign_in(client, make_member(session, session.get_one(Body, agency.id), role))
        assert client.get(path).data == PDF + "保密制度.pdf".encode()
        assert client.get(f"{page}/documents/new").status_code == 403
    assert len(session.scalars(select(AgencyDocument)).all()) == 2


def test_ties_of_people_follow_them_and_ties_of_the_agency_stay_with_it(
    session: Session, bureau: Body
) -> None:
    school = make_department(session, bureau, "区教育局")
    first, second = make_agency(session, bureau), make_agency(session, bureau)
    place = make_evaluator(session, bureau, first)
    person = place.person_id
    officer = officer_of(bureau)
    for data in (
        services.TieData(school.id, TieKind.SHAREHOLDING, date(2020, 1, 1), share=1250),
        services.TieData(
            school.id, TieKind.RELATIVE, date(2021, 1, 1), person_id=person, other_name="副局长之妻"
        ),
        services.TieData(
            None, TieKind.PAST_EMPLOYMENT, date(2015, 1, 1), date(2020, 12, 31), "", person, "丁审计公司"
        ),
    ):
        services.declare_tie(officer, session, first, data, now=NOW)

    def found(
        agency_id: int, persons: list[int], day: date, since: date | None = None
    ) -> list[tuple[str, TieKind, str, str, int | None]]:
        rows = queries.ties_on(session, agency_id, persons, day, since=since)
        return [(row.body, row.kind, row.person, row.other_name, row.share) for row in rows]

    own = ("区教育局", TieKind.SHAREHOLDING, "", "", 1250)
    relative = ("区教育局", TieKind.RELATIVE, "赵敏", "副局长之妻", None)
    past = ("", TieKind.PAST_EMPLOYMENT, "赵敏", "丁审计公司", None)
    assert found(first.id, [], TODAY) == [own]
    assert sorted(found(first.id, [person], TODAY)) == sorted([own, relative])
    assert found(second.id, [person], TODAY) == [relative]
    assert sorted(found(second.id, [person], TODAY, date(2020, 12, 31))) == sorted([relative, past])
    assert found(second.id, [person], TODAY, date(2021, 1, 1)) == [relative]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"body_id": None}, "body_id"),
        ({"person_id": 10**6}, "person_id"),
        ({"kind": TieKind.ADVISORY, "share": 100}, "share"),
    ],
)
def test_ties_that_are_none(session: Session, bureau: Body, changes: dict[str, Any], field: str) -> None:
    school = make_department(session, bureau, "区教育局")
    agency = make_agency(session, bureau)
    data = services.TieData(**{"body_id": school.id, "kind": TieKind.OTHER, "valid_from": TODAY, **changes})
    with pytest.raises(Invalid) as caught:
        services.declare_tie(officer_of(bureau), session, agency, data, now=NOW)
    assert list(caught.value.fields) == [field]


def test_a_tie_with_somebody_outside_belongs_to_the_bureau_that_entered_it(
    client: Client, session: Session, bureau: Body
) -> None:
    other = make_bureau(session, "静安区财政局")
    agency = make_agency(session, bureau)
    make_agency(session, other, session.get_one(Body, agency.id).name, credit_code=agency.credit_code)
    place = make_evaluator(session, bureau, agency)
    sign_in(client, make_member(session, bureau, Role.BUREAU_SUPERVISOR))
    sent = {
        "person_id": str(place.person_id),
        "other_name": "丁审计公司",
        "kind": "shareholding",
        "share": "12.5",
    }
    form = client.get(f"/agencies/{agency.id}/ties/new")
    assert client.submit(form, "/agencies/", **sent).status_code == 302
    tie = session.scalars(select(Tie)).one()
    assert (tie.share, tie.bureau_id, tie.body_id) == (1250, bureau.id, None)
    text = client.page(client.get(f"/agencies/{agency.id}")).text
    assert "12.5%" in text
    with pytest.raises(Forbidden):
        services.end_tie(_both(bureau, other), session, tie, on=TODAY, now=NOW)
    client.post("/sign-out")
    sign_in(client, make_member(session, other, Role.BUREAU_SUPERVISOR))
    assert "丁审计公司" not in client.page(client.get(f"/agencies/{agency.id}")).text


def _both(read: Body, own: Body) -> Actor:
    return replace(officer_of(own), bureau_ids=frozenset({read.id, own.id}))


def test_the_other_side_of_a_tie_is_found_out_of_very_many(
    client: Client, session: Session, bureau: Body
) -> None:
    """On the bureau's form and on the agency's proposal, which is a form with a file."""
    agency = make_agency(session, bureau)
    person = make_evaluator(session, bureau, agency)
    make_departments(session, bureau, MOST_OFFERED)
    school = make_department(session, bureau, "第一小学")
    make_department(session, make_bureau(session, "乙区财政局"), "乙区小学")
    given = {"person_id": str(person.person_id), "kind": "past_employment", "valid_from": "2020-01-01"}
    sign_in(client, make_member(session, bureau, Role.BUREAU_SUPERVISOR))
    form = client.get(f"/agencies/{agency.id}/ties/new")
    found = client.submit(form, "/ties/new", **given, body_id_part="小学", find="body_id")
    assert (found.status_code, client.page(found).form("/ties/new").value("body_id")) == (200, str(school.id))
    assert session.scalars(select(Tie)).all() == []
    assert client.submit(found, "/ties/new").status_code == 302
    tie = session.scalars(select(Tie)).one()
    assert (tie.body_id, tie.person_id, tie.kind) == (school.id, person.person_id, TieKind.PAST_EMPLOYMENT)
    client.post("/sign-out")
    sign_in(client, make_member(session, session.get_one(Body, agency.id), Role.AGENCY_MANAGER))
    form = client.get(f"/agencies/{agency.id}/proposals/entries/new/tie")
    several = client.submit(form, "main-form", **given, why="补报", body_id_part="街道00", find="body_id")
    sheet = client.page(several).form("main-form")
    assert (several.status_code, several.text.count("街道00"), sheet.value("why")) == (200, 11, "补报")
    unsettled = client.submit(several, "main-form")
    assert (unsettled.status_code, "有 10 项含“街道00”" in unsettled.text) == (422, True)
    assert session.scalars(select(RecordProposal)).all() == []
    proof = (BytesIO(PDF), "证明.pdf")
    sent = client.submit(several, "main-form", body_id_part="小学", file=proof)
    proposal = session.scalars(select(RecordProposal)).one()
    assert (sent.status_code, proposal.payload["body_id"], proposal.file_name) == (302, school.id, "证明.pdf")
