"""Who moves an internal review; read by the pictures in ``docs/states`` and by the tests."""

from __future__ import annotations

from agencyqa.auth.lifecycles import LifeCycle, by
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.review.enums import ReviewAction as A
from agencyqa.engagements.review.enums import ReviewState as S
from agencyqa.engagements.review.workflow import STEPS

_WRITE = Permission.REVIEW_WRITE

CYCLES = (
    LifeCycle(
        "internal_review",
        "internal_reviews",
        STEPS,
        {
            # Each level by another person, which the table cannot say.
            A.PASS: by(_WRITE, "review.review.level_passed"),
            A.RETURN: by(_WRITE, "review.review.level_returned"),
            A.WITHDRAW: by(_WRITE, "review.review.withdrawn"),
        },
        frozenset({S.PASSED, S.RETURNED, S.WITHDRAWN}),
        start=S.LEVEL_1,
        begin=by(_WRITE, "review.review.opened"),
    ),
)
