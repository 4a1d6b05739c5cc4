"""A template is compiled once in a run, not once in each application or server."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from jinja2 import Environment, FileSystemBytecodeCache
from jinja2.bccache import Bucket


class CompiledTemplates(FileSystemBytecodeCache):
    """Each language has compiled templates of its own, see ``agencyqa.web.templating``."""

    def get_bucket(self, environment: Environment, name: str, filename: str | None, source: str) -> Bucket:
        spoken = getattr(environment, "spoken", None)
        return super().get_bucket(environment, f"{spoken}/{name}", filename, source)


def share_compiled(app: Flask, run_folder: Path) -> None:
    folder = run_folder / "templates"
    folder.mkdir(mode=0o700, exist_ok=True)
    app.jinja_env.bytecode_cache = CompiledTemplates(str(folder))
