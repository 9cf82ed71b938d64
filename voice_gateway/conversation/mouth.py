"""The bot's side of the turn-taking: one utterance at a time, and what was heard of each."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from voice_gateway.conversation.commands import (
    Command,
    PauseSpeaking,
    RecordHeard,
    RecordTurn,
    ResumeSpeaking,
    Say,
    Speaker,
    StopSpeaking,
)

# A caller who cut off so many of the latest utterances wants to hear less.
_OFTEN = 2
_LATELY = 5


@dataclass(slots=True)
class Utterance:
    """Something to say.

    Args:
        text: The words.
        speaker: Whose words they are: the bot's own, or an agent's typed line.
        interruptible: Whether the caller may stop it by speaking.
        answers: The caller's turn it answers, if it is an answer.
        agent_name: Which agent typed it.
    """

    text: str
    speaker: Speaker = "bot"
    interruptible: bool = True
    answers: str | None = None
    agent_name: str | None = None
    utterance_id: int = 0
    turn_id: str = ""
    heard_chars: int = 0


@dataclass
class Mouth:
    """Queues utterances and plays them one after the other.

    Args:
        new_turn_id: Gives each utterance the id under which it is recorded.
    """

    new_turn_id: Callable[[], str]
    current: Utterance | None = None
    queue: deque[Utterance] = field(default_factory=deque)
    paused: bool = False
    _spoken: int = 0
    _interrupted: deque[bool] = field(default_factory=lambda: deque(maxlen=_LATELY))

    @property
    def idle(self) -> bool:
        """True when nothing is being said or waits to be said."""
        return self.current is None and not self.queue

    def start_next(self) -> list[Command]:
        """Begin the next utterance; there must be one, and none may be playing."""
        assert self.current is None, "only one utterance at a time"
        utterance = self.queue.popleft()
        self._spoken += 1
        utterance.utterance_id = self._spoken
        utterance.turn_id = self.new_turn_id()
        self.current = utterance
        return [
            RecordTurn(
                utterance.turn_id,
                utterance.speaker,
                utterance.text,
                agent_name=utterance.agent_name,
            ),
            Say(utterance.utterance_id, utterance.text),
        ]

    @property
    def often_interrupted(self) -> bool:
        """Whether the caller lately cut off what was said, twice."""
        return sum(self._interrupted) >= _OFTEN

    @property
    def unheard_chars(self) -> int:
        """How much of what is being said the caller has still to hear."""
        return len(self.current.text) - self.current.heard_chars if self.current else 0

    def pause(self) -> list[Command]:
        """Fall silent in the middle of what is being said."""
        if not self.current or self.paused:
            return []
        self.paused = True
        return [PauseSpeaking(self.current.utterance_id)]

    def resume(self) -> list[Command]:
        """Go on after `pause`."""
        if not self.current or not self.paused:
            return []
        self.paused = False
        return [ResumeSpeaking(self.current.utterance_id)]

    def heard(self, utterance_id: int, chars: int) -> None:
        """Note how far the caller has heard the utterance; marks only ever move on."""
        if self.current and self.current.utterance_id == utterance_id:
            limit = len(self.current.text)
            self.current.heard_chars = max(self.current.heard_chars, min(chars, limit))

    def finish(self, utterance_id: int) -> list[Command]:
        """The utterance has been played to its end."""
        if not self.current or self.current.utterance_id != utterance_id:
            return []
        finished, self.current, self.paused = self.current, None, False
        self._interrupted.append(False)
        return [RecordHeard(finished.turn_id, finished.text, complete=True)]

    def stop(self) -> list[Command]:
        """Stop the utterance that plays, if any, and keep what was heard of it."""
        if not self.current:
            return []
        stopped, self.current, self.paused = self.current, None, False
        self._interrupted.append(True)
        heard = stopped.text[: stopped.heard_chars].rstrip()
        return [
            StopSpeaking(stopped.utterance_id),
            RecordHeard(stopped.turn_id, heard, complete=heard == stopped.text),
        ]

    def drop_answers(self) -> None:
        """Forget what waits to be said in answer to turns the caller has moved on from."""
        self.queue = deque(u for u in self.queue if u.answers is None or not u.interruptible)

    def keep_answers(self) -> None:
        """Forget what waits to be said and answers nothing the caller has said."""
        self.queue = deque(u for u in self.queue if u.answers is not None)
