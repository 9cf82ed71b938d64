"""The ARPA format."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from speech_model.language import arpa
from speech_model.language.counting import count, smoothed
from speech_model.language.ngram import MARKS, NGramModel

FOREIGN = r"""
Made by another tool.
\data\
ngram 1=4
ngram 2=2

\1-grams:
-99	<s>	-0.3
-0.6	there
-0.5	</s>
-0.4	hello	-0.2

\2-grams:
-0.1	hello there
-0.2	<s> hello

\end\
"""


@pytest.fixture
def model() -> NGramModel:
    sentences = [((2, 3), 3.0), ((3, 2, 4), 1.0), ((4,), 2.0)]
    return smoothed((*MARKS, "where", "is", "it"), count(sentences))


def test_what_is_written_is_read_again(model: NGramModel, tmp_path: Path) -> None:
    arpa.write(model, tmp_path / "a.arpa.gz", digits=6)
    back = arpa.read(tmp_path / "a.arpa.gz")
    assert back.tokens == model.tokens
    for ours, theirs in zip(model.levels, back.levels, strict=True):
        assert (theirs.keys == ours.keys).all()
        assert np.exp(theirs.log_probs) == pytest.approx(np.exp(ours.log_probs), rel=1e-4)
        assert np.exp(theirs.log_backoffs) == pytest.approx(np.exp(ours.log_backoffs), rel=1e-4)


def test_the_same_model_gives_the_same_bytes(model: NGramModel, tmp_path: Path) -> None:
    for name in ("a", "b"):
        arpa.write(model, tmp_path / name, "Remarks for people.\n")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert gzip.decompress((tmp_path / "a").read_bytes()).startswith(b"Remarks for people.\n\\data")


def test_a_model_of_another_tool_is_read(tmp_path: Path) -> None:
    (tmp_path / "f.gz").write_bytes(gzip.compress(FOREIGN.encode()))
    model = arpa.read(tmp_path / "f.gz")
    assert model.order == 2
    # The marks come first, whatever the order of the file.
    assert model.tokens == (*MARKS, "there", "hello")
    hello_there = np.array([3 << 20 | 2])
    assert model.log_prob(hello_there, 2) == pytest.approx(-0.1 * np.log(10))
    there_hello = np.array([2 << 20 | 3])
    assert model.log_prob(there_hello, 2) == pytest.approx(-0.4 * np.log(10))


@pytest.mark.parametrize(
    "content",
    [
        b"not compressed",
        gzip.compress(b"no model"),
        gzip.compress(b"\\data\\\n\\1-grams:\nx y\n"),
        gzip.compress(b"\\data\\\n\\1-grams:\n-1 a\n\n\\2-grams:\n-1 a b\n"),
        gzip.compress(b"\xff\xfe"),
    ],
    # Packed bytes hold the time, so they are no names that all test processes agree on.
    ids=["not compressed", "no model", "no figure", "no context", "no text"],
)
def test_what_is_no_model_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.arpa.gz").write_bytes(content)
    with pytest.raises(arpa.ArpaError, match=r"bad\.arpa\.gz"):
        arpa.read(tmp_path / "bad.arpa.gz")
