"""The sentences of this area's errors, inbox messages and trail lines."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

MESSAGES = {
    "review_wrong_state": _l("复核当前为“%(state)s”，不能%(action)s。"),
    "review_same_person": _l("您已经在这次复核中承担了一级，三级复核应由不同的人员办理。"),
    "review_level_answerable": _l("第三级复核由机构负责人或者主评人办理。"),
    "review_open": _l(
        "第 %(number)s 次三级复核尚未结束（%(state)s），在此期间不能增减报告文件，也不能对外提交报告。"
    ),
    "review_missing": _l("评价报告须经三级复核通过后才能提交，请先发起复核。"),
    "review_of_other_files": _l(
        "第 %(number)s 次三级复核通过的不是这些报告文件，请对现在的文件重新发起复核。"
    ),
    "review_no_files": _l("没有已上传、尚未提交的评价报告文件，请先上传。"),
    "review_passed_already": _l("第 %(number)s 次三级复核已经对这些文件通过，可以提交。"),
    "review_comments_open": _l("还有没有答复的复核意见，答复后才能通过。"),
    "review_closed": _l("这次复核已经结束，不再接受意见或者答复。"),
    "review_answered_already": _l("这条意见已经答复，答复不能更改。"),
    "review_not_passed": _l("三级复核通过后才能登记签字盖章。"),
    "review_mark_day": _l("日期应在复核通过之日 %(first)s 至今天之间。"),
    "review_too_many_comments": _l("一次复核最多 %(count)s 条意见。"),
    # Of reviews that were begun before each level had a sentence of its own.
    "inbox.review_waiting": _l("合同 %(contract)s 的评价报告%(state)s（第 %(number)s 次复核）。"),
    "inbox.review_waiting_1": _l(
        "请办理第一级复核：合同 %(contract)s 的评价报告（第 %(number)s 次复核），三级由不同的人员办理。"
    ),
    "inbox.review_waiting_2": _l(
        "第一级复核已通过，请由另一名人员办理第二级复核：合同 %(contract)s 的评价报告（第 %(number)s 次复核）。"
    ),
    "inbox.review_waiting_3": _l(
        "第二级复核已通过，请由没有参与前两级的机构负责人或者主评人办理第三级复核："
        "合同 %(contract)s 的评价报告（第 %(number)s 次复核）。"
    ),
    "inbox.review_passed": _l("第 %(number)s 次三级复核通过，可以提交报告，合同 %(contract)s。"),
    "inbox.review_returned": _l("第 %(number)s 次三级复核退回，请修改报告后重新发起，合同 %(contract)s。"),
    "trail.review_opened": _l("发起第 %(number)s 次三级复核"),
    "trail.review_level_passed": _l("第 %(number)s 次复核第 %(level)s 级通过"),
    "trail.review_level_returned": _l("第 %(number)s 次复核第 %(level)s 级退回"),
}
