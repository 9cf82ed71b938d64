"""Open corpora of English speech: terms, publishers and layouts, and how to get a manifest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Final

import httpx
import soundfile
from rich.progress import Progress

from speech_model.data import layouts
from speech_model.data.fetching import fetch, unpack
from speech_model.data.layouts import Recording
from speech_model.data.manifest import Utterance
from speech_model.data.sound import SoundError, median_pitch, read_sound
from speech_model.data.transcripts import plain_words

_OPENSLR: Final = "https://www.openslr.org/resources"

# The pitch of a speaker is known after so many recordings.
_PITCH_RECORDINGS: Final = 5


class CorpusError(Exception):
    """A corpus is unknown or cannot be had; the message is for the user."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """A corpus that this recipe can read.

    Args:
        name: Stands in manifests and in `splits.toml`.
        summary: What it is good for.
        licence: Its terms, as the publisher names them.
        homepage: Where its publisher describes it.
        read: Finds the recordings in its folder.
        url: The archive at the publisher's; None where the terms have to be accepted in a
            browser first.
        checksums: The publisher's list of MD5 sums.
    """

    name: str
    summary: str
    licence: str
    homepage: str
    read: Callable[[Path], Iterator[Recording]]
    url: str | None = None
    checksums: str | None = None


def _librispeech(name: str, part: str, summary: str, resource: int = 12) -> Corpus:
    return Corpus(
        name,
        summary,
        "CC BY 4.0",
        f"https://www.openslr.org/{resource}",
        partial(layouts.librispeech, part=part),
        f"{_OPENSLR}/{resource}/{part}.tar.gz",
        f"{_OPENSLR}/{resource}/md5sum.txt",
    )


def _common_voice(name: str, part: str, summary: str) -> Corpus:
    return Corpus(
        name,
        summary,
        "CC0 1.0",
        "https://commonvoice.mozilla.org/datasets",
        partial(layouts.common_voice, part=part),
    )


def _speech_commands(name: str, summary: str, *, testing: bool) -> Corpus:
    return Corpus(
        name,
        summary,
        "CC BY 4.0",
        "https://arxiv.org/abs/1804.03209",
        partial(layouts.speech_commands, testing=testing),
        "https://storage.googleapis.com/download.tensorflow.org/data/speech_commands_v0.02.tar.gz",
    )


CORPORA: Final = (
    Corpus(
        "speechocean762",
        "250 speakers, half of them children, read English with an accent; 6 hours",
        "CC BY 4.0",
        "https://www.openslr.org/101",
        layouts.speechocean762,
        f"{_OPENSLR}/101/speechocean762.tar.gz",
    ),
    Corpus(
        "fsdd",
        "6 speakers, digits one by one, 8 kHz; half an hour",
        "CC BY-SA 4.0",
        "https://github.com/Jakobovski/free-spoken-digit-dataset",
        layouts.fsdd,
        "https://github.com/Jakobovski/free-spoken-digit-dataset/archive/refs/heads/master.zip",
    ),
    Corpus(
        "audio_mnist",
        "60 speakers, digits one by one; 9 hours",
        "MIT",
        "https://github.com/soerenab/AudioMNIST",
        layouts.audio_mnist,
        "https://github.com/soerenab/AudioMNIST/archive/refs/heads/master.zip",
    ),
    Corpus(
        "harper_valley",
        "59 speakers, made-up calls to a bank over the telephone; 23 hours",
        "CC BY 4.0",
        "https://github.com/cricketclub/gridspace-stanford-harper-valley",
        layouts.harper_valley,
        "https://github.com/cricketclub/gridspace-stanford-harper-valley/archive/refs/heads/master.zip",
    ),
    _speech_commands(
        "speech_commands",
        "2,600 speakers, digits, yes, no and other single words; 27 hours",
        testing=False,
    ),
    _speech_commands("speech_commands_test", "what is set aside of it for testing", testing=True),
    _librispeech("mini_librispeech", "train-clean-5", "28 speakers, books; 5 hours", 31),
    _librispeech("mini_librispeech_dev", "dev-clean-2", "what is set aside of it", 31),
    _librispeech("librispeech_clean_100", "train-clean-100", "251 speakers, books; 100 hours"),
    _librispeech("librispeech_clean_360", "train-clean-360", "921 speakers, books; 360 hours"),
    _librispeech("librispeech_other_500", "train-other-500", "1,166 speakers, books; 500 hours"),
    _librispeech("librispeech_dev_clean", "dev-clean", "what is set aside of it"),
    _librispeech("librispeech_test_clean", "test-clean", "what is set aside of it"),
    _librispeech("librispeech_test_other", "test-other", "what is set aside of it, harder"),
    _common_voice("common_voice", "train", "thousands of speakers, sentences; --from its archive"),
    _common_voice("common_voice_dev", "dev", "what is set aside of it"),
    _common_voice("common_voice_test", "test", "what is set aside of it"),
    Corpus(
        "vctk",
        "109 speakers with British and other accents, newspapers; 44 hours",
        "CC BY 4.0",
        "https://datashare.ed.ac.uk/handle/10283/3443",
        layouts.vctk,
        "https://datashare.ed.ac.uk/bitstream/handle/10283/3443/VCTK-Corpus-0.92.zip",
    ),
)


def corpus(name: str) -> Corpus:
    """Find a corpus.

    Args:
        name: Its name; any other one is a folder of one's own recordings with `refs.tsv`.

    Returns:
        Its description.
    """
    known = next((one for one in CORPORA if one.name == name), None)
    return known or Corpus(name, "recordings of one's own", "one's own", "", layouts.table)


def locate(wanted: Corpus, folder: Path, progress: Progress, given: Path | None = None) -> Path:
    """Have a corpus in a folder: fetch it from its publisher, or take what is given.

    Args:
        wanted: The corpus.
        folder: Where archives and unpacked corpora go.
        progress: Shows the download.
        given: Its folder or archive, where somebody brought it here.

    Returns:
        The folder to read.

    Raises:
        CorpusError: It cannot be fetched without a browser, or nothing is where it was said to be.
        FetchError: The download failed or is damaged.
    """
    if given is not None:
        if not given.exists():
            raise CorpusError(f"There is nothing at {given}.")
        return given if given.is_dir() else unpack(given, folder / wanted.name)
    if wanted.url is None:
        where = f"get its archive at {wanted.homepage}, and " if wanted.homepage else ""
        raise CorpusError(f"{wanted.name} cannot be fetched: {where}name it with --from.")
    archive = folder / "archives" / PurePosixPath(httpx.URL(wanted.url).path).name
    if wanted.url.startswith("https://github.com/"):
        archive = archive.with_name(f"{wanted.name}.zip")  # they are all called master.zip
    fetch(wanted.url, archive, progress, wanted.checksums)
    # Parts of the same archive share what is unpacked.
    return unpack(archive, folder / archive.name.split(".")[0])


def describe(name: str, recordings: Iterable[Recording]) -> Iterator[Utterance]:
    """Look at recordings: how long they are, what is said, how high the voices are.

    Args:
        name: Of the corpus.
        recordings: As its layout lists them.

    Yields:
        What can be trained on or measured with; recordings that are missing or damaged, and those
        with a text of which it is not known how it is said, are left out.
    """
    measured: Counter[str] = Counter()
    for one in recordings:
        text = plain_words(one.text)
        if text is None:
            continue
        try:
            seconds = one.seconds or soundfile.info(one.path).duration - one.start
            pitch = 0.0
            if measured[one.speaker] < _PITCH_RECORDINGS:
                pitch = median_pitch(*read_sound(one.path, one.start, seconds))
        except (SoundError, soundfile.LibsndfileError, OSError):
            continue
        measured[one.speaker] += pitch > 0
        yield Utterance(one.path, one.speaker, text, name, seconds, pitch, one.start)
