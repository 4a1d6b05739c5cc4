"""Who moves score sheets and annual rounds; read by the pictures in ``docs/states`` and by the tests."""

from __future__ import annotations

from agencyqa.assessments import round_workflow, workflow
from agencyqa.assessments.enums import RoundAction, RoundState, SheetAction, SheetState
from agencyqa.auth.lifecycles import LifeCycle, by, by_lead
from agencyqa.auth.permissions import Permission

S, R = SheetAction, RoundAction
_REVIEW = Permission.SHEETS_FINALISE

CYCLES = (
    LifeCycle(
        "sheet",
        "score_sheets",
        workflow.TABLE,
        {
            S.SAVE: by(Permission.SHEETS_SCORE, "assessments.sheet.edited"),
            S.SUBMIT: by(Permission.SHEETS_SCORE, "assessments.sheet.submitted"),
            S.RETURN: by(_REVIEW, "assessments.sheet.returned"),
            S.FINALISE: by(_REVIEW, "assessments.sheet.finalised"),
            S.PUBLISH: by(Permission.RESULTS_PUBLISH, "assessments.sheet.published"),
            S.CORRECT: by(_REVIEW, "assessments.sheet.corrected"),
        },
        frozenset({SheetState.PUBLISHED}),
        start=SheetState.DRAFT,
        begin=by(_REVIEW, "assessments.sheet.opened"),
    ),
    LifeCycle(
        "round",
        "assessment_rounds",
        round_workflow.TABLE,
        {
            R.COMPUTE: by(Permission.ROUNDS_MANAGE, "assessments.round.computed"),
            R.PUBLISH: by(Permission.RESULTS_PUBLISH, "assessments.round.published"),
            R.CORRECT: by_lead(Permission.RESULTS_PUBLISH, "assessments.round.corrected"),
        },
        frozenset({RoundState.PUBLISHED}),
        start=RoundState.OPEN,
        begin=by(Permission.ROUNDS_MANAGE, "assessments.round.opened"),
    ),
)
