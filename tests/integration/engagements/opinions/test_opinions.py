"""The evaluated unit is heard on the draft and answered before a report goes out; experts score the plan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.db import SettledRowChanged
from agencyqa.engagements.deliverables.enums import DeliverableKind
from agencyqa.engagements.opinions import panels, queries, services
from agencyqa.engagements.opinions.enums import Outcome
from agencyqa.errors import Forbidden, Invalid, NotVisible, WrongState
from tests.client import Client
from tests.factories.accounts import NOW, actor_of, make_member, sign_in
from tests.factories.deliverables import hand_in, make_deliverable, make_handed_in, make_version
from tests.factories.engagements import make_engagement
from tests.factories.files import make_stored_row
from tests.integration.engagements.deliverables.traces import entries, inbox, refusal
from tests.integration.engagements.world import World, make_world

K = DeliverableKind
TODAY = local_date(NOW)


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


def test_each_comment_is_answered_before_the_report_goes_out(
    session: Session, world: World, new_client: Callable[[], Client]
) -> None:
    engagement = make_engagement(
        session, world.bureau, world.agency, world.school, commissioner=world.education
    )
    agency, rival = session.get_one(Body, world.agency.id), session.get_one(Body, world.rival.id)
    members = {
        "unit": make_member(session, world.school, Role.DEPARTMENT_OFFICER),
        "commissioner": make_member(session, world.education, Role.DEPARTMENT_OFFICER),
        "manager": make_member(session, agency, Role.AGENCY_MANAGER),
        "staff": make_member(session, agency, Role.AGENCY_STAFF),
        "rival": make_member(session, rival, Role.AGENCY_MANAGER),
        "supervisor": make_member(session, world.bureau, Role.BUREAU_SUPERVISOR),
    }
    actors = {name: actor_of(session, member) for name, member in members.items()}

    def write(who: str, text: str = "补贴人数应为 312 人") -> Any:
        return services.write_opinion(actors[who], session, engagement, "附表 1", text, now=NOW)

    with pytest.raises(WrongState, match="opinion_no_draft"):
        write("unit")
    make_handed_in(session, engagement, K.DRAFT)
    # The unit is told that it is its turn, and finds it on its first page until it has spoken.
    assert inbox(session, members["unit"].id) == ["draft_handed_in"]
    told = f"/engagements/{engagement.id}/opinions"

    def asked(who: str) -> dict[str, int]:
        client = new_client()
        sign_in(client, members[who])
        pages = {place: client.page(client.get(place)).links for place in ("/", "/duties")}
        return {place: [link for _, link in links].count(told) for place, links in pages.items()}

    everywhere, nowhere = {"/": 2, "/duties": 2}, {"/": 0, "/duties": 0}
    assert (asked("unit"), asked("manager")) == (everywhere, nowhere)
    for who, error in (("commissioner", Forbidden), ("manager", Forbidden), ("rival", NotVisible)):
        with pytest.raises(error):
            write(who)
    first, second = write("unit"), write("unit", "第四部分建议不适用")
    assert (first.number, second.number) == (1, 2)
    session.commit()
    assert (asked("unit"), asked("manager")) == (nowhere, everywhere)
    report = make_deliverable(session, engagement, K.REPORT)
    make_version(session, engagement, report, stored=make_stored_row(session))
    with pytest.raises(Invalid) as caught:
        hand_in(session, engagement)
    assert caught.value.fields["note"] == ("opinions_unanswered", {"count": 2})

    def answer(who: str, opinion: Any, outcome: Outcome, text: str) -> None:
        services.answer_opinion(actors[who], session, opinion, outcome, text, now=NOW)

    for who, error in (("staff", Forbidden), ("unit", Forbidden), ("rival", NotVisible)):
        with pytest.raises(error):
            answer(who, first, Outcome.TAKEN, "已更正")
    with pytest.raises(Invalid) as caught:
        answer("manager", first, Outcome.DECLINED, " ")
    assert refusal(caught) == {"answer": "required"}
    answer("manager", first, Outcome.TAKEN, "已更正附表 1")
    with pytest.raises(WrongState, match="opinion_answered_already"):
        answer("manager", first, Outcome.DECLINED, "又改")
    path = f"/engagements/{engagement.id}/opinions"
    client = new_client()
    sign_in(client, members["manager"])
    form = f"{path}/{second.id}/answer"
    refused = client.submit(client.get(form), form, answer="建议依据审计报告")
    assert (refused.status_code, "建议依据审计报告" in refused.text) == (422, True)
    sent = client.submit(client.get(form), form, outcome="declined", answer="建议依据审计报告")
    assert sent.status_code == 302
    assert hand_in(session, engagement).number == 2
    with pytest.raises(WrongState, match="opinion_too_late"):
        write("unit")
    session.commit()
    second.text = "改"
    with pytest.raises(SettledRowChanged):
        session.flush()
    session.rollback()
    assert [entry.code for entry in panels.trail(session, actors["unit"], engagement)] == [
        "opinion_written",
        "opinion_answered",
        "opinion_written",
        "opinion_answered",
    ]
    # Who reads the draft reads what was said of it.
    for who, status in (("unit", 200), ("commissioner", 200), ("supervisor", 200), ("rival", 404)):
        client = new_client()
        sign_in(client, members[who])
        page = client.get(path)
        assert (who, page.status_code, "补贴人数应为 312 人" in page.text) == (who, status, status == 200)
    assert inbox(session, members["manager"].id) == ["opinion_written"]
    assert inbox(session, members["unit"].id) == ["draft_handed_in", "opinion_answered", "opinion_answered"]
    assert [entry["outcome"] for entry in entries(session, "opinions.opinion.answered")] == [
        "taken",
        "declined",
    ]


def test_experts_score_the_plan_exactly_and_only_the_parties_read_it(
    session: Session, world: World, new_client: Callable[[], Client]
) -> None:
    engagement = make_engagement(
        session, world.bureau, world.agency, world.school, commissioner=world.education
    )
    commissioner = make_member(session, world.education, Role.DEPARTMENT_OFFICER)
    unit = make_member(session, world.school, Role.DEPARTMENT_OFFICER)
    actor, reader = actor_of(session, commissioner), actor_of(session, unit)

    def note(score: int, held_on: date = TODAY, expert: str = "温知行") -> None:
        services.record_plan_review(
            actor, session, engagement, expert, "财经大学 教授", score, "指标可行", held_on, now=NOW
        )

    with pytest.raises(WrongState, match="plan_review_no_plan"):
        note(900_000)
    make_handed_in(session, engagement, K.PLAN)
    with pytest.raises(Invalid) as caught:
        note(1_000_001, local_date(NOW) + timedelta(days=1), " ")
    assert refusal(caught) == {
        "expert": "required",
        "score": "plan_review_score",
        "held_on": "plan_review_day",
    }
    with pytest.raises(Forbidden):
        services.record_plan_review(reader, session, engagement, "x", "", 1, "x", local_date(NOW), now=NOW)
    for score in (900_000, 1_000_000, 0):
        note(score)
    rows = queries.plan_review_rows(session, engagement.id)
    assert queries.mean_score(rows) == (1_900_000, 30_000)
    path = f"/engagements/{engagement.id}/opinions"
    client = new_client()
    sign_in(client, commissioner)
    form = f"{path}/plan"
    given = {"expert": "祝青岚", "score": "95.5", "text": "可行", "held_on": local_date(NOW).isoformat()}
    assert client.submit(client.get(form), form, **given).status_code == 302
    page = client.get(path).text
    # (90 + 100 + 0 + 95.5) / 4
    assert "71.38" in page
    told = {
        name: [entry.code for entry in panels.trail(session, each, engagement)]
        for name, each in (("commissioner", actor), ("unit", reader))
    }
    assert told == {"commissioner": ["plan_reviewed"] * 4, "unit": []}
    client = new_client()
    sign_in(client, unit)
    hidden = client.get(path)
    assert (hidden.status_code, "祝青岚" in hidden.text) == (200, False)
