"""What runs by itself, and when: one literal table. Times are those of Asia/Shanghai, in cron's five fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.triggers.cron import CronTrigger
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from agencyqa.clock import SHANGHAI


@dataclass(frozen=True)
class Job:
    """``reads_only`` jobs never hold the single write lock of SQLite while they work."""

    name: str
    cron: str
    label: LazyString
    description: LazyString
    reads_only: bool = False


SCHEDULE: tuple[Job, ...] = (
    Job(
        "engagements.mark_overdue",
        "10 0 * * *",
        _l("标记逾期业务"),
        _l("每天零点后检查委托业务的截止日期，将已超期的标记为逾期并通知有关人员。"),
    ),
    Job(
        "recusal.recheck_ties",
        "5 0 * * *",
        _l("重新进行回避检查"),
        _l("每天零点后查看开始生效的利害关系，对受影响的履约中业务重新进行回避检查并通知有关人员。"),
    ),
    Job(
        "assessments.mark_overdue",
        "20 0 * * *",
        _l("标记逾期评分"),
        _l("每天零点后检查考核评分表的截止日期，将未按时提交的标记为逾期并通知评分人。"),
    ),
    Job(
        "agencies.warn_expiring_qualifications",
        "0 6 * * *",
        _l("资质到期提醒"),
        _l("每天早晨检查机构资质的有效期，向机构和监管人员提醒即将到期的资质。"),
    ),
    Job(
        "duties.remind",
        "30 6 * * *",
        _l("到期提醒"),
        _l("每天早晨检查各业务的待办事项，在到期前提醒应办理的人，并告知逾期和超过本局办理时限的事项。"),
    ),
    Job(
        "deliverables.mark_overdue",
        "15 0 * * *",
        _l("标记逾期成果"),
        _l("每天零点后检查应交成果的提交期限，将未按时提交的标记为逾期并通知有关人员。"),
    ),
    Job(
        "inspections.mark_overdue",
        "25 0 * * *",
        _l("标记逾期整改"),
        _l("每天零点后检查整改期限和陈述期限，将逾期未答复的标记为逾期并通知有关人员。"),
    ),
    Job(
        "files.verify",
        "0 3 * * *",
        _l("核对文件"),
        _l("每天凌晨重新计算存储文件的摘要，并核对登记与存储两边，结果见“文件完整性”。"),
    ),
    Job(
        "database.refresh_statistics",
        "30 3 * * *",
        _l("更新数据库统计"),
        _l("使用 SQLite 时每天凌晨重新统计数据分布，数据量大时列表才打开得快；PostgreSQL 自行维护。"),
    ),
    Job(
        "files.scan",
        "*/15 * * * *",
        _l("病毒扫描"),
        _l("连接了病毒扫描服务时，扫描尚未扫描的文件；没有连接时不做任何事。"),
    ),
    Job(
        "files.expire_uploads",
        "40 * * * *",
        _l("清理未传完的文件"),
        _l("每小时检查分段上传，三天没有继续的视为放弃，删除已收到的部分。"),
    ),
    Job(
        "notifications.send_mail",
        "* * * * *",
        _l("发送邮件"),
        _l("启用邮件时，把新的站内消息同时发到收件人邮箱；收件人已无权查看的不发。"),
    ),
    Job(
        "audit.verify_chain",
        "30 2 * * *",
        _l("校验审计日志"),
        _l("每天凌晨重新计算审计日志的哈希链，发现改动或缺失时本次任务记为失败。"),
        reads_only=True,
    ),
)
BY_NAME = {job.name: job for job in SCHEDULE}


def trigger_of(job: Job) -> CronTrigger:
    return CronTrigger.from_crontab(job.cron, timezone=SHANGHAI)


def next_due(job: Job, now: datetime) -> datetime:
    """The first due time after ``now``, in UTC."""
    return next(_due_times(job, now + timedelta(microseconds=1)))


def last_due(job: Job, now: datetime, *, window: timedelta) -> datetime | None:
    """The newest due time up to ``now``, unless it lies further back than ``window``."""
    newest = None
    for due in _due_times(job, now - window):
        if due > now:
            break
        newest = due
    return newest


def _due_times(job: Job, since: datetime) -> Iterator[datetime]:
    trigger = trigger_of(job)
    due = trigger.get_next_fire_time(None, since.astimezone(SHANGHAI))
    while due is not None:
        yield due.astimezone(UTC)
        due = trigger.get_next_fire_time(due, due)
