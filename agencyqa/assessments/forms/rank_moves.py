"""The picture of who moves where: old ranks on the left, new ones on the right, a line for each agency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext

from agencyqa.assessments.forms.simulation_page import MoveLine

# In units of the picture, which is drawn as wide as there is room.
WIDTH, ROW, TOP = 520, 28, 44
LEFT, RIGHT = 172, 348
# So much of a name has room; the whole of it stands in the table and as the title of the line.
LETTERS = 8
# More lines than these nobody can follow.
MOST = 24


@dataclass(frozen=True)
class Slope:
    """``tone`` is "up", "down" or "same"; ``y_before`` and ``y_after`` are where the line starts and ends."""

    agency: str
    label: str
    before: int
    after: int
    y_before: int
    y_after: int
    tone: str


@dataclass(frozen=True)
class RankMoves:
    """``left_out`` counts agencies with both ranks that are not drawn."""

    slopes: tuple[Slope, ...]
    height: int
    words: str
    left_out: int


def rank_moves(lines: Sequence[MoveLine]) -> RankMoves | None:
    """The agencies whose rank moved, the greatest moves first, and others as long as there is room.

    None where no rank moved.
    """
    ranked = [line for line in lines if line.rank_before is not None and line.rank_after is not None]
    if not any(line.rank_move for line in ranked):
        return None
    kept = sorted(ranked, key=lambda line: -abs(line.rank_move or 0))[:MOST]
    olds = sorted(kept, key=lambda line: (line.rank_before or 0, line.rank_after or 0, line.agency))
    news = sorted(kept, key=lambda line: (line.rank_after or 0, line.rank_before or 0, line.agency))
    slopes = tuple(
        Slope(
            line.agency,
            line.agency if len(line.agency) <= LETTERS else line.agency[: LETTERS - 1] + "…",
            line.rank_before or 0,
            line.rank_after or 0,
            TOP + ROW * olds.index(line),
            TOP + ROW * news.index(line),
            "up" if (line.rank_move or 0) > 0 else "down" if line.rank_move else "same",
        )
        for line in news
    )
    ups, downs = (sum(slope.tone == tone for slope in slopes) for tone in ("up", "down"))
    words = gettext(
        "名次变化：%(up)s 家上升，%(down)s 家下降。逐家数据见“原结果与模拟结果”表。", up=ups, down=downs
    )
    return RankMoves(slopes, TOP + ROW * len(slopes), words, len(ranked) - len(kept))
