"""What a caller heard of a line, judged by the caller's ears alone: no server is believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from voice_gateway.transports.line import FRAME_MS

FRAME_S: Final = FRAME_MS / 1000
ANSWER_WITHIN_S: Final = 3.0
"""A turn that is not answered by then has an end that was missed."""
SILENT_S: Final = 0.7
"""A bot that is silent for so long has stopped; its pauses between sentences are shorter."""
STOPS_WITHIN_S: Final = 3.0
"""A bot that goes on for so long after the caller has begun was not stopped by them."""
AGAIN_WITHIN_S: Final = 4.0
_BREATH_S: Final = 0.3


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which somebody could be heard, in seconds of the call."""

    from_s: float
    until_s: float


@dataclass(frozen=True, slots=True)
class Said:
    """What the caller said in one go, silences inside it included.

    Args:
        name: Of the turn.
        kind: What it was to try.
        from_s: When its first word began, in seconds of the call.
        until_s: When its last word ended.
    """

    name: str
    kind: str
    from_s: float
    until_s: float


@dataclass(frozen=True, slots=True)
class Tape:
    """A call as the caller heard it.

    Args:
        said: What they said, in order.
        bot: For each 20 ms of the call, whether the bot could be heard.
    """

    said: tuple[Said, ...]
    bot: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class TurnFinding:
    """How a turn was answered.

    Args:
        talked_over_s: For how long the bot, which had been quiet, spoke before the caller had
            finished; None when it let them finish.
        delay_s: From the caller's last word to the first sound of the answer; None when the bot cut
            in or no answer came in time.
    """

    talked_over_s: float | None
    delay_s: float | None

    @property
    def cut_in(self) -> bool:
        """Whether the bot spoke before the caller had finished."""
        return self.talked_over_s is not None

    @property
    def missed(self) -> bool:
        """Whether the caller finished and no answer came in time."""
        return not self.cut_in and self.delay_s is None


@dataclass(frozen=True, slots=True)
class OverlapFinding:
    """What the bot did when the caller made themselves heard while it spoke.

    Args:
        stopped_after_s: When it fell silent, in seconds from the caller's beginning; None when it
            went on, or had come to its own end.
        spoke_again: Whether it spoke again soon, be it where it was or of something else.
    """

    stopped_after_s: float | None
    spoke_again: bool


def stretches(audible: Sequence[bool], bridged_s: float) -> list[Stretch]:
    """Find when somebody could be heard.

    Args:
        audible: For each 20 ms.
        bridged_s: Silences shorter than this do not part two stretches.

    Returns:
        The stretches in order.
    """
    found: list[Stretch] = []
    for number, heard in enumerate(audible):
        if not heard:
            continue
        at = number * FRAME_S
        if found and at - found[-1].until_s < bridged_s:
            found[-1] = Stretch(found[-1].from_s, at + FRAME_S)
        else:
            found.append(Stretch(at, at + FRAME_S))
    return found


def judge_turn(tape: Tape, number: int) -> TurnFinding:
    """Judge how a turn that wants an answer was answered.

    Args:
        tape: The call.
        number: Which of the things said; the bot was quiet when it began.

    Returns:
        What is found.
    """
    said = tape.said[number]
    onsets = [each.from_s for each in stretches(tape.bot, _BREATH_S)]
    if any(said.from_s < onset < said.until_s for onset in onsets):
        first, last = round(said.from_s / FRAME_S), round(said.until_s / FRAME_S)
        return TurnFinding(sum(tape.bot[first:last]) * FRAME_S, None)
    answers = [onset for onset in onsets if onset >= said.until_s]
    if answers and answers[0] - said.until_s <= ANSWER_WITHIN_S:
        return TurnFinding(None, answers[0] - said.until_s)
    return TurnFinding(None, None)


def judge_overlap(tape: Tape, number: int, speaks_for_s: float) -> OverlapFinding | None:
    """Judge whether the bot let itself be stopped.

    Args:
        tape: The call.
        number: Which of the things said.
        speaks_for_s: How long the bot says at least what it was saying, when nobody disturbs it.

    Returns:
        What is found; None when the bot was not speaking as the caller began.
    """
    said = tape.said[number]
    spoken = stretches(tape.bot, SILENT_S)
    within = next((each for each in spoken if each.from_s < said.from_s < each.until_s), None)
    if within is None:
        return None
    came_to_its_end = within.until_s - within.from_s > speaks_for_s - _BREATH_S
    stopped_after_s = within.until_s - said.from_s
    if came_to_its_end or stopped_after_s > STOPS_WITHIN_S:
        return OverlapFinding(None, spoke_again=False)
    over = max(within.until_s, said.until_s)
    spoke_again = any(within.until_s < each.from_s <= over + AGAIN_WITHIN_S for each in spoken)
    return OverlapFinding(stopped_after_s, spoke_again)


def longest_speech_s(tape: Tape) -> float:
    """How long the bot spoke without a pause worth the name.

    Args:
        tape: A call in which nobody interrupted it.

    Returns:
        Seconds.
    """
    spoken = stretches(tape.bot, SILENT_S)
    return max((each.until_s - each.from_s for each in spoken), default=0.0)
