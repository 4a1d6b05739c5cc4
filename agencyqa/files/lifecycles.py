"""Who begins and ends a file that comes in parts; read by the pictures in ``docs/states`` and by the tests."""

from __future__ import annotations

from agencyqa.auth.lifecycles import Act, LifeCycle, Stranger, by
from agencyqa.auth.permissions import Permission
from agencyqa.files.enums import UploadAction, UploadState
from agencyqa.files.workflow import UPLOAD_TRANSITIONS

A = UploadAction

# Those of the forms that take a file from somebody who has signed in.
FORMS = frozenset(
    {
        Permission.AGENCIES_WRITE,
        Permission.DELIVERABLES_UPLOAD,
        Permission.DOCUMENTS_WRITE,
        Permission.EVALUATIONS_WRITE,
        Permission.FINDINGS_STATE,
        Permission.INSPECTIONS_WRITE,
        Permission.RECORD_PROPOSE,
        Permission.RECTIFICATIONS_ANSWER,
    }
)


def _by_sender(event: str) -> Act:
    return Act(frozenset().union(*(by(permission).who for permission in FORMS)), (event,))


CYCLES = (
    LifeCycle(
        "upload",
        "partial_uploads",
        UPLOAD_TRANSITIONS,
        {
            A.OPEN: _by_sender("files.upload.opened"),
            A.TAKE: _by_sender("files.upload.taken"),
            A.REFUSE: _by_sender("files.upload.refused"),
            A.GIVE_UP: _by_sender("files.upload.given_up"),
            A.DISCARD: by(Permission.UPLOADS_DISCARD, "files.upload.discarded"),
            A.EXPIRE: Act(frozenset({Stranger.CLOCK}), ("files.upload.expired",)),
        },
        frozenset(UploadState) - {UploadState.OPEN},
    ),
)
