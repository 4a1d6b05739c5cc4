"""Sentences for the error codes and inbox messages of this area."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

MESSAGES: dict[str, object] = {
    "credit_code_length": _l("统一社会信用代码应为 18 位，现在是 %(length)s 位。"),
    "credit_code_character": _l(
        "第 %(position)s 位“%(character)s”不能用于统一社会信用代码，只能用数字和除 I、O、S、V、Z 以外的字母。"
    ),
    "credit_code_digit": _l("第 %(position)s 位应为数字，现在是“%(character)s”。"),
    "credit_code_check": _l("校验码不符，代码中至少有一位录入有误，请对照营业执照或登记证书逐位核对。"),
    "duplicate_credit_code": _l("该统一社会信用代码已经登记。"),
    "already_in_register": _l(
        "该统一社会信用代码已在本局机构库中：%(name)s（%(standing)s）。状态变化请在该机构页面办理。"
    ),
    "name_of_another": _l(
        "该统一社会信用代码属于“%(name)s”。请核对代码；如为同一机构，请先按此名称登记，再办理名称变更。"
    ),
    "not_an_email": _l("请填写完整的电子邮箱，例如 name@example.com。"),
    "day_in_future": _l("日期不得晚于今天。"),
    "before_founding": _l("日期不得早于成立日期 %(day)s。"),
    "profile_before_last": _l("生效日期不得早于上一次变更的生效日期 %(day)s。"),
    "application_lists_it": _l("这一条已经列在申请中，没有重复添加。"),
    "document_same_file": _l("与第 %(number)s 版的内容完全相同，没有重复保存。"),
    "profile_unchanged": _l("没有任何一项与现有登记信息不同，无需变更。"),
    "standing_action_closed": _l("当前状态为“%(standing)s”，不能办理“%(action)s”。"),
    "before_last_decision": _l("生效日期不得早于上一次决定的生效日期 %(day)s。"),
    "provision_needed": _l("不利于机构的决定必须注明依据条款。"),
    "provision_not_in_force": _l("该条款在生效日期当日尚未施行或已经失效，请另选依据。"),
    "application_closed": _l("申请当前状态为“%(state)s”，不能办理“%(action)s”。"),
    "application_incomplete": _l("申请材料尚不齐全：%(gaps)s。"),
    "paper_too_many": _l("最多上传 %(maximum)s 份材料（含已移除的）。"),
    "paper_listed": _l("同一份文件已经在申请材料中，没有重复保存。"),
    "condition_out_of_range": _l("应在 0 至 %(most)s 之间。"),
    "conditions_not_after": _l("施行日期应晚于本局上一版的施行日期 %(other)s。"),
    "application_too_long": _l("最多填写 %(maximum)s 项。"),
    "application_open": _l("该统一社会信用代码在本局已有一份办理中的申请，请用原链接继续办理。"),
    "application_evaluator_elsewhere": _l(
        "“%(person)s”目前登记在其他机构，主评人同一时期只能在一家机构执业。请退回申请，由机构更换人选。"
    ),
    "similar_names": _l("本局机构库中有名称相近的机构：%(names)s。确认不是同一家的，请勾选后再登记。"),
    "agency_has_account": _l("该机构的负责人账号已经启用，请直接登录。"),
    "inbox.application_submitted": _l("%(agency)s提交了登记申请，请审核。"),
    "expires_before_issue": _l("有效期截止日期不得早于发证日期。"),
    "qualification_withdrawn": _l("该资质记录已经撤销。"),
    "evaluation_before_work": _l("从事绩效评价的起始日期不得早于参加工作日期。"),
    "person_already_here": _l("此人在该日期已在本机构任职。岗位有变化的，请先终止原任职，再重新登记。"),
    "person_not_here": _l(
        "此人已不在该机构任职，不能再按该机构的申请撤销这条记录。请选择不予确认；确有错录的，由本局在人员页面直接撤销。"
    ),
    "entry_withdrawn": _l("该记录已经撤销。"),
    "nothing_entered": _l("没有填写任何内容。"),
    "identity_check": _l("身份证号码有误：出生日期或校验码不符，请逐位核对。"),
    "identity_form": _l("证件号码只能包含字母、数字、括号、斜线和连字符，5 至 20 位。"),
    "identity_of_another": _l("该证件号码已登记在另一姓名之下，请核对号码和姓名。"),
    "identity_taken": _l(
        "该证件号码已登记在另一条人员记录之下。如为同一人，请终止本条任职，再用证件号码重新登记。"
    ),
    "birth_date_differs": _l("出生日期与身份证号码不一致。"),
    "no_field_key": _l(
        "系统尚未设置敏感信息密钥（AGENCYQA_FIELD_KEYS），暂不能登记敏感信息。请联系系统管理员。"
    ),
    "field_key_missing": _l("用于打开敏感信息的密钥“%(key_id)s”不在密钥列表中，请联系系统管理员。"),
    "field_changed": _l("敏感信息与封存时不一致，不能打开，请联系系统管理员。"),
    "evaluator_already_here": _l("此人在该日期已登记为本机构的主评人。"),
    "evaluator_practises_elsewhere": _l(
        "主评人同一时期只能在一家机构执业，此人目前登记在其他机构，须先终止原登记。"
    ),
    "conditions_unmet": _l("以下条件不符合：%(conditions)s。确需登记的，请在此说明理由。"),
    "appointment_over": _l("该主评人登记已经终止。"),
    "account_of_another_person": _l("这一账号已登记为另一人的登录账号。"),
    "filing_not_ticked": _l("填写了备案编号或日期的，请同时勾选“已在信用管理平台备案”。"),
    "branch_closed": _l("该分支机构已登记终止日期。"),
    "other_side_needed": _l("请选择对方单位，或填写对方人员、名单外单位的名称。"),
    "share_of_shareholding": _l("只有“持股或出资”填写比例。"),
    "proposal_closed": _l("该变更申请当前状态为“%(state)s”，不能再办理。"),
    "proposal_under_way": _l("已有一份变更申请待确认，请等待确认或先撤回。"),
    "proposal_listed": _l("同样的变更申请已经提出，正等待确认。"),
    "entry_over": _l("已经登记终止日期。"),
    "proposal_overtaken": _l("提出变更之后档案已有新的版本，不能确认。请退回，由机构按现行档案重新提出。"),
    "report_closed": _l("该报告当前状态为“%(state)s”，不能再办理。"),
    "report_year_ahead": _l("年度不得晚于今年。"),
    "report_year_open": _l("该年度已经部署。"),
    "report_term": _l("期限为 1 至 %(maximum)s 个工作日。"),
    "record_not_confirmed": _l("提交前请核对档案并勾选。"),
    "inbox.proposal_made": _l("%(agency)s提出了档案变更，请确认。"),
    "inbox.proposal_decided": _l("%(bureau)s对贵机构的档案变更申请作出处理：%(state)s。"),
    "inbox.report_opened": _l("%(bureau)s部署了 %(year)s 年度自查报告，请于 %(due_on)s 前提交。"),
    "inbox.report_submitted": _l("%(agency)s提交了 %(year)s 年度自查报告。"),
    "inbox.report_due_moved": _l(
        "工作日历有更新，%(bureau)s %(year)s 年度自查报告的提交期限变为 %(due_on)s。"
    ),
    "inbox.report_decided": _l("%(bureau)s对贵机构 %(year)s 年度自查报告的处理：%(state)s。"),
    "inbox.credential_expiring": _l(
        "%(agency)s %(person)s的“%(credential)s”将于 %(expires_on)s 到期，剩余 %(days)s 天。"
    ),
    "tie_exists": _l("此期间已申报与该单位的同类利害关系。"),
    "tie_withdrawn": _l("该利害关系登记已经撤销。"),
    "tie_over": _l("该利害关系已登记终止日期。"),
    "ends_before_start_of": _l("终止日期不得早于起始日期 %(day)s。"),
    "import.not_offered": _l("“%(value)s”不在可选项中，请从下拉列表选择。"),
    "import.not_yes_or_no": _l("“%(value)s”无法识别，请填“是”或“否”。"),
    "import.repeated_code": _l("统一社会信用代码重复，第一次出现在 %(first)s。"),
    "import.too_many": _l("一次最多导入 %(rows)s 家机构，请分成几个文件。"),
    "import_not_a_workbook": _l("请上传 Excel 工作簿（.xlsx）。"),
    "import_file_changed": _l("存储的文件与上传时不一致，没有导入。请重新上传。"),
    "import_stale": _l("预览之后机构库有变化，没有导入任何机构。请核对下面新的预览后再确认。"),
    "import_overtaken": _l(
        "第 %(row)s 行“%(name)s”刚刚由其他人登记，没有导入任何机构。请核对下面新的预览后再确认。"
    ),
    "import_done": _l("这份文件已经导入。"),
    "import_brings_nothing": _l("文件中的机构都已在本局机构库中，没有需要导入的。"),
    "not_confirmed": _l("请先核对内容并勾选确认。"),
    "inbox.agency_standing_decided": _l(
        "%(bureau)s已作出决定：贵机构在其机构库中的状态为“%(standing)s”，自 %(effective_on)s 起生效。"
    ),
    "inbox.qualification_expiring": _l(
        "%(agency)s的“%(qualification)s”将于 %(expires_on)s 到期，剩余 %(days)s 天。"
    ),
}
