"""Who moves a request to subcontract; read by the pictures in ``docs/states`` and by the tests."""

from __future__ import annotations

from agencyqa.auth.lifecycles import LifeCycle, by
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.contracts.enums import SubcontractAction as A
from agencyqa.engagements.contracts.enums import SubcontractState as S
from agencyqa.engagements.contracts.workflow import STEPS

_PROPOSE, _CONSENT = Permission.TEAM_PROPOSE, Permission.TEAM_CONSENT

CYCLES = (
    LifeCycle(
        "subcontract",
        "subcontracts",
        STEPS,
        {
            A.REQUEST: by(_PROPOSE, "contracts.subcontract.requested"),
            A.CONSENT: by(_CONSENT, "contracts.subcontract.consented"),
            A.REFUSE: by(_CONSENT, "contracts.subcontract.refused"),
            A.WITHDRAW: by(_PROPOSE, "contracts.subcontract.withdrawn"),
        },
        frozenset({S.CONSENTED, S.REFUSED, S.WITHDRAWN}),
    ),
)
