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
    due_soon,
    late_rows,
    to_hand_in,
    waiting_for_acceptance,
)
from agencyqa.engagements.deliverables.queries.paging import deliverable_page

__all__ = [
    "Slot",
    "deliverable_page",
    "due_soon",
    "late_rows",
    "slots_of",
    "submission_rows",
    "table_rows",
    "to_hand_in",
    "version_row",
    "version_rows",
    "viewable_reports",
    "waiting_for_acceptance",
]
