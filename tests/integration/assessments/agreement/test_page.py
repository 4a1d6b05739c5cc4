"""The page of scorer agreement: whose sheets it counts, who may open it, and figures that a pencil gives."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from sqlalchemy import select

from agencyqa.assessments.agreement.enums import Leaning
from agencyqa.assessments.agreement.far_sheets import far_sheets
from agencyqa.assessments.agreement.figures import Why
from agencyqa.assessments.agreement.queries import compared_sheets, comparisons
from agencyqa.assessments.agreement.summary import Summary, summary_of
from agencyqa.assessments.enums import SheetState
from agencyqa.assessments.models import ScoreSheet
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.queries import compiled
from tests.client import Client
from tests.factories.accounts import sign_in
from tests.integration.assessments.agreement.panels import score
from tests.integration.assessments.conftest import World, switch_to

STRICT, FAIR, MILD = range(3)


@pytest.fixture
def panel(world: World) -> World:
    """Twelve engagements, three scorers each: one always two points below the middle one, one a point above.

    In the last engagement the mild scorer gives no point at all.
    """
    people = (world.officer, world.supervisor, world.second_supervisor)
    for number in range(12):
        middle = 10 + number
        figures = [middle - 2, middle, middle + 1]
        if number == 11:
            figures[MILD] = 0
        score(world, world.engage(), [(who, str(each)) for who, each in zip(people, figures, strict=True)])
    # Not compared: a single sheet, and a draft beside a submitted sheet.
    score(world, world.engage(), [(world.officer, "1")])
    drafts = score(world, world.engage(), [(world.officer, "1"), (world.supervisor, "25")])
    drafts[1].state = SheetState.DRAFT
    world.session.flush()
    return world


def summary(world: World) -> Summary:
    actor = world.actor(world.lead)
    (only,) = comparisons(world.session, actor)
    assert (only.year, only.engagements) == (2018, 12)
    rows = compared_sheets(world.session, actor, only.year, only.version_id)
    scheme = compiled(world.session.get_one(SchemeVersion, only.version_id))
    return summary_of(rows, scheme.program, scheme.texts("zh"))


def test_figures_by_hand(panel: World) -> None:
    found = summary(panel)
    assert (found.engagements, found.sheets, len(found.scorers)) == (12, 36, 3)
    data = next(line for line in found.criteria if line.key == "report_data")
    # Eleven panels: (2 + 3 + 1) / 3 = 2. The last one of 19, 21 and 0: (2 + 19 + 21) / 3 = 14.
    assert data.spread is not None
    assert data.spread.mean_difference == pytest.approx((11 * 2 + 14) / 12)
    assert data.spread.largest_difference == 21
    # Whatever everybody scored alike shows no agreement.
    team = next(line for line in found.criteria if line.key == "team_ability")
    assert (team.alpha.value, team.alpha.why, team.alpha.units) == (None, Why.NO_VARIATION, 12)
    assert found.is_small


def test_severe_scorer_and_second_look(panel: World) -> None:
    found = summary(panel)
    strict = next(line for line in found.scorers if line.scorer.body == "区教育局")
    # Eleven times 2.5 below the mean of the other two, once 8.5 above.
    assert strict.difference.value == pytest.approx((11 * -2.5 + 8.5) / 12)
    assert found.far is not None
    (far,) = found.far
    assert (far.percent, far.distance) == (71.0, -19.0)
    # Usual: two distances of each panel, eleven times 1 and 2, then 2 and 19; their median is 2.
    assert far.deviations == pytest.approx(19 / (1.4826 * 2))
    # One far sheet makes the interval so wide that nobody is called severe.
    assert [line.leaning for line in found.scorers] == [Leaning.NONE] * 3


def test_page(panel: World, client: Client) -> None:
    sign_in(client, panel.supervisor)
    page = client.page(client.get("/agreement"))
    text = page.text
    assert "36" in text
    assert "区教育局" in text
    assert "数据太少" not in text
    assert client.get("/agreement?year=1999").status_code == HTTPStatus.OK
    assert client.get("/agreement?version_id=999&year=2018").status_code == HTTPStatus.OK


def test_too_little_is_said_plainly(world: World, client: Client) -> None:
    sign_in(client, world.supervisor)
    assert "还没有可以比较的评分表" in client.get("/agreement").text
    score(world, world.session.merge(world.engagement), [(world.officer, "20"), (world.supervisor, "22")])
    world.session.commit()
    text = client.get("/agreement").text
    assert "不足 10 项" in text
    assert "数据太少（1 项）" in text


def test_only_supervisors_of_the_bureau(panel: World, client: Client) -> None:
    for name in ("officer", "manager", "observer", "administrator"):
        actor = panel.actor(getattr(panel, name))
        assert comparisons(panel.session, actor) == []
    neighbour = panel.actor(panel.neighbour_supervisor)
    assert comparisons(panel.session, neighbour) == []
    version = panel.session.query(ScoreSheet.scheme_version_id).first()
    assert version is not None
    assert compared_sheets(panel.session, neighbour, 2018, version[0]) == []
    city = panel.actor(panel.city_supervisor)
    assert [row.engagements for row in comparisons(panel.session, city)] == [12]
    sign_in(client, panel.officer)
    assert client.get("/agreement").status_code == HTTPStatus.FORBIDDEN


def test_marks_stand_on_the_list_and_on_the_sheet_for_supervisors_alone(panel: World, client: Client) -> None:
    actor, session = panel.actor(panel.supervisor), panel.session
    ids = list(session.scalars(select(ScoreSheet.id)))
    found = summary(panel).far
    assert found is not None
    # The same sheets with the same figures as on the page of agreement, whatever else is asked for.
    assert {
        (sheet_id, mark.distance, mark.deviations)
        for sheet_id, mark in far_sheets(session, actor, ids).items()
    } == {(each.sheet.id, each.distance, each.deviations) for each in found}
    marked = found[0].sheet.id
    plain = next(each for each in ids if each != marked)
    assert far_sheets(session, actor, [plain]) == {}
    for stranger in (panel.officer, panel.observer, panel.manager, panel.neighbour_supervisor):
        assert far_sheets(session, panel.actor(stranger), ids) == {}
    session.get_one(ScoreSheet, marked).scorer_body_id = panel.department.id
    sign_in(client, panel.lead)
    assert client.get("/sheets/?view=all").text.count("建议复看") == 1
    page = client.page(client.get(f"/sheets/{marked}")).text
    assert "中位数相差 -19.00 分，为一般差距的 6.4 倍" in page
    assert "建议复看" not in client.get(f"/sheets/{plain}").text
    switch_to(client, panel.officer)
    own = client.get(f"/sheets/{marked}")
    assert (own.status_code, "建议复看" in own.text) == (HTTPStatus.OK, False)
    assert "建议复看" not in client.get("/sheets/?view=all").text
