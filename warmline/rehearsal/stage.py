"""Where conversations are rehearsed: the real assistant and the real actions on data of their own.

The assistant is a child process; the action server runs in this one, so that each call can have
its own time. Nothing is spoken: this is the line without its media.
"""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Final

from sanic import Request, Sanic

from actions.server import create_app
from contact_center.database import Database
from contact_center.sealing import Seal
from contact_center.seed import seed
from voice_gateway.assistant import AssistantClient
from warmline.line_children import line_children
from warmline.rehearsal.conversation_file import MONDAY
from warmline.settings import Settings, load_settings
from warmline.supervisor import Echo, NotReadyError, SupervisionError, Supervisor
from warmline.training import model_path

_CUSTOMERS, _ORDERS = 20, 60
_NUMBERS: Final = count(1)
_MODEL_GONE: Final = "the assistant is not trained for the present data; run `make train`"


class StageError(Exception):
    """The stage cannot be set; the message is for the user."""


class Clock:
    """Tells each call its own time."""

    def __init__(self) -> None:
        self._times: dict[str, datetime] = {}
        self._call: ContextVar[str] = ContextVar("call", default="")

    def __call__(self) -> datetime:
        """Tell the time of the call whose turn is being answered."""
        return self._times.get(self._call.get()) or datetime.now(UTC)

    def set(self, call_id: str, now: datetime) -> None:
        """Say what time it is in a call.

        Args:
            call_id: The call.
            now: An aware time.
        """
        self._times[call_id] = now

    def enter(self, call_id: str) -> None:
        """Say whose turn this task answers.

        Args:
            call_id: The call.
        """
        self._call.set(call_id)


class Stage:
    """A stage that is set.

    Args:
        settings: With which everything runs.
        database: The one everybody shares.
        assistant: Talks to the assistant.
        clock: Tells each call its time.
    """

    def __init__(
        self, settings: Settings, database: Database, assistant: AssistantClient, clock: Clock
    ) -> None:
        self.settings = settings
        self.database = database
        self.assistant = assistant
        self.clock = clock


@asynccontextmanager
async def set_stage(
    folder: Path, *, model: Path | None = None, echo: Echo | None = None
) -> AsyncIterator[Stage]:
    """Start the assistant and the actions on a fresh database, and end them again.

    Args:
        folder: An empty folder for the data and the logs.
        model: The assistant's model; by default that of the present training data.
        echo: Is given the assistant's lines.

    Returns:
        The stage, ready for conversations.

    Raises:
        StageError: There is no model, or something does not start.
    """
    model = model or model_path()
    if not model.exists():
        raise StageError(_MODEL_GONE)
    assistant_port, actions_port = _free_ports(2)
    settings = load_settings(
        data_dir=folder,
        database_url="",
        tracker_url="",
        assistant_url=f"http://127.0.0.1:{assistant_port}",
        actions_url=f"http://127.0.0.1:{actions_port}/webhook",
    )
    clock = Clock()
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url, seal=Seal.of(settings))
        stack.push_async_callback(database.close)
        await database.migrate()
        await seed(database, MONDAY, customers=_CUSTOMERS, orders=_ORDERS)
        stack.push_async_callback(await _start_actions(settings, clock, actions_port))
        children = [each for each in line_children(settings, model) if each.name == "assistant"]
        supervisor = Supervisor(children, log_dir=folder / "log", echo=echo)
        stack.push_async_callback(supervisor.stop)
        try:
            await supervisor.start()
            await supervisor.ready()
        except (SupervisionError, NotReadyError) as error:
            raise StageError(f"the assistant does not start: {error}") from error
        client = AssistantClient(
            settings.assistant_url, settings.assistant_secret.get_secret_value()
        )
        stack.push_async_callback(client.close)
        yield Stage(settings, database, client, clock)


async def _start_actions(settings: Settings, clock: Clock, port: int) -> Callable[[], Any]:
    """Serve the actions from this process; returns what ends them."""
    secret = settings.actions_secret.get_secret_value()
    # Sanic insists on a new name for every app of a process.
    app = create_app(secret, settings, clock=clock, name=f"rehearsal_{next(_NUMBERS)}")
    # It rewrites Sanic's own methods, which can be done only once in a process.
    app.config.TOUCHUP = False

    @app.on_request
    async def enter_call(request: Request) -> None:
        body = request.json if request.method == "POST" else None
        clock.enter(str(body.get("sender_id") or "") if isinstance(body, dict) else "")

    # Sanic's server has no types.
    server: Any = await app.create_server(
        host="127.0.0.1", port=port, return_asyncio_server=True, access_log=False
    )
    if server is None:
        raise StageError("the action server does not start")
    await server.startup()
    await server.before_start()
    await server.after_start()
    await server.start_serving()

    async def stop() -> None:
        await server.before_stop()
        await server.close()
        await server.after_stop()
        Sanic.unregister_app(app)

    return stop


def _free_ports(wanted: int) -> list[int]:
    sockets = [socket.socket() for _ in range(wanted)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()
