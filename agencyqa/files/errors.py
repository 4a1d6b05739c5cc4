"""What the store and the checks refuse, with the status that a sender is answered."""

from __future__ import annotations

from typing import Any

from agencyqa.errors import AgencyQAError, Invalid


class FileRefused(Invalid):
    """This file is not taken. The sentence of ``code`` stands beside the field and says what to do."""

    def __init__(self, code: str, /, *, status: int = 422, **params: Any) -> None:
        super().__init__(code, file=(code, params))
        self.params = params
        self.status = status


class StoreUnavailable(AgencyQAError):
    """The store cannot be reached, or did not answer in the middle; nothing was kept."""

    status = 503

    def __init__(self) -> None:
        super().__init__("store_unavailable")


class StoreFull(AgencyQAError):
    """There is no room left, or a quota is used up; nothing was kept."""

    status = 507

    def __init__(self) -> None:
        super().__init__("store_full")


class NoRoomForPart(AgencyQAError):
    """The disk is full while a file comes in parts; what arrived before stays."""

    status = 507

    def __init__(self) -> None:
        super().__init__("upload_no_room")


class WrongOffset(AgencyQAError):
    """The part does not begin where the file ends. ``offset`` is where it does."""

    status = 409

    def __init__(self, offset: int) -> None:
        super().__init__("upload_wrong_offset")
        self.offset = offset


class ContentMissing(AgencyQAError):
    """A row names a content that the store does not hold as it should; the nightly check reports it."""

    status = 503

    def __init__(self) -> None:
        super().__init__("content_missing")
