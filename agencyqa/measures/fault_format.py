"""The shipped catalogue of faults, checked before a row is made of it."""

from __future__ import annotations

from functools import cache
from typing import Annotated

from pydantic import Field, ValidationError

from agencyqa.measures.enums import Tag
from agencyqa.measures.measure_format import DATA, shipped_citations
from agencyqa.measures.reading import FileError, FileProblem, read_document
from agencyqa.measures.scheme_format.fields import FilePart, Key, Text
from agencyqa.measures.scheme_format.model import CITATION
from agencyqa.scoring import Problem


class FaultEntry(FilePart):
    """One fault: ``unit`` says what one occurrence of it is."""

    code: Key
    title: Text
    unit: Text
    provision: Annotated[str, Field(pattern=CITATION, max_length=80)]
    is_counted_by_system: bool = False
    tag: Annotated[Tag, Field(strict=False)]


class FaultsFile(FilePart):
    faults: list[FaultEntry]


def parse_faults(text: str | bytes) -> FaultsFile:
    """Raise FileError with every fault: of shape, a code that stands twice, a provision that nobody has."""
    document = read_document(text)
    try:
        file = FaultsFile.model_validate(document.data)
    except ValidationError as error:
        raise FileError(
            [
                FileProblem(Problem(document.place_of(d["loc"]), d["type"]), document.line_at(d["loc"]))
                for d in error.errors(include_url=False)
            ]
        ) from None
    problems: list[FileProblem] = []
    seen: set[str] = set()
    for number, fault in enumerate(file.faults):
        line = document.line_at(("faults", number))
        if fault.code in seen:
            place = f"faults.{number + 1}.code"
            problems.append(FileProblem(Problem(place, "duplicate_key", {"key": fault.code}), line))
        if fault.provision not in shipped_citations():
            place = f"faults.{number + 1}.provision"
            problems.append(FileProblem(Problem(place, "unknown_provision", {"key": fault.provision}), line))
        seen.add(fault.code)
    if problems:
        raise FileError(problems)
    return file


@cache
def shipped_faults() -> tuple[FaultEntry, ...]:
    return tuple(parse_faults((DATA / "faults.yaml").read_bytes()).faults)


@cache
def shipped_fault_codes() -> frozenset[str]:
    """Every code that comes with the program."""
    return frozenset(fault.code for fault in shipped_faults())
