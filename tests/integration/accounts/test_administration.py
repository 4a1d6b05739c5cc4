"""What the system administrator does, and that nobody else can."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, Invitation, Membership, User
from agencyqa.accounts.services import administration, invitations
from agencyqa.auth.roles import BodyKind, Role
from agencyqa.clock import today
from agencyqa.errors import Forbidden, Invalid, WrongState
from agencyqa.web.fields.found import MOST_OFFERED
from tests.client import Client
from tests.factories.accounts import (
    NOW,
    PASSWORD,
    make_actor,
    make_bureau,
    make_department,
    make_departments,
    make_member,
    make_user,
    sign_in,
    user_of,
)


@pytest.fixture
def bureau(session: Session) -> Body:
    return make_bureau(session)


@pytest.fixture
def administrator(session: Session, bureau: Body) -> Membership:
    return make_member(session, bureau, Role.SYSTEM_ADMINISTRATOR)


def test_from_new_account_to_first_sign_in(
    client: Client, session: Session, administrator: Membership, bureau: Body
) -> None:
    sign_in(client, administrator)
    made = client.submit(
        client.get("/users/new"), "main-form", username="zhang.min", display_name="张敏", email=""
    )
    assert made.status_code == 302, made.text
    user = session.scalars(select(User).where(User.username == "zhang.min")).one()
    granted = client.post(
        f"/users/{user.id}/memberships",
        data={
            "body_id": bureau.id,
            "role": "bureau_supervisor",
            "valid_from": today().isoformat(),
            "valid_to": "",
        },
    )
    assert granted.status_code == 302, granted.text
    assert client.post(f"/users/{user.id}/invitation").status_code == 302
    page = client.get(f"/users/{user.id}")
    assert "invitation-link" not in client.get(f"/users/{user.id}").text
    link = page.text.split('class="invitation-link">')[1].split("<")[0]
    client.post("/sign-out")

    path = link.removeprefix("http://localhost")
    weak = client.submit(client.get(path), "main-form", password="short", again="short")
    assert (weak.status_code, "密码至少需要 10 个字符。" in weak.text) == (422, True)
    differ = client.submit(client.get(path), "main-form", password=PASSWORD, again="something else 9")
    assert (differ.status_code, "两次输入的密码不一致。" in differ.text) == (422, True)
    assert client.submit(client.get(path), "main-form", password=PASSWORD, again=PASSWORD).status_code == 302
    assert client.get(path).status_code == 409
    answer = client.submit(client.get("/sign-in"), "main-form", username="zhang.min", password=PASSWORD)
    assert answer.status_code == 302


def test_a_body_out_of_very_many_is_found_by_a_part_of_its_name(
    client: Client, session: Session, administrator: Membership, bureau: Body
) -> None:
    make_departments(session, bureau, MOST_OFFERED)
    wanted = make_department(session, bureau, "区卫生健康委")
    user = make_user(session)
    sign_in(client, administrator)
    page = client.get(f"/users/{user.id}")
    assert "街道007" not in page.text
    found = client.submit(
        page, "/memberships", body_id_part="卫生", find="body_id", role="department_officer"
    )
    form = client.page(found).form("/memberships")
    assert (found.status_code, form.value("body_id"), form.value("role")) == (
        200,
        str(wanted.id),
        "department_officer",
    )
    assert client.submit(found, "/memberships").status_code == 302
    granted = session.scalars(select(Membership).where(Membership.user_id == user.id)).one()
    assert (granted.body_id, granted.role) == (wanted.id, Role.DEPARTMENT_OFFICER)
    made = client.submit(
        client.get("/bodies/new"),
        "main-form",
        kind="department",
        name="区疾控中心",
        code="JK",
        bureau_id=str(bureau.id),
        parent_id_part="卫生",
    )
    assert made.status_code == 302, made.text
    body = session.scalars(select(Body).where(Body.code == "JK")).one()
    assert body.parent_id == wanted.id
    facts = client.page(client.get(f"/bodies/{body.id}")).text
    assert (bureau.name in facts, wanted.name in facts) == (True, True)


def test_an_invitation_ends_after_its_time_and_with_the_next_one(session: Session, bureau: Body) -> None:
    actor = make_actor(session, bureau, Role.SYSTEM_ADMINISTRATOR)
    user = make_user(session)
    limit = timedelta(days=7)
    first = invitations.invite(actor, session, user, limit=limit, now=NOW)
    with pytest.raises(WrongState, match="invitation_over"):
        invitations.open_invitation(session, first, now=NOW + limit)
    second = invitations.invite(actor, session, user, limit=limit, now=NOW)
    with pytest.raises(WrongState, match="invitation_over"):
        invitations.open_invitation(session, first, now=NOW)
    assert invitations.open_invitation(session, second, now=NOW) is user
    assert second not in {row.token_hash for row in session.scalars(select(Invitation))}


def test_a_duplicate_user_name_is_an_error_beside_the_field(
    client: Client, session: Session, administrator: Membership
) -> None:
    make_user(session, "li.na")
    sign_in(client, administrator)
    answer = client.submit(
        client.get("/users/new"), "main-form", username="li.na", display_name="李娜", email="li@example.org"
    )
    assert answer.status_code == 422
    assert "该用户名已被使用。" in answer.text
    assert client.page(answer).form("main-form").values["email"] == ["li@example.org"]


def test_a_stale_page_changes_nothing(client: Client, session: Session, administrator: Membership) -> None:
    user = make_user(session, display_name="王芳")
    sign_in(client, administrator)
    old = client.get(f"/users/{user.id}")
    assert client.submit(client.get(f"/users/{user.id}"), "edit", display_name="王方").status_code == 302
    answer = client.submit(old, "edit", display_name="汪芳")
    assert answer.status_code == 409
    assert "汪芳" in answer.text
    assert session.get_one(User, user.id).display_name == "王方"


@pytest.mark.parametrize(
    ("role", "kind", "right"),
    [
        (Role.BUREAU_LEAD, BodyKind.BUREAU, True),
        (Role.BUREAU_LEAD, BodyKind.DEPARTMENT, False),
        (Role.DEPARTMENT_OFFICER, BodyKind.DEPARTMENT, True),
        (Role.AGENCY_MANAGER, BodyKind.BUREAU, False),
    ],
)
def test_a_role_is_held_only_in_its_kind_of_body(
    session: Session, bureau: Body, role: Role, kind: BodyKind, right: bool
) -> None:
    actor = make_actor(session, bureau, Role.SYSTEM_ADMINISTRATOR)
    body = bureau if kind is BodyKind.BUREAU else make_department(session, bureau)
    user = make_user(session)

    def grant() -> Membership:
        return administration.grant_membership(
            actor, session, user, body, role, valid_from=today(), valid_to=None, now=NOW
        )

    if right:
        assert grant().role is role
        with pytest.raises(Invalid) as caught:
            grant()
        assert caught.value.fields == {"role": ("membership_exists", {})}
    else:
        with pytest.raises(Invalid) as caught:
            grant()
        assert caught.value.fields == {"role": ("role_not_in_body", {})}


def test_bodies_stand_in_a_tree_of_their_kind(session: Session, bureau: Body) -> None:
    actor = make_actor(session, bureau, Role.SYSTEM_ADMINISTRATOR)
    department = make_department(session, bureau)
    other = make_bureau(session, "静安区财政局")

    def fault(data: administration.BodyData) -> dict[str, tuple[str, dict[str, object]]]:
        with pytest.raises(Invalid) as caught:
            administration.create_body(actor, session, data, now=NOW)
        return caught.value.fields

    data = administration.BodyData
    assert fault(data(BodyKind.DEPARTMENT, "无主单位")) == {"bureau_id": ("bureau_needed", {})}
    assert fault(data(BodyKind.BUREAU, "区局", parent_id=department.id)) == {
        "parent_id": ("parent_of_other_kind", {})
    }
    assert fault(data(BodyKind.DEPARTMENT, "中学", parent_id=department.id, bureau_id=other.id)) == {
        "parent_id": ("parent_of_other_bureau", {})
    }
    assert fault(data(BodyKind.AGENCY, "乙咨询")) == {"kind": ("agency_made_by_register", {})}
    unit = administration.create_body(
        actor,
        session,
        data(BodyKind.DEPARTMENT, "第一中学", parent_id=department.id, bureau_id=bureau.id),
        now=NOW,
    )
    assert (unit.parent_id, unit.bureau_id) == (department.id, bureau.id)


def test_a_new_body_through_the_page(client: Client, session: Session, administrator: Membership) -> None:
    sign_in(client, administrator)
    answer = client.submit(
        client.get("/bodies/new"),
        "main-form",
        kind="department",
        name="区民政局",
        short_name="民政局",
        code="310105-021",
        bureau_id=str(administrator.body_id),
    )
    assert answer.status_code == 302, answer.text
    body = session.scalars(select(Body).where(Body.name == "区民政局")).one()
    assert (body.kind, body.bureau_id, body.code) == (
        BodyKind.DEPARTMENT,
        administrator.body_id,
        "310105-021",
    )
    assert "区民政局" in client.get("/bodies").text


def test_only_the_administrator_administrates(client: Client, session: Session, bureau: Body) -> None:
    supervisor = make_member(session, bureau, Role.BUREAU_LEAD)
    stranger = make_user(session, display_name="不应看见的人")
    sign_in(client, supervisor)
    for path in ("/users", f"/users/{stranger.id}", "/bodies", "/users/new"):
        answer = client.get(path)
        assert answer.status_code == 403
        assert "不应看见的人" not in answer.text
    actor = make_actor(session, bureau, Role.BUREAU_LEAD)
    with pytest.raises(Forbidden):
        administration.set_user_active(actor, session, stranger, False, version=stranger.version, now=NOW)


def test_nobody_locks_himself_out(client: Client, session: Session, administrator: Membership) -> None:
    sign_in(client, administrator)
    answer = client.post(
        f"/users/{administrator.user_id}/activity",
        data={"active": "0", "version": user_of(session, administrator).version},
    )
    assert answer.status_code == 409
    answer = client.post(f"/users/{administrator.user_id}/memberships/{administrator.id}/end")
    assert answer.status_code == 409
    assert session.get_one(User, administrator.user_id).is_active


def test_changing_the_password_ends_the_other_sessions(
    client: Client, session: Session, administrator: Membership, new_client: object
) -> None:
    elsewhere = new_client()  # type: ignore[operator]
    sign_in(elsewhere, administrator)
    sign_in(client, administrator)
    wrong = client.submit(
        client.get("/account"), "main-form", current="no", new="another river 8", again="another river 8"
    )
    assert (wrong.status_code, "当前密码不正确。" in wrong.text) == (422, True)
    right = client.submit(
        client.get("/account"), "main-form", current=PASSWORD, new="another river 8", again="another river 8"
    )
    assert right.status_code == 302, right.text
    assert client.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302
