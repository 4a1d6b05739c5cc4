"""Evaluation objects: entering, changing, and who sees which."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, Membership
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.errors import Forbidden, Invalid, NotVisible, Stale
from agencyqa.objects import services
from agencyqa.objects.enums import BudgetType, ObjectKind
from agencyqa.objects.models import EvaluationObject
from agencyqa.objects.services import ObjectData
from agencyqa.web.fields.found import MOST_OFFERED
from tests.client import Client
from tests.factories.accounts import (
    NOW,
    make_actor,
    make_bureau,
    make_department,
    make_departments,
    make_member,
    make_observer,
    sign_in,
)
from tests.factories.agencies import make_agency
from tests.factories.engagements import make_engagement
from tests.factories.objects import make_object


@pytest.fixture
def city(session: Session) -> Body:
    return make_bureau(session, "市财政局")


@pytest.fixture
def bureau(session: Session, city: Body) -> Body:
    return make_bureau(session, "长宁区财政局", parent=city)


@pytest.fixture
def department(session: Session, bureau: Body) -> Body:
    return make_department(session, bureau)


@pytest.fixture
def other_bureau(session: Session, city: Body) -> Body:
    return make_bureau(session, "乙区财政局", parent=city)


@pytest.fixture
def supervisor(session: Session, bureau: Body) -> Membership:
    return make_member(session, bureau, Role.BUREAU_SUPERVISOR)


def data(department: Body, **changes: Any) -> ObjectData:
    values: dict[str, Any] = {
        "code": "X-1",
        "name": "社区养老服务补贴",
        "kind": ObjectKind.POLICY,
        "budget_type": BudgetType.GOVERNMENT_FUND,
        "budget_year": 2021,
        "department_id": department.id,
        "amount": 5_000_000,
    }
    return ObjectData(**{**values, **changes})


def names(client: Client, query: str = "") -> list[str]:
    page = client.page(client.get(f"/objects/{query}"))
    return [text for text, href in page.links if href.startswith("/objects/") and href[9:].isdigit()]


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """What is sent to the database inside, transaction control left out."""
    sent: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")):
            sent.append(statement)

    engine = session.get_bind().engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


# ---------------------------------------------------------------------------------------------- services


def test_an_object_is_kept_and_logged(session: Session, bureau: Body, department: Body) -> None:
    actor = make_actor(session, bureau, Role.BUREAU_SUPERVISOR)
    made = services.create_object(actor, session, data(department), now=NOW)
    services.change_object(
        actor, session, made, data(department, amount=6_000_000), seen_version=made.version, now=NOW
    )
    session.commit()
    assert (made.bureau_id, made.amount, made.version) == (bureau.id, 6_000_000, 2)
    logged = session.scalars(
        select(AuditEntry).where(AuditEntry.target_type == "evaluation_objects").order_by(AuditEntry.id)
    ).all()
    assert [entry.event for entry in logged] == ["objects.object.created", "objects.object.changed"]
    assert logged[1].detail == {"changes": {"amount_fen": [5_000_000, 6_000_000]}}


def test_a_code_counts_once_in_a_bureau_and_year(
    session: Session, bureau: Body, department: Body, other_bureau: Body
) -> None:
    actor = make_actor(session, bureau, Role.BUREAU_SUPERVISOR)
    services.create_object(actor, session, data(department), now=NOW)
    services.create_object(actor, session, data(department, budget_year=2022), now=NOW)
    elsewhere = make_actor(session, other_bureau, Role.BUREAU_SUPERVISOR)
    services.create_object(elsewhere, session, data(make_department(session, other_bureau)), now=NOW)
    with pytest.raises(IntegrityError), session.begin_nested():
        services.create_object(actor, session, data(department), now=NOW)


def test_wrong_values_are_all_named(session: Session, bureau: Body, other_bureau: Body) -> None:
    actor = make_actor(session, bureau, Role.BUREAU_SUPERVISOR)
    foreign = make_department(session, other_bureau)
    for department in (foreign, bureau):
        wrong = data(department, code=" ", amount=-1, budget_year=1999)
        with pytest.raises(Invalid) as error:
            services.create_object(actor, session, wrong, now=NOW)
        assert error.value.fields == {
            "code": ("required", {}),
            "amount": ("negative", {}),
            "budget_year": ("budget_year_wrong", {}),
            "department_id": ("not_a_choice", {}),
        }


def test_only_the_own_bureau_writes(
    session: Session, city: Body, bureau: Body, department: Body, other_bureau: Body
) -> None:
    made = make_object(session, bureau, department)
    reader = make_actor(session, city, Role.BUREAU_LEAD)
    officer = make_actor(session, department, Role.DEPARTMENT_OFFICER)
    stranger = make_actor(session, other_bureau, Role.BUREAU_LEAD)
    for actor, error in ((reader, Forbidden), (officer, Forbidden), (stranger, NotVisible)):
        with pytest.raises(error):
            services.change_object(actor, session, made, data(department), seen_version=1, now=NOW)
    with pytest.raises(Forbidden):
        services.create_object(officer, session, data(department), now=NOW)
    writer = make_actor(session, bureau, Role.BUREAU_LEAD)
    with pytest.raises(Stale):
        services.change_object(writer, session, made, data(department), seen_version=7, now=NOW)
    assert (made.name, made.version) == ("学前教育补助项目", 1)


# ---------------------------------------------------------------------------------------------- pages


def enter(client: Client, department: Body, **changes: Any) -> Any:
    typed = {
        "name": "社区养老服务补贴",
        "code": "X-1",
        "kind": "policy",
        "budget_year": "2021",
        "budget_type": "general_public",
        "department_id": department.id,
        "amount": "12.345678",
        "amount_unit": "ten_thousand_yuan",
        **changes,
    }
    return client.submit(client.get("/objects/new"), "main-form", **typed)


@pytest.mark.parametrize(
    ("amount", "unit", "fen"),
    [
        ("12.345678", "ten_thousand_yuan", 12_345_678),
        ("1,234.5", "yuan", 123_450),
        ("0", "ten_thousand_yuan", 0),
        ("", "yuan", None),
    ],
)
def test_an_amount_is_typed_in_either_unit(
    client: Client,
    session: Session,
    supervisor: Membership,
    department: Body,
    amount: str,
    unit: str,
    fen: int | None,
) -> None:
    sign_in(client, supervisor)
    answer = enter(client, department, amount=amount, amount_unit=unit)
    made = session.scalars(select(EvaluationObject)).one()
    assert (answer.status_code, answer.location, made.amount) == (302, f"/objects/{made.id}", fen)
    page = client.page(client.get(answer.location))
    assert page.headings[0] == (1, "社区养老服务补贴")


def test_more_decimals_than_a_fen_are_refused_and_kept(
    client: Client, session: Session, supervisor: Membership, department: Body
) -> None:
    sign_in(client, supervisor)
    for amount, unit in (("1.2345678", "ten_thousand_yuan"), ("1.234", "yuan")):
        answer = enter(client, department, amount=amount, amount_unit=unit)
        kept = client.page(answer).form("main-form").values
        assert (answer.status_code, kept["amount"], kept["amount_unit"]) == (422, [amount], [unit])
        assert "小数位数过多" in answer.text
    assert session.scalars(select(EvaluationObject)).all() == []


def test_a_taken_code_and_a_foreign_department_are_told_beside_their_fields(
    client: Client,
    session: Session,
    supervisor: Membership,
    bureau: Body,
    department: Body,
    other_bureau: Body,
) -> None:
    foreign = make_department(session, other_bureau, "乙区民政局")
    make_object(session, bureau, department, code="X-1")
    sign_in(client, supervisor)
    taken = enter(client, department)
    assert (taken.status_code, "该预算年度已有使用此编码的评价对象。" in taken.text) == (422, True)
    assert "乙区民政局" not in taken.text
    refused = enter(client, foreign, code="X-2")
    assert (refused.status_code, "请从列出的选项中选择。" in refused.text) == (422, True)
    assert len(session.scalars(select(EvaluationObject)).all()) == 1


def test_a_stale_second_tab_keeps_the_first(
    client: Client, session: Session, supervisor: Membership, bureau: Body, department: Body
) -> None:
    made = make_object(session, bureau, department, amount=120_000_050)
    sign_in(client, supervisor)
    first, second = (client.get(f"/objects/{made.id}/edit") for _ in range(2))
    shown = client.page(first).form("main-form").values
    assert (shown["amount"], shown["amount_unit"]) == (["1200000.5"], ["yuan"])
    assert client.submit(first, "main-form", name="改过的名称").status_code == 302
    answer = client.submit(second, "main-form", name="迟来的名称")
    assert (answer.status_code, "迟来的名称" in answer.text) == (409, True)
    stored = session.scalars(select(EvaluationObject)).one()
    assert (stored.name, stored.amount) == ("改过的名称", 120_000_050)


def test_each_role_sees_its_own_objects(
    new_client: Callable[[], Client],
    session: Session,
    city: Body,
    bureau: Body,
    department: Body,
    other_bureau: Body,
) -> None:
    unit = make_department(session, bureau, "第一小学", parent=department)
    foreign_department = make_department(session, other_bureau, "乙区民政局")
    agency, rival = make_agency(session, bureau), make_agency(session, bureau)
    own = make_object(session, bureau, department, "对象一")
    plain = make_object(session, bureau, department, "对象二")
    foreign = make_object(session, other_bureau, foreign_department, "对象三")
    make_engagement(session, bureau, agency, unit, thing=own)
    make_engagement(session, other_bureau, rival, foreign_department, thing=foreign)

    def member(body: Body, role: Role) -> Membership:
        return make_member(session, body, role)

    def of(agency_id: int) -> Membership:
        return member(session.get_one(Body, agency_id), Role.AGENCY_MANAGER)

    ids = {"对象一": own.id, "对象二": plain.id, "对象三": foreign.id}
    expected = {
        "city": (member(city, Role.BUREAU_SUPERVISOR), {"对象一", "对象二", "对象三"}),
        "bureau": (member(bureau, Role.BUREAU_LEAD), {"对象一", "对象二"}),
        "other bureau": (member(other_bureau, Role.BUREAU_LEAD), {"对象三"}),
        "department": (member(department, Role.DEPARTMENT_OFFICER), {"对象一", "对象二"}),
        "unit": (member(unit, Role.DEPARTMENT_OFFICER), {"对象一"}),
        "agency": (of(agency.id), {"对象一"}),
        "rival": (of(rival.id), {"对象三"}),
        "observer": (member(make_observer(session, bureau), Role.OBSERVER), {"对象一", "对象二"}),
    }
    for who, (membership, seen) in expected.items():
        client = new_client()
        sign_in(client, membership)
        assert set(names(client)) == seen, who
        for name, object_id in ids.items():
            assert client.get(f"/objects/{object_id}").status_code == (200 if name in seen else 404), who
        if who not in {"bureau", "other bureau"}:
            path = f"/objects/{ids[min(seen)]}/edit"
            assert client.get(path).status_code == 403, who


def test_the_page_shows_only_visible_engagements(
    client: Client, session: Session, bureau: Body, department: Body
) -> None:
    agency, rival = make_agency(session, bureau), make_agency(session, bureau)
    thing = make_object(session, bureau, department)
    make_engagement(session, bureau, agency, department, thing=thing, contract_number="A-1")
    make_engagement(session, bureau, rival, department, thing=thing, contract_number="A-2")
    sign_in(client, make_member(session, session.get_one(Body, agency.id), Role.AGENCY_STAFF))
    text = client.page(client.get(f"/objects/{thing.id}")).text
    assert ("A-1" in text, "A-2" in text) == (True, False)


def test_filters(
    client: Client, session: Session, supervisor: Membership, bureau: Body, department: Body
) -> None:
    health = make_department(session, bureau, "区卫生健康委")
    make_object(session, bureau, department, "甲", budget_year=2020, amount=100)
    make_object(session, bureau, department, "乙", kind=ObjectKind.POLICY, amount=300)
    make_object(session, bureau, health, "丙", budget_type=BudgetType.STATE_CAPITAL, amount=None)
    sign_in(client, supervisor)
    assert names(client) == ["丙", "乙", "甲"]
    assert names(client, "?year=2020") == ["甲"]
    assert names(client, "?kind=policy") == ["乙"]
    assert names(client, "?budget_type=state_capital") == ["丙"]
    assert names(client, f"?department_id={health.id}") == ["丙"]
    assert names(client, "?q=甲") == ["甲"]
    assert names(client, "?q=_") == []
    assert names(client, "?sort=-amount") == ["乙", "甲", "丙"]
    assert names(client, "?year=zzz&kind=nothing&department_id=1%27") == ["丙", "乙", "甲"]
    make_departments(session, bureau, MOST_OFFERED)
    assert names(client, "?department_id_part=卫生") == ["丙"]
    assert names(client, f"?department_id={health.id}") == ["丙"]
    assert names(client, "?department_id_part=_") == []


def test_a_department_out_of_many_is_found_by_a_part_of_its_name(
    client: Client, session: Session, supervisor: Membership, bureau: Body, department: Body
) -> None:
    make_departments(session, bureau, MOST_OFFERED)
    closed = make_department(session, bureau, "已撤销的单位")
    thing = make_object(session, bureau, closed)
    closed.is_active = False
    sign_in(client, supervisor)
    page = client.get(f"/objects/{thing.id}/edit")
    # What the object has stays, though nobody could choose it anew.
    assert client.page(page).form("main-form").value("department_id") == str(closed.id)
    found = client.submit(page, "main-form", department_id_part="教育", find="department_id")
    assert client.page(found).form("main-form").value("department_id") == str(department.id)
    assert client.submit(found, "main-form").status_code == 302
    session.refresh(thing)
    assert thing.department_id == department.id


def test_a_list_costs_the_same_for_one_row_and_thirty(
    client: Client, session: Session, supervisor: Membership, bureau: Body, department: Body
) -> None:
    make_object(session, bureau, department)
    sign_in(client, supervisor)
    client.get("/objects/")
    with statements(session) as for_one:
        assert len(names(client)) == 1
    for _ in range(29):
        make_object(session, bureau, department)
    session.commit()
    with statements(session) as for_thirty:
        assert len(names(client)) == 30
    assert len(for_thirty) == len(for_one)
    assert len(for_one) <= 8
