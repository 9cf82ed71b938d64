"""Typed lines are read from terminals and pipes while the program prints."""

from __future__ import annotations

import asyncio
import io
import os
import pty
import sys
from pathlib import Path

import pytest
from rich.console import Console

from agent_desk.line_input import LineEditor, LineInput


def typed(keys: bytes) -> list[str | None]:
    return LineEditor().feed(keys)


def test_a_line_is_finished_by_enter() -> None:
    assert typed(b"hello\rthere\n") == ["hello", "there"]


def test_mistakes_can_be_erased() -> None:
    assert typed(b"hellp\x7fo\r") == ["hello"]
    assert typed(b"wrong\x15right\r") == ["right"]
    assert typed(b"one two\x17three\r") == ["one three"]


def test_letters_arrive_whole_even_when_their_bytes_do_not() -> None:
    editor = LineEditor()

    assert editor.feed("é".encode()[:1]) == []
    assert editor.feed("é".encode()[1:] + b"\r") == ["é"]


def test_arrow_and_function_keys_leave_nothing_behind() -> None:
    assert typed(b"a\x1b[Ab\x1b[1;5Cc\x1bOPd\x1bxe\r") == ["abcde"]


def test_control_d_ends_the_input_only_on_an_empty_line() -> None:
    assert typed(b"x\x04\r") == ["x"]
    assert typed(b"\x04") == [None]


def test_of_a_long_line_the_end_is_shown() -> None:
    editor = LineEditor()
    editor.feed(b"0123456789")

    assert editor.tail(10) == "0123456789"
    assert editor.tail(5) == "…6789"
    assert editor.tail(0) == "…"


def test_an_endless_line_does_not_grow_for_ever() -> None:
    editor = LineEditor()
    editor.feed(b"x" * 100_000)

    assert len(editor.text) <= 10_000


async def read_all(keyboard: LineInput) -> list[str]:
    async with asyncio.timeout(20):
        return [line async for line in keyboard.lines()]


async def test_lines_are_read_from_a_pipe_until_it_ends() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"a 1\nhello\nno end of line")
    os.close(writing)
    keyboard = LineInput(Console(file=io.StringIO()), reading)

    assert not keyboard.interactive
    assert await read_all(keyboard) == ["a 1", "hello", "no end of line"]
    os.close(reading)


async def test_lines_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "lines"
    file.write_text("one\ntwo\n")
    with file.open("rb") as source:
        keyboard = LineInput(Console(file=io.StringIO()), source.fileno())

        assert await read_all(keyboard) == ["one", "two"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
async def test_in_a_terminal_the_half_typed_line_survives_what_is_printed() -> None:
    keyboard_side, program_side = pty.openpty()
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=60, no_color=True)
    keyboard = LineInput(console, program_side)
    assert keyboard.interactive
    reading = asyncio.create_task(read_all(keyboard))

    os.write(keyboard_side, b"half a li")
    async with asyncio.timeout(20):
        while "half a li" not in screen.getvalue():
            await asyncio.sleep(0.01)
    with keyboard.printing():
        console.print("Something happened")
    os.write(keyboard_side, b"ne\r\x04")

    assert await reading == ["half a line"]
    before, after = screen.getvalue().split("Something happened")
    assert before.endswith("\r\x1b[K")
    assert after.startswith("\n> half a li")
    os.close(keyboard_side)
    os.close(program_side)
