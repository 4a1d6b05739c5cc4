"""What the counted sheets say of the facts on record: the words beside a criterion, and where each finding went."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext

from agencyqa.assessments.evidence import FactRow, is_scored
from agencyqa.assessments.forms.facts_page import fact_text
from agencyqa.measures.enums import FaultSource
from agencyqa.measures.texts import code_title, code_unit
from agencyqa.reports.workbook.content import CountedSheet, Item
from agencyqa.web.labels import label_of

_FINDING = "finding:"


@dataclass(frozen=True)
class Use:
    """One finding on one sheet; ``criterion`` is "" where the scheme has none for it."""

    role: str
    criterion: str
    is_overruled: bool


class FindingUses:
    """Collected while the sheets pass by; grows with the findings and not with the sheets."""

    def __init__(self) -> None:
        self._uses: dict[int, list[Use]] = {}

    def add(self, items: Iterable[Item]) -> None:
        for item in items:
            for counted in item.sheets:
                for row in counted.sheet.facts:
                    if row["key"].startswith(_FINDING):
                        self._add(counted, row)

    def _add(self, counted: CountedSheet, row: FactRow) -> None:
        criterion = counted.texts.criterion(row["criterion"]) if is_scored(row) else ""
        use = Use(
            label_of(counted.sheet.scorer_role), criterion, is_overruled=row["key"] in counted.sheet.overruled
        )
        self._uses.setdefault(int(row["key"].removeprefix(_FINDING)), []).append(use)

    def of(self, finding_id: int, *, is_final: bool) -> tuple[str, str | None]:
        """Whether the finding counted on any sheet, and what each sheet made of it.

        That a scheme does not score it is worth saying only of a finding that stands.
        """
        uses = self._uses.get(finding_id)
        if not uses:
            return gettext("否"), None
        where = gettext("；").join(_where(use) for use in uses)
        if any(use.criterion and not use.is_overruled for use in uses):
            return gettext("是"), where
        if any(use.criterion for use in uses):
            return gettext("已说明理由不计"), where
        return (gettext("方案不计分"), where) if is_final else (gettext("否"), where)


def _where(use: Use) -> str:
    if not use.criterion:
        return str(gettext("%(role)s：方案不计分", role=use.role))
    if use.is_overruled:
        return str(gettext("%(role)s：%(criterion)s（不计）", role=use.role, criterion=use.criterion))
    return str(gettext("%(role)s：%(criterion)s", role=use.role, criterion=use.criterion))


def facts_by_criterion(counted: CountedSheet) -> dict[str, str]:
    """By criterion the facts that stood beside it, those set aside with the reason; most sheets have none."""
    found: dict[str, list[str]] = {}
    for row in counted.sheet.facts:
        if is_scored(row):
            found.setdefault(row["criterion"], []).append(_line(row, counted))
    return {key: "\n".join(lines) for key, lines in found.items()}


def _line(row: FactRow, counted: CountedSheet) -> str:
    line: str = gettext(
        "%(source)s：%(title)s %(count)s %(unit)s。%(text)s",
        source=label_of(FaultSource(row["source"])),
        title=code_title(row["fault"]),
        count=row["count"],
        unit=code_unit(row["fault"]),
        text=fact_text(row),
    )
    set_aside = counted.sheet.overruled.get(row["key"])
    if set_aside is None:
        return line
    return f"{line}{gettext('（不计入，理由：%(reason)s）', reason=set_aside['reason'])}"
