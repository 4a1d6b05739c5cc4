"""Addresses of our own and Bootstrap's static files, with a hash of their content."""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from pathlib import Path

from flask import current_app, request, url_for
from werkzeug.security import safe_join

OWN = "static"
BOOTSTRAP = "bootstrap.static"
ENDPOINTS = frozenset({OWN, BOOTSTRAP})

# (file, time of its last change) → hash
_hashes: dict[tuple[str, int], str] = {}
# (mount point, endpoint, file, hash) → address
_addresses: dict[tuple[str, str, str, str | None], str] = {}


def asset(filename: str, endpoint: str = OWN) -> str:
    """The same text for the same content, kept because every page names half a dozen."""
    digest = content_hash(endpoint, filename)
    place = (request.script_root, endpoint, filename, digest)
    if place not in _addresses:
        _addresses[place] = url_for(endpoint, filename=filename, v=digest)
    return _addresses[place]


def bootstrap_asset(filename: str) -> str:
    return asset(filename, BOOTSTRAP)


def content_hash(endpoint: str, filename: str) -> str | None:
    """The first digits of the SHA-256 of a static file, None where there is no such file."""
    folder = (
        current_app.static_folder if endpoint == OWN else current_app.blueprints["bootstrap"].static_folder
    )
    path = _path(folder or "", filename)
    if path is None:
        return None
    try:
        changed = os.stat(path).st_mtime_ns
        if (path, changed) not in _hashes:
            _hashes[path, changed] = hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]
    except OSError:
        return None
    return _hashes[path, changed]


# Bounded, because whoever asks for an address chooses the name.
@lru_cache(maxsize=256)
def _path(folder: str, filename: str) -> str | None:
    return safe_join(folder, filename)
