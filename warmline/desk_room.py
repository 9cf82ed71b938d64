"""The agents' desk of one server: who is asked, where they work, and the pages they see."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import timedelta

from starlette.websockets import WebSocket

from agent_desk.desk import Desk
from agent_desk.pages.mount import desk_pages
from agent_desk.pages.services import DeskServices
from agent_desk.supervision import Supervision
from agent_desk.web.app import create_app
from agent_desk.web.audio_socket import audio_routes
from agent_desk.web.recording_files import RecordingFiles
from agent_desk.web.server import WebServer
from agent_desk.web.session_guard import staff_of
from agent_desk.web.site import Site
from contact_center.call_list import CallList
from contact_center.customer_profile import CustomerProfiles
from contact_center.floor import Floor
from contact_center.knowledge import Knowledge
from contact_center.recordings import Recordings
from contact_center.routing.dispatcher import Dispatcher
from contact_center.routing.roster import Roster
from contact_center.tickets import Tickets
from contact_center.wrap_up import WrapUps
from voice_gateway.call import Exchange
from voice_gateway.recording.retention import RecordingRetention
from warmline.clock import clock_of
from warmline.places import NLU_DATA
from warmline.settings import Settings


async def open_desk(settings: Settings, exchange: Exchange, stack: AsyncExitStack) -> Desk:
    """Open the desk and serve its pages, until the stack is closed.

    Args:
        settings: As `load_settings` gives them.
        exchange: The calls of this server.
        stack: What closes it all.

    Returns:
        The desk, for the terminals that connect to it.

    Raises:
        OSError: The port of the pages cannot be had.
        StorageError: The database cannot be used.
    """
    database, events = exchange.database, exchange.events
    roster = Roster(database)
    dispatcher = await stack.enter_async_context(
        Dispatcher(exchange.queue_line, roster, events, server=exchange.server, clock=exchange.now)
    )
    desk = await stack.enter_async_context(
        Desk(
            database,
            exchange.registry,
            events,
            exchange.queue_line,
            roster,
            dispatcher,
            exchange.legs,
            settings=settings,
            server=exchange.server,
            clock=exchange.now,
        )
    )
    await stack.enter_async_context(
        RecordingRetention(
            Recordings(database),
            settings.recordings_dir,
            timedelta(days=settings.recording_days),
            clock=exchange.now,
        )
    )
    await stack.enter_async_context(_pages(settings, exchange, desk))
    return desk


def _pages(settings: Settings, exchange: Exchange, desk: Desk) -> WebServer:
    database = exchange.database
    site = Site(
        settings,
        database,
        shows_outbox=settings.shows_outbox,
        call_page=settings.public_url if settings.development_tokens else None,
        clock=clock_of(settings),
    )
    services = DeskServices(
        settings=settings,
        database=database,
        desk=desk,
        registry=exchange.registry,
        legs=exchange.legs,
        wrap_ups=WrapUps(database, settings),
        tickets=Tickets(database, settings),
        knowledge=Knowledge(NLU_DATA / "knowledge"),
        profiles=CustomerProfiles(database, settings),
        recordings=Recordings(database),
        floor=Floor(database, settings.routing, settings.zone),
        call_list=CallList(database, settings.zone),
        supervision=Supervision(database, exchange.registry, exchange.legs, exchange.now),
        clock=exchange.now,
    )
    app = create_app(
        site,
        [
            *audio_routes(exchange.legs, _name_of),
            *RecordingFiles(site, settings.recordings_dir).routes(),
        ],
        desk=desk_pages(services),
    )
    return WebServer(
        app,
        host=settings.host,
        port=settings.desk_port,
        trusted_proxies=settings.trusted_proxies,
    )


def _name_of(socket: WebSocket) -> str:
    return staff_of(socket).staff.name
