"""What bureaus hold must never move: digests, traces and packed answers of the shipped schemes, byte for byte."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from agencyqa.measures.shipped import shipped_versions
from agencyqa.scoring import InputSpec, Program, compile_scheme

# Taken before the engine learned the rules and ways of adding that these schemes do not use.
HELD = {
    ("jiading-2018", 1): (
        "66a8f6ad5d56421aa9b9f5b51d7a6726cb43b8f5039c3fdc6eb718411a07b44f",
        "f69ed8f2e28a3acf1b7b93ab6fa10bb44322e57907b96a3ce3f0350fede79b17",
        "1de5cb7ee6c2c61e5d66268c67d3366b63bdc38b4e4e6c711cd8aed61cb6c968",
    ),
    ("reference-2021", 1): (
        "77bfa85a9324c05638c37ca286187dc1401c1aa8057ad76cadd492075dc42bb7",
        "50cd7244a9a6a53bb8b3cfcd8dd50e516fe95405e8f22d77c41eae8109e3842f",
        "5b3781c45324b6e7d7820e0922965b05cde2a793b21dd973cc1f5f72a774f845",
    ),
    ("reference-2021", 2): (
        "24107f3d297f52cd8cd0e42c1cbfc40d01a3733ddc55c797b307b6b6809f61dd",
        "fd7a8cfe1bf8787e05bd1de9ce97ab41cbc2534ddfc9441d35a261e34449fde7",
        "306192fe01ef218698c42451052b6e3388d2b41731d785694b3c979f264bc000",
    ),
    ("report-quality-40", 1): (
        "88743a9ac8fbc3c3e529ad093e865f9775bba53554acdc083a1912f5d666d4a6",
        "ead80b562cdb812aac9a1dd34e14bf79d736463bfcc5d9c6508293f213aee19b",
        "9a1d1ff0fc669c52affcfeb06fbae78a0a8c1255982aab319d6d3117ef8da16e",
    ),
    ("report-quality-40", 2): (
        "88743a9ac8fbc3c3e529ad093e865f9775bba53554acdc083a1912f5d666d4a6",
        "ead80b562cdb812aac9a1dd34e14bf79d736463bfcc5d9c6508293f213aee19b",
        "9a1d1ff0fc669c52affcfeb06fbae78a0a8c1255982aab319d6d3117ef8da16e",
    ),
}


def answer(spec: InputSpec) -> Any:
    if spec.type == "choice":
        return spec.choices[0].key
    return {"flag": False, "count": 1, "points": spec.low}[spec.type]


def digest(held: Any) -> str:
    """Of the text as it is stored, so that the order of the fields counts as well."""
    return hashlib.sha256(json.dumps(held, separators=(",", ":")).encode()).hexdigest()


def marks_of(program: Program) -> tuple[str, str, str]:
    answers = {key: {spec.name: answer(spec) for spec in specs} for key, specs in program.layout.items()}
    return (
        program.digest,
        digest([program.trace(answers), program.trace({})]),
        digest(list(program.slots)),
    )


def test_digests_traces_and_packed_answers_of_the_shipped_schemes_do_not_move() -> None:
    marks = {(c.file.key, n): marks_of(compile_scheme(c.scheme)) for n, c in shipped_versions()}
    assert {key: marks[key] for key in HELD} == HELD
