"""A simulation as its page shows it: old beside new, what moved, and what could not be carried over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agencyqa.assessments.forms.ranking_page import group_label, signed
from agencyqa.assessments.simulation.gap_texts import gap_sentences
from agencyqa.assessments.simulation.simulate import AgencyMove, Simulation
from agencyqa.assessments.simulation.study import Study
from agencyqa.assessments.simulation.year import SHOWN_PLACES, AgencyLine
from agencyqa.measures.queries import compiled, texts_of
from agencyqa.measures.texts import reader_language
from agencyqa.measures.words import gettext
from agencyqa.scoring import format_scaled

# A page is read by a person; the rest is counted.
LISTED = 100


@dataclass(frozen=True)
class MoveLine:
    """``direction`` is "up", "down" or "" by rank, and by score where the rank stayed."""

    agency: str
    score_before: str
    score_after: str
    difference: str
    rank_before: int | None
    rank_after: int | None
    rank_move: int | None
    grade_before: str
    grade_after: str
    grade_move: int | None
    grade_changed: bool
    changed: bool
    group: str = ""
    group_rank_before: int | None = None
    group_rank_after: int | None = None


@dataclass(frozen=True)
class EngagementLine:
    engagement_id: int
    contract: str
    object_name: str
    agency: str
    before: str
    after: str
    difference: str


@dataclass(frozen=True)
class GradeLine:
    label: str
    before: int
    after: int


@dataclass(frozen=True)
class SimulationPage:
    """``gaps`` are sentences; ``changed`` counts agencies whose score, rank or grade is another."""

    lines: tuple[MoveLine, ...]
    engagements: tuple[EngagementLine, ...]
    engagement_count: int
    grades: tuple[GradeLine, ...]
    crossings: tuple[tuple[str, str, int], ...]
    gaps: tuple[str, ...]
    agencies: int
    changed: int
    grades_crossed: int
    ranks_moved: int
    without_result: int
    sheets: int
    scored: int
    incomplete: int
    has_groups: bool


def simulation_page(study: Study, labels: Mapping[str, str], *, only_changed: bool) -> SimulationPage:
    """``labels`` are the names of the year's grades by key."""
    simulation = study.simulation
    lines = [_move(simulation, move, labels) for move in simulation.moves]
    changed = simulation.changed_engagements()
    rescored = simulation.rescored
    return SimulationPage(
        lines=tuple(line for line in lines if line.changed or not only_changed),
        engagements=tuple(_engagement(simulation, int(position)) for position in changed[:LISTED]),
        engagement_count=len(changed),
        grades=_grades(simulation, labels, study),
        crossings=_crossings(study),
        gaps=tuple(gaps_of(study)),
        agencies=len(lines),
        changed=sum(line.changed for line in lines),
        grades_crossed=sum(line.grade_changed for line in lines),
        ranks_moved=sum(line.rank_before != line.rank_after for line in lines),
        without_result=sum(line.score_after == "" and line.score_before != "" for line in lines),
        sheets=len(simulation.year.sheet_ids),
        scored=0 if rescored is None else int(rescored.scored.sum()),
        incomplete=0 if rescored is None else rescored.incomplete,
        has_groups=simulation.has_groups,
    )


def _move(simulation: Simulation, move: AgencyMove, labels: Mapping[str, str]) -> MoveLine:
    before, after = move.before, move.after
    difference = ""
    if before.rounded is not None and after.rounded is not None:
        difference = signed(after.rounded - before.rounded, SHOWN_PLACES)
    return MoveLine(
        agency=simulation.year.agencies[after.agency][1],
        score_before=_score(before),
        score_after=_score(after),
        difference=difference,
        rank_before=before.rank,
        rank_after=after.rank,
        rank_move=move.rank_move,
        grade_before=labels.get(before.grade or "", before.grade or ""),
        grade_after=labels.get(after.grade or "", after.grade or ""),
        grade_move=move.grade_move,
        grade_changed=move.grade_changed,
        changed=move.changed,
        group=group_label(after.group),
        group_rank_before=before.group_rank,
        group_rank_after=after.group_rank,
    )


def _score(line: AgencyLine) -> str:
    return "" if line.rounded is None else format_scaled(line.rounded, SHOWN_PLACES)


def _engagement(simulation: Simulation, position: int) -> EngagementLine:
    year = simulation.year
    before = simulation.before.engagements.rounded_at(position)
    after = simulation.after.engagements.rounded_at(position)
    return EngagementLine(
        engagement_id=year.engagement_ids[position],
        contract=year.contracts[position],
        object_name=year.objects[position],
        agency=year.agencies[int(year.agency[position])][1],
        before="" if before is None else format_scaled(before, SHOWN_PLACES),
        after="" if after is None else format_scaled(after, SHOWN_PLACES),
        difference="" if before is None or after is None else signed(after - before, SHOWN_PLACES),
    )


def _grades(simulation: Simulation, labels: Mapping[str, str], study: Study) -> tuple[GradeLine, ...]:
    """Every grade, best first; last, who has none."""
    bands = sorted(study.after.grades, key=lambda band: -band.low)
    before = [line.grade for line in simulation.before.lines]
    after = [line.grade for line in simulation.after.lines]
    found = [
        GradeLine(labels.get(band.key, band.key), before.count(band.key), after.count(band.key))
        for band in bands
    ]
    if None in before or None in after:
        found.append(GradeLine(gettext("暂无等级"), before.count(None), after.count(None)))
    return tuple(found)


def _crossings(study: Study) -> tuple[tuple[str, str, int], ...]:
    """The sheets' own grades that changed, by name, the most frequent change first."""
    if study.chosen is None:
        return ()
    after = texts_of(study.chosen)
    before = next((texts_of(version) for version in study.replaced.values()), after)
    found = [
        (before.grade(old), after.grade(new), count)
        for (old, new), count in study.simulation.crossings.items()
        if old != new
    ]
    return tuple(sorted(found, key=lambda item: (-item[2], item[0], item[1])))


def gaps_of(study: Study) -> list[str]:
    """What could not be carried over, as sentences."""
    simulation, rescored = study.simulation, study.simulation.rescored
    if rescored is None or study.chosen is None:
        return []
    scheme = compiled(study.chosen)
    return gap_sentences(
        rescored,
        scheme.program,
        scheme.texts(reader_language()),
        [texts_of(version) for version in study.replaced.values()],
        simulation.year.name_of,
    )
