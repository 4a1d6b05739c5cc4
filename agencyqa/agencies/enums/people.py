"""People of agencies, conditions and ties."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from agencyqa.web.labels import describe


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


class TieKind(StrEnum):
    """What makes an agency, or one of its people, dependent on a body."""

    SHAREHOLDING = "shareholding"
    COMMON_OFFICER = "common_officer"
    AFFILIATION = "affiliation"
    ADVISORY = "advisory"
    PAST_EMPLOYMENT = "past_employment"
    RELATIVE = "relative"
    OTHER = "other"


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
