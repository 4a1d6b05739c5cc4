"""Who sees which checks, findings and files: equality, with everything there that could leak."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from agencyqa.clock import local_date
from agencyqa.duties.enums import Duty
from agencyqa.duties.items import Scope
from agencyqa.duties.queries import Listing
from agencyqa.engagements.hooks import trail_sources
from agencyqa.engagements.models import Engagement
from agencyqa.inspections.enums import CheckState, FindingState
from agencyqa.inspections.models import EvidenceFile, Finding, SpotCheck
from agencyqa.inspections.policies import visible_checks, visible_evidence, visible_findings
from agencyqa.inspections.queries import checks, findings
from agencyqa.inspections.trail import inspection_trail
from agencyqa.measures.reckoning import reckon
from tests.client import Client
from tests.factories.accounts import NOW, sign_in
from tests.factories.engagements import make_engagement
from tests.factories.files import make_stored
from tests.factories.inspections import make_evidence, make_finding, make_spot_check
from tests.integration.inspections.world import World, make_world
from tests.kept import kept


@dataclass
class Scene:
    """A check in every state and a finding in every state, for two agencies and two districts."""

    world: World
    checks: dict[str, SpotCheck]
    findings: dict[str, Finding]


@pytest.fixture
def scene(session: Session) -> Scene:
    return build_scene(session)


@kept
def build_scene(session: Session) -> Scene:
    world = make_world(session)
    made: dict[str, SpotCheck] = {
        state.value: make_spot_check(
            session, world.bureau, world.agency, world.engagement, state=state, created_by=None
        )
        for state in CheckState
    }
    made["rival"] = make_spot_check(session, world.bureau, world.rival)
    made["elsewhere"] = make_spot_check(session, world.other_bureau, world.agency)
    found = {
        state.value: make_finding(session, made["recorded"], state=state, facts=f"事实-{state.value}")
        for state in FindingState
    }
    found["dropped_told"] = make_finding(
        session, made["recorded"], state=FindingState.DROPPED, notified=True, facts="事实-告知后"
    )
    found["rival"] = make_finding(session, made["rival"], facts="事实-乙所")
    found["elsewhere"] = make_finding(session, made["elsewhere"], facts="事实-乙区")
    session.commit()
    return Scene(world, made, found)


OWN = {"draft", "notified", "final", "dropped", "withdrawn", "dropped_told"}
TOLD = {"notified", "final", "withdrawn", "dropped_told"}
EXPECTED = {
    "first": ({"planned", "recorded", "cancelled", "rival"}, OWN | {"rival"}),
    "lead": ({"planned", "recorded", "cancelled", "rival"}, OWN | {"rival"}),
    "city_lead": (
        {"planned", "recorded", "cancelled", "rival", "elsewhere"},
        OWN | {"rival", "elsewhere"},
    ),
    "other_supervisor": ({"elsewhere"}, {"elsewhere"}),
    "manager": ({"recorded", "elsewhere"}, TOLD | {"elsewhere"}),
    "staff": ({"recorded", "elsewhere"}, TOLD | {"elsewhere"}),
    "rival_manager": ({"rival"}, {"rival"}),
    "officer": (set(), set()),
    "observer": (set(), set()),
}


def test_what_each_role_sees(session: Session, scene: Scene) -> None:
    check_names = {check.id: name for name, check in scene.checks.items()}
    finding_names = {finding.id: name for name, finding in scene.findings.items()}
    day = local_date(NOW)
    for name, (own_checks, own_findings) in EXPECTED.items():
        actor = scene.world.actor(name)
        assert {check_names[row.id] for row in session.scalars(visible_checks(actor))} == own_checks, name
        assert {finding_names[row.id] for row in session.scalars(visible_findings(actor))} == own_findings, (
            name
        )
        # Lists and what other pages show go through the same rule.
        rows = session.execute(checks.check_rows(actor)).all()
        assert {check_names[row.id] for row in rows} == own_checks, name
        counted = sum(row.findings for row in rows)
        assert counted == len(own_findings), name
        listed = {finding_names[row.id] for row in session.execute(findings.finding_rows(actor))}
        assert listed == own_findings, name
        blocks = findings.rows_of_engagement(session, actor, scene.world.engagement.id)
        assert {finding_names[row.id] for row in blocks} == own_findings - {"rival", "elsewhere"}, name
        # Of what was told, the agency has yet to speak or the bureau to decide: who sees it, sees that it waits.
        duties = session.execute(Listing(Scope(actor, reckon(session, day))).rows())
        waiting = [row for row in duties if row.duty in {Duty.NOTICE, Duty.STATEMENT, Duty.FINDING}]
        told = own_findings & {"draft", "notified"}
        assert {finding_names[row.id] for row in waiting} == told, name


def test_lists_are_narrowed_by_a_part_of_an_agencys_name(session: Session, scene: Scene) -> None:
    actor = scene.world.actor("first")
    for part, agency in (("会计师", scene.world.rival), ("甲咨询", scene.world.agency), ("%", None)):
        expected = set() if agency is None else {agency.id}
        rows = session.execute(checks.check_rows(actor, agency=part))
        assert {session.get_one(SpotCheck, row.id).agency_id for row in rows} == expected
        found = session.execute(findings.finding_rows(actor, agency=part))
        assert {session.get_one(Finding, row.id).agency_id for row in found} == expected
    assert checks.agencies_seen(session, actor, part="会计") == [(scene.world.rival.id, "乙会计师事务所")]
    other = scene.world.actor("other_supervisor")
    assert checks.agencies_seen(session, other, only=scene.world.rival.id) == []
    assert findings.agencies_seen(session, other, part="乙") == []


def test_the_trail_tells_each_what_it_may(session: Session, scene: Scene) -> None:
    assert inspection_trail in trail_sources
    engagement = session.get_one(Engagement, scene.world.engagement.id)

    def lines(name: str) -> list[tuple[str, str]]:
        entries = inspection_trail(session, scene.world.actor(name), engagement)
        return sorted((entry.code, str(entry.params["number"])) for entry in entries)

    recorded = [("check_recorded", "2022-002")]
    told = [
        *recorded,
        *(("finding_dropped", number) for number in ("2022-006",)),
        *(("finding_final", number) for number in ("2022-003", "2022-005")),
        *(("finding_notified", f"2022-00{number}") for number in (2, 3, 5, 6)),
        ("finding_withdrawn", "2022-005"),
    ]
    assert lines("manager") == told
    planned = [("check_planned", f"2022-00{number}") for number in (1, 2, 3)]
    added = [("finding_added", f"2022-00{number}") for number in range(1, 7)]
    assert lines("first") == sorted([*told, *planned, *added, ("finding_dropped", "2022-004")])
    for name in ("other_supervisor", "rival_manager", "officer", "observer"):
        assert lines(name) == []


def test_pages_of_each_role(app: Flask, client: Client, session: Session, scene: Scene) -> None:
    """What may not be seen is a 404 (or a 403 for who has no inspections at all), in lists no trace of it."""
    words = {name: finding.facts for name, finding in scene.findings.items()}
    for name in ("first", "manager", "rival_manager", "other_supervisor", "officer", "observer"):
        own_checks, own_findings = EXPECTED[name]
        sign_in(client, getattr(scene.world, name))
        for key, check in scene.checks.items():
            status = client.get(f"/inspections/{check.id}").status_code
            assert status == _expected(name, key in own_checks), (name, key)
        for key, finding in scene.findings.items():
            page = client.get(f"/inspections/findings/{finding.id}")
            assert page.status_code == _expected(name, key in own_findings), (name, key)
            assert (words[key] in page.text) == (key in own_findings)
        if name == "manager":
            shown = client.get(f"/inspections/{scene.checks['recorded'].id}").text
            block = client.get(f"/engagements/{scene.world.engagement.id}").text
            agency = client.get(f"/agencies/{scene.world.agency.id}").text
            for text in (shown, block):
                assert {key for key, word in words.items() if word in text} == TOLD
            assert {key for key, word in words.items() if word in agency} == TOLD | {"elsewhere"}
            assert client.get("/inspections/").text.count("/inspections/findings/") == 0
        client.post("/sign-out")


def _expected(name: str, is_seen: bool) -> HTTPStatus:
    if name in {"officer", "observer"}:
        return HTTPStatus.FORBIDDEN
    return HTTPStatus.OK if is_seen else HTTPStatus.NOT_FOUND


def test_files_of_a_finding(app: Flask, client: Client, session: Session, scene: Scene) -> None:
    """Statement files stay with the agency until it speaks; what was taken back stays with its side."""
    finding, draft = scene.findings["notified"], scene.findings["draft"]
    stored = make_stored(app, session)
    session.commit()
    made = {
        "proof": make_evidence(session, finding, stored),
        "taken_back": make_evidence(session, finding, stored),
        "statement": make_evidence(session, finding, stored, is_statement=True),
        "of_draft": make_evidence(session, draft, stored),
    }
    made["taken_back"].withdrawn_at = NOW
    session.commit()
    names = {row.id: name for name, row in made.items()}

    def seen(person: str) -> set[str]:
        actor = scene.world.actor(person)
        return {
            names[row.id]
            for each in (finding, draft)
            for row in session.scalars(visible_evidence(actor, each.id))
        }

    def fetched(person: str) -> set[str]:
        sign_in(client, getattr(scene.world, person))
        got = set()
        for name, row in made.items():
            owner = draft if name == "of_draft" else finding
            answer = client.get(f"/inspections/findings/{owner.id}/evidence/{row.id}")
            if answer.status_code == HTTPStatus.OK:
                assert answer.headers["Content-Disposition"].startswith("attachment")
                got.add(name)
        client.post("/sign-out")
        return got

    expected = {
        "first": {"proof", "taken_back", "of_draft"},
        "city_lead": {"proof", "taken_back", "of_draft"},
        "manager": {"proof", "statement"},
        "staff": {"proof", "statement"},
        "rival_manager": set(),
        "other_supervisor": set(),
        "officer": set(),
        "observer": set(),
    }
    assert {person: seen(person) for person in expected} == expected
    assert {person: fetched(person) for person in expected} == expected
    session.get_one(Finding, finding.id).stated_at = NOW
    session.commit()
    assert seen("first") == {"proof", "taken_back", "of_draft", "statement"}
    # Under the number of another finding a file is nowhere.
    sign_in(client, scene.world.first)
    astray = client.get(f"/inspections/findings/{draft.id}/evidence/{made['proof'].id}")
    assert astray.status_code == HTTPStatus.NOT_FOUND
    assert session.get_one(EvidenceFile, made["proof"].id).file_name == "底稿照片.pdf"


def test_a_closed_wall_between_engagements(session: Session, scene: Scene) -> None:
    """A block shows the findings of its own engagement only."""
    world = scene.world
    twin = make_engagement(session, world.bureau, world.agency, world.department)
    actor = world.actor("first")
    assert findings.rows_of_engagement(session, actor, twin.id) == []
    assert checks.rows_of_engagement(session, actor, twin.id) == []
