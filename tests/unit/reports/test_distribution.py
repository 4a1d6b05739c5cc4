"""Counts of grades and score bands: figures on an edge, agencies without a figure, grades that nobody got."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from agencyqa.assessments.enums import RoundState
from agencyqa.reports.distribution import distribution_of

BANDS = [
    {"key": "poor", "label": "差", "label_en": "Poor", "low": 0},
    {"key": "excellent", "label": "优", "label_en": "Excellent", "low": 900_000},
    {"key": "good", "label": "良", "label_en": "Good", "low": 800_000},
]


def row(rounded: int | None, grade: str | None, places: int = 2) -> Any:
    return SimpleNamespace(
        id=7,
        year=2022,
        revision=1,
        state=RoundState.OPEN,
        bands=BANDS,
        grade=grade,
        rounded=rounded,
        places=places,
        is_reference=False,
    )


def test_figures_on_an_edge_belong_above_it() -> None:
    rows = [
        row(10_000, "excellent"),
        row(9_000, "excellent"),
        row(8_999, "good"),
        row(8_000, "good"),
        row(7_999, "poor"),
        row(7_000, "poor"),
        row(6_000, "poor"),
        row(5_999, "poor"),
        row(0, "poor"),
        row(None, None),
    ]
    found = distribution_of(rows)
    assert found.grades == (("优", 2), ("良", 2), ("差", 5))
    assert found.bands == (
        ("90 分及以上", 2),
        ("80（含）至 90 分", 2),
        ("70（含）至 80 分", 2),
        ("60（含）至 70 分", 1),
        ("不足 60 分", 2),
    )
    assert (found.agencies, found.unranked) == (10, 1)
    assert (found.round_id, found.year, found.revision, found.state) == (7, 2022, 1, RoundState.OPEN)
    assert found.chart.alt == "2022 年度考核等级分布：优 2；良 2；差 5"


def test_nobody_has_a_figure_yet() -> None:
    found = distribution_of([row(None, None), row(None, None)])
    assert found.grades == (("优", 0), ("良", 0), ("差", 0))
    assert [count for _, count in found.bands] == [0, 0, 0, 0, 0]
    assert (found.agencies, found.unranked) == (2, 2)


def test_other_decimals() -> None:
    """The edges move with the decimals of the round."""
    found = distribution_of([row(900, "excellent", places=1), row(899, "good", places=1)])
    assert [count for _, count in found.bands] == [1, 1, 0, 0, 0]


def test_large_figures_stay_whole() -> None:
    """Figures beyond what a binary fraction holds exactly still land where they belong."""
    unit = 10**12
    found = distribution_of([row(90 * unit - 1, "good", places=12), row(90 * unit, "excellent", places=12)])
    assert [count for _, count in found.bands] == [1, 1, 0, 0, 0]
