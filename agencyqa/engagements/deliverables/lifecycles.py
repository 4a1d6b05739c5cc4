"""Who moves a deliverable; read by the pictures in ``docs/states`` and by the tests."""

from __future__ import annotations

from agencyqa.auth.lifecycles import LifeCycle, by
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.deliverables.enums import DeliverableAction as A
from agencyqa.engagements.deliverables.enums import DeliverableState as S
from agencyqa.engagements.deliverables.workflow import STEPS

CYCLES = (
    LifeCycle(
        "deliverable",
        "deliverables",
        STEPS,
        {
            A.UPLOAD: by(Permission.DELIVERABLES_UPLOAD, "deliverables.version.uploaded"),
            A.SUBMIT: by(Permission.DELIVERABLES_SUBMIT, "deliverables.submission.handed_in"),
            A.ACCEPT: by(Permission.DELIVERABLES_ACCEPT, "deliverables.deliverable.accepted"),
            A.RETURN: by(Permission.DELIVERABLES_ACCEPT, "deliverables.deliverable.returned"),
        },
        frozenset({S.ACCEPTED}),
        start=S.EXPECTED,
        # Listed when the contract is entered, or added by the agency itself.
        begin=by(Permission.ENGAGEMENTS_WRITE, "deliverables.list.made"),
    ),
)
