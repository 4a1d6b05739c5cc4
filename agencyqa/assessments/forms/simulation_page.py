"""A simulation as its page shows it: old beside new, what moved, and what could not be carried over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agencyqa.assessments.forms.ranking_page import signed
from agencyqa.assessments.simulation.mapping import Gap
from agencyqa.assessments.simulation.rescoring import Outside
from agencyqa.assessments.simulation.simulate import AgencyMove, Simulation
from agencyqa.assessments.simulation.study import Study
from agencyqa.assessments.simulation.year import SHOWN_PLACES, AgencyLine
from agencyqa.measures.queries import compiled, texts_of
from agencyqa.measures.sentences import issue_sentence
from agencyqa.measures.texts import SchemeTexts, reader_language
from agencyqa.measures.words import gettext
from agencyqa.scoring import Program, format_scaled

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
        gaps=tuple(gap_sentences(study)),
        agencies=len(lines),
        changed=sum(line.changed for line in lines),
        grades_crossed=sum(line.grade_changed for line in lines),
        ranks_moved=sum(line.rank_before != line.rank_after for line in lines),
        without_result=sum(line.score_after == "" and line.score_before != "" for line in lines),
        sheets=len(simulation.year.sheet_ids),
        scored=0 if rescored is None else int(rescored.scored.sum()),
        incomplete=0 if rescored is None else rescored.incomplete,
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


def gap_sentences(study: Study) -> list[str]:
    """All that could not be carried over as it was, and what follows from it."""
    rescored = study.simulation.rescored
    if rescored is None or study.chosen is None:
        return []
    scheme = compiled(study.chosen)
    texts = scheme.texts(reader_language())
    before = [texts_of(version) for version in study.replaced.values()]
    found = [_gap(gap, texts, before) for gap in rescored.gaps]
    explained = {gap.criterion for gap in rescored.gaps if not gap.kind.endswith("_gone")}
    found += [
        gettext("“%(criterion)s”有 %(count)s 份评分表未作答。", criterion=texts.criterion(key), count=count)
        for key, count in rescored.unanswered.items()
        if key not in explained
    ]
    found += [_outside(each, scheme.program, texts, study) for each in rescored.outside]
    if rescored.without_answers:
        found.append(
            gettext("%(count)s 份评分表没有存档的逐项答案，无法重新计分。", count=rescored.without_answers)
        )
    return found


def _gap(gap: Gap, texts: SchemeTexts, before: Sequence[SchemeTexts]) -> str:
    old = next((each for each in before if gap.criterion in each.criteria), texts)
    words = old if gap.kind in {"criterion_gone", "input_gone", "choice_gone"} else texts
    criterion = words.criterion(gap.criterion)
    name = words.rule(gap.criterion).place(gap.input) if gap.input else ""
    match gap.kind:
        case "criterion_gone":
            return gettext("原方案的“%(criterion)s”在新方案中没有，其得分不再计入。", criterion=criterion)
        case "input_gone":
            return gettext(
                "“%(criterion)s”原有的“%(input)s”在新方案中没有，不再计入。", criterion=criterion, input=name
            )
        case "criterion_new":
            return gettext(
                "新方案的“%(criterion)s”是新增的考核项：%(count)s 份评分表都没有作答，不作推测。",
                criterion=criterion,
                count=gap.sheets,
            )
        case "input_new":
            return gettext(
                "“%(criterion)s”新增了“%(input)s”：%(count)s 份评分表都没有作答，不作推测。",
                criterion=criterion,
                input=name,
                count=gap.sheets,
            )
        case "other_type":
            return gettext(
                "“%(criterion)s”的“%(input)s”填写方式不同：%(count)s 份评分表的答案不能沿用。",
                criterion=criterion,
                input=name,
                count=gap.sheets,
            )
        case "choice_gone":
            return gettext(
                "“%(criterion)s”原可选的“%(choice)s”在新方案中没有：%(count)s 份评分表选了它，视为未作答。",
                criterion=criterion,
                choice=words.rule(gap.criterion).choice(gap.input, gap.choice),
                count=gap.sheets,
            )


def _outside(each: Outside, program: Program, texts: SchemeTexts, study: Study) -> str:
    specs = {spec.name: spec for spec in program.layout[each.criterion]}
    words = texts.rule(each.criterion)
    year = study.simulation.year
    sentence = gettext(
        "“%(criterion)s”有 %(count)s 份评分表的答案超出新方案允许的范围。",
        criterion=texts.criterion(each.criterion),
        count=each.sheets,
    )
    examples = [
        gettext(
            "%(contract)s：%(issue)s",
            contract=year.contracts[int(year.engagement[position])],
            issue=issue_sentence(issue, words, specs),
        )
        for position, issue in each.examples
    ]
    return sentence + (gettext("例如 %(examples)s", examples=" ".join(examples)) if examples else "")
