"""Put together, the stretches of a comparison are the two texts, and only what differs is called different."""

from __future__ import annotations

from io import BytesIO

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencyqa.engagements.deliverables.comparing import MOST_PARAGRAPHS, Kind, Part, differences
from agencyqa.engagements.deliverables.pdf_text import essence_of, sentences_of, without_margins
from agencyqa.engagements.deliverables.word_text import NoText, paragraphs_of

TEXTS = st.lists(st.sampled_from(["一", "二", "三", "四"]), max_size=12)


# Small texts, and a machine that may be busy.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS, TEXTS)
def test_nothing_is_lost_and_nothing_invented(old: list[str], new: list[str]) -> None:
    parts = differences(old, new)
    assert [text for part in parts for text in part.old] == old
    assert [text for part in parts for text in part.new] == new
    for part in parts:
        assert (part.kind is Kind.SAME) is (part.old == part.new)
        assert (part.kind is Kind.ADDED) is (not part.old)
        assert (part.kind is Kind.REMOVED) is (not part.new)


def test_paragraphs_and_tables_are_read_in_order_and_too_long_a_text_is_refused() -> None:
    document = docx.Document()
    document.add_paragraph("  总体  结论 ")
    document.add_paragraph("")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "得分", "86.5"
    document.add_paragraph("<b>建议</b>")
    target = BytesIO()
    document.save(target)
    target.seek(0)
    text = paragraphs_of(target)
    assert text == ["总体 结论", "得分 | 86.5", "<b>建议</b>"]
    changed = [text[0], "得分 | 87", *text[2:]]
    assert differences(text, changed)[1] == Part(Kind.CHANGED, ("得分 | 86.5",), ("得分 | 87",))
    with pytest.raises(NoText):
        paragraphs_of(BytesIO(b"PK\x03\x04 no package"))
    with pytest.raises(ValueError, match="too many"):
        differences(["a"] * (MOST_PARAGRAPHS + 1), [])


def test_what_only_looks_different_is_the_same() -> None:
    """A line of a PDF ends where the page does, and the columns of a table are gone."""
    word = ["一、总体结论", "项目得分 86.5 分。资金到位及时；管理较规范。", "得分 | 等级", "86.5 | 良"]
    printed = ["一、总体结论", "项目得分 86.5 分。资金到", "位及时；管理较规", "范。得分 等级", "86.5 良"]
    old, new = sentences_of(word), sentences_of(printed)
    assert new[:2] == ["一、总体结论项目得分 86.5 分。", "资金到位及时；"]
    assert [part.kind for part in differences(old, new, essence_of)] == [Kind.SAME]
    changed = sentences_of([line.replace("及时", "不及时") for line in printed])
    assert [part for part in differences(old, changed, essence_of) if part.kind is not Kind.SAME] == [
        Part(Kind.CHANGED, ("资金到位及时；",), ("资金到位不及时；",))
    ]
    assert sentences_of(["It is due on 1.5. The rest", "is not."]) == [
        "It is due on 1.5.",
        "The rest is not.",
    ]


def test_page_numbers_and_what_stands_on_every_page_are_no_text() -> None:
    said = [f"第{n + 7}条的内容" for n in range(4)]
    pages = [["校舍维修绩效评价报告", text, f"— {n} —"] for n, text in enumerate(said, 1)]
    assert without_margins(pages) == [[text] for text in said]
    pages = [[text, f"示例事务所 第{n}页"] for n, text in enumerate(said, 1)]
    assert without_margins(pages) == [[text] for text in said]
    # Two pages repeat nothing yet, and what is on a page alone is its text.
    assert without_margins([["结论"], ["结论"]]) == [["结论"], ["结论"]]
    assert without_margins([["第 3 页 共 12 页"], ["3/12"], ["12"], ["2021年"]]) == [[], [], [], ["2021年"]]
