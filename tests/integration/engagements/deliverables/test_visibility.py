"""Who sees which deliverable, file, receipt and line of the story; everybody else gets the answer for nothing there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, Membership
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.engagements.deliverables import policies, queries, services
from agencyqa.engagements.deliverables.enums import Decision, DeliverableKind, DeliverableState
from agencyqa.engagements.deliverables.models import Deliverable, DeliverableVersion, Submission
from agencyqa.engagements.deliverables.panels import trail
from agencyqa.engagements.models import Engagement
from tests.client import Client
from tests.factories.accounts import NOW, actor_of, make_member, make_observer, sign_in
from tests.factories.deliverables import decide, hand_in, make_deliverable, make_version
from tests.factories.engagements import make_engagement
from tests.factories.files import make_stored, pdf
from tests.integration.engagements.world import World, make_world
from tests.kept import kept

K = DeliverableKind
TODAY = local_date(NOW)
CONTENT = pdf("the report of engagement one")


@dataclass(frozen=True)
class Scene:
    """``one`` was commissioned by the education department about the school; ``two`` and ``three`` are others'."""

    world: World
    one: Engagement
    two: Engagement
    three: Engagement
    members: dict[str, Membership]
    report: DeliverableVersion
    draft: DeliverableVersion
    papers: DeliverableVersion
    pending: DeliverableVersion
    receipt: Submission

    def actor(self, session: Session, name: str) -> Actor:
        return actor_of(session, self.members[name])


@pytest.fixture
def scene(app: Flask, session: Session) -> Scene:
    return build_scene(session, app)


@kept
def build_scene(session: Session, app: Flask) -> Scene:
    world = make_world(session)
    one = make_engagement(session, world.bureau, world.agency, world.school, commissioner=world.education)
    two = make_engagement(session, world.bureau, world.rival, world.health, commissioner=world.education)
    three = make_engagement(session, world.foreign_bureau, world.foreign_agency, world.foreign_department)
    versions = {}
    due = {K.REPORT: date(2022, 6, 10), K.DRAFT: date(2022, 6, 14), K.WORK_PAPERS: date(2022, 6, 30)}
    for kind, due_on in due.items():
        row = make_deliverable(session, one, kind, due_on=due_on)
        stored = make_stored(app, session, CONTENT) if kind is K.REPORT else None
        versions[kind] = make_version(session, one, row, stored=stored, name=f"{kind}.pdf")
    receipt = hand_in(session, one)
    decide(session, one, session.get_one(Deliverable, versions[K.DRAFT].deliverable_id), Decision.RETURNED)
    plan = make_deliverable(session, one, K.PLAN, due_on=date(2022, 6, 20))
    pending = make_version(session, one, plan, name="plan.pdf")
    for engagement in (two, three):
        row = make_deliverable(session, engagement, K.REPORT, due_on=date(2022, 6, 10))
        make_version(session, engagement, row)
        hand_in(session, engagement)
    bodies = {
        "agency": (session.get_one(Body, world.agency.id), Role.AGENCY_MANAGER),
        "staff": (session.get_one(Body, world.agency.id), Role.AGENCY_STAFF),
        "rival": (session.get_one(Body, world.rival.id), Role.AGENCY_MANAGER),
        "commissioner": (world.education, Role.DEPARTMENT_OFFICER),
        "unit": (world.school, Role.DEPARTMENT_OFFICER),
        "department": (world.health, Role.DEPARTMENT_OFFICER),
        "foreign department": (world.foreign_department, Role.DEPARTMENT_OFFICER),
        "supervisor": (world.bureau, Role.BUREAU_SUPERVISOR),
        "city": (world.city, Role.BUREAU_LEAD),
        "foreign bureau": (world.foreign_bureau, Role.BUREAU_LEAD),
        "administrator": (world.bureau, Role.SYSTEM_ADMINISTRATOR),
        "observer": (make_observer(session, world.bureau), Role.OBSERVER),
    }
    members = {name: make_member(session, body, role) for name, (body, role) in bodies.items()}
    return Scene(
        world,
        one,
        two,
        three,
        members,
        versions[K.REPORT],
        versions[K.DRAFT],
        versions[K.WORK_PAPERS],
        pending,
        receipt,
    )


def test_every_role_sees_exactly_its_own(session: Session, scene: Scene) -> None:
    """Per role: kinds of deliverables and of files of engagement one, its receipts, and the other engagements seen."""
    order = {kind: position for position, kind in enumerate(DeliverableKind)}

    def kinds(found: list[DeliverableKind]) -> list[str]:
        return [kind.value for kind in sorted(found, key=order.__getitem__)]

    seen = {}
    for name in scene.members:
        actor = scene.actor(session, name)
        rows = list(session.scalars(policies.visible_to(actor)))
        of_one = [row for row in rows if row.engagement_id == scene.one.id]
        by_id = {row.id: row.kind for row in of_one}
        files = [v for v in session.scalars(policies.visible_versions(actor)) if v.deliverable_id in by_id]
        receipts = [
            s.number
            for s in session.scalars(policies.visible_submissions(actor))
            if s.engagement_id == scene.one.id
        ]
        others = sorted({row.engagement_id for row in rows} - {scene.one.id})
        seen[name] = (
            kinds([row.kind for row in of_one]),
            kinds([by_id[v.deliverable_id] for v in files]),
            receipts,
            others,
        )
        # The pages' rows never hold more than the policy gives.
        slots = queries.slots_of(session, actor, scene.one.id)
        assert [slot.row.kind.value for slot in slots] == seen[name][0]
        assert sorted(v.id for slot in slots for v in slot.versions) == sorted(v.id for v in files)
        listed = queries.deliverable_page(session, actor, {}).rows
        assert sorted(row.id for row in listed) == sorted(row.id for row in rows)
        beside = queries.viewable_reports(session, actor, scene.one.id)
        readable = sorted(v.id for v in files if v.submission_id is not None)
        assert sorted(row.id for row in beside) == readable
    everything = ["plan", "work_papers", "draft", "report"]
    handed_in = ["work_papers", "draft", "report"]
    one, two, three = [1], scene.two.id, scene.three.id
    nothing: tuple[list[str], list[str], list[int], list[int]] = [], [], [], []
    assert seen == {
        "agency": (everything, everything, one, []),
        "staff": (everything, everything, one, []),
        "rival": ([], [], [], [two]),
        "commissioner": (everything, handed_in, one, [two]),
        "unit": (["draft", "report"], ["draft", "report"], [], []),
        "department": ([], [], [], [two]),
        "foreign department": ([], [], [], [three]),
        "supervisor": (everything, handed_in, one, [two]),
        "city": (everything, handed_in, one, [two, three]),
        "foreign bureau": ([], [], [], [three]),
        "administrator": nothing,
        "observer": nothing,
    }


def test_every_file_route_answers_strangers_with_not_found(
    client: Client, session: Session, scene: Scene
) -> None:
    base = f"/engagements/{scene.one.id}/deliverables"
    report, pending, papers = scene.report.id, scene.pending.id, scene.papers.id
    addresses = {
        "list": base,
        "report": f"{base}/versions/{report}/download",
        "inline": f"{base}/versions/{report}/inline",
        "view": f"{base}/versions/{report}",
        "pending": f"{base}/versions/{pending}",
        "papers": f"{base}/versions/{papers}",
        "receipt": f"{base}/receipts/{scene.receipt.id}",
        "json": f"{base}/receipts/{scene.receipt.id}/receipt.json",
        # The file of one engagement under the address of another.
        "crossed": f"/engagements/{scene.two.id}/deliverables/versions/{report}",
    }
    ok, none, no = HTTPStatus.OK, HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN
    answers = {}
    for name in (
        "agency",
        "rival",
        "commissioner",
        "unit",
        "department",
        "supervisor",
        "foreign bureau",
        "observer",
    ):
        sign_in(client, scene.members[name])
        answers[name] = [client.get(address).status_code for address in addresses.values()]
        client.post("/sign-out")
    assert answers == {
        "agency": [ok, ok, ok, ok, ok, ok, ok, ok, none],
        "rival": [none] * 9,
        "commissioner": [ok, ok, ok, ok, none, ok, ok, ok, none],
        "unit": [ok, ok, ok, ok, none, none, none, none, none],
        "department": [none] * 9,
        "supervisor": [ok, ok, ok, ok, none, ok, ok, ok, none],
        "foreign bureau": [none] * 9,
        "observer": [no] * 9,
    }


def test_the_evaluated_unit_reads_no_dates_lateness_or_decisions(
    client: Client, session: Session, scene: Scene
) -> None:
    page = f"/engagements/{scene.one.id}"
    every_list = "/engagements/deliverables"
    paths = (f"{page}/deliverables", page, every_list, f"{every_list}?was_late=1")
    words = ("2022-06-10", "逾期 3 个工作日", "数据与底稿不符")
    texts = {}
    for name in ("commissioner", "unit"):
        sign_in(client, scene.members[name])
        texts[name] = [[word in text for word in words] for text in (client.get(path).text for path in paths)]
        client.post("/sign-out")
    assert texts == {
        "commissioner": [[True, True, True], [True, True, True], [True, True, False], [True, True, False]],
        "unit": [[False, False, False]] * 4,
    }


def test_the_story_holds_what_its_reader_may_know(session: Session, scene: Scene) -> None:
    def story(name: str) -> list[tuple[str, object]]:
        entries = trail(session, scene.actor(session, name), scene.one)
        return sorted((entry.code, str(entry.params["what"])) for entry in entries)

    handed_in = ("deliverables_handed_in", str([K.WORK_PAPERS, K.DRAFT, K.REPORT]))
    returned = ("deliverable_returned", "draft")
    assert {name: story(name) for name in scene.members} == {
        "agency": [returned, ("deliverable_uploaded", "plan"), handed_in],
        "staff": [returned, ("deliverable_uploaded", "plan"), handed_in],
        "rival": [],
        "commissioner": [returned, handed_in],
        "unit": [("deliverables_handed_in", str([K.DRAFT, K.REPORT]))],
        "department": [],
        "foreign department": [],
        "supervisor": [returned, handed_in],
        "city": [returned, handed_in],
        "foreign bureau": [],
        "administrator": [],
        "observer": [],
    }


def test_what_dashboards_ask(session: Session, scene: Scene) -> None:
    """Due soon, late and waiting, each as ids of (engagement, kind)."""
    make_deliverable(session, scene.two, K.PLAN, due_on=TODAY - timedelta(days=9), is_overdue=True)
    make_deliverable(session, scene.three, K.PLAN, due_on=TODAY + timedelta(days=1))
    draft = session.get_one(Deliverable, scene.draft.deliverable_id)
    assert draft.state is DeliverableState.RETURNED

    def found(name: str) -> list[list[tuple[int, str]]]:
        actor = scene.actor(session, name)
        lists = (
            queries.due_soon(session, actor, TODAY, 7),
            queries.late_rows(session, actor),
            queries.waiting_for_acceptance(session, actor),
            queries.to_hand_in(session, actor),
        )
        return [[(row.engagement_id, row.kind.value) for row in rows] for rows in lists]

    one, two, three = scene.one.id, scene.two.id, scene.three.id
    waiting = [(one, "report"), (one, "work_papers"), (two, "report")]
    assert {name: found(name) for name in scene.members} == {
        "agency": [[(one, "plan")], [], [], [(one, "draft"), (one, "plan")]],
        "staff": [[(one, "plan")], [], [], [(one, "draft"), (one, "plan")]],
        "rival": [[], [(two, "plan")], [], [(two, "plan")]],
        "commissioner": [[(one, "plan")], [(two, "plan")], waiting, []],
        "unit": [[], [], [], []],
        "department": [[], [], [], []],
        "foreign department": [[], [], [], []],
        "supervisor": [[(one, "plan")], [(two, "plan")], [], []],
        "city": [[(three, "plan"), (one, "plan")], [(two, "plan")], [], []],
        "foreign bureau": [[(three, "plan")], [], [(three, "report")], []],
        "administrator": [[], [], [], []],
        "observer": [[], [], [], []],
    }


def test_the_evaluated_unit_does_not_learn_of_a_return(
    client: Client, session: Session, scene: Scene
) -> None:
    page = f"/engagements/{scene.one.id}"
    paths = (f"{page}/deliverables", page, "/engagements/deliverables")
    found = {}
    for name in ("commissioner", "unit"):
        sign_in(client, scene.members[name])
        texts = [client.get(path).text for path in paths]
        filtered = client.get("/engagements/deliverables?state=returned").text
        found[name] = (
            # The filter offers the state to everybody.
            [text.count("已退回") > text.count("已退回</option>") for text in texts],
            f"#deliverable-{scene.draft.deliverable_id}" in filtered,
        )
        client.post("/sign-out")
    assert found == {"commissioner": ([True] * 3, True), "unit": ([False] * 3, False)}


def test_a_form_sent_again_for_another_engagement_is_refused(
    client: Client, session: Session, scene: Scene
) -> None:
    actor = scene.actor(session, "agency")
    for engagement in (
        scene.one,
        other := make_engagement(session, scene.world.bureau, scene.world.agency, scene.world.school),
    ):
        make_version(session, engagement, make_deliverable(session, engagement, K.OTHER, title="附件"))
    services.submit(actor, session, scene.one, form_token="a" * 32, now=NOW)
    session.commit()
    sign_in(client, scene.members["agency"])
    answer = client.post(f"/engagements/{other.id}/deliverables/submit", data={"form_token": "a" * 32})
    assert (answer.status_code, "这份表单已经提交过" in answer.text) == (422, True)
