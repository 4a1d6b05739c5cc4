"""Who moves an engagement; read by the pictures in ``docs/states`` and by the tests."""

from __future__ import annotations

from agencyqa.auth.lifecycles import LifeCycle, by
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.enums import EngagementAction as A
from agencyqa.engagements.enums import EngagementState as S
from agencyqa.engagements.workflow import STEPS

_WRITE = Permission.ENGAGEMENTS_WRITE

CYCLES = (
    LifeCycle(
        "engagement",
        "engagements",
        STEPS,
        {
            A.EDIT: by(_WRITE, "engagements.engagement.changed"),
            A.COMPLETE: by(_WRITE, "engagements.engagement.completed"),
            A.TERMINATE: by(_WRITE, "engagements.engagement.terminated"),
            A.REOPEN: by(_WRITE, "engagements.engagement.reopened"),
        },
        frozenset({S.TERMINATED}),
        start=S.CONTRACTED,
        begin=by(_WRITE, "engagements.engagement.created"),
    ),
)
