"""Who moves a selection; read by the pictures in ``docs/states`` and by the tests."""

from __future__ import annotations

from agencyqa.auth.lifecycles import LifeCycle, by
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.selection.enums import SelectionAction as A
from agencyqa.engagements.selection.enums import SelectionState as S
from agencyqa.engagements.selection.workflow import STEPS

_WRITE = Permission.ENGAGEMENTS_WRITE

CYCLES = (
    LifeCycle(
        "selection",
        "selections",
        STEPS,
        {
            A.EDIT: by(_WRITE, "selection.candidate.entered", "selection.candidate.removed"),
            A.DECIDE: by(_WRITE, "selection.selection.decided"),
            A.USE: by(_WRITE, "selection.selection.used"),
            A.RELEASE: by(_WRITE, "selection.selection.released"),
            A.CANCEL: by(_WRITE, "selection.selection.cancelled"),
        },
        frozenset({S.CANCELLED}),
        start=S.DRAFT,
        begin=by(_WRITE, "selection.selection.begun"),
    ),
)
