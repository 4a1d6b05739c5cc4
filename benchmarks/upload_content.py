"""What an upload sends: a body of random bytes around which a browser puts its borders."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator

from benchmarks.measure import MEGA

BOUNDARY = "a-boundary-that-no-file-holds"


class Content:
    """A PDF whose beginning differs each time, so that no content is there already. Sent in pieces."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.middle = os.urandom(MEGA).replace(b"/", b".").replace(b"PK", b"..")

    def pieces(self, before: bytes = b"", after: bytes = b"") -> tuple[Iterator[bytes], int]:
        head = b"%PDF-1.7\n%" + secrets.token_bytes(16).hex().encode()

        def made() -> Iterator[bytes]:
            yield before + head
            left = self.size - len(head)
            while left > 0:
                yield self.middle[:left]
                left -= MEGA
            yield after

        return made(), len(before) + self.size + len(after)
