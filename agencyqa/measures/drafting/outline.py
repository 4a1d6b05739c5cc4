"""The tree of a draft with its running totals, and where each fault is mended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from agencyqa.measures.drafting.boxes import field_id
from agencyqa.measures.drafting.checking import DraftCheck, PlacedProblem
from agencyqa.measures.drafting.tree import points_below, units_of
from agencyqa.measures.problem_texts import problem_sentence
from agencyqa.measures.reading import Path
from agencyqa.measures.scheme_shape import Shape, file_shapes, rule_shapes
from agencyqa.measures.scheme_values import Words
from agencyqa.measures.scheme_words import field_name, rule_name
from agencyqa.measures.words import gettext

Page = Literal["tree", "head", "section", "criterion"]
_SECTION, _CRITERION = 2, 4


@dataclass(frozen=True)
class Target:
    """The page on which something is written: ``at`` is the position there, ``field`` the name of the field."""

    page: Page
    at: str
    field: str

    @property
    def anchor(self) -> str:
        return field_id(self.field) if self.field else ""


@dataclass(frozen=True)
class ProblemLine:
    where: str
    text: str
    is_error: bool
    target: Target


@dataclass(frozen=True)
class CriterionLine:
    """Points in ten-thousandths; None where no figure can be read. ``weight`` "" where the scheme has none."""

    at: str
    label: str
    rule: str
    points: int | None
    weight: str
    is_bonus: bool
    errors: int
    warnings: int


@dataclass(frozen=True)
class SectionLine:
    at: str
    label: str
    stated: int | None
    total: int | None
    errors: int
    criteria: tuple[CriterionLine, ...]

    @property
    def adds_up(self) -> bool:
        return self.stated is not None and self.stated == self.total


@dataclass(frozen=True)
class Outline:
    sections: tuple[SectionLine, ...]
    stated: int | None
    total: int | None
    problems: tuple[ProblemLine, ...]

    @property
    def adds_up(self) -> bool:
        return self.stated is not None and self.stated == self.total

    @property
    def errors(self) -> int:
        return sum(problem.is_error for problem in self.problems)


def outline(content: Mapping[str, Any], found: DraftCheck, words: Words) -> Outline:
    lines = tuple(problem_line(content, each, words) for each in found.problems)
    marks = [(line.target, line.is_error) for line in lines]
    sections = tuple(
        _section(section, str(number), marks, words)
        for number, section in enumerate(content.get("sections", []))
    )
    totals = [section.total for section in sections]
    total = None if None in totals else sum(figure for figure in totals if figure is not None)
    return Outline(sections, units_of(content.get("max_points")), total, lines)


def _section(
    section: Mapping[str, Any], at: str, marks: Sequence[tuple[Target, bool]], words: Words
) -> SectionLine:
    rows = tuple(
        _criterion(criterion, f"{at}.{number}", marks, words)
        for number, criterion in enumerate(section.get("criteria", []))
    )
    return SectionLine(
        at,
        words.label(section, _unnamed(section)),
        units_of(section.get("max_points")),
        points_below(section),
        sum(is_error for target, is_error in marks if (target.page, target.at) == ("section", at)),
        rows,
    )


def _criterion(
    criterion: Mapping[str, Any], at: str, marks: Sequence[tuple[Target, bool]], words: Words
) -> CriterionLine:
    rule = criterion.get("rule")
    kind = rule.get("kind") if isinstance(rule, Mapping) else None
    own = [is_error for target, is_error in marks if (target.page, target.at) == ("criterion", at)]
    return CriterionLine(
        at,
        words.label(criterion, _unnamed(criterion)),
        rule_name(str(kind)) if kind else gettext("尚未选择"),
        units_of(criterion.get("max_points")),
        str(criterion.get("weight", "")),
        criterion.get("bonus") is True,
        sum(own),
        len(own) - sum(own),
    )


def _unnamed(thing: Mapping[str, Any]) -> str:
    return gettext("未命名（%(key)s）", key=str(thing.get("key", "—"))[:40])


def target_of(path: Path) -> Target:
    if path[:1] != ("sections",):
        return Target("head", "", _name(path))
    if len(path) >= _CRITERION and path[2] == "criteria":
        return Target("criterion", f"{path[1]}.{path[3]}", _name(path[_CRITERION:]))
    if len(path) >= _SECTION:
        return Target("section", str(path[1]), _name(path[_SECTION:]))
    return Target("tree", "", "")


def _name(path: Path) -> str:
    return ".".join(str(step) for step in path)


def problem_line(content: Mapping[str, Any], found: PlacedProblem, words: Words) -> ProblemLine:
    where = " › ".join(path_words(content, found.path, words))
    return ProblemLine(where, problem_sentence(found.problem), found.is_error, target_of(found.path))


def path_words(content: Any, path: Path, words: Words) -> list[str]:
    """The names on the way to a position. Lists are named by what stands in them."""
    names: list[str] = []
    held: Any = content
    shapes: Mapping[str, Shape] = file_shapes()
    for number, step in enumerate(path):
        if isinstance(step, int):
            held = held[step] if isinstance(held, list) and step < len(held) else None
            names.append(words.label(held, gettext("第 %(number)s 项", number=step + 1)))
            continue
        shape = shapes.get(step)
        held = held.get(step) if isinstance(held, dict) else None
        if step in {"zh", "en"} and shape is None:
            names.append(gettext("中文") if step == "zh" else gettext("英文"))
        elif not (isinstance(held, list) and number + 1 < len(path)):
            names.append(field_name(shape) if shape else str(step))
        if shape is not None and shape.kind == "rule":
            kind = held.get("kind") if isinstance(held, dict) else None
            shapes = {each.name: each for each in rule_shapes(str(kind))}
        else:
            shapes = {each.name: each for each in (shape.fields if shape else ())}
    return names
