from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from agencyqa.web.labels import describe


class MeasureKind(StrEnum):
    """Who issued a document, and whether it is a rule or only the form from which a scheme was taken."""

    MUNICIPAL = "municipal"
    NATIONAL = "national"
    FORM = "form"


class Tag(StrEnum):
    """How sure we are of a statement about a published text."""

    CONFIRMED = "C"
    REMEMBERED = "M"
    INFERRED = "I"


class SchemeState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"


class SchemeAction(StrEnum):
    """What can be done to a version of a scheme; ``workflow`` says in which state."""

    SAVE = "save"
    PUBLISH = "publish"


class Purpose(StrEnum):
    """Whose score sheet a scheme is: the role of the scorer."""

    BUREAU = "bureau"
    COMMISSIONER = "commissioner"
    EVALUATED_UNIT = "evaluated_unit"
    EXPERT = "expert"
    # Not one engagement but the agency as a whole, once a year; filled in by the bureau.
    AGENCY_YEAR = "agency_year"

    @property
    def is_of_engagement(self) -> bool:
        return self is not Purpose.AGENCY_YEAR


class WorkKind(StrEnum):
    """Kinds of work that may be commissioned (财预〔2021〕6号), and the negative list behind them."""

    EX_ANTE = "ex_ante"
    EVALUATION = "evaluation"
    INDICATOR_SYSTEM = "indicator_system"
    RESEARCH = "research"
    OBJECTIVE_SETTING = "objective_setting"
    MONITORING = "monitoring"
    SELF_EVALUATION = "self_evaluation"

    @property
    def is_on_negative_list(self) -> bool:
        return self in {WorkKind.OBJECTIVE_SETTING, WorkKind.MONITORING, WorkKind.SELF_EVALUATION}


class FaultSource(StrEnum):
    """Where an occurrence of a fault comes from; all but a finding are facts that the system itself knows."""

    FINDING = "finding"
    LATENESS = "lateness"
    MISSING = "missing"
    ARITHMETIC = "arithmetic"


describe(
    MeasureKind,
    {
        MeasureKind.MUNICIPAL: (_l("市级办法"), "info"),
        MeasureKind.NATIONAL: (_l("国家制度"), "neutral"),
        MeasureKind.FORM: (_l("评分表来源"), "neutral"),
    },
)
describe(
    Tag,
    {
        Tag.CONFIRMED: (_l("已核实"), "success"),
        Tag.REMEMBERED: (_l("待核实"), "warning"),
        Tag.INFERRED: (_l("推断"), "warning"),
    },
)
describe(
    SchemeState,
    {SchemeState.DRAFT: (_l("草稿"), "warning"), SchemeState.PUBLISHED: (_l("已发布"), "success")},
)
describe(SchemeAction, {SchemeAction.SAVE: _l("保存"), SchemeAction.PUBLISH: _l("发布")})
describe(
    Purpose,
    {
        Purpose.BUREAU: _l("财政局评分"),
        Purpose.COMMISSIONER: _l("委托方评分"),
        Purpose.EVALUATED_UNIT: _l("被评价单位评分"),
        Purpose.EXPERT: _l("专家评分"),
        Purpose.AGENCY_YEAR: _l("机构年度评分"),
    },
)
describe(
    WorkKind,
    {
        WorkKind.EX_ANTE: _l("事前绩效评估和绩效目标审核"),
        WorkKind.EVALUATION: _l("绩效评价或评价结果复核"),
        WorkKind.INDICATOR_SYSTEM: _l("绩效指标和标准体系建设"),
        WorkKind.RESEARCH: _l("预算绩效管理课题研究"),
        WorkKind.OBJECTIVE_SETTING: _l("绩效目标设定"),
        WorkKind.MONITORING: _l("绩效运行监控"),
        WorkKind.SELF_EVALUATION: _l("绩效自评"),
    },
)
describe(
    FaultSource,
    {
        FaultSource.FINDING: (_l("抽查认定"), "danger"),
        FaultSource.LATENESS: (_l("逾期提交"), "warning"),
        FaultSource.MISSING: (_l("应交未交"), "warning"),
        FaultSource.ARITHMETIC: (_l("复核计算"), "info"),
    },
)
