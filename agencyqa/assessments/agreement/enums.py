"""How the figures are read, with the limits that their authors give. The page cites them."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from agencyqa.assessments.agreement.figures import Level
from agencyqa.web.labels import describe


class Reliability(StrEnum):
    """Krippendorff 2004, "Content Analysis", p. 241: rely on .800, draw tentative conclusions from .667."""

    RELIABLE = "reliable"
    TENTATIVE = "tentative"
    UNRELIABLE = "unreliable"


class Grade(StrEnum):
    """Koo and Li 2016: limits of .5, .75 and .9 for an intraclass correlation."""

    POOR = "poor"
    MODERATE = "moderate"
    GOOD = "good"
    EXCELLENT = "excellent"


class Leaning(StrEnum):
    """Whether a scorer's interval lies below 0, above it, or holds it."""

    SEVERE = "severe"
    LENIENT = "lenient"
    NONE = "none"


def reliability_of(alpha: float) -> Reliability:
    if alpha >= 0.8:
        return Reliability.RELIABLE
    return Reliability.TENTATIVE if alpha >= 0.667 else Reliability.UNRELIABLE


def grade_of(correlation: float) -> Grade:
    if correlation < 0.5:
        return Grade.POOR
    if correlation < 0.75:
        return Grade.MODERATE
    return Grade.GOOD if correlation <= 0.9 else Grade.EXCELLENT


describe(
    Reliability,
    {
        Reliability.RELIABLE: (_l("可以采信"), "success"),
        Reliability.TENTATIVE: (_l("只宜初步判断"), "warning"),
        Reliability.UNRELIABLE: (_l("不足采信"), "danger"),
    },
)
describe(
    Grade,
    {
        Grade.POOR: (_l("差"), "danger"),
        Grade.MODERATE: (_l("中等"), "warning"),
        Grade.GOOD: (_l("良好"), "success"),
        Grade.EXCELLENT: (_l("优秀"), "success"),
    },
)
describe(
    Leaning,
    {
        Leaning.SEVERE: (_l("偏严"), "warning"),
        Leaning.LENIENT: (_l("偏宽"), "warning"),
        Leaning.NONE: (_l("看不出偏严或偏宽"), "neutral"),
    },
)
describe(
    Level,
    {
        Level.NOMINAL: _l("是与否"),
        Level.ORDINAL: _l("档次（有高低）"),
        Level.INTERVAL: _l("分数（有距离）"),
        Level.RATIO: _l("比率（有零点）"),
    },
)
