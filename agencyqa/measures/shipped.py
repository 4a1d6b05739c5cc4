"""The schemes that come with the program, by their keys and version numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from agencyqa.measures.fault_format import shipped_fault_codes
from agencyqa.measures.measure_format import DATA, shipped_citations
from agencyqa.measures.scheme_format import CheckedFile, parse_scheme

_SCHEMES = DATA / "schemes"
# The first version is "key.yaml", a later one "key.v2.yaml".
_NAME = re.compile(r"(?P<key>[a-z0-9-]+)(\.v(?P<number>[2-9]|[1-9][0-9]+))?")


@cache
def _files() -> Mapping[tuple[str, int], Path]:
    """Every file by key and number, in that order."""
    found: dict[tuple[str, int], Path] = {}
    for path in _SCHEMES.glob("*.yaml"):
        name = _NAME.fullmatch(path.stem)
        if name is None:
            raise ValueError(f"{path.name} names no scheme and version")
        found[name["key"], int(name["number"] or 1)] = path
    return dict(sorted(found.items()))


def shipped_keys() -> list[str]:
    return sorted({key for key, _ in _files()})


def shipped_path(name: str) -> Path | None:
    """The file of a shipped scheme, "key" or "key.v2"; None for a name that is none, whatever characters it has."""
    return next((path for path in _files().values() if path.stem == name), None)


@cache
def shipped_versions() -> tuple[tuple[int, CheckedFile], ...]:
    """Every version with its number, the earlier ones of a scheme first."""
    codes = shipped_fault_codes()
    return tuple(
        (number, parse_scheme(path.read_bytes(), shipped_citations(), codes))
        for (_, number), path in _files().items()
    )


@cache
def shipped_schemes() -> tuple[CheckedFile, ...]:
    """The first version of each scheme."""
    return tuple(checked for number, checked in shipped_versions() if number == 1)
