"""Everything that can happen to a call, as the conversation core sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from voice_gateway.conversation.transcript import Transcript

CallbackReason = Literal["nobody_there", "long_wait", "waited_long"]


@dataclass(frozen=True, slots=True)
class CallStarted:
    """The line was answered.

    Args:
        greeting: What to say first.
        resumable: True when this caller was cut off a short while ago and `greeting` asks whether
            to go on with that call.
        ask_recording: True when the caller is first to be asked whether the call may be recorded.
    """

    greeting: str
    resumable: bool = False
    ask_recording: bool = False


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """Voice activity began.

    Args:
        level_db: How loud it is, in dB relative to full scale; None where that is not known.
    """

    level_db: float | None = None


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    """Voice activity ended; silence has begun.

    Args:
        silence: Seconds of silence that had already passed when this was noticed.
        heard: All that was said before, to its last word; None where that is not known.
    """

    silence: float = 0.0
    heard: Transcript | None = None


@dataclass(frozen=True, slots=True)
class PartialTranscript:
    """What has been recognised so far of the utterance being spoken.

    Args:
        text: The words.
        level_db: How loud they are, in dB relative to full scale; None where that is not known.
    """

    text: str
    level_db: float | None = None


@dataclass(frozen=True, slots=True)
class FinalTranscript:
    """The recogniser's last word on an utterance, after `FinishUtterance` was commanded."""

    transcript: Transcript


@dataclass(frozen=True, slots=True)
class Digit:
    """A key of the telephone's keypad (DTMF): one of `0`-`9`, `*`, `#`, or `MASK` for a code."""

    key: str


@dataclass(frozen=True, slots=True)
class AnswerGuessed:
    """The assistant has understood what it was asked to guess about.

    Args:
        text: What it was asked.
        whole: Whether that is something complete, after which little more is to be expected.
    """

    text: str
    whole: bool


@dataclass(frozen=True, slots=True)
class AssistantMessage:
    """A sentence, or a few, that the assistant wants spoken in answer to `turn_id`."""

    turn_id: str
    text: str


@dataclass(frozen=True, slots=True)
class AssistantExpects:
    """What kind of answer the assistant waits for next.

    Args:
        turn_id: The caller's turn it belongs to.
        grammar: `free`, `digits`, `code`, `yes_no` or `choice`.
        choices: For `choice`: the phrases that may be said.
        length: For `digits` and `code`: how many symbols complete the answer, if known.
        patience: Extra seconds of silence to allow, for a caller who asked for a moment.
        secret: Digits are a code: they are masked before they come here.
    """

    turn_id: str
    grammar: str
    choices: tuple[str, ...] = ()
    length: int | None = None
    patience: float = 0.0
    secret: bool = False


@dataclass(frozen=True, slots=True)
class AssistantSetsPace:
    """The assistant wants the line to speak slower or faster; 1.0 is the voice's own pace."""

    turn_id: str
    pace: float


@dataclass(frozen=True, slots=True)
class AssistantHandsOff:
    """The assistant gives the call to a person.

    Args:
        turn_id: The caller's turn it belongs to.
        details: The assistant's part of the hand-off packet.
    """

    turn_id: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AssistantHangsUp:
    """The assistant considers the call finished."""

    turn_id: str


@dataclass(frozen=True, slots=True)
class AssistantFinished:
    """The assistant has sent everything for `turn_id`."""

    turn_id: str


@dataclass(frozen=True, slots=True)
class AssistantFailed:
    """The assistant could not answer `turn_id`: it is down, timed out or reported an error."""

    turn_id: str
    error: str


@dataclass(frozen=True, slots=True)
class PlayoutMark:
    """The caller's side has played an utterance up to a point.

    Args:
        utterance_id: The utterance, as numbered by `Say`.
        heard_chars: How many characters of its text have been heard.
        finished: True when all of it has been played.
    """

    utterance_id: int
    heard_chars: int
    finished: bool = False


@dataclass(frozen=True, slots=True)
class SpeechFailed:
    """An utterance could not be synthesised or played; treat it as not heard."""

    utterance_id: int
    error: str


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer set by `SetTimer` is due.

    Args:
        name: Its name.
        generation: As given in `SetTimer`; an older generation is stale.
    """

    name: str
    generation: int


@dataclass(frozen=True, slots=True)
class HandoffUnavailable:
    """Nobody can take the call: a call-back ticket is stored and this is the promise to speak."""

    promise: str


@dataclass(frozen=True, slots=True)
class WaitEstimated:
    """Where the caller stands; comes again when there is news.

    Args:
        seconds: How long it should take until a person has the call; None when that is not known.
        position: Their place in line; None when that is not known.
        callback: Why a call-back is offered instead; None when it is not.
    """

    seconds: float | None
    position: int | None = None
    callback: CallbackReason | None = None


@dataclass(frozen=True, slots=True)
class AgentAccepted:
    """A person took the hand-off.

    Args:
        agent_name: Who.
        voice: Whether they speak themselves; otherwise what they type is spoken for them.
    """

    agent_name: str
    voice: bool = False


@dataclass(frozen=True, slots=True)
class AgentUnheard:
    """The agent who was to speak has no voice here; what they type is spoken for them."""


@dataclass(frozen=True, slots=True)
class AgentDeclined:
    """The person it was offered to declined; others may still accept."""


@dataclass(frozen=True, slots=True)
class AgentSaid:
    """A line typed by the agent, to be spoken to the caller.

    Args:
        text: The line.
        agent_name: Who typed it.
    """

    text: str
    agent_name: str | None = None


@dataclass(frozen=True, slots=True)
class AgentSpoke:
    """An agent has said something aloud.

    Args:
        agent_name: Who.
        transcript: What was heard.
    """

    agent_name: str
    transcript: Transcript


@dataclass(frozen=True, slots=True)
class AgentHeld:
    """The agent put the caller on hold, or took them back."""

    on: bool


@dataclass(frozen=True, slots=True)
class AgentPassedOn:
    """The agent passed the caller on, who waits again.

    Args:
        agent_name: Who did.
        queue: Where the caller waits now; None when in the same queue.
    """

    agent_name: str
    queue: str | None = None


@dataclass(frozen=True, slots=True)
class AgentHungUp:
    """The agent ended the call; the wrap-up is still to be done."""


@dataclass(frozen=True, slots=True)
class AgentClosed:
    """The agent ended the conversation with a disposition."""

    disposition: str


@dataclass(frozen=True, slots=True)
class AgentLost:
    """The agent's desk went away while the agent was on the call."""


@dataclass(frozen=True, slots=True)
class ServerDraining:
    """The server wants to shut down: say so and end the call."""


@dataclass(frozen=True, slots=True)
class CallerHungUp:
    """The caller's side of the line is gone."""


Event = (
    CallStarted
    | SpeechStarted
    | SpeechStopped
    | PartialTranscript
    | FinalTranscript
    | Digit
    | AnswerGuessed
    | AssistantMessage
    | AssistantExpects
    | AssistantSetsPace
    | AssistantHandsOff
    | AssistantHangsUp
    | AssistantFinished
    | AssistantFailed
    | PlayoutMark
    | SpeechFailed
    | TimerFired
    | HandoffUnavailable
    | WaitEstimated
    | AgentAccepted
    | AgentUnheard
    | AgentDeclined
    | AgentSaid
    | AgentSpoke
    | AgentHeld
    | AgentPassedOn
    | AgentHungUp
    | AgentClosed
    | AgentLost
    | ServerDraining
    | CallerHungUp
)
