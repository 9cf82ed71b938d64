"""`warmline call`: a call to the line, shown while it goes on."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from rich.console import Console
from rich.text import Text

from voice_gateway.caller.audio import CallerAudio, RecordedAudio
from voice_gateway.caller.client import CallEvent, CallReport, place_call
from voice_gateway.caller.response_delay import MeasuredTurn
from voice_gateway.server import CALL_PATH
from voice_gateway.tokens import TokenIssuer
from voice_gateway.transports.browser_protocol import Answered, Ended, Error, State, Turn
from warmline.settings import Settings

_SCHEMES = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}
_COLOURS = {"caller": "yellow", "bot": "green", "agent": "cyan"}


def call_url(server: str) -> str:
    """Find the call path of a server.

    Args:
        server: Its address, as `http://host:port` or `ws://host:port`.

    Raises:
        ValueError: It is no such address.
    """
    parts = urlsplit(server if "://" in server else f"http://{server}")
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise ValueError(f"{server!r} is no address; write it like http://127.0.0.1:8900")
    path = parts.path if parts.path.strip("/") else CALL_PATH
    return urlunsplit((_SCHEMES[parts.scheme], parts.netloc, path, "", ""))


def call_token(settings: Settings, number: str | None) -> str:
    """Make a token for one call.

    Args:
        settings: With the secret that the server has.
        number: The caller's number in E.164 form; None for a withheld one.
    """
    issuer = TokenIssuer(settings.token_secret.get_secret_value())
    return issuer.issue("call", now=datetime.now(UTC), caller=number)


def caller_audio(
    wav: Sequence[Path] = (), say: Sequence[str] = (), microphone: bool = False
) -> CallerAudio:
    """Choose what the caller says.

    Args:
        wav: Sound files to play one after the other.
        say: Texts to speak, each once the bot listens.
        microphone: Take a person's voice.

    Raises:
        ValueError: Not exactly one of them is given.
    """
    if sum(map(bool, (wav, say, microphone))) != 1:
        raise ValueError("give one of --wav, --say or --microphone")
    if wav:
        return RecordedAudio(*wav)
    if say:
        from voice_gateway.caller.scripted import Script, ScriptedCaller
        from voice_gateway.speech.caller_voice import CallerVoice

        return ScriptedCaller(Script.of(say), CallerVoice())
    from voice_gateway.caller.microphone import Microphone

    return Microphone()


def show_event(console: Console, event: CallEvent, at: float) -> None:
    """Print an event of a call, if it is one that people want to see.

    Args:
        console: Where to print.
        event: As `place_call` reports it.
        at: When it was, in seconds since the call was placed.
    """
    line = _shown(event)
    if line is not None:
        console.print(Text(f"{at:6.1f}  ", "dim") + line, soft_wrap=True)


def _shown(event: CallEvent) -> Text | None:
    match event:
        case Answered(call_id):
            return Text(f"answered (call {call_id})", "dim")
        case Turn(_, speaker, text):
            return Text(f"{speaker:>6}  ", _COLOURS.get(speaker, "")) + Text(text)
        case MeasuredTurn() if event.response_delay is not None:
            return Text(f"        answered after {event.response_delay:.2f} s", "dim")
        case State("holding"):
            return Text("        on hold", "yellow")
        case Error(code, message):
            return Text(f"{code}: {message}", "red")
        case Ended(reason):
            return Text(f"ended: {reason.replace('_', ' ')}", "dim")
        case _:
            return None


async def call(
    settings: Settings,
    audio: CallerAudio,
    console: Console,
    *,
    server: str | None = None,
    number: str | None = None,
    record: Path | None = None,
) -> CallReport:
    """Place a call and show it; Ctrl-C hangs up.

    Args:
        settings: As `load_settings` gives them.
        audio: The caller's side.
        console: Where to print.
        server: The server's address; this machine's by default.
        number: The caller's number in E.164 form.
        record: Where to write a stereo recording.

    Returns:
        How it went.

    Raises:
        CallFailedError: The server could not be reached.
        CallerAudioError: The caller's audio cannot be had.
        ValueError: The server's address is wrong.
    """
    url = call_url(server or settings.public_url)
    calling = asyncio.create_task(
        place_call(
            url,
            call_token(settings, number),
            audio,
            partial(show_event, console),
            recording=record,
        )
    )
    loop = asyncio.get_running_loop()
    hang_up = getattr(audio, "hang_up", None) or calling.cancel
    loop.add_signal_handler(signal.SIGINT, hang_up)
    try:
        return await calling
    finally:
        loop.remove_signal_handler(signal.SIGINT)
