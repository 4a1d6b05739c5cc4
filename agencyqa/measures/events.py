"""What the audit log calls the writes of this area."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

EVENTS = {
    "measures.measure.loaded": _l("载入制度文本"),
    "measures.faults.loaded": _l("载入问题代码"),
    "measures.scheme.drafted": _l("保存考核方案草稿"),
    "measures.scheme.published": _l("发布考核方案"),
    "measures.scheme.ended": _l("终止考核方案"),
    "measures.workday.changed": _l("录入放假或者调休"),
    "measures.workday.year_declared": _l("登记年度放假安排完整"),
}

TARGETS = {
    "fault_codes": _l("问题代码"),
    "measure_versions": _l("制度文本"),
    "scheme_versions": _l("考核方案"),
    "workday_changes": _l("工作日历"),
    "workday_years": _l("工作日历"),
}

FIELDS = {
    "doc_number": _l("文号"),
    "successor": _l("后续版本编号"),
    "codes": _l("问题代码"),
    "content_hash": _l("内容哈希"),
    "state": _l("状态"),
    "valid_to": _l("结束日期"),
    "day": _l("日期"),
    "is_working": _l("上班"),
    "year": _l("年份"),
    "source": _l("依据"),
}
