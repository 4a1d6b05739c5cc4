"""Who moves an opened check and an exemption; read by the pictures in ``docs/states`` and by the tests."""

from __future__ import annotations

from agencyqa.auth.lifecycles import LifeCycle, by
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.recusal.enums import CaseAction as A
from agencyqa.engagements.recusal.enums import CaseState as S
from agencyqa.engagements.recusal.enums import ExemptionAction, ExemptionState
from agencyqa.engagements.recusal.workflow import EXEMPTION_STEPS, STEPS

_DECIDED = by(Permission.ENGAGEMENTS_WRITE, "recusal.case.decided")

CYCLES = (
    LifeCycle(
        "recusal_case",
        "recusal_cases",
        STEPS,
        # To settle follows from a change of the team, to lift from the withdrawal of the tie.
        {
            **dict.fromkeys((A.CONTINUE, A.REPLACE, A.TERMINATE, A.RECORD, A.SETTLE), _DECIDED),
            A.LIFT: by(Permission.AGENCIES_WRITE, "recusal.case.decided"),
        },
        frozenset({S.CONTINUED, S.REPLACED, S.TERMINATED, S.RECORDED, S.LIFTED}),
        start=S.OPEN,
        # Whoever registers a tie; a declaration that states something opens it too.
        begin=by(Permission.AGENCIES_WRITE, "recusal.case.opened"),
    ),
    LifeCycle(
        "declaration_exemption",
        "declaration_exemptions",
        EXEMPTION_STEPS,
        {
            ExemptionAction.GRANT: by(Permission.ENGAGEMENTS_WRITE, "recusal.exemption.granted"),
            ExemptionAction.WITHDRAW: by(Permission.ENGAGEMENTS_WRITE, "recusal.exemption.withdrawn"),
        },
        # Nobody need withdraw one that is right; who is exempt by mistake may be exempted again later, or signs.
        frozenset({ExemptionState.WITHDRAWN}),
    ),
)
