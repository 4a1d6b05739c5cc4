"""The page that explains scheme files: its examples are read and its tables computed, so it cannot be wrong."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agencyqa.measures.fault_format import shipped_fault_codes
from agencyqa.measures.measure_format import shipped_citations
from agencyqa.measures.reading import read_document
from agencyqa.measures.scheme_format import CheckedFile, parse_scheme
from agencyqa.measures.scheme_format.model import CriterionPart, SchemeFile, SchemeVetoPart
from agencyqa.measures.scheme_format.rules import RULE_PARTS, rule_data
from agencyqa.measures.scheme_format.schema import schema_text
from agencyqa.measures.texts import SchemeTexts
from agencyqa.scoring import (
    InputSpec,
    Program,
    SheetResult,
    compile_scheme,
    format_fraction,
    format_points,
    parse_points,
    rule_from_data,
)

DOCUMENTS = Path(__file__).parents[3] / "docs" / "scoring"
PAGE = (DOCUMENTS / "rules.md").read_text(encoding="utf-8")
FLAGS = {"是": True, "否": False}
# A rule stands alone in the page; this is the form around it.
AROUND = """\
key: one-rule
title: {{zh: 一, en: One}}
source: {{zh: 一, en: One}}
purpose: bureau
valid_from: 2024-01-01
max_points: {points}
sections:
  - key: all
    label: {{zh: 一, en: One}}
    max_points: {points}
    criteria:
      - key: item
        label: {{zh: 一, en: One}}
        max_points: {points}
        provision: M3/quality_assessment
        rule:
{rule}"""


@dataclass(frozen=True)
class Example:
    """A block of YAML and the table below it."""

    text: str
    head: list[str]
    rows: list[list[str]]

    @property
    def name(self) -> str:
        return self.text.splitlines()[0].partition(": ")[2]


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def examples(first: str) -> list[Example]:
    """The blocks that begin with the name ``first``; every one has its table."""
    found: list[Example] = []
    for block in re.finditer(r"```yaml\n(.*?)```\n(.*?)(?=```|\Z|\n#)", PAGE, re.DOTALL):
        text, below = block.groups()
        if text.startswith(f"{first}:"):
            table = [cells(line) for line in below.splitlines() if line.startswith("|")]
            assert len(table) > 2, text
            found.append(Example(text, [name.strip("`") for name in table[0]], table[2:]))
    return found


RULES, SCHEMES = examples("kind"), examples("key")


def checked(text: str) -> CheckedFile:
    return parse_scheme(text, shipped_citations(), shipped_fault_codes())


def rule_program(text: str) -> Program:
    data = read_document(text).data
    rule = rule_from_data(rule_data(RULE_PARTS[data["kind"]].model_validate(data)))
    lines = "".join(f"          {line}\n" for line in text.splitlines())
    form = AROUND.format(points=format_points(rule.bounds().high), rule=lines)
    return compile_scheme(checked(form).scheme)


def answer(spec: InputSpec, cell: str) -> int | str | bool:
    if spec.type == "flag":
        return FLAGS[cell]
    if spec.type == "choice":
        return cell
    return int(cell) if spec.type == "count" else parse_points(cell)


def filled(program: Program, head: list[str], row: list[str], key: str = "") -> dict[str, dict[str, Any]]:
    specs = {(at, spec.name): spec for at, held in program.layout.items() for spec in held}
    answers: dict[str, dict[str, Any]] = {at: {} for at in program.layout}
    for name, cell in zip(head, row, strict=True):
        at, local = (key, name) if key else tuple(name.split(".", 1))
        if cell:
            answers[at][local] = answer(specs[at, local], cell)
    return answers


def told(result: SheetResult) -> str:
    item = result.criterion("item")
    if item.state == "left_out":
        return "`left_out`"
    return format_points(item.counted) if item.counted is not None else f"`{item.issues[0].code}`"


@pytest.mark.parametrize("example", RULES, ids=lambda example: example.name)
def test_every_row_of_a_rule_is_computed(example: Example) -> None:
    program = rule_program(example.text)
    assert example.head[:-1] == [spec.name for spec in program.layout["item"]]
    computed = []
    for row in example.rows:
        answers = filled(program, example.head[:-1], row[:-1], "item")
        computed.append([*row[:-1], told(program.score(answers))])
    assert computed == example.rows


FIGURES = ("总分 Total", "已评满分 Assessed", "得分率 Percent", "等级 Grade", "M2 小计 Subtotal")


@pytest.mark.parametrize("example", SCHEMES, ids=lambda example: example.name)
def test_every_row_of_a_scheme_is_computed(example: Example) -> None:
    file = checked(example.text)
    assert file.warnings == ()
    program, texts = compile_scheme(file.scheme), SchemeTexts(file.file, "zh")
    inputs = [name for name in example.head if name not in FIGURES]
    assert inputs == [f"{key}.{spec.name}" for key, specs in program.layout.items() for spec in specs]
    computed = []
    for row in example.rows:
        result = program.score(filled(program, inputs, row[: len(inputs)]))
        charged = {each.key: each.total for each in result.measures}.get("M2")
        figures = {
            "M2 小计 Subtotal": None if charged is None else format_points(charged),
            "总分 Total": None if result.total is None else format_points(result.total),
            "已评满分 Assessed": format_points(result.assessed_max),
            "得分率 Percent": percent(result),
            "等级 Grade": texts.grade(result.grade) or None,
        }
        computed.append(
            [*row[: len(inputs)], *(figures[name] or "—" for name in example.head[len(inputs) :])]
        )
    assert computed == example.rows


def percent(result: SheetResult) -> str | None:
    if result.percent is None:
        return None
    return format_fraction(result.percent, 2).rstrip("0").rstrip(".")


def test_the_page_names_every_rule_parameter_and_option() -> None:
    assert {example.name for example in RULES} == set(RULE_PARTS)
    words = set(re.findall(r"[a-z_]+", PAGE))
    for kind, part in RULE_PARTS.items():
        assert set(part.model_fields) <= words, kind
    for whole in (SchemeFile, CriterionPart, SchemeVetoPart):
        assert set(whole.model_fields) <= words


def test_the_schema_is_the_one_of_the_program() -> None:
    """Made anew by ``./dev cli scoring schema``."""
    assert (DOCUMENTS / "scheme.schema.json").read_text(encoding="utf-8") == schema_text()
    schema = json.loads(schema_text())
    assert set(schema["properties"]) == set(SchemeFile.model_fields)
    kinds = schema["$defs"]["CriterionPart"]["properties"]["rule"]["discriminator"]["mapping"]
    assert set(kinds) == set(RULE_PARTS)
