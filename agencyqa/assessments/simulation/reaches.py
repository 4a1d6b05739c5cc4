"""How far a weight may move, as it is told: the turn on either side, of all agencies and of each. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from agencyqa.scoring import RoleShare


@dataclass(frozen=True)
class Turn:
    """The weight at which something changes, or (``beyond``) as soon as it is passed.

    ``agency`` changes its grade, or its rank by meeting ``other``; both are positions in the year's agencies.
    """

    weight: Fraction
    beyond: bool
    agency: int
    other: int | None


@dataclass(frozen=True)
class Reach:
    """How far a weight may move down and up; None where it may go to the end.

    Where the search ended sooner, ``open_down`` and ``open_up`` are how far nothing changes for certain.
    """

    down: Turn | None
    up: Turn | None
    open_down: Fraction | None = None
    open_up: Fraction | None = None

    def nearest(self, now: Fraction) -> Turn | None:
        turns = [turn for turn in (self.down, self.up) if turn is not None]
        return min(turns, key=lambda turn: abs(turn.weight - now), default=None)


@dataclass(frozen=True)
class WeightReach:
    """One weight: ``now`` in units of a point for a criterion, as a part of one for a scorer role.

    ``grades`` and ``ranks`` are for all agencies together, ``by_agency`` for each that has a score.
    """

    key: str
    now: Fraction
    grades: Reach
    ranks: Reach
    by_agency: Mapping[int, tuple[Reach, Reach]]


def of_all(reaches: Sequence[Reach], now: Fraction) -> Reach:
    """The nearest turn of all; none where somebody's is not known and could be nearer."""

    def nearest(turns: list[Turn], ends: list[Fraction]) -> tuple[Turn | None, Fraction | None]:
        turn = min(turns, key=lambda each: (abs(each.weight - now), each.beyond), default=None)
        end = min(ends, key=lambda each: abs(each - now), default=None)
        if end is not None and (turn is None or abs(end - now) < abs(turn.weight - now)):
            return None, end
        return turn, None

    down, open_down = nearest(
        [reach.down for reach in reaches if reach.down is not None],
        [reach.open_down for reach in reaches if reach.open_down is not None],
    )
    up, open_up = nearest(
        [reach.up for reach in reaches if reach.up is not None],
        [reach.open_up for reach in reaches if reach.open_up is not None],
    )
    return Reach(down, up, open_down, open_up)


def stretched(shares: Sequence[RoleShare]) -> tuple[RoleShare, ...]:
    """In the same proportions, adding up to one."""
    whole = sum((share.share for share in shares), Fraction(0))
    parts = [(share.role, share.share / whole) for share in shares]
    return tuple(RoleShare(role, part.numerator, part.denominator) for role, part in parts)
