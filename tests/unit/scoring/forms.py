"""Two real forms as schemes: the district form with its published figures, and the form with deductions."""

from __future__ import annotations

from typing import Any

from agencyqa.scoring import (
    AllOrNothing,
    Band,
    BandedRange,
    Composite,
    Criterion,
    Deductions,
    Fault,
    FreeValue,
    GradeBand,
    Part,
    RangeDeduction,
    Rounding,
    Rule,
    Scheme,
    Section,
    Veto,
    parse_points,
)

POINT = 10_000

GRADES = (
    GradeBand("excellent", 90 * POINT),
    GradeBand("good", 80 * POINT),
    GradeBand("fair", 60 * POINT),
    GradeBand("poor", 0),
)


def bands(*edges: tuple[str, int, int]) -> BandedRange:
    return BandedRange(tuple(Band(key, low * POINT, high * POINT) for key, low, high in edges), step=POINT)


def one_rule(rule: Rule, points: int | None = None) -> Scheme:
    """The smallest scheme around a rule, its criterion is called "item"."""
    high = max(1, rule.bounds().high) if points is None else points
    return Scheme("single", "1", high, (Section("all", high, (Criterion("item", high, rule),)),), GRADES)


def jiading() -> Scheme:
    report = bands(("strong", 16, 25), ("fair", 6, 15), ("poor", 0, 5))
    return Scheme(
        "jiading",
        "2018",
        100 * POINT,
        (
            Section(
                "before",
                30 * POINT,
                (
                    Criterion(
                        "ability",
                        15 * POINT,
                        bands(("strong", 10, 15), ("fair", 5, 10), ("poor", 0, 5)),
                        "M1",
                    ),
                    Criterion("stability", 15 * POINT, AllOrNothing(15 * POINT), "M1"),
                ),
            ),
            Section(
                "during",
                20 * POINT,
                (
                    Criterion(
                        "contact",
                        20 * POINT,
                        bands(("strong", 13, 20), ("fair", 7, 12), ("poor", 0, 6)),
                        "M2",
                    ),
                ),
            ),
            Section(
                "after",
                50 * POINT,
                (
                    Criterion("data", 25 * POINT, report, "M3"),
                    Criterion("conclusions", 25 * POINT, report),
                ),
            ),
        ),
        GRADES,
        Rounding(2),
    )


JIADING_ANSWERS: dict[str, dict[str, Any]] = {
    "ability": {"band": "strong", "value": 14 * POINT},
    "stability": {"met": True},
    "contact": {"band": "strong", "value": 19 * POINT},
    "data": {"band": "strong", "value": 23 * POINT},
    "conclusions": {"band": "strong", "value": 23 * POINT},
}


def deduct(points: str, **faults: str) -> Deductions:
    return Deductions(
        parse_points(points), tuple(Fault(key, parse_points(amount)) for key, amount in faults.items())
    )


def deduction_form() -> Scheme:
    """The 40 visible points of the report-quality form."""
    language = Composite(
        (Part("wording", deduct("3", place="0.5")), Part("typesetting", deduct("1", place="0.2")))
    )
    statement = Composite(
        (
            Part("summary", RangeDeduction(5 * POINT, POINT, 2 * POINT)),
            Part("clarity", Veto(deduct("5", unclear="1"), "absent", "truly_none")),
        )
    )
    return Scheme(
        "report_quality",
        "1",
        40 * POINT,
        (
            Section(
                "format",
                6 * POINT,
                (
                    Criterion(
                        "cover",
                        2 * POINT,
                        Deductions(2 * POINT, (Fault("missing", parse_points("0.4"), 5),)),
                    ),
                    Criterion("tables", 2 * POINT, deduct("2", wrong="0.2")),
                    Criterion(
                        "arithmetic",
                        2 * POINT,
                        deduct("2", scoring_error="0.3", parts_and_total="0.3", score_and_grade="0.3"),
                    ),
                ),
            ),
            Section(
                "content",
                14 * POINT,
                (
                    Criterion("elements", 2 * POINT, deduct("2", missing="0.5")),
                    Criterion("completeness", 8 * POINT, deduct("8", section="1")),
                    Criterion("language", 4 * POINT, language),
                ),
            ),
            Section(
                "performance",
                20 * POINT,
                (
                    Criterion("statement", 10 * POINT, statement),
                    Criterion("support", 10 * POINT, FreeValue(0, 10 * POINT, published=False)),
                ),
            ),
        ),
    )


def faultless() -> dict[str, dict[str, Any]]:
    """Answers of a report without a fault on the deduction form."""
    return {
        "cover": {"missing": 0},
        "tables": {"wrong": 0},
        "arithmetic": {"scoring_error": 0, "parts_and_total": 0, "score_and_grade": 0},
        "elements": {"missing": 0},
        "completeness": {"section": 0},
        "language": {"wording.place": 0, "typesetting.place": 0},
        "statement": {"summary.amount": 0, "clarity.absent": False, "clarity.unclear": 0},
        "support": {"value": 10 * POINT},
    }
