"""The sentences about rectification orders: errors, inbox messages, trail lines."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

MESSAGES = {
    "only_own_bureau_orders": _l("只有本局的监管人员可以下达整改要求。"),
    "only_own_bureau_verifies": _l("只有下达整改要求的财政局可以核查整改情况。"),
    "only_agency_answers": _l("整改情况由被检查机构的负责人或主评人填写。"),
    "order_needs_findings": _l("请至少选择一个问题。"),
    "finding_not_open_for_order": _l(
        "所选问题中有的尚未认定、已经撤销，或者已经列入整改。请刷新后重新选择。"
    ),
    "order_provision_not_in_force": _l("所选依据在今天没有生效的版本。"),
    "order_not_answered": _l("机构还没有提交整改情况。"),
    "order_already_answered": _l("整改情况已经提交，正在等待核查。"),
    "order_already_rejected": _l("已要求机构继续整改，须等机构重新提交。"),
    "order_already_verified": _l("整改情况已经核查通过。"),
    "order_already_closed": _l("整改已经办结。"),
    "order_still_has_findings": _l("整改通知中还有未撤销的问题，不能以问题撤销为由办结。"),
    "nothing_to_submit": _l("还没有填写整改情况。"),
    "answer_text_missing": _l("请先填写整改情况，再提交。"),
    "evidence_not_in_draft": _l("这份材料已随整改情况提交，不能撤下。"),
    "new_due_not_later": _l("新的期限应晚于今天。"),
    "recheck_date_past": _l("计划复查日期不能早于今天。"),
    "reviewed_in_future": _l("复查日期不能晚于今天。"),
    "reviewed_before_verified": _l("复查日期不能早于核查通过的日期。"),
    "new_due_missing": _l("复查不通过时，请填写新的整改期限。"),
    "template_not_word": _l("模板应为 Word 文档（.docx）。"),
    "template_too_large": _l("模板过大：文件和其中的文字内容各不超过 %(limit)s MB。"),
    "template_unreadable": _l("无法打开这个 Word 文档。"),
    "template_external": _l("模板引用了外部内容（%(target)s）。请改为直接插入后再上传。"),
    "template_foreign": _l("模板中嵌有对象、控件或其他文档。请删去后再上传。"),
    "template_field": _l("模板中有不允许的域（%(name)s）。请删去后再上传。"),
    "template_syntax": _l("模板中的标签写法有误：%(detail)s。"),
    "template_unknown_names": _l("模板中有系统没有提供的名称：%(names)s。"),
    "template_forbidden": _l("模板中使用了不允许的写法：%(names)s。只能使用名称、循环和条件。"),
    "template_not_filled": _l("用样例试填后的文档不完整，请检查循环和条件标签是否成对、位置是否正确。"),
    "template_broken": _l("本局的检查记录模板无法生成文档，请监管人员更换模板，或下载 PDF。"),
    "template_is_default": _l("正在使用的就是默认模板。"),
    "inbox.order_issued": _l("%(bureau)s下达整改%(number)s，请于 %(due_on)s 前完成整改并提交整改情况。"),
    "inbox.order_answered": _l("%(agency)s提交了整改%(number)s的整改情况，请核查。"),
    "inbox.order_answered_late": _l(
        "%(agency)s逾期 %(days)s 个工作日提交了整改%(number)s的整改情况，请核查。"
    ),
    "inbox.order_verified": _l("整改%(number)s核查通过。"),
    "inbox.order_rejected": _l("整改%(number)s未通过，请继续整改，并于 %(due_on)s 前重新提交。"),
    "inbox.order_closed": _l("整改%(number)s已办结。"),
    "inbox.order_due_moved": _l("工作日历更新，整改%(number)s的期限变动为 %(due_on)s。"),
    "inbox.order_overdue": _l("%(agency)s的整改%(number)s已逾期，期限为 %(due_on)s。"),
    "inbox.order_due_soon": _l("整改%(number)s将于 %(due_on)s 到期，请按时提交整改情况。"),
    "trail.order_issued": _l("下达整改%(number)s"),
    "trail.order_answered": _l("提交整改%(number)s的整改情况"),
    "trail.order_answered_late": _l("逾期 %(days)s 个工作日提交整改%(number)s的整改情况"),
    "trail.order_verified": _l("整改%(number)s核查通过"),
    "trail.order_rejected": _l("整改%(number)s未通过，要求继续整改"),
    "trail.order_recheck_passed": _l("整改%(number)s现场复查通过"),
    "trail.order_recheck_failed": _l("整改%(number)s现场复查未通过"),
    "trail.order_closed": _l("整改%(number)s办结"),
}
