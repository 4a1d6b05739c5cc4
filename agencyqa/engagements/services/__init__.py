from agencyqa.engagements.refusals import CommissionRefused
from agencyqa.engagements.services.commissioning import (
    CONSTRAINTS,
    change_engagement,
    create_engagement,
)
from agencyqa.engagements.services.progress import (
    change_assessment_year,
    complete_engagement,
    reopen_engagement,
    terminate_engagement,
)

__all__ = [
    "CONSTRAINTS",
    "CommissionRefused",
    "change_assessment_year",
    "change_engagement",
    "complete_engagement",
    "create_engagement",
    "reopen_engagement",
    "terminate_engagement",
]
