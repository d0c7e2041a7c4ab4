"""What is done to every request and answer: other sites may change nothing, and pages run nothing but our own files."""

import secrets
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from segql.web.access.errors import WebCode, WebError
from segql.web.access.visitors import bearer
from segql.web.problems import problem_answer

_SAFE = ("GET", "HEAD", "OPTIONS")


class Security:
    """Middleware: refuses changes that pages of other sites ask for, and sends the headers that guard our pages.

    `scope["state"]["nonce"]` is what the editor's styles carry, which it makes while it runs."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                _guard(MutableHeaders(scope=message), nonce)
            await send(message)

        if scope["method"] not in _SAFE and _is_of_other_site(HTTPConnection(scope)):
            error = WebError(
                WebCode.OTHER_SITE,
                "The request did not come from a page of this server.",
                "Do it on the page itself; programs send a token.",
            )
            await problem_answer(HTTPConnection(scope), error)(scope, receive, send_guarded)
            return
        await self.app(scope, receive, send_guarded)


def _is_of_other_site(connection: HTTPConnection) -> bool:
    """Whether a page of another site may have sent this, with a cookie that the browser added by itself."""
    if bearer(connection) is not None:
        # No page of another site has it.
        return False
    headers = connection.headers
    if (site := headers.get("sec-fetch-site")) is not None:
        return site not in ("same-origin", "none")
    if (origin := headers.get("origin")) is not None:
        return urlsplit(origin).netloc != headers.get("host")
    # Every browser says where a change comes from; a program that does not has no cookie either.
    return "cookie" in headers


def _guard(headers: MutableHeaders, nonce: str) -> None:
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": f"'self' 'nonce-{nonce}'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "manifest-src": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    defaults = Headers(
        {
            "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
            "x-content-type-options": "nosniff",
            "referrer-policy": "same-origin",
            "cross-origin-opener-policy": "same-origin",
            "permissions-policy": "camera=(), microphone=(), geolocation=()",
            "cache-control": "no-store",
        }
    )
    for name, value in defaults.items():
        headers.setdefault(name, value)
