from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

MESSAGES: dict[str, LazyString] = {
    "audit_chain_missing": _l("审计日志第 %(sequence)s 条缺失，此前 %(entries)s 条完好。"),
    "audit_chain_extra": _l("审计日志第 %(sequence)s 条不是系统写入的，此前 %(entries)s 条完好。"),
    "audit_chain_unlinked": _l("审计日志第 %(sequence)s 条与上一条不衔接，此前 %(entries)s 条完好。"),
    "audit_chain_changed": _l("审计日志第 %(sequence)s 条被改动过，此前 %(entries)s 条完好。"),
    "audit_chain_head": _l("审计日志记录的末尾与最后一条（第 %(sequence)s 条）不符。"),
}
