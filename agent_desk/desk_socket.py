"""Desks over a WebSocket: the handler of the path `/v1/desk`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import structlog
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from agent_desk.desk import Desk
from agent_desk.desk_link import DeskLink, LinkOptions, close_reason
from agent_desk.desk_protocol import (
    HELLO_TIMEOUT,
    TOO_MANY_ERRORS,
    TRY_AGAIN_LATER,
    UNAUTHORISED,
    Accept,
    Close,
    ComeBack,
    Consult,
    Decline,
    DeskMessage,
    EndConsult,
    Error,
    HangUp,
    Hello,
    Hold,
    KeepNotes,
    Mute,
    PassOn,
    ProtocolError,
    Say,
    TakeBreak,
    parse_desk_message,
    serialise,
)
from agent_desk.plain_text import plain
from agent_desk.workplace import DeskError, Workplace
from contact_center.database import StorageError
from contact_center.wrap_up import FollowUp, WrapUp
from voice_gateway.tokens import TokenError, TokenVerifier

log = structlog.get_logger(__name__)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class DeskSocket:
    """Lets programs and terminals work at the desk; register `handle` for `desk_protocol.PATH`.

    Args:
        desk: Where the agents work.
        verifier: Checks the desks' tokens.
        options: How patient to be with connections.
        clock: Gives the time, aware.
    """

    def __init__(
        self,
        desk: Desk,
        verifier: TokenVerifier,
        options: LinkOptions | None = None,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._desk = desk
        self._verifier = verifier
        self._options = options or LinkOptions()
        self._clock = clock

    async def handle(self, connection: ServerConnection) -> None:
        """Serve one desk until its connection ends.

        Args:
            connection: A connection whose opening handshake is done.
        """
        with suppress(ConnectionClosed):
            name = await self._welcome(connection)
            if name is not None:
                await self._attend(name, DeskLink(connection, self._options))

    async def _welcome(self, connection: ServerConnection) -> str | None:
        """Find out who is there; None when the connection was refused."""
        try:
            async with asyncio.timeout(self._options.hello_timeout_s):
                data = await connection.recv()
        except TimeoutError:
            await connection.close(HELLO_TIMEOUT, "Say hello first.")
            return None
        try:
            message = parse_desk_message(data)
            if not isinstance(message, Hello):
                raise ProtocolError("hello_first", "The first message is `hello`.")
            claims = self._verifier.verify(message.token, "desk", self._clock())
            name = plain(claims.name, 60)
            if not name:
                raise ProtocolError("no_name", "The token does not say who the agent is.")
        except (ProtocolError, TokenError) as error:
            await connection.send(serialise(Error(code=error.code, message=str(error))))
            await connection.close(UNAUTHORISED, close_reason(str(error)))
            return None
        return name

    async def _attend(self, name: str, link: DeskLink) -> None:
        try:
            workplace = await self._desk.open(name)
        except StorageError as error:
            log.error("desk_storage_failed", agent=name, error=str(error))
            await link.connection.close(TRY_AGAIN_LATER, "The database does not answer.")
            return
        writer = asyncio.create_task(link.write())
        unwatch = workplace.watch(link.send)
        for message in workplace.state.told(self._clock()):
            link.send(message)
        try:
            await self._listen(workplace, link)
        finally:
            unwatch()
            writer.cancel()

    async def _listen(self, workplace: Workplace, link: DeskLink) -> None:
        async for data in link.connection:
            try:
                await self._obey(workplace, parse_desk_message(data))
            except ProtocolError as error:
                link.send(Error(code=error.code, message=error.message))
                if not link.forgives_mistake():
                    link.close(TOO_MANY_ERRORS, "Too many malformed messages.")
            except DeskError as error:
                link.send(Error(code=error.code, message=error.message))
            except Exception:  # a mistake of ours; the agent can try again on the same connection
                log.exception("desk_message_failed", agent=workplace.name)
                link.send(Error(code="internal", message="That did not work here; try again."))

    async def _obey(self, workplace: Workplace, message: DeskMessage) -> None:
        match message:
            case Accept(handoff_id=handoff_id):
                await workplace.accept(handoff_id)
            case Decline(handoff_id=handoff_id):
                if not await workplace.decline(handoff_id):
                    raise DeskError("not_offered", "You are not asked to take that one.")
            case Say(text=text):
                await workplace.say(text)
            case Close():
                await workplace.close(_wrap_up(message), message.then, message.reason)
            case Hold(on=on):
                await workplace.hold(on)
            case Mute(on=on):
                await workplace.mute(on)
            case Consult(agent_name=agent_name):
                await workplace.consult(agent_name)
            case EndConsult(join=join):
                await workplace.end_consult(join)
            case PassOn(queue=queue, note=note):
                await workplace.pass_on(queue, note)
            case HangUp():
                await workplace.hang_up()
            case TakeBreak(reason=reason):
                await workplace.take_break(reason)
            case ComeBack():
                await workplace.come_back()
            case KeepNotes(text=text):
                await workplace.keep_notes(text)
            case Hello():
                raise DeskError("hello_again", "This desk is open already.")


def _wrap_up(message: Close) -> WrapUp:
    due = message.follow_up
    return WrapUp(
        disposition=message.disposition,
        summary=message.summary,
        notes=message.notes,
        follow_up=None if due is None else FollowUp(due.what, due.due),
    )
