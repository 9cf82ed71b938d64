"""The labelled turns of `benchmarks/turns` as what callers say to a live line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from benchmarks.peers.situations import LEAD_TO_NUMBER, LEAD_TO_YES_NO, CallerTurn, Kind
from benchmarks.turns.labelled import LabelledSet, labelled_set
from benchmarks.turns.measuring import barge_ins
from benchmarks.turns.speakers import Cast
from benchmarks.turns.turn import SPOKEN_KINDS, LabelledTurn
from speech_model.evaluation.evaluate import DEFAULT_DATA
from voice_gateway.speech.speech_cache import SpeechCache
from warmline.settings import Settings

_LEADS: Final[Mapping[str, tuple[str, ...]]] = {
    "free": (),
    "digits": LEAD_TO_NUMBER,
    "yes_no": LEAD_TO_YES_NO,
}
_CACHE_BYTES: Final = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Labelled:
    """What callers say.

    Args:
        turns: What wants an answer.
        overlaps: What is heard while the bot speaks.
    """

    turns: tuple[CallerTurn, ...]
    overlaps: tuple[CallerTurn, ...]


def labelled(most: int) -> Labelled:
    """Make the labelled set.

    Args:
        most: No more turns of one kind, of people or of synthetic voices, than this.

    Returns:
        Its turns. Answers to a choice are left out: a live line would have to be led there first.
    """
    folder = Settings().data_dir.expanduser() / "benchmarks" / "turns"
    cast = Cast.gather(SpeechCache(folder, _CACHE_BYTES))
    return of(labelled_set(cast, DEFAULT_DATA).at_most(most))


def of(found: LabelledSet) -> Labelled:
    """Take over a labelled set.

    Args:
        found: The set.

    Returns:
        Its turns, with what is said before them so that the bot awaits them.
    """
    spoken = [turn for turn in found.of(*SPOKEN_KINDS) if turn.awaited.grammar in _LEADS]
    return Labelled(
        turns=tuple(
            _taken(turn, "whole" if turn.kind == "whole" else "pause", _LEADS[turn.awaited.grammar])
            for turn in spoken
        ),
        overlaps=(
            *(_taken(turn, "barge_in") for turn in barge_ins(found)),
            *(_taken(turn, "back_channel") for turn in found.of("back_channel")),
            *(_taken(turn, "noise") for turn in found.of("noise")),
        ),
    )


def _taken(turn: LabelledTurn, kind: Kind, leads: tuple[str, ...] = ()) -> CallerTurn:
    return CallerTurn(turn.name, kind, turn.text, turn.pcm, turn.speech_end_s, turn.line, leads)
