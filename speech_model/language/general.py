"""The n-gram model of general English: the one that is shipped, and how one is made of text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from speech_model.language import arpa
from speech_model.language.counting import count, discounted, without
from speech_model.language.ngram import MARKS, NGramModel
from speech_model.language.pruning import pruned

SHIPPED: Final = Path(__file__).resolve().parent / "en_us" / "general.arpa.gz"

_UNKNOWN: Final = "<unk>"


@cache
def shipped(path: Path = SHIPPED) -> NGramModel:
    """Read the model that comes with Warmline, or another.

    Args:
        path: An ARPA file, compressed.

    Returns:
        The model.

    Raises:
        ArpaError: The file is no such model.
        OSError: It cannot be read.
    """
    return arpa.read(path)


def estimate(
    texts: Iterable[tuple[list[str], float]], common: Mapping[str, float], keep: int
) -> NGramModel:
    """Make a model of text.

    Args:
        texts: Sentences in words, and how much each counts.
        common: The words to know, and how common they are in English.
        keep: How many pairs and triples of words to remember, about.

    Returns:
        The model. Its tokens are sorted.
    """
    tokens = (*MARKS, *sorted(common), _UNKNOWN)
    index = {token: at for at, token in enumerate(tokens)}
    unknown = index[_UNKNOWN]
    counted = count(
        ([index.get(word, unknown) for word in sentence], weight) for sentence, weight in texts
    )
    shares = np.array([common.get(token, 0.0) for token in tokens])
    model = discounted(tokens, without(counted, unknown), shares)
    smaller = pruned(model, keep)
    return NGramModel(tokens[:-1], smaller.levels)
