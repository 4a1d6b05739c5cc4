"""The demo's papers are real files: readable text in an embedded font, and each says that it is invented."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO

import openpyxl
from pypdf import PdfReader

from agencyqa.demo.chance import Chance
from agencyqa.demo.content import OBJECTS
from agencyqa.demo.paper_content import (
    Work,
    draft_paper,
    note_paper,
    plan_paper,
    report_paper,
    work_paper_rows,
)
from agencyqa.demo.papers import MARK, Press, work_papers
from agencyqa.demo.spending import spending_of
from agencyqa.scoring import format_points

WRITTEN = datetime(2025, 6, 2, 3, tzinfo=UTC)
DAY = date(2025, 6, 2)
ITEM = OBJECTS[0]
WORK = Work(
    object_name="#panic() *校园* $1",
    contract="望财绩评〔2025〕01号",
    agency="云汀明衡绩效咨询有限公司",
    unit="望洲区青禾实验中学",
    commissioner="云汀市望洲区财政局",
    evaluator="沈怀瑾",
    signed_on=date(2025, 2, 15),
    due_on=date(2025, 5, 16),
    spending=spending_of(ITEM.name, ITEM.kind, ITEM.amount * 10**6, Chance("test"), None),
)


def plain(*texts: str) -> str:
    """Between scripts a PDF shows gaps that are no characters."""
    return "".join("".join(texts).split())


def test_every_paper_can_be_read() -> None:
    press = Press()
    papers = [maker(WORK, DAY) for maker in (plan_paper, draft_paper, report_paper)]
    papers.append(note_paper("检查取证记录", "云汀市望洲区财政局", DAY, ("*事实*清楚。",)))
    for paper in papers:
        content = press.pdf(paper, WRITTEN)
        assert content == press.pdf(paper, WRITTEN)
        reader = PdfReader(BytesIO(content))
        for page in reader.pages:
            text = page.extract_text()
            assert MARK in text
            fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]
            assert {str(font["/BaseFont"]).partition("+")[2] for font in fonts} == {
                "NotoSansCJKsc-Regular-Identity-H"
            }
        assert plain(paper.title) in plain(*(page.extract_text() for page in reader.pages))
        assert len(content) < 60_000
    report = plain(*(page.extract_text() for page in PdfReader(BytesIO(press.pdf(papers[2], WRITTEN))).pages))
    for words in (
        WORK.object_name,
        format_points(WORK.spending.total),
        WORK.spending.problems[0].content.facts,
    ):
        assert plain(words) in report


def test_work_papers_name_every_indicator() -> None:
    rows = work_paper_rows(WORK, Chance("test"))
    content = work_papers("工作底稿", rows, WRITTEN)
    assert content == work_papers("工作底稿", rows, WRITTEN)
    sheet = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
    cells = [cell.value for row in sheet.iter_rows() for cell in row]
    assert MARK in cells
    assert {node.name for node in WORK.spending.nodes if node.level == 3} <= set(cells)
