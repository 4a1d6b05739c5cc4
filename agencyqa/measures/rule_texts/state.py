"""What has been found while one text is read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction

from agencyqa.measures.rule_texts.proposals import (
    Doubt,
    NotUnderstood,
    Proposal,
    Reading,
    RuleData,
    Sureness,
    figure,
)

_MARKS = "，、：；。（）“”\"'的 "
_EDGES = "，、：；。 "
_FIGURE = re.compile(r"[0-9]|(?:扣|得|加|减|计)[^，；。]*分")


class State:
    def __init__(self, points: Fraction | None) -> None:
        self.points = points
        self.step: str | None = None
        self.gaps: str | None = None
        self.is_bonus = False
        self.readings: list[Reading] = []
        self.doubts: list[Doubt] = []

    def read(self, words: str, code: str, **params: str) -> None:
        self.readings.append(Reading(words.strip(_EDGES), code, params))

    def doubt(self, code: str, **params: str) -> None:
        self.doubts.append(Doubt(code, params))

    def leave(self, words: str) -> None:
        """Words that no rule holds. A figure among them would be lost, so then nothing was understood."""
        rest = words.strip(_MARKS)
        if not rest:
            return
        if _FIGURE.search(rest):
            raise NotUnderstood("unread_figure", words=rest)
        self.doubt("unread", words=rest)

    def set_points(self, value: Fraction, words: str) -> None:
        if self.points is not None and self.points != value:
            raise NotUnderstood("points_differ", stated=figure(value), points=figure(self.points))
        self.points = value
        self.read(words, "full", points=figure(value))

    def needed_points(self) -> Fraction:
        if self.points is None:
            raise NotUnderstood("points_unknown")
        return self.points

    def expect(self, most: Fraction) -> None:
        """The most that the text gives must be what the item is worth."""
        if self.points is not None and self.points != most:
            raise NotUnderstood("points_differ", stated=figure(most), points=figure(self.points))
        self.points = most

    def take_over(self, parts: Iterable[State]) -> None:
        for part in parts:
            self.readings += part.readings
            self.doubts += part.doubts
            if part.is_bonus:
                raise NotUnderstood("bonus_in_part")

    def proposal(self, rule: RuleData) -> Proposal:
        sureness = Sureness.CHECK if self.doubts else Sureness.SURE
        return Proposal(rule, sureness, tuple(self.readings), tuple(self.doubts), self.is_bonus)
