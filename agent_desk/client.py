"""A desk as a program: one connection to the server's `/v1/desk`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

from pydantic import BaseModel
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from agent_desk.desk_protocol import (
    PATH,
    TOO_MANY_ERRORS,
    UNAUTHORISED,
    Accept,
    Close,
    ComeBack,
    Consult,
    Decline,
    DeskMessage,
    EndConsult,
    HangUp,
    Hello,
    Hold,
    Offered,
    PassOn,
    ProtocolError,
    Say,
    ServerMessage,
    Snapshot,
    TakeBreak,
    parse_server_message,
    serialise,
)
from agent_desk.desk_state import DeskState
from contact_center.wrap_up import Disposition

# A packet with the transcript of a long call is a few hundred kilobytes.
_MAX_SERVER_MESSAGE = 32 * 1024 * 1024
_SCHEMES = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}

M = TypeVar("M", bound=BaseModel)


class DeskConnectionError(ConnectionError):
    """There is no connection to the server, or it has ended.

    Args:
        message: One sentence for people.
        final: True when trying again would not help: the server refused this agent.
    """

    def __init__(self, message: str, *, final: bool = False) -> None:
        super().__init__(message)
        self.final = final


def desk_url(server: str) -> str:
    """Find the desk's address on a server.

    Args:
        server: The server's address, as `http://host:port` or `ws://host:port`.

    Returns:
        The WebSocket address of its desk.

    Raises:
        ValueError: It is no such address.
    """
    parts = urlsplit(server)
    if parts.scheme not in _SCHEMES or not parts.netloc:
        raise ValueError(f"'{server}' is not an address such as http://127.0.0.1:8900")
    base = parts.path.rstrip("/").removesuffix(PATH)
    return urlunsplit((_SCHEMES[parts.scheme], parts.netloc, base + PATH, "", ""))


class DeskClient:
    """One connection of an agent's desk; made by `DeskClient.connect`.

    `state` is up to date with every message received so far.
    """

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self.state = DeskState()

    @classmethod
    @asynccontextmanager
    async def connect(
        cls, server: str, token: str, *, within_s: float = 10.0
    ) -> AsyncIterator[DeskClient]:
        """Connect, say who is there, and receive what waits.

        Args:
            server: The server's address, as `http://host:port` or `ws://host:port`.
            token: A fresh token with scope `desk`.
            within_s: Seconds for each of: connecting, the first answer.

        Yields:
            The connected desk; its `state` has the waiting hand-offs.

        Raises:
            DeskConnectionError: The server is not there or refuses.
        """
        address = desk_url(server)
        try:
            connection = await connect(
                address, open_timeout=within_s, max_size=_MAX_SERVER_MESSAGE, close_timeout=2
            )
        except (OSError, TimeoutError, WebSocketException) as error:
            raise DeskConnectionError(f"No server answers at {address}: {error}") from error
        async with connection:
            desk = cls(connection)
            await desk._send(Hello(token=token))
            await desk.wait_for(Snapshot, within_s=within_s)
            yield desk

    async def receive(self) -> ServerMessage:
        """Wait for the next message.

        Returns:
            The message, already part of `state`.

        Raises:
            DeskConnectionError: The connection has ended.
        """
        while True:
            try:
                data = await self._connection.recv()
            except ConnectionClosed as closed:
                raise _why(closed) from closed
            try:
                message = parse_server_message(data)
            except ProtocolError as error:
                if error.code == "unknown_type":  # a newer server; what is needed is known here
                    continue
                raise DeskConnectionError(f"The server is not understood: {error}") from error
            self.state.apply(message)
            return message

    async def wait_for(self, *kinds: type[M], within_s: float = 10.0) -> M:
        """Receive until a message of one of these kinds arrives.

        Args:
            kinds: Message classes.
            within_s: Seconds to wait at most.

        Returns:
            That message; those before it are part of `state`.

        Raises:
            TimeoutError: None came in time.
            DeskConnectionError: The connection has ended.
        """
        async with asyncio.timeout(within_s):
            while True:
                message = await self.receive()
                if isinstance(message, kinds):
                    return message

    async def next_offer(self, *, within_s: float = 60.0) -> Offered:
        """Wait until the agent is asked to take a caller.

        Args:
            within_s: Seconds to wait at most.

        Returns:
            The offer.

        Raises:
            TimeoutError: None came in time.
            DeskConnectionError: The connection has ended.
        """
        async with asyncio.timeout(within_s):
            while self.state.offer is None:
                await self.receive()
        return self.state.offer

    async def accept(self, handoff_id: str) -> None:
        """Take the caller one is asked for; `Accepted`, `Taken` or `Error` answers.

        Args:
            handoff_id: The hand-off.
        """
        await self._send(Accept(handoff_id=handoff_id))

    async def decline(self, handoff_id: str) -> None:
        """Leave a hand-off to others; `Withdrawn` answers.

        Args:
            handoff_id: The hand-off.
        """
        await self._send(Decline(handoff_id=handoff_id))

    async def say(self, text: str) -> None:
        """Have a line spoken to the caller; it comes back as a `Turn`, or an `Error` does.

        Args:
            text: At most `MAX_TEXT` characters.
        """
        # Checked by the server, whose answer the agent sees like any other.
        await self._send(Say.model_construct(text=text))

    async def close(self, disposition: Disposition, notes: str = "") -> None:
        """End the conversation; `Closed` answers.

        Args:
            disposition: How it went.
            notes: For colleagues.
        """
        await self._send(Close(disposition=disposition, notes=notes))

    async def hold(self, on: bool) -> None:
        """Let the caller hear music, or take them back; `Conversation` answers.

        Args:
            on: Whether they are on hold.
        """
        await self._send(Hold(on=on))

    async def consult(self, agent_name: str) -> None:
        """Ask a colleague; `Conversation` answers.

        Args:
            agent_name: The colleague.
        """
        await self._send(Consult(agent_name=agent_name))

    async def end_consult(self, *, join: bool = False) -> None:
        """Go back to the caller; `Conversation` answers.

        Args:
            join: Whether the colleague comes along.
        """
        await self._send(EndConsult(join=join))

    async def pass_on(self, queue: str, note: str = "") -> None:
        """Give the caller on to a queue; `Released` answers.

        Args:
            queue: The queue.
            note: For the next agent.
        """
        await self._send(PassOn(queue=queue, note=note))

    async def hang_up(self) -> None:
        """End the call; `CallEnded` answers, and the wrap-up is still to be closed."""
        await self._send(HangUp())

    async def take_break(self, reason: str) -> None:
        """Be offered nobody; `Status` answers.

        Args:
            reason: Why.
        """
        await self._send(TakeBreak(reason=reason))

    async def come_back(self) -> None:
        """Be offered callers again; `Status` answers."""
        await self._send(ComeBack())

    async def _send(self, message: DeskMessage) -> None:
        try:
            await self._connection.send(serialise(message))
        except ConnectionClosed as closed:
            raise _why(closed) from closed


def _why(closed: ConnectionClosed) -> DeskConnectionError:
    code = closed.rcvd.code if closed.rcvd is not None else None
    reason = closed.rcvd.reason if closed.rcvd is not None else ""
    return DeskConnectionError(
        reason or "The connection to the server was lost.",
        final=code in {UNAUTHORISED, TOO_MANY_ERRORS},
    )
