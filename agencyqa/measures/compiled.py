"""Compiled schemes by the hash of their content. Content never changes under a hash, so nothing goes stale."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from functools import cached_property
from threading import Lock
from typing import Any

from agencyqa.measures.counting import Counting, counting_of
from agencyqa.measures.scheme_format import SchemeFile, file_of_content, to_scheme
from agencyqa.measures.texts import SchemeTexts
from agencyqa.scoring import Program, Scheme, compile_scheme

# A bureau has a handful of schemes in force; old ones are opened now and then.
MOST_KEPT = 64


class CompiledScheme:
    def __init__(self, content: Mapping[str, Any], number: int) -> None:
        self.file: SchemeFile = file_of_content(content)
        self.scheme: Scheme = to_scheme(self.file, number)
        self._texts = {language: SchemeTexts(self.file, language) for language in ("zh", "en")}

    @cached_property
    def program(self) -> Program:
        """Raises SchemeError for a draft that has errors."""
        return compile_scheme(self.scheme)

    @cached_property
    def counting(self) -> Counting:
        """Which faults the scheme counts, and under which input."""
        return counting_of(self.file)

    def texts(self, language: str) -> SchemeTexts:
        return self._texts[language]


_kept: OrderedDict[tuple[str, int], CompiledScheme] = OrderedDict()
_lock = Lock()


def kept_scheme(content_hash: str, number: int) -> CompiledScheme | None:
    """What ``compiled_content`` would give, if it is there already."""
    key = (content_hash, number)
    with _lock:
        found = _kept.get(key)
        if found is not None:
            _kept.move_to_end(key)
    return found


def compiled_content(content_hash: str, number: int, content: Mapping[str, Any]) -> CompiledScheme:
    """``number`` is the version's; it stands in the traces of the program."""
    key = (content_hash, number)
    found = kept_scheme(*key)
    if found is not None:
        return found
    # Compiled outside the lock: two threads may do it twice, but none waits for the other.
    made = CompiledScheme(content, number)
    with _lock:
        _kept[key] = made
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return made
