"""A result as data for readers who may not know what was paid.

Where a year is weighted by fees, its exact fractions are the fees: a weight of 1234567/4234567 says both, and so
does a contribution or the year's score, divided by what it rests on. Such readers get the rounded figures that pages
show. Only what is handed out is cut; what is stored stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agencyqa.scoring import format_fraction, fraction_from_data

# As pages show them: a weight as a percentage with two decimals.
WEIGHT_PLACES, SCORE_PLACES = 4, 2
# What rests on the weights. Scores of single engagements and the rules of the year do not.
_WEIGHTED = ("measures", "score", "steps")


def inputs_without_fees(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {**inputs, "engagements": [_without_fee(each) for each in inputs["engagements"]]}


def trace_without_fees(trace: Mapping[str, Any]) -> dict[str, Any]:
    """Exact, so that it adds up again, unless the fees are its weights."""
    items = [_without_fee(each) for each in trace["items"]]
    if trace["weights"] != "fee":
        return {**trace, "items": items}
    for item in items:
        item["weight"] = rounded(item["weight"], WEIGHT_PLACES)
        item["contribution"] = rounded(item["contribution"])
    return {**trace, "items": items} | {name: rounded(trace[name]) for name in _WEIGHTED if name in trace}


def measures_without_fees(measures: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Of the subtotals per measure what is rounded already, in hundredths of a point."""
    return {key: {"rounded": each["rounded"]} for key, each in measures.items()}


def rounded(value: Any, places: int = SCORE_PLACES) -> Any:
    """The same data with ``{"rounded": "12.34"}`` in place of each exact fraction."""
    if isinstance(value, Mapping):
        if value.keys() == {"num", "den"}:
            fraction = fraction_from_data(value)
            return None if fraction is None else {"rounded": format_fraction(fraction, places)}
        return {name: rounded(each, places) for name, each in value.items()}
    if isinstance(value, list):
        return [rounded(each, places) for each in value]
    return value


def _without_fee(each: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in each.items() if name != "fee"}
