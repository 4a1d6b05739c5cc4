"""Our own line icons, 24 by 24, written into the page: no font, no second request.

They are decoration: a text always stands beside them.
"""

from __future__ import annotations

from markupsafe import Markup

_PATHS = {
    "home": "M4 11.5 12 5l8 6.5M6.5 10v9h11v-9M10 19v-5h4v5",
    "building": "M5 20V5h9v15M14 9h5v11M3.5 20h17M8 8.5h3M8 12h3M8 15.5h3M16.5 12.5v0M16.5 16v0",
    "people": "M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6M3.5 19c0-3 2.2-5 5.5-5s5.5 2 5.5 5M15.5 5.4a3 3 0 0 1 0 5.2"
    "M17 14.4c2.1.6 3.5 2.3 3.5 4.6",
    "briefcase": "M4 8h16v11H4zM9 8V5.5h6V8M4 13h16M12 12v2.2",
    "clipboard": "M6 5.5h12V20H6zM9.5 4h5v3h-5zM9 12l2 2 4-4",
    "chart": "M4 20h16M7 20v-6M12 20V6M17 20v-9",
    "trophy": "M8 5h8v5a4 4 0 0 1-8 0zM8 6.5H5c0 3 1.2 4.5 3.2 4.8M16 6.5h3c0 3-1.2 4.5-3.2 4.8M12 14v3"
    "M8.5 19.5h7M10 19.5c0-1.6.8-2.5 2-2.5s2 .9 2 2.5",
    "book": "M5 5.5c2.5-1 5-.8 7 .7 2-1.5 4.5-1.7 7-.7V18c-2.5-1-5-.8-7 .7-2-1.5-4.5-1.7-7-.7zM12 6.2v12.5",
    "table": "M4 5.5h16v13H4zM4 10h16M9.5 10v8.5M4 14.3h16",
    "user": "M12 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M5 20c0-3.6 2.8-6 7-6s7 2.4 7 6",
    "shield": "M12 4l7 2.5v5c0 4.2-2.8 7-7 8.5-4.2-1.5-7-4.3-7-8.5v-5zM9 12l2.2 2.2L15.2 10",
    "clock": "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16M12 7.5V12l3 2",
    "bell": "M6 16.5h12c-1.2-1.2-1.5-2.5-1.5-5a4.5 4.5 0 0 0-9 0c0 2.5-.3 3.8-1.5 5M10.3 19.5h3.4",
    "gear": "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6M12 4v2.5M12 17.5V20M4 12h2.5M17.5 12H20M6.3 6.3l1.8 1.8"
    "M15.9 15.9l1.8 1.8M6.3 17.7l1.8-1.8M15.9 8.1l1.8-1.8",
    "plus": "M12 5v14M5 12h14",
    "download": "M12 4v10.5M7.5 10.5 12 15l4.5-4.5M5 19.5h14",
    "upload": "M12 15V4.5M7.5 8.5 12 4l4.5 4.5M5 19.5h14",
    "search": "M10.5 16.5a6 6 0 1 0 0-12 6 6 0 0 0 0 12M15 15l5 5",
    "check": "M5 12.5 10 17.5 19.5 7",
    "x": "M6 6l12 12M18 6 6 18",
    "alert": "M12 4.5 21 19.5H3zM12 10v4.5M12 17v.2",
    "info": "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16M12 11v5M12 8v.2",
    "arrow-left": "M19 12H5M11 6l-6 6 6 6",
    "arrow-right": "M5 12h14M13 6l6 6-6 6",
    "edit": "M5 19h3.5L19 8.5 15.5 5 5 15.5zM13 7.5l3.5 3.5",
    "print": "M7 9V4.5h10V9M7 16.5H4.5V9h15v7.5H17M7 13.5h10v6H7z",
    "link": "M10 14a3.5 3.5 0 0 0 5 0l3-3a3.5 3.5 0 0 0-5-5l-1 1"
    "M14 10a3.5 3.5 0 0 0-5 0l-3 3a3.5 3.5 0 0 0 5 5l1-1",
    "lock": "M6 11h12v8.5H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3M12 14.5v2",
    "calendar": "M4.5 6.5h15v13h-15zM4.5 10.5h15M8.5 4v4M15.5 4v4",
    "file": "M7 4h7l4 4v12H7zM14 4v4h4M10 13h5M10 16.5h5",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "out": "M13 5H5.5v14H13M10 12h10M16.5 8.5 20 12l-3.5 3.5",
    "swap": "M4 9h14M14.5 5.5 18 9l-3.5 3.5M20 15H6M9.5 11.5 6 15l3.5 3.5",
    "dot": "M12 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5",
    "refresh": "M19 8.5a7.5 7.5 0 0 0-14 1M5 4.5v5h5M5 15.5a7.5 7.5 0 0 0 14-1M19 19.5v-5h-5",
    "list": "M9 6.5h11M9 12h11M9 17.5h11M4.5 6.5v.2M4.5 12v.2M4.5 17.5v.2",
    "target": "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8M12 12v.2",
    "scale": "M12 4.5v15M8 19.5h8M5 7.5h14M5 7.5 2.8 13.5h4.4zM19 7.5l-2.2 6h4.4z"
    "M2.8 13.5a2.2 2.2 0 0 0 4.4 0M16.8 13.5a2.2 2.2 0 0 0 4.4 0",
    "globe": "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16M4 12h16"
    "M12 4c2.7 2.3 4 5 4 8s-1.3 5.7-4 8c-2.7-2.3-4-5-4-8s1.3-5.7 4-8",
}
_MARKUP = {
    name: Markup(  # nosec B704
        '<svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false">'
        f'<path d="{path}"/></svg>'
    )
    for name, path in _PATHS.items()
}


def icon(name: str) -> Markup:
    """Raise KeyError for a name that was never drawn."""
    return _MARKUP[name]
