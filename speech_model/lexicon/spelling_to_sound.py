"""How a word that nobody wrote down is probably said: by espeak-ng's rules of English.

espeak-ng comes inside piper-tts. Its symbols (https://github.com/espeak-ng/espeak-ng, phonemes of
en-us in IPA) are turned into the phones of the CMU dictionary.
"""

# ruff: noqa: RUF001  (IPA looks like other letters)
from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

from piper.phonemize_espeak import EspeakPhonemizer

from speech_model.lexicon.pronunciation import Pronunciation

_VOICE: Final = "en-us"
_SAYABLE: Final = re.compile(r"[a-z']*[a-z][a-z']*")

# Longest first where one begins with another. A colon stands for the sign of length.
_PHONES_OF: Final = {
    "tʃ": "CH", "dʒ": "JH", "aɪɚ": "AY ER", "aɪə": "AY AH", "aʊɚ": "AW ER",
    "aɪ": "AY", "aʊ": "AW", "ɔɪ": "OY", "eɪ": "EY", "oʊ": "OW", "əʊ": "OW", "eə": "EH",
    "æɹ": "EH R", "ɹɹ": "R", "ʊɹ": "UH R", "ɪə": "IH AH", "ʊə": "UH AH", "iə": "IY AH",
    "ɑː": "AA", "ɔː": "AO", "oː": "AO", "ɜː": "ER", "iː": "IY", "uː": "UW", "əl": "AH L",
    "aː": "AA", "ɛː": "EH", "eː": "EY", "yː": "UW", "øː": "ER",
    "a": "AE", "æ": "AE", "ɑ": "AA", "ɒ": "AA", "ɐ": "AH", "ʌ": "AH", "ə": "AH", "ɚ": "ER",
    "ɝ": "ER", "ɜ": "ER", "ɛ": "EH", "e": "EH", "ɪ": "IH", "i": "IY", "ᵻ": "IH", "ʊ": "UH",
    "u": "UW", "ɔ": "AO", "o": "OW", "y": "UW", "ø": "ER",
    "b": "B", "d": "D", "f": "F", "ɡ": "G", "g": "G", "h": "HH", "ç": "HH", "j": "Y", "ʲ": "",
    "k": "K", "x": "K", "l": "L", "ɬ": "L", "ɫ": "L", "m": "M", "n": "N", "ŋ": "NG", "ɲ": "N Y",
    "p": "P", "r": "R", "ɹ": "R", "ɾ": "T", "s": "S", "ʃ": "SH", "t": "T", "θ": "TH", "ð": "DH",
    "v": "V", "w": "W", "ʍ": "W", "z": "Z", "ʒ": "ZH", "ʔ": "T",
}  # fmt: skip
_SYMBOL: Final = re.compile("|".join(sorted(map(re.escape, _PHONES_OF), key=len, reverse=True)))
# A mark under a consonant that is a syllable of its own: "button" is B AH T AH N.
_SYLLABIC: Final = re.compile("([nlmr])\u0329")


@cache
def guess(word: str) -> Pronunciation:
    """Say a word by its spelling.

    Args:
        word: Lower case letters and apostrophes.

    Returns:
        Phones of `speech_model.phones.PHONES`.

    Raises:
        ValueError: It is anything else, or espeak-ng says nothing.
    """
    if not _SAYABLE.fullmatch(word):
        raise ValueError(f"{word!r} is no word: letters and apostrophes only")
    said = "".join("".join(part) for part in _espeak().phonemize(_VOICE, word))
    phones = _phones(said, with_t="t" in word)
    if not phones:
        raise ValueError(f"{word!r} has no sound")
    return phones


def _phones(ipa: str, *, with_t: bool) -> Pronunciation:
    text = _SYLLABIC.sub(r"ə\1", unicodedata.normalize("NFD", ipa))
    # Composed again, or the cedilla of "ç" would be a mark of its own.
    text = unicodedata.normalize("NFC", text).replace("ˈ", "").replace("ˌ", "")
    if not with_t:
        # One symbol for the quick sound in "ladder" and in "latter".
        text = text.replace("ɾ", "d")
    found = " ".join(_PHONES_OF[symbol] for symbol in _SYMBOL.findall(text)).split()
    # "ɜːɹ" is one phone in the dictionary.
    return tuple(
        phone for at, phone in enumerate(found) if phone != "R" or at == 0 or found[at - 1] != "ER"
    )


@cache
def _espeak() -> EspeakPhonemizer:
    return EspeakPhonemizer()
