"""What the audit log calls the writes, things and fields of this area."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

EVENTS = {
    "agencies.agency.registered": _l("登记机构"),
    "agencies.profile.changed": _l("变更机构信息"),
    "agencies.standing.decided": _l("决定机构状态"),
    "agencies.qualification.added": _l("登记资质"),
    "agencies.qualification.withdrawn": _l("撤销资质记录"),
    "agencies.evaluator.appointed": _l("登记主评人"),
    "agencies.evaluator.changed": _l("修改主评人信息"),
    "agencies.evaluator.ended": _l("终止主评人登记"),
    "agencies.tie.declared": _l("申报利害关系"),
    "agencies.tie.ended": _l("终止利害关系"),
    "agencies.import.uploaded": _l("上传机构导入表"),
    "agencies.import.confirmed": _l("导入机构"),
    "agencies.conditions.loaded": _l("载入主评人条件"),
}
TARGETS = {
    "agencies": _l("机构"),
    "registrations": _l("机构登记"),
    "qualifications": _l("资质"),
    "persons": _l("主评人"),
    "appointments": _l("主评人登记"),
    "ties": _l("利害关系"),
    "agency_imports": _l("机构导入"),
    "evaluator_conditions": _l("主评人条件"),
}
# Also the words of the profile's history.
FIELDS = {
    "name": _l("名称"),
    "kind": _l("类型"),
    "credit_code": _l("统一社会信用代码"),
    "legal_representative": _l("法定代表人（负责人）"),
    "founded_on": _l("成立日期"),
    "address": _l("地址"),
    "contact_name": _l("联系人"),
    "contact_phone": _l("联系电话"),
    "contact_email": _l("电子邮箱"),
    "on_credit_platform": _l("已在信用管理平台备案"),
    "effective_on": _l("生效日期"),
    "standing": _l("状态"),
    "provision_key": _l("依据条款"),
    "issuer": _l("发证机关"),
    "issued_on": _l("发证日期"),
    "expires_on": _l("有效期至"),
    "title": _l("职称"),
    "licence": _l("执业资格"),
    "work_since": _l("参加工作日期"),
    "evaluation_since": _l("从事绩效评价起始日期"),
    "has_disqualifying_record": _l("有不良执业记录"),
    "file_name": _l("文件名"),
    "sha256": _l("文件摘要（SHA-256）"),
    "added": _l("新登记"),
    "joined": _l("沿用共享档案"),
    "skipped": _l("已在库，跳过"),
}
