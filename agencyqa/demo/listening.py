"""How the demo hears evaluated units on drafts, and experts on plans."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.demo.chance import Chance
from agencyqa.demo.setting import Stage
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.opinions.enums import Outcome
from agencyqa.engagements.opinions.models import UnitOpinion
from agencyqa.engagements.opinions.services import answer_opinion, record_plan_review, write_opinion
from agencyqa.scoring import SCALE

SAID = (
    ("附表 1", "补贴发放人数与我单位台账不一致，请核对。", Outcome.TAKEN, "已按台账更正附表 1 和正文。"),
    (
        "第三部分",
        "项目延期系审批原因，请在报告中说明。",
        Outcome.PARTLY,
        "已补充延期原因；得分依据合同约定，未作调整。",
    ),
    (
        "第四部分建议 1",
        "建议与现行管理办法不符。",
        Outcome.DECLINED,
        "建议依据审计报告和本年度新办法，予以保留。",
    ),
)
EXPERTS = (
    ("温知行", "财经大学 教授"),
    ("祝青岚", "会计师事务所 合伙人"),
    ("甘雨桐", "公共政策研究院 研究员"),
)
WORDS = "评价思路清楚，指标体系基本可行；建议补充满意度调查的抽样方法。"


class Listening:
    def __init__(self, session: Session, stage: Stage) -> None:
        self.session = session
        self.stage = stage

    def hear_unit(self, engagement_id: int, now: datetime) -> None:
        """Two comments each; the one who answers has two days for it."""
        engagement = self.session.get_one(Engagement, engagement_id)
        unit = self.stage.officer(engagement.evaluated_unit_id, now)
        for position in (0, 1 + engagement_id % 2):
            place, text, _, _ = SAID[position]
            write_opinion(unit, self.session, engagement, place, text, now=now)

    def answer(self, engagement_id: int, now: datetime) -> None:
        engagement = self.session.get_one(Engagement, engagement_id)
        signer = self.stage.agency_signer(engagement.agency_id, now)
        opinions = select(UnitOpinion).where(UnitOpinion.engagement_id == engagement_id)
        for opinion in self.session.scalars(opinions.order_by(UnitOpinion.number)).all():
            _, _, outcome, answer = next(said for said in SAID if said[1] == opinion.text)
            answer_opinion(signer, self.session, opinion, outcome, answer, now=now)

    def hear_experts(self, engagement_id: int, name: str, actor: Actor, now: datetime) -> None:
        engagement, chance = self.session.get_one(Engagement, engagement_id), Chance(name)
        for number, (expert, position) in enumerate(EXPERTS):
            score = (82 + chance.number(f"expert/{number}", 15)) * SCALE
            record_plan_review(
                actor, self.session, engagement, expert, position, score, WORDS, local_date(now), now=now
            )
