"""Rule text in one spelling: half-width figures, one kind of dash and comma, with the way back to what was written."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction

_CANONICAL = {
    ",": "，",
    ";": "；",
    ":": "：",
    "(": "（",
    ")": "）",
    "!": "。",
    "*": "×",
    "．": ".",
    "【": "（",
    "】": "）",
    "［": "（",
    "］": "）",
    "〔": "（",
    "〕": "）",
    "、": "、",
    "…": "…",
    "㎡": "㎡",
    **dict.fromkeys("~～∼〜—–―－−‐‑", "~"),
}
_RANGE_DASH = re.compile(r"(?<=[0-9分%])-(?=[0-9])")
_DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_UNITS = {"十": 10, "百": 100}

# A figure as people write it; ``value_of`` reads it.
NUMBER = r"(?:[0-9]{1,9}(?:\.[0-9]{1,6})?|[零〇一二两三四五六七八九十百]{1,8}(?:点[零〇一二三四五六七八九]{1,4})?|半)"


@dataclass(frozen=True)
class Source:
    """``text`` is the one spelling; ``places`` holds, for each of its characters, where it stood in ``written``."""

    written: str
    text: str
    places: tuple[int, ...]

    def words(self, start: int, end: int) -> str:
        """What was written there."""
        if start >= end:
            return ""
        return self.written[self.places[start] : self.places[end - 1] + 1].strip()

    def part(self, start: int, end: int) -> Source:
        return Source(self.written, self.text[start:end], self.places[start:end])


def source_of(written: str) -> Source:
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(written):
        for each in _spelt(letter):
            letters.append(each)
            places.append(place)
    text = _RANGE_DASH.sub("~", "".join(letters))
    return Source(written, text, tuple(places))


def _spelt(letter: str) -> str:
    if letter in "\n\r":
        return "；"
    if letter.isspace():
        return ""
    if letter in _CANONICAL:
        return _CANONICAL[letter]
    plain = unicodedata.normalize("NFKC", letter)
    if unicodedata.category(letter) == "No" and plain.strip("()").isdigit() and letter not in "²³¹½":
        # ① and ⑴ number a list.
        return f"（{plain.strip('()')}）"
    return "".join(_CANONICAL.get(each, each) for each in plain) if len(plain) == 1 else letter


def value_of(number: str) -> Fraction | None:
    """ "0.5", "十五", "一点五", "半" as figures; None for a heap of numerals that is none."""
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", number):
        return Fraction(number)
    if number == "半":
        return Fraction(1, 2)
    whole, _, part = number.partition("点")
    found = _whole(whole)
    if found is None:
        return None
    decimals = "".join(str(_DIGITS[letter]) for letter in part)
    return Fraction(found) + (Fraction(int(decimals), 10 ** len(decimals)) if decimals else 0)


def _whole(text: str) -> int | None:
    total, digit = 0, None
    for place, letter in enumerate(text):
        if letter in _UNITS:
            if digit is None and place > 0:
                return None
            total += (1 if digit is None else digit) * _UNITS[letter]
            digit = None
        elif digit is not None and digit != 0:
            return None
        else:
            digit = _DIGITS[letter]
    return total + (digit or 0) if text else None
