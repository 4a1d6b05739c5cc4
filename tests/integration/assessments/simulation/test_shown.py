"""The chart and the workbook of a simulation, and what the page costs."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import openpyxl
import sqlalchemy as sa

from agencyqa.assessments.models import ScoreSheet
from agencyqa.engagements.models import Engagement
from agencyqa.measures.enums import Purpose
from tests.client import Client
from tests.factories.accounts import sign_in
from tests.integration.assessments.conftest import switch_to
from tests.integration.assessments.simulation.drafts import answered, draft, said, table
from tests.integration.assessments.years import Year, year

__all__ = ["answered", "year"]


def test_eight_statements_for_one_and_for_many(
    client: Client, answered: Year, connection: sa.Connection
) -> None:
    seen: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.split(maxsplit=1)[0].upper() in {"SELECT", "WITH"}:
            seen.append(statement)

    answered.published()
    version = draft(answered)
    answered.session.commit()
    sign_in(client, answered.world.supervisor)
    paths = [
        f"/simulation?scheme={version.id}&weights=fee",
        f"/simulation/sensitivity?scheme={version.id}",
        f"/simulation/workbook?scheme={version.id}&weights=fee",
    ]

    def counts() -> list[int]:
        found = []
        for path in paths:
            # A scheme is compiled once, with whatever that reads.
            client.get(path)
            seen.clear()
            assert client.get(path).status_code == 200
            found.append(len(seen))
        return found

    sa.event.listen(connection, "before_cursor_execute", note)
    try:
        few = counts()
        for _ in range(20):
            answered.score(answered.engage(answered.world.other_agency), 70, 80)
        answered.session.commit()
        many = counts()
    finally:
        sa.event.remove(connection, "before_cursor_execute", note)
    # The workbook has no layout that asks for unread messages.
    assert few == many == [8, 8, 7]


def test_rank_moves_are_drawn_with_their_figures_in_words(client: Client, year: Year) -> None:
    """By the units alone 浦江 has 100 and 申评 75."""
    year.session.execute(
        sa.update(ScoreSheet)
        .where(ScoreSheet.engagement_id == year.third.id, ScoreSheet.scorer_role == Purpose.EVALUATED_UNIT)
        .values(total=900_000, measure_totals={"": [900_000, 900_000]})
    )
    year.session.commit()
    sign_in(client, year.world.supervisor)
    page = client.get("/simulation?s-bureau=0&s-evaluated_unit=100").text
    assert [row[4] for row in table(page)] == ["2 → 1 ↑1", "1 → 2 ↓1"]
    picture = page[
        page.index('<svg class="slopes"') : page.index("</svg>", page.index('<svg class="slopes"'))
    ]
    assert "1 家上升，1 家下降" in picture
    assert re.findall(r"<g[^>]*><title>(.*?)</title>", picture) == [
        "浦江会计师事务所：2 → 1",
        "申评咨询有限公司：1 → 2",
    ]
    assert ('y1="72" x2="348" y2="44"' in picture, 'y1="44" x2="348" y2="72"' in picture) == (True, True)
    assert '<svg class="slopes"' not in client.get("/simulation?weights=fee").text


def test_the_workbook_holds_what_the_page_shows(client: Client, answered: Year) -> None:
    """Text stays text, figures are figures, and who may not simulate gets no file."""
    world = answered.world
    version = draft(answered)
    answered.session.execute(
        sa.update(Engagement).where(Engagement.id == answered.first.id).values(contract_number="=1+1")
    )
    answered.session.commit()
    found = []
    for person in (world.officer, world.manager, world.observer, world.neighbour_supervisor):
        switch_to(client, person)
        response = client.get(f"/simulation/workbook?weights=fee&year=2022&scheme={version.id}")
        found.append((response.status_code, "spreadsheet" in response.content_type))
    assert found == [*[(403, False)] * 3, (404, False)]
    switch_to(client, world.neighbour_supervisor)
    # Without a year of its own there is nothing to write down.
    assert "还没有可以模拟的年度" in client.get("/simulation/workbook?weights=fee&year=2022").text
    switch_to(client, world.supervisor)
    assert "各评分角色的占比之和须为 100%。" in said(client.get("/simulation/workbook?s-bureau=50").text)
    response = client.get(f"/simulation/workbook?scheme={version.id}&weights=fee&g-excellent=91")
    book = openpyxl.load_workbook(BytesIO(response.data))
    agencies, engagements, about = book.worksheets
    rows = [[cell.value for cell in row] for row in agencies.iter_rows()]
    # 申评 by fee: 0.7 x 87.5 + 0.3 x 97.5; the bureau's marks stay as they are.
    assert rows[-2:] == [
        ["申评咨询有限公司", 87.7, 90.5, 2.8, 1, 1, "良", "良", 2],
        ["浦江会计师事务所", 74.87, 75.92, 1.05, 2, 2, "中", "中", 1],
    ]
    cells = {cell.value: cell.data_type for row in engagements.iter_rows() for cell in row if cell.value}
    assert cells["=1+1"] == "s"
    said_there = {(row[0].value, row[1].value) for row in about.iter_rows()}
    assert {("业务权重", "按合同金额加权"), ("等级下限（分） · 优", "91")} <= said_there
    assert (
        "不能照搬的答案",
        "原方案的“3.2 结论清晰、建议明确”在新方案中没有，其得分不再计入。",
    ) in said_there
