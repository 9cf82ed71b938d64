"""Typed lines from a terminal or a pipe, while the program prints.

In a terminal the half-typed line stays whole at the bottom and what is printed appears above it. In
a pipe, lines are simply read.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import AsyncGenerator
from contextlib import suppress

from prompt_toolkit import PromptSession
from prompt_toolkit.patch_stdout import patch_stdout

from agent_desk.plain_text import plain


class LineInput:
    """Reads lines without stopping the event loop.

    Args:
        fd: The pipe or file to read; this process's terminal, or its standard input, if not given.
    """

    def __init__(self, fd: int | None = None) -> None:
        self._fd = 0 if fd is None else fd
        self._prompt = "> "
        self._session: PromptSession[str] | None = None
        if fd is None and sys.stdin.isatty() and sys.stdout.isatty():
            self._session = PromptSession(lambda: self._prompt)

    def set_prompt(self, prompt: str) -> None:
        """Change what stands before the line being typed.

        Args:
            prompt: Shown in terminals only.
        """
        self._prompt = prompt
        if self._session is not None:
            self._session.app.invalidate()

    async def lines(self) -> AsyncGenerator[str, None]:
        """Give each line as it is finished, until the input ends.

        Yields:
            Lines without their end and without control characters.

        Raises:
            KeyboardInterrupt: Ctrl-C was typed.
        """
        if self._session is None:
            async for line in self._piped():
                yield plain(line)
            return
        # Raw, because colours are to be seen; texts of others are made plain before.
        with patch_stdout(raw=True), suppress(EOFError):
            while True:
                # The signal stays with the event loop's runner, which has a handler of its own.
                line = await self._session.prompt_async(
                    handle_sigint=False, set_exception_handler=False
                )
                yield plain(line)

    async def _piped(self) -> AsyncGenerator[str, None]:
        lines: asyncio.Queue[str | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def read() -> None:
            with suppress(RuntimeError):  # the loop is gone
                with suppress(OSError), os.fdopen(self._fd, "rb", 0, closefd=False) as source:
                    for line in source:
                        loop.call_soon_threadsafe(lines.put_nowait, line.decode(errors="replace"))
                loop.call_soon_threadsafe(lines.put_nowait, None)

        # A thread, because an event loop cannot watch a regular file; a daemon and unbuffered,
        # because the program may end while it waits, and a buffer's lock would be held then.
        threading.Thread(target=read, name="line-input", daemon=True).start()
        while (line := await lines.get()) is not None:
            yield line
