"""The sentence of a check, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from agencyqa.evaluations.checks import FAULT, MISSING, Check, Standard
from agencyqa.evaluations.enums import Dimension
from agencyqa.evaluations.standards import band_label
from agencyqa.web.formats import percent
from agencyqa.web.messages import sentence

TONES = {FAULT: "danger", MISSING: "warning"}


def check_from(stored: Mapping[str, Any]) -> Check:
    return Check(stored["code"], stored["place"], stored["severity"], stored["params"])


def check_sentence(check: Check, standard: Standard | None) -> str:
    params = dict(check.params)
    if "grade" in params and standard is not None:
        labels = {band.key: band_label(band) for band in standard.bands}
        params["grade"] = labels.get(params["grade"], params["grade"])
    if "dimension" in params:
        params["dimension"] = Dimension(params["dimension"])
    for name in ("share", "least"):
        if name in params:
            params[name] = percent(Fraction(*params[name]))
    return sentence(f"evaluation.check.{check.code}", **params)


def check_tone(check: Check) -> str:
    return TONES.get(check.severity, "info")
