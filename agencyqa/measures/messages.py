"""Sentences for the error codes of this area."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

MESSAGES = {
    "scheme_not_draft": _l("这个版本已经发布，不能再改动。"),
    "scheme_has_errors": _l("方案还有 %(count)s 处错误，不能发布。"),
    "scheme_not_whole": _l("这份草稿还有 %(count)s 处错误，更正以后才能使用。"),
    "bad_scheme_key": _l("“%(value)s”不能作方案标识：请用小写字母、数字和连字符，以字母开头。"),
    "scheme_key_taken": _l("本局已有使用这个标识的方案，请换一个，或者以那个方案为底稿。"),
    "scheme_draft_exists": _l("“%(title)s”已有一份未发布的草稿，请在那份草稿上修改。"),
    "scheme_list_full": _l("这里最多 %(most)s 项，不能再增加。"),
    "scheme_too_large": _l("内容过多，没有保存：一份方案最多 %(limit)s 字节。"),
    "scheme_validity_overlaps": _l(
        "自 %(valid_from)s 起施行会与“%(other)s”第 %(number)s 版（自 %(other_from)s 起施行）重叠；"
        "新方案的施行日期应晚于已发布的各版。"
    ),
    "scheme_text_or_file": _l("请粘贴方案内容，或者选择一个文件。"),
    "scheme_has_problems": _l("方案有 %(count)s 处需要更正，详见“需要更正的内容”。"),
    "workday_year_wrong": _l("年份应在 2000 年至 2100 年之间。"),
    "workday_year_known": _l("这一年的放假安排已经完整，不必再登记。"),
    "workday_period_reversed": _l("截止日期不得早于起始日期。"),
    "workday_period_long": _l("一次最多录入 %(days)s 天。"),
    "workday_same": _l("日历中已经是这样，没有需要录入的变化。"),
}
