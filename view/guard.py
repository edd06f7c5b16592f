"""Who may use the app: nobody but this machine's own pages, or who holds the token.

A page of any other site may send requests to an address of this machine. So the name that the
browser asked for must be one that the app was bound to (else a foreign name might lead here), and
what changes something must come from the app's own pages.
"""

import hmac
import ipaddress
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_COOKIE = "society-token"
_HERE = frozenset({"127.0.0.1", "localhost", "::1"})
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'"
)
SANDBOX = "sandbox allow-scripts; frame-ancestors 'self'"
"""Of a replay: it brings a policy of its own, and may not reach the app."""


def is_loopback(host: str) -> bool:
    """Whether a host to bind to is this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True, slots=True)
class Guard:
    """Passes requests on to the app, or answers them itself.

    Attributes:
        app: what is guarded.
        token: who has it may use the app; None where only this machine can reach it.
    """

    app: ASGIApp
    token: str | None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refused = self._refused(scope, Headers(scope=scope))
        if refused is not None:
            await refused(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", POLICY)
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
                headers["Cache-Control"] = "no-store"
            await send(message)

        await self.app(scope, receive, send_guarded)

    def _refused(self, scope: Scope, headers: Headers) -> Response | None:
        """What is answered in the app's place; None where the request is in order."""
        host = headers.get("host", "")
        if self.token is None and urlsplit(f"//{host}").hostname not in _HERE:
            return PlainTextResponse("open this page by 127.0.0.1 or localhost", 403)
        if scope["method"] not in ("GET", "HEAD") and not _is_own(headers, host):
            return PlainTextResponse("only the app's own pages may ask this", 403)
        return None if self.token is None else self._without_token(scope, headers, self.token)

    def _without_token(self, scope: Scope, headers: Headers, token: str) -> Response | None:
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if given and _same(given, token):
            # Out of the address, so that it is in no history and no screenshot.
            response = RedirectResponse(scope["path"], 303)
            response.set_cookie(_COOKIE, token, httponly=True, samesite="lax")
            return response
        try:
            kept = SimpleCookie(headers.get("cookie", "")).get(_COOKIE)
        except CookieError:
            kept = None
        if kept is not None and _same(kept.value, token):
            return None
        return PlainTextResponse("open the address with the token that `society view` printed", 403)


def _is_own(headers: Headers, host: str) -> bool:
    """Whether a request that changes something comes from a page of the app.

    No form of a foreign page can send JSON, and a script of one must ask first, in vain.
    """
    origin = headers.get("origin")
    is_json = headers.get("content-type", "").split(";")[0].strip() == "application/json"
    return is_json and (origin is None or urlsplit(origin).netloc == host)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
