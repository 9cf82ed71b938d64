"""The pages as one ASGI app, to be mounted below `/desk`.

NiceGUI keeps its state in the process: one desk at a time can be served by it. The parent app must
run this app's lifespan (`pages.router.lifespan_context(pages)`); when that has ended, another desk
may be mounted in the same process.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from nicegui import app as nicegui
from nicegui import background_tasks, core, ui
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

from agent_desk.pages import agent_page, calls_page, supervisor_page
from agent_desk.pages.page_policy import PagePolicy
from agent_desk.pages.services import DeskServices

STATIC = Path(__file__).parent / "static"
RECONNECT_WITHIN_S = 10.0
"""How long a page whose connection broke may take to come back without being built anew."""

Register = Callable[[DeskServices], None]
PAGES: tuple[Register, ...] = (
    agent_page.register,
    supervisor_page.register,
    calls_page.register,
)


def desk_pages(services: DeskServices, pages: Sequence[Register] = PAGES) -> FastAPI:
    """Put the pages together.

    Args:
        services: What they work with.
        pages: What registers each page with NiceGUI, at the paths `/`, `/floor` and `/calls`.

    Returns:
        The app, for a mount whose parent runs its lifespan.

    Raises:
        RuntimeError: Pages of this process are being served already.
    """
    if not nicegui.is_stopped:
        raise RuntimeError("a process can serve the desk's pages only once at a time")
    if nicegui.config.has_run_config:
        _forget_the_last()
    core.sio.eio.transports = ["websocket"]
    parent = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=_quiet_end)
    parent.mount("/static", StaticFiles(directory=STATIC))
    for register in pages:
        register(services)
    nicegui.config.socket_io_js_transports = ["websocket"]
    nicegui.add_exception_handler(404, _not_here)
    ui.run_with(
        parent,
        title=services.settings.company_name,
        favicon=Path(__file__).parent.parent.parent / "voice_gateway" / "page" / "icon.svg",
        dark=None,
        language="en-US",
        tailwind=False,
        unocss=None,
        prod_js=True,
        gzip_middleware_factory=None,
        reconnect_timeout=RECONNECT_WITHIN_S,
        # Nobody waits for a page: what it shows is pushed to it.
        binding_refresh_interval=None,
        show_welcome_message=False,
    )
    parent.add_middleware(PagePolicy)
    parent.add_middleware(GZipMiddleware, minimum_size=1024)
    return parent


def _forget_the_last() -> None:
    """Make NiceGUI as it is in a new process."""
    nicegui.middleware_stack = None
    nicegui.user_middleware.clear()
    nicegui.reset()
    background_tasks.reset()
    core.reset()
    core.sio.eio.start_service_task = True
    core.sio.eio.service_task_handle = core.sio.eio.service_task_event = None


@asynccontextmanager
async def _quiet_end(_: FastAPI) -> AsyncIterator[None]:
    yield
    # The task that watches the connections would outlive the pages.
    await core.sio.shutdown()


async def _not_here(_: Request, __: Exception) -> Response:
    return PlainTextResponse("There is nothing here.\n", 404)
