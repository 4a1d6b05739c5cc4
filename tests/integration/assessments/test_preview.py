"""A draft as its scorers will see it, on a page of its own and beside the editor."""

from __future__ import annotations

import copy
from collections.abc import Callable

from sqlalchemy.orm import Session

from agencyqa.auth.roles import Role
from agencyqa.measures import services
from tests.client import Client
from tests.factories.accounts import NOW, make_actor, make_agency_body, make_bureau, make_member, sign_in
from tests.factories.measures import load_measures, shipped_version


def test_the_fields_are_those_of_the_sheet_and_what_is_broken_is_left_out(
    new_client: Callable[[], Client], session: Session
) -> None:
    load_measures(session)
    bureau = make_bureau(session)
    officer = make_actor(session, bureau, Role.BUREAU_SUPERVISOR)
    draft = services.copy_draft(officer, session, shipped_version(session, "jiading-2018"), now=NOW)
    session.flush()
    client = new_client()
    sign_in(client, make_member(session, bureau, Role.BUREAU_SUPERVISOR))
    address = f"/schemes/{draft.id}/preview"
    page = client.page(client.get(address))
    assert "沟通良好：13～20 分" in page.text
    assert 'name="a-team_ability-value"' in page.html
    # There is nothing to send it with.
    assert [form.action for form in page.forms if "a-team_ability-value" in form.names] == []

    content = copy.deepcopy(draft.content)
    content["sections"][0]["criteria"][0]["rule"]["bands"][1]["high"] = "9"
    del content["sections"][1]["criteria"][0]["max_points"]
    content["grades"] = [{"key": "x"}]
    services.save_draft(officer, session, draft, content, seen_version=draft.version, now=NOW)
    text = client.get(address).text
    assert "有 2 个考核项尚有错误，没有列出" in text
    assert ("a-team_ability-value" in text, "a-team_stability-met" in text) == (False, True)

    content["sections"] = []
    services.save_draft(officer, session, draft, content, seen_version=draft.version, now=NOW)
    assert "还没有可以预览的考核项" in client.get(address).text

    for member, status in (
        (make_member(session, make_agency_body(session), Role.AGENCY_MANAGER), 403),
        (make_member(session, make_bureau(session, "徐汇区财政局"), Role.BUREAU_LEAD), 404),
    ):
        stranger = new_client()
        sign_in(stranger, member)
        assert stranger.get(address).status_code == status


def test_the_form_stands_beside_what_is_written_and_follows_it_unsaved(
    client: Client, session: Session
) -> None:
    load_measures(session)
    bureau = make_bureau(session)
    officer = make_actor(session, bureau, Role.BUREAU_SUPERVISOR)
    draft = services.copy_draft(officer, session, shipped_version(session, "jiading-2018"), now=NOW)
    session.flush()
    sign_in(client, make_member(session, bureau, Role.BUREAU_SUPERVISOR))
    tree = f"/measures/schemes/{draft.id}/edit"
    whole = client.get(tree).text
    assert ('name="a-team_ability-value"' in whole, 'name="a-communication-value"' in whole) == (True, True)
    assert 'name="a-communication-value"' not in client.get(f"{tree}/section?at=0").text
    # Its explanation has no form of its own to show.
    assert 'id="preview"' not in client.get(f"{tree}/head").text

    address = f"{tree}/criterion?at=1.0"
    page = client.get(address)
    assert "沟通良好：13～20 分" in client.page(page).text
    assert 'name="a-team_ability-value"' not in page.text
    # The fields of the form are no fields of the editor, and would not be sent along.
    assert not any(name.startswith("a-") for name in client.page(page).form("part-form").names)
    typed = {"rule.bands.0.low": "14", "rule.bands.1.high": "13"}
    before = (draft.version, draft.content_hash)
    shown = client.submit(page, "part-form", **typed, do="preview")
    assert shown.status_code == 200
    assert "沟通良好：14～20 分" in client.page(shown).text
    assert client.page(shown).form("part-form").value("rule.bands.0.low") == "14"
    session.refresh(draft)
    assert (draft.version, draft.content_hash) == before
    # What cannot be shown yet says so, with its faults beside the boxes.
    broken = client.submit(page, "part-form", **{"rule.bands.0.low": "x"}, do="preview")
    assert (broken.status_code, "改正本页的错误后，这里显示评分人看到的样子。" in broken.text) == (200, True)
    assert client.submit(shown, "part-form", do="save").status_code == 302
    assert "沟通良好：14～20 分" in client.page(client.get(address)).text
