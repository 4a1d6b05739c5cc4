"""What the rules of the measures answer to whoever commissions or changes a team."""

from __future__ import annotations

from collections.abc import Collection

from agencyqa.engagements.ruling import Check
from agencyqa.errors import Refused


class CommissionRefused(Refused):
    """``checks`` holds every refusal, so that all can be mended at once."""

    def __init__(self, checks: Collection[Check]) -> None:
        cited = [key for check in checks for key in check.provisions]
        super().__init__(
            "commission_refused",
            provision=cited[0] if cited else None,
            count=len(checks),
            reasons=[check.code for check in checks],
        )
        self.checks = tuple(checks)
