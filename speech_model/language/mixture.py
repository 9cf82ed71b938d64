"""Two n-gram models made one: what callers of this line say, and English in general."""

from __future__ import annotations

import numpy as np

from speech_model.language.ngram import (
    Keys,
    NGramModel,
    Reals,
    context,
    tabulate,
)


def mixed(domain: NGramModel, general: NGramModel, share: float) -> NGramModel:
    """Interpolate two models, by how well each of them explains the words before.

    After words that are rather said in the domain, the domain is believed more, after others the
    general model (the Bayesian interpolation of SRILM; Stolcke, 2002).

    Args:
        domain: Its tokens begin with those of `general`.
        general: The other model.
        share: How likely an utterance is of the domain, before its first word, between 0 and 1.

    Returns:
        A model of all n-grams of both.

    Raises:
        ValueError: The tokens do not fit together.
    """
    if domain.tokens[: len(general.tokens)] != general.tokens:
        raise ValueError("the tokens of the domain must begin with those of the general model")

    def log_prob(keys: Keys, length: int) -> Reals:
        ours = np.log(share) + domain.log_history(context(keys), length - 1)
        theirs = np.log1p(-share) + general.log_history(context(keys), length - 1)
        of_ours = domain.log_prob(keys, length)
        of_theirs = general.log_prob(keys, length)
        both: Reals = np.logaddexp(ours + of_ours, theirs + of_theirs) - np.logaddexp(ours, theirs)
        return both

    levels = []
    for length in range(1, max(domain.order, general.order) + 1):
        found = [
            model.levels[length - 1].keys for model in (domain, general) if length <= model.order
        ]
        levels.append(np.unique(np.concatenate(found)))
    return tabulate(domain.tokens, levels, log_prob)
