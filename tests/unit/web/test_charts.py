"""A chart is drawn on the server, in Chinese, and says in words what it shows."""

from __future__ import annotations

import base64

from agencyqa.web.charts import bar_chart, column_chart


def test_a_chart_shows_its_labels_and_reads_aloud(in_request: None) -> None:
    chart = column_chart("等级分布", [("优秀", 4), ("良好", 6)], tones=["success", "warning"])
    assert chart.alt == "等级分布：优秀 4；良好 6"
    assert "优秀" in chart.svg
    assert "Noto Sans CJK SC" in chart.svg
    assert 'style="' not in chart.svg
    kind, _, content = chart.data_url.partition(",")
    assert (kind, base64.b64decode(content).decode()) == ("data:image/svg+xml;base64", chart.svg)
    assert chart.size[0] > 280


def test_the_same_figures_are_drawn_once(in_request: None) -> None:
    rows = [("教育局", 12)]
    assert bar_chart("业务", rows).svg is bar_chart("业务", rows).svg


def test_a_figure_below_nothing_stands_at_the_foot_of_its_bar(in_request: None) -> None:
    chart = bar_chart("一致性", [("甲", -0.4), ("乙", 0.7)])
    assert [each["foot"] for each in chart.spec["data"]["values"]] == [0, 0.7]
    assert chart.spec["layer"][1]["encoding"]["x"]["field"] == "foot"
    # Where nothing is negative the picture is as it always was.
    assert "x" not in bar_chart("业务", [("甲", 1)]).spec["layer"][1]["encoding"]
