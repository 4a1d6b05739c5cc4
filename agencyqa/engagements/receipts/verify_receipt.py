#!/usr/bin/env python3
"""核验成果提交回执 / Verify a receipt of AgencyQA.

python3 verify_receipt.py RECEIPT [FILE ...] --keys keys.json
python3 verify_receipt.py RECEIPT [FILE ...] --public-key HEX

RECEIPT  回执（PDF，或者签名数据 .json），或者封存的档案 .zip / the receipt as PDF or signed data, or a sealed archive
FILE     回执所列的成果文件，逐一核对摘要 / files named by the receipt, each compared with its hash
--keys   公布的签名公钥列表 / the published list of public keys

This one file needs Python 3.9 or newer and nothing else: no package, no database, no network. Exit status: 0 all is
as signed, 1 something is not, 2 it could not be read. Ed25519 is RFC 8032, in plain arithmetic: slow, and enough.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
import zipfile
import zlib
from datetime import datetime
from pathlib import Path
from typing import Any

SIGNATURE = "agencyqa.signature/1"
SIGNED_RECEIPT = "agencyqa.signed-receipt/1"
KEY_LIST = "agencyqa.keys/1"
ARCHIVE = "agencyqa.archive/1"
PDF_MARK = b"\n%AgencyQA-Signature "
LARGEST_PART = 16 * 1024 * 1024

# ------------------------------------------------------------------------------------------------- Ed25519

FIELD = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, -1, FIELD) % FIELD
ROOT_OF_MINUS_ONE = pow(2, (FIELD - 1) // 4, FIELD)

# A point (x, y) is kept as (X, Y, Z, T) with x = X/Z, y = Y/Z, x·y = T/Z.
Point = tuple[int, int, int, int]
NEUTRAL: Point = (0, 1, 1, 0)


def _add(a: Point, b: Point) -> Point:
    left, right = (a[1] - a[0]) * (b[1] - b[0]), (a[1] + a[0]) * (b[1] + b[0])
    cross, depth = 2 * CURVE * a[3] * b[3], 2 * a[2] * b[2]
    e, f, g, h = right - left, depth - cross, depth + cross, right + left
    return e * f % FIELD, g * h % FIELD, f * g % FIELD, e * h % FIELD


def _times(factor: int, point: Point) -> Point:
    result = NEUTRAL
    while factor:
        if factor & 1:
            result = _add(result, point)
        point = _add(point, point)
        factor >>= 1
    return result


def _x_of(y: int, is_odd: int) -> int | None:
    """The even or odd x of a point at height y; None where there is no such point."""
    square = (y * y - 1) * pow(CURVE * y * y + 1, -1, FIELD) % FIELD
    x = pow(square, (FIELD + 3) // 8, FIELD)
    if (x * x - square) % FIELD:
        x = x * ROOT_OF_MINUS_ONE % FIELD
    if (x * x - square) % FIELD or (x == 0 and is_odd):
        return None
    return FIELD - x if x % 2 != is_odd else x


def _read_point(data: bytes) -> Point | None:
    number = int.from_bytes(data, "little")
    y, is_odd = number & (2**255 - 1), number >> 255
    if len(data) != 32 or y >= FIELD:
        return None
    x = _x_of(y, is_odd)
    return None if x is None else (x, y, 1, x * y % FIELD)


def _base_point() -> Point:
    y = 4 * pow(5, -1, FIELD) % FIELD
    x = _x_of(y, 0)
    assert x is not None
    return x, y, 1, x * y % FIELD


BASE = _base_point()


def is_signed(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether ``signature`` is that of ``message`` under this key."""
    key, point = _read_point(public_key), _read_point(signature[:32])
    factor = int.from_bytes(signature[32:], "little")
    if key is None or point is None or len(signature) != 64 or factor >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public_key + message).digest()
    left = _times(factor, BASE)
    right = _add(point, _times(int.from_bytes(digest, "little") % ORDER, key))
    # X1/Z1 = X2/Z2 and Y1/Z1 = Y2/Z2, without dividing.
    return not ((left[0] * right[2] - right[0] * left[2]) % FIELD) and not (
        (left[1] * right[2] - right[1] * left[2]) % FIELD
    )


# ------------------------------------------------------------------------------------------------- reading


class Unreadable(Exception):
    """The text says what is wrong with which file."""


def canonical(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _json(data: bytes, what: str, expected: str) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except ValueError:
        found = None
    if not isinstance(found, dict) or found.get("format") != expected:
        raise Unreadable(f"{what}: 不是 {expected} / is not {expected}")
    return found


def attached_receipt(pdf: bytes) -> bytes:
    """The signed data that a receipt in PDF carries. Raise Unreadable."""
    begin = b'"format":"' + SIGNED_RECEIPT.encode() + b'"'
    for part in pdf.split(b"stream\n")[1:]:
        opened = zlib.decompressobj()
        try:
            text = opened.decompress(part, LARGEST_PART)
        except zlib.error:
            continue
        if begin in text and text.startswith(b"{"):
            return text
    raise Unreadable("PDF 中没有签名数据 / the PDF carries no signed data")


# ------------------------------------------------------------------------------------------------- checking


# What a file raises that is not what it seems to be, a zip with flipped bits above all.
UNREADABLE = (
    *(Unreadable, OSError, AttributeError, IndexError, ValueError, EOFError, zlib.error),
    *(zipfile.BadZipFile, RuntimeError),
)


class Verdict:
    """Collects what was found; each line begins with 一致/OK or 不符/WRONG."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.is_good = True

    def say(self, is_good: bool, chinese: str, english: str) -> None:
        self.is_good = self.is_good and is_good
        self.lines.append(f"{'一致 OK    ' if is_good else '不符 WRONG '} {chinese} / {english}")

    def note(self, chinese: str, english: str) -> None:
        self.lines.append(f"说明 NOTE   {chinese} / {english}")


def check_signature(verdict: Verdict, what: str, sha256: str, signature: dict[str, Any], keys: Any) -> None:
    """``keys``: the published list, or the 64 hexadecimal digits of one public key."""
    stated = {name: signature.get(name) for name in ("format", "sha256", "key", "signed_at")}
    verdict.say(
        stated["format"] == SIGNATURE and stated["sha256"] == sha256,
        f"{what}内容的摘要为 {sha256}",
        "hash of the content as signed",
    )
    name = str(stated["key"])
    if isinstance(keys, str):
        entry: dict[str, Any] | None = {"public_key": keys}
        verdict.note("只给了公钥，没有核对密钥的有效期间", "only a key was given, its period was not checked")
    else:
        entry = next((each for each in keys.get("keys", []) if each.get("key") == name), None)
    if entry is None:
        verdict.say(False, f"公布的列表中没有密钥 {name}", "the key is not in the published list")
        return
    try:
        public_key = bytes.fromhex(str(entry["public_key"]))
        value = base64.b64decode(str(signature.get("value")), validate=True)
        is_whole = hashlib.sha256(public_key).hexdigest()[:16] == name and is_signed(
            public_key, canonical(stated), value
        )
    except ValueError:
        is_whole = False
    verdict.say(is_whole, f"{what}的签名，密钥 {name}", "signature under the key")
    if "published_at" in entry:
        _check_period(verdict, str(stated["signed_at"]), entry)


def _check_period(verdict: Verdict, signed_at: str, entry: dict[str, Any]) -> None:
    begin, end = entry["published_at"], entry.get("retired_at")
    try:
        moment = datetime.fromisoformat(signed_at)
        is_within = datetime.fromisoformat(begin) <= moment and (
            end is None or moment <= datetime.fromisoformat(end)
        )
    except (TypeError, ValueError):
        is_within = False
    verdict.say(
        is_within,
        f"签名时间 {signed_at}，密钥使用期间 {begin} 至 {end or '今'}",
        "signed while the key was in use",
    )


def check_files(verdict: Verdict, receipt: dict[str, Any], paths: list[Path]) -> None:
    wanted = {str(line.get("sha256")): line for line in receipt.get("files", [])}
    for path in paths:
        digest = hashlib.sha256()
        with path.open("rb") as stream:
            while piece := stream.read(1 << 20):
                digest.update(piece)
        line = wanted.get(digest.hexdigest())
        if line is None:
            verdict.say(False, f"{path.name} 不是回执所列的文件", "this file is not one of the receipt's")
        else:
            verdict.say(
                True, f"{path.name} 即回执所列 {line.get('name')}（第 {line.get('version')} 版）", "file"
            )


def verify(content: bytes, paths: list[Path], keys: Any) -> Verdict:
    """Raise Unreadable where the receipt is none."""
    verdict = Verdict()
    if content.startswith(b"%PDF"):
        body, mark, tail = content.rpartition(PDF_MARK)
        if not mark:
            raise Unreadable("PDF 没有签名 / the PDF is not signed")
        line = _json(tail.split(b"\n")[0], "PDF", SIGNATURE)
        expected = b"\nstartxref\n" + body[body.rindex(b"startxref") :].split()[1] + b"\n%%EOF\n"
        verdict.say(
            tail == tail.split(b"\n")[0] + expected, "签名之后没有其他内容", "nothing stands behind it"
        )
        check_signature(verdict, "PDF ", hashlib.sha256(body).hexdigest(), line, keys)
        content = attached_receipt(body)
    signed = _json(content, "回执 receipt", SIGNED_RECEIPT)
    receipt, signature = signed.get("receipt"), signed.get("signature")
    if not isinstance(receipt, dict) or not isinstance(signature, dict):
        raise Unreadable("回执没有签名 / the receipt is not signed")
    check_signature(verdict, "回执", hashlib.sha256(canonical(receipt)).hexdigest(), signature, keys)
    check_files(verdict, receipt, paths)
    agency = receipt.get("agency")
    name = agency.get("name") if isinstance(agency, dict) else None
    verdict.note(
        f"{name}，合同 {receipt.get('contract_number')}，第 {receipt.get('number')} 次提交，"
        f"{receipt.get('submitted_at')}，{receipt.get('submitted_by')}，{len(receipt.get('files', []))} 个文件",
        "what the receipt says",
    )
    for line in receipt.get("files", []):
        verdict.note(f"{line.get('name')} {line.get('sha256')}", "listed file")
    return verdict


def verify_archive(path: Path, keys: Any) -> Verdict:
    """Every file against the manifest, and the manifest against its signature. Raise Unreadable."""
    verdict = Verdict()
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        own = ["manifest.json", "manifest.signature.json"]
        if any(names.count(name) != 1 for name in own):
            raise Unreadable("档案没有签名的清单 / the archive has no signed manifest")
        text = archive.read(own[0])
        manifest = _json(text, "清单 manifest", ARCHIVE)
        signature = _json(archive.read(own[1]), "签名 signature", SIGNATURE)
        check_signature(verdict, "清单", hashlib.sha256(text).hexdigest(), signature, keys)
        listed = [str(each.get("path")) for each in manifest.get("files", [])]
        verdict.say(sorted(names) == sorted(listed + own), "文件与清单一一对应", "the files are those listed")
        for each in manifest.get("files", []):
            digest = hashlib.sha256()
            try:
                with archive.open(str(each.get("path"))) as stream:
                    while piece := stream.read(1 << 20):
                        digest.update(piece)
            except (KeyError, zipfile.BadZipFile):
                digest = hashlib.sha256(b"?")
            verdict.say(
                digest.hexdigest() == each.get("sha256"), str(each.get("path")), "file of the archive"
            )
    return verdict


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("receipt", type=Path)
    parser.add_argument("files", type=Path, nargs="*")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--keys", type=Path)
    source.add_argument("--public-key")
    given = parser.parse_args(arguments)
    try:
        keys: Any = given.public_key
        if given.keys is not None:
            keys = _json(given.keys.read_bytes(), given.keys.name, KEY_LIST)
        with given.receipt.open("rb") as stream:
            is_archive = stream.read(2) == b"PK"
        if is_archive:
            verdict = verify_archive(given.receipt, keys)
        else:
            verdict = verify(given.receipt.read_bytes(), given.files, keys)
    except UNREADABLE as error:
        sys.stderr.write(f"无法核验 / cannot be verified: {error}\n")
        return 2
    for line in verdict.lines:
        sys.stdout.write(line + "\n")
    good = "核验通过 / everything is as signed"
    sys.stdout.write((good if verdict.is_good else "核验未通过 / NOT as signed") + "\n")
    return 0 if verdict.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
