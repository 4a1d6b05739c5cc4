"""What inspectors of the demo write down for each fault, what the agency says to it, and how it is put right."""

from __future__ import annotations

from dataclasses import dataclass

from agencyqa.inspections.enums import Severity

MINOR, ORDINARY, SERIOUS = Severity.MINOR, Severity.ORDINARY, Severity.SERIOUS


@dataclass(frozen=True)
class FaultContent:
    """``facts`` and ``statement`` name ``{object}`` and ``{unit}``; ``kept`` is why a disputed finding stands."""

    facts: str
    severity: Severity
    statement: str
    kept: str
    remedy: str


FAULTS: dict[str, FaultContent] = {
    "no_declaration": FaultContent(
        "抽查“{object}”评价档案，项目组两名成员未签署独立性声明，档案中亦无补签说明。",
        ORDINARY,
        "两名成员为中途补充，进组时遗漏签署，已补签并说明原因。",
        "声明应在进组前签署，事后补签不改变当时缺失的事实。",
        "已补齐全部项目组成员的独立性声明，并将签署声明列为进组的前置步骤。",
    ),
    "late_declaration": FaultContent(
        "“{object}”项目组两名成员的独立性声明签署日期晚于进场日期 9 日。",
        MINOR,
        "进场当日因人员分散未能集中签署，事项属实。",
        "声明应在进场前签署，事实清楚。",
        "已规定未签署声明的人员不得领取工作底稿。",
    ),
    "undeclared_conflict": FaultContent(
        "经查，“{object}”项目组一名成员近三年曾在{unit}参与同类项目咨询，独立性声明中未作披露。",
        SERIOUS,
        "该成员仅提供过一次短期咨询，未意识到需要披露。",
        "近三年内的咨询关系属于应当披露的情形，与咨询期限长短无关。",
        "该成员已退出项目组，相关章节由其他人员重新核对并出具说明。",
    ),
    "no_contract": FaultContent(
        "“{object}”进场调研早于合同签订 12 日，期间的工作没有书面委托依据。",
        ORDINARY,
        "提前进场系应{unit}要求，双方已有口头约定。",
        "口头约定不能代替书面合同。",
        "已建立合同签订与进场时间的双重核对。",
    ),
    "nobody_answers": FaultContent(
        "“{object}”报告中三项结论未注明撰写人和复核人，现场询问时无人能够说明其来源。",
        ORDINARY,
        "撰写人已离职，交接不完整。",
        "报告的每项结论都应当有人负责，人员离职应办理交接。",
        "已指定专人承接并补注撰写人、复核人，交接制度已修订。",
    ),
    "no_source": FaultContent(
        "“{object}”报告第三章引用的受益人数、单价未注明来源，底稿中也未找到对应材料。",
        ORDINARY,
        "数据由{unit}口头提供，未来得及取得书面材料。",
        "引用数据应当注明来源并留存材料。",
        "已逐项补充数据来源并取得{unit}盖章确认的材料。",
    ),
    "evaluator_in_name_only": FaultContent(
        "主评人未参加“{object}”的现场调研和专家评审，底稿中没有其复核痕迹，仅在报告上签字。",
        SERIOUS,
        "主评人通过线上方式参与讨论，未留存记录。",
        "没有任何记录能够证明主评人实际参加评价工作。",
        "主评人已重新复核全部底稿并签署意见，今后参加关键环节须留痕。",
    ),
    "evaluator_unqualified": FaultContent(
        "“{object}”由一名未备案人员实际履行主评人职责。",
        SERIOUS,
        "备案主评人临时出差，由其代为组织。",
        "主评人职责不得由未备案人员代行。",
        "已更换为备案主评人并重新组织复核。",
    ),
    "unsigned_document": FaultContent(
        "“{object}”评价方案未经主评人签字。",
        MINOR,
        "签字页装订时遗漏，原件已找到。",
        "检查时档案中确无签字页。",
        "已补齐签字页并重新装订归档。",
    ),
    "no_work_paper": FaultContent(
        "“{object}”效益指标的三项评分没有对应的工作底稿。",
        ORDINARY,
        "相关测算在电子表格中完成，未打印归档。",
        "底稿应当随评价过程形成，未归档的电子表格无法核对形成时间。",
        "已整理电子测算过程并形成底稿，经主评人复核后归档。",
    ),
    "no_evidence": FaultContent(
        "“{object}”两项满意度得分所依据的问卷仅有汇总表，没有原始问卷。",
        ORDINARY,
        "原始问卷由合作的调查公司保存，可以调取。",
        "截至检查结束未能提供原始问卷。",
        "已向调查公司取回全部原始问卷并归档，今后问卷由本机构保存。",
    ),
    "unconfirmed_evidence": FaultContent(
        "“{object}”的基础数据表未经{unit}盖章确认即用于评分。",
        MINOR,
        "{unit}经办人已签字，公章用印流程较长。",
        "经办人签字不能代替单位确认。",
        "已取得{unit}盖章确认的数据表，核对后评分不变。",
    ),
    "no_internal_review": FaultContent(
        "“{object}”报告未履行第二级、第三级内部复核即提交。",
        SERIOUS,
        "因提交期限临近，复核与提交同时进行。",
        "内部复核应当在提交之前完成。",
        "已补做逐级复核并形成记录，提交系统前须三级复核人签字。",
    ),
    "formal_internal_review": FaultContent(
        "“{object}”三级复核记录均为“同意”，未提出任何意见，而报告存在多处明显差错。",
        ORDINARY,
        "复核人以口头方式提出意见，未记入复核表。",
        "复核记录应当反映复核过程，口头意见没有留痕。",
        "已修订复核表，要求逐章填写复核意见及处理结果。",
    ),
    "improper_conduct": FaultContent(
        "“{object}”项目组要求{unit}承担两次评审会的用餐费用。",
        SERIOUS,
        "用餐由{unit}主动安排，项目组已退还相应费用。",
        "退还费用发生在检查之后。",
        "已退还全部费用，对项目组负责人作出内部处理并开展警示教育。",
    ),
    "cover_element_missing": FaultContent(
        "“{object}”报告封面缺少报告编号和出具日期。",
        MINOR,
        "属于排版疏漏。",
        "事实清楚。",
        "已更换报告封面。",
    ),
    "wrong_table_entry": FaultContent(
        "“{object}”报告附表中三处数据与正文不一致。",
        MINOR,
        "附表为前一稿版本，未同步更新。",
        "提交的报告应当前后一致。",
        "已更正附表并逐项核对。",
    ),
    "report_element_missing": FaultContent(
        "“{object}”报告缺少评价依据和评价方法两项要素。",
        ORDINARY,
        "评价方法在评价方案中已经说明。",
        "报告应当能够独立阅读，不能以方案代替。",
        "已补充评价依据和评价方法并重新出具报告。",
    ),
    "section_missing": FaultContent(
        "“{object}”报告没有“主要经验及做法”“存在问题及原因分析”中的原因分析部分。",
        ORDINARY,
        "原因分析合并在建议部分表述。",
        "建议部分未见原因分析。",
        "已补充原因分析一节。",
    ),
    "poor_wording": FaultContent(
        "“{object}”报告多处结论使用“基本”“较为”等含混表述，没有数据支撑。",
        MINOR,
        "表述参照同类报告。",
        "结论应当明确。",
        "已逐处修改并补充数据。",
    ),
    "no_performance_statement": FaultContent(
        "“{object}”报告未对项目绩效作出概括陈述，读者无法得知主要成效。",
        ORDINARY,
        "主要成效分散在各指标分析中。",
        "报告应当对绩效作出集中陈述。",
        "已增加绩效陈述一节。",
    ),
    "unclear_statement": FaultContent(
        "“{object}”报告对覆盖人数的陈述前后三处口径不同。",
        MINOR,
        "不同年份的口径有调整，报告未作说明。",
        "口径不同应当说明。",
        "已统一口径并加注说明。",
    ),
    "text_error": FaultContent(
        "“{object}”报告存在错别字、单位名称误写等文字差错。",
        MINOR,
        "校对不仔细。",
        "事实清楚。",
        "已全文校对。",
    ),
    "missing_archive_document": FaultContent(
        "“{object}”档案缺少专家评审意见表和访谈记录。",
        ORDINARY,
        "评审意见表由{unit}留存，未复印归档。",
        "档案应当由机构自行保存完整。",
        "已复印归档并更新档案目录。",
    ),
    "disordered_archive": FaultContent(
        "“{object}”档案未编目，材料顺序混乱，部分底稿混入其他项目卷宗。",
        MINOR,
        "档案整理尚在进行。",
        "项目已办结两个月，应当完成归档。",
        "已重新编目、装订并入库。",
    ),
    "slow_response": FaultContent(
        "检查组两次要求补充“{object}”材料，机构均超过约定时间 5 日以上才答复。",
        MINOR,
        "期间项目组在外地调研。",
        "调研不影响答复。",
        "已指定联络人并约定 2 日内答复。",
    ),
    "weak_internal_rules": FaultContent(
        "机构的质量控制制度自登记以来未修订，没有规定复核意见的处理和底稿的保管期限。",
        ORDINARY,
        "制度修订已列入计划。",
        "检查时制度尚未修订。",
        "已修订质量控制制度并报财政局备案。",
    ),
    "untrained_staff": FaultContent(
        "抽查六名项目人员，四名本年度没有参加预算绩效管理培训的记录。",
        MINOR,
        "内部培训未做书面记录。",
        "没有记录，不能认定已参加培训。",
        "已组织补训并建立培训台账。",
    ),
}

DROP_REASONS = (
    "机构已提供检查前形成的原始材料，经核对属实，不予认定。",
    "相关事项由被评价单位延迟提供资料造成，不属于机构责任。",
)
WITHDRAWAL_REASON = "机构补充提供的原始记录经核实形成于检查之前，原认定依据不足，予以撤销。"
AGREED = "情况属实，无异议，已着手整改。"
CHECK_PURPOSES = (
    "按年度监督检查计划抽查受托业务的执业质量。",
    "核对报告数据与工作底稿的一致性。",
    "了解内部复核制度的执行情况。",
)
AGENCY_CHECK_PURPOSE = "检查机构内部管理制度和人员培训情况。"
CANCEL_REASON = "合同已协商终止，检查对象不再存在。"
CLEAN_SUMMARY = "档案完整，底稿与报告数据相符，内部复核记录清楚，未发现需要认定的问题。"
FAULTY_SUMMARY = "已向机构现场反馈检查情况，问题事实见逐条记录。"
RECORD_NOTES = ("已核对原件。", "已抽查三份底稿。", "已与项目组成员谈话核实。")
ORDER_DEMANDS = (
    "请对照认定的问题逐项整改，补齐有关材料，并说明防止再次发生的措施。",
    "请更正报告并重新履行内部复核，整改结果附有关证明材料。",
)
REJECTIONS = "答复只说明了原因，没有提供补正后的材料，请继续整改。"
VERIFIED_NOTE = "已核对整改材料，与答复一致。"
RECHECK_NOTE = "现场复查，制度已执行，未再发现同类问题。"
OVERRULE_REASON = "逾期系被评价单位迟延提供决算数据所致，合同双方已有往来函件，不作为机构责任。"
