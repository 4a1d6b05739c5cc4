"""What the pages of checks and findings show, put together from rows and rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from agencyqa.inspections.checklist_format import Item, items_of, title_of
from agencyqa.inspections.enums import Answer, CheckState, FindingState
from agencyqa.inspections.models import Checklist, Finding, Inspector, SpotCheck
from agencyqa.inspections.services.checks import MINIMUM_INSPECTORS
from agencyqa.measures.enums import Tag
from agencyqa.measures.queries import provision_label, provision_summary, provisions_cited


@dataclass(frozen=True)
class Citation:
    label: str
    summary: str
    href: str


@dataclass(frozen=True)
class ItemView:
    item: Item
    answer: Answer | None
    note: str
    citation: Citation | None


@dataclass(frozen=True)
class ChecklistView:
    title: str
    source: str
    tag: Tag
    items: tuple[ItemView, ...]


@dataclass(frozen=True)
class InspectorView:
    """``tone`` and ``text`` say what was declared; ``note`` is for the bureau's eyes."""

    name: str
    text: str
    tone: str
    declared_at: datetime | None
    note: str


def checklist_view(session: Session, check: SpotCheck) -> ChecklistView:
    """With the provisions in the version in force on the day of the check."""
    checklist = session.get_one(Checklist, check.checklist_id)
    items = items_of(checklist)
    cited = provisions_cited(session, sorted({item.provision for item in items}), check.checked_on)
    citations = {
        key: Citation(
            provision_label(provision),
            provision_summary(provision),
            url_for("measures.show", key=provision.measure_version.measure.key),
        )
        for key, provision in cited.items()
    }
    return ChecklistView(
        title_of(checklist),
        checklist.source,
        checklist.tag,
        tuple(_item_view(item, check, citations.get(item.provision)) for item in items),
    )


def _item_view(item: Item, check: SpotCheck, citation: Citation | None) -> ItemView:
    given = check.answers.get(item.key) or {}
    answer = Answer(given["answer"]) if given.get("answer") else None
    return ItemView(item, answer, given.get("note", ""), citation)


def inspector_view(inspector: Inspector, name: str, *, state: CheckState) -> InspectorView:
    if inspector.has_conflict:
        text, tone = gettext("申报有利害关系，不参加"), "danger"
    elif inspector.has_conflict is False:
        text, tone = gettext("申报没有利害关系"), "success"
    elif state is CheckState.PLANNED:
        text, tone = gettext("待本人申报"), "warning"
    else:
        text, tone = gettext("没有申报，未参加"), "neutral"
    return InspectorView(name, text, tone, inspector.declared_at, inspector.conflict_note)


def check_steps(
    check: SpotCheck, inspectors: Sequence[Inspector], items: Sequence[ItemView]
) -> list[tuple[str, str, str | None]]:
    """The steps of a check for the stepper: the first that is not done is the next one."""
    ready = sum(inspector.has_conflict is False for inspector in inspectors)
    filled = sum(item.answer is not None for item in items)
    if check.state is CheckState.RECORDED:
        declared, answered, closed = "done", "done", "done"
    elif check.state is CheckState.CANCELLED:
        declared, answered, closed = "off", "off", "off"
    else:
        has_declared = ready >= MINIMUM_INSPECTORS
        has_answered = filled == len(items) and bool(check.summary)
        declared = "done" if has_declared else "current"
        answered = "done" if has_answered else "current" if has_declared else "todo"
        closed = "current" if has_declared and has_answered else "todo"
    is_open = check.state is CheckState.PLANNED
    return [
        (gettext("登记抽查"), "done", None),
        (
            gettext("检查人员申报"),
            declared,
            gettext("%(ready)s 人可以参加，至少 %(needed)s 人", ready=ready, needed=MINIMUM_INSPECTORS)
            if is_open
            else None,
        ),
        (
            gettext("填写检查记录"),
            answered,
            gettext("已填 %(filled)s / %(items)s 项", filled=filled, items=len(items)) if is_open else None,
        ),
        (
            gettext("办结检查记录"),
            closed,
            gettext("%(day)s 检查以后", day=check.checked_on.isoformat()) if is_open else None,
        ),
    ]


def finding_steps(finding: Finding, *, is_late: bool) -> list[tuple[str, str, str | None]]:
    """The steps of a finding for the stepper. ``is_late``: what the agency had to say came after its term."""
    state = finding.state
    heard = gettext("逾期陈述") if is_late else None
    if state is FindingState.DRAFT:
        told, spoken, decided = "current", "todo", "todo"
    elif state is FindingState.NOTIFIED:
        told, spoken, decided = "done", "current", "todo"
        if finding.stated_at is not None:
            spoken, decided = "done", "current"
    else:
        told = "done" if finding.notified_at else "off"
        spoken = "done" if finding.stated_at else "off"
        decided = "done"
    last = {
        FindingState.DROPPED: gettext("不予认定"),
        FindingState.WITHDRAWN: gettext("认定后撤销"),
    }.get(state, gettext("认定"))
    return [
        (gettext("登记问题"), "done", None),
        (gettext("告知机构"), told, None),
        (gettext("机构陈述"), spoken, heard),
        (last, decided, None),
    ]
