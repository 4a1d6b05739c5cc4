"""What the audit log calls the writes of this area."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

EVENTS = {
    "measures.measure.loaded": _l("载入制度文本"),
    "measures.scheme.drafted": _l("保存考核方案草稿"),
    "measures.scheme.published": _l("发布考核方案"),
    "measures.scheme.ended": _l("终止考核方案"),
}

TARGETS = {
    "measure_versions": _l("制度文本"),
    "scheme_versions": _l("考核方案"),
}

FIELDS = {
    "content_hash": _l("内容哈希"),
    "state": _l("状态"),
    "valid_to": _l("结束日期"),
}
