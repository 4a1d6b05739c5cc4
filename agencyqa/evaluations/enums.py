from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from agencyqa.web.labels import describe


class Dimension(StrEnum):
    """The first level of the indicator framework (财预〔2020〕10号)."""

    DECISION = "decision"
    PROCESS = "process"
    OUTPUT = "output"
    BENEFIT = "benefit"


class RecordState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"


class RecordAction(StrEnum):
    """What can be done to a record; ``workflow`` says in which state."""

    SAVE = "save"
    SUBMIT = "submit"
    CORRECT = "correct"


class ProblemKind(StrEnum):
    DECISION = "decision"
    FUNDS = "funds"
    IMPLEMENTATION = "implementation"
    OUTPUT = "output"
    BENEFIT = "benefit"
    OTHER = "other"


class AnswerState(StrEnum):
    """What a department says about a problem that an evaluation found."""

    ACCEPTED = "accepted"
    PARTLY_ACCEPTED = "partly_accepted"
    DISPUTED = "disputed"
    RECTIFIED = "rectified"


describe(
    Dimension,
    {
        Dimension.DECISION: _l("决策"),
        Dimension.PROCESS: _l("过程"),
        Dimension.OUTPUT: _l("产出"),
        Dimension.BENEFIT: _l("效益"),
    },
)
describe(
    RecordState,
    {RecordState.DRAFT: (_l("草稿"), "progress"), RecordState.SUBMITTED: (_l("已提交"), "success")},
)
describe(
    RecordAction,
    {
        RecordAction.SAVE: _l("保存"),
        RecordAction.SUBMIT: _l("提交"),
        RecordAction.CORRECT: _l("更正"),
    },
)
describe(
    ProblemKind,
    {
        ProblemKind.DECISION: _l("立项与目标"),
        ProblemKind.FUNDS: _l("资金管理"),
        ProblemKind.IMPLEMENTATION: _l("组织实施"),
        ProblemKind.OUTPUT: _l("产出"),
        ProblemKind.BENEFIT: _l("效益"),
        ProblemKind.OTHER: _l("其他"),
    },
)
describe(
    AnswerState,
    {
        AnswerState.ACCEPTED: (_l("采纳，整改中"), "progress"),
        AnswerState.PARTLY_ACCEPTED: (_l("部分采纳"), "warning"),
        AnswerState.DISPUTED: (_l("有不同意见"), "danger"),
        AnswerState.RECTIFIED: (_l("已整改"), "success"),
    },
)
