"""A text that numbers its parts: （1）…（2）…, 1.…2.…, ①…②…"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from agencyqa.measures.rule_texts.source import NUMBER, Source, value_of

_MARKS = (
    re.compile(r"（([1-9][0-9]?|[一二三四五六七八九十])）"),
    re.compile(r"(?<![0-9.])([1-9][0-9]?)(?:[.)）](?![0-9])|、)"),
    re.compile(r"([一二三四五六七八九十])(?:是|、)"),
)
_HEAD = re.compile(
    rf"^(?P<label>[^：；。（）]{{1,60}}?)?（(?P<n>{NUMBER})分）[：，]?|^(?P<name>[^：；。，（）]{{1,60}})："
)


@dataclass(frozen=True)
class Piece:
    label: str
    points: Fraction | None
    source: Source


def numbered(source: Source) -> tuple[Source, list[Piece]] | None:
    """What stands before the first number, and the pieces; None where the text is not numbered from 1 on."""
    for pattern in _MARKS:
        found = list(pattern.finditer(source.text))
        values = [value_of(match.group(1)) for match in found]
        if len(found) < 2 or values != [Fraction(n) for n in range(1, len(found) + 1)]:
            continue
        ends = [match.start() for match in found[1:]] + [len(source.text)]
        pieces = [_piece(source.part(match.end(), end)) for match, end in zip(found, ends, strict=True)]
        return source.part(0, found[0].start()), pieces
    return None


def _piece(source: Source) -> Piece:
    head = _HEAD.match(source.text)
    if head is None:
        return Piece("", None, source)
    points = value_of(head.group("n")) if head.group("n") else None
    label = head.group("label") or head.group("name") or ""
    rest = source.part(head.end(), len(source.text))
    if not rest.text.strip("；。，") and points is not None:
        # "有制度（1分）" says what the point is for, and no more.
        return Piece("", None, source)
    return Piece(label, points, rest)
