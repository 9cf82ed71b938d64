"""The desk's pages as one ASGI app.

A room of pages is a class with `routes()`. All of them stand behind the same guards; the strict
headers are defaults, which a page that needs others may set for itself. What lies below `/desk` is
for staff who are signed in.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

import voice_gateway
from agent_desk.web.desk_addresses import DESK
from agent_desk.web.guards import OwnHost, QuietFailures, SafeHeaders, SmallBodies
from agent_desk.web.outbox_pages import OutboxPages
from agent_desk.web.reset_pages import ResetPages
from agent_desk.web.session_guard import SessionGuard
from agent_desk.web.sign_in_pages import SignInPages
from agent_desk.web.site import HERE, Site

CALL_PAGE = Path(voice_gateway.__file__).parent / "page"
ICON = CALL_PAGE / "icon.svg"
SOUND = ("sound.js", "audio_worklets.js")
"""Scripts that the desk shares with the call page, below `/static/sound`."""


def create_app(
    site: Site, more: Sequence[BaseRoute] = (), *, desk: Starlette | None = None
) -> Starlette:
    """Put the pages together.

    Args:
        site: Of which company.
        more: Further routes and mounted apps; those below `/desk` go before the desk's own.
        desk: The pages of the desk (or any ASGI app of Starlette's kind), mounted at `/desk`; its
            lifespan is run with that of the whole.

    Returns:
        The app.
    """

    async def front(_: Request) -> Response:
        return site.page(
            "front",
            shows_outbox=site.shows_outbox,
            call_page=site.call_page,
            desk_page=f"{DESK}/" if desk is not None else None,
        )

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

    async def bare_desk(_: Request) -> Response:
        return RedirectResponse(f"{DESK}/", 303)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            if desk is not None:
                await stack.enter_async_context(desk.router.lifespan_context(desk))
            yield

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
            *(_sound(name) for name in SOUND),
            Mount("/static", StaticFiles(directory=HERE / "static")),
            *ResetPages(site).routes(),
            *OutboxPages(site).routes(),
            *SignInPages(site).routes(),
            *more,
            *((Route(DESK, bare_desk), Mount(DESK, desk)) if desk is not None else ()),
        ],
        middleware=[
            Middleware(SafeHeaders, secure=urlsplit(url).scheme == "https"),
            Middleware(OwnHost, url=url),
            Middleware(SmallBodies),
            Middleware(QuietFailures, sorry=sorry),
            Middleware(SessionGuard, site=site),
        ],
        exception_handlers={HTTPException: not_served},
        lifespan=lifespan,
    )


def _sound(name: str) -> Route:
    async def script(_: Request) -> Response:
        return FileResponse(CALL_PAGE / name, media_type="text/javascript")

    return Route(f"/static/sound/{name}", script)
