from __future__ import annotations

from pathlib import Path

import pytest

from speech_model.data.corpora import CORPORA
from speech_model.data.manifest import Utterance
from speech_model.data.splits import (
    SplitError,
    check_training,
    for_measuring,
    for_training,
    held_out_speakers,
    is_held_out,
)


def said_by(corpus: str, speaker: str) -> Utterance:
    return Utterance(Path("a.flac"), speaker, "yes", corpus, 1.0)


def test_some_speakers_of_digits_and_a_tenth_of_the_readers_are_kept_for_measuring() -> None:
    digits, readers = (held_out_speakers()[name] for name in ("fsdd", "speechocean762"))
    assert digits is not None
    assert digits >= {"jackson", "nicolas", "yweweler"}
    assert "george" not in digits
    assert readers is not None
    assert len(readers) == 25


@pytest.mark.parametrize("corpus", ["asterisk_prompts", "pocketsphinx", "whisper_jfk"])
def test_nobody_of_the_small_sets_is_trained_on(corpus: str) -> None:
    assert is_held_out(said_by(corpus, "anybody"))


def test_parts_that_publishers_set_aside_are_never_trained_on() -> None:
    set_aside = [one.name for one in CORPORA if "set aside" in one.summary]
    assert len(set_aside) == 7
    assert all(held_out_speakers().get(name, frozenset()) is None for name in set_aside)


def test_everybody_is_on_one_side_only() -> None:
    everybody = [said_by("fsdd", "george"), said_by("fsdd", "jackson"), said_by("mine", "ann")]
    assert for_training(everybody) == [everybody[0], everybody[2]]
    assert for_measuring(everybody) == [everybody[1]]


def test_names_count_within_their_corpus() -> None:
    assert not is_held_out(said_by("mine", "jackson"))


def test_training_on_somebody_who_is_kept_is_refused_by_name() -> None:
    check_training([said_by("fsdd", "george")])
    with pytest.raises(SplitError, match="jackson of fsdd, jfk of whisper_jfk"):
        check_training([said_by("whisper_jfk", "jfk"), *[said_by("fsdd", "jackson")] * 2])


def test_a_split_that_is_written_wrongly_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "splits.toml"
    path.write_text('mine = "some"')
    with pytest.raises(SplitError, match='mine must be a list of names or "all"'):
        held_out_speakers(path)
