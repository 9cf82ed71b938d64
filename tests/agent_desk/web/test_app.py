"""How the pages are put together: what is mounted, served and run with them."""

from __future__ import annotations

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from agent_desk.web.app import SOUND, create_app
from agent_desk.web.server import WebServer
from agent_desk.web.site import Site
from contact_center.database import Database
from contact_center.settings import ContactCenterSettings

from .conftest import ServeDesk
from .small_desk import add_staff, sign_in, small_desk

pytestmark = pytest.mark.usefixtures("light_passwords")


async def test_the_mounted_desk_lives_as_long_as_the_server() -> None:
    life: list[str] = []
    site = Site(ContactCenterSettings(), Database("sqlite://"))
    app = create_app(site, desk=small_desk(life))
    async with WebServer(app, host="127.0.0.1", port=0):
        assert life == ["begun"]
    assert life == ["begun", "ended"]


async def test_what_is_added_goes_before_the_mounted_desk(serve_desk: ServeDesk) -> None:
    async def page(_: Request) -> Response:
        return PlainTextResponse("before")

    desk = await serve_desk(more=[Route("/desk/calls/{call_id}", page)], pages=small_desk())
    assert (await desk.client.get("/desk/calls/c1")).status_code == 303
    await add_staff(desk, "Kim", "designer")
    await sign_in(desk, "Kim")
    assert (await desk.client.get("/desk/calls/c1")).text == "before"
    assert (await desk.client.get("/desk/calls")).text.startswith("Kim designer")


@pytest.mark.parametrize("name", SOUND)
async def test_the_desk_has_the_call_page_s_way_with_sound(
    serve_desk: ServeDesk, name: str
) -> None:
    desk = await serve_desk()
    script = await desk.client.get(f"/static/sound/{name}")
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.text
    assert (await desk.client.get("/static/sound/call.js")).status_code == 404


async def test_on_one_s_own_machine_the_front_page_leads_to_the_desk(
    serve_desk: ServeDesk,
) -> None:
    desk = await serve_desk(shows_outbox=True, pages=small_desk())
    assert 'href="/desk/"' in (await desk.client.get("/")).text
