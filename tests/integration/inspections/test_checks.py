"""Planning a spot check, its inspectors, and its record."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from http import HTTPStatus
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.db import SettledRowChanged
from agencyqa.engagements.data import data_of
from agencyqa.engagements.services import change_engagement
from agencyqa.errors import Forbidden, Invalid, NotVisible, Refused, Stale, WrongState
from agencyqa.inspections.enums import Answer, Channel, CheckState, FindingState
from agencyqa.inspections.models import Inspector, SpotCheck
from agencyqa.inspections.services import checks, recording
from agencyqa.web.fields.found import MOST_OFFERED
from tests.client import Client
from tests.factories.accounts import NOW, body_of, make_member, make_user, sign_in, user_of
from tests.factories.agencies import make_agency, make_tie
from tests.factories.inspections import make_finding, make_spot_check
from tests.integration.inspections.world import (
    World,
    add,
    confirm,
    declare_none,
    inbox,
    later,
    make_world,
    plan,
    recorded,
)


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


def test_numbers_run_per_bureau_and_year(session: Session, world: World) -> None:
    make_spot_check(session, world.other_bureau, world.rival)
    one, two = plan(world), plan(world)
    assert [(one.year, one.number), (two.year, two.number)] == [(2022, 1), (2022, 2)]
    checks.cancel_check(world.actor("first"), session, two, "对象有误", seen_version=two.version, now=NOW)
    three = plan(world, contract_number="", agency_id=world.agency.id)
    assert (three.number, three.engagement_id, three.agency_id) == (3, None, world.agency.id)
    assert (two.state, two.cancel_reason) == (CheckState.CANCELLED, "对象有误")
    assert inbox(world, "second") == ["inspector_named"] * 3
    session.commit()
    entries = select(AuditEntry.event).where(AuditEntry.target_type == "spot_checks")
    assert list(session.scalars(entries.order_by(AuditEntry.id))) == [
        "inspections.check.planned",
        "inspections.check.planned",
        "inspections.check.cancelled",
        "inspections.check.planned",
    ]


def test_what_cannot_be_planned(session: Session, world: World) -> None:
    foreign = make_agency(session, world.other_bureau, "丙资产评估有限公司")

    def problem(**changes: Any) -> dict[str, str]:
        with pytest.raises(Invalid) as error:
            plan(world, **changes)
        return {name: code for name, (code, _) in error.value.fields.items()}

    assert problem(contract_number="HT-没有") == {"contract_number": "contract_unknown"}
    assert problem(agency_id=world.rival.id) == {"agency_id": "contract_of_another_agency"}
    assert problem(contract_number="") == {"agency_id": "check_needs_target"}
    assert problem(people=("first",)) == {"inspector_ids": "too_few_inspectors"}
    assert problem(people=("first", "other_supervisor")) == {"inspector_ids": "not_a_choice"}
    assert problem(people=("first", "manager")) == {"inspector_ids": "not_a_choice"}
    assert problem(checked_on=date(2020, 1, 1)) == {"checked_on": "no_checklist"}
    with pytest.raises(NotVisible):
        plan(world, contract_number="", agency_id=foreign.id)
    data = checks.PlanData("", world.agency.id, date(2022, 6, 1), Channel.INTERVIEW, "", [])
    for name in ("manager", "officer", "observer"):
        with pytest.raises(Forbidden):
            checks.plan_check(world.actor(name), session, data, now=NOW)
    assert session.scalars(select(SpotCheck)).all() == []


def test_conflicts_the_system_knows(session: Session, world: World) -> None:
    """A post within three years counts, an older one does not; so do the parties and declared ties."""

    def reason(person: str, **changes: Any) -> str | None:
        try:
            plan(world, people=("first", person), **changes)
        except Refused as error:
            return f"{error.code} {error.provision} {error.params['reason']}"
        return None

    past = make_member(
        session, body_of(session, world.manager), Role.AGENCY_STAFF, user_of(session, world.second)
    )
    past.valid_to = date(2019, 6, 14)
    session.flush()
    assert reason("second") is None
    past.valid_to = date(2019, 6, 15)
    session.flush()
    assert reason("second") == (
        "inspector_known_conflict CY6/recusal 现在或近三年内曾是被检查机构甲咨询有限公司的人员。"
    )
    assert reason("second", contract_number="", agency_id=world.rival.id) is None
    unit = make_member(session, world.department, Role.DEPARTMENT_OFFICER, user_of(session, world.third))
    assert "区教育局" in (reason("third") or "")
    # As a whole the agency has nothing to do with the department, until it declares a tie with it.
    assert reason("third", contract_number="", agency_id=world.agency.id) is None
    make_tie(session, world.bureau, world.agency, world.department)
    assert "申报的利害关系" in (reason("third", contract_number="", agency_id=world.agency.id) or "")
    unit.valid_to = date(2018, 12, 31)
    session.flush()
    assert reason("third") is None


def test_each_declares_for_himself(session: Session, world: World) -> None:
    check = plan(world, people=("first", "second", "lead"))
    with pytest.raises(Forbidden, match="not_an_inspector"):
        checks.declare(world.actor("third"), session, check, has_conflict=False, note="", now=NOW)
    with pytest.raises(Invalid):
        checks.declare(world.actor("lead"), session, check, has_conflict=True, note="", now=NOW)
    # Known only after the plan: the declaration is stopped all the same.
    make_member(session, body_of(session, world.manager), Role.AGENCY_STAFF, user_of(session, world.lead))
    with pytest.raises(Refused):
        checks.declare(world.actor("lead"), session, check, has_conflict=False, note="", now=NOW)
    checks.declare(world.actor("lead"), session, check, has_conflict=True, note="曾任职", now=NOW)
    declare_none(world, check, "second")
    with pytest.raises(WrongState, match="declared_already"):
        checks.declare(world.actor("second"), session, check, has_conflict=True, note="后悔", now=NOW)
    rows = session.execute(
        select(Inspector.user_id, Inspector.has_conflict, Inspector.conflict_note)
        .where(Inspector.spot_check_id == check.id)
        .order_by(Inspector.id)
    )
    assert [tuple(row) for row in rows] == [
        (world.first.user_id, None, ""),
        (world.second.user_id, False, ""),
        (world.lead.user_id, True, "曾任职"),
    ]
    assert inbox(world, "first") == ["inspector_named", "inspector_taken_off"]
    with pytest.raises(Forbidden, match="conflict_declared_here"):
        add(world, check, "lead")
    with pytest.raises(WrongState, match="declare_first"):
        recording.write_answers(
            world.actor("first"), session, check, {}, "", seen_version=check.version, now=NOW
        )


def test_closing_the_record(session: Session, world: World) -> None:
    actor = world.actor("first")
    check = plan(world, checked_on=date(2022, 6, 16))

    def close(*, leave: bool = False, now: object = NOW) -> str:
        with pytest.raises((Invalid, WrongState, Refused)) as error:
            recording.close_record(
                actor,
                session,
                check,
                leave_unanswered=leave,
                seen_version=check.version,
                now=now,  # type: ignore[arg-type]
            )
        fields = getattr(error.value, "fields", {})
        return next(iter(fields.values()))[0] if fields else error.value.code

    assert close() == "check_in_future"
    tomorrow = later(1)
    assert close(now=tomorrow) == "too_few_inspectors"
    declare_none(world, check)
    assert close(now=tomorrow) == "items_unanswered"
    assert close(leave=True, now=tomorrow) == "summary_needed"
    recording.write_answers(
        actor,
        session,
        check,
        {"contract": (Answer.YES, "见合同"), "archive": (None, "待补"), "unknown": (Answer.NO, "")},
        "总体规范",
        seen_version=check.version,
        now=NOW,
    )
    assert check.answers == {
        "contract": {"answer": "yes", "note": "见合同"},
        "archive": {"answer": None, "note": "待补"},
    }
    seen = check.version
    with pytest.raises(Stale):
        recording.write_answers(actor, session, check, {}, "", seen_version=seen - 1, now=NOW)
    recording.close_record(actor, session, check, leave_unanswered=True, seen_version=seen, now=tomorrow)
    assert (check.state, check.recorded_at, check.answers["archive"], len(check.answers)) == (
        CheckState.RECORDED,
        tomorrow,
        {"answer": "left", "note": "待补"},
        14,
    )
    steps: tuple[Callable[[], None], ...] = (
        lambda: recording.write_answers(actor, session, check, {}, "", seen_version=check.version, now=NOW),
        lambda: checks.cancel_check(actor, session, check, "x", seen_version=check.version, now=NOW),
        lambda: checks.add_inspector(
            actor, session, check, world.third.user_id, seen_version=check.version, now=NOW
        ),
    )
    for step in steps:
        with pytest.raises(WrongState, match="check_wrong_state"):
            step()
    check.summary = "改写"
    with pytest.raises(SettledRowChanged):
        session.flush()
    session.rollback()


def test_a_new_inspector_in_place_of_one_taken_off(session: Session, world: World) -> None:
    check = plan(world)
    checks.declare(world.actor("second"), session, check, has_conflict=True, note="亲属任职", now=NOW)
    declare_none(world, check, "first")
    with pytest.raises(WrongState, match="too_few_inspectors"):
        recording.close_record(
            world.actor("first"), session, check, leave_unanswered=True, seen_version=check.version, now=NOW
        )
    with pytest.raises(Invalid):
        checks.add_inspector(
            world.actor("first"), session, check, world.second.user_id, seen_version=check.version, now=NOW
        )
    checks.add_inspector(
        world.actor("first"), session, check, world.third.user_id, seen_version=check.version, now=NOW
    )
    assert inbox(world, "third") == ["inspector_named"]


def test_a_check_with_findings_is_not_called_off(session: Session, world: World) -> None:
    check = plan(world)
    make_finding(session, check, state=FindingState.DRAFT)
    with pytest.raises(WrongState, match="check_has_findings"):
        checks.cancel_check(world.actor("first"), session, check, "x", seen_version=check.version, now=NOW)


def test_of_many_officers_a_team_is_found_by_parts_of_their_names(
    client: Client, session: Session, world: World
) -> None:
    bureau = session.get_one(Body, world.first.body_id)
    officers = [
        make_member(session, bureau, Role.BUREAU_SUPERVISOR, make_user(session, display_name=f"科员{n:03}"))
        for n in range(MOST_OFFERED)
    ]
    session.commit()
    first, second, third = (str(officers[n].user_id) for n in (7, 8, 9))
    sign_in(client, world.first)
    opened = client.get(f"/inspections/new?engagement_id={world.engagement.id}")
    assert 'type="checkbox" id="inspector_ids' not in opened.text
    typed = {"channel": "interview", "purpose": "跟踪检查"}
    found = client.submit(opened, "main-form", **typed, inspector_ids_part="科员007", find="inspector_ids")
    two = client.submit(found, "main-form", inspector_ids_part="科员008", find="inspector_ids")
    ticked = re.findall(r'name="inspector_ids" value="(\d+)" checked', two.text)
    assert (ticked, "跟踪检查" in two.text, session.scalars(select(SpotCheck)).all()) == (
        [first, second],
        True,
        [],
    )
    done = client.submit(two, "main-form")
    assert done.status_code == HTTPStatus.FOUND
    adding = client.get(done.headers["Location"] + "/inspectors")
    shown = client.submit(adding, "main-form", user_id_part="科员00", find="user_id")
    boxes = re.search(r'<select[^>]* name="user_id".*?</select>', shown.text, re.DOTALL)
    assert boxes is not None
    offered = re.findall(r'<option value="(\d+)"', boxes[0])
    assert offered == [str(each.user_id) for each in officers[:7]] + [third]
    assert client.submit(adding, "main-form", user_id_part="科员009").status_code == HTTPStatus.FOUND
    session.expire_all()
    named = session.scalars(select(Inspector.user_id).order_by(Inspector.id)).all()
    assert [str(each) for each in named] == [first, second, third]


def test_planning_in_the_browser(client: Client, session: Session, world: World) -> None:
    """From the page of the engagement to a closed record, with the double click and the stale page on the way."""
    sign_in(client, world.first)
    page = client.get(f"/engagements/{world.engagement.id}")
    assert f"/inspections/new?engagement_id={world.engagement.id}" in page.text
    opened = client.get(f"/inspections/new?engagement_id={world.engagement.id}")
    assert 'value="HT-甲-1"' in opened.text
    people = [str(world.first.user_id), str(world.second.user_id)]
    typed = {"channel": "interview", "purpose": "跟踪检查", "inspector_ids": people}
    short = client.submit(opened, "main-form", **{**typed, "inspector_ids": people[:1]})
    assert (short.status_code, "至少 2 人" in short.text) == (HTTPStatus.UNPROCESSABLE_ENTITY, True)
    done = client.submit(opened, "main-form", **typed)
    assert done.status_code == HTTPStatus.FOUND
    again = client.submit(opened, "main-form", **typed)
    assert (again.status_code, "已经提交过" in again.text) == (HTTPStatus.UNPROCESSABLE_ENTITY, True)
    check = session.scalars(select(SpotCheck)).one()
    shown = client.get(done.headers["Location"])
    assert f"抽查{check.year}-001" in shown.text
    form = client.get(f"/inspections/{check.id}/declare")
    neither = client.submit(form, "main-form")
    assert "请在两项中勾选一项" in neither.text
    assert client.submit(form, "main-form", has_none="1").status_code == HTTPStatus.FOUND
    declare_none(world, session.get_one(SpotCheck, check.id), "second")
    form = client.get(f"/inspections/{check.id}/record")
    stale = client.get(f"/inspections/{check.id}/record")
    saved = client.submit(form, "main-form", answer_0="yes", answer_5="no", note_5="缺底稿", summary="规范")
    assert saved.status_code == HTTPStatus.FOUND
    lost = client.submit(stale, "main-form", summary="另一个人写的")
    assert (lost.status_code, "另一个人写的" in lost.text) == (HTTPStatus.CONFLICT, True)
    form = client.get(f"/inspections/{check.id}/close")
    refused = confirm(client, form)
    assert "还有 12 项没有填写" in refused.text
    assert confirm(client, form, leave_unanswered="1").status_code == HTTPStatus.FOUND
    shown = client.get(f"/inspections/{check.id}")
    assert "/findings/new?item=work_papers" in shown.text
    assert session.get_one(SpotCheck, check.id).state is CheckState.RECORDED


def test_a_bureaus_own_checklist(client: Client, session: Session, world: World) -> None:
    """From a day on; checks made before keep theirs."""
    before = recorded(world)
    sign_in(client, world.first)
    opened = client.get("/inspections/checklists/new")
    more = client.submit(opened, "main-form", more="1", title="长宁检查单")
    assert (more.status_code, 'name="text_23"' in more.text, "长宁检查单" in more.text) == (200, True, True)
    rows = {f"{name}_{n}": "" for n in range(2, 24) for name in ("text", "provision", "fault")}
    empty = client.submit(
        more, "main-form", source="本局制定", **{**rows, "text_0": "", "fault_1": "no_such"}
    )
    assert empty.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    done = client.submit(
        more,
        "main-form",
        source="本局制定",
        valid_from="2022-06-01",
        **{**rows, "text_0": "查合同", "provision_1": "M1/independence"},
    )
    assert done.status_code == HTTPStatus.FOUND, client.page(done)
    assert "查合同" in client.get(done.headers["Location"]).text
    after = plan(world)
    assert after.checklist_id != before.checklist_id
    assert plan(world, checked_on=date(2022, 5, 31)).checklist_id == before.checklist_id
    index = client.get("/inspections/checklists")
    assert ("长宁检查单" in index.text, "参考清单" in index.text) == (True, True)
    client.post("/sign-out")
    sign_in(client, world.other_supervisor)
    assert "长宁检查单" not in client.get("/inspections/checklists").text
    assert client.get(done.headers["Location"]).status_code == HTTPStatus.NOT_FOUND


def test_an_inspected_engagement_keeps_its_agency(session: Session, world: World) -> None:
    check, engagement = plan(world), world.engagement
    wanted = replace(data_of(engagement), agency_id=world.rival.id)

    def change() -> None:
        change_engagement(
            world.actor("first"), session, engagement, wanted, seen_version=engagement.version, now=NOW
        )

    session.commit()
    with pytest.raises(Invalid) as error:
        change()
    assert error.value.fields == {"agency_id": ("fixed_by_evidence", {})}
    session.rollback()
    checks.cancel_check(world.actor("first"), session, check, "对象有误", seen_version=check.version, now=NOW)
    change()
    assert engagement.agency_id == world.rival.id
