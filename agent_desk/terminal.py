"""The desk in a terminal: what `warmline desk` shows and does.

Lines are printed one below the other, never over each other, so that it works in any terminal and
in a pipe.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from datetime import UTC, datetime

from rich.console import Console, RenderableType
from rich.text import Text

from agent_desk.client import DeskClient, DeskConnectionError
from agent_desk.desk_commands import (
    HELP,
    CloseCall,
    Command,
    EndBreak,
    EndCall,
    GiveOn,
    GoOnBreak,
    LeaveOffer,
    NotUnderstood,
    Quit,
    Show,
    Speak,
    TakeOffer,
    parse_command,
)
from agent_desk.desk_protocol import (
    Accepted,
    CallEnded,
    Closed,
    Error,
    Offered,
    Released,
    ServerMessage,
    Status,
    Taken,
    Turn,
    Withdrawn,
)
from agent_desk.desk_state import DeskState
from agent_desk.line_input import LineInput
from agent_desk.packet_view import packet_panel, turn_line, waiting_line
from agent_desk.plain_text import plain
from contact_center.routing.line import AcceptAnswer

TokenSource = Callable[[], Awaitable[str]]

_WHY_NOT: dict[AcceptAnswer, str] = {
    "accepted": "",
    "taken": "A colleague has taken that one.",
    "expired": "That was too late; somebody else is asked now.",
    "not_offered": "You are not asked to take that one.",
    "gone": "That caller is no longer on the line.",
}
_RELEASED = {
    "passed_on": "The caller is passed on, and you are free.",
    "left": "You left the call to your colleague.",
    "lost": "The call you were on is not with you any more.",
    "advice_over": "Your colleague is back with the caller.",
    "call_over": "The call you gave advice in has ended.",
}
_RETRY_S = (0.5, 1.0, 2.0, 4.0, 8.0)


class TerminalDesk:
    """One agent's desk in a terminal or a pipe.

    Args:
        server: The server's address, as `http://host:port` or `ws://host:port`.
        new_token: Gives a fresh token with scope `desk` for each connection; it may raise
            `DeskConnectionError`.
        console: Where to print.
        keyboard: Where lines come from.
    """

    def __init__(
        self, server: str, new_token: TokenSource, console: Console, keyboard: LineInput
    ) -> None:
        self._server = server
        self._new_token = new_token
        self._console = console
        self._keyboard = keyboard
        self._desk: DeskClient | None = None
        self._state = DeskState()
        self._doing = ""
        self._warned_of_leaving = ""

    async def run(self) -> bool:
        """Serve the agent until they quit, the input ends, or the server refuses them.

        Returns:
            True when the agent left; False when the server refused.
        """
        typing = asyncio.create_task(self._read_lines())
        serving = asyncio.create_task(self._stay_connected())
        try:
            done, _ = await asyncio.wait({typing, serving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (typing, serving):
                task.cancel()
            await asyncio.gather(typing, serving, return_exceptions=True)
        if typing in done:
            typing.result()  # an error of ours is not to be hidden
            return True
        # Last, when nothing is printed above the prompt any more and so nothing can be lost.
        self._print(Text(serving.result(), "bold red"))
        return False

    # The server's side

    async def _stay_connected(self) -> str:
        """Serve until the server refuses the agent; says why it did."""
        failures = 0
        while True:
            try:
                token = await self._new_token()
                async with DeskClient.connect(self._server, token) as desk:
                    failures = 0
                    await self._serve(desk)
            except TimeoutError:
                problem = "The server does not answer."
            except DeskConnectionError as error:
                problem = str(error)
                if error.final:
                    return plain(problem)
            finally:
                self._desk = None
            wait = _RETRY_S[min(failures, len(_RETRY_S) - 1)]
            if failures == 0:
                self._print(Text(f"{plain(problem)} Trying again.", "yellow"))
                self._keyboard.set_prompt("(no server) > ")
            failures += 1
            await asyncio.sleep(wait)

    async def _serve(self, desk: DeskClient) -> None:
        was_on_call = self._state.active is not None
        self._desk = desk
        self._state = desk.state
        self._doing = desk.state.agent_state
        self._print(Text(f"You are {plain(desk.state.agent_name, 60)}. /help lists commands."))
        if was_on_call and desk.state.resuming is None:
            self._print(Text("The call you were on is not with you any more.", "bold yellow"))
        if desk.state.resuming is None:
            self._show_waiting()
        self._prompt()
        while True:
            message = await desk.receive()
            self._show_message(message)
            self._prompt()

    def _show_message(self, message: ServerMessage) -> None:
        match message:
            case Status():
                self._show_status(message)
            case Offered():
                if self._console.is_terminal:
                    self._console.bell()
                hint = "a takes them, d leaves them to others"
                self._print(waiting_line(message.packet, message.waiting_s, hint))
            case Withdrawn():
                self._print(Text(f"You are not asked any more: {_words(message.outcome)}.", "dim"))
            case Taken():
                self._print(Text(_WHY_NOT[message.why], "yellow"))
            case Released():
                self._print(Text(_RELEASED[message.why], "bold yellow"))
            case Accepted():
                self._show_conversation(message)
            case Turn():
                self._show_turn(message)
            case CallEnded():
                if self._state.call_ended:
                    self._print(
                        Text(
                            f"The call has ended ({_words(message.reason)}). "
                            "Finish with /close OUTCOME NOTES.",
                            "bold yellow",
                        )
                    )
            case Closed():
                self._print(Text(f"Closed: {_words(message.disposition)}.", "green"))
            case Error():
                self._print(Text(plain(message.message), "red"))

    def _show_status(self, status: Status) -> None:
        """Say what the agent has not brought about themselves, or has to end themselves."""
        before, self._doing = self._doing, status.agent_state
        if status.agent_state == "break":
            reason = plain(status.break_reason, 60)
            self._print(Text(f"You are on a break: {reason}. /back ends it.", "yellow"))
        elif before == "break" and status.agent_state == "available":
            self._print(Text("You are back.", "green"))

    def _show_waiting(self) -> None:
        waiting = self._state.waiting
        if not waiting:
            self._print(Text("Nobody waits.", "dim"))
        now = datetime.now(UTC)
        for item in waiting.values():
            waited_s = item.waiting_s
            if item.since is not None:
                waited_s = max((now - item.since).total_seconds(), 0.0)
            hint = f"{item.offered_to} is asked" if item.offered_to else ""
            if item.offered_to == self._state.agent_name:
                hint = "a takes them, d leaves them to others"
            self._print(waiting_line(item.packet, waited_s, hint))

    def _show_conversation(self, accepted: Accepted) -> None:
        if accepted.resumed:
            self._print(Text("You are back on the call.", "bold green"))
        self._print(packet_panel(accepted.packet))
        for turn in accepted.turns:
            self._show_turn(turn)
        self._print(Text("You are on the call: what you type is spoken.", "bold green"))

    def _show_turn(self, turn: Turn) -> None:
        oneself = turn.agent_name == self._state.agent_name
        self._print(
            turn_line(
                turn.speaker,
                turn.text,
                turn.words,
                turn.started_at,
                heard=turn.heard,
                complete=turn.complete,
                colleague=None if oneself else turn.agent_name,
            )
        )

    # The agent's side

    async def _read_lines(self) -> None:
        async with aclosing(self._keyboard.lines()) as lines:
            async for line in lines:
                command = parse_command(line, on_call=self._state.active is not None)
                if command is None:
                    continue
                try:
                    if not await self._do(command):
                        return
                except DeskConnectionError:
                    self._print(Text("There is no connection; that was not sent.", "red"))

    async def _do(self, command: Command) -> bool:
        """Carry a command out; False when the agent leaves."""
        match command:
            case Show():
                self._show(command.what)
            case NotUnderstood():
                self._print(Text(command.hint, "yellow"))
            case Quit():
                return not self._leaves()
            case TakeOffer() | LeaveOffer():
                await self._choose(command)
            case GoOnBreak():
                await self._connected().take_break(command.reason)
            case EndBreak():
                await self._connected().come_back()
            case GiveOn():
                await self._connected().pass_on(command.queue, command.note)
            case EndCall():
                await self._connected().hang_up()
            case Speak():
                await self._connected().say(command.text)
            case CloseCall():
                await self._connected().close(command.disposition, command.notes)
        return True

    def _leaves(self) -> bool:
        here = self._state.active
        if here is None or self._warned_of_leaving == here.handoff_id:
            return True
        self._warned_of_leaving = here.handoff_id
        self._print(
            Text("A caller is with you: /close first, or /quit again to leave them.", "bold red")
        )
        return False

    async def _choose(self, command: TakeOffer | LeaveOffer) -> None:
        offer = self._state.offer
        if offer is None:
            self._print(Text("You are not asked to take anybody.", "yellow"))
        elif isinstance(command, TakeOffer):
            await self._connected().accept(offer.handoff_id)
        else:
            await self._connected().decline(offer.handoff_id)

    def _show(self, what: str) -> None:
        active = self._state.active
        if what == "help":
            self._print(Text(HELP))
        elif what == "waiting":
            self._show_waiting()
        elif active is None:
            self._print(Text("You are not on a call.", "yellow"))
        elif what == "packet":
            self._print(packet_panel(active.packet))
        else:
            for turn in self._state.turns.values():
                self._show_turn(turn)

    def _connected(self) -> DeskClient:
        if self._desk is None:
            raise DeskConnectionError("There is no connection to the server.")
        return self._desk

    # Printing

    def _prompt(self) -> None:
        if self._state.active is None:
            self._keyboard.set_prompt("> ")
        elif self._state.call_ended:
            self._keyboard.set_prompt("(ended) > ")
        else:
            self._keyboard.set_prompt("caller > ")

    def _print(self, content: RenderableType) -> None:
        self._console.print(content, soft_wrap=isinstance(content, Text))


def _words(name: str) -> str:
    return plain(name, 60).replace("_", " ")


async def run_terminal_desk(server: str, new_token: TokenSource) -> bool:
    """Serve an agent at this process's own terminal, or at the pipes in its place.

    Args:
        server: The server's address, as `http://host:port` or `ws://host:port`.
        new_token: Gives a fresh token with scope `desk` for each connection.

    Returns:
        True when the agent left; False when the server refused.
    """
    return await TerminalDesk(server, new_token, Console(), LineInput()).run()
