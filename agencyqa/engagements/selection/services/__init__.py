from agencyqa.engagements.selection.services.excluding import (
    EXCLUSION_CONSTRAINTS,
    ExclusionData,
    exclude_agency,
    withdraw_exclusion,
)
from agencyqa.engagements.selection.services.selecting import (
    CONSTRAINTS,
    CandidateData,
    SelectionData,
    begin_selection,
    cancel_selection,
    decide_selection,
    enter_candidate,
    hard_stops,
    release_selection,
    remove_candidate,
    use_selection,
)

__all__ = [
    "CONSTRAINTS",
    "EXCLUSION_CONSTRAINTS",
    "CandidateData",
    "ExclusionData",
    "SelectionData",
    "begin_selection",
    "cancel_selection",
    "decide_selection",
    "enter_candidate",
    "exclude_agency",
    "hard_stops",
    "release_selection",
    "remove_candidate",
    "use_selection",
    "withdraw_exclusion",
]
