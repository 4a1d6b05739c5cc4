from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from agencyqa.web.labels import describe


class AgencyKind(StrEnum):
    """The six kinds of M1."""

    CONSULTING_FIRM = "consulting_firm"
    ACCOUNTING_FIRM = "accounting_firm"
    ASSET_APPRAISER = "asset_appraiser"
    LAW_FIRM = "law_firm"
    RESEARCH_INSTITUTE = "research_institute"
    UNIVERSITY = "university"


class Standing(StrEnum):
    APPLIED = "applied"
    REGISTERED = "registered"
    SUSPENDED = "suspended"
    REMOVED = "removed"


class StandingAction(StrEnum):
    """What a bureau decides about a registration; see ``workflow``."""

    APPLY = "apply"
    ADMIT = "admit"
    DECLINE = "decline"
    SUSPEND = "suspend"
    RESTORE = "restore"
    REMOVE = "remove"
    READMIT = "readmit"

    @property
    def is_adverse(self) -> bool:
        """A decision to the agency's disadvantage names the provision on which it rests."""
        return self in {StandingAction.DECLINE, StandingAction.SUSPEND, StandingAction.REMOVE}


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
    QUALIFICATION_EXPIRED = "qualification_expired"
    CONDITIONS_UNMET = "conditions_unmet"


class Entry(StrEnum):
    """How an agency comes into a register: its application is noted, or it is admitted at once."""

    APPLICATION = "application"
    ADMISSION = "admission"


class PersonRole(StrEnum):
    """As what somebody works for an agency."""

    PRINCIPAL_EVALUATOR = "principal_evaluator"
    STAFF = "staff"
    EXPERT = "expert"


class Education(StrEnum):
    DOCTOR = "doctor"
    MASTER = "master"
    BACHELOR = "bachelor"
    COLLEGE = "college"
    OTHER = "other"


class CredentialKind(StrEnum):
    TITLE = "title"
    LICENCE = "licence"


class SensitiveField(StrEnum):
    """What is kept sealed and shown only on a logged request."""

    IDENTITY_NUMBER = "identity_number"
    BIRTH_DATE = "birth_date"
    PRIVATE_CONTACT = "private_contact"


class Sector(StrEnum):
    """Fields of public spending in which an agency evaluates."""

    EDUCATION = "education"
    SCIENCE = "science"
    CULTURE = "culture"
    SOCIAL = "social"
    HEALTH = "health"
    ENVIRONMENT = "environment"
    URBAN = "urban"
    AGRICULTURE = "agriculture"
    TRANSPORT = "transport"
    INDUSTRY = "industry"
    SAFETY = "safety"
    GOVERNANCE = "governance"


class DocumentKind(StrEnum):
    """Internal rules of an agency that the register keeps."""

    FINANCE = "finance"
    CONFIDENTIALITY = "confidentiality"
    TRAINING = "training"
    QUALITY_CONTROL = "quality_control"


class TieKind(StrEnum):
    """What makes an agency, or one of its people, dependent on a body."""

    SHAREHOLDING = "shareholding"
    COMMON_OFFICER = "common_officer"
    AFFILIATION = "affiliation"
    ADVISORY = "advisory"
    PAST_EMPLOYMENT = "past_employment"
    RELATIVE = "relative"
    OTHER = "other"


class QualificationState(StrEnum):
    """Seen from a day. A qualification without an end never expires."""

    VALID = "valid"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    RENEWED = "renewed"
    WITHDRAWN = "withdrawn"


class Lapse(StrEnum):
    """The filter of the list for what needs attention."""

    EXPIRING = "expiring"
    EXPIRED = "expired"


class ConditionCode(StrEnum):
    """What a principal evaluator must bring."""

    TITLE_OR_LICENCE = "title_or_licence"
    WORK_YEARS = "work_years"
    EVALUATION_YEARS = "evaluation_years"
    CLEAN_RECORD = "clean_record"


class ConditionOutcome(StrEnum):
    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"


describe(
    AgencyKind,
    {
        AgencyKind.CONSULTING_FIRM: _l("专业咨询机构"),
        AgencyKind.ACCOUNTING_FIRM: _l("会计师事务所"),
        AgencyKind.ASSET_APPRAISER: _l("资产评估机构"),
        AgencyKind.LAW_FIRM: _l("律师事务所"),
        AgencyKind.RESEARCH_INSTITUTE: _l("科研院所"),
        AgencyKind.UNIVERSITY: _l("高等院校"),
    },
)
describe(
    Standing,
    {
        Standing.APPLIED: (_l("已申请"), "info"),
        Standing.REGISTERED: (_l("已登记"), "success"),
        Standing.SUSPENDED: (_l("已暂停"), "warning"),
        Standing.REMOVED: (_l("已移出"), "danger"),
    },
)
describe(
    StandingAction,
    {
        StandingAction.APPLY: (_l("受理申请"), "info"),
        StandingAction.ADMIT: (_l("准予登记"), "success"),
        StandingAction.DECLINE: (_l("不予登记"), "danger"),
        StandingAction.SUSPEND: (_l("暂停资格"), "warning"),
        StandingAction.RESTORE: (_l("恢复资格"), "success"),
        StandingAction.REMOVE: (_l("移出机构库"), "danger"),
        StandingAction.READMIT: (_l("重新准入"), "success"),
    },
)
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
        GapCode.DECLARATION: _l("关于独立性和近三年无重大违法违规的声明"),
        GapCode.QUALIFICATION: _l("至少一项资质（执业许可）"),
        GapCode.EVALUATOR: _l("至少一名主评人"),
        GapCode.QUALIFICATION_EXPIRED: _l("资质已过期"),
        GapCode.CONDITIONS_UNMET: _l("主评人条件不符合或资料不全"),
    },
)
describe(Entry, {Entry.APPLICATION: _l("仅受理申请"), Entry.ADMISSION: _l("受理并准予登记")})
describe(
    PersonRole,
    {
        PersonRole.PRINCIPAL_EVALUATOR: (_l("主评人"), "success"),
        PersonRole.STAFF: (_l("工作人员"), "info"),
        PersonRole.EXPERT: (_l("合作专家"), "neutral"),
    },
)
describe(
    Education,
    {
        Education.DOCTOR: _l("博士"),
        Education.MASTER: _l("硕士"),
        Education.BACHELOR: _l("本科"),
        Education.COLLEGE: _l("大专"),
        Education.OTHER: _l("其他学历"),
    },
)
describe(CredentialKind, {CredentialKind.TITLE: _l("职称"), CredentialKind.LICENCE: _l("执业资格")})
describe(
    SensitiveField,
    {
        SensitiveField.IDENTITY_NUMBER: _l("身份证件号码"),
        SensitiveField.BIRTH_DATE: _l("出生日期"),
        SensitiveField.PRIVATE_CONTACT: _l("个人联系方式"),
    },
)
describe(
    Sector,
    {
        Sector.EDUCATION: _l("教育"),
        Sector.SCIENCE: _l("科技"),
        Sector.CULTURE: _l("文化旅游体育"),
        Sector.SOCIAL: _l("社会保障和就业"),
        Sector.HEALTH: _l("卫生健康"),
        Sector.ENVIRONMENT: _l("节能环保"),
        Sector.URBAN: _l("城乡建设和住房"),
        Sector.AGRICULTURE: _l("农林水"),
        Sector.TRANSPORT: _l("交通运输"),
        Sector.INDUSTRY: _l("产业和商贸"),
        Sector.SAFETY: _l("公共安全和应急"),
        Sector.GOVERNANCE: _l("政府治理和公共服务"),
    },
)
describe(
    DocumentKind,
    {
        DocumentKind.FINANCE: _l("财务管理制度"),
        DocumentKind.CONFIDENTIALITY: _l("保密制度"),
        DocumentKind.TRAINING: _l("培训制度"),
        DocumentKind.QUALITY_CONTROL: _l("质量控制制度"),
    },
)
describe(
    TieKind,
    {
        TieKind.SHAREHOLDING: _l("持股或出资"),
        TieKind.COMMON_OFFICER: _l("人员交叉任职"),
        TieKind.AFFILIATION: _l("隶属或挂靠"),
        TieKind.ADVISORY: _l("常年顾问"),
        TieKind.PAST_EMPLOYMENT: _l("曾任职"),
        TieKind.RELATIVE: _l("近亲属任职或有利害关系"),
        TieKind.OTHER: _l("其他利害关系"),
    },
)
describe(
    QualificationState,
    {
        QualificationState.VALID: (_l("有效"), "success"),
        QualificationState.EXPIRING: (_l("即将到期"), "warning"),
        QualificationState.EXPIRED: (_l("已过期"), "danger"),
        QualificationState.RENEWED: (_l("已换新"), "neutral"),
        QualificationState.WITHDRAWN: (_l("已撤销"), "neutral"),
    },
)
describe(Lapse, {Lapse.EXPIRING: _l("有资质即将到期"), Lapse.EXPIRED: _l("有资质已过期")})
describe(
    ConditionCode,
    {
        ConditionCode.TITLE_OR_LICENCE: _l("职称或执业资格"),
        ConditionCode.WORK_YEARS: _l("工作年限"),
        ConditionCode.EVALUATION_YEARS: _l("绩效评价工作年限"),
        ConditionCode.CLEAN_RECORD: _l("无不良执业记录"),
    },
)
describe(
    ConditionOutcome,
    {
        ConditionOutcome.MET: (_l("符合"), "success"),
        ConditionOutcome.UNMET: (_l("不符合"), "danger"),
        ConditionOutcome.UNKNOWN: (_l("资料不全"), "warning"),
    },
)
