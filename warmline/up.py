"""`warmline up`: the three processes of the line, until somebody stops them."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from pathlib import Path

from rich.console import Console
from rich.text import Text

from contact_center.database import Database
from warmline.line_children import line_children
from warmline.settings import Settings
from warmline.supervisor import ChildSpec, Echo, Supervisor


def echo_to(console: Console, *, quiet: bool = False) -> Echo:
    """Show the lines of supervisor and children, each with its name before it.

    Args:
        console: Where to print.
        quiet: Leave out what the children themselves say.
    """

    def echo(spec: ChildSpec | None, line: str) -> None:
        if spec is None:
            console.print(Text(line, "bold"), soft_wrap=True)
        elif not quiet:
            label = Text(f"{spec.name:>9} ", spec.colour)
            console.print(label + Text(line), soft_wrap=True)

    return echo


async def up(settings: Settings, model: Path, console: Console, *, quiet: bool = False) -> None:
    """Run the line until SIGINT or SIGTERM.

    Args:
        settings: As `load_settings` gives them.
        model: The assistant's model.
        console: Where to print.
        quiet: Leave out what the children say; it is in the logs.

    Raises:
        SupervisionError: A port is taken, or a child does not become ready.
        StorageError: The database cannot be used.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    # Before the children: two of them use the tables.
    database = Database(settings.database_url)
    try:
        await database.migrate()
    finally:
        await database.close()
    logs = settings.data_dir / "log"
    supervisor = Supervisor(
        line_children(settings, model), log_dir=logs, echo=echo_to(console, quiet=quiet)
    )
    await supervisor.start()
    try:
        opening = asyncio.create_task(_open(supervisor, settings, logs, console))
        stopping = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait({opening, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if opening in done:
            opening.result()
            await stopping
        else:
            opening.cancel()
            with suppress(asyncio.CancelledError):
                await opening
        console.print("Closing the line")
    finally:
        await supervisor.stop()


async def _open(supervisor: Supervisor, settings: Settings, logs: Path, console: Console) -> None:
    await supervisor.ready()
    console.print(
        f"[bold green]The line is open:[/] {settings.public_url}   "
        f"(logs in {logs}; Ctrl-C closes it)",
        soft_wrap=True,
    )
