"""A file is what its content says, and what would harm or could not be opened is refused with a reason."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile

import pytest

from agencyqa.files import archives
from agencyqa.files.enums import FileKind
from agencyqa.files.errors import FileRefused
from agencyqa.files.messages import MESSAGES
from agencyqa.files.sniffing import kind_of
from tests.factories import files

LONG = "a" * 60


def kind(data: bytes, name: str = "") -> FileKind:
    return kind_of(io.BytesIO(data), len(data), name)


def refusal(data: bytes, name: str = "") -> str:
    with pytest.raises(FileRefused) as caught:
        kind(data, name)
    code, params = caught.value.fields["file"]
    assert caught.value.code == code
    # Every reason has its sentence, and every figure in it is given.
    assert str(MESSAGES[code]) % params
    return code


@pytest.mark.parametrize(
    ("data", "expected", "name"),
    [
        (files.pdf(), FileKind.PDF, "报告.PDF"),
        (files.pdf(padding=200_000), FileKind.PDF, "第1.2版"),
        (files.ofd(), FileKind.OFD, "公文.ofd"),
        (files.office(FileKind.DOCX), FileKind.DOCX, "底稿.docx"),
        (files.office(FileKind.XLSX), FileKind.XLSX, "表.xlsx"),
        (files.office(FileKind.PPTX), FileKind.PPTX, "汇报.pptx"),
        (files.old_office("WordDocument"), FileKind.DOC, "底稿.wps"),
        (files.old_office("Workbook"), FileKind.XLS, "表.et"),
        (files.old_office("Book"), FileKind.XLS, "表.xls"),
        (files.old_office("PowerPoint Document"), FileKind.PPT, "汇报.dps"),
        (files.png(), FileKind.PNG, "现场.png"),
        (files.jpeg(), FileKind.JPEG, "现场.JPEG"),
        (files.archive({"底稿/一.txt": b"1", "底稿/二.txt": b""}), FileKind.ZIP, "底稿.zip"),
    ],
)
def test_the_kind_is_read_from_the_content(data: bytes, expected: FileKind, name: str) -> None:
    assert kind(data, name) is expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "file_empty"),
        (b"MZ\x90\x00" + bytes(600), "file_kind_unknown"),
        (b"<html><script>alert(1)</script>", "file_kind_unknown"),
        (b"  %PDF-1.7 after something else", "file_kind_unknown"),
        (b"Rar!\x1a\x07\x00" + bytes(100), "file_kind_unknown"),
        (files.old_office("SomeOtherProgram"), "file_kind_unknown"),
        (files.archive({"[Content_Types].xml": b"<Types/>", "3D/model.xml": b""}), "file_kind_unknown"),
        (files.pdf() + files.archive({"inner.txt": b"x"}), "file_two_kinds"),
        (files.png() + files.archive({"inner.txt": b"x"}), "file_two_kinds"),
        # Macros, in every place where they are kept.
        (files.office(FileKind.DOCX, {"word/vbaProject.bin": b"x"}), "file_macros"),
        (files.office(FileKind.XLSX, {"xl/macrosheets/sheet1.xml": b"x"}), "file_macros"),
        (files.office(FileKind.XLSX, main_type="sheet.macroEnabled.main+xml"), "file_macros"),
        (files.old_office("WordDocument", beside=("Macros",)), "file_macros"),
        (files.old_office("Workbook", beside=("_VBA_PROJECT_CUR",)), "file_macros"),
        (
            files.old_office(
                "PowerPoint Document", start=bytes.fromhex("020000040c000000") + b"\5\0\0\0\1\0\0\0"
            ),
            "file_macros",
        ),
        # Encryption likewise.
        (files.old_office("EncryptedPackage", beside=("EncryptionInfo",)), "file_encrypted"),
        (files.old_office("WordDocument", start=bytes(10) + b"\x00\x01"), "file_encrypted"),
        (
            files.old_office(
                "Workbook", start=struct.pack("<HHI", 0x0809, 4, 0) + struct.pack("<HH", 0x2F, 6)
            ),
            "file_encrypted",
        ),
        (files.old_office("PowerPoint Document", beside=("EncryptedSummary",)), "file_encrypted"),
        (files.pdf(trailer=b"/Encrypt 9 0 R"), "file_encrypted"),
        # Broken ones.
        (files.office(FileKind.DOCX)[:-30], "file_damaged"),
        (b"PK\x03\x04" + bytes(100), "file_damaged"),
        (files.old_office("WordDocument")[:600], "file_damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "file_damaged"),
        # Members that lead out of the archive.
        (files.archive({"../../etc/cron.d/x": b"x"}), "archive_path"),
        (files.archive({"/etc/passwd": b"x"}), "archive_path"),
        (files.archive({"a\\..\\..\\x": b"x"}), "archive_path"),
        (files.archive({"C:\\x": b"x"}), "archive_path"),
        (files.archive({"a.txt": b"x" * 99}, zipfile.ZIP_LZMA), "archive_method"),
    ],
)
def test_what_is_refused_and_why(data: bytes, expected: str) -> None:
    assert refusal(data) == expected


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("报告.docx", files.pdf()),
        ("报告.pdf", files.office(FileKind.DOCX)),
        ("照片.png", files.jpeg()),
        ("表.docx", files.office(FileKind.XLSX)),
        ("程序.jar", files.archive({"META-INF/MANIFEST.MF": b"x"})),
        ("程序.exe", files.pdf()),
        ("宏.docm", files.office(FileKind.DOCX)),
    ],
)
def test_a_name_that_says_something_else(name: str, data: bytes) -> None:
    assert refusal(data, name) == "file_mislabelled"


def test_a_protected_pdf_with_its_references_in_a_stream_or_far_from_the_end() -> None:
    body = b"%PDF-1.7\n" + b"%" + b"." * 100_000 + b"\n"
    stream = b"7 0 obj\n<</Type/XRef/Size 8%b>>\nstream\nbinary\nendstream\nendobj\n"
    end = b"startxref\n%d\n%%%%EOF" % len(body)
    assert refusal(body + stream % b"/Encrypt 5 0 R" + end) == "file_encrypted"
    assert kind(body + stream % b"" + end) is FileKind.PDF
    # A file made for the web has its first table at the beginning.
    table = b"xref\n0 9000\n" + b"0000000000 65535 f \n" * 9000
    head = b"%PDF-1.4\n"
    early = head + table + b"trailer\n<</Size 9000/Encrypt 2 0 R>>\n" + b"." * 300_000
    assert refusal(early + b"startxref\n%d\n%%%%EOF" % len(head)) == "file_encrypted"
    # The word alone, in a text for example, is no protection.
    assert kind(files.pdf("a chapter on /Encrypt 9 0 R")) is FileKind.PDF


def test_an_encrypted_member() -> None:
    data = bytearray(files.archive({"secret.txt": LONG.encode()}))
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1
    assert refusal(bytes(data)) == "file_encrypted"


def test_a_link_in_an_archive() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        link = zipfile.ZipInfo("link")
        link.create_system = 3
        link.external_attr = 0o120777 << 16
        made.writestr(link, "/etc/passwd")
    assert refusal(target.getvalue()) == "archive_path"


def bomb(size: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made, made.open("zeros", "w") as member:
        for _ in range(size // 2**20):
            member.write(bytes(2**20))
    return target.getvalue()


def test_bombs_are_known_by_what_they_declare_and_by_what_they_do() -> None:
    honest = bomb(80 * 2**20)
    assert len(honest) < 100_000
    assert refusal(honest) == "archive_bomb"
    # The same bytes, declared as one kilobyte each time: found out in little memory.
    lying = bytearray(honest)
    struct.pack_into("<I", lying, lying.index(b"PK\x01\x02") + 24, 1024)
    tracemalloc.start()
    assert refusal(bytes(lying)) == "archive_bomb"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * 2**20
    # Declared larger than it is.
    short = bytearray(files.archive({"a.txt": LONG.encode()}))
    struct.pack_into("<I", short, short.index(b"PK\x01\x02") + 24, 1024)
    assert refusal(bytes(short)) == "file_damaged"


def test_members_that_share_their_bytes() -> None:
    data = files.archive({"a.txt": LONG.encode(), "b.txt": LONG.encode()})
    central = [data.index(b"PK\x01\x02"), data.rindex(b"PK\x01\x02")]
    overlapping = bytearray(data)
    struct.pack_into("<I", overlapping, central[1] + 42, 0)
    assert refusal(bytes(overlapping)) == "archive_bomb"


def test_too_many_members(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAXIMUM_MEMBERS", 3)
    assert kind(files.archive({f"{number}.txt": b"x" for number in range(3)})) is FileKind.ZIP
    many = bytearray(files.archive({f"{number}.txt": b"x" for number in range(4)}))
    assert refusal(bytes(many)) == "archive_too_many"
    # A false count at the end does not help.
    struct.pack_into("<HH", many, many.rindex(b"PK\x05\x06") + 8, 1, 1)
    assert refusal(bytes(many)) == "archive_too_many"


def test_a_directory_too_long_to_be_read() -> None:
    data = bytearray(files.archive({"a.txt": b"x"}))
    struct.pack_into("<I", data, data.rindex(b"PK\x05\x06") + 12, 9 * 2**20)
    assert refusal(bytes(data)) == "archive_too_many"
