"""Typed lines from a terminal or a pipe, while the program prints.

In a terminal the half-typed line stays whole at the bottom: it is taken away before anything is
printed and put back after. In a pipe, lines are simply read.
"""

from __future__ import annotations

import asyncio
import codecs
import os
import sys
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager

from rich.cells import cell_len
from rich.console import Console

if sys.platform != "win32":
    import termios
    import tty

_READ = 4096
_MAX_LINE = 10_000


class LineEditor:
    """A line being typed, key by key: letters, backspace, and erasing a word or the line."""

    def __init__(self) -> None:
        self.text = ""
        self._decode = codecs.getincrementaldecoder("utf-8")("replace")
        self._escape = ""

    def feed(self, keys: bytes) -> list[str | None]:
        """Take what the keyboard sent.

        Args:
            keys: Raw bytes; may end in the middle of a character or an escape sequence.

        Returns:
            The lines finished by it; None stands for the end of input (Ctrl-D on an empty line).
        """
        lines: list[str | None] = []
        for char in self._decode.decode(keys):
            if self._in_escape(char):
                continue
            if char in "\r\n":
                lines.append(self.text)
                self.text = ""
            elif char in "\x7f\b":
                self.text = self.text[:-1]
            elif char == "\x15":  # Ctrl-U
                self.text = ""
            elif char == "\x17":  # Ctrl-W
                self.text = self.text.rstrip().rpartition(" ")[0]
                self.text += " " if self.text else ""
            elif char == "\x04":
                if not self.text:
                    lines.append(None)
            elif len(self.text) < _MAX_LINE and (char.isprintable() or char == "\t"):
                self.text += " " if char == "\t" else char
        return lines

    def _in_escape(self, char: str) -> bool:
        """Swallow arrow and function keys, which arrive as `ESC [ ... letter` or `ESC O letter`."""
        if not self._escape:
            if char == "\x1b":
                self._escape = char
                return True
            return False
        self._escape += char
        introduced = self._escape[1] in "[O"
        if not introduced or (len(self._escape) > 2 and "@" <= char <= "~"):
            self._escape = ""
        return True

    def tail(self, width: int) -> str:
        """Give the end of the line that fits.

        Args:
            width: Columns there are.

        Returns:
            The text, or its end after an ellipsis.
        """
        if cell_len(self.text) <= width:
            return self.text
        start = len(self.text)
        room = max(width - 1, 0)
        while start > 0 and cell_len(self.text[start - 1]) <= room:
            start -= 1
            room -= cell_len(self.text[start])
        return "…" + self.text[start:]


class LineInput:
    """Reads lines from a file descriptor without stopping the event loop.

    Args:
        console: Where the program prints; the prompt is drawn there.
        fd: What to read; standard input if not given.
    """

    def __init__(self, console: Console, fd: int | None = None) -> None:
        self._console = console
        self._fd = sys.stdin.fileno() if fd is None else fd
        self.interactive = sys.platform != "win32" and os.isatty(self._fd) and console.is_terminal
        self._editor = LineEditor()
        self._prompt = "> "
        self._shown = False
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()

    def set_prompt(self, prompt: str) -> None:
        """Change what stands before the line being typed.

        Args:
            prompt: Shown in terminals only.
        """
        with self.printing():
            self._prompt = prompt

    @contextmanager
    def printing(self) -> Iterator[None]:
        """Take the half-typed line away while the program prints, and put it back after."""
        self._hide()
        try:
            yield
        finally:
            self._show()

    async def lines(self) -> AsyncGenerator[str, None]:
        """Give each line as it is finished, until the input ends.

        Yields:
            Lines without their end.
        """
        with self._keys_one_by_one():
            # A thread, because a regular file cannot be watched by an event loop; `os.read`,
            # because a buffered reader's lock would be held when the interpreter exits.
            loop = asyncio.get_running_loop()
            reader = threading.Thread(
                target=self._read, args=(loop,), name="line-input", daemon=True
            )
            reader.start()
            self._shown = self.interactive
            self._draw()
            try:
                while (line := await self._lines.get()) is not None:
                    yield line
            finally:
                self._hide()
                self._shown = False

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        take: Callable[[bytes], None] = self._take_keys if self.interactive else self._take_bytes
        try:
            while data := os.read(self._fd, _READ):
                loop.call_soon_threadsafe(take, data)
            loop.call_soon_threadsafe(take, b"")
        except OSError:  # the terminal is gone
            _call_if_open(loop, take, b"")
        except RuntimeError:  # the loop is gone
            return

    def _take_keys(self, keys: bytes) -> None:
        if not keys:
            self._lines.put_nowait(None)
            return
        self._hide()
        for line in self._editor.feed(keys):
            if line is not None and self._shown:
                self._console.print(
                    f"{self._prompt}{line}", markup=False, highlight=False, emoji=False
                )
            self._lines.put_nowait(line)
        self._show()

    def _take_bytes(self, data: bytes) -> None:
        if not data:
            if self._editor.text:
                self._lines.put_nowait(self._editor.text)
            self._lines.put_nowait(None)
            return
        for line in self._editor.feed(data):
            if line is not None:
                self._lines.put_nowait(line)

    def _hide(self) -> None:
        if self._shown:
            self._console.file.write("\r\x1b[K")
            self._console.file.flush()

    def _show(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if self._shown:
            width = self._console.width - cell_len(self._prompt) - 1
            self._console.file.write(f"{self._prompt}{self._editor.tail(width)}")
            self._console.file.flush()

    @contextmanager
    def _keys_one_by_one(self) -> Iterator[None]:
        if not self.interactive:
            yield
            return
        before = termios.tcgetattr(self._fd)
        tty.setcbreak(self._fd, termios.TCSANOW)
        try:
            yield
        finally:
            termios.tcsetattr(self._fd, termios.TCSADRAIN, before)


def _call_if_open(
    loop: asyncio.AbstractEventLoop, call: Callable[[bytes], None], data: bytes
) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(call, data)
