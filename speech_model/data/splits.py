"""Who is kept for measuring: by speaker, written down in `splits.toml`, checked before training."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from speech_model.data.manifest import Utterance

SPLITS: Final = Path(__file__).with_name("splits.toml")
EVERYBODY: Final = "all"


class SplitError(Exception):
    """The split is written wrongly, or somebody who is kept for measuring would be trained on."""


@cache
def held_out_speakers(path: Path = SPLITS) -> Mapping[str, frozenset[str] | None]:
    """Read who is kept for measuring.

    Args:
        path: The split.

    Returns:
        The speakers by corpus; None where it is all of them.

    Raises:
        SplitError: A corpus has neither a list of names nor "all".
    """
    written = tomllib.loads(path.read_text(encoding="utf-8"))
    split: dict[str, frozenset[str] | None] = {}
    for corpus, speakers in written.items():
        if speakers == EVERYBODY:
            split[corpus] = None
        elif isinstance(speakers, list) and all(isinstance(name, str) for name in speakers):
            split[corpus] = frozenset(speakers)
        else:
            raise SplitError(f'{path}: {corpus} must be a list of names or "{EVERYBODY}"')
    return split


def is_held_out(utterance: Utterance) -> bool:
    """Tell whether a recording is kept for measuring.

    Args:
        utterance: The recording.
    """
    split = held_out_speakers()
    if utterance.corpus not in split:
        return False
    speakers = split[utterance.corpus]
    return speakers is None or utterance.speaker in speakers


def for_training(utterances: Iterable[Utterance]) -> list[Utterance]:
    """Leave out who is kept for measuring.

    Args:
        utterances: Recordings of any corpora.

    Returns:
        Those that may be trained on, in order.
    """
    return [one for one in utterances if not is_held_out(one)]


def for_measuring(utterances: Iterable[Utterance]) -> list[Utterance]:
    """Take only who is kept for measuring.

    Args:
        utterances: Recordings of any corpora.

    Returns:
        Those that are never trained on, in order.
    """
    return [one for one in utterances if is_held_out(one)]


def check_training(utterances: Iterable[Utterance]) -> None:
    """Make sure that nobody who is kept for measuring is trained on.

    Args:
        utterances: What is about to be trained on.

    Raises:
        SplitError: Somebody is.
    """
    forbidden = sorted({f"{one.speaker} of {one.corpus}" for one in for_measuring(utterances)})
    if forbidden:
        raise SplitError(f"kept for measuring, not for training: {', '.join(forbidden)}")
