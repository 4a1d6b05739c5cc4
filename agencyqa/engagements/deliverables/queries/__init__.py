from agencyqa.engagements.deliverables.queries.engagement import (
    Slot,
    slots_of,
    submission_rows,
    table_rows,
    version_row,
    version_rows,
    viewable_reports,
)
from agencyqa.engagements.deliverables.queries.lists import (
    deliverable_rows,
    due_soon,
    late_rows,
    orders,
    to_hand_in,
    waiting_for_acceptance,
)

__all__ = [
    "Slot",
    "deliverable_rows",
    "due_soon",
    "late_rows",
    "orders",
    "slots_of",
    "submission_rows",
    "table_rows",
    "to_hand_in",
    "version_row",
    "version_rows",
    "viewable_reports",
    "waiting_for_acceptance",
]
