"""The words of the invented evaluations: indicators by kind of object, problems, advice, and the answers to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agencyqa.evaluations.enums import Dimension, ProblemKind
from agencyqa.objects.enums import ObjectKind


@dataclass(frozen=True)
class Leaf:
    """``weight`` in whole points."""

    name: str
    weight: int
    target: str
    evidence: str


@dataclass(frozen=True)
class Group:
    dimension: Dimension
    name: str
    leaves: tuple[Leaf, ...]


DIMENSION_NAMES = {
    Dimension.DECISION: "决策",
    Dimension.PROCESS: "过程",
    Dimension.OUTPUT: "产出",
    Dimension.BENEFIT: "效益",
}

_COMMON = (
    Group(
        Dimension.DECISION,
        "项目立项",
        (
            Leaf("立项依据充分性", 3, "充分", "立项批复、部门职责文件"),
            Leaf("立项程序规范性", 3, "规范", "集体决策会议纪要"),
        ),
    ),
    Group(
        Dimension.DECISION,
        "绩效目标",
        (
            Leaf("绩效目标合理性", 3, "合理", "绩效目标申报表"),
            Leaf("绩效指标明确性", 3, "明确", "绩效目标申报表"),
        ),
    ),
    Group(
        Dimension.DECISION,
        "资金投入",
        (
            Leaf("预算编制科学性", 4, "科学", "预算申报明细"),
            Leaf("资金分配合理性", 4, "合理", "资金分配方案"),
        ),
    ),
    Group(
        Dimension.PROCESS,
        "资金管理",
        (
            Leaf("资金到位率", 3, "100%", "国库支付记录"),
            Leaf("预算执行率", 3, "100%", "决算报表"),
            Leaf("资金使用合规性", 4, "合规", "抽查凭证底稿"),
        ),
    ),
    Group(
        Dimension.PROCESS,
        "组织实施",
        (
            Leaf("管理制度健全性", 4, "健全", "制度汇编"),
            Leaf("制度执行有效性", 6, "有效", "现场检查底稿"),
        ),
    ),
)
_BENEFITS = (
    Group(
        Dimension.BENEFIT,
        "实施效益",
        (
            Leaf("社会效益", 10, "显著", "访谈记录、统计资料"),
            Leaf("可持续影响", 10, "具备长效机制", "后续管护方案"),
        ),
    ),
    Group(Dimension.BENEFIT, "满意度", (Leaf("服务对象满意度", 10, "≥90%", "满意度问卷"),)),
)


def _outputs(quantity: str, quality: str, speed: str, cost: str) -> tuple[Group, ...]:
    return (
        Group(Dimension.OUTPUT, "产出数量", (Leaf(quantity, 10, "100%", "工作量核对底稿"),)),
        Group(Dimension.OUTPUT, "产出质量", (Leaf(quality, 10, "100%", "验收资料"),)),
        Group(Dimension.OUTPUT, "产出时效", (Leaf(speed, 5, "按期", "进度记录"),)),
        Group(Dimension.OUTPUT, "产出成本", (Leaf(cost, 5, "不超预算", "成本测算表"),)),
    )


TREES: Mapping[ObjectKind, tuple[Group, ...]] = {
    ObjectKind.PROJECT: (
        *_COMMON,
        *_outputs("计划任务完成率", "验收合格率", "完成及时性", "成本控制情况"),
        *_BENEFITS,
    ),
    ObjectKind.POLICY: (
        *_COMMON,
        *_outputs("政策对象覆盖率", "补助标准执行准确率", "补助发放及时率", "补助成本控制情况"),
        *_BENEFITS,
    ),
    ObjectKind.DEPARTMENT_OVERALL: (
        *_COMMON,
        *_outputs("重点工作办结率", "重点工作达标率", "重点工作按期完成率", "公用经费控制率"),
        *_BENEFITS,
    ),
}


@dataclass(frozen=True)
class ProblemContent:
    """``thousandths`` of the object's money are in question; 0: the problem has no amount."""

    kind: ProblemKind
    facts: str
    thousandths: int
    recommendation: str
    answer: str
    measure: str


PROBLEMS = (
    ProblemContent(
        ProblemKind.DECISION,
        "绩效目标中的数量指标低于上年实际完成数，未体现预算增长的依据。",
        0,
        "编制预算时以前两年实际完成数为基准设定指标值，并说明调整原因。",
        "采纳意见，下年度申报时重新设定指标值。",
        "组织业务科室逐项复核指标值，报财政局审核。",
    ),
    ProblemContent(
        ProblemKind.DECISION,
        "项目支出内容与部门日常公用经费部分重叠，立项论证未予说明。",
        34,
        "清理重叠的支出内容，从下年度项目预算中核减。",
        "采纳意见，重叠内容将并入公用经费。",
        "财务科牵头核对支出明细，核减项目预算。",
    ),
    ProblemContent(
        ProblemKind.FUNDS,
        "年末集中支付占全年支出的 41%，部分款项未按合同进度支付。",
        126,
        "按合同约定的节点支付，加强预算执行的月度跟踪。",
        "采纳意见，已建立月度支付计划。",
        "每月核对合同进度与支付进度，偏差超过 10% 的说明原因。",
    ),
    ProblemContent(
        ProblemKind.FUNDS,
        "抽查凭证发现会议、印刷等支出列入项目经费，与批复的支出范围不符。",
        18,
        "调整账务，规范项目经费的支出范围。",
        "部分采纳，其中印刷费用属于项目宣传内容。",
        "会议费用已调账；印刷费用提供合同和样品说明。",
    ),
    ProblemContent(
        ProblemKind.IMPLEMENTATION,
        "项目管理办法未规定验收标准，三个标段的验收结论只写“合格”。",
        0,
        "制定可以量化的验收标准，验收记录逐项填写实测结果。",
        "采纳意见，正在修订管理办法。",
        "修订管理办法，增加验收标准和验收记录表。",
    ),
    ProblemContent(
        ProblemKind.IMPLEMENTATION,
        "服务承接单位的考核由经办科室自行打分，没有考核记录和结果应用。",
        0,
        "建立由业务、财务共同参与的考核，考核结果与付款挂钩。",
        "采纳意见，已纳入下一轮服务合同。",
        "合同中约定考核办法和付款比例。",
    ),
    ProblemContent(
        ProblemKind.OUTPUT,
        "计划任务中的两项延期到次年完成，未办理变更手续。",
        57,
        "及时办理变更手续，并相应调整绩效目标。",
        "采纳意见，变更手续已经补办。",
        "对未完成的任务明确责任人和完成时间。",
    ),
    ProblemContent(
        ProblemKind.OUTPUT,
        "抽查的 30 处点位中 4 处设备闲置，未达到设计使用率。",
        41,
        "调剂闲置设备，新增设备前评估现有使用率。",
        "采纳意见，闲置设备已列入调剂清单。",
        "由资产管理部门统一调剂，半年内投入使用。",
    ),
    ProblemContent(
        ProblemKind.BENEFIT,
        "服务对象满意度 83.6%，低于 90% 的目标，意见集中在办理时间和告知方式。",
        0,
        "优化办理流程，公开办理时限和联系方式。",
        "采纳意见，已精简办理环节。",
        "公布办理时限，每季度回访服务对象。",
    ),
    ProblemContent(
        ProblemKind.BENEFIT,
        "项目没有后续管护经费和责任单位的安排，长期效益难以保证。",
        0,
        "明确管护责任单位，将管护经费纳入年度预算。",
        "对管护主体有不同意见，需与街道进一步商定。",
        "与街道协商管护分工后另行报送。",
    ),
)

DISPUTED_ANSWER = "问卷调查期间正值施工，样本代表性不足，对满意度结论有不同意见。"
RECTIFIED_ANSWER = "整改已完成，有关材料已报财政局。"
