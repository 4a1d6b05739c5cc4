"""Who moves a version of the annual plan; read by the pictures in ``docs/states`` and by the tests."""

from __future__ import annotations

from agencyqa.auth.lifecycles import LifeCycle, by
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.planning.enums import PlanAction as A
from agencyqa.engagements.planning.enums import PlanState as S
from agencyqa.engagements.planning.workflow import STEPS

_WRITE, _APPROVE = Permission.ENGAGEMENTS_WRITE, Permission.PLANS_APPROVE

CYCLES = (
    LifeCycle(
        "annual_plan",
        "annual_plans",
        STEPS,
        {
            A.EDIT: by(_WRITE, "planning.line.added", "planning.line.removed"),
            A.APPROVE: by(_APPROVE, "planning.plan.approved"),
            A.DROP: by(_WRITE, "planning.plan.dropped"),
            A.SUPERSEDE: by(_APPROVE, "planning.plan.superseded"),
        },
        frozenset({S.SUPERSEDED, S.DROPPED}),
        start=S.DRAFT,
        begin=by(_WRITE, "planning.plan.begun"),
    ),
)
