"""Two models made one."""

from __future__ import annotations

import numpy as np
import pytest

from speech_model.language.counting import count, smoothed
from speech_model.language.mixture import mixed
from speech_model.language.ngram import BEGIN, END, MARKS, NGramModel, pack

GENERAL_TOKENS = (*MARKS, "the", "cat", "sleeps")
DOMAIN_TOKENS = (*GENERAL_TOKENS, "order", "late")
THE, CAT, SLEEPS, ORDER, LATE = range(2, 7)


@pytest.fixture
def general() -> NGramModel:
    return smoothed(GENERAL_TOKENS, count([((THE, CAT, SLEEPS), 1.0)] * 5))


@pytest.fixture
def domain() -> NGramModel:
    return smoothed(DOMAIN_TOKENS, count([((THE, ORDER, LATE), 1.0), ((ORDER, LATE), 1.0)] * 5))


def probability(model: NGramModel, *gram: int) -> float:
    packed = pack([np.array([token], np.int64) for token in gram])
    return float(np.exp(model.log_prob(packed, len(gram)))[0])


def test_single_words_get_the_share_of_their_model(domain: NGramModel, general: NGramModel) -> None:
    both = mixed(domain, general, 0.75)
    assert probability(both, LATE) == pytest.approx(0.75 * probability(domain, LATE))
    assert probability(both, CAT) == pytest.approx(0.25 * probability(general, CAT))
    shared = 0.75 * probability(domain, END) + 0.25 * probability(general, END)
    assert probability(both, END) == pytest.approx(shared)


def test_the_model_that_explains_the_words_before_is_believed(
    domain: NGramModel, general: NGramModel
) -> None:
    both = mixed(domain, general, 0.5)
    after_cat = probability(general, THE, CAT, SLEEPS)
    assert probability(both, THE, CAT, SLEEPS) == pytest.approx(after_cat, rel=0.05)
    after_order = probability(domain, BEGIN, ORDER, LATE)
    assert probability(both, BEGIN, ORDER, LATE) == pytest.approx(after_order, rel=0.05)


def test_probabilities_add_up_to_one(domain: NGramModel, general: NGramModel) -> None:
    both = mixed(domain, general, 0.8)
    for context in [(), (THE,), (BEGIN, THE), (THE, CAT), (THE, ORDER), (LATE, LATE)]:
        told = [probability(both, *context, token) for token in range(len(DOMAIN_TOKENS))]
        assert sum(told) == pytest.approx(1.0)


def test_it_knows_the_ngrams_of_both(domain: NGramModel, general: NGramModel) -> None:
    both = mixed(domain, general, 0.8)
    for ours, theirs, joined in zip(domain.levels, general.levels, both.levels, strict=True):
        assert set(joined.keys) == {*ours.keys, *theirs.keys}


def test_models_with_other_tokens_are_refused(domain: NGramModel, general: NGramModel) -> None:
    with pytest.raises(ValueError, match="tokens"):
        mixed(general, domain, 0.5)
