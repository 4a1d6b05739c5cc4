"""The zip of a sealed archive. The same contents give the same bytes: names in order, one time, nothing packed."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any, BinaryIO

from agencyqa.engagements.deliverables.receipts import canonical

FORMAT = "agencyqa.archive/1"
MANIFEST = "manifest.json"
SIGNATURE = "manifest.signature.json"
# The earliest that a zip can tell.
EPOCH = (1980, 1, 1, 0, 0, 0)
PIECE = 1 << 20


@dataclass(frozen=True)
class Entry:
    """``open`` is called once, when its turn has come."""

    path: str
    open: Callable[[], BinaryIO]


def pack(
    target: IO[bytes],
    head: dict[str, Any],
    entries: Iterable[Entry],
    sign: Callable[[str], dict[str, Any] | None],
) -> str:
    """Write the archive and give the hash of its manifest. ``sign`` is asked for the signature of that hash."""
    files = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for entry in sorted(entries, key=lambda entry: entry.path):
            digest, size = hashlib.sha256(), 0
            with entry.open() as source, archive.open(_info(entry.path), "w", force_zip64=True) as place:
                for piece in _pieces(source):
                    digest.update(piece)
                    size += len(piece)
                    place.write(piece)
            files.append({"path": entry.path, "sha256": digest.hexdigest(), "size": size})
        manifest = canonical({"format": FORMAT, **head, "files": files})
        archive.writestr(_info(MANIFEST), manifest)
        manifest_hash = hashlib.sha256(manifest).hexdigest()
        signature = sign(manifest_hash)
        if signature is not None:
            archive.writestr(_info(SIGNATURE), canonical(signature))
    return manifest_hash


def _info(path: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, EPOCH)
    # As on any machine: a plain file that everybody may read.
    info.create_system, info.external_attr = 3, 0o100644 << 16
    return info


def _pieces(source: BinaryIO) -> Iterator[bytes]:
    while piece := source.read(PIECE):
        yield piece
