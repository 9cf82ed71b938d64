"""A synthetic caller who follows a script, waits for the bot's answers, and always comes to an end.

script = Script(
    Say("where is my order"),
    Say("four eight two nine one three", when="order number"),
    Say("yes", when=r"is that right"),
    HangUp(),
)
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from voice_gateway.caller.audio import (
    CallerAudioError,
    CallerFrame,
    CallSnapshot,
    Clip,
    load_audio,
)
from voice_gateway.transports.browser_protocol import STATES
from voice_gateway.transports.line import FRAME_MS, frame_bytes

_FRAME_S = FRAME_MS / 1000
# How long the bot must have been listening, and silent, before it is polite to speak.
_POLITE_S = 0.5
_KEY_FRAMES = 10  # 200 ms from one key to the next


class SpeakingVoice(Protocol):
    """Turns text into speech; `voice_gateway.speech.caller_voice.CallerVoice` is one."""

    def say(self, text: str, sample_rate: int) -> bytes:
        """Speak.

        Args:
            text: What to say.
            sample_rate: In hertz.

        Returns:
            Signed 16-bit mono samples.
        """


@dataclass(frozen=True, slots=True)
class Say:
    """Say something once the bot has answered and listens.

    Args:
        text: What to say.
        when: A regular expression; unless the bot's last words match, the step is skipped.
        at_once: Do not wait for the bot.
    """

    text: str
    when: str | None = None
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Play:
    """Say what is in a sound file, once the bot has answered and listens.

    Args:
        path: The file.
        when: A regular expression; unless the bot's last words match, the step is skipped.
        at_once: Do not wait for the bot.
    """

    path: Path
    when: str | None = None
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Choose:
    """Say the first of several things whose `when` matches the bot's last words.

    The caller gives up when none does.
    """

    options: tuple[Say | Play, ...]


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Talk over the bot.

    Args:
        text: What to say.
        after_s: How long to let the bot speak first.
    """

    text: str
    after_s: float = 1.0


@dataclass(frozen=True, slots=True)
class Press:
    """Press keys of the keypad, once the bot has answered and listens."""

    keys: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait until the line is in a state, for example `with_agent` or `ended`.

    Args:
        state: One of the protocol's states.
        timeout_s: How long before giving up.
    """

    state: str
    timeout_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Pause:
    """Be silent for a while."""

    seconds: float


@dataclass(frozen=True, slots=True)
class HangUp:
    """Hang up, once the bot has answered and listens.

    Args:
        at_once: Do not wait for the bot.
    """

    at_once: bool = False


Step = Say | Play | Choose | Interrupt | Press | Wait | Pause | HangUp


class Script:
    """Steps, taken in order; after the last one the caller hangs up.

    Args:
        steps: What to do.
        max_duration_s: The caller gives up when the call gets longer than this.
        patience_s: The caller gives up when a step has to wait for longer than this.

    Raises:
        ValueError: A step makes no sense.
    """

    def __init__(
        self, *steps: Step, max_duration_s: float = 180.0, patience_s: float = 30.0
    ) -> None:
        for step in steps:
            _check(step)
        self.steps = steps
        self.max_duration_s = max_duration_s
        self.patience_s = patience_s

    @classmethod
    def of(cls, texts: Iterable[str]) -> Script:
        """A script that says one text after the other."""
        return cls(*(Say(text) for text in texts))


class ScriptedCaller:
    """A `CallerAudio` that follows a script.

    Args:
        script: What to do.
        voice: Says the texts; not needed when there are none.
    """

    def __init__(self, script: Script, voice: SpeakingVoice | None = None) -> None:
        self._script = script
        self._voice = voice
        self._steps = deque(script.steps)
        self._clips: dict[str | Path, Clip] = {}
        self._silence = b""
        self._saying: deque[CallerFrame] = deque()
        self._waiting_since: float | None = None
        self._failure: str | None = None

    @property
    def failure(self) -> str | None:
        """Why the caller gave up, if so."""
        return self._failure

    async def start(self, sample_rate: int) -> None:
        """Prepare all that may be said, so that nothing is late during the call.

        Args:
            sample_rate: In hertz.

        Raises:
            CallerAudioError: A file cannot be read, or there is no voice for the texts.
        """
        self._silence = bytes(frame_bytes(sample_rate))
        for step in self._script.steps:
            for part in step.options if isinstance(step, Choose) else (step,):
                match part:
                    case Say(text) | Interrupt(text):
                        self._clips[text] = await self._spoken(text, sample_rate)
                    case Play(path):
                        pcm = await asyncio.to_thread(load_audio, path, sample_rate)
                        self._clips[path] = Clip.of(pcm, sample_rate, path.name)

    def frame(self, call: CallSnapshot) -> CallerFrame:
        """The next 20 ms."""
        if self._failure is None and call.at > self._script.max_duration_s:
            self._failure = f"the call lasted longer than {self._script.max_duration_s:g} seconds"
        if self._failure is None and not self._saying:
            self._advance(call)
        if self._failure is not None:
            return CallerFrame(self._silence, hang_up=True)
        return self._saying.popleft() if self._saying else CallerFrame(self._silence)

    def hear(self, pcm: bytes) -> None:
        """A script reads what the bot said; it does not listen."""

    async def close(self) -> None:
        """Nothing to let go of."""

    async def _spoken(self, text: str, sample_rate: int) -> Clip:
        if self._voice is None:
            raise CallerAudioError(f"there is no voice to say {text!r} with")
        pcm = await asyncio.to_thread(self._voice.say, text, sample_rate)
        return Clip.of(pcm, sample_rate, text)

    def _advance(self, call: CallSnapshot) -> None:
        """Take the next step if it is time for it, and those after it while they take no time."""
        while not self._saying and self._failure is None:
            step = self._steps[0] if self._steps else HangUp()
            if self._waiting_since is None:
                self._waiting_since = call.at
            if not _is_time(step, call):
                patience = step.timeout_s if isinstance(step, Wait) else self._script.patience_s
                if call.at - self._waiting_since > patience:
                    self._failure = (
                        f"waited {patience:g} seconds for {_awaited(step)}: "
                        f"the line was {call.state!r}, the bot's last words were {call.bot_said!r}"
                    )
                return
            if self._steps:
                self._steps.popleft()
            self._waiting_since = None
            self._do(step, call)

    def _do(self, step: Step, call: CallSnapshot) -> None:
        """Queue what the step says or does."""
        match step:
            case Choose(options):
                chosen = next((option for option in options if _matches(option, call)), None)
                if chosen is None:
                    self._failure = f"the script has no answer to {call.bot_said!r}"
                else:
                    self._say(self._clips[_clip_key(chosen)])
            case Say() | Play():
                if _matches(step, call):
                    self._say(self._clips[_clip_key(step)])
            case Interrupt(text):
                self._say(self._clips[text])
            case Press(keys):
                for key in keys:
                    self._saying.append(CallerFrame(self._silence, keys=key))
                    self._saying.extend([CallerFrame(self._silence)] * (_KEY_FRAMES - 1))
            case Pause(seconds):
                self._saying.extend([CallerFrame(self._silence)] * round(seconds / _FRAME_S))
            case HangUp():
                self._saying.append(CallerFrame(self._silence, hang_up=True))
            case Wait():
                pass

    def _say(self, clip: Clip) -> None:
        self._saying.extend(
            CallerFrame(pcm, voiced, clip.text)
            for pcm, voiced in zip(clip.frames, clip.voiced, strict=True)
        )


def _check(step: Step) -> None:
    match step:
        case Choose(options):
            if not options:
                raise ValueError("there is nothing to choose from")
            for option in options:
                _check(option)
        case Say(when=when) | Play(when=when):
            if when is not None:
                try:
                    re.compile(when)
                except re.error as error:
                    raise ValueError(f"{when!r} is no regular expression: {error}") from error
        case Press(keys):
            if not re.fullmatch(r"[0-9*#]+", keys):
                raise ValueError(f"{keys!r} are not keys of a keypad")
        case Wait(state):
            if state not in STATES:
                raise ValueError(f"{state!r} is no state: use one of {', '.join(STATES)}")


def _is_time(step: Step, call: CallSnapshot) -> bool:
    match step:
        case Say(at_once=True) | Play(at_once=True) | HangUp(at_once=True) | Pause():
            return True
        case Wait(state):
            return call.state == state
        case Interrupt(_, after_s):
            return call.bot_speaking_for_s >= after_s
    return (
        call.bot_answered
        and call.state in ("listening", "with_agent")
        and call.state_for_s >= _POLITE_S
        and call.bot_quiet_for_s >= _POLITE_S
    )


def _awaited(step: Step) -> str:
    match step:
        case Say(text):
            return f"the bot to answer and listen, to say {text!r}"
        case Play(path):
            return f"the bot to answer and listen, to play {path.name}"
        case Interrupt(text):
            return f"the bot to speak, to interrupt it with {text!r}"
        case Wait(state):
            return f"the line to be {state!r}"
        case _:
            return "the bot to answer and listen"


def _matches(step: Say | Play, call: CallSnapshot) -> bool:
    return step.when is None or re.search(step.when, call.bot_said, re.IGNORECASE) is not None


def _clip_key(step: Say | Play) -> str | Path:
    return step.text if isinstance(step, Say) else step.path
