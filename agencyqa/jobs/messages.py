from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

MESSAGES: dict[str, LazyString] = {
    "job_lost": _l("执行进程多次中断，本次任务没有完成。"),
    "job_error": _l("程序出错（%(kind)s），详细情况见服务器日志。"),
}
