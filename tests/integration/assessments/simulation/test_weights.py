"""The page that says how far weights may move, to whom, and why it sometimes cannot."""

from __future__ import annotations

from html import unescape

from agencyqa.assessments.enums import RoleMissing
from agencyqa.scoring import Panel
from tests.client import Client
from tests.factories.accounts import sign_in
from tests.integration.assessments.conftest import World, switch_to
from tests.integration.assessments.panels_world import build_panelled
from tests.integration.assessments.simulation.drafts import answered, draft, table
from tests.integration.assessments.years import Year, year

__all__ = ["answered", "year"]


def test_how_far_weights_may_move(client: Client, answered: Year) -> None:
    version = draft(answered)
    sign_in(client, answered.world.lead)
    page = client.get(f"/simulation?scheme={version.id}").text
    assert f"/simulation/sensitivity?scheme={version.id}" in unescape(page)
    page = client.get(f"/simulation/sensitivity?scheme={version.id}").text
    # Everybody has 20 of 20 and 19 of 20, so the marks of the units move nobody past another.
    assert table(page, "criteria") == [
        ["人员稳定", "20", "50%", "0 ～ 不限", "0 ～ 不限"],
        ["沟通", "20", "50%", "0 ～ 不限", "0 ～ 不限"],
    ]
    # 申评 has 85 by the bureau and 97.5 by the units: 89.995 is reached at 60.04 to 39.96.
    assert [row[:4] for row in table(page, "roles")] == [
        ["财政局评分", "70%", "70%", "60.04% ～ 100% ↓ 申评咨询有限公司"],
        ["被评价单位评分", "30%", "30%", "0% ～ 39.96% ↑ 申评咨询有限公司"],
    ]
    assert [row[0] for row in table(page, "agencies")] == ["申评咨询有限公司", "浦江会计师事务所"]


def test_only_officers_see_how_far_weights_may_move(client: Client, answered: Year) -> None:
    world = answered.world
    found = []
    for person in (
        world.neighbour_supervisor,
        world.administrator,
        world.officer,
        world.manager,
        world.observer,
    ):
        switch_to(client, person)
        page = client.get("/simulation/sensitivity?year=2022")
        found.append((page.status_code, "浦江会计师事务所" in page.text))
    assert found == [(200, False), *[(403, False)] * 4]


def test_a_foreign_word_in_the_address_is_no_fault(client: Client, answered: Year) -> None:
    sign_in(client, answered.world.lead)
    for path in ("/simulation", "/simulation/sensitivity"):
        assert client.get(f"{path}?weights=fee&endpoint=x&_external=1&filename=y").status_code == 200


def test_a_share_that_others_carry_does_not_move_and_the_page_says_why(client: Client, world: World) -> None:
    panelled = build_panelled(world, Panel("mean", 1, 1, "wait"), RoleMissing.REWEIGHT)
    panelled.give(panelled.invite(0)[0], 0, 70)
    sign_in(client, world.lead)
    page = client.get("/simulation/sensitivity").text
    assert "补齐评分后再看。" in page
    assert 'id="roles"' not in page
