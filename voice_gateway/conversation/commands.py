"""Everything the conversation core can ask its surroundings to do.

Commands are carried out in the order given, each finished (stored, queued, sent) before the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from voice_gateway.conversation.transcript import Transcript

Speaker = Literal["caller", "bot", "agent"]

START_OF_CALL = "/start_call"
"""What the assistant is asked before the caller has said anything."""


@dataclass(frozen=True, slots=True)
class Say:
    """Synthesise and play a text; the playout marks will carry `utterance_id`."""

    utterance_id: int
    text: str


@dataclass(frozen=True, slots=True)
class StopSpeaking:
    """Stop playing `utterance_id` at once and drop what is buffered of it."""

    utterance_id: int


@dataclass(frozen=True, slots=True)
class PauseSpeaking:
    """Fall silent at once in the middle of `utterance_id`, which may be gone on with."""

    utterance_id: int


@dataclass(frozen=True, slots=True)
class ResumeSpeaking:
    """Go on with `utterance_id` where the caller last heard it."""

    utterance_id: int


@dataclass(frozen=True, slots=True)
class FinishUtterance:
    """The caller's turn has ended: flush the recogniser and report a `FinalTranscript`."""


@dataclass(frozen=True, slots=True)
class AskAssistant:
    """Send the caller's turn to the assistant.

    Args:
        turn_id: Names the turn; every answer carries it.
        text: What to send: what was heard, masks where it was a code, or `START_OF_CALL`.
        transcript: What was heard, for confidence and alternatives.
        affect: How upset the caller sounds: `{"score": 0..1, "cues": [...]}`.
        barge_in: True when the caller interrupted the bot with this turn.
    """

    turn_id: str
    text: str
    transcript: Transcript
    affect: Mapping[str, Any] = field(default_factory=dict)
    barge_in: bool = False


@dataclass(frozen=True, slots=True)
class GuessAnswer:
    """Find out what the assistant would answer, without any effect, and get its words ready.

    Reports `events.AnswerGuessed`. An `AskAssistant` that asks the same is answered from it.

    Args:
        ask: What would be asked; its `turn_id` is empty.
    """

    ask: AskAssistant


@dataclass(frozen=True, slots=True)
class DropGuess:
    """The caller goes on: what was guessed is of no use."""


@dataclass(frozen=True, slots=True)
class Expect:
    """Narrow what the recogniser listens for; fields as in `events.AssistantExpects`."""

    grammar: str
    choices: tuple[str, ...] = ()
    length: int | None = None
    secret: bool = False


@dataclass(frozen=True, slots=True)
class SetPace:
    """Speak slower or faster from here on; 1.0 is the voice's own pace."""

    pace: float


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Fire `events.TimerFired(name, generation)` at time `at`; replaces a timer of that name."""

    name: str
    generation: int
    at: float


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """Forget the timer of that name."""

    name: str


@dataclass(frozen=True, slots=True)
class RecordTurn:
    """Store a turn before anything is done about it.

    Args:
        turn_id: Names the turn.
        speaker: Who spoke.
        text: What was said, or is about to be said.
        transcript: What was heard, of a turn that was.
        barge_in: True when the caller interrupted the bot with this turn.
        affect: How upset the caller seems, 0 to 1; only for a caller's turn.
        agent_name: Which agent spoke; only for an agent's turn.
    """

    turn_id: str
    speaker: Speaker
    text: str
    transcript: Transcript | None = None
    barge_in: bool = False
    affect: float | None = None
    agent_name: str | None = None


@dataclass(frozen=True, slots=True)
class RecordHeard:
    """Store how much of a bot's or an agent's typed turn the caller heard.

    Args:
        turn_id: The turn, as recorded.
        heard: The part of its text that was played.
        complete: True when all of it was.
    """

    turn_id: str
    heard: str
    complete: bool


@dataclass(frozen=True, slots=True)
class OfferHandoff:
    """Build the hand-off packet, store it, and offer it to people.

    Args:
        reason: Why, one of the packet's reasons.
        details: What the assistant gave of the packet; empty when the assistant is not there.
        trigger_turn_id: The turn that led to it, if one did.
    """

    reason: str
    details: Mapping[str, Any]
    trigger_turn_id: str | None


@dataclass(frozen=True, slots=True)
class WithdrawHandoff:
    """Store a call-back and report `HandoffUnavailable` with the promise.

    Args:
        why: `timed_out` when nobody came in time, `callback` when the caller would rather be called
            back.
    """

    why: Literal["timed_out", "callback"] = "timed_out"


@dataclass(frozen=True, slots=True)
class PlayHold:
    """Start or stop the hold music of a caller who has nobody else on the line."""

    on: bool


@dataclass(frozen=True, slots=True)
class Bridge:
    """The agent has the call from here; the bot only transcribes.

    Args:
        agent_name: Who.
        voice: Whether caller and agent are to hear each other.
    """

    agent_name: str
    voice: bool = False


@dataclass(frozen=True, slots=True)
class Unbridge:
    """The agent does not have the call any more."""


@dataclass(frozen=True, slots=True)
class HoldCaller:
    """Put a caller who is bridged on hold, or take them back."""

    on: bool


@dataclass(frozen=True, slots=True)
class Record:
    """The caller was asked, and agreed to be recorded or not."""

    on: bool


@dataclass(frozen=True, slots=True)
class PauseRecording:
    """A code may be heard from here on, or not any more; of no meaning without a recording."""

    on: bool


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call.

    Args:
        reason: `completed`, `caller_hung_up`, `silence`, `callback_promised`, `agent_closed`,
            `draining` or `system_error`.
    """

    reason: str


Command = (
    Say
    | StopSpeaking
    | PauseSpeaking
    | ResumeSpeaking
    | FinishUtterance
    | AskAssistant
    | GuessAnswer
    | DropGuess
    | Expect
    | SetPace
    | SetTimer
    | CancelTimer
    | RecordTurn
    | RecordHeard
    | OfferHandoff
    | WithdrawHandoff
    | PlayHold
    | Bridge
    | Unbridge
    | HoldCaller
    | Record
    | PauseRecording
    | HangUp
)
