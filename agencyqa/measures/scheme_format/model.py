"""A whole scheme file. Its JSON form is what a published version stores and what its hash covers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from agencyqa.measures.enums import Purpose, WorkKind
from agencyqa.measures.scheme_format.fields import Day, FilePart, Key, Points, Text
from agencyqa.measures.scheme_format.rules import RuleField, rule_data
from agencyqa.scoring import Criterion, GradeBand, Rounding, Scheme, Section, rule_from_data

FILE_KEY = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
CITATION = r"^[A-Z][A-Z0-9]*/[a-z][a-z0-9_]*$"


class GradePart(FilePart):
    """A half-open band of the percentage; without ``high`` it reaches to the next band."""

    key: Key
    label: Text
    low: Points
    high: Points | None = None


class RoundingPart(FilePart):
    places: int


class CountPart(FilePart):
    """A fault whose occurrences feed an input of the criterion's rule, by the engine's name of the input.

    Without ``by_hand`` nobody types that input: the system supplies it from what is on record.
    """

    fault: Key
    input: Annotated[str, Field(min_length=1, max_length=200)]
    by_hand: bool = False


class CriterionPart(FilePart):
    key: Key
    label: Text
    description: Text | None = None
    max_points: Points
    # The provision of a measure, or the item of the published form, from which the criterion comes.
    provision: Annotated[str, Field(max_length=80, pattern=CITATION)]
    measure: Literal["M1", "M2", "M3"] | None = None
    rule: RuleField
    counts: Annotated[list[CountPart], Field(max_length=40)] = []


class SectionPart(FilePart):
    key: Key
    label: Text
    max_points: Points
    criteria: Annotated[list[CriterionPart], Field(max_length=100)]


class SchemeFile(FilePart):
    key: Annotated[str, Field(max_length=80, pattern=FILE_KEY)]
    title: Text
    source: Text
    purpose: Annotated[Purpose, Field(strict=False)]
    # Left out: for every kind of work that has no scheme of its own.
    work_kind: Annotated[WorkKind, Field(strict=False)] | None = None
    valid_from: Day
    is_reference: bool = False
    max_points: Points
    rounding: RoundingPart | None = None
    grades: Annotated[list[GradePart], Field(max_length=20)] = []
    sections: Annotated[list[SectionPart], Field(max_length=40)]

    def criteria(self) -> Iterator[tuple[SectionPart, CriterionPart]]:
        for section in self.sections:
            for criterion in section.criteria:
                yield section, criterion

    def citations(self) -> list[str]:
        """The provisions cited, each once, in the order of the sheet."""
        return list(dict.fromkeys(criterion.provision for _, criterion in self.criteria()))


def to_scheme(file: SchemeFile, number: int) -> Scheme:
    """The scheme as the engine knows it. Raises SchemeError where rules are nested beyond the engine's limit."""
    return Scheme(
        # The engine's keys have no hyphen, file keys no underscore, so two keys never become one.
        key=file.key.replace("-", "_"),
        version=str(number),
        max_points=file.max_points,
        sections=tuple(
            Section(
                section.key,
                section.max_points,
                tuple(
                    Criterion(c.key, c.max_points, rule_from_data(rule_data(c.rule)), c.measure)
                    for c in section.criteria
                ),
            )
            for section in file.sections
        ),
        grades=tuple(GradeBand(grade.key, grade.low, grade.high) for grade in file.grades),
        rounding=None if file.rounding is None else Rounding(file.rounding.places),
    )


def content_of(file: SchemeFile) -> dict[str, Any]:
    """Plain JSON data with points as exact decimal text; what is left at its default is left out."""
    content: dict[str, Any] = file.model_dump(mode="json", exclude_defaults=True)
    return content


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON: keys sorted, no spaces, ASCII."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def file_of_content(content: Mapping[str, Any]) -> SchemeFile:
    """The inverse of ``content_of``, for content that was checked when it was stored."""
    return SchemeFile.model_validate(dict(content))
