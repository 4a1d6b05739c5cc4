"""Milestones: reached by a day, moved with a trace, done with evidence, and in everybody's view who has to act."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, Membership
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.clock import today
from agencyqa.db import SettledRowChanged
from agencyqa.duties.enums import Duty
from agencyqa.duties.items import Scope
from agencyqa.duties.jobs import remind
from agencyqa.duties.narrowings import is_mine
from agencyqa.duties.queries import Listing
from agencyqa.engagements.deliverables.enums import DeliverableKind
from agencyqa.engagements.deliverables.services.deadlines import DueData
from agencyqa.engagements.deliverables.services.pauses import Grounds
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.locks import year_locks
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.schedule import panels, services
from agencyqa.engagements.schedule.enums import MilestoneKind, MilestoneState, Party
from agencyqa.engagements.schedule.models import Milestone, MilestoneStep
from agencyqa.engagements.schedule.services import MilestoneData
from agencyqa.errors import Forbidden, Invalid, NotVisible, Stale, WrongState
from agencyqa.measures import workday_services
from agencyqa.measures.reckoning import reckon
from agencyqa.measures.workday_services import ChangeData
from agencyqa.measures.workdays import built_in_years
from tests.client import Client
from tests.factories.accounts import actor_of, make_member, sign_in
from tests.factories.deliverables import make_handed_in
from tests.factories.engagements import make_engagement
from tests.integration.engagements.deliverables.traces import entries, inbox, refusal
from tests.integration.engagements.world import World, make_world

K = MilestoneKind
GROUNDS = Grounds("等待决算批复", "局长办公会纪要")
SIGNED = date(2022, 3, 1)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


@dataclass
class Scene:
    world: World
    engagement: Engagement
    members: dict[str, Membership]
    actors: dict[str, Actor]
    session: Session

    def plan(self, kind: MilestoneKind = K.KICK_OFF, who: str = "supervisor", **given: Any) -> Milestone:
        values = {"title": "", "party": None, "due_on": None, "counted_from": SIGNED, "working_days": 15}
        now = given.pop("now", at(SIGNED))
        data = MilestoneData(kind=kind, **{**values, **given})
        return services.plan_milestone(self.actors[who], self.session, self.engagement, data, now=now)

    def do(
        self, verb: Callable[..., None], who: str, one: Milestone, *given: Any, day: date, **more: Any
    ) -> None:
        seen = more.pop("seen_version", one.version)
        verb(self.actors[who], self.session, one, *given, seen_version=seen, now=at(day), **more)

    def history(self, one: Milestone) -> list[tuple[str, date | None, date | None, str, str]]:
        rows = self.session.scalars(
            select(MilestoneStep).where(MilestoneStep.milestone_id == one.id).order_by(MilestoneStep.id)
        )
        return [(row.kind.value, row.before_on, row.after_on, row.text, row.authority) for row in rows]


@pytest.fixture
def scene(session: Session) -> Scene:
    world = make_world(session)
    engagement = make_engagement(
        session, world.bureau, world.agency, world.school, commissioner=world.education, signed_on=SIGNED
    )
    agency, rival = (session.get_one(Body, each.id) for each in (world.agency, world.rival))
    members = {
        "supervisor": make_member(session, world.bureau, Role.BUREAU_SUPERVISOR),
        "city": make_member(session, world.city, Role.BUREAU_LEAD),
        "foreign": make_member(session, world.foreign_bureau, Role.BUREAU_LEAD),
        "manager": make_member(session, agency, Role.AGENCY_MANAGER),
        "staff": make_member(session, agency, Role.AGENCY_STAFF),
        "rival": make_member(session, rival, Role.AGENCY_MANAGER),
        "officer": make_member(session, world.education, Role.DEPARTMENT_OFFICER),
        "unit": make_member(session, world.school, Role.DEPARTMENT_OFFICER),
    }
    actors = {name: actor_of(session, member) for name, member in members.items()}
    return Scene(world, engagement, members, actors, session)


def test_dates_are_counted_moved_and_kept_with_every_reason(scene: Scene) -> None:
    one = scene.plan()
    # Fifteen working days after 2022-03-01, the last one in full.
    assert (one.due_on, one.is_due_provisional, one.party) == (date(2022, 3, 22), False, Party.AGENCY)
    scene.do(services.extend, "supervisor", one, 2, GROUNDS, day=date(2022, 3, 3))
    assert one.due_on == date(2022, 3, 24)
    scene.do(services.pause, "supervisor", one, date(2022, 3, 7), GROUNDS, day=date(2022, 3, 9))
    for verb, given in (
        (services.extend, (1, GROUNDS)),
        (services.change_date, (DueData(date(2022, 4, 1), None, None, "改期"),)),
        (services.pause, (date(2022, 3, 8), GROUNDS)),
    ):
        with pytest.raises(WrongState, match="term_paused"):
            scene.do(verb, "supervisor", one, *given, day=date(2022, 3, 9))
    # Five working days left out: the 7th to the 11th, on which the papers came.
    scene.do(
        services.resume, "supervisor", one, date(2022, 3, 11), "已收到", anew=False, day=date(2022, 3, 14)
    )
    assert (one.due_on, one.paused_on) == (date(2022, 3, 31), None)
    scene.do(
        services.change_date, "supervisor", one, DueData(date(2022, 4, 15), None, None, "改期"), day=SIGNED
    )
    scene.do(services.extend, "supervisor", one, 1, GROUNDS, day=date(2022, 4, 20))
    # Over the weekend, and after it was late already.
    assert one.due_on == date(2022, 4, 18)
    assert [line[:3] for line in scene.history(one)] == [
        ("planned", None, date(2022, 3, 22)),
        ("extended", date(2022, 3, 22), date(2022, 3, 24)),
        ("paused", date(2022, 3, 24), date(2022, 3, 24)),
        ("resumed", date(2022, 3, 24), date(2022, 3, 31)),
        ("by_hand", date(2022, 3, 31), date(2022, 4, 15)),
        ("extended", date(2022, 4, 15), date(2022, 4, 18)),
    ]
    assert scene.history(one)[1][3:] == (GROUNDS.reason, GROUNDS.authority)
    moved = entries(scene.session, "schedule.milestone.moved")
    assert [entry["cause"] for entry in moved] == ["extended", "by_hand", "extended"]


def test_a_year_that_is_not_published_is_provisional_and_follows_the_calendar(scene: Scene) -> None:
    last = max(built_in_years())
    one = scene.plan(counted_from=date(last, 12, 20), working_days=20)
    sure = scene.plan(counted_from=date(2022, 6, 13), working_days=5)
    assert (one.is_due_provisional, sure.due_on) == (True, date(2022, 6, 20))
    before = one.due_on
    holiday = ChangeData(before, before, False, "元旦", "国办通知")
    workday_services.enter_change(scene.world.supervisor, scene.session, holiday, now=at(SIGNED))
    workday_services.declare_year(scene.world.supervisor, scene.session, last + 1, "国办通知", now=at(SIGNED))
    assert (one.due_on > before, one.is_due_provisional) == (True, False)
    # A published year changes, too.
    holiday = ChangeData(date(2022, 6, 20), date(2022, 6, 20), False, "停工", "市政府公告")
    workday_services.enter_change(scene.world.supervisor, scene.session, holiday, now=at(SIGNED))
    assert sure.due_on == date(2022, 6, 21)
    assert scene.history(sure)[-1][:3] == ("calendar", date(2022, 6, 20), date(2022, 6, 21))


def test_by_how_much_something_was_late_follows_the_calendar_until_the_year_is_final(scene: Scene) -> None:
    """Due on a Friday, done on the Monday, which turns out to be free; a date that moves takes its lateness along."""
    friday = date(2022, 3, 18)
    one, kept = (scene.plan(due_on=friday, counted_from=None, working_days=None) for _ in range(2))
    moved = scene.plan(counted_from=date(2022, 3, 11), working_days=5)
    other = make_engagement(
        scene.session,
        scene.world.bureau,
        scene.world.agency,
        scene.world.school,
        commissioner=scene.world.education,
        assessment_year=2021,
    )
    kept.engagement_id = other.id
    for each in (one, moved, kept):
        scene.do(services.finish, "supervisor", each, date(2022, 3, 21), "纪要", day=date(2022, 3, 21))
    assert [each.late_days for each in (one, moved, kept)] == [1, 1, 1]

    def is_final(session: Session, bureau_id: int, year: int, *, hold: bool = False) -> bool:
        return year == 2021

    year_locks.append(is_final)
    try:
        for day in (date(2022, 3, 21), date(2022, 3, 16)):
            free = ChangeData(day, day, False, "停工", "市政府公告")
            workday_services.enter_change(scene.world.supervisor, scene.session, free, now=at(day))
    finally:
        year_locks.remove(is_final)
    scene.session.commit()
    assert [(each.due_on, each.late_days) for each in (one, moved, kept)] == [
        (date(2022, 3, 18), 0),
        (date(2022, 3, 22), 0),
        (date(2022, 3, 18), 1),
    ]
    assert [step[0] for step in scene.history(moved)][-2:] == ["calendar", "calendar"]


def test_done_with_evidence_by_whose_turn_it_is_and_taken_back_without_a_loss(scene: Scene) -> None:
    session = scene.session
    kick_off, payment = scene.plan(), scene.plan(K.PAYMENT)
    assert payment.party is Party.COMMISSIONER
    handed = make_handed_in(session, scene.engagement, DeliverableKind.PLAN)
    day = date(2022, 3, 24)

    def finish(who: str, one: Milestone, evidence: str = "会议纪要 3 号", **given: Any) -> None:
        done_on, proof = given.pop("done_on", day), given.pop("proof", None)
        scene.do(services.finish, who, one, done_on, evidence, proof, day=day, **given)

    for who, one, error in (
        ("rival", kick_off, NotVisible),
        ("unit", kick_off, NotVisible),
        ("foreign", kick_off, NotVisible),
        ("city", kick_off, Forbidden),
        ("staff", kick_off, Forbidden),
        ("officer", kick_off, Forbidden),
        ("manager", payment, Forbidden),
    ):
        with pytest.raises(error):
            finish(who, one)
    with pytest.raises(Invalid) as caught:
        finish("manager", kick_off, " ", done_on=date(2022, 3, 25), proof=handed.id + 999)
    assert refusal(caught) == {
        "evidence": "required",
        "done_on": "milestone_done_day",
        "version_id": "milestone_proof_unknown",
    }
    with pytest.raises(Stale):
        finish("manager", kick_off, seen_version=kick_off.version + 1)
    finish("manager", kick_off, proof=handed.id)
    assert (kick_off.state, kick_off.done_on, kick_off.late_days) == (MilestoneState.DONE, day, 2)
    finish("officer", payment, "付款凭证 17", done_on=date(2022, 3, 22))
    # The due date counts in full.
    assert payment.late_days == 0
    with pytest.raises(WrongState, match="milestone_wrong_state"):
        finish("manager", kick_off)
    with pytest.raises(Forbidden):
        scene.do(services.reopen, "manager", kick_off, "填错", day=day)
    scene.do(services.reopen, "supervisor", kick_off, "填错", day=day)
    assert (kick_off.state, kick_off.done_on, kick_off.late_days) == (MilestoneState.PLANNED, None, None)
    assert [line[0] for line in scene.history(kick_off)] == ["planned", "done", "reopened"]
    assert scene.history(kick_off)[1][3] == "会议纪要 3 号"
    scene.do(services.cancel_milestone, "supervisor", kick_off, "不再需要", day=day)
    with pytest.raises(WrongState):
        scene.do(services.reopen, "supervisor", kick_off, "又要", day=day)
    # Everybody but the one who acted is told, once for each step.
    assert inbox(session, scene.members["officer"].id) == [
        *("milestone_planned", "milestone_planned", "deliverables_submitted"),
        *("milestone_done", "milestone_reopened", "milestone_cancelled"),
    ]
    assert inbox(session, scene.members["unit"].id) == []
    told = {
        who: len(list(panels.trail(session, scene.actors[who], scene.engagement))) for who in scene.actors
    }
    # The engagement itself is not to be seen by a rival or another district; the unit reads no terms.
    assert (told["manager"], told["officer"], told["supervisor"], told["unit"]) == (6, 6, 6, 0)
    step = session.scalars(select(MilestoneStep).limit(1)).one()
    step.text = "改"
    with pytest.raises(SettledRowChanged):
        session.flush()
    session.rollback()


def test_a_done_milestone_ends_its_pause_and_a_terminated_contract_owes_none(scene: Scene) -> None:
    one, other = scene.plan(), scene.plan(K.FIELDWORK_ENDS)
    scene.do(services.pause, "supervisor", one, date(2022, 3, 7), GROUNDS, day=date(2022, 3, 9))
    scene.do(services.finish, "manager", one, date(2022, 3, 25), "签到表", None, day=date(2022, 3, 25))
    # The 7th to the 25th are left out, so nothing was late.
    assert (one.paused_on, one.due_on, one.late_days) == (None, date(2022, 4, 13), 0)
    scene.engagement.state = EngagementState.TERMINATED
    scene.engagement.terminated_on, scene.engagement.termination_reason = SIGNED, "x"
    scene.session.flush()
    for verb, given in ((services.finish, (SIGNED, "x", None)), (services.extend, (1, GROUNDS))):
        with pytest.raises(WrongState, match="milestone_engagement_terminated"):
            scene.do(verb, "supervisor", other, *given, day=date(2022, 3, 25))
    listing = Listing(Scope(scene.actors["supervisor"], reckon(scene.session, today())))
    duties = {row.duty for row in scene.session.execute(listing.rows())}
    assert Duty.MILESTONE not in duties


def test_who_owes_it_finds_it_in_list_calendar_and_reminder(
    scene: Scene, new_client: Callable[[], Client]
) -> None:
    session = scene.session
    day = today()
    scene.plan(due_on=day, counted_from=None, working_days=None)
    scene.plan(
        K.OTHER, title="交接会", party=Party.COMMISSIONER, due_on=day, counted_from=None, working_days=None
    )
    late = scene.plan(K.FIELDWORK_BEGINS, counted_from=SIGNED, working_days=1)
    paused = scene.plan(K.PAYMENT, due_on=day, counted_from=None, working_days=None)
    scene.do(services.pause, "supervisor", paused, SIGNED, GROUNDS, day=SIGNED)

    def mine(who: str) -> list[tuple[str, bool]]:
        listing = Listing(Scope(scene.actors[who], reckon(scene.session, day)))
        rows = session.execute(listing.rows(is_mine))
        return [(item.detail, item.is_late) for item in listing.items(rows) if item.duty is Duty.MILESTONE]

    assert mine("manager") == [("现场工作开始", True), ("项目启动", False)]
    assert mine("officer") == [("交接会", False), ("支付合同款", False)]
    for who in ("rival", "unit", "foreign", "supervisor"):
        assert mine(who) == []
    assert late.due_on == date(2022, 3, 2)
    remind(session, at(date(2022, 3, 2)))
    remind(session, at(date(2022, 3, 3)))
    remind(session, at(date(2022, 3, 3)))
    assert inbox(session, scene.members["manager"].id)[-2:] == ["duty_due_soon", "duty_overdue"]
    assert "duty_overdue" not in inbox(session, scene.members["officer"].id)
    session.commit()
    for who, page, has in (
        ("manager", "/duties", True),
        ("manager", "/calendar", True),
        ("officer", "/duties", True),
        ("unit", "/duties?view=all", False),
        ("supervisor", "/board", True),
    ):
        client = new_client()
        sign_in(client, scene.members[who])
        text = client.page(client.get(page)).text
        assert (any(word in text for word in ("项目启动", "交接会", "现场工作开始")), who, page) == (
            has,
            who,
            page,
        )


def test_the_way_over_the_pages(scene: Scene, new_client: Callable[[], Client]) -> None:
    base = f"/engagements/{scene.engagement.id}/milestones"
    clients = {}
    for who in ("supervisor", "manager", "officer", "unit", "rival"):
        clients[who] = new_client()
        sign_in(clients[who], scene.members[who])
    supervisor, manager = clients["supervisor"], clients["manager"]
    assert f"{base}/new" in supervisor.get(base).text
    assert "财政局设定节点后在这里查看" in manager.get(base).text
    form = {"kind": "other", "title": "<b>启动会</b>", "counted_from": "2022-03-01", "working_days": "5"}
    refused = supervisor.submit(supervisor.get(f"{base}/new"), f"{base}/new", **{**form, "title": " "})
    assert (refused.status_code, "2022-03-01" in refused.text) == (422, True)
    page = supervisor.get(f"{base}/new")
    # A double click sets one.
    assert [supervisor.submit(page, f"{base}/new", **form).status_code for _ in range(2)] == [302, 302]
    one = scene.session.scalars(select(Milestone)).one()
    assert "&lt;b&gt;启动会&lt;/b&gt;" in manager.get(base).text
    path = f"{base}/{one.id}/done"
    stale = manager.get(path)
    sent = manager.submit(stale, path, done_on="2022-03-09", evidence="签到表 1 份")
    assert sent.status_code == 302
    again = manager.submit(stale, path, done_on="2022-03-10", evidence="另一份签到表")
    assert (again.status_code, "另一份签到表" in again.text) == (409, True)
    text = clients["officer"].page(clients["officer"].get(base)).text
    assert ("签到表 1 份" in text, "逾期 1 个工作日" in text) == (True, True)
    assert {who: clients[who].get(base).status_code for who in ("unit", "rival")} == {
        "unit": 404,
        "rival": 404,
    }
    assert clients["unit"].get(path).status_code == 404
    assert clients["officer"].get(path).status_code == 403
    shown = supervisor.page(supervisor.get(f"/engagements/{scene.engagement.id}")).text
    assert "节点“<b>启动会</b>”完成，完成日期 2022-03-09" in shown
