"""Put together, the stretches of a comparison are the two texts, and only what differs is called different."""

from __future__ import annotations

from io import BytesIO

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencyqa.engagements.deliverables.comparing import MOST_PARAGRAPHS, Kind, Part, differences
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
