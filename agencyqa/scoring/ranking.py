"""Ranking on rounded scores; equal scores share a rank and leave a gap (3, 4, 4, 4, 7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from agencyqa.scoring.units import round_half_up

RANK_PLACES = 2


@dataclass(frozen=True)
class RankEntry:
    key: str
    score: Fraction | None
    is_provisional: bool = False
    group: str = ""


@dataclass(frozen=True)
class RankRow:
    """`rounded` is the score times 10**places; `rank` is None for who cannot be ranked yet."""

    key: str
    score: Fraction | None
    rounded: int | None
    places: int
    rank: int | None
    group: str = ""


def rank(entries: Iterable[RankEntry], places: int = RANK_PLACES) -> tuple[RankRow, ...]:
    """Best first, equal ones by key; unranked ones last, by key. Equal figures as shown share a rank."""
    ranked: list[tuple[int, RankEntry]] = []
    unranked: list[RankEntry] = []
    for entry in entries:
        if entry.score is None or entry.is_provisional:
            unranked.append(entry)
        else:
            ranked.append((round_half_up(entry.score, places), entry))
    ranked.sort(key=lambda pair: (-pair[0], pair[1].key))
    rows: list[RankRow] = []
    for number, (rounded, entry) in enumerate(ranked, start=1):
        shares = bool(rows) and rows[-1].rounded == rounded
        place = rows[-1].rank if shares else number
        rows.append(RankRow(entry.key, entry.score, rounded, places, place, entry.group))
    for entry in sorted(unranked, key=lambda entry: entry.key):
        shown = None if entry.score is None else round_half_up(entry.score, places)
        rows.append(RankRow(entry.key, entry.score, shown, places, None, entry.group))
    return tuple(rows)


def rank_in_groups(entries: Iterable[RankEntry], places: int = RANK_PLACES) -> dict[str, tuple[RankRow, ...]]:
    """Each group ranked by itself, the groups by their keys: like is compared with like."""
    groups: dict[str, list[RankEntry]] = {}
    for entry in entries:
        groups.setdefault(entry.group, []).append(entry)
    return {group: rank(groups[group], places) for group in sorted(groups)}
