"""What the sheets of the workbook are written from: the stored results, and the very sheets they were computed from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import Body
from agencyqa.agencies.models import Agency
from agencyqa.assessments import policies
from agencyqa.assessments.models import AnnualResult, AssessmentRound, GradeTable, ScoreSheet
from agencyqa.assessments.queries.results import workbook_results
from agencyqa.assessments.queries.tables import plan_of_round
from agencyqa.assessments.services.content import content_hash, snapshot_content
from agencyqa.assessments.stored import answers_that_count
from agencyqa.assessments.year_plan import YearPlan
from agencyqa.auth.actor import Actor
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.policies import visible
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.queries import compiled
from agencyqa.measures.texts import SchemeTexts, reader_language
from agencyqa.scoring import NO_MEASURE, Program, SheetResult

# Engagements that are held in memory at once, with their sheets.
CHUNK = 250


@dataclass(frozen=True)
class Year:
    """A round with its results in the order of the ranking; ``measures`` are the keys that occur, M1 first."""

    round: AssessmentRound
    plan: YearPlan
    grades: GradeTable
    bureau: str
    results: Sequence[AnnualResult]
    credit_codes: Mapping[int, str]
    measures: tuple[str, ...]
    roles: tuple[str, ...]
    is_reference: bool
    is_demo: bool


@dataclass(frozen=True)
class Scored:
    """Marks of one criterion in ten-thousandths of a point; ``entered`` is the scorer's own figure, if any.

    ``computed`` and ``counted`` are None where the sheet holds no answer, which no counted sheet should.
    ``contribution`` is what the criterion gives to the total: weighted, or granted of a bonus.
    """

    computed: int | None
    entered: int | None
    counted: int | None
    contribution: int | None


@dataclass(frozen=True)
class CountedSheet:
    """A sheet that was counted, with its inputs also as one packed row in the order of the program.

    ``is_same``: it still holds exactly what the result was computed from.
    """

    sheet: ScoreSheet
    version: SchemeVersion
    program: Program
    texts: SchemeTexts
    scorer: str
    packed: Sequence[int | None]
    criteria: Mapping[str, Scored]
    is_same: bool

    @cached_property
    def result(self) -> SheetResult:
        """The sheet scored by itself, for what is not kept of many: bonuses, vetoes, what was left out."""
        return self.program.score(*self.program.unpack(self.packed))


@dataclass(frozen=True)
class Item:
    """An engagement within a result: its stored inputs, its place in the annual trace, and the names of today.

    ``form`` is the sheet about the agency's year; it comes with the first engagement of the agency.
    """

    result: AnnualResult
    position: int
    data: Mapping[str, Any]
    traced: Mapping[str, Any]
    names: Row[*tuple[Any, ...]] | None
    sheets: tuple[CountedSheet, ...]
    form: CountedSheet | None = None


def load_year(
    session: Session,
    actor: Actor,
    found: AssessmentRound,
    grades: GradeTable,
    bureau: str,
    *,
    is_demo: bool,
) -> Year:
    results = workbook_results(session, actor, found.id)
    codes = session.execute(
        select(Agency.id, Agency.credit_code)
        .join(AnnualResult, AnnualResult.agency_id == Agency.id)
        .where(AnnualResult.round_id == found.id)
    )
    measures = {key for result in results for key in result.measure_scores}
    roles = dict.fromkeys(
        share[0] for result in results for data in result.inputs["engagements"] for share in data["shares"]
    )
    return Year(
        round=found,
        plan=plan_of_round(session, found),
        grades=grades,
        bureau=bureau,
        results=results,
        credit_codes={row.id: row.credit_code for row in codes},
        measures=tuple(sorted(measures, key=lambda key: (key == NO_MEASURE, key))),
        roles=tuple(roles),
        is_reference=any(result.is_reference for result in results),
        is_demo=is_demo,
    )


def items_of(session: Session, actor: Actor, year: Year) -> Iterator[list[Item]]:
    """All engagements in the order of the ranking, a chunk at a time, so that no year is too large."""
    versions: dict[int, SchemeVersion] = {}
    flat = (
        (result, position, data, traced)
        for result in year.results
        for position, (data, traced) in enumerate(
            zip(result.inputs["engagements"], result.trace["items"], strict=True)
        )
    )
    while chunk := list(islice(flat, CHUNK)):
        names = _names(session, actor, [data["engagement_id"] for _, _, data, _ in chunk])
        forms = [result.inputs.get("form") for result, position, _, _ in chunk if position == 0]
        about_agencies = [{"sheets": [form]} for form in forms if form]
        sheets = _sheets(session, actor, [*(data for _, _, data, _ in chunk), *about_agencies], versions)
        yield [
            Item(
                result,
                position,
                data,
                traced,
                names.get(data["engagement_id"]),
                tuple(sheets[each["sheet_id"]] for each in data["sheets"] if each["sheet_id"] in sheets),
                _form(result, sheets) if position == 0 else None,
            )
            for result, position, data, traced in chunk
        ]


def _form(result: AnnualResult, sheets: Mapping[int, CountedSheet]) -> CountedSheet | None:
    held = result.inputs.get("form")
    return sheets.get(held["sheet_id"]) if held else None


def _names(session: Session, actor: Actor, ids: Sequence[int]) -> dict[int, Row[*tuple[Any, ...]]]:
    commissioner, unit = aliased(Body), aliased(Body)
    rows = session.execute(
        select(
            Engagement.id,
            Engagement.contract_signed_on,
            commissioner.name.label("commissioner"),
            unit.name.label("unit"),
        )
        .join(commissioner, commissioner.id == Engagement.commissioner_id)
        .join(unit, unit.id == Engagement.evaluated_unit_id)
        .where(visible(actor), Engagement.id.in_(ids))
    )
    return {row.id: row for row in rows}


def _sheets(
    session: Session,
    actor: Actor,
    engagements: Sequence[Mapping[str, Any]],
    versions: dict[int, SchemeVersion],
) -> dict[int, CountedSheet]:
    """By id. All sheets of one scheme version are scored in one run of its program."""
    wanted = {sheet["sheet_id"]: sheet for data in engagements for sheet in data["sheets"]}
    scorer = aliased(Body)
    rows = session.execute(
        select(ScoreSheet, scorer.name)
        .join(scorer, scorer.id == ScoreSheet.scorer_body_id)
        .where(policies.seen_by(actor), ScoreSheet.id.in_(list(wanted)))
        .order_by(ScoreSheet.scheme_version_id, ScoreSheet.id)
    ).all()
    by_version: dict[int, list[tuple[ScoreSheet, str]]] = {}
    for sheet, name in rows:
        by_version.setdefault(sheet.scheme_version_id, []).append((sheet, name))
    new = [key for key in by_version if key not in versions]
    if new:
        found = session.scalars(select(SchemeVersion).where(SchemeVersion.id.in_(new)))
        versions.update((version.id, version) for version in found)
    counted: dict[int, CountedSheet] = {}
    for version_id, members in by_version.items():
        for each in _scored(versions[version_id], members, wanted):
            counted[each.sheet.id] = each
    return counted


def _scored(
    version: SchemeVersion,
    members: Sequence[tuple[ScoreSheet, str]],
    wanted: Mapping[int, Mapping[str, Any]],
) -> Iterator[CountedSheet]:
    scheme = compiled(version)
    program, texts = scheme.program, scheme.texts(reader_language())
    packed = [
        sheet.packed or program.pack(answers_that_count(scheme.counting, sheet), sheet.entered)
        for sheet, _ in members
    ]
    run = program.score_arrays(program.columns_from_packed(packed))
    has_result = {key: mask.tolist() for key, mask in run.ok.items()}
    computed = {key: column.tolist() for key, column in run.computed.items()}
    counted = {key: column.tolist() for key, column in run.counted.items()}
    contribution = {key: column.tolist() for key, column in run.contribution.items()}
    totals = run.total.tolist()
    for number, (sheet, scorer) in enumerate(members):
        criteria = {
            key: Scored(
                computed[key][number],
                sheet.entered.get(key),
                counted[key][number],
                contribution[key][number],
            )
            if has_result[key][number]
            else Scored(None, sheet.entered.get(key), None, None)
            for key in program.criterion_keys
        }
        is_same = totals[number] == sheet.total and _is_same(sheet, wanted[sheet.id], program.digest)
        yield CountedSheet(sheet, version, program, texts, scorer, packed[number], criteria, is_same)


def _is_same(sheet: ScoreSheet, stored: Mapping[str, Any], scheme_hash: str) -> bool:
    """Whether the sheet is, revision and content, the one whose sums the result kept."""
    held = (sheet.revision, sheet.total, sheet.max_points, sheet.scheme_version_id)
    if held != (stored["revision"], stored["total"], stored["max"], stored["scheme_version_id"]):
        return False
    expected = stored["content_hash"]
    return expected is None or content_hash(snapshot_content(sheet, scheme_hash)) == expected
