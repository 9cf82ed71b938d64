"""The desk in a terminal: an agent works it through a pipe, as a person would with a keyboard."""

from __future__ import annotations

import asyncio
import io
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.console import Console
from websockets.asyncio.server import serve

from agent_desk.client import DeskConnectionError
from agent_desk.line_input import LineInput
from agent_desk.terminal import TerminalDesk
from contact_center.handoff_packet import HandoffPacket
from voice_gateway.conversation.events import AgentAccepted, AgentClosed, AgentHungUp, AgentSaid

from .conftest import until

if TYPE_CHECKING:
    from tests.agent_desk.conftest import InTerminal, Line

MakePacket = Callable[..., HandoffPacket]

PROGRAM = """
import asyncio, sys
from agent_desk.terminal import run_terminal_desk

async def new_token():
    return sys.argv[2]

sys.exit(0 if asyncio.run(run_terminal_desk(sys.argv[1], new_token)) else 1)
"""


class Terminal:
    """A running terminal desk: what it shows, and a way to type."""

    def __init__(self, keyboard: int, screen: io.StringIO, running: asyncio.Task[bool]) -> None:
        self._keyboard = keyboard
        self._screen = screen
        self._read = 0
        self.running = running

    def type(self, line: str) -> None:
        os.write(self._keyboard, f"{line}\n".encode())

    async def shows(self, text: str) -> str:
        """Wait for a text, and give everything shown since the last one waited for."""
        async with asyncio.timeout(20):
            while True:
                shown = self._screen.getvalue()
                found = shown.find(text, self._read)
                if found >= 0:
                    since, self._read = self._read, found + len(text)
                    return shown[since : self._read]
                await asyncio.sleep(0.01)

    def screen(self) -> str:
        return self._screen.getvalue()


@asynccontextmanager
async def terminal(line: Line, name: str = "Sam") -> AsyncIterator[Terminal]:
    reading, writing = os.pipe()
    screen = io.StringIO()
    console = Console(file=screen, width=100)

    async def new_token() -> str:
        return line.token(name)

    desk = TerminalDesk(line.url, new_token, console, LineInput(reading))
    running = asyncio.create_task(desk.run())
    try:
        yield Terminal(writing, screen, running)
    finally:
        os.close(writing)
        async with asyncio.timeout(20):
            await running
        os.close(reading)


async def test_an_agent_takes_a_call_speaks_and_closes_it(line: Line, packet: MakePacket) -> None:
    call = await line.call()
    await line.turn("t1", "bot", "How can I help?")
    words: list[dict[str, Any]] = [
        {"text": "my", "confidence": 0.9},
        {"text": "lamp", "confidence": 0.3},
    ]
    await line.turn("t2", "caller", "my lamp", words=words, confidence=0.6)
    async with terminal(line) as screen:
        await screen.shows("Nobody waits.")
        await line.offer(packet(complaint=None))
        await screen.shows("emotion · Maria Delgado · The floor lamp is six days late.")
        screen.type("a")
        panel = await screen.shows("You are on the call")
        screen.type("Hello Maria, the lamp comes tomorrow.")
        await until(lambda: AgentSaid("Hello Maria, the lamp comes tomorrow.", "Sam") in call)
        await line.turn("t3", "agent", "Hello Maria, the lamp comes tomorrow.")
        await screen.shows("you Hello Maria, the lamp comes tomorrow.")
        await line.turn("t4", "caller", "thank you so much")
        await screen.shows("caller thank you so much")
        screen.type("/close res sent by express")
        await screen.shows("Closed: resolved.")
        screen.type("/quit")
        assert await screen.running

    for expected in (
        "Do not ask again",
        "name, phone number, reason for the call, order number",
        "a date, or the money back",
        "a colleague takes over",
        "no refund was made",
        "claimed (caller number)",
        "715204",
        "LATE",
        "wanted to know about the lamp",
        "bot How can I help?",
        "caller my lamp(?)",
    ):
        assert expected in panel
    assert call == [
        AgentAccepted("Sam"),
        AgentSaid("Hello Maria, the lamp comes tomorrow.", "Sam"),
        AgentClosed("resolved"),
    ]
    assert (await line.handoffs.get("h1")).notes == "sent by express"


async def test_an_offer_is_left_and_who_waits_is_listed(line: Line, packet: MakePacket) -> None:
    await line.call()
    await line.roster.sign_in("Sam", datetime.now(UTC))
    await line.roster.take_break("Sam", "lunch", datetime.now(UTC))
    await line.offer(packet())
    async with terminal(line) as screen:
        await screen.shows("emotion · Maria Delgado")
        await screen.shows("You are on a break: lunch. /back ends it.")
        screen.type("a")
        await screen.shows("You are not asked to take anybody.")
        screen.type("/list")
        await screen.shows("emotion · Maria Delgado")
        screen.type("/back")
        await screen.shows("You are back.")
        await screen.shows("a takes them, d leaves them to others")
        screen.type("d")
        await screen.shows("You are not asked any more: declined.")


async def test_a_caller_is_passed_on_and_a_call_is_ended(line: Line, packet: MakePacket) -> None:
    call = await line.call()
    async with terminal(line) as screen:
        await screen.shows("Nobody waits.")
        await line.offer(packet())
        await screen.shows("a takes them")
        screen.type("a")
        await screen.shows("You are on the call")
        screen.type("/pass billing wants the money back")
        await screen.shows("The caller is passed on, and you are free.")
        await screen.shows("a takes them")
        screen.type("a")
        await screen.shows("Sam passed this on: wants the money back")
        screen.type("/hangup")
        await until(lambda: AgentHungUp() in call)
        await line.hang_up()
        await screen.shows("Finish with /close OUTCOME NOTES.")


async def test_the_agent_is_told_what_was_not_done(line: Line, packet: MakePacket) -> None:
    await line.call()
    async with terminal(line) as screen:
        await screen.shows("Nobody waits.")
        await line.offer(packet())
        await screen.shows("a takes them")
        screen.type("hello?")
        await screen.shows("You are not on a call")
        screen.type("/packet")
        await screen.shows("You are not on a call.")
        screen.type("/help")
        await screen.shows("/close OUTCOME NOTES")
        screen.type("a")
        await screen.shows("You are on the call")
        screen.type("/close")
        await screen.shows("How did it end?")
        screen.type("x" * 501)
        await screen.shows("at most 500 characters")
        screen.type("/packet")
        await screen.shows("Do not ask again")
        screen.type("/quit")
        await screen.shows("A caller is with you")
        screen.type("/quit")
        await screen.running


async def test_nothing_a_caller_says_reaches_the_terminal_raw(
    line: Line, packet: MakePacket
) -> None:
    await line.call()
    hostile = "\x1b]0;owned\x07\x1b[2J[bold red]hi[/] \x9b31m\u202e:boom: [link=http://x]y[/link]"
    clean = "[bold red]hi[/] :boom: [link=http://x]y[/link]"
    await line.turn("t1", "caller", hostile)
    given = packet(
        summary={"issue": hostile, "tried": [hostile], "asks_for": hostile, "promises": [hostile]},
        actions_done=[hostile],
        slots={hostile: {"value": hostile}},
        suggestions=[hostile],
        identity={"level": "claimed", "how": hostile},
    )
    async with terminal(line) as screen:
        await screen.shows("Nobody waits.")
        await line.offer(given)
        await screen.shows("a takes them")
        screen.type("a")
        await screen.shows(f"caller {clean}")
        await line.turn("t2", "caller", f"{hostile} again")
        await screen.shows(f"caller {clean} again")
        everything = screen.screen()

    assert not set(everything) & set("\x1b\x07\x9b\u202e")


async def test_the_desk_connects_again_when_the_server_restarts(
    line: Line, packet: MakePacket
) -> None:
    port = int(line.url.rpartition(":")[2])
    async with terminal(line) as screen:
        await screen.shows("Nobody waits.")
        line.server.close()
        await line.server.wait_closed()
        await screen.shows("Trying again.")
        screen.type("a")
        await screen.shows("You are not asked to take anybody.")
        await line.call()
        await line.offer(packet())
        async with serve(line.socket.handle, "127.0.0.1", port, close_timeout=1):
            await screen.shows("You are Sam.")
            await screen.shows("emotion · Maria Delgado")
            screen.type("/quit")
            await screen.running


async def test_a_refused_agent_is_told_why_and_the_desk_ends(line: Line) -> None:
    line.token = lambda *args, **changes: "nonsense"  # type: ignore[method-assign]
    async with terminal(line) as screen:
        await screen.shows("the token is not one of this server's")
        assert await screen.running is False


async def test_without_a_token_the_desk_says_so_and_tries_again(line: Line) -> None:
    def no_token(*args: object, **changes: object) -> str:
        raise DeskConnectionError("The server gives no token.")

    line.token = no_token  # type: ignore[method-assign]
    async with terminal(line) as screen:
        await screen.shows("The server gives no token. Trying again.")
        screen.type("/quit")
        assert await screen.running


async def test_in_a_terminal_news_appears_above_what_the_agent_types(
    line: Line, packet: MakePacket, in_terminal: InTerminal
) -> None:
    call = await line.call()
    hostile = "the \x1b[2Jlamp\x1b]0;owned\x07"
    with in_terminal(PROGRAM, line.url, line.token()) as screen:
        await screen.shows("Nobody waits. >")
        screen.type("/acc")
        await screen.shows("/acc")
        await line.offer(packet(complaint=None))
        await screen.shows("emotion · Maria Delgado · The floor lamp is six days late.")
        await screen.shows("d leaves them to others > /acc")
        screen.type("ept\r")
        await screen.shows("You are on the call: what you type is spoken. caller >")
        screen.type("Tomorrow, I")
        await screen.shows("Tomorrow, I")
        await line.turn("t1", "caller", hostile)
        await screen.shows("caller the lamp caller > Tomorrow, I")
        screen.type(" think.\r")
        await until(lambda: AgentSaid("Tomorrow, I think.", "Sam") in call)
        screen.type("/close resolved\r")
        await screen.shows("Closed: resolved. >")
        screen.type("\x04")
        assert await screen.ended() == 0

    assert screen.is_as_before
    assert "\x1b[2J" not in screen.raw
    assert "\x1b]0;owned" not in screen.raw


async def test_in_a_terminal_a_refused_agent_is_told_why(
    line: Line, in_terminal: InTerminal
) -> None:
    with in_terminal(PROGRAM, line.url, "nonsense") as screen:
        assert await screen.ended() == 1

    assert "the token is not one of this server's" in screen.raw


async def test_in_a_terminal_control_c_leaves_the_desk(line: Line, in_terminal: InTerminal) -> None:
    with in_terminal(PROGRAM, line.url, line.token()) as screen:
        await screen.shows("Nobody waits. >")
        screen.type("half a line\x03")
        assert await screen.ended() == -signal.SIGINT

    assert screen.is_as_before
