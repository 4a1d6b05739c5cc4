"""A file name as it is kept and shown: what the sender called it, without what could mislead or harm."""

from __future__ import annotations

import unicodedata

from agencyqa.files.enums import FileKind

LONGEST = 200
LONGEST_ENDING = 5
NAMELESS = "未命名"
# Control, format and surrogate characters, separators of lines: among them those that turn the direction of a text,
# by which "cod.exe" could be shown as "exe.doc". Private use is left: rare names of people and places live there.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

# The endings under which each kind goes, the usual one first.
ENDINGS: dict[FileKind, tuple[str, ...]] = {
    FileKind.PDF: ("pdf",),
    FileKind.OFD: ("ofd",),
    FileKind.DOCX: ("docx", "dotx", "wps"),
    FileKind.XLSX: ("xlsx", "xltx", "et"),
    FileKind.PPTX: ("pptx", "ppsx", "potx", "dps"),
    FileKind.DOC: ("doc", "dot", "wps", "wpt"),
    FileKind.XLS: ("xls", "xlt", "et", "ett"),
    FileKind.PPT: ("ppt", "pps", "pot", "dps", "dpt"),
    FileKind.PNG: ("png",),
    FileKind.JPEG: ("jpg", "jpeg", "jpe", "jfif"),
    FileKind.ZIP: ("zip",),
}


def clean_name(name: str) -> str:
    """Never empty, at most 200 characters, in composed form, with the ending it came with."""
    last = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    composed = unicodedata.normalize("NFC", last)
    shown = "".join(sign for sign in composed if unicodedata.category(sign) not in _HIDDEN)
    trimmed = " ".join(shown.split()).strip(" .")
    if len(trimmed) > LONGEST:
        ending = ending_of(trimmed)
        tail = f".{ending}" if ending else ""
        trimmed = trimmed[: LONGEST - len(tail)].rstrip(" .") + tail
    return trimmed or NAMELESS


def ending_of(name: str) -> str:
    """What follows the last point, in small letters, if it looks like an ending: "第1.2版" has none."""
    before, point, ending = name.rpartition(".")
    looks_so = (
        ending.isascii() and ending.isalnum() and not ending.isdigit() and len(ending) <= LONGEST_ENDING
    )
    return ending.lower() if point and before and looks_so else ""


def named_as(name: str, kind: FileKind) -> str:
    """The same name, with the usual ending of its kind where it came without one."""
    if ending_of(name):
        return name
    ending = f".{ENDINGS[kind][0]}"
    return name[: LONGEST - len(ending)] + ending
