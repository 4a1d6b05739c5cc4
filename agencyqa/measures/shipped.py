"""The schemes that come with the program, by their keys."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from agencyqa.measures.measure_format import DATA, shipped_citations
from agencyqa.measures.scheme_format import CheckedFile, parse_scheme

_SCHEMES = DATA / "schemes"


def shipped_keys() -> list[str]:
    return sorted(path.stem for path in _SCHEMES.glob("*.yaml"))


def shipped_path(key: str) -> Path | None:
    """The file of a shipped scheme; None for a key that is none, whatever characters it has."""
    return _SCHEMES / f"{key}.yaml" if key in shipped_keys() else None


@cache
def shipped_schemes() -> tuple[CheckedFile, ...]:
    return tuple(
        parse_scheme((_SCHEMES / f"{key}.yaml").read_bytes(), shipped_citations()) for key in shipped_keys()
    )
