"""From the confirmed rows of a table to the beginning of a draft; what is still open there, the draft's page names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from agencyqa.measures.rule_texts.proposals import Proposal, wording
from agencyqa.measures.rule_texts.reader import read_rule
from agencyqa.measures.scheme_format import SchemeFile, content_hash, to_scheme
from agencyqa.measures.sentences import rule_sentence
from agencyqa.measures.texts import SchemeTexts
from agencyqa.scoring import SCALE, SchemeError, UnitsError, format_points, parse_points


class Choice(StrEnum):
    """What becomes of a row."""

    PROPOSAL = "proposal"
    FREE = "free"
    VETO = "veto"
    LEAVE = "leave"


@dataclass
class Row:
    """A row of the table as the person sees and changes it. ``seen`` names the proposal that was on the page."""

    section: str
    label: str
    points: str
    text: str
    where: str = ""
    choice: Choice | None = None
    seen: str = ""
    errors: list[str] = field(default_factory=list)
    _read: tuple[str, str, Proposal] | None = None

    def units(self) -> int | None:
        try:
            units: int = parse_points(self.points)
        except UnitsError:
            return None
        return units if 0 < units <= 1_000_000 * SCALE else None

    def proposal(self) -> Proposal:
        """What the text says; read once, for a page asks for it several times."""
        if self._read is None or self._read[:2] != (self.text, self.points):
            units = self.units()
            found = read_rule(self.text, None if units is None else Fraction(units, SCALE))
            self._read = (self.text, self.points, found)
        return self._read[2]


@dataclass(frozen=True)
class Heading:
    key: str
    title: str
    purpose: str
    valid_from: date
    provision: str
    measure: str


def name_of(proposal: Proposal) -> str:
    """A short name of what was proposed, by which a changed text is noticed."""
    return content_hash({"rule": proposal.rule, "sure": proposal.sureness.value})[:16]


def sentence_of(rule: dict[str, Any], language: str) -> str:
    """The proposed rule as the form would print it; "" where it cannot be a rule at all."""
    try:
        file = SchemeFile.model_validate(_sheet([_section(1, "—", [_criterion(1, "—", "1", rule)])]))
        engine_rule = to_scheme(file, 1).sections[0].criteria[0].rule
    except (ValueError, SchemeError):
        return ""
    return rule_sentence(engine_rule, SchemeTexts(file, language).rule("c1"))


def content_of_rows(heading: Heading, rows: Sequence[Row], source: str) -> dict[str, Any]:
    """A draft. ``rows`` have their choices; ``source`` says where the table came from."""
    sections: list[dict[str, Any]] = []
    vetoes: list[dict[str, Any]] = []
    # The grades that vetoes name, with the keys they get.
    grades: dict[str, str] = {}
    number = 0
    for row in rows:
        proposal = row.proposal()
        if row.choice is Choice.LEAVE:
            continue
        cited = _cited(heading)
        if row.choice is Choice.VETO:
            veto = _veto(len(vetoes) + 1, row, proposal) | cited
            if named := proposal.veto_grade:
                veto["caps_grade"] = grades.setdefault(named, f"grade{len(grades) + 1}")
            vetoes.append(veto)
            continue
        name = row.section or "考核内容"
        if not sections or sections[-1]["label"]["zh"] != name:
            sections.append(_section(len(sections) + 1, name, []))
        number += 1
        rule = proposal.rule if row.choice is Choice.PROPOSAL else _free(row)
        is_bonus = row.choice is Choice.PROPOSAL and proposal.bonus
        points = _points(row, rule, is_bonus=is_bonus)
        criterion = _criterion(number, row.label, points, rule or {}, cited)
        if is_bonus:
            criterion["bonus"] = True
        if row.text:
            criterion["description"] = wording(row.text)
        sections[-1]["criteria"].append(criterion)
    for section in sections:
        section["max_points"] = _sum(c["max_points"] for c in section["criteria"] if not c.get("bonus"))
    content = _sheet(sections)
    content |= {
        "key": heading.key,
        "title": wording(heading.title),
        "source": wording(source),
        "purpose": heading.purpose,
        "valid_from": heading.valid_from.isoformat(),
    }
    if vetoes:
        content["vetoes"] = vetoes
    if grades:
        # A table of items says where none of them begins, so the draft asks for each.
        content["grades"] = [{"key": key, "label": wording(name)} for name, key in grades.items()]
    return content


def _veto(number: int, row: Row, proposal: Proposal) -> dict[str, Any]:
    """With the whole text beside its name."""
    veto: dict[str, Any] = {
        "key": f"veto{number}",
        "label": wording(proposal.scheme_veto or row.text),
        "description": wording(row.text),
    }
    return veto | ({"caps_total": proposal.veto_cap} if proposal.veto_cap else {})


def _points(row: Row, rule: dict[str, Any] | None, *, is_bonus: bool) -> str:
    units = row.units()
    if units is not None and not is_bonus:
        return format_points(units)
    if rule is None:
        return "0"
    if rule["kind"] == "ordinal":
        return format_points(max(parse_points(level["points"]) for level in rule["levels"]))
    return str(rule.get("points") or rule.get("high") or (format_points(units) if units else "0"))


def _free(row: Row) -> dict[str, Any]:
    units = row.units()
    return {"kind": "free", "low": "0", "high": format_points(units or SCALE)}


def _cited(heading: Heading) -> dict[str, Any]:
    cited: dict[str, Any] = {"provision": heading.provision} if heading.provision else {}
    return cited | ({"measure": heading.measure} if heading.measure else {})


def _sum(figures: Any) -> str:
    return format_points(sum(parse_points(figure) for figure in figures))


def _criterion(
    number: int, label: str, points: str, rule: dict[str, Any], cited: dict[str, Any] | None = None
) -> dict[str, Any]:
    held = cited if cited is not None else {"provision": "M3/grades"}
    return {"key": f"c{number}", "label": wording(label), "max_points": points, **held, "rule": rule}


def _section(number: int, label: str, criteria: list[dict[str, Any]]) -> dict[str, Any]:
    return {"key": f"s{number}", "label": wording(label), "max_points": "0", "criteria": criteria}


def _sheet(sections: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "key": "table",
        "title": wording("—"),
        "source": wording("—"),
        "purpose": "bureau",
        "valid_from": "2000-01-01",
        "max_points": _sum(section["max_points"] for section in sections),
        "sections": sections,
    }
