"""Agencies and their standing."""

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


class Entry(StrEnum):
    """How an agency comes into a register: its application is noted, or it is admitted at once."""

    APPLICATION = "application"
    ADMISSION = "admission"


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
    """Papers of an agency that the register keeps: copies of its licences, and its internal rules."""

    BUSINESS_LICENCE = "business_licence"
    PRACTICE_LICENCE = "practice_licence"
    FINANCE = "finance"
    CONFIDENTIALITY = "confidentiality"
    TRAINING = "training"
    QUALITY_CONTROL = "quality_control"


INTERNAL_RULES = frozenset(DocumentKind) - {DocumentKind.BUSINESS_LICENCE, DocumentKind.PRACTICE_LICENCE}


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
describe(Entry, {Entry.APPLICATION: _l("仅受理申请"), Entry.ADMISSION: _l("受理并准予登记")})
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
        DocumentKind.BUSINESS_LICENCE: _l("营业执照（登记证书）"),
        DocumentKind.PRACTICE_LICENCE: _l("执业许可、资质证书"),
        DocumentKind.FINANCE: _l("财务管理制度"),
        DocumentKind.CONFIDENTIALITY: _l("保密制度"),
        DocumentKind.TRAINING: _l("培训制度"),
        DocumentKind.QUALITY_CONTROL: _l("质量控制制度"),
    },
)
