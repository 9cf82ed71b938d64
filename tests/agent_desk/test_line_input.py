"""Typed lines are read from terminals and pipes while the program prints."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agent_desk.line_input import LineInput

if TYPE_CHECKING:
    from tests.agent_desk.conftest import InTerminal

# Says what it reads; is made to print by a signal, and stops at "enough".
PROGRAM = """
import asyncio, signal
from rich.console import Console
from agent_desk.line_input import LineInput

async def main():
    keyboard, console = LineInput(), Console()
    asyncio.get_running_loop().add_signal_handler(
        signal.SIGUSR1, console.print, "Something [bold]happened[/]"
    )
    keyboard.set_prompt("ready > ")
    async for line in keyboard.lines():
        console.print("read", repr(line), highlight=False)
        if line == "enough":
            break
    print("the end")

asyncio.run(main())
"""


async def read_all(keyboard: LineInput) -> list[str]:
    async with asyncio.timeout(20):
        return [line async for line in keyboard.lines()]


async def test_lines_are_read_from_a_pipe_until_it_ends() -> None:
    reading, writing = os.pipe()
    os.write(writing, "a 1\r\n\nh\u00e9llo\n".encode() + b"\xff no end of line")
    os.close(writing)

    assert await read_all(LineInput(reading)) == ["a 1", "", "héllo", "\ufffd no end of line"]
    os.close(reading)


async def test_lines_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "lines"
    file.write_text("one\ntwo\n")
    with file.open("rb") as source:
        assert await read_all(LineInput(source.fileno())) == ["one", "two"]


async def test_a_line_holds_nothing_that_a_terminal_would_act_on() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"one\x1b[2J \x1b]0;owned\x07two\x00\n")
    os.close(writing)

    assert await read_all(LineInput(reading)) == ["one two"]
    os.close(reading)


def test_a_program_may_end_while_its_pipe_stays_open() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        program.stdin.write(b"enough\n")
        program.stdin.flush()

        assert program.stdout.read().splitlines() == [b"read 'enough'", b"the end"]
        assert program.wait(20) == 0


async def test_in_a_terminal_what_is_printed_appears_above_the_half_typed_line(
    in_terminal: InTerminal,
) -> None:
    with in_terminal(PROGRAM) as terminal:
        await terminal.shows("ready >")
        terminal.type("half a li")
        await terminal.shows("half a li")
        terminal.program.send_signal(signal.SIGUSR1)
        await terminal.shows("Something happened ready > half a li")
        terminal.type("ne\r")
        await terminal.shows("read 'half a line'")
        terminal.type("\x04")
        await terminal.shows("the end")
        assert await terminal.ended() == 0

    assert "\x1b[1mhappened\x1b[0m" in terminal.raw


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("hellp\x7fo\r", "hello"),
        ("wrong\x15right\r", "right"),
        ("world\x01hello \r", "hello world"),
        ("x\x04\r", "x"),
        ("\x1b[200~pasted\nas one\x1b[201~\r", "pasted as one"),
        ("a\x1b[200~\x1b[2J\x1b]0;owned\x07\x1b[201~b\r", "ab"),
    ],
)
async def test_in_a_terminal_a_line_can_be_edited(
    in_terminal: InTerminal, keys: str, line: str
) -> None:
    with in_terminal(PROGRAM) as terminal:
        await terminal.shows("ready >")
        terminal.type(keys)
        await terminal.shows(f"read '{line}'")
        terminal.type("\x04")
        assert await terminal.ended() == 0

    assert "\x1b[2J" not in terminal.raw
    assert "\x1b]0;owned" not in terminal.raw


async def test_control_c_interrupts_the_program_and_leaves_the_terminal_as_it_was(
    in_terminal: InTerminal,
) -> None:
    with in_terminal(PROGRAM) as terminal:
        await terminal.shows("ready >")
        terminal.type("half a line\x03")
        assert await terminal.ended() == -signal.SIGINT

    assert terminal.is_as_before
