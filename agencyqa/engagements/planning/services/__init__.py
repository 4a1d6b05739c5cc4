from agencyqa.engagements.planning.services.plans import (
    CONSTRAINTS,
    LineData,
    add_line,
    adjust_plan,
    approve_plan,
    begin_plan,
    drop_plan,
    remove_line,
)

__all__ = [
    "CONSTRAINTS",
    "LineData",
    "add_line",
    "adjust_plan",
    "approve_plan",
    "begin_plan",
    "drop_plan",
    "remove_line",
]
