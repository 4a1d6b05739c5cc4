"""One simulation from the database: which sheets are scored anew, by what, and the year before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from agencyqa.assessments.simulation.queries import YearRead, answer_blocks
from agencyqa.assessments.simulation.rescoring import Rescored, Rescoring, Target
from agencyqa.assessments.simulation.simulate import Simulation, simulate
from agencyqa.assessments.simulation.year import YearRules
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.queries import compiled


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
) -> Study:
    """Reads only. Raises SchemeError for a draft that has errors."""
    replaced = {} if chosen is None else replaced_by(chosen, read.versions)
    rescored: Rescored | None = None
    scheme = None
    if chosen is not None:
        program = compiled(chosen).program
        scheme = program.scheme
        rescored = rescore(session, bureau_id, year, read, Target(program, points), replaced)
    simulation = simulate(
        read.arrays, before, after, rescored, scheme=scheme, grades_before=read.grades if scheme else None
    )
    return Study(year, simulation, chosen, replaced, read, before, after)


def rescore(
    session: Session,
    bureau_id: int,
    year: int,
    read: YearRead,
    target: Target,
    replaced: Mapping[int, SchemeVersion],
) -> Rescored:
    arrays = read.arrays
    rescoring = Rescoring(target, arrays.sheets)
    if replaced:
        for version_id, positions, rows in answer_blocks(session, bureau_id, year, arrays, list(replaced)):
            rescoring.add(compiled(read.versions[version_id]).program, positions, rows)
    return rescoring.finish()


def sheets_replaced(study: Study) -> int:
    return int(np.isin(study.read.arrays.version, list(study.replaced)).sum())
