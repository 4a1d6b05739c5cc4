"""The bare floor: Flask, SQLAlchemy Core and plain Jinja that show the same words as the product's pages.

It signs nobody in, asks for no rights, knows one language, one scheme and one look, and its navigation is text in
the template. The words of the form are prepared once, as the product keeps its compiled scheme.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, render_template

from agencyqa.assessments.forms.controls import Group
from agencyqa.assessments.forms.entry import Entry
from agencyqa.assessments.forms.judging import judge_entry
from agencyqa.assessments.forms.page import sections_of
from agencyqa.assessments.queries.provisions import Citation
from agencyqa.measures.texts import RuleTexts, SchemeTexts
from agencyqa.scoring import Program, rule_to_data
from benchmarks.by_hand import MEASURES, SECTIONS, computed, sums
from benchmarks.notes import notes, points

HERE = Path(__file__).resolve().parent
SHEET_STATES = {"draft": "待评分", "final": "已定稿", "published": "已发布"}
SHEET_PATH = ("draft", "submitted", "final", "published")
STEPS = ("待评分", "待审核", "已定稿", "已发布")
ENGAGEMENT_STATES = {"contracted": "履约中", "completed": "已完成", "terminated": "已终止"}
ROWS = 50

RESULTS = sa.text(
    "SELECT id, agency_name, rank, rounded, grade, engagement_count, measure_scores FROM annual_results "
    "WHERE round_id = :id ORDER BY sort_position, id"
).columns(measure_scores=sa.JSON())
ROUND = sa.text(
    "SELECT r.id, r.year, r.state, r.computed_at, r.published_at, g.bands, g.source, b.name AS bureau "
    "FROM assessment_rounds r JOIN grade_tables g ON g.id = r.grade_table_id JOIN bodies b ON b.id = r.bureau_id "
    "WHERE r.id = :id"
).columns(bands=sa.JSON(), computed_at=sa.DateTime(), published_at=sa.DateTime())
ENGAGEMENTS = sa.text(
    "SELECT e.id, e.contract_number, o.name AS object, a.name AS agency, c.name AS commissioner, u.name AS unit, "
    "e.assessment_year, e.due_on, e.fee, e.state FROM engagements e "
    "JOIN evaluation_objects o ON o.id = e.object_id JOIN bodies a ON a.id = e.agency_id "
    "JOIN bodies c ON c.id = e.commissioner_id JOIN bodies u ON u.id = e.evaluated_unit_id "
    "ORDER BY e.assessment_year DESC, e.id DESC LIMIT :count"
).columns(due_on=sa.Date())
AGENCIES = sa.text(
    "SELECT id, name FROM bodies WHERE id IN (SELECT agency_id FROM engagements) ORDER BY sort_key, id"
)
DEPARTMENTS = sa.text("SELECT id, name FROM bodies WHERE kind = 'department' ORDER BY sort_key, id")
SHEET = sa.text(
    "SELECT s.id, s.version, s.state, s.answers, s.entered, s.reasons, s.due_on, s.total, s.grade, s.engagement_id, "
    "v.number, e.contract_number, e.contract_signed_on, o.name AS object, a.name AS agency, b.name AS scorer "
    "FROM score_sheets s JOIN scheme_versions v ON v.id = s.scheme_version_id "
    "JOIN engagements e ON e.id = s.engagement_id "
    "JOIN evaluation_objects o ON o.id = e.object_id JOIN bodies a ON a.id = e.agency_id "
    "JOIN bodies b ON b.id = s.scorer_body_id WHERE s.id = :id"
).columns(
    answers=sa.JSON(), entered=sa.JSON(), reasons=sa.JSON(), due_on=sa.Date(), contract_signed_on=sa.Date()
)
INBOX = sa.text("SELECT id FROM inbox_messages WHERE membership_id = 1 ORDER BY id DESC LIMIT 50")
SNAPSHOTS = sa.text(
    "SELECT number, taken_at, total, content_hash FROM sheet_snapshots WHERE sheet_id = :id ORDER BY number DESC"
).columns(taken_at=sa.DateTime())


@dataclass(frozen=True)
class Field:
    """One control; ``part`` names the group that begins with it."""

    name: str
    label: str
    part: str
    unit: str
    hint: str
    options: tuple[tuple[str, str, str], ...]
    path: tuple[str, str]


@dataclass(frozen=True)
class Item:
    key: str
    label: str
    description: str
    rule: str
    provision: str
    measure: str
    maximum: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Part:
    """``items`` would be taken for the method of a dictionary, were this one."""

    key: str
    label: str
    maximum: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Words:
    """Everything of the form that is the same for every sheet."""

    title: str
    source: str
    maximum: str
    sections: tuple[Part, ...]
    maxima: Mapping[str, int]
    grades: Mapping[str, str]
    rules: Mapping[str, tuple[dict[str, Any], RuleTexts]]

    @classmethod
    def of(cls, program: Program, texts: SchemeTexts, citations: Mapping[Any, Citation]) -> Words:
        """Call it where a locale is set."""
        scheme = program.scheme
        sections = tuple(
            Part(
                section.key,
                section.label,
                points(section.max_points),
                tuple(
                    Item(
                        item.key,
                        item.label,
                        item.description,
                        item.rule,
                        citations[item.provision].label,
                        item.measure,
                        points(item.max_points),
                        tuple(_fields(item.key, item.group)),
                    )
                    for item in section.criteria
                ),
            )
            for section in sections_of(program, texts, judge_entry(program, texts, Entry()))
        )
        return cls(
            texts.title,
            texts.source,
            points(scheme.max_points),
            sections,
            {key: sum(c.max_points for _, c in scheme.criteria() if c.measure == key) for key in MEASURES},
            {grade.key: texts.grade(grade.key) for grade in scheme.grades},
            {c.key: (rule_to_data(c.rule), texts.rule(c.key)) for _, c in scheme.criteria()},
        )


def _fields(key: str, group: Group) -> list[Field]:
    units = {"points": "分", "count": "处"}
    found = [
        Field(
            field.name,
            field.label,
            group.label if number == 0 else "",
            units.get(field.widget, ""),
            field.hint,
            tuple((option.value, option.label, option.note) for option in field.options),
            (key, field.name.removeprefix(f"a-{key}-")),
        )
        for number, field in enumerate(group.fields)
    ]
    return found + [field for part in group.groups for field in _fields(key, part)]


def make_floor(url: str, words: Words, body_name: str, user_name: str) -> tuple[Flask, sa.Engine]:
    app = Flask("benchmarks.floor", template_folder=str(HERE / "templates"))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(body_name=body_name, user_name=user_name)
    engine = sa.create_engine(url)

    @app.get("/inbox")
    def inbox() -> str:
        with engine.connect() as connection:
            connection.execute(INBOX).all()
        return render_template("inbox.html")

    @app.get("/rounds/<int:number>")
    def ranking(number: int) -> str:
        with engine.connect() as connection:
            found = connection.execute(ROUND, {"id": number}).one()
            rows = connection.execute(RESULTS, {"id": number}).all()
        return _ranking(found, rows)

    @app.get("/engagements")
    def engagements() -> str:
        with engine.connect() as connection:
            rows = connection.execute(ENGAGEMENTS, {"count": ROWS}).all()
            agencies = connection.execute(AGENCIES).all()
            departments = connection.execute(DEPARTMENTS).all()
        return render_template(
            "engagements.html",
            rows=rows,
            agencies=agencies,
            departments=departments,
            states=ENGAGEMENT_STATES,
        )

    @app.get("/sheets/<int:number>/edit")
    def entry(number: int) -> str:
        with engine.connect() as connection:
            row = connection.execute(SHEET, {"id": number}).one()
        return _entry(row, words)

    @app.get("/sheets/<int:number>")
    def sheet(number: int) -> str:
        with engine.connect() as connection:
            row = connection.execute(SHEET, {"id": number}).one()
            snapshots = connection.execute(SNAPSHOTS, {"id": number}).all()
        return _sheet(row, snapshots, words)

    return app, engine


def _ranking(found: Any, rows: Any) -> str:
    keys = sorted({key for row in rows for key in row.measure_scores}, key=lambda key: (not key, key))
    lines: list[dict[str, Any]] = []
    counts: dict[str, int] = {}
    grades = {band["key"]: band["label"] for band in found.bands}
    for row in rows:
        parts = [row.measure_scores[key]["rounded"] for key in keys]
        rest = row.rounded - sum(parts)
        counts[row.grade] = counts.get(row.grade, 0) + 1
        lines.append(
            {
                "id": row.id,
                "rank": row.rank,
                "name": row.agency_name,
                "score": f"{row.rounded / 100:.2f}",
                "parts": [f"{part / 100:.2f}" for part in parts],
                "rest": "" if not rest else f"{'+' if rest > 0 else '−'}{abs(rest) / 100:.2f}",
                "grade": grades[row.grade],
                "engagements": row.engagement_count,
            }
        )
    return render_template(
        "ranking.html",
        found={
            **found._asdict(),
            "is_published": found.state == "published",
            "computed_at": _moment(found.computed_at),
            "published_at": _moment(found.published_at) if found.published_at else "",
        },
        rows=lines,
        keys=keys,
        has_rest=any(line["rest"] for line in lines),
        ranked=sum(row.rank is not None for row in rows),
        engagements=sum(row.engagement_count for row in rows),
        grades=[(label, counts.get(key, 0)) for key, label in grades.items()],
    )


def _moment(value: datetime) -> str:
    """China has one time all year."""
    return (value + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M")


def _entry(row: Any, words: Words) -> str:
    given = row.answers
    values: dict[str, Any] = {}
    for part in words.sections:
        for item in part.items:
            for field in item.fields:
                held = given.get(item.key, {}).get(field.path[1])
                if field.unit == "分" and held is not None:
                    held = points(held)
                elif isinstance(held, bool) and field.options:
                    held = "yes" if held else "no"
                values[field.name] = held
    marks = computed(given)
    return render_template(
        "entry.html",
        row=row,
        words=words,
        values=values,
        known=points(sum(marks.values())),
        open=0,
        **_figures(marks, words),
    )


def _sheet(row: Any, snapshots: Any, words: Words) -> str:
    marks = computed(row.answers)
    reached = SHEET_PATH.index(row.state)
    is_over = row.state == SHEET_PATH[-1]
    steps = [
        (label, "", "（已完成）")
        if number < reached or is_over
        else (label, number + 1, "（进行中）" if number == reached else "（未开始）")
        for number, label in enumerate(STEPS)
    ]
    return render_template(
        "sheet.html",
        row=row,
        words=words,
        states=SHEET_STATES,
        steps=steps,
        total=points(row.total),
        grade=words.grades[row.grade],
        notes={key: notes(rule, texts, row.answers[key])[0] for key, (rule, texts) in words.rules.items()},
        snapshots=[
            {
                "number": each.number,
                "taken_at": _moment(each.taken_at),
                "total": points(each.total),
                "content_hash": each.content_hash,
            }
            for each in snapshots
        ],
        **_figures(marks, words),
    )


def _figures(marks: Mapping[str, int], words: Words) -> dict[str, Any]:
    return {
        "computed": {key: points(value) for key, value in marks.items()},
        "sums": {key: points(value) for key, value in sums(marks, SECTIONS).items()},
        "measures": [
            (key, points(value), points(words.maxima[key])) for key, value in sums(marks, MEASURES).items()
        ],
    }
