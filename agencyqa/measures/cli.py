"""What the commands about scheme files share, ``scoring schema`` and ``scoring diff``; no server, no database."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import NoReturn

import click
from flask import Flask
from flask_babel import Babel

from agencyqa.i18n import LOCALES
from agencyqa.measures.book_document import BOOK_LIMITS, BookFault
from agencyqa.measures.comparing import ChangeRow, change_rows, compare, kind_name
from agencyqa.measures.measure_format import shipped_citations
from agencyqa.measures.problem_texts import problem_sentence
from agencyqa.measures.reading import LARGEST_FILE, FileError, FileProblem
from agencyqa.measures.scheme_books.reading import read_book
from agencyqa.measures.scheme_format import CheckedFile, parse_scheme
from agencyqa.measures.scheme_format.schema import schema_text
from agencyqa.measures.sheet_books import is_workbook, read_sheets_book
from agencyqa.measures.sheet_files import FilledSheets, read_sheets, sheets_of
from agencyqa.measures.shipped import shipped_keys, shipped_path
from agencyqa.measures.texts import SchemeTexts, reader_language
from agencyqa.measures.words import gettext
from agencyqa.scoring import Problem, Program

# As the shell's own ``diff``: something differs, or something cannot be compared.
DIFFERENT, UNREADABLE = 1, 2

LANGUAGE = click.option(
    "--language", type=click.Choice(["zh", "en"]), default="zh", help="Language of the output."
)


def speaking(language: str) -> AbstractContextManager[object]:
    """Chinese needs no catalogue; for English a bare application is enough to find it."""
    if language == "zh":
        return nullcontext()
    translations = Path(__file__).resolve().parent.parent / "translations"
    app = Flask("agencyqa")
    Babel(app, default_locale=LOCALES[language], default_translation_directories=str(translations))
    return app.app_context()


def read_file(path: Path) -> bytes:
    """Not more than a reader takes, and one byte, so that it sees what is too large."""
    with path.open("rb") as stream:
        begin = stream.read(LARGEST_FILE + 1)
        most = BOOK_LIMITS.file_bytes if is_workbook(path.name, begin) else LARGEST_FILE
        return begin + stream.read(max(0, most + 1 - len(begin)))


def load_scheme(name: str, status: int = 1) -> CheckedFile:
    """A shipped scheme by its key, a file or a workbook. Lists every fault and leaves with ``status`` at one."""
    return load_with_notes(name, status)[0]


def load_with_notes(name: str, status: int = 1) -> tuple[CheckedFile, list[str]]:
    """The same with the lines of what is no fault, but should be known."""
    path = shipped_path(name) or Path(name)
    if not path.is_file():
        click.echo(problem_line(name, FileProblem(Problem("", "unknown_scheme", {"key": name}))), err=True)
        click.echo(gettext("系统自带的方案：%(keys)s", keys=gettext("、").join(shipped_keys())), err=True)
        raise SystemExit(status)
    content = read_file(path)
    if is_workbook(path.name, content):
        return _scheme_of_book(name, content, status)
    try:
        checked = parse_scheme(content, shipped_citations())
    except FileError as error:
        refuse(name, error.problems, status)
    return checked, [problem_line(name, warning) for warning in checked.warnings]


def _scheme_of_book(name: str, content: bytes, status: int) -> tuple[CheckedFile, list[str]]:
    reading = read_book(content, shipped_citations())
    if reading.checked is None:
        refuse_book(name, [*reading.faults, *reading.notes], status)
    return reading.checked, [fault_line(name, note) for note in reading.notes]


def refuse_book(name: str, faults: Sequence[BookFault], status: int = 1) -> NoReturn:
    for fault in faults:
        click.echo(fault_line(name, fault), err=True)
    click.echo(gettext("共 %(count)s 处错误。", count=sum(fault.is_error for fault in faults)), err=True)
    raise SystemExit(status)


def fault_line(name: str, fault: BookFault) -> str:
    """As ``problem_line``, with the cell for the line."""
    where = f"{name}:{fault.where}" if fault.where else name
    kind = gettext("错误") if fault.is_error else gettext("提醒")
    return f"{where}: {kind}: {fault.text} [{fault.code}]"


def refuse(name: str, problems: Sequence[FileProblem], status: int = 1) -> NoReturn:
    for problem in problems:
        click.echo(problem_line(name, problem), err=True)
    count = sum(problem.is_error for problem in problems)
    click.echo(gettext("共 %(count)s 处错误。", count=count), err=True)
    raise SystemExit(status)


def problem_line(name: str, found: FileProblem, text: str | None = None) -> str:
    """In the order compilers use, so that editors find the place."""
    where = f"{name}:{found.line}" if found.line is not None else name
    kind = gettext("错误") if found.is_error else gettext("提醒")
    place = f" {found.problem.place}" if found.problem.place else ""
    return f"{where}: {kind}{place}: {text or problem_sentence(found.problem)} [{found.problem.code}]"


def load_sheets(path: Path, program: Program, checked: CheckedFile, texts: SchemeTexts) -> FilledSheets:
    """Sheets as YAML, JSON or a workbook; what is wrong with single answers stands in their ``problems``."""
    content, key = read_file(path), checked.file.key
    if is_workbook(path.name, content):
        document, faults, notes = read_sheets_book(content, program, texts)
        if document is None or faults:
            refuse_book(str(path), faults)
        for note in notes:
            # Not among the results, which another program may read.
            click.echo(fault_line(str(path), note), err=True)
        return sheets_of(document, program, key)
    try:
        return read_sheets(content, program, key)
    except FileError as error:
        refuse(str(path), error.problems)


@click.command("schema")
def schema() -> None:
    """Print the JSON Schema of scheme files, for an editor that checks while you write."""
    click.echo(schema_text(), nl=False)


@click.command("diff")
@click.argument("before")
@click.argument("after")
@LANGUAGE
def diff(before: str, after: str, language: str) -> None:
    """Tell what differs from BEFORE to AFTER, each a YAML file or the key of a shipped scheme.

    A shipped scheme's later versions are named KEY.v2 and so on. Leaves with 0 where nothing differs, with 1
    where something does, and with 2 where one of them has errors.
    """
    with speaking(language):
        old, new = load_scheme(before, UNREADABLE), load_scheme(after, UNREADABLE)
        reader = reader_language()
        for sign, name, checked in (("-", before, old), ("+", after, new)):
            title = SchemeTexts(checked.file, reader).title
            click.echo(f"{sign}{sign}{sign} {name}  {title}  SHA-256 {checked.content_hash}")
        rows = change_rows(compare(old.content, new.content), old.content, new.content, reader)
        for row in rows:
            click.echo("\n".join(_lines(row)))
        if not rows:
            click.echo(gettext("两份方案没有差异。"))
            return
        click.echo(gettext("共 %(count)s 处差异。", count=len(rows)))
        raise SystemExit(DIFFERENT)


def _lines(row: ChangeRow) -> list[str]:
    head = gettext("：").join(part for part in (row.where, row.what) if part)
    lines = [f"{kind_name(row.kind)}  {head}  [{row.place}]"]
    if row.kind != "added":
        lines.append(f"  - {row.before}")
    if row.kind != "removed":
        lines.append(f"  + {row.after}")
    return lines
