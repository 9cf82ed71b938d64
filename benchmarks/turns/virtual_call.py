"""A call in virtual time: the real ear and the real conversation, and a world that costs no time.

What in the real line takes time (recognition, the assistant, synthesis) takes a constant here.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from voice_gateway.conversation import commands as cmd
from voice_gateway.conversation import events as ev
from voice_gateway.conversation.core import Conversation
from voice_gateway.conversation.language import Language
from voice_gateway.speech.listener import Listener
from voice_gateway.speech.model import SpeechModel
from voice_gateway.speech.pcm import LISTENING_RATE, SAMPLE_BYTES

_FRAME_BYTES: Final = LISTENING_RATE // 50 * SAMPLE_BYTES  # 20 ms
_CHARS_A_SECOND: Final = 15.0
_MARK_EVERY_S: Final = 0.2
_LONGEST_OPENING_S: Final = 10.0


class NotUnderstoodError(Exception):
    """The line did not take a turn that a measurement needs before it can begin."""


@dataclass(frozen=True, slots=True)
class Assistant:
    """What the assistant answers.

    Args:
        text: What it says.
        awaits: What it then waits for.
        answer_s: How long it thinks.
        whole: Whether the words so far are a whole turn where such an answer is awaited; None when
            it does not tell.
        guess_s: How long it takes to tell.
    """

    text: str = "All right."
    awaits: cmd.Expect = field(default_factory=lambda: cmd.Expect("free"))
    answer_s: float = 0.1
    whole: Callable[[str, cmd.Expect], bool | None] = lambda text, awaited: None
    guess_s: float = 0.05


@dataclass(frozen=True, slots=True)
class Delays:
    """What takes time on the way, in seconds.

    Args:
        hearing: From the end of a frame to what is heard in it.
        finishing: From the end of a turn to its transcript.
        speaking: From the command to speak to the first sound.
    """

    hearing: float = 0.03
    finishing: float = 0.03
    speaking: float = 0.1


@dataclass(eq=False, slots=True)
class _Playing:
    """An utterance on its way to the caller, from where it began or was gone on with."""

    utterance_id: int
    text: str
    heard_chars: int = 0
    paused: bool = False


@dataclass
class VirtualCall:
    """One call.

    Args:
        model: What hears.
        language: The words turn-taking needs.
        line: What is heard while nobody speaks: PCM at 16 kHz, repeated as needed.
        delays: What takes time.
    """

    model: SpeechModel
    language: Language
    line: bytes
    delays: Delays = field(default_factory=Delays)

    def __post_init__(self) -> None:
        self.now = 0.0
        """Seconds of audio heard so far, or when what happens just now happens."""
        self.assistant = Assistant()
        self.commands: list[tuple[float, cmd.Command]] = []
        """All that the conversation wanted, with its time."""
        self._conversation = Conversation(self.language)
        self._listener = Listener(self.model, LISTENING_RATE)
        self._heard_s = 0.0
        self._line = itertools.cycle(_frames(self.line))
        self._due: list[tuple[float, int, ev.Event, _Playing | None]] = []
        self._order = itertools.count()
        self._timers: dict[str, int] = {}
        self._playing: _Playing | None = None
        self._guess: tuple[str, float] | None = None

    # -- what a measurement does ---------------------------------------------------------------

    def begin(self, opening: bytes, assistant: Assistant) -> None:
        """Let the caller say something, and the assistant begin to answer.

        Args:
            opening: What the caller says first, without the line around it.
            assistant: Answers this turn and all that follow.

        Raises:
            NotUnderstoodError: The line takes no turn of it.
        """
        self.assistant = assistant
        self._happen(ev.CallStarted("Hello."))
        self.wait_until(lambda: self._playing is None, _LONGEST_OPENING_S)
        self.hear(opening)
        if not self.wait_until(lambda: bool(self._playing and self.asked()), _LONGEST_OPENING_S):
            raise NotUnderstoodError("The line did not answer the first turn of the call.")

    def hear(self, pcm: bytes) -> None:
        """The caller's audio comes in, at the pace at which it is spoken.

        Args:
            pcm: Mono PCM at 16 kHz.
        """
        for frame in _frames(pcm):
            self._hear(frame)

    def wait(self, seconds: float) -> None:
        """Nobody speaks for a while."""
        self.wait_until(lambda: False, seconds)

    def wait_until(self, reached: Callable[[], bool], most_s: float) -> bool:
        """Nobody speaks until something is the case.

        Args:
            reached: Tells whether it is.
            most_s: Seconds after which there is no more waiting.

        Returns:
            Whether it was reached.
        """
        until = self._heard_s + most_s
        while not reached():
            if self._heard_s >= until:
                return False
            self._hear(next(self._line))
        return True

    # -- what it looks at ----------------------------------------------------------------------

    @property
    def heard_s(self) -> float:
        """How much of the call has been heard."""
        return self._heard_s

    @property
    def bot_speaks(self) -> bool:
        """Whether the bot is speaking."""
        return self._playing is not None

    def asked(self) -> list[tuple[float, str]]:
        """When the caller's turns were taken to be over, and what was heard of them."""
        return [
            (at, c.text)
            for at, c in self.commands
            if isinstance(c, cmd.AskAssistant) and c.text != cmd.START_OF_CALL
        ]

    def began_to_speak(self) -> list[float]:
        """When the bot's sound began."""
        return [at + self.delays.speaking for at, c in self.commands if isinstance(c, cmd.Say)]

    def stopped_speaking(self) -> list[float]:
        """When the bot gave up what it was saying."""
        return [at for at, c in self.commands if isinstance(c, cmd.StopSpeaking)]

    def fell_silent(self) -> list[float]:
        """When the bot stopped, or paused to find out whether the caller wants the turn."""
        silent = cmd.StopSpeaking | cmd.PauseSpeaking
        return [at for at, c in self.commands if isinstance(c, silent)]

    # -- how time passes -----------------------------------------------------------------------

    def _hear(self, frame: bytes) -> None:
        heard = self._listener.hear(frame)
        self._heard_s += len(frame) / SAMPLE_BYTES / LISTENING_RATE
        for each in heard:
            self._later(self._heard_s + self.delays.hearing, each)
        while self._due and self._due[0][0] <= self._heard_s:
            self.now, _, event, playing = heapq.heappop(self._due)
            if self._is_due(event, playing):
                self._happen(event)
        self.now = self._heard_s

    def _is_due(self, event: ev.Event, playing: _Playing | None) -> bool:
        match event:
            case ev.TimerFired(name, generation):
                return self._timers.get(name) == generation
            case ev.AnswerGuessed(text):
                return self._guess is not None and self._guess[0] == text
            case ev.PlayoutMark(_, heard_chars, finished):
                if playing is None or playing is not self._playing or playing.paused:
                    return False
                playing.heard_chars = heard_chars
                if finished:
                    self._playing = None
        return True

    def _later(self, at: float, event: ev.Event, playing: _Playing | None = None) -> None:
        heapq.heappush(self._due, (at, next(self._order), event, playing))

    # -- what happens --------------------------------------------------------------------------

    def _happen(self, event: ev.Event) -> None:
        for command in self._conversation.receive(event, self.now):
            self.commands.append((self.now, command))
            self._carry_out(command)

    def _carry_out(self, command: cmd.Command) -> None:
        match command:
            case cmd.SetTimer(name, generation, at):
                self._timers[name] = generation
                self._later(max(self.now, at), ev.TimerFired(name, generation))
            case cmd.CancelTimer(name):
                self._timers.pop(name, None)
            case cmd.FinishUtterance():
                self._later(self.now + self.delays.finishing, self._listener.finish())
            case cmd.Expect(grammar, choices, length):
                self._listener.expect(grammar, choices, length)
            case cmd.GuessAnswer(ask):
                self._guess_answer(ask.text)
            case cmd.DropGuess():
                self._guess = None
            case cmd.AskAssistant():
                self._answer(command)
            case cmd.Say(utterance_id, text):
                self._play(_Playing(utterance_id, text))
            case cmd.StopSpeaking():
                self._playing = None
            case cmd.PauseSpeaking() if self._playing:
                self._playing.paused = True
            case cmd.ResumeSpeaking() if self._playing:
                self._play(replace(self._playing, paused=False))

    def _guess_answer(self, text: str) -> None:
        self._guess = (text, self.now)
        whole = self.assistant.whole(text, self.assistant.awaits)
        if whole is not None:
            self._later(self.now + self.assistant.guess_s, ev.AnswerGuessed(text, whole))

    def _answer(self, ask: cmd.AskAssistant) -> None:
        begun = self._guess[1] if self._guess and self._guess[0] == ask.text else self.now
        self._guess = None
        at = max(self.now, begun + self.assistant.answer_s)
        if ask.text != cmd.START_OF_CALL:
            awaits = self.assistant.awaits
            self._later(at, ev.AssistantMessage(ask.turn_id, self.assistant.text))
            self._later(
                at,
                ev.AssistantExpects(
                    ask.turn_id, awaits.grammar, awaits.choices, awaits.length, secret=awaits.secret
                ),
            )
        self._later(at, ev.AssistantFinished(ask.turn_id))

    def _play(self, playing: _Playing) -> None:
        self._playing = playing
        chars, said = len(playing.text), playing.heard_chars
        begins = self.now + self.delays.speaking
        step = round(_MARK_EVERY_S * _CHARS_A_SECOND)
        for heard in (*range(said + step, chars, step), chars):
            mark = ev.PlayoutMark(playing.utterance_id, heard, finished=heard == chars)
            self._later(begins + (heard - said) / _CHARS_A_SECOND, mark, playing)


def _frames(pcm: bytes) -> list[bytes]:
    return [pcm[at : at + _FRAME_BYTES] for at in range(0, len(pcm), _FRAME_BYTES)]
