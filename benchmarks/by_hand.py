"""The reference scheme as somebody would program it who needs only this one: no checks, no trace, no other scheme.

Every function takes plain integers or whole numpy columns alike; ``least`` and ``most`` are then ``min`` and ``max``,
or numpy's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

POINT = 10_000
Pick = Callable[[Any, Any], Any]

SECTIONS = {
    "commissioning": ("independence", "commitments", "contract", "answerable"),
    "practice": ("principal_evaluator", "evaluator_conditions", "work_papers", "internal_review", "conduct"),
    "quality": ("plan", "data", "analysis", "accuracy", "recommendations"),
    "timeliness": ("on_time", "cooperation"),
    "archive": ("archive_complete", "archive_use"),
}
MEASURES = {
    "M1": SECTIONS["commissioning"],
    "M2": (*SECTIONS["practice"], *SECTIONS["archive"]),
    "M3": (*SECTIONS["quality"], *SECTIONS["timeliness"]),
}
# The least totals of the grades from the worst up, after rounding half-up to two places; the maximum is 100 points.
EDGES = np.array([0, 599_950, 799_950, 899_950])


def computed(a: Mapping[str, Mapping[str, Any]], least: Pick = min, most: Pick = max) -> dict[str, Any]:
    """The points of every criterion, in ten-thousandths. ``a`` holds the answers; a flag is 1 or 0."""
    independence, work_papers, evaluator = a["independence"], a["work_papers"], a["principal_evaluator"]
    answerable, accuracy, on_time, archive = (
        a["answerable"],
        a["accuracy"],
        a["on_time"],
        a["archive_complete"],
    )
    review, conduct = a["internal_review"], a["conduct"]
    declared = 60_000 - independence["no_declaration"] * 20_000 - independence["late_declaration"] * 5_000
    papers = work_papers["no_paper"] * 10_000 + work_papers["no_evidence"] * 5_000
    papers = papers + least(work_papers["not_confirmed"], 10) * 2_000
    return {
        "independence": most(declared, 0) * (1 - independence["conflict"] * (1 - independence["declared"])),
        "commitments": a["commitments"]["value"],
        "contract": a["contract"]["met"] * 40_000,
        "answerable": most(
            50_000 - answerable["nobody_answers"] * 10_000 - answerable["no_source"] * 5_000, 0
        ),
        "principal_evaluator": evaluator["in_charge.met"] * 30_000
        + most(30_000 - evaluator["signature.unsigned"] * 15_000, 0),
        "evaluator_conditions": a["evaluator_conditions"]["met"] * 40_000,
        "work_papers": most(80_000 - papers, 0),
        "internal_review": (review["first.met"] + review["second.met"] + review["third.met"]) * 20_000,
        "conduct": most(40_000 - conduct["amount"], 0) * (1 - conduct["forbidden"]),
        "plan": a["plan"]["value"],
        "data": a["data"]["value"],
        "analysis": a["analysis"]["value"],
        "accuracy": most(
            40_000 - accuracy["sum_error"] * 5_000 - least(accuracy["text_error"], 20) * 1_000, 0
        ),
        "recommendations": a["recommendations"]["value"],
        "on_time": most(60_000 - on_time["plan_day"] * 5_000 - on_time["report_day"] * 10_000, 0),
        "cooperation": most(40_000 - a["cooperation"]["amount"], 0),
        "archive_complete": most(
            60_000 - archive["missing_document"] * 10_000 - archive["disorder"] * 5_000, 0
        ),
        "archive_use": a["archive_use"]["value"],
    }


def sums(points: Mapping[str, Any], groups: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    return {name: sum(points[key] for key in keys) for name, keys in groups.items()}


def score_columns(a: Mapping[str, Mapping[str, Any]]) -> tuple[dict[str, Any], dict[str, Any], Any, Any]:
    """Sections, measures, totals and the numbers of the grades from the worst up, of any number of sheets."""
    points = computed(a, np.minimum, np.maximum)
    sections = sums(points, SECTIONS)
    total = sum(sections.values())
    return sections, sums(points, MEASURES), total, np.searchsorted(EDGES, total, side="right") - 1
