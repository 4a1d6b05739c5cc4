"""The English catalogue against the source text: ``check`` reports every difference, ``update`` removes them.

Chinese is the source text of every message, so ``zh`` needs no catalogue and ``en`` must be complete.
"""

from __future__ import annotations

import io
import sys
import tomllib
from pathlib import Path

from babel.messages import frontend
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
# Where the extension of the templates is found.
sys.path.insert(0, str(ROOT))
CATALOGUE = ROOT / "agencyqa" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
KEYWORDS = (
    "_",
    "gettext",
    "_l",
    "lazy_gettext",
    "ngettext:1,2",
    "lazy_ngettext:1,2",
    "pgettext:1c,2",
    "lazy_pgettext:1c,2",
)
# Dates, versions and unfilled fields of the header would change with every run, or say nothing.
UNSTABLE = (
    "Project-Id-Version",
    "Report-Msgid-Bugs-To",
    "POT-Creation-Date",
    "PO-Revision-Date",
    "Last-Translator",
    "Language-Team",
    "Generated-By",
)


def extract() -> Catalog:
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["babel"]["mappings"]
    keywords = frontend.parse_keywords(KEYWORDS)
    template = Catalog(project="AgencyQA", charset="utf-8")
    for mapping in mappings:
        folder, pattern = mapping["pattern"].split("/", 1)
        found = extract_from_dir(
            ROOT / folder,
            [(pattern, mapping["method"])],
            # A template that cannot be parsed must not pass as one without messages.
            options_map={pattern: {"silent": "false", "extensions": "agencyqa.web.kept_markup.KeptMarkup"}},
            keywords=keywords,
        )
        for name, line, message, comments, context in found:
            template.add(
                message, locations=[(f"{folder}/{name}", line)], auto_comments=comments, context=context
            )
    return template


def read() -> Catalog:
    if not CATALOGUE.exists():
        return Catalog(locale="en", project="AgencyQA", charset="utf-8")
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


def written(message: Message) -> tuple[str, ...]:
    """All forms of the source text or of a translation."""
    text = message.string
    return (text,) if isinstance(text, str) else tuple(text or ("",))


def source(message: Message) -> str:
    return message.id[0] if isinstance(message.id, (tuple, list)) else message.id


def differences() -> list[str]:
    template, catalogue = extract(), read()
    found: list[str] = []
    for message in template:
        if not message.id:
            continue
        where = message.locations[0][0]
        known = catalogue.get(message.id, message.context)
        if known is None:
            found.append(f"{where}: not in the catalogue: {source(message)}")
        elif not all(written(known)):
            found.append(f"{where}: not translated: {source(message)}")
        elif known.fuzzy:
            found.append(f"{where}: marked fuzzy: {source(message)}")
        else:
            # The extracted message knows that it holds placeholders; the stored one may have lost the flag.
            known.flags |= message.flags
            found.extend(f"{where}: {error}: {source(message)}" for error in known.check(catalogue))
    found.extend(
        f"no longer in the source: {source(message)}"
        for message in catalogue
        if message.id and template.get(message.id, message.context) is None
    )
    found.extend(f"obsolete entry: {source(message)}" for message in catalogue.obsolete.values())
    return found


def update() -> None:
    catalogue = read()
    catalogue.update(extract(), no_fuzzy_matching=True)
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=120, sort_output=True, ignore_obsolete=True, include_lineno=False)
    lines = buffer.getvalue().decode("utf-8").lstrip().splitlines(keepends=True)
    header_end = lines.index("\n")
    header = [line for line in lines[:header_end] if line.startswith(("msg", '"'))]
    header = [line for line in header if not line.lstrip('"').startswith(UNSTABLE)]
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    CATALOGUE.write_text("".join(header + lines[header_end:]), encoding="utf-8")


def main() -> int:
    match sys.argv[1:]:
        case ["update"]:
            update()
            missing = sum(1 for message in read() if message.id and not all(written(message)))
            print(f"{CATALOGUE.relative_to(ROOT)}: {missing} messages to translate")
            return 0
        case ["check"]:
            found = differences()
            print("\n".join(found) or "complete")
            return 1 if found else 0
        case _:
            print("catalogue.py check|update", file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main())
