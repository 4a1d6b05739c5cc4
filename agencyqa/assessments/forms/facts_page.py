"""The rows of the record as pages show them: what, how often, by which rule, and where the evidence is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import url_for

from agencyqa.assessments.evidence import Change, FactRow, Overruled, is_scored
from agencyqa.assessments.forms.layout import overrule_field, why_field
from agencyqa.assessments.queries.provisions import Citations
from agencyqa.engagements.deliverables.facts import readable
from agencyqa.measures.enums import FaultSource
from agencyqa.measures.texts import SchemeTexts, code_title, code_unit
from agencyqa.web.messages import sentence


@dataclass(frozen=True)
class FactLine:
    """``input`` names the field of the criterion that the row feeds; ``href`` is "" for whoever may not go there.

    ``set_aside`` is what its scorer decided: {"reason", "by_name", "at", "count"}. ``tick`` and ``why`` are the names
    of the two fields of the entry page, ``ticked``, ``why_text`` and ``error`` what stands in them.
    """

    key: str
    source: FaultSource
    title: str
    count: int
    unit: str
    text: str
    fact_on: date
    input: str
    provision: str
    measure: str
    href: str
    is_provisional: bool
    set_aside: Mapping[str, Any] | None
    tick: str = ""
    why: str = ""
    ticked: bool = False
    why_text: str = ""
    error: str = ""

    @property
    def set_aside_at(self) -> datetime | None:
        return None if self.set_aside is None else datetime.fromisoformat(self.set_aside["at"])


@dataclass(frozen=True)
class FactLines:
    """``unscored`` are those for which the scheme has no criterion."""

    by_criterion: Mapping[str, tuple[FactLine, ...]] = field(default_factory=dict)
    unscored: tuple[FactLine, ...] = ()

    def of(self, criterion: str) -> tuple[FactLine, ...]:
        return self.by_criterion.get(criterion, ())


NO_FACTS = FactLines()


@dataclass(frozen=True)
class ChangeLine:
    """What is different on record; ``before`` is the count with which the sheet was scored."""

    kind: str
    line: FactLine
    before: int


def fact_lines(
    facts: Sequence[FactRow],
    overruled: Overruled,
    texts: SchemeTexts,
    citations: Citations,
    open_keys: Collection[str],
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> FactLines:
    """``open_keys`` are the rows whose evidence the reader may open; ``typed`` and ``errors`` go by field."""
    scored: dict[str, list[FactLine]] = {}
    unscored: list[FactLine] = []
    for row in facts:
        line = _line(row, overruled.get(row["key"]), texts, citations, open_keys, typed or {}, errors or {})
        if is_scored(row):
            scored.setdefault(row["criterion"], []).append(line)
        else:
            unscored.append(line)
    return FactLines({key: tuple(held) for key, held in scored.items()}, tuple(unscored))


def change_lines(
    found: Sequence[Change], texts: SchemeTexts, citations: Citations, open_keys: Collection[str]
) -> list[ChangeLine]:
    return [
        ChangeLine(each.kind, _line(each.row, None, texts, citations, open_keys, {}, {}), each.before)
        for each in found
    ]


def fact_text(row: FactRow) -> str:
    """The sentence of a row in the reader's language."""
    return sentence(f"fact.{row['source']}", **readable(row["params"]))


def fact_href(row: FactRow) -> str:
    return url_for(row["endpoint"], **row["endpoint_values"]) if row["endpoint"] else ""


def _line(
    row: FactRow,
    set_aside: Mapping[str, Any] | None,
    texts: SchemeTexts,
    citations: Citations,
    open_keys: Collection[str],
    typed: Mapping[str, str],
    errors: Mapping[str, str],
) -> FactLine:
    key = row["key"]
    tick, why = overrule_field(key), why_field(key)
    cited = citations.get((row["provision"], row["fact_on"]))
    scored = is_scored(row)
    return FactLine(
        key=key,
        source=FaultSource(row["source"]),
        title=code_title(row["fault"]),
        count=row["count"],
        unit=code_unit(row["fault"]),
        text=fact_text(row),
        fact_on=date.fromisoformat(row["fact_on"]),
        input=texts.rule(row["criterion"]).place(row["input"]) if scored else "",
        provision=cited.label if cited else row["provision"],
        measure=cited.measure if cited else "",
        href=fact_href(row) if key in open_keys else "",
        is_provisional=row["is_provisional"],
        set_aside=set_aside,
        tick=tick,
        why=why,
        ticked=bool(typed.get(tick)),
        why_text=typed.get(why, ""),
        error=errors.get(why, ""),
    )
