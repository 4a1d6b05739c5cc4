"""A year of many agencies: fifty to a page, and every figure beside the table is of the whole year."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from agencyqa.agencies.enums import AgencyKind
from agencyqa.assessments.models import AnnualResult, AssessmentRound
from agencyqa.assessments.queries.ranking import YearFigures, whole_ranking, year_figures
from agencyqa.measures.enums import Purpose
from agencyqa.web.tables import DEFAULT_SIZE
from tests.client import Client
from tests.factories.accounts import sign_in
from tests.factories.agencies import make_agency
from tests.factories.assessments import make_grade_table, make_share_table
from tests.factories.rounds import make_round
from tests.integration.assessments.agency_world import build_agency_year
from tests.integration.assessments.conftest import switch_to
from tests.integration.assessments.years import Year, year
from tests.integration.engagements.world import statements

__all__ = ["year"]

MANY = 58
# With the two of the year, of which one has subtotals by measure.
ALL = MANY + 2
ROW = re.compile(r'<tr id="result-\d+"><td class="num">(.*?)</td>.*?<th scope="row"><a [^>]*>(.*?)</a>')
LINK = re.compile(r'href="([^"]*)"')
TILE = re.compile(r"参加考核的机构 (\d+) 家 已排名 (\d+) 家 暂定、未排名 (\d+) 家 计入的业务 (\d+) 项")


@pytest.fixture
def found(year: Year) -> AssessmentRound:
    """58 agencies one behind the other below the two of the year; the last has no sheets yet."""
    for number in range(1, MANY + 1):
        engagement = year.engage(make_agency(year.session, year.world.bureau, f"{number:02}号事务所"))
        if number < MANY:
            year.score(engagement, 56 - number / 2, 56 - number / 2)
    found = year.round()
    theirs = year.engage(
        make_agency(year.session, year.world.neighbour, "邻区机构"), bureau=year.world.neighbour
    )
    year.score(theirs, 99, 99)
    make_share_table(year.session, year.world.neighbour)
    make_grade_table(year.session, year.world.neighbour)
    make_round(year.session, year.world.actor(year.world.neighbour_supervisor))
    year.session.commit()
    return found


def rows(answer: TestResponse) -> list[tuple[str, str]]:
    return ROW.findall(answer.text)


def expected() -> list[tuple[str, str]]:
    numbered = [(str(number + 2), f"{number:02}号事务所") for number in range(1, MANY)]
    return [
        ("1", "申评咨询有限公司"),
        ("2", "浦江会计师事务所"),
        *numbered,
        ("—", f"{MANY}号事务所"),
    ]


def turned(answer: TestResponse, way: str) -> str:
    link = re.search(f'rel="{way}" href="([^"]*)"', answer.text)
    assert link is not None
    return link[1].replace("&amp;", "&")


def test_pages_hold_the_ranking_in_order_and_the_figures_of_the_whole_year(
    year: Year, found: AssessmentRound, client: Client
) -> None:
    sign_in(client, year.world.lead)
    first = client.get(f"/rounds/{found.id}")
    second = client.get(turned(first, "next"))
    assert rows(first) == expected()[:DEFAULT_SIZE]
    assert rows(second) == expected()[DEFAULT_SIZE:]
    assert rows(client.get(turned(second, "prev"))) == expected()[:DEFAULT_SIZE]
    assert 'rel="next"' not in second.text
    texts = [client.page(answer).text for answer in (first, second)]
    # The year has 61 engagements: 58, one and two.
    assert [TILE.findall(text) for text in texts] == 2 * [[(str(ALL), str(ALL - 1), "1", "61")]]
    # What is missing belongs to the last agency, and is told on the first page as well; so are the grades and the
    # measures, under which nobody of the second page has a subtotal.
    assert [text.count("尚未下发") for text in texts] == [2, 2]
    heads = [re.findall(r'<abbr title="[^"]*">(M\d)</abbr>', answer.text) for answer in (first, second)]
    assert heads == [["M1", "M2", "M3"], ["M1", "M2", "M3"]]
    spread = [text[text.rindex("等级分布") :].split("等级标准依据")[0] for text in texts]
    assert spread[0] == spread[1]
    assert "暂无等级 1" in spread[0]
    assert ["邻区机构" in text for text in texts] == [False, False]


def test_an_agency_is_found_by_name_grade_and_from_its_result(
    year: Year, found: AssessmentRound, client: Client
) -> None:
    sign_in(client, year.world.lead)
    named = client.get(f"/rounds/{found.id}?q=5")
    assert [row[1] for row in rows(named)] == [name for _, name in expected() if "5" in name]
    assert TILE.findall(client.page(named).text) == [(str(ALL), str(ALL - 1), "1", "61")]
    all_but_two = client.get(f"/rounds/{found.id}?q=事务所&grade=poor")
    assert rows(all_but_two) == expected()[1:-1][:DEFAULT_SIZE]
    following = client.get(turned(all_but_two, "next"))
    assert rows(following) == expected()[1:-1][DEFAULT_SIZE:]
    nobody = client.get(f"/rounds/{found.id}?q=邻区")
    assert rows(nobody) == []
    assert "没有符合条件的机构" in client.page(nobody).text
    last = year.results(found)[DEFAULT_SIZE + 3]
    own = client.get(f"/results/{last.id}").text
    link = next(each for each in LINK.findall(own) if f"#result-{last.id}" in each)
    page = client.get(link.split("#")[0].replace("&amp;", "&"))
    assert rows(page) == expected()[DEFAULT_SIZE:]
    assert f'id="result-{last.id}"' in page.text
    # Of the neighbour's results and of the first page nothing is sought.
    theirs = year.session.scalars(sa.select(AnnualResult.id).where(AnnualResult.round_id != found.id)).one()
    for result_id in (theirs, year.results(found)[2].id):
        assert rows(client.get(f"/rounds/{found.id}?at={result_id}")) == expected()[:DEFAULT_SIZE]
    for nothing in ("9" * 23, "-5", "x"):
        assert rows(client.get(f"/rounds/{found.id}?at={nothing}")) == expected()[:DEFAULT_SIZE]


def test_the_whole_ranking_is_printed_and_published(
    year: Year, found: AssessmentRound, client: Client
) -> None:
    sign_in(client, year.world.lead)
    whole = f"/rounds/{found.id}/ranking"
    assert whole in client.get(f"/rounds/{found.id}").text
    assert rows(client.get(whole)) == expected()
    confirming = client.get(f"/rounds/{found.id}/publish")
    assert rows(confirming) == expected()[:DEFAULT_SIZE]
    text = client.page(confirming).text
    assert f"{ALL} 家机构的结果同时发布" in text
    assert f"以上为前 {DEFAULT_SIZE} 家，共 {ALL} 家。" in text
    assert whole in confirming.text
    answers: dict[str, int] = {}
    for name in ("supervisor", "city_supervisor", "neighbour_supervisor", "observer", "manager", "officer"):
        switch_to(client, getattr(year.world, name))
        answers[name] = client.get(whole).status_code
    assert answers == {
        "supervisor": 200,
        "city_supervisor": 200,
        "neighbour_supervisor": 404,
        "observer": 404,
        "manager": 403,
        "officer": 403,
    }


def test_a_page_of_fifty_costs_the_statements_of_one_of_two(
    year: Year, found: AssessmentRound, client: Client
) -> None:
    counts = []
    sign_in(client, year.world.lead)
    for page in (f"/rounds/{found.id}", f"/rounds/{found.id}?q=浦江"):
        client.get(page)
        with statements(year.session) as sent:
            answer = client.get(page)
        counts.append((len(rows(answer)), len(sent)))
    assert [count for count, _ in counts] == [DEFAULT_SIZE, 1]
    assert counts[0][1] == counts[1][1]


def test_a_short_year_has_no_filter_and_one_that_ranks_by_kind_offers_kinds(
    year: Year, client: Client
) -> None:
    made = build_agency_year(year)
    for sheet in made.sheets():
        made.give(sheet, 10)
    made.compute()
    year.session.commit()
    sign_in(client, year.world.lead)
    plain = client.get(f"/rounds/{made.found.id}")
    assert (len(rows(plain)), 'name="q"' in plain.text, "/ranking" in plain.text) == (2, False, False)
    kind = year.result(made.found, year.world.agency).rank_group
    sought = client.get(f"/rounds/{made.found.id}?rank_group={kind}&q=申评")
    assert [row[1] for row in rows(sought)] == ["申评咨询有限公司"]
    assert ('name="q"' in sought.text, 'name="rank_group"' in sought.text) == (True, True)
    other = next(each.value for each in AgencyKind if each.value != kind)
    assert rows(client.get(f"/rounds/{made.found.id}?rank_group={other}")) == []


def test_figures_are_of_what_the_reader_sees(year: Year, found: AssessmentRound) -> None:
    observer = year.world.actor(year.world.observer)
    lead = year.world.actor(year.world.lead)
    results = year.results(found)
    grades: dict[Any, int] = {}
    for each in results:
        grades[each.grade] = grades.get(each.grade, 0) + 1
    assert year_figures(year.session, lead, found) == YearFigures(
        grades=grades,
        agencies=ALL,
        ranked=ALL - 1,
        provisional=1,
        engagements=61,
        missing=2,
        has_groups=False,
        has_differences=False,
        measures=("", "M1", "M2", "M3"),
    )
    # Nothing is published yet.
    for actor in (
        observer,
        year.world.actor(year.world.manager),
        year.world.actor(year.world.neighbour_supervisor),
    ):
        figures = year_figures(year.session, actor, found)
        assert (figures.agencies, figures.grades, figures.measures) == (0, {}, ())
        assert whole_ranking(year.session, actor, found.id) == []


def test_a_rounding_difference_anywhere_gives_every_page_its_column(
    year: Year, found: AssessmentRound, client: Client
) -> None:
    agency = make_agency(year.session, year.world.bureau, "三分咨询有限公司")
    engagement = year.engage(agency)
    thirds = {"M1": (1.0, 1), "M2": (1.0, 1), "M3": (1.0, 1)}
    for role in (Purpose.BUREAU, Purpose.EVALUATED_UNIT):
        year.sheet(engagement, role, 3, 3, measures=thirds)
    sign_in(client, year.world.lead)
    assert "舍入差</th>" not in client.get(f"/rounds/{found.id}").text
    client.post(f"/rounds/{found.id}/compute")
    first = client.get(f"/rounds/{found.id}")
    assert "舍入差</th>" in first.text
    assert "舍入差</th>" in client.get(turned(first, "next")).text
