"""What the pages of the editor show: the tree with its faults, and the boxes of one part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from agencyqa.measures import queries
from agencyqa.measures.drafting.boxes import Box, Boxes, Picks
from agencyqa.measures.drafting.checking import DraftCheck, check, positions
from agencyqa.measures.drafting.outline import Outline, ProblemLine, outline, path_words, problem_line
from agencyqa.measures.drafting.parts import Part
from agencyqa.measures.drafting.tree import Content
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.problem_texts import problem_sentence
from agencyqa.measures.scheme_values import Words, input_names, rule_part
from agencyqa.measures.texts import fault_title, reader_language
from agencyqa.measures.words import gettext

SUMMARY_LENGTH = 40


@dataclass(frozen=True)
class PartPage:
    """``problems`` are those of this part; ``before`` and ``after`` are the positions of the neighbours."""

    title: str
    where: str
    boxes: tuple[Box, ...]
    problems: tuple[ProblemLine, ...]
    before: str | None
    after: str | None


def checked(session: Session, content: Content) -> DraftCheck:
    return check(content, queries.citation_keys(session), queries.fault_keys(session))


def tree_page(version: SchemeVersion, found: DraftCheck) -> Outline:
    return outline(version.content, found, Words(reader_language()))


def part_page(
    session: Session, version: SchemeVersion, part: Part, content: Content, found: DraftCheck
) -> PartPage:
    words = Words(reader_language())
    errors: dict[str, list[str]] = {}
    problems: list[ProblemLine] = []
    for each in found.problems:
        name = part.below(each.path)
        if name is not None:
            errors.setdefault(name, []).append(problem_sentence(each.problem))
            problems.append(problem_line(content, each, words))
    thing = part.thing(content)
    boxes = Boxes(words, _picks(session, version, content, thing), errors).of(part.shapes, thing)
    names = path_words(content, part.path, words)
    before, after = _neighbours(content, part)
    return PartPage(
        names[-1] if names else gettext("方案说明与等级"),
        " › ".join(names[:-1]),
        boxes,
        tuple(problems),
        before,
        after,
    )


def _neighbours(content: Content, part: Part) -> tuple[str | None, str | None]:
    """The criteria before and after, over the borders of sections."""
    if part.page != "criterion":
        return None, None
    places = [f"{section}.{number}" for section, number, _ in positions(content)]
    here = places.index(part.at)
    return (places[here - 1] if here else None), (places[here + 1] if here + 1 < len(places) else None)


def _picks(session: Session, version: SchemeVersion, content: Content, thing: Mapping[str, Any]) -> Picks:
    words = Words(reader_language())
    criteria = [
        (str(criterion.get("key")), words.label(criterion, str(criterion.get("key"))))
        for _, _, criterion in positions(content)
        if criterion.get("key")
    ]
    grades = [
        (str(grade.get("key")), words.label(grade, str(grade.get("key"))))
        for grade in content.get("grades", [])
        if grade.get("key")
    ]
    options = {
        "provision": _provisions(session, version),
        "fault": [(fault.code, fault_title(fault)) for fault in queries.fault_codes(session)],
        "criterion": criteria,
        "caps_grade": grades,
    }
    if (inputs := _inputs(thing.get("rule"))) is not None:
        options["input"] = inputs
    return Picks(options)


def _provisions(session: Session, version: SchemeVersion) -> list[tuple[str, str]]:
    """Every provision with the beginning of what it says, as it stood on the scheme's first day."""
    cited = queries.provisions_cited(session, queries.citation_keys(session), version.valid_from)
    ordered = sorted(
        cited.values(), key=lambda each: (each.measure_version.measure.position, each.position, each.key)
    )
    found = []
    for each in ordered:
        summary = queries.provision_summary(each)
        short = summary if len(summary) <= SUMMARY_LENGTH else f"{summary[:SUMMARY_LENGTH]}…"
        article = gettext("第%(number)s条", number=each.article_number) if each.article_number else ""
        found.append((each.key, " ".join(filter(None, [each.measure_version.measure.key, article, short]))))
    return found


def _inputs(rule: Any) -> list[tuple[str, str]] | None:
    """What occurrences can feed; None while the rule cannot be read, when the name is typed."""
    if rule_part(rule) is None:
        return None
    return list(input_names([rule], reader_language()).items())
