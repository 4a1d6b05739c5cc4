"""Shares of the scorer roles as they are stored in tables and kept with results. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agencyqa.scoring import RoleShare, panel_from_data, panel_to_data


def shares_from_data(data: Sequence[Sequence[Any]]) -> tuple[RoleShare, ...]:
    """From role, numerator, denominator and, of a role with several scorers, the panel."""
    return tuple(
        RoleShare(role, numerator, denominator, panel_from_data(panel[0]) if panel else None)
        for role, numerator, denominator, *panel in data
    )


def shares_to_data(shares: Sequence[RoleShare]) -> list[list[Any]]:
    """Without a panel as it always was: old results keep their bytes."""
    return [
        [share.role, share.numerator, share.denominator]
        + ([] if share.panel is None else [panel_to_data(share.panel)])
        for share in shares
    ]
