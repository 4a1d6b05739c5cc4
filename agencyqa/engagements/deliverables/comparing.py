"""What differs between the texts of two versions, pure: paragraph by paragraph, in the order of reading."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

# Beyond this a comparison would keep its reader, and the server, waiting.
MOST_PARAGRAPHS = 3000


class Kind(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    CHANGED = "changed"


@dataclass(frozen=True)
class Part:
    """A stretch of paragraphs: ``old`` is empty for what was added, ``new`` for what was removed."""

    kind: Kind
    old: tuple[str, ...]
    new: tuple[str, ...]


KINDS = {"equal": Kind.SAME, "delete": Kind.REMOVED, "insert": Kind.ADDED, "replace": Kind.CHANGED}


def differences(
    old: Sequence[str], new: Sequence[str], essence: Callable[[str], str] | None = None
) -> list[Part]:
    """All stretches in order; put together, their sides are the two texts. Raise ValueError for too long a text.

    Texts of the same ``essence`` are the same; without it, equal ones are.
    """
    if max(len(old), len(new)) > MOST_PARAGRAPHS:
        raise ValueError("too many paragraphs")
    before, after = ([essence(text) if essence else text for text in side] for side in (old, new))
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return [
        Part(KINDS[tag], tuple(old[begin:end]), tuple(new[first:last]))
        for tag, begin, end, first, last in matcher.get_opcodes()
    ]
