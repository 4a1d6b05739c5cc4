"""Sentences for the error codes of this area."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

MESSAGES = {
    "scheme_not_draft": _l("这个版本已经发布，不能再改动。"),
    "scheme_has_errors": _l("方案还有 %(count)s 处错误，不能发布。"),
    "scheme_validity_overlaps": _l(
        "自 %(valid_from)s 起施行会与“%(other)s”第 %(number)s 版（自 %(other_from)s 起施行）重叠；"
        "新方案的施行日期应晚于已发布的各版。"
    ),
    "scheme_text_or_file": _l("请粘贴方案内容，或者选择一个文件。"),
    "scheme_has_problems": _l("方案有 %(count)s 处需要更正，详见“需要更正的内容”。"),
}
