"""Three levels over exactly the files that are handed in; what is said there stays in the agency."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, Membership
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.db import SettledRowChanged
from agencyqa.engagements.deliverables import services as deliverables
from agencyqa.engagements.deliverables.enums import Decision, DeliverableKind
from agencyqa.engagements.deliverables.models import Deliverable
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.review import panels, queries, services
from agencyqa.engagements.review.enums import LevelDecision, MarkKind, ReviewState
from agencyqa.engagements.review.models import InternalReview, ReviewStep
from agencyqa.errors import Forbidden, Invalid, NotVisible, Stale, WrongState
from tests.client import Client
from tests.factories.accounts import NOW, actor_of, make_member, sign_in
from tests.factories.deliverables import agency_actor, decide, make_deliverable, make_version
from tests.factories.engagements import make_engagement
from tests.factories.files import make_stored_row
from tests.integration.engagements.deliverables.traces import entries, inbox, refusal
from tests.integration.engagements.world import World, make_world

PASSED, RETURNED = LevelDecision.PASSED, LevelDecision.RETURNED


@dataclass(frozen=True)
class Scene:
    world: World
    engagement: Engagement
    report: Deliverable
    members: dict[str, Membership]
    actors: dict[str, Actor]


@pytest.fixture
def scene(session: Session) -> Scene:
    world = make_world(session)
    engagement = make_engagement(
        session, world.bureau, world.agency, world.school, commissioner=world.education
    )
    agency, rival = session.get_one(Body, world.agency.id), session.get_one(Body, world.rival.id)
    members = {
        "staff": make_member(session, agency, Role.AGENCY_STAFF),
        "second": make_member(session, agency, Role.AGENCY_STAFF),
        "evaluator": make_member(session, agency, Role.PRINCIPAL_EVALUATOR),
        "manager": make_member(session, agency, Role.AGENCY_MANAGER),
        "rival": make_member(session, rival, Role.AGENCY_MANAGER),
        "officer": make_member(session, world.education, Role.DEPARTMENT_OFFICER),
        "unit": make_member(session, world.school, Role.DEPARTMENT_OFFICER),
        "supervisor": make_member(session, world.bureau, Role.BUREAU_SUPERVISOR),
    }
    report = make_deliverable(session, engagement, DeliverableKind.REPORT)
    actors = {name: actor_of(session, member) for name, member in members.items()}
    return Scene(world, engagement, report, members, actors)


def take(
    session: Session, scene: Scene, review: InternalReview, who: str, decision: LevelDecision = PASSED
) -> None:
    note = "" if decision is PASSED else "附表与正文不一致"
    services.decide_level(
        scene.actors[who], session, review, decision, note, seen_version=review.version, now=NOW
    )


def submit(session: Session, scene: Scene) -> object:
    return deliverables.submit(scene.actors["manager"], session, scene.engagement, now=NOW)


def obstacle(session: Session, scene: Scene) -> str:
    with pytest.raises(Invalid) as error:
        submit(session, scene)
    return refusal(error)["note"]


def test_nothing_is_issued_before_three_people_passed_these_very_files(
    session: Session, scene: Scene
) -> None:
    engagement, actors = scene.engagement, scene.actors
    with pytest.raises(Invalid, match="review_no_files"):
        services.open_review(actors["staff"], session, engagement, "", now=NOW)
    first = make_version(session, engagement, scene.report, name="报告.pdf")
    assert obstacle(session, scene) == "review_missing"
    for who in ("officer", "supervisor", "unit"):
        with pytest.raises(Forbidden):
            services.open_review(actors[who], session, engagement, "", now=NOW)
    with pytest.raises(NotVisible):
        services.open_review(actors["rival"], session, engagement, "", now=NOW)
    review = services.open_review(actors["staff"], session, engagement, "请看附表", now=NOW)
    with pytest.raises(WrongState, match="review_open"):
        services.open_review(actors["manager"], session, engagement, "", now=NOW)
    # While it is open no report file comes or goes, and nothing is issued, a draft neither.
    assert obstacle(session, scene) == "review_open"
    with pytest.raises(WrongState, match="review_open"):
        make_version(session, engagement, scene.report)
    with pytest.raises(WrongState, match="review_open"):
        deliverables.withdraw_version(actors["staff"], session, first, now=NOW)
    plan = make_deliverable(session, engagement, DeliverableKind.PLAN, is_required=False)
    make_version(session, engagement, plan)

    take(session, scene, review, "staff")
    with pytest.raises(WrongState, match="review_same_person"):
        take(session, scene, review, "staff")
    comment = services.add_comment(actors["second"], session, review, "附表 2", "数量不一致", now=NOW)
    with pytest.raises(WrongState, match="review_comments_open"):
        take(session, scene, review, "second")
    with pytest.raises(NotVisible):
        services.answer_comment(actors["supervisor"], session, comment, "x", now=NOW)
    services.answer_comment(actors["staff"], session, comment, "已按底稿更正", now=NOW)
    with pytest.raises(WrongState, match="review_answered_already"):
        services.answer_comment(actors["staff"], session, comment, "又改", now=NOW)
    with pytest.raises(Stale):
        services.decide_level(actors["second"], session, review, PASSED, "", seen_version=1, now=NOW)
    take(session, scene, review, "second")
    # The last level binds the agency.
    third = make_member(session, session.get_one(Body, scene.world.agency.id), Role.AGENCY_STAFF)
    with pytest.raises(Forbidden, match="review_level_answerable"):
        services.decide_level(
            actor_of(session, third), session, review, PASSED, "", seen_version=review.version, now=NOW
        )
    with pytest.raises(WrongState, match="review_not_passed"):
        services.record_mark(
            actors["manager"], session, review, MarkKind.SEAL, "公章", local_date(NOW), "", now=NOW
        )
    take(session, scene, review, "manager")
    assert (review.state, review.closed_at) == (ReviewState.PASSED, NOW)
    with pytest.raises(WrongState, match="review_passed_already"):
        services.open_review(actors["staff"], session, engagement, "", now=NOW)
    with pytest.raises(Invalid) as error:
        services.record_mark(
            actors["manager"],
            session,
            review,
            MarkKind.SEAL,
            "公章",
            local_date(NOW) + timedelta(days=1),
            "",
            now=NOW,
        )
    assert refusal(error) == {"set_on": "review_mark_day"}
    services.record_mark(
        actors["manager"], session, review, MarkKind.SEAL, "公章", local_date(NOW), "", now=NOW
    )

    # A file more, and the review is one of other files.
    extra = make_version(session, engagement, scene.report, stored=make_stored_row(session), name="附表.xlsx")
    assert obstacle(session, scene) == "review_of_other_files"
    deliverables.withdraw_version(actors["staff"], session, extra, now=NOW)
    submit(session, scene)
    decide(session, engagement, scene.report, Decision.RETURNED)
    make_version(session, engagement, scene.report, stored=make_stored_row(session), name="报告（改）.pdf")
    assert obstacle(session, scene) == "review_of_other_files"
    again = services.open_review(actors["staff"], session, engagement, "", now=NOW)
    take(session, scene, again, "evaluator", RETURNED)
    assert (again.number, again.state, obstacle(session, scene)) == (
        2,
        ReviewState.RETURNED,
        "review_missing",
    )
    assert [len(entries(session, f"review.review.{verb}")) for verb in VERBS] == [2, 3, 1, 1, 1, 1]
    assert inbox(session, scene.members["evaluator"].id) == [
        *("review_waiting_1", "review_waiting_2", "review_waiting_3", "review_passed"),
        *("deliverable_returned", "review_waiting_1", "review_returned"),
    ]
    assert not any(code.startswith("review_") for code in inbox(session, scene.members["supervisor"].id))


VERBS = ("opened", "level_passed", "level_returned", "commented", "answered", "mark_recorded")


def test_the_database_and_the_rows_hold_it_too(session: Session, scene: Scene) -> None:
    make_version(session, scene.engagement, scene.report)
    review = services.open_review(scene.actors["staff"], session, scene.engagement, "", now=NOW)
    take(session, scene, review, "staff")
    session.commit()
    user_id = scene.actors["staff"].user_id
    assert user_id is not None
    twice = ReviewStep(
        review_id=review.id, level=2, decision=PASSED, note="", decided_at=NOW, decided_by_id=user_id
    )
    session.add(twice)
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()
    step = session.scalars(select(ReviewStep)).one()
    step.decision = RETURNED
    with pytest.raises(SettledRowChanged):
        session.flush()
    session.rollback()
    with pytest.raises(Invalid) as error:
        services.withdraw_review(
            scene.actors["staff"], session, review, " ", seen_version=review.version, now=NOW
        )
    assert refusal(error) == {"reason": "required"}
    services.withdraw_review(
        scene.actors["staff"], session, review, "补充资料", seen_version=review.version, now=NOW
    )
    assert review.state is ReviewState.WITHDRAWN
    with pytest.raises(WrongState, match="review_closed"):
        services.add_comment(scene.actors["staff"], session, review, "", "x", now=NOW)


def test_who_learns_what(session: Session, scene: Scene, new_client: Callable[[], Client]) -> None:
    engagement = scene.engagement
    make_version(session, engagement, scene.report)
    review = services.open_review(scene.actors["staff"], session, engagement, "内部说明", now=NOW)
    comment = services.add_comment(scene.actors["staff"], session, review, "", "内部意见", now=NOW)
    services.answer_comment(scene.actors["second"], session, comment, "内部答复", now=NOW)
    for who in ("staff", "second", "manager"):
        take(session, scene, review, who)

    def known(who: str) -> tuple[int, bool, bool]:
        """How many reviews, whether with people, whether with comments."""
        runs = queries.runs_of(session, scene.actors[who], engagement.id)
        people = bool(runs) and "decided_by" in runs[0].steps[0]._fields
        return len(runs), people, bool(runs) and bool(runs[0].comments)

    everybody = ("manager", "rival", "officer", "unit", "supervisor")
    assert [known(who) for who in everybody] == [(1, True, True), *[(0, False, False)] * 4]
    submit(session, scene)
    assert [known(who) for who in everybody] == [
        (1, True, True),
        (0, False, False),
        (1, False, False),
        (0, False, False),
        (1, True, False),
    ]
    names = [scene.members[who].user.display_name for who in ("staff", "second", "manager")]
    inner = ["内部说明", "内部意见", "内部答复"]
    path = f"/engagements/{engagement.id}/review"
    for who, status, sees_names, sees_inner in (
        ("manager", 200, True, True),
        ("supervisor", 200, True, False),
        ("officer", 200, False, False),
        ("unit", 404, False, False),
        ("rival", 404, False, False),
    ):
        client = new_client()
        sign_in(client, scene.members[who])
        answer = client.get(path)
        assert (who, answer.status_code) == (who, status)
        assert [name in answer.text for name in names] == [sees_names] * 3, who
        assert [word in answer.text for word in inner] == [sees_inner] * 3, who
        lines = [line.code for line in panels.trail(session, scene.actors[who], engagement)]
        assert lines.count("review_level_passed") == (3 if status == 200 else 0)


def test_who_has_no_report_yet_is_led_to_where_it_is_uploaded(
    scene: Scene, session: Session, new_client: Callable[[], Client]
) -> None:
    client = new_client()
    sign_in(client, scene.members["staff"])
    base = f"/engagements/{scene.engagement.id}"
    upload, open_page = f"{base}/deliverables/{scene.report.id}/upload", f"{base}/review/open"
    assert upload in client.get(f"{base}/review").text
    version = make_version(session, scene.engagement, scene.report)
    page = client.get(f"{base}/review").text
    assert (upload in page, open_page in page) == (False, True)
    assert client.submit(client.get(open_page), open_page, note="").status_code == 302
    client.submit(client.get(f"{base}/review/withdraw"), f"{base}/review/withdraw", reason="换稿")
    version.withdrawn_at = NOW
    session.commit()
    assert upload in client.get(f"{base}/review").text


def test_the_way_over_the_pages(session: Session, scene: Scene, new_client: Callable[[], Client]) -> None:
    make_version(session, scene.engagement, scene.report)
    path = f"/engagements/{scene.engagement.id}/review"
    clients = {}
    for who in ("staff", "second", "manager"):
        clients[who] = new_client()
        sign_in(clients[who], scene.members[who])
    staff, second, manager = clients.values()
    assert staff.submit(staff.get(f"{path}/open"), f"{path}/open", note="").status_code == 302
    for client in (staff, second):
        assert path in dict(client.page(client.get("/")).links).values()
        page = client.get(f"{path}/decide?decision=passed")
        assert client.submit(page, f"{path}/decide").status_code == 302
    # Who took a level takes no other, so nothing of it waits for him.
    assert [path in dict(client.page(client.get("/")).links).values() for client in (staff, manager)] == [
        False,
        True,
    ]
    assert manager.submit(manager.get(f"{path}/comment"), f"{path}/comment", text="请补充").status_code == 302
    shown = manager.page(manager.get(path))
    assert "有 1 条意见待答复" in shown.text
    offered = {text for text, _ in shown.links} & {"通过", "退回"}
    assert offered == {"退回"}
    refused = manager.submit(manager.get(f"{path}/decide?decision=passed"), f"{path}/decide", note="同意")
    assert refused.status_code == 409
    # What was typed is still there.
    assert "同意" in refused.text
    assert "还有没有答复的复核意见" in refused.text
    comment = queries.runs_of(session, scene.actors["staff"], scene.engagement.id)[0].comments[0]
    answer = f"{path}/comments/{comment.id}/answer"
    assert staff.submit(staff.get(answer), answer, text="已补充").status_code == 302
    page = manager.get(dict(manager.page(manager.get(path)).links)["通过"])
    assert manager.submit(page, f"{path}/decide").status_code == 302
    mark = manager.submit(
        manager.get(f"{path}/mark"), f"{path}/mark", kind="seal", name="公章", set_on="2020-01-01"
    )
    assert (mark.status_code, "日期应在复核通过之日" in mark.text) == (422, True)
    assert "可以提交" not in staff.get(path).text
    assert "三级复核通过" in staff.get(f"/engagements/{scene.engagement.id}").text
    agency = agency_actor(scene.engagement)
    assert deliverables.submit(agency, session, scene.engagement, now=NOW).number == 1
