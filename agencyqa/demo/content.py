"""The invented names of the demo year. No company, person, project or place in it exists."""

from __future__ import annotations

from dataclasses import dataclass

from agencyqa.agencies.enums import AgencyKind
from agencyqa.objects.enums import BudgetType, ObjectKind

CITY_BUREAU = "云汀市财政局"
DISTRICT_BUREAU = "云汀市望洲区财政局"
OTHER_BUREAU = "云汀市临溪区财政局"
OBSERVER = "望洲区审计局"


@dataclass(frozen=True)
class DepartmentContent:
    name: str
    code: str
    units: tuple[str, ...] = ()


DEPARTMENTS = (
    DepartmentContent("望洲区教育局", "101", ("望洲区青禾实验中学", "望洲区教师进修学院")),
    DepartmentContent("望洲区卫生健康委员会", "102", ("望洲区中心医院",)),
    DepartmentContent("望洲区民政局", "103", ("望洲区社会福利院",)),
    DepartmentContent("望洲区绿化和市容管理局", "104"),
    DepartmentContent("望洲区文化和旅游局", "105", ("望洲区图书馆",)),
    DepartmentContent("望洲区科学技术委员会", "106"),
    DepartmentContent("望洲区建设和管理委员会", "107"),
    DepartmentContent("望洲区人力资源和社会保障局", "108"),
)
OTHER_DEPARTMENT = DepartmentContent("临溪区水务局", "209")


@dataclass(frozen=True)
class AgencyContent:
    """``quality`` from 0 to 100 steers the invented scores; nothing else depends on it."""

    name: str
    kind: AgencyKind
    representative: str
    quality: int
    evaluators: tuple[str, ...]
    qualification: str


AGENCIES = (
    AgencyContent(
        "云汀明衡绩效咨询有限公司",
        AgencyKind.CONSULTING_FIRM,
        "顾明远",
        93,
        ("沈怀瑾", "陆知微"),
        "绩效评价业务能力备案",
    ),
    AgencyContent(
        "云汀启正会计师事务所（普通合伙）",
        AgencyKind.ACCOUNTING_FIRM,
        "钱仲书",
        88,
        ("方以宁", "俞子衿"),
        "会计师事务所执业证书",
    ),
    AgencyContent(
        "望洲厚德会计师事务所有限公司",
        AgencyKind.ACCOUNTING_FIRM,
        "郑怀民",
        84,
        ("严若冰",),
        "会计师事务所执业证书",
    ),
    AgencyContent(
        "云汀衡信资产评估有限公司",
        AgencyKind.ASSET_APPRAISER,
        "何秉文",
        81,
        ("柳如松", "季海棠"),
        "资产评估机构备案",
    ),
    AgencyContent(
        "云汀知行管理咨询有限公司",
        AgencyKind.CONSULTING_FIRM,
        "唐静姝",
        79,
        ("施云帆",),
        "绩效评价业务能力备案",
    ),
    AgencyContent(
        "云汀致远律师事务所", AgencyKind.LAW_FIRM, "白景行", 76, ("孟书航",), "律师事务所执业许可证"
    ),
    AgencyContent(
        "云汀公共政策研究院",
        AgencyKind.RESEARCH_INSTITUTE,
        "宋以安",
        90,
        ("温如玉", "程思源"),
        "事业单位法人证书",
    ),
    AgencyContent(
        "云汀财经大学绩效研究中心", AgencyKind.UNIVERSITY, "苏望舒", 86, ("叶知秋",), "事业单位法人证书"
    ),
    AgencyContent(
        "望洲诚明绩效评价有限公司",
        AgencyKind.CONSULTING_FIRM,
        "丁立群",
        71,
        ("石磊落",),
        "绩效评价业务能力备案",
    ),
    AgencyContent(
        "云汀广益工程咨询有限公司", AgencyKind.CONSULTING_FIRM, "魏长风", 66, ("韩一诺",), "工程咨询单位备案"
    ),
    AgencyContent(
        "临溪博文会计师事务所（普通合伙）",
        AgencyKind.ACCOUNTING_FIRM,
        "冯守正",
        58,
        ("曹清扬",),
        "会计师事务所执业证书",
    ),
    AgencyContent(
        "云汀新域数据评估有限公司",
        AgencyKind.CONSULTING_FIRM,
        "姜临渊",
        74,
        ("谭景明",),
        "绩效评价业务能力备案",
    ),
)


@dataclass(frozen=True)
class ObjectContent:
    """``department`` and ``unit`` are positions in DEPARTMENTS and its units; ``amount`` in 万元."""

    name: str
    department: int
    amount: int
    kind: ObjectKind = ObjectKind.PROJECT
    budget_type: BudgetType = BudgetType.GENERAL_PUBLIC
    unit: int | None = None
    is_purchase_of_services: bool = False


OBJECTS = (
    ObjectContent("中小学校园安全技防改造", 0, 1860, unit=0),
    ObjectContent("教师培训经费", 0, 420, unit=1, is_purchase_of_services=True),
    ObjectContent("学前教育普惠性补助政策", 0, 3150, ObjectKind.POLICY),
    ObjectContent("社区卫生服务中心设备更新", 1, 2240),
    ObjectContent("公立医院综合改革补助", 1, 5600, unit=0),
    ObjectContent("家庭医生签约服务", 1, 980, is_purchase_of_services=True),
    ObjectContent("社区居家养老服务补贴政策", 2, 4380, ObjectKind.POLICY),
    ObjectContent("福利院护理用房改造", 2, 1270, unit=0),
    ObjectContent("社会组织孵化基地运营", 2, 360, is_purchase_of_services=True),
    ObjectContent("公共绿地养护", 3, 3920, is_purchase_of_services=True),
    ObjectContent("生活垃圾分类驿站建设", 3, 1540),
    ObjectContent("道路保洁作业服务", 3, 6100, is_purchase_of_services=True),
    ObjectContent("公共文化配送服务", 4, 690, is_purchase_of_services=True),
    ObjectContent("区图书馆数字化建设", 4, 830, unit=0),
    ObjectContent("全域旅游宣传推广", 4, 450),
    ObjectContent("科技创新券补贴政策", 5, 2000, ObjectKind.POLICY),
    ObjectContent("众创空间扶持专项资金", 5, 1180),
    ObjectContent("科普场馆开放补助", 5, 240),
    ObjectContent("老旧住房综合修缮", 6, 8800, budget_type=BudgetType.GOVERNMENT_FUND),
    ObjectContent("市政道路大中修", 6, 7350, budget_type=BudgetType.GOVERNMENT_FUND),
    ObjectContent("无障碍设施改造", 6, 520),
    ObjectContent("高校毕业生就业补贴政策", 7, 1650, ObjectKind.POLICY),
    ObjectContent("职业技能提升培训", 7, 1430, is_purchase_of_services=True),
    ObjectContent("部门整体支出（人力资源和社会保障局）", 7, 15200, ObjectKind.DEPARTMENT_OVERALL),
)


@dataclass(frozen=True)
class Person:
    username: str
    name: str


# Who works beside the managers of the agencies from the second on.
AGENCY_STAFF_NAMES = (
    *("卞若溪", "阮清扬", "芮以恒", "车令仪", "甄砚秋", "左思齐"),
    *("费南乔", "屈知夏", "司徒言", "樊可风", "蔺如初", "席慕远"),
)
ADMINISTRATOR = Person("admin", "梁守拙")
SUPERVISOR = Person("supervisor", "江映月")
SECOND_SUPERVISOR = Person("supervisor2", "袁小满")
LEAD = Person("lead", "周慎行")
CITY_SUPERVISOR = Person("city", "秦越川")
OTHER_SUPERVISOR = Person("linxi", "邵清和")
AGENCY_MANAGER = Person("agency", "顾明远")
EVALUATOR = Person("evaluator", "沈怀瑾")
STAFF = Person("staff", "乔安之")
DEPARTMENT_OFFICER = Person("department", "林采薇")
OBSERVER_PERSON = Person("observer", "龚直言")
EXPERT_BODY = "望洲区绩效评审专家组"
EXPERTS = (
    Person("expert", "温知行"),
    Person("expert2", "祝青岚"),
    Person("expert3", "甘雨桐"),
    Person("expert4", "柏见山"),
)
OFFICERS = ("林采薇", "段知节", "易南乔", "贺西洲", "伍听澜", "夏木阴", "罗修远", "卓然之")
UNIT_OFFICERS = ("毛晓川", "尹初晴", "范冰清", "牛晚舟", "庄蝶衣")

RETURN_REASONS = (
    "“数据详实”一项的评分与附件说明不一致，请核对后重新提交。",
    "扣分处数与工作底稿记录不符，请补充依据。",
)
DIFFERENCE_REASONS = (
    "与机构当面核对，补充材料证明情况好于初评，酌情加 0.5 分。",
    "对照同类业务的评分尺度，按规则所得偏低，酌情加 0.5 分。",
)

# The rules of the open year.
VETO = ("主评人挂名", "Principal evaluator in name only")
CREDIT_EVIDENCE = "演示材料，虚构。"
# Position of the agency, points in ten-thousandths, reason.
CREDITS = (
    (0, 20_000, "承担区级绩效管理培训授课，参训单位反映良好。"),
    (2, 10_000, "提交的案例收入区级案例汇编。"),
    (5, -10_000, "两次未按时参加业务协调会。"),
)
