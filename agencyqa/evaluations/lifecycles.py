"""Who moves an evaluation record; read by the pictures in ``docs/states`` and by the tests."""

from __future__ import annotations

from agencyqa.auth.lifecycles import LifeCycle, by
from agencyqa.auth.permissions import Permission
from agencyqa.evaluations.enums import RecordAction as A
from agencyqa.evaluations.enums import RecordState as S
from agencyqa.evaluations.workflow import STEPS

_WRITE = Permission.EVALUATIONS_WRITE

CYCLES = (
    LifeCycle(
        "evaluation_record",
        "evaluation_records",
        STEPS,
        {
            A.SAVE: by(_WRITE, "evaluations.record.saved"),
            A.SUBMIT: by(_WRITE, "evaluations.record.submitted"),
            A.CORRECT: by(_WRITE, "evaluations.record.correction_begun"),
        },
        frozenset({S.SUBMITTED}),
        start=S.DRAFT,
        begin=by(_WRITE, "evaluations.record.started"),
    ),
)
