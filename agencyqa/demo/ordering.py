"""The rectification orders of the demo: issued, answered in time or late, sent back, verified, re-checked, closed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.demo import content, fault_content
from agencyqa.demo.check_content import Step
from agencyqa.demo.fault_content import FAULTS
from agencyqa.demo.filing import Filing
from agencyqa.demo.paper_content import note_paper
from agencyqa.demo.setting import Stage
from agencyqa.demo.timeline import Timeline
from agencyqa.inspections.enums import FindingState
from agencyqa.inspections.models import Finding, RectificationOrder, SpotCheck
from agencyqa.inspections.services.answers import add_evidence, save_answer, submit_answer
from agencyqa.inspections.services.orders import (
    BASES,
    USUAL_WORKING_DAYS,
    OrderData,
    RecheckData,
    close_order,
    issue_order,
    record_recheck,
    reject_answer,
    verify_answer,
)

# Days between the last decision on a check and the order; from a rejection to its new term; to a re-check.
ISSUED, NEW_TERM, RECHECKED = 2, 15, 40


class Ordering:
    def __init__(self, session: Session, stage: Stage, timeline: Timeline, filing: Filing) -> None:
        self.session = session
        self.stage = stage
        self.timeline = timeline
        self.filing = filing

    def begin(self, check_id: int, agency_id: int, steps: tuple[tuple[Step, int], ...], day: date) -> None:
        issued = day + timedelta(days=ISSUED)
        self.timeline.at(issued, lambda now: self._issue(check_id, agency_id, steps, now))

    def _issue(
        self, check_id: int, agency_id: int, steps: tuple[tuple[Step, int], ...], now: datetime
    ) -> None:
        findings = select(Finding.id).where(
            Finding.spot_check_id == check_id, Finding.state == FindingState.FINAL
        )
        ids = list(self.session.scalars(findings.order_by(Finding.number)))
        demand = fault_content.ORDER_DEMANDS[len(ids) % len(fault_content.ORDER_DEMANDS)]
        order = issue_order(
            self._supervisor(now),
            self.session,
            self.session.get_one(SpotCheck, check_id),
            OrderData(ids, demand, USUAL_WORKING_DAYS, BASES[0]),
            now=now,
        )
        for step, days in steps:
            self._plan_step(order.id, agency_id, step, local_date(now) + timedelta(days=days))

    def _plan_step(self, order_id: int, agency_id: int, step: Step, day: date) -> None:
        if step is Step.ANSWER:
            self.timeline.at(day, lambda now: self._answer(order_id, agency_id, now))
        else:
            self.timeline.at(day, lambda now: self._judge(order_id, step, now), hour=15)

    def _answer(self, order_id: int, agency_id: int, now: datetime) -> None:
        order = self.session.get_one(RectificationOrder, order_id)
        actor = self.stage.agency_manager(agency_id, now)
        codes = self.session.scalars(
            select(Finding.fault_code).where(Finding.order_id == order_id).order_by(Finding.number)
        )
        text = "\n".join(
            f"{number}．{FAULTS[code].remedy.format(object='该项目', unit='被评价单位')}"
            for number, code in enumerate(codes, start=1)
        )
        draft = save_answer(actor, self.session, order, text, seen_version=None, now=now)
        paper = note_paper("整改情况报告", actor.body_name, local_date(now), tuple(text.split("\n")))
        kept = self.filing.paper(paper, "整改情况报告", now)
        add_evidence(actor, self.session, order, kept.stored, kept.name, note="", now=now)
        submit_answer(actor, self.session, order, seen_version=draft.version, now=now)

    def _judge(self, order_id: int, step: Step, now: datetime) -> None:
        order, day = self.session.get_one(RectificationOrder, order_id), local_date(now)
        actor, version = self._supervisor(now), order.version
        if step is Step.REJECT:
            reject_answer(
                actor,
                self.session,
                order,
                note=fault_content.REJECTIONS,
                due_on=day + timedelta(days=NEW_TERM),
                seen_version=version,
                now=now,
            )
        elif step is Step.VERIFY:
            verify_answer(
                actor,
                self.session,
                order,
                note=fault_content.VERIFIED_NOTE,
                recheck_on=day + timedelta(days=RECHECKED),
                seen_version=version,
                now=now,
            )
        elif step is Step.RECHECK:
            data = RecheckData(is_passed=True, note=fault_content.RECHECK_NOTE, reviewed_on=day)
            record_recheck(actor, self.session, order, data, seen_version=version, now=now)
        else:
            close_order(
                actor,
                self.session,
                order,
                reason="整改材料齐全，无需现场复查。",
                seen_version=version,
                now=now,
            )

    def _supervisor(self, now: datetime) -> Actor:
        return self.stage.actor(content.SUPERVISOR, now)
