"""Who moves a milestone; read by the pictures in ``docs/states`` and by the tests."""

from __future__ import annotations

from agencyqa.auth.lifecycles import Act, LifeCycle, by
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.schedule.enums import MilestoneAction as A
from agencyqa.engagements.schedule.enums import MilestoneState as S
from agencyqa.engagements.schedule.workflow import STEPS

_BUREAU = Permission.DEADLINES_WRITE
_FINISHED = "schedule.milestone.done"

CYCLES = (
    LifeCycle(
        "milestone",
        "milestones",
        STEPS,
        {
            A.MOVE: by(
                _BUREAU,
                "schedule.milestone.moved",
                "schedule.milestone.paused",
                "schedule.milestone.resumed",
            ),
            # The bureau, and the party whose turn it is.
            A.FINISH: Act(
                by(_BUREAU).who
                | by(Permission.DELIVERABLES_SUBMIT).who
                | by(Permission.DELIVERABLES_ACCEPT).who,
                (_FINISHED,),
            ),
            A.REOPEN: by(_BUREAU, "schedule.milestone.reopened"),
            A.CANCEL: by(_BUREAU, "schedule.milestone.cancelled"),
        },
        frozenset({S.CANCELLED}),
        start=S.PLANNED,
        begin=by(_BUREAU, "schedule.milestone.planned"),
    ),
)
