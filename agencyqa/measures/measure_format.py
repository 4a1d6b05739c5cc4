"""The shipped file of measures, versions and provisions, checked before a row is made of it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from agencyqa.measures.enums import MeasureKind, Tag
from agencyqa.measures.reading import FileError, FileProblem, read_document
from agencyqa.measures.scheme_format.fields import Day, FilePart, Text
from agencyqa.measures.scheme_format.model import CITATION
from agencyqa.scoring import Problem

DATA = Path(__file__).parent / "data"
_YEAR = re.compile(r"〔(\d{4})〕")


class ProvisionPart(FilePart):
    key: Annotated[str, Field(pattern=CITATION, max_length=80)]
    article: str | None = None
    tag: Annotated[Tag, Field(strict=False)]
    summary: Text


class VersionPart(FilePart):
    """A date or number that is left out is one that nobody has confirmed."""

    doc_number: str | None = None
    issued_on: Day | None = None
    effective_on: Day | None = None
    valid_to: Day | None = None
    tag: Annotated[Tag, Field(strict=False)]
    note: Text | None = None
    provisions: list[ProvisionPart]

    @property
    def number_year(self) -> int | None:
        found = _YEAR.search(self.doc_number or "")
        return int(found.group(1)) if found else None


class MeasurePart(FilePart):
    key: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]*$", max_length=40)]
    kind: Annotated[MeasureKind, Field(strict=False)]
    title: Text
    versions: list[VersionPart]


class MeasuresFile(FilePart):
    measures: list[MeasurePart]


def parse_measures(text: str | bytes) -> MeasuresFile:
    """Raise FileError with every fault."""
    document = read_document(text)
    try:
        return MeasuresFile.model_validate(document.data)
    except ValidationError as error:
        raise FileError(
            [
                FileProblem(Problem(document.place_of(d["loc"]), d["type"]), document.line_at(d["loc"]))
                for d in error.errors(include_url=False)
            ]
        ) from None


@cache
def shipped_measures() -> tuple[MeasurePart, ...]:
    return tuple(parse_measures((DATA / "measures.yaml").read_bytes()).measures)


@cache
def shipped_citations() -> frozenset[str]:
    """Every provision key that comes with the program."""
    return frozenset(
        provision.key
        for measure in shipped_measures()
        for version in measure.versions
        for provision in version.provisions
    )
