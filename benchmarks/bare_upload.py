"""The floor of an upload: read the body, hash it and write it, in the same server, with nothing else."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

PIECE = 1024 * 1024


def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    target = Path(os.environ["BARE_UPLOAD_FOLDER"], environ["PATH_INFO"].strip("/"))
    digest = hashlib.sha256()
    with target.open("wb", buffering=0) as file:
        while piece := environ["wsgi.input"].read(PIECE):
            digest.update(piece)
            file.write(piece)
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "64")])
    return [digest.hexdigest().encode()]
