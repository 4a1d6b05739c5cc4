"""Who moves a change of the team; read by the pictures in ``docs/states`` and by the tests."""

from __future__ import annotations

from agencyqa.auth.lifecycles import LifeCycle, by
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.team.enums import ChangeAction as A
from agencyqa.engagements.team.enums import ChangeState as S
from agencyqa.engagements.team.workflow import STEPS

_PROPOSE, _CONSENT = Permission.TEAM_PROPOSE, Permission.TEAM_CONSENT

CYCLES = (
    LifeCycle(
        "team_change",
        "team_changes",
        STEPS,
        {
            A.PROPOSE: by(_PROPOSE, "team.change.proposed"),
            A.CONSENT: by(_CONSENT, "team.change.consented"),
            A.DECLINE: by(_CONSENT, "team.change.declined"),
            A.WITHDRAW: by(_PROPOSE, "team.change.withdrawn"),
        },
        frozenset({S.CONSENTED, S.DECLINED, S.WITHDRAWN}),
    ),
)
