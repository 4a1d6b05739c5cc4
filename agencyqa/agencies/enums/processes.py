"""What agencies ask for, propose and report."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from agencyqa.web.labels import describe


class ApplicationState(StrEnum):
    """Of an application that the agency itself fills in."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ADMITTED = "admitted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ApplicationAction(StrEnum):
    BEGIN = "begin"
    INVITE = "invite"
    EDIT = "edit"
    SUBMIT = "submit"
    RETURN = "return"
    ADMIT = "admit"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


class GapCode(StrEnum):
    """What an application lacks, or what a bureau should look at."""

    REPRESENTATIVE = "representative"
    FOUNDED = "founded"
    ADDRESS = "address"
    CONTACT = "contact"
    DECLARATION = "declaration"
    QUALIFICATION = "qualification"
    EVALUATOR = "evaluator"
    PAPER = "paper"
    QUALIFICATION_EXPIRED = "qualification_expired"
    CONDITIONS_UNMET = "conditions_unmet"


class ProposalState(StrEnum):
    """Of a change of its record that an agency proposes."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Matter(StrEnum):
    """What an agency proposes beside changes of its profile."""

    QUALIFICATION = "qualification"
    PERSON = "person"
    PERSON_CHANGE = "person_change"
    PERSON_END = "person_end"
    CREDENTIAL = "credential"
    TIE = "tie"
    TIE_END = "tie_end"
    BRANCH = "branch"
    BRANCH_END = "branch_end"
    DOCUMENT = "document"
    # Of an entry that was wrong from the beginning; it stays in the record as withdrawn.
    QUALIFICATION_WITHDRAWAL = "qualification_withdrawal"
    CREDENTIAL_WITHDRAWAL = "credential_withdrawal"
    RECORD_WITHDRAWAL = "record_withdrawal"
    TIE_WITHDRAWAL = "tie_withdrawal"


class ProposalAction(StrEnum):
    PROPOSE = "propose"
    CONFIRM = "confirm"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


class ReportState(StrEnum):
    """Of an agency's report on itself for a year."""

    DUE = "due"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


class ReportAction(StrEnum):
    OPEN = "open"
    SAVE = "save"
    SUBMIT = "submit"
    RETURN = "return"
    ACCEPT = "accept"


describe(
    ApplicationState,
    {
        ApplicationState.DRAFT: (_l("填写中"), "neutral"),
        ApplicationState.SUBMITTED: (_l("待审核"), "info"),
        ApplicationState.RETURNED: (_l("退回补正"), "warning"),
        ApplicationState.ADMITTED: (_l("已准予登记"), "success"),
        ApplicationState.REFUSED: (_l("不予登记"), "danger"),
        ApplicationState.WITHDRAWN: (_l("已撤回"), "neutral"),
    },
)
describe(
    ApplicationAction,
    {
        ApplicationAction.BEGIN: _l("开始填写"),
        ApplicationAction.INVITE: _l("邀请申请"),
        ApplicationAction.EDIT: _l("修改"),
        ApplicationAction.SUBMIT: _l("提交申请"),
        ApplicationAction.RETURN: _l("退回补正"),
        ApplicationAction.ADMIT: _l("准予登记"),
        ApplicationAction.REFUSE: _l("不予登记"),
        ApplicationAction.WITHDRAW: _l("撤回申请"),
    },
)
describe(
    GapCode,
    {
        GapCode.REPRESENTATIVE: _l("法定代表人（负责人）"),
        GapCode.FOUNDED: _l("成立日期"),
        GapCode.ADDRESS: _l("地址"),
        GapCode.CONTACT: _l("联系人，以及电话或电子邮箱"),
        GapCode.DECLARATION: _l("关于独立性和无重大违法违规记录的声明"),
        GapCode.QUALIFICATION: _l("资质（执业许可）"),
        GapCode.EVALUATOR: _l("主评人"),
        GapCode.PAPER: _l("证照、制度文件"),
        GapCode.QUALIFICATION_EXPIRED: _l("资质已过期"),
        GapCode.CONDITIONS_UNMET: _l("主评人条件不符合或资料不全"),
    },
)
describe(
    ProposalState,
    {
        ProposalState.PROPOSED: (_l("待确认"), "info"),
        ProposalState.CONFIRMED: (_l("已确认"), "success"),
        ProposalState.DECLINED: (_l("未予确认"), "danger"),
        ProposalState.WITHDRAWN: (_l("已撤回"), "neutral"),
    },
)
describe(
    Matter,
    {
        Matter.QUALIFICATION: _l("登记资质"),
        Matter.PERSON: _l("登记人员"),
        Matter.PERSON_CHANGE: _l("修改人员信息"),
        Matter.PERSON_END: _l("终止人员任职"),
        Matter.CREDENTIAL: _l("登记职称、执业资格"),
        Matter.TIE: _l("申报利害关系"),
        Matter.TIE_END: _l("终止利害关系"),
        Matter.BRANCH: _l("登记分支机构"),
        Matter.BRANCH_END: _l("注销分支机构"),
        Matter.DOCUMENT: _l("提交证照、内部制度"),
        Matter.QUALIFICATION_WITHDRAWAL: _l("撤销录入有误的资质"),
        Matter.CREDENTIAL_WITHDRAWAL: _l("撤销录入有误的职称、执业资格"),
        Matter.RECORD_WITHDRAWAL: _l("撤销录入有误的不良执业记录"),
        Matter.TIE_WITHDRAWAL: _l("撤销录入有误的利害关系"),
    },
)
describe(
    ProposalAction,
    {
        ProposalAction.PROPOSE: _l("提出变更"),
        ProposalAction.CONFIRM: _l("确认变更"),
        ProposalAction.DECLINE: _l("不予确认"),
        ProposalAction.WITHDRAW: _l("撤回"),
    },
)
describe(
    ReportState,
    {
        ReportState.DUE: (_l("待提交"), "neutral"),
        ReportState.SUBMITTED: (_l("已提交"), "info"),
        ReportState.RETURNED: (_l("退回修改"), "warning"),
        ReportState.ACCEPTED: (_l("已接收"), "success"),
    },
)
describe(
    ReportAction,
    {
        ReportAction.OPEN: _l("部署"),
        ReportAction.SAVE: _l("保存"),
        ReportAction.SUBMIT: _l("提交"),
        ReportAction.RETURN: _l("退回修改"),
        ReportAction.ACCEPT: _l("接收"),
    },
)
