from __future__ import annotations

from agencyqa.engagements.schedule.services.finishing import finish, reopen
from agencyqa.engagements.schedule.services.moving import (
    change_date,
    extend,
    follow_calendar,
    pause,
    resume,
)
from agencyqa.engagements.schedule.services.planning import (
    CONSTRAINTS,
    MilestoneData,
    cancel_milestone,
    plan_milestone,
)

__all__ = [
    "CONSTRAINTS",
    "MilestoneData",
    "cancel_milestone",
    "change_date",
    "extend",
    "finish",
    "follow_calendar",
    "pause",
    "plan_milestone",
    "reopen",
    "resume",
]
