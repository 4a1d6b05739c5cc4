"""What an expert finds when he signs in: his sheets with their dates, and the files of what he scores."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from agencyqa.assessments.services.inviting import invite_experts
from agencyqa.clock import today
from agencyqa.engagements.deliverables import policies
from agencyqa.engagements.deliverables.enums import DeliverableKind
from agencyqa.measures.reckoning import reckon
from tests.client import Client
from tests.factories.accounts import NOW, sign_in
from tests.factories.deliverables import make_deliverable, make_handed_in, make_version
from tests.factories.engagements import make_engagement
from tests.integration.assessments.conftest import World, switch_to
from tests.integration.assessments.panels_world import SIGNED, build_panelled

K = DeliverableKind


def test_the_first_page_lists_what_to_score_and_what_was_handed_in(world: World, client: Client) -> None:
    made = build_panelled(world)
    given = made.invite(0, 1)[0]
    made.give(given, 0, 80)
    further = world.engage(SIGNED)
    due_on = today() + timedelta(days=5)
    users = [made.experts[0].user_id]
    (waiting,) = invite_experts(made.supervisor, world.session, further, users, due_on=due_on, now=NOW)
    sign_in(client, made.experts[0])
    answer = client.get("/")
    text = client.page(answer).text
    assert "待评分 1 份" in text
    assert f"{due_on} 还有 {reckon(world.session, today()).left(due_on)} 个工作日" in text
    assert "80 / 100" in text
    assert [
        address in answer.text for address in (f"/sheets/{waiting.id}/edit", f'href="/sheets/{given.id}"')
    ] == [
        True,
        True,
    ]
    # What is an observer's business only would lead nowhere.
    for address in ("/rounds", "/agencies/", "/engagements/?"):
        assert f'href="{address}' not in answer.text
    switch_to(client, made.experts[1])
    other = client.get("/").text
    assert f"/sheets/{waiting.id}" not in other
    assert f"/sheets/{given.id}" not in other


def test_an_expert_reads_the_files_of_what_he_scores_and_no_others(
    app: Flask, world: World, client: Client
) -> None:
    made = build_panelled(world)
    session, one = world.session, made.engagement
    other = world.engage(SIGNED)
    strange = make_engagement(
        session, world.bureau, world.other_agency, world.other_department, signed_on=SIGNED
    )
    read = make_handed_in(session, one, app=app, name="one.pdf")
    pending = make_version(session, one, make_deliverable(session, one, K.PLAN, title="未交的方案"))
    hidden = [make_handed_in(session, each, app=app) for each in (other, strange)]
    sheet = made.invite(0)[0]
    base = f"/engagements/{one.id}/deliverables"
    open_to_him = [base, *(f"{base}/versions/{read.id}{end}" for end in ("", "/download", "/inline"))]
    closed = [
        f"{base}/versions/{pending.id}",
        f"{base}/receipts/{read.submission_id}",
        f"{base}/receipts/{read.submission_id}/receipt.json",
        f"/engagements/{one.id}/deliverables/versions/{hidden[0].id}",
        *(f"/engagements/{each.id}/deliverables" for each in (other, strange)),
        *(
            f"/engagements/{each.id}/deliverables/versions/{version.id}/download"
            for each, version in zip((other, strange), hidden, strict=True)
        ),
    ]
    sign_in(client, made.experts[0])
    for _ in range(2):
        # Invited first, and then after he has scored.
        assert [client.get(path).status_code for path in open_to_him] == [200] * 4
        assert [client.get(path).status_code for path in closed] == [404] * len(closed)
        listed = client.page(client.get("/engagements/deliverables")).text
        assert ("评价报告" in listed, "未交的方案" in listed, listed.count("HT-")) == (True, False, 1)
        # He knows no state and no date, so he is asked for none, and one in the address empties nothing.
        asked = client.page(client.get("/engagements/deliverables?state=submitted&late=1&waiting=1"))
        assert (asked.text.count("HT-"), "期限" in asked.text, "只看逾期" in asked.text) == (1, False, False)
        page = client.get(f"/sheets/{sheet.id}").text
        assert f"{base}/versions/{read.id}/inline" in page
        assert f'href="{base}"' in page
        # Neither dates nor decisions, and no way into pages that are not his.
        shown = client.get(base).text
        assert f'href="/engagements/{one.id}"' not in shown
        ways = {href.partition("#")[0] for _, href in client.page(client.get(base)).links}
        assert {client.get(way).status_code for way in ways if way.startswith("/engagements")} == {200}
        assert client.get(f"/engagements/{one.id}").status_code == 403
        if sheet.submitted_at is None:
            made.give(sheet, 0, 70)
            session.commit()
    seen = list(session.scalars(policies.visible_versions(made.actor(0))))
    assert [each.id for each in seen] == [read.id]
    assert list(session.scalars(policies.visible_submissions(made.actor(0)))) == []
    # Not invited: nothing, although of the same body.
    assert list(session.scalars(policies.visible_to(made.actor(1)))) == []
    switch_to(client, made.experts[1])
    assert [client.get(path).status_code for path in open_to_him] == [404] * 4
    assert client.get(f"/sheets/{sheet.id}").status_code == 404
