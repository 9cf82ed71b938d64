"""The phones of the model: their names, their ids in Kaldi's files and their network outputs.

Words are pronounced with the 39 ARPAbet phones of the CMU dictionary, without stress marks. The
decoding graph knows each phone in four positions, so that Vosk can tell where a word begins and
ends: `AA_B` begins a word, `AA_I` is inside, `AA_E` ends it and `AA_S` is a whole word. The network
does not tell positions apart. It has two outputs a phone, as in Kaldi's chain models with one state
a phone: one for the phone's first frame and one for the frames that follow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

SILENCE: Final = "SIL"

# The set of http://www.speech.cs.cmu.edu/cgi-bin/cmudict, in its order.
# fmt: off
PHONES: Final[tuple[str, ...]] = (
    "AA", "AE", "AH", "AO", "AW", "AY", "B", "CH", "D", "DH", "EH", "ER", "EY", "F", "G", "HH",
    "IH", "IY", "JH", "K", "L", "M", "N", "NG", "OW", "OY", "P", "R", "S", "SH", "T", "TH", "UH",
    "UW", "V", "W", "Y", "Z", "ZH",
)
# fmt: on

# Begins a word, ends it, is inside it, is the whole of it.
POSITIONS: Final = "BEIS"

# What the network tells apart; the phone's place in this tuple is half its output.
NETWORK_PHONES: Final[tuple[str, ...]] = (SILENCE, *PHONES)
OUTPUTS: Final = 2 * len(NETWORK_PHONES)

# What `graph/phones.txt` lists from 1 on; 0 is Kaldi's epsilon.
POSITION_PHONES: Final[tuple[str, ...]] = (
    SILENCE,
    *(f"{phone}_{position}" for phone in PHONES for position in POSITIONS),
)
PHONE_IDS: Final[Mapping[str, int]] = MappingProxyType(
    {name: number for number, name in enumerate(POSITION_PHONES, start=1)}
)

_OUTPUT_OF: Final = {phone: 2 * place for place, phone in enumerate(NETWORK_PHONES)}


def output_of(phone: str) -> int:
    """Find the network output of a phone's first frame; the next output is for the other frames.

    Args:
        phone: With or without position: `SIL`, `AA` or `AA_B`.

    Returns:
        Even, from 0 (silence) to `OUTPUTS` - 2.

    Raises:
        KeyError: There is no such phone.
    """
    return _OUTPUT_OF[phone.partition("_")[0]]


def transition_ids(position_phone: str) -> tuple[int, int]:
    """Find the labels that a phone has in a decoding graph, whose inputs are transition ids.

    They are those of `speech_model.kaldi.transition_model.monophone_chain`: one state a phone, its
    loop before its way out.

    Args:
        position_phone: A name of `POSITION_PHONES`.

    Returns:
        The id of entering the phone (its first frame) and the id of staying in it (each further
        frame).

    Raises:
        KeyError: There is no such phone.
    """
    number = PHONE_IDS[position_phone]
    return 2 * number, 2 * number - 1


def with_positions(pronunciation: Sequence[str]) -> tuple[str, ...]:
    """Name the phones of one word by their positions in it.

    Args:
        pronunciation: Phones without positions, at least one.

    Returns:
        As many names of `POSITION_PHONES`.

    Raises:
        ValueError: There is no phone at all.
    """
    if not pronunciation:
        raise ValueError("a word has at least one phone")
    if len(pronunciation) == 1:
        return (f"{pronunciation[0]}_S",)
    first, *inner, last = pronunciation
    return (f"{first}_B", *(f"{phone}_I" for phone in inner), f"{last}_E")
