"""A world around the conversation core with a clock of its own: a call takes no time at all."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from voice_gateway.conversation import commands as cmd
from voice_gateway.conversation import events as ev
from voice_gateway.conversation.core import Conversation
from voice_gateway.conversation.timing import Timing
from voice_gateway.conversation.transcript import Transcript
from voice_gateway.languages import load_language

CHARS_A_SECOND = 15.0
ENGLISH = load_language("en_us")

T = TypeVar("T")
Answer = Callable[[cmd.AskAssistant], list[ev.Event]]


def echo(ask: cmd.AskAssistant) -> list[ev.Event]:
    """An assistant that repeats what was said."""
    return [
        ev.AssistantMessage(ask.turn_id, f"You said {ask.text}."),
        ev.AssistantFinished(ask.turn_id),
    ]


def transcript(text: str) -> Transcript:
    return Transcript(text, confidence=0.9)


@dataclass
class World:
    """Carries out commands with ideal parts and keeps everything that happened.

    Args:
        answer: The assistant; its events arrive `think` seconds after the question.
        opening: What the assistant says at once to the start of the call; None when it never does.
        plays: False when the caller's side never acknowledges any audio.
        recognises: False when the recogniser never gives its final result.
        whole: What the assistant takes for something complete when it guesses.
    """

    answer: Answer = echo
    think: float = 0.2
    opening: str | None = ""
    plays: bool = True
    recognises: bool = True
    whole: Callable[[str], bool] = lambda text: False
    timing: Timing = field(default_factory=Timing)

    def __post_init__(self) -> None:
        self.conversation = Conversation(ENGLISH, self.timing)
        self.now = 0.0
        self.commands: list[tuple[float, cmd.Command]] = []
        self.events: list[tuple[float, ev.Event]] = []
        self._due: list[tuple[float, int, ev.Event]] = []
        self._order = itertools.count()
        self._timers: dict[str, int] = {}
        self._playing: tuple[cmd.Say, float] | None = None
        self._paused: tuple[cmd.Say, float] | None = None
        self.heard = ""

    # -- what a test does ----------------------------------------------------------------------

    def start(
        self, greeting: str = "Hello.", *, resumable: bool = False, ask_recording: bool = False
    ) -> World:
        self.happen(ev.CallStarted(greeting, resumable, ask_recording))
        return self

    def happen(self, *events: ev.Event) -> list[cmd.Command]:
        out: list[cmd.Command] = []
        for event in events:
            self.events.append((self.now, event))
            new = self.conversation.receive(event, self.now)
            out += new
            for command in new:
                self.commands.append((self.now, command))
                self._carry_out(command)
        return out

    def wait(self, seconds: float) -> None:
        """Let time pass; everything that falls due happens."""
        until = self.now + seconds
        while self._due and self._due[0][0] <= until:
            at, _, event = heapq.heappop(self._due)
            self.now = max(self.now, at)
            if isinstance(event, ev.TimerFired):
                if self._timers.get(event.name) != event.generation:
                    continue
                del self._timers[event.name]
            if isinstance(event, ev.PlayoutMark) and event.finished:
                if self._playing is None or not self._plays_until(event.utterance_id):
                    continue
                self._playing = None
            self.happen(event)
        self.now = until

    def caller_says(self, text: str, seconds: float = 1.0) -> None:
        """The caller speaks; half way through, the recogniser has the first half."""
        self.happen(ev.SpeechStarted())
        words = text.split()
        self.wait(seconds / 2)
        self.happen(ev.PartialTranscript(" ".join(words[: (len(words) + 1) // 2])))
        self.wait(seconds / 2)
        self.heard = text
        self.happen(ev.PartialTranscript(text), ev.SpeechStopped(0.0, transcript(text)))

    # -- what a test looks at ------------------------------------------------------------------

    def of(self, kind: type[T]) -> list[T]:
        return [c for _, c in self.commands if isinstance(c, kind)]

    def asked(self) -> list[cmd.AskAssistant]:
        """What the assistant was asked about the caller's turns."""
        return [ask for ask in self.of(cmd.AskAssistant) if ask.text != cmd.START_OF_CALL]

    def said(self) -> list[str]:
        return [c.text for c in self.of(cmd.Say)]

    def heard_of(self, text: str) -> cmd.RecordHeard:
        turn = next(t for t in self.of(cmd.RecordTurn) if t.text == text)
        return next(h for h in self.of(cmd.RecordHeard) if h.turn_id == turn.turn_id)

    @property
    def ended(self) -> str | None:
        reasons = [c.reason for c in self.of(cmd.HangUp)]
        return reasons[0] if reasons else None

    def silent_since(self) -> float:
        """When the bot got the turn or the caller last heard it; `now` while something plays."""
        if self._playing:
            return self.now
        sounds = [
            at
            for at, c in self.commands
            if isinstance(c, cmd.AskAssistant | cmd.RecordHeard | cmd.Say | cmd.PlayHold)
        ]
        return max(sounds, default=0.0)

    # -- how commands are carried out ----------------------------------------------------------

    def _later(self, seconds: float, event: ev.Event) -> None:
        heapq.heappush(self._due, (self.now + seconds, next(self._order), event))

    def _play(self, say: cmd.Say, played: float) -> None:
        """Play a text of which the caller has heard `played` seconds."""
        self._playing = (say, self.now - played)
        if self.plays:
            length = len(say.text) / CHARS_A_SECOND
            for part in (0.5, 1.0):
                chars = int(len(say.text) * part)
                mark = ev.PlayoutMark(say.utterance_id, chars, finished=part == 1.0)
                self._later(max(0.0, length * part - played), mark)

    def _plays_until(self, utterance_id: int) -> bool:
        """Whether what plays is that utterance, and is over at this moment."""
        assert self._playing is not None
        say, began = self._playing
        over = began + len(say.text) / CHARS_A_SECOND
        return say.utterance_id == utterance_id and self.now >= over - 1e-9

    def _carry_out(self, command: cmd.Command) -> None:
        match command:
            case cmd.SetTimer(name, generation, at):
                self._timers[name] = generation
                self._later(max(0.0, at - self.now), ev.TimerFired(name, generation))
            case cmd.CancelTimer(name):
                self._timers.pop(name, None)
            case cmd.Say():
                self._play(command, 0.0)
            case cmd.PauseSpeaking():
                assert self._playing is not None
                self._paused, self._playing = self._playing, None
                self._paused = (self._paused[0], self.now - self._paused[1])
            case cmd.ResumeSpeaking():
                assert self._paused is not None
                self._play(*self._paused)
            case cmd.StopSpeaking():
                self._playing = self._paused = None
            case cmd.GuessAnswer(ask):
                self._later(0.02, ev.AnswerGuessed(ask.text, self.whole(ask.text)))
            case cmd.FinishUtterance() if self.recognises:
                heard, self.heard = self.heard, ""
                self._later(0.05, ev.FinalTranscript(transcript(heard)))
            case cmd.AskAssistant(turn_id, cmd.START_OF_CALL):
                if self.opening is not None:
                    self._later(0, ev.AssistantMessage(turn_id, self.opening))
                    self._later(0, ev.AssistantFinished(turn_id))
            case cmd.AskAssistant():
                for event in self.answer(command):
                    self._later(self.think, event)
