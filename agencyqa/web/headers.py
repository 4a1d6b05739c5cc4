"""What every answer tells the browser: a strict policy, no copies of signed-in pages, a request id."""

from __future__ import annotations

from secrets import token_hex

from flask import Flask, Response, g, request

from agencyqa.web import assets

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Our own origin still gets the referrer, which the CSRF check of HTTPS pages reads.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Permitted-Cross-Domain-Policies": "none",
}
_ONE_YEAR = 31_536_000


def content_policy(**directives: str) -> str:
    """The policy with some directives changed: ``content_policy(frame_src="'self'")``. Few routes may."""
    policy = {**_POLICY, **{name.replace("_", "-"): value for name, value in directives.items()}}
    return "; ".join(f"{name} {value}" for name, value in policy.items())


# What no view said otherwise.
_ALWAYS = (("Content-Security-Policy", content_policy()), *_FIXED.items())


def start_request() -> None:
    g.request_id = token_hex(8)


def finish_response(response: Response) -> Response:
    headers = response.headers
    given = {name.lower() for name, _ in headers}
    for name, value in _ALWAYS:
        if name.lower() not in given:
            headers.add(name, value)
    headers.add("X-Request-Id", g.get("request_id", ""))
    if request.endpoint in assets.ENDPOINTS:
        _cache_asset(response)
    elif "cache-control" not in given:
        headers.add("Cache-Control", "no-store")
    elif not response.cache_control.max_age:
        headers["Cache-Control"] = "no-store"
    return response


def _cache_asset(response: Response) -> None:
    """An address that carries the hash of its content never changes; any other is asked for again."""
    filename = (request.view_args or {}).get("filename", "")
    wanted = request.args.get("v")
    if wanted and request.endpoint and wanted == assets.content_hash(request.endpoint, filename):
        response.headers["Cache-Control"] = f"public, max-age={_ONE_YEAR}, immutable"
    else:
        response.headers["Cache-Control"] = "no-cache"


def init_app(app: Flask, *, secure: bool) -> None:
    # Before every other hook, so that even a refusal by the first of them has an id.
    app.before_request_funcs.setdefault(None, []).insert(0, start_request)
    app.after_request(finish_response)
    if secure:
        app.after_request(_demand_https)


def _demand_https(response: Response) -> Response:
    response.headers["Strict-Transport-Security"] = f"max-age={_ONE_YEAR}"
    return response
