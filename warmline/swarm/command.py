"""`warmline swarm`: the callers, a line of progress, and the figures."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from voice_gateway.speech.caller_voice import CallerVoice
from warmline.place_call import call_token, call_url
from warmline.settings import Settings
from warmline.swarm.gauges import ServerGauges
from warmline.swarm.report import figures, table
from warmline.swarm.swarm import SwarmOptions, SwarmResult, swarm

_SCHEMES = {"ws": "http", "wss": "https"}


async def run_swarm(
    settings: Settings, options: SwarmOptions, console: Console, *, server: str | None = None
) -> bool:
    """Let callers ring, and print what came of it.

    Args:
        settings: With the secret that the server has.
        options: Who calls.
        console: Where to print.
        server: The server's address; this machine's by default.

    Returns:
        Whether every call was taken and came to a good end.

    Raises:
        GaugesError: The server is not there.
        ValueError: Its address is wrong.
    """
    url = call_url(server or settings.public_url)
    gauges = ServerGauges(_address(url))
    console.print("The callers learn what they will say.", style="dim")
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(),
        console=console, transient=True,
    ) as progress:  # fmt: skip
        task = progress.add_task("waiting for the first call", total=60.0 * options.minutes)

        def show(result: SwarmResult) -> None:
            now = result.readings[-1]
            ended = len(result.reports)
            progress.update(
                task, completed=now.at, description=f"{now.calls} calls now, {ended} ended"
            )

        try:
            result = await swarm(
                url,
                lambda: call_token(settings, options.number),
                gauges,
                CallerVoice(),
                options,
                show,
            )
        finally:
            await gauges.close()
    told = figures(result)
    console.print(table(told, f"{options.calls} callers, {options.minutes:g} minutes"))
    return told.ok


def _address(call_url: str) -> str:
    parts = urlsplit(call_url)
    return urlunsplit((_SCHEMES[parts.scheme], parts.netloc, "", "", ""))
