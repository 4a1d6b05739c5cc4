"""One simulation from the database: which sheets are scored anew, by what, and the year before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from agencyqa.assessments.simulation.queries import YearRead, answer_blocks
from agencyqa.assessments.simulation.rescoring import Rescored, Rescoring
from agencyqa.assessments.simulation.sensitivity import (
    Marks,
    WeightReach,
    criterion_reaches,
    is_linear,
    is_plain,
    share_reaches,
)
from agencyqa.assessments.simulation.simulate import Simulation, simulate
from agencyqa.assessments.simulation.target import Target, target_of, weights_of_scheme
from agencyqa.assessments.simulation.year import YearRules
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.queries import compiled
from agencyqa.scoring import ArrayResult
from agencyqa.scoring.arrays import IntArray


@dataclass(frozen=True)
class Study:
    """``chosen`` is the scheme that the sheets of ``replaced`` (versions of the year, by id) are scored by."""

    year: int
    simulation: Simulation
    chosen: SchemeVersion | None
    replaced: Mapping[int, SchemeVersion]
    read: YearRead
    before: YearRules
    after: YearRules
    points: Mapping[str, int]
    marks: Marks | None = None


def replaced_by(chosen: SchemeVersion, versions: Mapping[int, SchemeVersion]) -> dict[int, SchemeVersion]:
    """The versions of the year whose sheets the chosen scheme would score: of its purpose and its kind of work.

    Where no sheet of the year was for that kind of work alone, all of its purpose.
    """
    of_purpose = {key: each for key, each in versions.items() if each.purpose is chosen.purpose}
    of_kind = {key: each for key, each in of_purpose.items() if each.work_kind is chosen.work_kind}
    return of_kind or of_purpose


def run_study(
    session: Session,
    bureau_id: int,
    year: int,
    read: YearRead,
    *,
    before: YearRules,
    after: YearRules,
    chosen: SchemeVersion | None,
    points: Mapping[str, int],
    assume: bool = False,
    keep_marks: bool = False,
) -> Study:
    """Reads only. Raises SchemeError for a draft that has errors."""
    replaced = {} if chosen is None else replaced_by(chosen, read.versions)
    rescored: Rescored | None = None
    marks: Marks | None = None
    scheme = None
    if chosen is not None:
        program = compiled(chosen).program
        scheme = program.scheme
        target = target_of(program, points, assume=assume)
        rescored, marks = rescore(session, bureau_id, year, read, target, replaced)
    simulation = simulate(
        read.arrays,
        before,
        after,
        rescored,
        scheme=scheme,
        grades_before=read.grades if scheme else None,
    )
    return Study(
        year,
        simulation,
        chosen,
        replaced,
        read,
        before,
        after,
        points,
        marks if keep_marks else None,
    )


def rescore(
    session: Session,
    bureau_id: int,
    year: int,
    read: YearRead,
    target: Target,
    replaced: Mapping[int, SchemeVersion],
) -> tuple[Rescored, Marks]:
    """The sheets of these versions by the target, and what its criteria gave on those that are complete."""
    arrays = read.arrays
    rescoring = Rescoring(target, arrays.sheets)
    found: list[tuple[IntArray, ArrayResult]] = []
    if replaced:
        for version_id, positions, rows in answer_blocks(session, bureau_id, year, arrays, replaced):
            scored = rescoring.add(compiled(read.versions[version_id]).program, positions, rows)
            if scored is not None:
                # Those without answers have no row in the result.
                found.append((positions[[bool(row) for row in rows]], scored))
    return rescoring.finish(), _marks(target, found)


def _marks(target: Target, found: list[tuple[IntArray, ArrayResult]]) -> Marks:
    nothing = np.zeros(0, dtype=np.int64)
    return Marks(
        np.concatenate([nothing, *(positions[result.complete] for positions, result in found)]),
        {
            key: np.concatenate([nothing, *(result.counted[key][result.complete] for _, result in found)])
            for key in target.program.criterion_keys
        },
    )


def reaches_of(study: Study) -> tuple[list[WeightReach], list[WeightReach], bool]:
    """Of the criteria of the chosen scheme and of the scorer roles, under the rules of the simulation.

    False where scores are no weighted sums, by the chosen scheme or the rules of the year: then nothing is said.
    """
    simulation, rules = study.simulation, study.after
    if not is_plain(simulation.year, rules):
        return [], [], False
    agencies = sorted(line.agency for line in simulation.after.lines if line.score is not None)
    sheets = simulation.sheets_after
    roles = share_reaches(simulation.year, sheets, rules, agencies)
    if study.chosen is None or study.marks is None:
        return [], roles, True
    scheme = compiled(study.chosen).scheme
    if not is_linear(scheme):
        return [], roles, False
    maxima = {criterion.key: criterion.max_points for _, criterion in scheme.criteria()}
    weights = weights_of_scheme(scheme, study.points)
    criteria = criterion_reaches(simulation.year, sheets, rules, agencies, study.marks, maxima, weights)
    return criteria, roles, True
