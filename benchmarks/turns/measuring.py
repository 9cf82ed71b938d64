"""Each turn of the set played in a call of its own, in virtual time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from benchmarks.turns.judging import FADING_S, PATIENCE_S, OverBot, TurnTaken, judge
from benchmarks.turns.labelled import LabelledSet
from benchmarks.turns.turn import SPOKEN_KINDS, LabelledTurn
from benchmarks.turns.virtual_call import Assistant, Delays, VirtualCall
from voice_gateway.conversation.language import Language
from voice_gateway.speech.model import SpeechModel

T = TypeVar("T")

_THINKING_S: Final = 0.4  # between the bot's last word and the caller's first
_INTO_SENTENCE_S: Final = 1.0
_LONG_ANSWER: Final = (
    "I found your order, and it left our warehouse on Monday with everything that you have "
    "bought, so it should be with you by the end of this week, most likely in the morning, and "
    "the driver will ring you about half an hour before, so that you need not wait at home for "
    "the whole day, and if nobody is there it will be brought to the nearest shop for you."
)
_FEWEST_WORDS: Final = 3


@dataclass(frozen=True, slots=True)
class Bench:
    """What plays turns.

    Args:
        model: What hears.
        language: The words turn-taking needs.
        opening: How each call begins.
        assistant: Answers; its text and what it waits for depend on the turn.
        delays: What takes time on the line.
    """

    model: SpeechModel
    language: Language
    opening: LabelledTurn
    assistant: Assistant = field(default_factory=Assistant)
    delays: Delays = field(default_factory=Delays)

    def take(self, turn: LabelledTurn) -> TurnTaken:
        """Let the caller answer the bot's question.

        Args:
            turn: The answer.

        Returns:
            How it was taken.
        """
        call = self._begin(turn, "All right?")
        call.wait_until(lambda: not call.bot_speaks, 10.0)
        call.wait(_THINKING_S)
        before, first_word_s = len(call.asked()), call.heard_s
        call.hear(turn.speech)
        end_s = first_word_s + turn.speech_end_s - FADING_S
        call.wait_until(lambda: any(at >= end_s for at, _ in call.asked()), PATIENCE_S + 0.5)
        return judge(
            turn,
            [(at - first_word_s, text) for at, text in call.asked()[before:]],
            [at - first_word_s for at in call.began_to_speak() if at >= first_word_s],
        )

    def over_bot(self, turn: LabelledTurn) -> OverBot:
        """Let something be heard while the bot speaks.

        Args:
            turn: What.

        Returns:
            What the line did about it.
        """
        call = self._begin(turn, _LONG_ANSWER)
        call.wait(_INTO_SENTENCE_S)
        before, first_word_s = len(call.asked()), call.heard_s
        call.hear(turn.speech)
        call.wait_until(lambda: len(call.asked()) > before, PATIENCE_S)
        silent = [at - first_word_s for at in call.fell_silent() if at >= first_word_s]
        stopped = any(at >= first_word_s for at in call.stopped_speaking())
        heard = tuple(text for _, text in call.asked()[before:])
        return OverBot(turn, min(silent, default=None), stopped, heard)

    def _begin(self, turn: LabelledTurn, answer: str) -> VirtualCall:
        call = VirtualCall(self.model, self.language, turn.line, self.delays)
        call.begin(self.opening.speech, replace(self.assistant, text=answer, awaits=turn.awaited))
        return call


@dataclass(frozen=True, slots=True)
class Measured:
    """All that was played.

    Args:
        taken: The turns that want an answer.
        barge_ins: Sentences over the bot, of callers who want the turn.
        back_channels: What listeners say over the bot.
        noises: What is meant for nobody, over the bot.
    """

    taken: tuple[TurnTaken, ...]
    barge_ins: tuple[OverBot, ...]
    back_channels: tuple[OverBot, ...]
    noises: tuple[OverBot, ...]


def barge_ins(labelled: LabelledSet) -> list[LabelledTurn]:
    """Choose what callers say who interrupt the bot.

    Args:
        labelled: The set.

    Returns:
        Its whole turns of at least three words.
    """
    return [t for t in labelled.of("whole") if len(t.text.split()) >= _FEWEST_WORDS]


def measure(
    bench: Bench, labelled: LabelledSet, played: Callable[[], None] = lambda: None
) -> Measured:
    """Play a set.

    Args:
        bench: What plays it.
        labelled: The set.
        played: Called after each turn.

    Returns:
        What came of it.
    """

    def over_bot(turns: list[LabelledTurn]) -> tuple[OverBot, ...]:
        return tuple(_counted(bench.over_bot(turn), played) for turn in turns)

    return Measured(
        taken=tuple(_counted(bench.take(turn), played) for turn in labelled.of(*SPOKEN_KINDS)),
        barge_ins=over_bot(barge_ins(labelled)),
        back_channels=over_bot(labelled.of("back_channel")),
        noises=over_bot(labelled.of("noise")),
    )


def _counted(result: T, played: Callable[[], None]) -> T:
    played()
    return result
