from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from agencyqa.web.labels import describe


class ReviewState(StrEnum):
    """``LEVEL_n`` waits for the n-th level; the other three end a review, and files that change need a new one."""

    LEVEL_1 = "level_1"
    LEVEL_2 = "level_2"
    LEVEL_3 = "level_3"
    PASSED = "passed"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class ReviewAction(StrEnum):
    # A step of the review, no password.
    PASS = "pass"  # nosec B105
    RETURN = "return"
    WITHDRAW = "withdraw"


class LevelDecision(StrEnum):
    PASSED = "passed"
    RETURNED = "returned"


class MarkKind(StrEnum):
    """What makes a report the agency's own: 财监〔2021〕4号 asks for both."""

    SIGNATURE = "signature"
    SEAL = "seal"


describe(
    ReviewState,
    {
        ReviewState.LEVEL_1: (_l("待第一级复核"), "progress"),
        ReviewState.LEVEL_2: (_l("待第二级复核"), "progress"),
        ReviewState.LEVEL_3: (_l("待第三级复核"), "progress"),
        ReviewState.PASSED: (_l("三级复核通过"), "success"),
        ReviewState.RETURNED: (_l("复核退回"), "warning"),
        ReviewState.WITHDRAWN: (_l("复核撤销"), "neutral"),
    },
)
describe(
    ReviewAction,
    {
        ReviewAction.PASS: _l("通过"),
        ReviewAction.RETURN: _l("退回"),
        ReviewAction.WITHDRAW: _l("撤销"),
    },
)
describe(
    LevelDecision,
    {
        LevelDecision.PASSED: (_l("通过"), "success"),
        LevelDecision.RETURNED: (_l("退回修改"), "warning"),
    },
)
describe(MarkKind, {MarkKind.SIGNATURE: _l("主评人签字"), MarkKind.SEAL: _l("机构盖章")})
