"""What a browser may load and run on these pages.

NiceGUI's Vue compiles its templates in the browser ('unsafe-eval') and adds style elements
(inline styles). Its inline scripts get a nonce, so that no other inline script runs; nothing is
loaded from, or sent to, another host.
"""

from __future__ import annotations

import secrets

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NONCE_BYTES = 16


def content_security_policy(nonce: str) -> str:
    """Write the policy of one page.

    Args:
        nonce: What the page's inline scripts carry.

    Returns:
        The value of the header.
    """
    return (
        "default-src 'none'; "
        f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; script-src-attr 'none'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; media-src 'self'; worker-src 'self'; form-action 'self'; "
        "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )


def with_nonce(html: bytes, nonce: str) -> bytes:
    """Let the scripts of a page run.

    NiceGUI escapes whatever it writes into the page, so each tag found is one of the page's own.

    Args:
        html: The page.
        nonce: What its scripts are to carry.

    Returns:
        The page, with the nonce in all script tags.
    """
    return html.replace(b"<script", b'<script nonce="' + nonce.encode() + b'"')


class PagePolicy:
    """Gives pages their policy, and the microphone to nobody but them.

    Args:
        app: What it guards.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(NONCE_BYTES)
        start: Message | None = None
        body = bytearray()

        async def guarded(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = content_security_policy(nonce)
                headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(self)"
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
                if headers.get("content-type", "").startswith("text/html"):
                    start = message
                    return
            elif start is not None and message["type"] == "http.response.body":
                body.extend(message.get("body", b""))
                if message.get("more_body", False):
                    return
                html = with_nonce(bytes(body), nonce)
                MutableHeaders(scope=start)["Content-Length"] = str(len(html))
                await send(start)
                message = {"type": "http.response.body", "body": html}
            await send(message)

        await self._app(scope, receive, guarded)
