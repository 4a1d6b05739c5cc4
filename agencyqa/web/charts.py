"""Charts as data, drawn on the server: one Vega-Lite specification gives the picture of a page or a document.

No script runs in the browser. A chart never stands alone: the macro shows its figures as a table beside it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from flask_babel import gettext

FONT = "Noto Sans CJK SC"
BLUE = "#1d4e89"
COLOURS = {
    "primary": BLUE,
    "success": "#2e7d5b",
    "info": "#3b7ab8",
    "warning": "#c98a1b",
    "danger": "#b3352f",
    "neutral": "#8592a3",
}
_INK = "#33415c"
_FAINT = "#e3e8ef"
_LIMIT = 128
_SIZE = re.compile(r'<svg[^>]*? width="(?P<width>[\d.]+)" height="(?P<height>[\d.]+)"')

# One process draws with threads of its own, so nothing of the library may be touched before a fork.
_lock = Lock()
_drawn: OrderedDict[str, str] = OrderedDict()
_prepared_for: list[int] = []


@dataclass(frozen=True)
class Chart:
    """``alt`` says in words what the picture shows."""

    title: str
    alt: str
    spec: dict[str, Any]

    @property
    def svg(self) -> str:
        return chart_svg(self.spec)

    @property
    def data_url(self) -> str:
        return "data:image/svg+xml;base64," + base64.b64encode(self.svg.encode()).decode()

    @property
    def size(self) -> tuple[int, int]:
        """Of the whole picture with its axes, so that the page keeps the right room for it."""
        found = _SIZE.match(self.svg)
        if found is None:
            return int(self.spec["width"]), int(self.spec["height"])
        return round(float(found["width"])), round(float(found["height"]))


def column_chart(
    title: str,
    rows: Sequence[tuple[str, int | float]],
    *,
    x_title: str = "",
    y_title: str = "",
    tones: Sequence[str] | None = None,
    width: int = 280,
    height: int = 200,
    alt: str | None = None,
) -> Chart:
    """Upright columns in the order given. ``tones`` colours them (primary, success, warning, …)."""
    encoding = {
        "x": {
            "field": "label",
            "type": "nominal",
            "sort": None,
            "axis": {"title": x_title or None, "labelAngle": 0, "labelLimit": 120},
        },
        "y": {"field": "value", "type": "quantitative", "axis": _value_axis(y_title, rows)},
    }
    text = {"align": "center", "baseline": "bottom", "dy": -5}
    return _bars(title, rows, encoding, text, tones, (width, height), alt)


def bar_chart(
    title: str,
    rows: Sequence[tuple[str, int | float]],
    *,
    x_title: str = "",
    tones: Sequence[str] | None = None,
    width: int = 260,
    alt: str | None = None,
) -> Chart:
    """Lying bars with room for long names, in the order given; the height follows their number."""
    encoding = {
        "y": {
            "field": "label",
            "type": "nominal",
            "sort": None,
            "axis": {"title": None, "labelLimit": 220},
        },
        "x": {"field": "value", "type": "quantitative", "axis": _value_axis(x_title, rows)},
    }
    text = {"align": "left", "baseline": "middle", "dx": 5}
    return _bars(title, rows, encoding, text, tones, (width, 30 * max(len(rows), 1) + 10), alt)


def _value_axis(title: str, rows: Sequence[tuple[str, int | float]]) -> dict[str, Any]:
    axis: dict[str, Any] = {"title": title or None, "tickCount": 5}
    if all(isinstance(value, int) for _, value in rows):
        # Counted things have no half.
        axis |= {"tickMinStep": 1, "format": "d"}
    return axis


def _bars(
    title: str,
    rows: Sequence[tuple[str, int | float]],
    encoding: dict[str, Any],
    text: dict[str, Any],
    tones: Sequence[str] | None,
    size: tuple[int, int],
    alt: str | None,
) -> Chart:
    values: list[dict[str, Any]] = [
        {"label": label, "value": value, "colour": COLOURS[tones[n]] if tones else BLUE}
        for n, (label, value) in enumerate(rows)
    ]
    axis = "y" if encoding["x"]["type"] == "nominal" else "x"
    beside: dict[str, Any] = {}
    if any(value < 0 for _, value in rows):
        # The figure of a bar that falls below nothing stands at its foot, not across it.
        for entry in values:
            entry["foot"] = max(entry["value"], 0)
        beside = {axis: {**encoding[axis], "field": "foot"}}
    thickness = "width" if encoding["x"]["type"] == "nominal" else "height"
    colour = {"field": "colour", "type": "nominal", "scale": None}
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": size[0],
        "height": size[1],
        "background": "transparent",
        "data": {"values": values},
        "encoding": encoding,
        "layer": [
            {
                "mark": {"type": "bar", "cornerRadiusEnd": 3, thickness: {"band": 0.55}},
                "encoding": {"color": colour},
            },
            {
                "mark": {"type": "text", "fontSize": 13, "fontWeight": "bold", "color": _INK, **text},
                "encoding": {"text": {"field": "value", "type": "quantitative"}, **beside},
            },
        ],
        "config": _CONFIG,
    }
    words = str(gettext("；")).join(f"{label} {value}" for label, value in rows)
    return Chart(title, alt or gettext("%(title)s：%(figures)s", title=title, figures=words), spec)


_CONFIG: dict[str, Any] = {
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": _INK,
        "titleColor": _INK,
        "labelFontSize": 13,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelPadding": 6,
        "titlePadding": 10,
        "domainColor": "#9aa5b5",
        "ticks": False,
        "gridColor": _FAINT,
    },
    "axisX": {"grid": False},
}


def chart_svg(spec: dict[str, Any]) -> str:
    """The picture of a Vega-Lite specification; the same specification is drawn once per process."""
    text = json.dumps(spec, sort_keys=True, ensure_ascii=False)
    key = hashlib.sha256(text.encode()).hexdigest()
    with _lock:
        if key in _drawn:
            _drawn.move_to_end(key)
            return _drawn[key]
        svg = _draw(text)
        _drawn[key] = svg
        if len(_drawn) > _LIMIT:
            _drawn.popitem(last=False)
    return svg


def _draw(spec: str) -> str:
    import vl_convert

    if _prepared_for != [os.getpid()]:
        from noto_cjk_sans_otc import FONT_PATH  # noqa: PLC0415

        vl_convert.register_font_directory(str(os.path.dirname(str(FONT_PATH))))
        _prepared_for[:] = [os.getpid()]
    svg = vl_convert.vegalite_to_svg(json.loads(spec))
    return str(svg)
