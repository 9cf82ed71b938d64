"""Leaving out n-grams that a model can do without."""

from __future__ import annotations

import numpy as np

from speech_model.language.ngram import (
    END,
    Keys,
    NGramModel,
    Reals,
    context,
    find,
    suffix,
    tabulate,
)


def pruned(model: NGramModel, keep: int) -> NGramModel:
    """Keep the n-grams that matter most.

    What an n-gram matters is how much the model would change without it, as relative entropy
    (Stolcke, 1998). Single tokens always stay, and so does every context of what stays.

    Args:
        model: A model that was estimated from plain counts.
        keep: How many pairs and triples to keep, about.

    Returns:
        The smaller model.
    """
    losses = [_losses(model, length) for length in range(2, model.order + 1)]
    everything = np.sort(np.concatenate(losses))[::-1]
    if keep >= len(everything):
        return model
    threshold = everything[keep] if keep else np.inf
    levels: list[Keys] = []
    needed = np.zeros(0, np.int64)
    for length in range(model.order, 1, -1):
        keys = model.levels[length - 1].keys
        stays = (losses[length - 2] > threshold) | (find(needed, keys) >= 0)
        levels.insert(0, keys[stays])
        needed = np.unique(context(keys[stays]))
    return tabulate(model.tokens, [model.levels[0].keys, *levels], model.log_prob)


def _losses(model: NGramModel, length: int) -> Reals:
    """What the model loses with each n-gram of a length, weighed by how often it comes up."""
    level, below = model.levels[length - 1], model.levels[length - 2]
    of = below.find(context(level.keys))
    prob = np.exp(level.log_probs)
    shorter = model.log_prob(suffix(level.keys, length), length - 1)
    told = np.bincount(of, prob, minlength=len(below.keys))[of]
    told_shorter = np.bincount(of, np.exp(shorter), minlength=len(below.keys))[of]
    left = np.maximum(1 - told, 1e-9)
    left_without = left + prob
    backoff = np.log(left_without) - np.log(np.maximum(1 - told_shorter + np.exp(shorter), 1e-9))
    change = prob * (shorter + backoff - level.log_probs) + left * (
        backoff - below.log_backoffs[of]
    )
    # An utterance begins as often as one ends.
    begin = float(model.log_prob(np.array([END], np.int64), 1)[0])
    history = np.exp(model.log_history(below.keys, length - 1, begin))[of]
    loss: Reals = -history * change
    return loss
