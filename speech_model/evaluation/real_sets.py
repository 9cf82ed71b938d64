"""Sets of real people, made from published recordings. None of them may be trained on.

Who is kept for measuring stands in `speech_model/data/splits.toml`. Each set takes the folders
that the collections may be in, and leaves out what is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from speech_model.data.splits import held_out_speakers
from speech_model.evaluation.joining import joined
from speech_model.evaluation.recordings import TABLE, Recording, read_folder
from speech_model.evaluation.sets import Awaited, EvaluationSet, Half, Utterance, half_of, single
from voice_gateway.speech.grammars import DIGITS, LETTERS, SPELLING_WORDS

_STRINGS_A_SPEAKER: Final = 40
_DIGITS_A_STRING: Final = 6
_SENTENCES_A_SPEAKER: Final = 10
# Where Debian's package asterisk-core-sounds-en-wav puts its prompts.
_DEBIAN_PROMPTS: Final = (
    Path("/usr/share/asterisk/sounds/en_US_f_Allison"),
    Path("/usr/share/asterisk/sounds/en"),
)
_PROMPTS: Final = "Asterisk core sounds, one professional speaker (Allison Smith)"
_PROMPT_LICENCE: Final = "CC BY-SA 3.0"
_DAYS: Final = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    "today", "tomorrow", "yesterday",
)  # fmt: skip
_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip


def digit_strings(data: Sequence[Path]) -> EvaluationSet:
    """Six digits in a row, by speakers that no model of ours was trained on.

    Args:
        data: Folders; `fsdd` in one of them is the Free Spoken Digit Dataset.

    Returns:
        Forty strings a speaker; those of the two halves have no recording in common.

    Raises:
        EvaluationError: A table or a sound cannot be read.
    """
    speakers = held_out_speakers()["fsdd"] or frozenset()
    by_speaker: dict[tuple[str, Half], list[Recording]] = {}
    for recording in _collection(data, "fsdd"):
        if recording.speaker in speakers and recording.text in DIGITS:
            take = Path(recording.path).stem.rpartition("_")[2]
            half: Half = "development" if take in ("1", "3") else "test"
            by_speaker.setdefault((recording.speaker, half), []).append(recording)
    utterances = [
        _string(
            f"{speaker}-{half}-{number}", half,
            [digits[at] for at in chosen.integers(0, len(digits), _DIGITS_A_STRING)],
            chosen, Awaited("digits", length=_DIGITS_A_STRING),
        )
        for (speaker, half), digits in sorted(by_speaker.items())
        for chosen in [np.random.default_rng([7, *speaker.encode(), *half.encode()])]
        for number in range(_STRINGS_A_SPEAKER // 2)
    ]  # fmt: skip
    return EvaluationSet(
        "digit strings", tuple(utterances),
        "Free Spoken Digit Dataset, speakers held out; single digits joined to strings of six with "
        "gaps of 0.05 to 0.35 s",
        "CC BY-SA 4.0",
    )  # fmt: skip


def order_numbers(data: Sequence[Path]) -> EvaluationSet:
    """A letter or its spelling word, and six digits.

    Args:
        data: Folders; `asterisk_prompts` in one of them holds Asterisk's prompts.

    Returns:
        Three numbers for each letter: two that say the letter, one that says its word.

    Raises:
        EvaluationError: A table or a sound cannot be read.
    """
    found = {each.path.rpartition(".")[0]: each for each in _collection(data, "asterisk_prompts")}
    digits = [found[name] for d in range(10) if (name := f"digits/{d}") in found]
    chosen = np.random.default_rng(11)
    utterances = []
    for letter, word in zip(LETTERS, SPELLING_WORDS, strict=True):
        names = (f"letters/{letter}", f"letters/{letter}", f"phonetic/{letter}_p")
        for number, name in enumerate(names):
            if name in found and digits:
                said = [digits[at] for at in chosen.integers(0, len(digits), _DIGITS_A_STRING)]
                called = f"{word if number == 2 else letter}-{number}"
                awaited = Awaited("code", length=1 + _DIGITS_A_STRING)
                utterances.append(
                    _string(called, half_of(called), [found[name], *said], chosen, awaited)
                )
    return EvaluationSet("order numbers", tuple(utterances), f"{_PROMPTS}, joined", _PROMPT_LICENCE)


def short_answers(data: Sequence[Path]) -> EvaluationSet:
    """One or two words, and playing cards.

    Args:
        data: Folders; `asterisk_prompts` in one of them holds Asterisk's prompts, `pocketsphinx`
            PocketSphinx's test sound.

    Returns:
        All that are there, without single digits and letters and without the names of punctuation
        marks, which nobody says on a call.

    Raises:
        EvaluationError: A table or a sound cannot be read.
    """
    apart = ("letters/", "phonetic/", *(f"digits/{digit}." for digit in range(10)))
    words = [
        single(each, "allison", awaited=_awaited(each.text))
        for each in _collection(data, "asterisk_prompts", _DEBIAN_PROMPTS)
        if len(each.text.split()) <= 2 and not each.path.startswith(apart)
    ]
    cards = [
        single(each, "pocketsphinx cards")
        for each in _collection(data, "pocketsphinx")
        if each.path.startswith("cards/")
    ]
    return EvaluationSet(
        "short answers", (*words, *cards),
        f"{_PROMPTS}; PocketSphinx's test sound, spontaneous playing cards",
        f"{_PROMPT_LICENCE}; BSD-2-Clause",
    )  # fmt: skip


def telephone_prompts(data: Sequence[Path]) -> EvaluationSet:
    """Sentences of at least three words, as telephone systems say them.

    Args:
        data: Folders; `asterisk_prompts` in one of them holds Asterisk's prompts.

    Returns:
        All whose sound is there, or comes with Debian's package.

    Raises:
        EvaluationError: A table or a sound cannot be read.
    """
    prompts = _collection(data, "asterisk_prompts", _DEBIAN_PROMPTS)
    said = tuple(single(each, "allison") for each in prompts if len(each.text.split()) >= 3)
    return EvaluationSet("telephone prompts", said, _PROMPTS, _PROMPT_LICENCE)


def read_sentences(data: Sequence[Path]) -> EvaluationSet:
    """Plain sentences and short digit strings, read by learners of English, half of them children.

    Args:
        data: Folders; `speechocean762` in one of them is that corpus.

    Returns:
        Ten utterances of each speaker that is kept for measuring; a speaker is in one half only.

    Raises:
        EvaluationError: A table or a sound cannot be read.
    """
    speakers = held_out_speakers()["speechocean762"] or frozenset()
    taken: dict[str, list[Recording]] = {}
    for recording in _collection(data, "speechocean762", speakers=speakers):
        mine = taken.setdefault(recording.speaker, [])
        if len(mine) < _SENTENCES_A_SPEAKER:
            mine.append(recording)
    utterances = [
        single(each, speaker, half_of(speaker), _awaited(each.text))
        for speaker, said in sorted(taken.items())
        for each in said
    ]
    return EvaluationSet(
        "read sentences", tuple(utterances),
        "speechocean762, speakers held out: English read by Mandarin speakers, half of them "
        "children",
        "CC BY 4.0",
    )  # fmt: skip


def general_sentences(data: Sequence[Path]) -> EvaluationSet:
    """Sentences that have nothing to do with customer service.

    Args:
        data: Folders; `pocketsphinx` in one of them holds PocketSphinx's test sound, `whisper_jfk`
            that of Whisper.

    Returns:
        All their utterances of at least three words, without playing cards and digits.

    Raises:
        EvaluationError: A table or a sound cannot be read.
    """
    utterances = [
        single(each, each.path.split("/")[0])
        for name in ("pocketsphinx", "whisper_jfk")
        for each in _collection(data, name)
        if len(each.text.split()) >= 3
        and not each.path.startswith(("cards/", "tidigits/", "numbers"))
    ]
    return EvaluationSet(
        "general sentences", tuple(utterances),
        "PocketSphinx's test sound (a LibriVox reader, two commands) and a speech of 1961 from "
        "Whisper's tests",
        "public domain; BSD-2-Clause; MIT",
    )  # fmt: skip


BUILDERS: Final[dict[str, Callable[[Sequence[Path]], EvaluationSet]]] = {
    "digit strings": digit_strings,
    "order numbers": order_numbers,
    "short answers": short_answers,
    "telephone prompts": telephone_prompts,
    "read sentences": read_sentences,
    "general sentences": general_sentences,
}
"""The sets of real people by name."""


def _collection(
    data: Sequence[Path],
    name: str,
    elsewhere: Sequence[Path] = (),
    speakers: frozenset[str] | None = None,
) -> list[Recording]:
    found = next((d / name for d in data if (d / name / TABLE).is_file()), None)
    return [] if found is None else read_folder(found, elsewhere, speakers)


def _string(
    name: str, half: Half, words: Sequence[Recording], chosen: np.random.Generator, awaited: Awaited
) -> Utterance:
    rate = words[0].rate
    return Utterance(
        name, words[0].speaker or "allison", " ".join(word.text for word in words),
        joined([word.sound for word in words], rate, chosen), rate, half, awaited,
    )  # fmt: skip


def _awaited(text: str) -> Awaited | None:
    words = text.split()
    if len(words) > 1 and all(word in DIGITS for word in words):
        return Awaited("digits", length=len(words))
    if text in ("yes", "no"):
        return Awaited("yes_no")
    for choices in (_DAYS, _MONTHS):
        if text in choices:
            return Awaited("choice", choices)
    return None
