"""A whole scheme file. Its JSON form is what a published version stores and what its hash covers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from agencyqa.measures.enums import Purpose, WorkKind
from agencyqa.measures.scheme_format.fields import Day, FilePart, Key, Points, Text
from agencyqa.measures.scheme_format.inputs import Effect, countable_inputs
from agencyqa.measures.scheme_format.rules import RuleField, rule_data
from agencyqa.scoring import (
    Condition,
    Criterion,
    GradeBand,
    Rounding,
    Scheme,
    SchemeVeto,
    Section,
    rule_from_data,
)
from agencyqa.scoring.vetoes import RAISED

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


Counts = Annotated[list[CountPart], Field(max_length=40)]
# The provision of a measure, or the item of the published form, from which something comes.
Citation = Annotated[str, Field(max_length=80, pattern=CITATION)]
MeasureKey = Literal["M1", "M2", "M3"]


class ConditionPart(FilePart):
    """What another criterion must have reached before a bonus is granted; ``points`` only with "at_least"."""

    criterion: Key
    test: Literal["full", "at_least"]
    points: Points | None = None


class CriterionPart(FilePart):
    key: Key
    label: Text
    description: Text | None = None
    max_points: Points
    weight: Points | None = None
    bonus: bool = False
    only_if: Annotated[list[ConditionPart], Field(max_length=10)] = []
    provision: Citation
    measure: MeasureKey | None = None
    rule: RuleField
    counts: Counts = []


class SchemeVetoPart(FilePart):
    """What caps the total (points) or the grade of the whole sheet once it is raised."""

    key: Key
    label: Text
    description: Text | None = None
    provision: Citation
    measure: MeasureKey | None = None
    caps_total: Points | None = None
    caps_grade: Key | None = None
    exception: Key | None = None
    exception_label: Text | None = None
    counts: Counts = []

    @model_validator(mode="after")
    def _exception_has_words(self) -> SchemeVetoPart:
        if (self.exception is None) != (self.exception_label is None):
            raise PydanticCustomError("exception_incomplete", "key and label belong together")
        return self


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
    adding: Literal["points", "weights"] = "points"
    total_cap: Points | None = None
    unanswered: Literal["wait", "leave_out"] = "wait"
    least_assessed: Points | None = None
    rounding: RoundingPart | None = None
    grades: Annotated[list[GradePart], Field(max_length=20)] = []
    sections: Annotated[list[SectionPart], Field(max_length=40)]
    vetoes: Annotated[list[SchemeVetoPart], Field(max_length=20)] = []

    def criteria(self) -> Iterator[tuple[SectionPart, CriterionPart]]:
        for section in self.sections:
            for criterion in section.criteria:
                yield section, criterion

    def citations(self) -> list[str]:
        """The provisions cited, each once, in the order of the sheet."""
        cited = [criterion.provision for _, criterion in self.criteria()]
        return list(dict.fromkeys([*cited, *(veto.provision for veto in self.vetoes)]))

    def counted(self) -> Iterator[tuple[str, str, dict[str, Effect], list[CountPart]]]:
        """All that may count faults: its place, its key, its inputs that faults can feed, and what it counts."""
        for section, criterion in self.criteria():
            place = f"sections.{section.key}.criteria.{criterion.key}"
            yield place, criterion.key, dict(countable_inputs(criterion.rule)), criterion.counts
        for veto in self.vetoes:
            yield f"vetoes.{veto.key}", veto.key, {RAISED: Effect.RAISE}, veto.counts


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
                tuple(_criterion(criterion) for criterion in section.criteria),
            )
            for section in file.sections
        ),
        grades=tuple(GradeBand(grade.key, grade.low, grade.high) for grade in file.grades),
        rounding=None if file.rounding is None else Rounding(file.rounding.places),
        adding=file.adding,
        total_cap=file.total_cap,
        unanswered=file.unanswered,
        least_assessed=file.least_assessed,
        vetoes=tuple(
            SchemeVeto(veto.key, veto.measure, veto.caps_total, veto.caps_grade, exception=veto.exception)
            for veto in file.vetoes
        ),
    )


def _criterion(part: CriterionPart) -> Criterion:
    return Criterion(
        part.key,
        part.max_points,
        rule_from_data(rule_data(part.rule)),
        part.measure,
        weight=part.weight,
        bonus=part.bonus,
        only_if=tuple(Condition(each.criterion, each.test, each.points) for each in part.only_if),
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
