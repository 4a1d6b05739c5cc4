"""The compiled scheme: scores one sheet or a million by the same instructions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from agencyqa.scoring.assembly import SchemeCode, assemble
from agencyqa.scoring.checks import check_scheme
from agencyqa.scoring.codec import scheme_digest
from agencyqa.scoring.columns import Answers, Columns, Entered, check_names, encode_column, encode_entered
from agencyqa.scoring.features import sheet_engine
from agencyqa.scoring.inputs import InputSpec
from agencyqa.scoring.many import ManySheets
from agencyqa.scoring.packing import columns_from_packed, pack, unpack
from agencyqa.scoring.plans import ROWS_AT_ONCE
from agencyqa.scoring.problems import SchemeError, errors_of
from agencyqa.scoring.results import ArrayResult, SheetResult
from agencyqa.scoring.scheme import Scheme
from agencyqa.scoring.single import SingleSheet
from agencyqa.scoring.trace import rules_to_data, sheet_trace


def compile_scheme(scheme: Scheme) -> Program:
    """Raises SchemeError with every error; warnings do not stop it."""
    errors = errors_of(check_scheme(scheme))
    if errors:
        raise SchemeError(errors)
    return Program(scheme)


class Program:
    """Use compile_scheme to make one; it never changes, so results of an old version cannot move."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.digest = scheme_digest(scheme)
        self.engine = sheet_engine(scheme)
        self._code: SchemeCode = assemble(scheme)
        # The inputs of the criteria and then of the vetoes of the whole sheet, by their keys.
        self.layout: Mapping[str, tuple[InputSpec, ...]] = {
            **{each.criterion.key: each.criterion.rule.specs for each in self._code.criteria},
            **{each.veto.key: each.inputs for each in self._code.vetoes},
        }
        self.criterion_keys = tuple(each.criterion.key for each in self._code.criteria)
        # Steps that need Python integers because 64 bits might not hold them.
        self.wide_steps: Mapping[str, int] = {
            each.criterion.key: each.segment.wide_steps for each in self._code.criteria
        }
        self._names = {key: frozenset(spec.name for spec in specs) for key, specs in self.layout.items()}
        self._single = SingleSheet(scheme, self._code, self.engine)

    @cached_property
    def slots(self) -> tuple[tuple[str, str], ...]:
        """The order of packed answers: (criterion or veto, input), then (criterion, "") for each entered figure."""
        inputs = [(key, spec.name) for key, specs in self.layout.items() for spec in specs]
        return (*inputs, *((key, "") for key in self.criterion_keys))

    # One sheet

    def score(self, answers: Answers, entered: Entered | None = None) -> SheetResult:
        """Raises AnswersError for unknown names; every other fault is a state of the result."""
        check_names(self._names, self.criterion_keys, answers, entered or {})
        return self._single.result(self._single.run(answers, entered or {}))

    def trace(self, answers: Answers, entered: Entered | None = None) -> dict[str, Any]:
        """Every step behind the result as JSON data; `readd` adds it up again."""
        check_names(self._names, self.criterion_keys, answers, entered or {})
        run = self._single.run(answers, entered or {})
        result = self._single.result(run)
        return sheet_trace(self.scheme, self.digest, self._rule_data, result, self._code, run.row, answers)

    @cached_property
    def _rule_data(self) -> dict[str, dict[str, Any]]:
        return rules_to_data(self.scheme)

    # Many sheets

    def encode(self, answers: Sequence[Answers], entered: Sequence[Entered] | None = None) -> Columns:
        figures: Sequence[Entered] = entered if entered is not None else [{}] * len(answers)
        for sheet, figure in zip(answers, figures, strict=True):
            check_names(self._names, self.criterion_keys, sheet, figure)
        nothing: Mapping[str, Any] = {}
        inputs = {
            key: {
                spec.name: encode_column(
                    spec, [(sheet.get(key) or nothing).get(spec.name) for sheet in answers]
                )
                for spec in specs
            }
            for key, specs in self.layout.items()
        }
        columns = {
            criterion.key: encode_entered(criterion, [figure.get(criterion.key) for figure in figures])
            for _, criterion in self.scheme.criteria()
        }
        return Columns(len(answers), inputs, columns)

    def score_arrays(
        self, columns: Columns, *, criteria: bool = True, rows_at_once: int = ROWS_AT_ONCE
    ) -> ArrayResult:
        """Scores any number of sheets, a block of rows after the other; memory beyond the result stays bounded.

        Without ``criteria`` the figures of the single criteria are not kept, which is all that a roll-up needs.
        """
        return self._many.score(columns, criteria=criteria, rows_at_once=rows_at_once)

    @cached_property
    def _many(self) -> ManySheets:
        return ManySheets(self.scheme, self._code)

    def pack(self, answers: Answers, entered: Entered | None = None) -> tuple[int | None, ...]:
        """All answers as integers in the order of `slots`. Raises AnswersError for malformed ones."""
        check_names(self._names, self.criterion_keys, answers, entered or {})
        return pack(self.layout, self.criterion_keys, answers, entered or {})

    def unpack(
        self, row: Sequence[int | None]
    ) -> tuple[dict[str, dict[str, int | str | bool]], dict[str, int]]:
        return unpack(self.layout, self.criterion_keys, row)

    def columns_from_packed(self, rows: Sequence[Sequence[int | None]]) -> Columns:
        """Columns straight from packed rows, without a dictionary for each sheet."""
        return columns_from_packed(self.scheme, self.layout, rows)
