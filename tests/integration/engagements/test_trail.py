"""The story of an engagement: in order, in sentences, and with no name that the reader has no business to know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.models import Agency
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.engagements import services
from agencyqa.engagements.hooks import TrailEntry, trail_sources
from agencyqa.engagements.jobs import mark_overdue
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.trail import SHOWN, Trail, own_lines, trail_of
from agencyqa.web.messages import register_messages
from tests.client import Client
from tests.factories.accounts import NOW, make_actor, make_member, sign_in, user_of
from tests.factories.agencies import make_agency
from tests.factories.engagements import make_engagement
from tests.integration.engagements.world import World, change, create, make_world

register_messages({"trail.test_handed_in": _l("提交 <%(name)s>")})
Told = list[tuple[str, str, str]]


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


@pytest.fixture(autouse=True)
def own_source() -> Iterator[None]:
    """Areas above have sources of their own; what they tell is tested there."""
    kept = trail_sources[:]
    trail_sources[:] = [own_lines]
    yield
    trail_sources[:] = kept


def told(app: Flask, session: Session, actor: Actor, engagement: Engagement) -> Told:
    trail = read(app, session, actor, engagement)
    return [
        (f"{line.at:%Y-%m-%d %H:%M}", line.text, line.who)
        for group in [*trail.recent, *trail.earlier]
        for line in group.lines
    ]


def read(app: Flask, session: Session, actor: Actor, engagement: Engagement) -> Trail:
    session.commit()
    with app.test_request_context():
        return trail_of(session, actor, session.get_one(Engagement, engagement.id))


def actor_in(session: Session, body: Body | Agency, role: Role) -> Actor:
    return make_actor(session, session.get_one(Body, body.id), role)


def step(session: Session, world: World, name: str, engagement: Engagement, *given: Any, hours: int) -> None:
    session.refresh(engagement)
    actor = world.lead if name == "change_assessment_year" else world.supervisor
    getattr(services, name)(
        actor,
        session,
        engagement,
        *given,
        seen_version=engagement.version,
        now=NOW + timedelta(hours=hours),
    )


def test_the_whole_story_newest_first(app: Flask, session: Session, world: World) -> None:
    engagement = create(session, world)
    change(session, world, engagement, due_on=date(2022, 5, 31), fee=9_000_000, note="内部备注")
    mark_overdue(session, NOW + timedelta(hours=1))
    step(session, world, "complete_engagement", engagement, date(2022, 6, 10), hours=2)
    step(session, world, "reopen_engagement", engagement, "登记有误", hours=3)
    step(session, world, "change_assessment_year", engagement, 2023, "跨年完成", hours=4)
    step(session, world, "terminate_engagement", engagement, "合同解除", hours=5)
    other = create(session, world, contract_number="HT-OTHER")
    officer, lead = (f"{actor.user_name}（长宁区财政局）" for actor in (world.supervisor, world.lead))
    expected = [
        ("2022-06-15 07:00", "终止委托业务", officer),
        ("2022-06-15 06:00", "考核年度由 2022 年调整为 2023 年", lead),
        ("2022-06-15 05:00", "撤销完成登记", officer),
        ("2022-06-15 04:00", "登记完成，完成日期 2022-06-10，已逾期", officer),
        ("2022-06-15 03:00", "到期未完成，约定完成日期 2022-05-31", ""),
        ("2022-06-15 02:00", "修改委托业务：合同金额（元）、备注", officer),
        ("2022-06-15 02:00", "约定完成日期由 2022-06-30 改为 2022-05-31", officer),
        ("2022-06-15 02:00", "登记委托业务", officer),
    ]
    city = actor_in(session, world.city, Role.BUREAU_LEAD)
    found = told(app, session, city, engagement)
    assert found == expected
    # The agency and the departments know the bureau, not the person; no reason, no figure. That the fee was changed is
    # nothing the evaluated unit hears of.
    of_contract = "修改委托业务：合同金额（元）、备注"
    for body, role, hidden in (
        (world.agency, Role.AGENCY_MANAGER, set()),
        (world.school, Role.DEPARTMENT_OFFICER, {of_contract}),
    ):
        others = told(app, session, actor_in(session, body, role), engagement)
        wanted = [(at, text) for at, text, _ in found if text not in hidden]
        assert [(at, text) for at, text, _ in others] == wanted
        assert {who for _, _, who in others} == {"长宁区财政局", ""}
    own = told(app, session, world.supervisor, other)
    assert own == [("2022-06-15 02:00", "登记委托业务", world.supervisor.user_name)]


def test_names_go_to_the_own_people_and_to_bureaus(app: Flask, session: Session, world: World) -> None:
    engagement = create(session, world)
    at = NOW + timedelta(hours=1)
    agency, school = world.agency.id, world.school.id

    def source(session: Session, actor: Actor, found: Engagement) -> list[TrailEntry]:
        return [
            TrailEntry(at, "test_handed_in", {"name": "甲"}, actor_name="王机构", body_id=agency),
            TrailEntry(at, "test_handed_in", {"name": "乙"}, actor_name="李校长", body_id=school),
            # Where nobody says for whom he acted, only a bureau is told the name.
            TrailEntry(at, "test_handed_in", {"name": "丙"}, actor_name="赵某"),
        ]

    trail_sources.append(source)
    names = {}
    for name, actor in {
        "bureau": world.supervisor,
        "agency": actor_in(session, world.agency, Role.AGENCY_MANAGER),
        "unit": actor_in(session, world.school, Role.DEPARTMENT_OFFICER),
        "observer": Actor(None, "x", None, Role.OBSERVER, None, None),
    }.items():
        lines = told(app, session, actor, engagement)
        names[name] = sorted(who for _, text, who in lines if text.startswith("提交"))
    assert names == {
        "bureau": ["李校长（第一小学）", "王机构（甲咨询有限公司）", "赵某"],
        "agency": ["", "王机构", "第一小学"],
        "unit": ["", "李校长", "甲咨询有限公司"],
        "observer": ["", "甲咨询有限公司", "第一小学"],
    }


def test_years_are_apart_and_what_is_old_is_folded(
    app: Flask, client: Client, session: Session, world: World
) -> None:
    engagement = make_engagement(session, world.bureau, world.agency, world.school, thing=world.thing)

    def source(session: Session, actor: Actor, found: Engagement) -> list[TrailEntry]:
        # The turn of the year is that of the bureau: the first is already the new year there.
        start = datetime(2022, 12, 31, 16, 0, tzinfo=UTC)
        return [
            TrailEntry(
                start - timedelta(days=day),
                "test_handed_in",
                {"name": f"<b>{day}"},
                endpoint="engagements.show",
                endpoint_values={"engagement_id": found.id},
                body_id=world_agency,
                actor_name="王机构",
                tone="success",
            )
            for day in range(SHOWN + 2)
        ] + [TrailEntry(start - timedelta(days=30), "test_handed_in", {"name": "x"}, endpoint="gone.page")]

    world_agency = world.agency.id
    trail_sources.append(source)
    trail = read(app, session, world.supervisor, engagement)
    assert [(group.year, len(group.lines)) for group in trail.recent] == [(2023, 1), (2022, SHOWN - 1)]
    # Entered straight into the table, it was still entered once.
    assert [(group.year, [line.text for line in group.lines]) for group in trail.earlier] == [
        (2022, ["提交 <<b>12>", "提交 <<b>13>", "提交 <x>", "登记委托业务"])
    ]
    assert (trail.folded, trail.earlier[0].lines[2].href) == (4, None)
    sign_in(client, make_member(session, session.get_one(Body, world.bureau.id), Role.BUREAU_SUPERVISOR))
    page = client.page(client.get(f"/engagements/{engagement.id}"))
    assert "更早的 4 条" in page.text
    assert "王机构（甲咨询有限公司）" in page.text
    assert "提交 <<b>3>" in page.text
    texts = [text for text, href in page.links if href == f"/engagements/{engagement.id}" and "提交" in text]
    assert len(texts) == SHOWN + 2


def test_the_page_tells_the_agency_no_name(client: Client, session: Session, world: World) -> None:
    engagement = create(session, world)
    rival = create(session, world, contract_number="HT-SECRET", agency_id=world.rival.id)
    manager = make_member(session, session.get_one(Body, world.agency.id), Role.AGENCY_MANAGER)
    sign_in(client, manager)
    text = client.page(client.get(f"/engagements/{engagement.id}")).text
    trail = text[text.index("办理经过") :]
    assert "登记委托业务" in trail
    assert world.supervisor.user_name not in text
    assert client.get(f"/engagements/{rival.id}").status_code == 404
    assert user_of(session, manager).display_name not in trail
    assert make_agency(session, session.get_one(Body, world.bureau.id)).id
