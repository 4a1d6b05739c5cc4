from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from agencyqa.web.labels import describe


class RunState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    # Never stored: a row that says RUNNING for too long is shown so.
    LOST = "lost"


describe(
    RunState,
    {
        RunState.RUNNING: (_l("运行中"), "progress"),
        RunState.DONE: (_l("完成"), "success"),
        RunState.FAILED: (_l("失败"), "danger"),
        RunState.LOST: (_l("中断"), "warning"),
    },
)
