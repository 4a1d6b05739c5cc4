"""The way from an empty installation to the first ranking, in order, each step with the page where it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from agencyqa.accounts.models import Body, Membership
from agencyqa.agencies.models import Registration
from agencyqa.assessments.models import AssessmentRound, GradeTable, ScoreSheet, ShareTable
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.auth.roles import BodyKind, Role
from agencyqa.engagements.models import Engagement
from agencyqa.objects.models import EvaluationObject


@dataclass(frozen=True)
class Step:
    """``endpoint`` is None where the step is another role's; ``text`` then says whose."""

    title: str
    text: str
    endpoint: str | None
    action: str
    is_done: bool


def bureau_facts(actor: Actor) -> dict[str, sa.ScalarSelect[Any]]:
    """What the steps of a bureau ask of the database, as parts of the statement of a page."""
    bureau = actor.bureau_id
    # A district without tables of its own goes by those of its municipality.
    owners = select(Body.parent_id).where(Body.id == bureau, Body.parent_id.is_not(None))

    def with_parent(column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        return sa.or_(column == bureau, column.in_(owners))

    return {
        "has_departments": _exists(Body.kind == BodyKind.DEPARTMENT, Body.bureau_id == bureau),
        "has_shares": _exists(with_parent(ShareTable.bureau_id)),
        "has_grades": _exists(with_parent(GradeTable.bureau_id)),
        "has_agencies": _exists(Registration.bureau_id == bureau),
        "has_objects": _exists(EvaluationObject.bureau_id == bureau),
        "has_engagements": _exists(Engagement.bureau_id == bureau),
        "has_sheets": _exists(ScoreSheet.bureau_id == bureau),
        "has_rounds": _exists(AssessmentRound.bureau_id == bureau),
    }


def bureau_steps(actor: Actor, facts: Mapping[str, Any]) -> list[Step]:
    """Empty once a year has been opened: the bureau then knows the way."""
    if facts["has_rounds"]:
        return []
    can_write = actor.has(Permission.AGENCIES_WRITE)
    return [
        Step(
            gettext("建立预算部门和账号"),
            gettext("由系统管理员办理：录入预算部门（单位），建立账号并发送邀请链接。"),
            None,
            "",
            bool(facts["has_departments"]),
        ),
        Step(
            gettext("设定评分权重和等级"),
            gettext("各评分角色的占比，以及等级的分数段；由财政监管负责人设定。"),
            "assessments.score_tables" if actor.has(Permission.SHEETS_FINALISE) else None,
            gettext("评分权重与等级"),
            bool(facts["has_shares"]) and bool(facts["has_grades"]),
        ),
        Step(
            gettext("登记第三方机构"),
            gettext("录入机构信息、资质和主评人，并作出登记决定。"),
            "agencies.new" if can_write else None,
            gettext("登记机构"),
            bool(facts["has_agencies"]),
        ),
        Step(
            gettext("建立评价对象"),
            gettext("要评价的项目、政策或部门整体支出，注明预算年度和主管部门。"),
            "objects.new" if actor.has(Permission.OBJECTS_WRITE) else None,
            gettext("新增评价对象"),
            bool(facts["has_objects"]),
        ),
        Step(
            gettext("登记委托业务"),
            gettext("哪家机构受托评价什么；系统按合同签订日的规定核查回避和资格。"),
            "engagements.new" if actor.has(Permission.ENGAGEMENTS_WRITE) else None,
            gettext("登记委托业务"),
            bool(facts["has_engagements"]),
        ),
        Step(
            gettext("下发考核评分表"),
            gettext("按合同签订日适用的考核方案，为各评分角色生成评分表。"),
            "assessments.open_for_year" if actor.has(Permission.SHEETS_FINALISE) else None,
            gettext("下发年度评分表"),
            bool(facts["has_sheets"]),
        ),
        Step(
            gettext("开启年度考核"),
            gettext("汇总评分、排名、复核，由未参与评分的负责人发布。"),
            "assessments.new_round" if actor.has(Permission.ROUNDS_MANAGE) else None,
            gettext("开启年度考核"),
            bool(facts["has_rounds"]),
        ),
    ]


def administrator_facts() -> dict[str, sa.ScalarSelect[Any]]:
    return {
        "has_departments": _exists(Body.kind == BodyKind.DEPARTMENT),
        "has_leads": _exists(Membership.role == Role.BUREAU_LEAD),
        "has_supervisors": _exists(Membership.role == Role.BUREAU_SUPERVISOR),
        "has_officers": _exists(Membership.role == Role.DEPARTMENT_OFFICER),
    }


def administrator_steps(facts: Mapping[str, Any]) -> list[Step]:
    """Empty once there is somebody in every role without which no year can be scored."""
    steps = [
        Step(
            gettext("录入预算部门（单位）"),
            gettext("被评价单位和委托方都在其中；第三方机构由财政监管人员在机构库登记。"),
            "accounts.new_body",
            gettext("新建单位"),
            bool(facts["has_departments"]),
        ),
        Step(
            gettext("任命财政监管负责人"),
            gettext("负责设定权重与等级，并发布年度结果。"),
            "accounts.new_user",
            gettext("新建账号"),
            bool(facts["has_leads"]),
        ),
        Step(
            gettext("任命财政监管人员"),
            gettext("负责登记、评分和审核；审核人不能是评分人，因此至少需要两人。"),
            "accounts.new_user",
            gettext("新建账号"),
            bool(facts["has_supervisors"]),
        ),
        Step(
            gettext("为预算单位建立经办人账号"),
            gettext("被评价单位经办人填写本单位的评分表；账号建立后发送邀请链接，本人自设密码。"),
            "accounts.users",
            gettext("账号管理"),
            bool(facts["has_officers"]),
        ),
    ]
    return [] if all(step.is_done for step in steps) else steps


def _exists(*conditions: ColumnElement[bool]) -> sa.ScalarSelect[Any]:
    return select(sa.exists().where(*conditions)).scalar_subquery()
