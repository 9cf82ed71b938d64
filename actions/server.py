"""The action server: Rasa's action protocol over HTTP, for whoever knows the secret.

An exception in a skill is a 500 without details: the details are in the log, the assistant needs
only to know that the turn failed. A guess at what a caller is about to say may only read; where its
answer would do something, it is a 409.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from contextlib import nullcontext
from traceback import extract_tb
from typing import Any

import structlog
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionNotFoundException
from sanic import Request, Sanic
from sanic.exceptions import SanicException
from sanic.response import HTTPResponse, json

from actions.business import Business, Clock
from actions.skill import SkillAction
from actions.skills import SKILLS
from contact_center.database import Database
from contact_center.only_reading import WriteRefused, only_reading
from contact_center.sealing import Seal
from contact_center.settings import ContactCenterSettings

log = structlog.get_logger(__name__)

FRAMES = 8
"""How many of the innermost frames of a failure are logged."""


def create_app(
    secret: str,
    settings: ContactCenterSettings,
    *,
    clock: Clock | None = None,
    name: str = "warmline_actions",
) -> Sanic[Any, Any]:
    """Create the action server.

    Args:
        secret: What the assistant must present as a bearer token.
        settings: Where the database is, and the company's settings.
        clock: Where the time comes from; by default the system, or `WARMLINE_NOW`.
        name: Sanic's name for the app, unique within a process.

    Returns:
        An app that opens the database when it starts and closes it when it stops.

    Raises:
        ValueError: The secret is empty.
    """
    if not secret:
        raise ValueError("the action server needs a secret: set WARMLINE_ACTIONS_SECRET")
    authorisation = f"Bearer {secret}".encode()
    app: Sanic[Any, Any] = Sanic(name, configure_logging=False)
    executor = ActionExecutor()
    # Without a secret everything works except the sending of codes, which says what is missing.
    seal = Seal.of(settings) if settings.outbox_secrets else None
    database = Database(settings.database_url, seal=seal)

    @app.before_server_start
    async def open_database(_: Sanic[Any, Any]) -> None:
        await database.migrate()
        business = Business.over(database, settings, clock)
        for action in SKILLS:
            executor.register_action(SkillAction(action, business))
        # The first look at the calendar computes the holidays; better now than in a call.
        await business.opening_hours.is_open(business.now())

    @app.after_server_stop
    async def close_database(_: Sanic[Any, Any]) -> None:
        await database.close()

    @app.get("/health")
    async def health(_: Request) -> HTTPResponse:
        return json({"status": "ok"})

    @app.post("/webhook")
    async def webhook(request: Request) -> HTTPResponse:
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, authorisation):
            return json({"error": "wrong or missing secret"}, status=401)
        call = request.json
        if not isinstance(call, dict) or "tracker" not in call:
            return json({"error": "not an action call"}, status=422)
        try:
            with only_reading() if is_guess(call) else nullcontext():
                # The assistant does not send its domain, which the executor insists on.
                result = await executor.run({**call, "domain": {}})
        except WriteRefused as refusal:
            return json({"error": str(refusal)}, status=409)
        except ActionNotFoundException as error:
            return json({"error": f"there is no action {error.action_name}"}, status=404)
        return json(result.model_dump() if result else {"events": [], "responses": []})

    @app.exception(Exception)
    async def failed(request: Request, error: Exception) -> HTTPResponse:
        if isinstance(error, SanicException):
            return json({"error": str(error)}, status=error.status_code)
        # Frames without messages or variables: those may hold what a caller said, or a code.
        where = [f"{frame.filename}:{frame.lineno}" for frame in extract_tb(error.__traceback__)]
        log.error("action failed", error=type(error).__name__, where=where[-FRAMES:])
        return json({"error": type(error).__name__}, status=500)

    return app


def is_guess(call: Mapping[str, Any]) -> bool:
    """Tell whether an action is called for what the caller may not have said in full.

    Args:
        call: As the assistant sent it.

    Returns:
        Whether the latest message is marked as a guess.
    """
    latest = (call.get("tracker") or {}).get("latest_message") or {}
    return (latest.get("metadata") or {}).get("guess") is True
