"""The life of a file that comes in parts: (state, action) → state. Pure.

A part that arrives is no step: it moves the offset and the day until which the bytes are kept, and the log has no
entry of it.
"""

from __future__ import annotations

from agencyqa.files.enums import UploadAction, UploadState

S, A = UploadState, UploadAction

UPLOAD_TRANSITIONS: dict[tuple[UploadState | None, UploadAction], UploadState] = {
    (None, A.OPEN): S.OPEN,
    (S.OPEN, A.TAKE): S.TAKEN,
    (S.OPEN, A.REFUSE): S.REFUSED,
    (S.OPEN, A.GIVE_UP): S.GIVEN_UP,
    (S.OPEN, A.DISCARD): S.DISCARDED,
    (S.OPEN, A.EXPIRE): S.EXPIRED,
}


def ended_by(action: UploadAction) -> UploadState:
    """The state in which an open upload ends."""
    return UPLOAD_TRANSITIONS[S.OPEN, action]
