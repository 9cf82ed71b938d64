"""N-gram models in the ARPA format, compressed by gzip.

The format is described at http://www.speech.sri.com/projects/srilm/manpages/ngram-format.5.html.
"""

from __future__ import annotations

import gzip
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from speech_model.language.ngram import (
    BEGIN,
    MARKS,
    MAX_ORDER,
    Level,
    NGramModel,
    last,
    pack,
    unpack,
)

_LN10: Final = math.log(10)
# How the format writes "never": the beginning of an utterance is not foreseen by anything.
_NEVER: Final = -99.0


class ArpaError(ValueError):
    """A file is not a model in this format; the message says why."""


def write(model: NGramModel, path: Path, remarks: str = "", digits: int = 2) -> None:
    """Write a model.

    Args:
        model: What to write.
        path: The file, `.arpa.gz`.
        remarks: Text for people, put before the model.
        digits: Decimal places of the logarithms; two keep perplexity within half a percent.
    """
    lines = [remarks.rstrip(), "\\data\\"] if remarks else ["\\data\\"]
    lines += [f"ngram {n}={len(level.keys)}" for n, level in enumerate(model.levels, start=1)]
    for length, level in enumerate(model.levels, start=1):
        lines += ["", f"\\{length}-grams:"]
        words = np.array(model.tokens, dtype=object)
        columns = [words[column] for column in unpack(level.keys, length)]
        texts = columns[0]
        for column in columns[1:]:
            texts = texts + " " + column
        log_probs = np.maximum(level.log_probs / _LN10, _NEVER)
        backoffs = level.log_backoffs / _LN10
        for text, log_prob, backoff in zip(texts, log_probs, backoffs, strict=True):
            left = f"\t{_short(backoff, digits)}" if backoff else ""
            lines.append(f"{_short(log_prob, digits)}\t{text}{left}")
    lines += ["", "\\end\\", ""]
    # Without a name and a time in it, the same model always gives the same bytes.
    path.write_bytes(gzip.compress("\n".join(lines).encode(), compresslevel=9, mtime=0))


def read(path: Path) -> NGramModel:
    """Read a model.

    Args:
        path: A file that `write` wrote, or any other ARPA file up to three words, compressed.

    Returns:
        The model.

    Raises:
        ArpaError: It is not such a file.
        OSError: It cannot be read.
    """
    try:
        lines = iter(gzip.decompress(path.read_bytes()).decode().splitlines())
        for line in lines:
            if line.strip() == "\\data\\":
                break
        levels: list[Level] = []
        tokens: dict[str, int] = {mark: at for at, mark in enumerate(MARKS)}
        for line in lines:
            if line.endswith("-grams:"):
                levels.append(_level(lines, tokens, len(levels) + 1))
    except (gzip.BadGzipFile, EOFError, UnicodeDecodeError, ValueError, KeyError) as error:
        raise ArpaError(f"{path.name} is not an n-gram model: {error}") from error
    if not levels or len(levels) > MAX_ORDER:
        raise ArpaError(f"{path.name} has n-grams of {len(levels)} lengths, not 1 to {MAX_ORDER}")
    return NGramModel(tuple(tokens), tuple(levels))


def _level(lines: Iterator[str], tokens: dict[str, int], length: int) -> Level:
    """Read to the next empty line."""
    rows: list[list[str]] = []
    for line in lines:
        if not line.strip():
            break
        rows.append(line.split())
    if length == 1:
        for row in rows:
            tokens.setdefault(row[1], len(tokens))
    columns = [np.array([tokens[row[at]] for row in rows], np.int64) for at in range(1, length + 1)]
    log_probs = np.array([float(row[0]) for row in rows]) * _LN10
    backoffs = np.array([float(row[length + 1]) if len(row) > length + 1 else 0.0 for row in rows])
    keys = pack(columns) if rows else np.zeros(0, np.int64)
    log_probs[last(keys) == BEGIN] = -np.inf
    order = np.argsort(keys)
    return Level(keys[order], log_probs[order], backoffs[order] * _LN10)


def _short(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") or "0"
