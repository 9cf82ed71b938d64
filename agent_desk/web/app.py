"""The desk's pages as one ASGI app.

A room of pages is a class with `routes()`. All of them stand behind the same guards; the strict
headers are defaults, which a page that needs others may set for itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

import voice_gateway
from agent_desk.web.guards import OwnHost, QuietFailures, SafeHeaders, SmallBodies
from agent_desk.web.outbox_pages import OutboxPages
from agent_desk.web.reset_pages import ResetPages
from agent_desk.web.site import HERE, Site

ICON = Path(voice_gateway.__file__).parent / "page" / "icon.svg"


def create_app(site: Site, more: Sequence[BaseRoute] = ()) -> Starlette:
    """Put the pages together.

    Args:
        site: Of which company.
        more: Further routes and mounted apps.

    Returns:
        The app.
    """

    async def front(_: Request) -> Response:
        return site.page("front", shows_outbox=site.shows_outbox, call_page=site.call_page)

    async def icon(_: Request) -> Response:
        return FileResponse(ICON, media_type="image/svg+xml")

    async def not_served(_: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        if status == 404:
            return site.message(
                404,
                "There is nothing here",
                "If you followed a link from one of our messages, see that all of it was copied.",
            )
        headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
        return site.message(status, "That does not work here", headers=headers)

    sorry = site.message(
        500,
        "Something went wrong at our side",
        "Nothing was changed. Please try again in a few minutes, or call us.",
    )
    url = site.settings.desk_url
    return Starlette(
        routes=[
            Route("/", front),
            Route("/icon.svg", icon),
            Mount("/static", StaticFiles(directory=HERE / "static")),
            *ResetPages(site).routes(),
            *OutboxPages(site).routes(),
            *more,
        ],
        middleware=[
            Middleware(SafeHeaders, secure=urlsplit(url).scheme == "https"),
            Middleware(OwnHost, url=url),
            Middleware(SmallBodies),
            Middleware(QuietFailures, sorry=sorry),
        ],
        exception_handlers={HTTPException: not_served},
    )
