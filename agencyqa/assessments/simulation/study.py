"""One simulation from the database: which sheets are scored anew, by what, and the year before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from agencyqa.assessments.simulation.moving import marks_of
from agencyqa.assessments.simulation.reaches import WeightReach
from agencyqa.assessments.simulation.rescoring import Rescored, Rescoring
from agencyqa.assessments.simulation.sensitivity import (
    common_shares,
    criterion_reaches,
    is_carried,
    is_linear,
    is_plain,
    share_reaches,
)
from agencyqa.assessments.simulation.simulate import Simulation, simulate
from agencyqa.assessments.simulation.target import Target, target_of, weights_of_scheme
from agencyqa.assessments.simulation.turning import Work
from agencyqa.assessments.simulation.weight_turns import (
    MOST_FIGURES,
    Situation,
    criterion_turns,
    share_turns,
)
from agencyqa.assessments.simulation.year import YearRules
from agencyqa.assessments.simulation.year_reading import YearRead
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.queries import compiled
from agencyqa.scoring import Columns
from agencyqa.scoring.arrays import IntArray

# Positions of sheets with their answers.
Block = tuple[IntArray, Columns]


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
    target: Target | None = None
    blocks: Sequence[Block] = ()


def replaced_by(chosen: SchemeVersion, versions: Mapping[int, SchemeVersion]) -> dict[int, SchemeVersion]:
    """The versions of the year whose sheets the chosen scheme would score: of its purpose and its kind of work.

    Where no sheet of the year was for that kind of work alone, all of its purpose.
    """
    of_purpose = {key: each for key, each in versions.items() if each.purpose is chosen.purpose}
    of_kind = {key: each for key, each in of_purpose.items() if each.work_kind is chosen.work_kind}
    return of_kind or of_purpose


def run_study(
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
    """``read`` has the answers of the role of ``chosen``. Raises SchemeError for a draft that has errors."""
    replaced = {} if chosen is None else replaced_by(chosen, read.versions)
    rescored: Rescored | None = None
    blocks: list[Block] = []
    scheme, target = None, None
    if chosen is not None:
        program = compiled(chosen).program
        scheme = program.scheme
        target = target_of(program, points, assume=assume)
        rescored, blocks = rescore(read, target, replaced, keep=keep_marks)
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
        target,
        blocks,
    )


def rescore(
    read: YearRead, target: Target, replaced: Mapping[int, SchemeVersion], *, keep: bool = False
) -> tuple[Rescored, list[Block]]:
    """The sheets of these versions by the target, and with ``keep`` their answers as it takes them.

    ``read`` came with the answers.
    """
    rescoring = Rescoring(target, read.arrays.sheets, keep=keep)
    for version_id, version in replaced.items():
        positions = np.flatnonzero(read.arrays.version == version_id)
        rows = [(read.packed or [])[position] or [] for position in positions]
        if rows:
            rescoring.add(compiled(version).program, positions, rows)
    return rescoring.finish(), rescoring.kept or []


@dataclass(frozen=True)
class Reaches:
    """How far each weight may move. ``is_exact_line`` is false where criteria were searched over whole units;
    ``roles_differ`` and ``roles_carried`` say why nothing is told about roles.
    """

    criteria: list[WeightReach]
    roles: list[WeightReach]
    is_exact_line: bool = True
    roles_differ: bool = False
    roles_carried: bool = False


def reaches_of(study: Study) -> Reaches:
    """Of the criteria of the chosen scheme and of the scorer roles, under the rules of the simulation."""
    simulation, rules = study.simulation, study.after
    year, sheets = simulation.year, simulation.sheets_after
    agencies = sorted(line.agency for line in simulation.after.lines if line.rank is not None)
    situation = Situation(year, sheets, rules, agencies)
    work = Work(MOST_FIGURES)
    criteria, is_line = _criteria(study, situation, work)
    shares = common_shares(year, rules)
    if shares is None:
        return Reaches(criteria, [], is_line, roles_differ=True)
    if is_carried(year, sheets, rules):
        return Reaches(criteria, [], is_line, roles_carried=True)
    if rules.is_plain:
        return Reaches(criteria, share_reaches(year, sheets, rules, agencies, shares), is_line)
    return Reaches(criteria, share_turns(situation, shares, work), is_line)


def _criteria(study: Study, situation: Situation, work: Work) -> tuple[list[WeightReach], bool]:
    if study.chosen is None or study.target is None or not study.blocks:
        return [], True
    scheme = study.target.program.scheme
    weights = weights_of_scheme(scheme)
    marks = marks_of(study.target, study.blocks)
    year, sheets, rules = situation.year, situation.sheets, situation.rules
    if not is_linear(scheme) or not is_plain(year, rules):
        return criterion_turns(situation, study.target, study.blocks, marks, weights, work), False
    maxima = {criterion.key: criterion.max_points for _, criterion in scheme.criteria()}
    return criterion_reaches(year, sheets, rules, situation.agencies, marks, maxima, weights), True
