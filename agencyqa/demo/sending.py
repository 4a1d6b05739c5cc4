"""Files that came in parts: one under way, and of each ending one."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.demo.setting import Stage
from agencyqa.engagements.deliverables.models import Deliverable, DeliverableVersion
from agencyqa.files.enums import UploadAction
from agencyqa.files.models import PartialUpload
from agencyqa.files.resuming import Incoming, discard, path_of
from agencyqa.files.services import uploading

SIZE = 4_800_000
ARRIVED = 1_700_000
ENDINGS = (UploadAction.REFUSE, UploadAction.GIVE_UP, UploadAction.DISCARD)


class Sending:
    def __init__(self, session: Session, stage: Stage) -> None:
        self.session = session
        self.stage = stage
        self.agency_id = stage.agencies[0].id
        self.version = session.scalars(
            select(DeliverableVersion)
            .join(Deliverable, Deliverable.id == DeliverableVersion.deliverable_id)
            .where(Deliverable.agency_id == self.agency_id)
            .order_by(DeliverableVersion.id)
            .limit(1)
        ).one()
        deliverable = session.get_one(Deliverable, self.version.deliverable_id)
        self.page = f"/engagements/{deliverable.engagement_id}/deliverables"

    def tell(self, end: datetime, now: datetime) -> None:
        """What happened until ``end``; the one under way began an hour before ``now`` and lasts three days."""
        began = end - timedelta(days=6)
        self._open("评价报告修改稿.pdf", began)
        for number, ending in enumerate(ENDINGS, start=1):
            when = began + timedelta(hours=number)
            upload = self._open(f"工作底稿{number}.zip", when)
            actor = self.stage.agency_staff(self.agency_id, when)
            if ending is UploadAction.DISCARD:
                actor = self.stage.people.administrator
            uploading.end(actor, self.session, upload.id, ending, now=when + timedelta(minutes=9))
            discard(upload.token)
        self._take(began + timedelta(hours=5))
        uploading.expire(self.session, began + timedelta(days=4))
        under_way = self._open("访谈记录.zip", now - timedelta(hours=1))
        # As a part would have left them.
        path_of(under_way.token).write_bytes(bytes(ARRIVED))
        under_way.received = ARRIVED

    def _open(self, name: str, when: datetime) -> PartialUpload:
        actor = self.stage.agency_staff(self.agency_id, when)
        upload, _ = uploading.open_upload(
            actor,
            self.session,
            place=f"{self.page}/{self.version.deliverable_id}/upload",
            name=name,
            size=SIZE,
            now=when,
        )
        return upload

    def _take(self, when: datetime) -> None:
        row = self._open(self.version.file_name, when)
        upload = Incoming(row.id, row.token, row.place, row.file_name, row.size, row.size, None)
        uploading.take(self.session, upload, now=when)
        row.received = row.size
        actor = self.stage.agency_staff(self.agency_id, when)
        uploading.conclude(actor, self.session, upload, self.page, self.version.sha256, now=when)
        discard(row.token)
