"""What a text is meant as: logistic regression over its words and parts of words.

With some thousand short examples a linear model over words, word pairs and triples, and letters in
a row generalises better than a network, learns in a minute and answers in milliseconds.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

_WEIGHTS = "weights.npz"
_VOCABULARY = "vocabulary.json"
_WORD = r"[a-z0-9']+"
_KINDS = ("words", "letters")


def _vectorizers(
    vocabularies: Sequence[Sequence[str] | None] = (None, None),
) -> list[TfidfVectorizer]:
    words, letters = vocabularies
    return [
        TfidfVectorizer(
            token_pattern=_WORD, ngram_range=(1, 3), sublinear_tf=True, vocabulary=words
        ),
        TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, vocabulary=letters
        ),
    ]


class TextIntents:
    """A trained classifier; obtain it by `fit` or `load`.

    Args:
        vectorizers: Fitted; of words and of letters.
        intents: The classes.
        coefficients: Of each class, a row over all features.
        intercepts: Of each class.
    """

    def __init__(
        self,
        vectorizers: Sequence[TfidfVectorizer],
        intents: Sequence[str],
        coefficients: npt.NDArray[np.float32],
        intercepts: npt.NDArray[np.float32],
    ) -> None:
        self._vectorizers = vectorizers
        self.intents = list(intents)
        self._coefficients = coefficients
        self._intercepts = intercepts

    @classmethod
    def fit(cls, texts: Sequence[str], intents: Sequence[str], strength: float) -> TextIntents:
        """Learn from examples.

        Args:
            texts: What was said.
            intents: What each was meant as; at least two different ones.
            strength: How closely to follow the examples, the inverse of the regularisation; rare
                intents count as much as common ones.

        Returns:
            The classifier.
        """
        vectorizers = _vectorizers()
        features = scipy.sparse.hstack([each.fit_transform(texts) for each in vectorizers]).tocsr()
        model = LogisticRegression(
            C=strength, max_iter=300, class_weight="balanced", multi_class="multinomial"
        )
        model.fit(features, list(intents))
        return cls(
            vectorizers,
            [str(intent) for intent in model.classes_],
            _one_row_a_class(model.coef_),
            _one_row_a_class(model.intercept_),
        )

    def ranking(self, text: str) -> list[tuple[str, float]]:
        """Rank all intents for a text.

        Args:
            text: What was said.

        Returns:
            Intents with their probabilities, 0 to 1, likeliest first.
        """
        features = scipy.sparse.hstack([each.transform([text]) for each in self._vectorizers])
        scores = np.asarray(features @ self._coefficients.T)[0] + self._intercepts
        likely = np.exp(scores - scores.max())
        likely /= likely.sum()
        order = np.argsort(-likely)
        return [(self.intents[at], float(likely[at])) for at in order]

    def save(self, folder: Path) -> None:
        """Store the classifier, as numbers and texts only.

        Args:
            folder: Where; it exists.
        """
        vocabulary = {
            kind: sorted(each.vocabulary_, key=each.vocabulary_.__getitem__)
            for kind, each in zip(_KINDS, self._vectorizers, strict=True)
        }
        stored = {"intents": self.intents, **vocabulary}
        (folder / _VOCABULARY).write_text(json.dumps(stored), encoding="utf-8")
        np.savez_compressed(
            folder / _WEIGHTS,
            coefficients=self._coefficients,
            intercepts=self._intercepts,
            **{kind: each.idf_ for kind, each in zip(_KINDS, self._vectorizers, strict=True)},
        )

    @classmethod
    def load(cls, folder: Path) -> TextIntents:
        """Read a classifier that was stored.

        Args:
            folder: Where it is.

        Returns:
            The classifier.

        Raises:
            OSError: It is not there.
        """
        stored = json.loads((folder / _VOCABULARY).read_text(encoding="utf-8"))
        vectorizers = _vectorizers([stored[kind] for kind in _KINDS])
        with np.load(folder / _WEIGHTS, allow_pickle=False) as weights:
            for kind, each in zip(_KINDS, vectorizers, strict=True):
                each.idf_ = weights[kind]
            return cls(
                vectorizers, stored["intents"], weights["coefficients"], weights["intercepts"]
            )


def _one_row_a_class(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """Two classes share one row in scikit-learn; as a softmax they have one each."""
    both = np.stack([-values[0], values[0]]) if len(values) == 1 else values
    return both.astype(np.float32)
