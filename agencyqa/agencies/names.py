"""Names of agencies that look alike: most double entries of a register differ in a character or a legal form."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable

# The legal form says little; the longer ones first.
_FORMS = (
    "股份有限公司",
    "有限责任公司",
    "（特殊普通合伙）",
    "（普通合伙）",
    "（有限合伙）",
    "有限公司",
    "分公司",
)
# A shorter name minus one character is like too many others.
_SHORTEST = 4


def plain_name(name: str) -> str:
    """A name without what a keyboard decides: width of characters, spaces, case."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def stem(name: str) -> str:
    """A plain name without brackets and legal form."""
    text = plain_name(name)
    for form in _FORMS:
        text = text.replace(plain_name(form), "")
    return text.replace("(", "").replace(")", "") or plain_name(name)


class Names:
    """Known names by code. Two look alike if they have the same stem, or stems that differ in one character."""

    def __init__(self, known: Iterable[tuple[str, str]]) -> None:
        self._by_part: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for code, name in known:
            for part in _parts(stem(name)):
                self._by_part[part].add((code, name))

    def like(self, name: str, *, apart_from: str) -> tuple[str, ...]:
        """Names of other codes, in a fixed order."""
        found = {(code, other) for part in _parts(stem(name)) for code, other in self._by_part.get(part, ())}
        return tuple(sorted({other for code, other in found if code != apart_from}))


def _parts(text: str) -> set[str]:
    """The stem itself, and with each one of its characters left out."""
    if len(text) < _SHORTEST:
        return {text}
    return {text} | {text[:place] + text[place + 1 :] for place in range(len(text))}
