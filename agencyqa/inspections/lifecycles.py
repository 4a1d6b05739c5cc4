"""Who moves spot checks, findings and orders; read by the pictures in ``docs/states`` and by the tests."""

from __future__ import annotations

from agencyqa.auth.lifecycles import LifeCycle, by, by_lead
from agencyqa.auth.permissions import Permission
from agencyqa.inspections.enums import (
    CheckAction,
    CheckState,
    FindingAction,
    FindingState,
    OrderAction,
    OrderState,
)
from agencyqa.inspections.order_workflow import TABLE
from agencyqa.inspections.workflow import CHECKS, FINDINGS

C, F, R = CheckAction, FindingAction, OrderAction
_WRITE, _DECIDE, _VERIFY = (
    Permission.INSPECTIONS_WRITE,
    Permission.FINDINGS_DECIDE,
    Permission.RECTIFICATIONS_VERIFY,
)

CYCLES = (
    LifeCycle(
        "spot_check",
        "spot_checks",
        CHECKS,
        {
            C.EDIT: by(_WRITE, "inspections.check.changed"),
            C.ANSWER: by(_WRITE, "inspections.check.answered"),
            C.ADD_INSPECTOR: by(_WRITE, "inspections.inspector.added"),
            C.DECLARE: by(_WRITE, "inspections.inspector.declared"),
            C.RECORD: by(_WRITE, "inspections.check.recorded"),
            C.CANCEL: by(_WRITE, "inspections.check.cancelled"),
        },
        frozenset({CheckState.RECORDED, CheckState.CANCELLED}),
        start=CheckState.PLANNED,
        begin=by(_WRITE, "inspections.check.planned"),
    ),
    LifeCycle(
        "finding",
        "findings",
        FINDINGS,
        {
            F.EDIT: by(_WRITE, "inspections.finding.changed"),
            F.NOTIFY: by(_WRITE, "inspections.finding.notified"),
            F.STATE: by(Permission.FINDINGS_STATE, "inspections.finding.stated"),
            F.FINALISE: by(_DECIDE, "inspections.finding.finalised"),
            F.DROP: by(_DECIDE, "inspections.finding.dropped"),
            F.WITHDRAW: by_lead(_DECIDE, "inspections.finding.withdrawn"),
        },
        frozenset({FindingState.DROPPED, FindingState.WITHDRAWN}),
        start=FindingState.DRAFT,
        begin=by(_WRITE, "inspections.finding.added"),
    ),
    LifeCycle(
        "order",
        "rectification_orders",
        TABLE,
        {
            R.ANSWER: by(Permission.RECTIFICATIONS_ANSWER, "inspections.answer.submitted"),
            # A look on the spot ends in one of these too, and says so.
            R.VERIFY: by(_VERIFY, "inspections.order.verified"),
            R.REJECT: by(_VERIFY, "inspections.order.rejected", "inspections.order.rechecked"),
            R.CLOSE: by(_VERIFY, "inspections.order.closed", "inspections.order.rechecked"),
            R.LIFT: by(_VERIFY, "inspections.order.closed"),
        },
        frozenset({OrderState.CLOSED}),
        start=OrderState.ISSUED,
        begin=by(_DECIDE, "inspections.order.issued"),
    ),
)
