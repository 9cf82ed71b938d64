"""How well a model foresees sentences."""

from __future__ import annotations

import math

import pytest

from speech_model.language.assembly import assemble
from speech_model.language.counting import count, smoothed
from speech_model.language.drawing import of_phrases
from speech_model.language.model import LanguageModel
from speech_model.language.ngram import MARKS
from speech_model.language.perplexity import Scorer

TOKENS = (*MARKS, "my", "lamp", "<product>", "came")
MY, LAMP, PRODUCT, CAME = range(2, 6)
SENTENCES = [((MY, LAMP, CAME), 1.0), ((MY, PRODUCT, CAME), 3.0), ((CAME,), 1.0)]


def model_with(phrases: dict[str, float]) -> LanguageModel:
    ngrams = smoothed(TOKENS, count(SENTENCES, alone=frozenset({PRODUCT})))
    return assemble(ngrams, {"<product>": of_phrases(phrases)})


def test_a_word_may_be_itself_or_of_a_class() -> None:
    # Where all phrases of the class are "lamp", both ways together are as likely as their sum.
    certain = Scorer(model_with({"lamp": 1.0})).log_prob(["my", "lamp", "came"])
    half = Scorer(model_with({"lamp": 1.0, "tent": 1.0})).log_prob(["my", "lamp", "came"])
    other = Scorer(model_with({"lamp": 1.0, "tent": 1.0})).log_prob(["my", "tent", "came"])
    assert math.exp(half) == pytest.approx(math.exp(certain) - math.exp(other))


def test_phrases_of_several_words_are_followed_to_their_end() -> None:
    scorer = Scorer(model_with({"camp stove": 1.0, "camp": 1.0}))
    short = scorer.log_prob(["my", "camp", "came"])
    long = scorer.log_prob(["my", "camp", "stove", "came"])
    assert short == pytest.approx(long)
    assert math.isinf(scorer.log_prob(["my", "stove", "came"]))


def test_all_sentences_together_have_probability_one() -> None:
    # Of one word at most: the rest is longer, so the sum stays below 1 and is most of it.
    scorer = Scorer(model_with({"tent": 1.0}))
    told = [scorer.log_prob(words) for words in ([], ["my"], ["came"], ["tent"], ["lamp"])]
    assert 0.1 < sum(map(math.exp, told)) < 1


def test_perplexity_is_the_inverse_of_the_mean_probability() -> None:
    scorer = Scorer(model_with({"tent": 1.0}))
    measured = scorer.foresight([["my", "tent", "came"], ["came"]])
    assert (measured.words, measured.unknown) == (6, 0)
    total = scorer.log_prob(["my", "tent", "came"]) + scorer.log_prob(["came"])
    assert measured.perplexity == pytest.approx(math.exp(-total / 6))


def test_unknown_words_are_counted_and_left_out() -> None:
    measured = Scorer(model_with({"tent": 1.0})).foresight([["my", "zyrtex", "came"]])
    assert (measured.words, measured.unknown) == (3, 1)
    assert math.isfinite(measured.perplexity)


def test_nothing_has_no_perplexity() -> None:
    assert math.isnan(Scorer(model_with({"tent": 1.0})).foresight([]).perplexity)
