"""A fault that was found or that the system knows of, in the form in which score sheets count it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from agencyqa.measures.enums import FaultSource


@dataclass(frozen=True)
class Occurrence:
    """``count`` occurrences of ``fault`` in the work on one engagement, or of an agency as a whole (without one).

    ``key`` names the source for good: ``finding:12``, ``late:7`` (deliverable), ``missing:7``, or
    ``arithmetic:3:total_mismatch`` (evaluation record and code). ``params`` are JSON values for the sentence
    ``fact.<source>`` of the message tables. ``endpoint`` leads to the evidence for those who may see it.
    ``is_provisional``: the figure may still move, because public holidays on the way were not published yet.
    """

    key: str
    engagement_id: int | None
    source: FaultSource
    fault: str
    count: int
    fact_on: date
    provision: str
    params: Mapping[str, Any] = field(default_factory=dict)
    endpoint: str = ""
    endpoint_values: Mapping[str, int] = field(default_factory=dict)
    is_provisional: bool = False
