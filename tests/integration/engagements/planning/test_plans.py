"""The annual plan: who drafts, who approves, what stays when it is adjusted, and how far it has come."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.planning import queries, services
from agencyqa.engagements.planning.enums import Coverage, PlanState
from agencyqa.engagements.planning.models import AnnualPlan, PlanLine
from agencyqa.engagements.planning.services import LineData
from agencyqa.errors import Forbidden, Invalid, NotVisible, Stale, WrongState
from agencyqa.measures.enums import WorkKind
from tests.client import Client
from tests.factories.accounts import NOW, make_actor, make_member, sign_in
from tests.factories.engagements import make_engagement
from tests.factories.objects import make_object
from tests.integration.engagements.world import World, make_world, statements


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


def line_of(world: World, **changes: object) -> LineData:
    data = LineData(
        world.thing.id, WorkKind.EVALUATION, world.bureau.id, world.school.id, date(2022, 6, 30), 8_000_000
    )
    return replace(data, **changes)  # type: ignore[arg-type]


def begin(session: Session, world: World, *lines: LineData) -> AnnualPlan:
    plan = services.begin_plan(world.supervisor, session, 2022, "部署", now=NOW)
    for line in lines:
        services.add_line(world.supervisor, session, plan, line, seen_version=plan.version, now=NOW)
    return plan


def approve(session: Session, world: World, plan: AnnualPlan) -> None:
    services.approve_plan(world.lead, session, plan, seen_version=plan.version, now=NOW)


def test_an_approved_plan_changes_only_as_a_new_version(session: Session, world: World) -> None:
    first = begin(session, world, line_of(world), line_of(world, work_kind=WorkKind.RESEARCH))
    for actor, error in (
        (world.supervisor, Forbidden),
        (make_actor(session, world.city, Role.BUREAU_LEAD), Forbidden),
        (make_actor(session, world.foreign_bureau, Role.BUREAU_LEAD), NotVisible),
    ):
        with pytest.raises(error):
            services.approve_plan(actor, session, first, seen_version=first.version, now=NOW)
    with pytest.raises(Stale):
        services.approve_plan(world.lead, session, first, seen_version=1, now=NOW)
    approve(session, world, first)
    with pytest.raises(WrongState, match="plan_wrong_state"):
        services.add_line(
            world.supervisor,
            session,
            first,
            line_of(world, work_kind=WorkKind.EX_ANTE),
            seen_version=first.version,
            now=NOW,
        )
    with pytest.raises(Invalid) as again:
        begin(session, world)
    assert again.value.fields == {"year": ("plan_exists", {})}
    with pytest.raises(Invalid):
        services.adjust_plan(world.supervisor, session, first, " ", now=NOW)
    second = services.adjust_plan(world.supervisor, session, first, "年中调整", now=NOW)
    with pytest.raises(IntegrityError), session.begin_nested():
        services.adjust_plan(world.supervisor, session, first, "又一次", now=NOW)
    gone = session.scalars(
        select(PlanLine).where(PlanLine.plan_id == second.id, PlanLine.work_kind == WorkKind.RESEARCH)
    ).one()
    services.remove_line(world.supervisor, session, second, gone, seen_version=second.version, now=NOW)
    new = line_of(world, work_kind=WorkKind.EX_ANTE)
    services.add_line(world.supervisor, session, second, new, seen_version=second.version, now=NOW)
    # Until the new version is approved the old one holds.
    assert (first.state, second.state) == (PlanState.APPROVED, PlanState.DRAFT)
    approve(session, world, second)
    assert (first.state, second.state, second.number) == (PlanState.SUPERSEDED, PlanState.APPROVED, 2)
    assert len(session.scalars(select(PlanLine).where(PlanLine.plan_id == first.id)).all()) == 2
    changes = queries.changes_of(session, world.lead, second)
    assert {(change.kind, change.work_kind) for change in changes} == {
        ("added", WorkKind.EX_ANTE),
        ("removed", WorkKind.RESEARCH),
    }
    session.commit()
    logged = select(AuditEntry.event).where(AuditEntry.target_type == "annual_plans").order_by(AuditEntry.id)
    assert [event.rpartition(".")[2] for event in session.scalars(logged)] == [
        "begun",
        "approved",
        "begun",
        "superseded",
        "approved",
    ]


def test_what_cannot_be_planned(session: Session, world: World) -> None:
    plan = begin(session, world, line_of(world))
    for changes, field in (
        ({"object_id": world.foreign_thing.id}, "object_id"),
        ({"commissioner_id": world.foreign_department.id}, "commissioner_id"),
        ({"evaluated_unit_id": world.foreign_department.id}, "evaluated_unit_id"),
        ({"commissioner_id": world.school.id}, "evaluated_unit_id"),
        ({"due_on": date(2021, 12, 31)}, "due_on"),
        ({"budget": -1}, "budget"),
    ):
        with pytest.raises(Invalid) as wrong:
            services.add_line(
                world.supervisor,
                session,
                plan,
                line_of(world, **changes),
                seen_version=plan.version,
                now=NOW,
            )
        assert set(wrong.value.fields) == {field}
    with pytest.raises(IntegrityError), session.begin_nested():
        services.add_line(world.supervisor, session, plan, line_of(world), seen_version=plan.version, now=NOW)
    officer = make_actor(session, world.school, Role.DEPARTMENT_OFFICER)
    with pytest.raises(Forbidden):
        services.begin_plan(officer, session, 2023, "", now=NOW)
    # A draft is the bureau's own.
    with pytest.raises(NotVisible):
        services.drop_plan(officer, session, plan, seen_version=plan.version, now=NOW)
    services.drop_plan(world.supervisor, session, plan, seen_version=plan.version, now=NOW)
    empty = begin(session, world)
    with pytest.raises(Invalid, match="plan_is_empty"):
        approve(session, world, empty)


def test_coverage_is_read_from_the_engagements(session: Session, world: World) -> None:
    things = [make_object(session, world.bureau, world.education, f"项目{n}", code=f"C{n}") for n in range(4)]
    plan = begin(session, world, *(line_of(world, object_id=thing.id) for thing in things))
    approve(session, world, plan)
    states = (EngagementState.COMPLETED, EngagementState.CONTRACTED, EngagementState.TERMINATED)
    for thing, state in zip(things, states, strict=False):
        make_engagement(session, world.bureau, world.agency, world.school, thing=thing, state=state)
    # Work of another kind covers nothing.
    make_engagement(
        session, world.bureau, world.agency, world.school, thing=things[3], work_kind=WorkKind.RESEARCH
    )
    assert queries.coverage_counts(session, world.lead, plan.id) == {
        Coverage.PLANNED: 2,
        Coverage.COMMISSIONED: 1,
        Coverage.DONE: 1,
    }
    rows = session.execute(queries.line_rows(world.lead, plan.id, Coverage.PLANNED)).all()
    assert sorted(row.object for row in rows) == ["项目2", "项目3"]
    # A department counts the lines that name it.
    officer = make_actor(session, world.health, Role.DEPARTMENT_OFFICER)
    assert sum(queries.coverage_counts(session, officer, plan.id).values()) == 0


def test_pages(client: Client, session: Session, world: World) -> None:
    sign_in(client, make_member(session, world.bureau, Role.BUREAU_LEAD))
    where = "/engagements/plans"
    answer = client.submit(client.get(f"{where}/new"), "main-form", year="2022", source="部署")
    page = answer.location
    typed = {
        "object_id": world.thing.id,
        "work_kind": "evaluation",
        "commissioner_id": world.bureau.id,
        "evaluated_unit_id": world.school.id,
        "budget": "80,000",
        "note": "群众关注",
    }
    answer = client.submit(client.get(f"{page}/lines/new"), "main-form", **typed)
    assert answer.status_code == 422
    answer = client.submit(answer, "main-form", due_on="2022-06-30")
    assert answer.location == page
    counts = []
    for _ in range(2):
        with statements(session) as sent:
            assert "群众关注" in client.get(page).text
            assert client.get(where + "/").status_code == 200
        counts.append(len(sent))
        plan = session.scalars(select(AnnualPlan)).one()
        for number in range(12):
            thing = make_object(session, world.bureau, world.education, code=f"N{number}{len(counts)}")
            line = line_of(world, object_id=thing.id)
            services.add_line(world.supervisor, session, plan, line, seen_version=plan.version, now=NOW)
        session.commit()
    assert counts[0] == counts[1]
    answer = client.post(f"{page}/approve", data={"version": plan.version})
    assert answer.location == page
    shown = client.get(page)
    assert "已批准" in shown.text
    # From the line on nothing is typed twice, be it to choose an agency first or to enter the contract.
    for link in ("选取机构", "登记委托业务"):
        addresses = [href for text, href in client.page(shown).links if text.startswith(link)]
        form = client.page(client.get(addresses[0])).form("main-form")
        for name in ("object_id", "work_kind", "commissioner_id", "evaluated_unit_id"):
            assert form.value(name) == str(typed[name])
    odd = client.page(client.get(f"/engagements/new?work_kind=x&fee=-1&agency_id={world.health.id}"))
    assert [odd.form("main-form").value(name) for name in ("work_kind", "fee", "agency_id")] == ["", "", ""]
    answer = client.submit(client.get(f"{page}/adjust"), "main-form", reason="年中调整")
    assert "第 2 版" in client.get(answer.location).text
    client.post("/sign-out")
    sign_in(client, make_member(session, world.school, Role.DEPARTMENT_OFFICER))
    # The unit reads that it is in the plan, and neither the note nor the fee that is budgeted.
    told = client.page(client.get(page)).text
    assert [word in told for word in ("学前教育", "群众关注", "80,000.00")] == [True, False, False]
    assert client.get(answer.location).status_code == 404
    client.post("/sign-out")
    sign_in(client, make_member(session, world.health, Role.DEPARTMENT_OFFICER))
    assert client.get(page).status_code == 404
