"""A small folder of recordings in the layout of the real ones, spoken by Piper."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice_gateway.speech.caller_voice import CallerVoice
from voice_gateway.speech.grammars import DIGITS
from voice_gateway.speech.pcm import samples_of

RATE = 8_000
DIGIT_WORDS = [word for word in DIGITS if word != "oh"]


def write_folder(folder: Path, rows: list[tuple[str, str, str]], said: dict[str, bytes]) -> Path:
    """A table of path, speaker and text, with sound beside it where there is any."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["path\tspeaker\ttext", *("\t".join(row) for row in rows)]
    (folder / "refs.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for path, pcm in said.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(folder / path, samples_of(pcm), RATE)
    return folder


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few words of each collection; only Kennedy is missing."""
    data = tmp_path_factory.mktemp("recordings")
    caller = CallerVoice()
    digits = {word: caller.say(word, RATE) for word in DIGIT_WORDS}
    takes = [(take, number, word) for take in (1, 2) for number, word in enumerate(DIGIT_WORDS)]
    write_folder(
        data / "fsdd",
        [(f"recordings/{n}_jackson_{take}.wav", "jackson", word) for take, n, word in takes],
        {f"recordings/{n}_jackson_{take}.flac": digits[word] for take, n, word in takes},
    )
    prompts = {
        "letters/b.wav": "b", "phonetic/b_p.wav": "bravo", "digits/day-1.wav": "Monday",
        "vm-goodbye.wav": "Goodbye!", "agent-pass.wav": "Please enter your password ...",
        "confbridge-join.wav": "<beep ascending>", "gone.wav": "is not here",
        **{f"digits/{number}.wav": word for number, word in enumerate(DIGIT_WORDS)},
    }  # fmt: skip
    write_folder(
        data / "asterisk_prompts",
        [(path, "", text) for path, text in prompts.items()],
        {path: caller.say(text, RATE) for path, text in prompts.items() if path != "gone.wav"},
    )
    said = ["goodbye"] * 11 + ["four eight two"]
    rows = [
        (f"{speaker}-{number}.opus", speaker, text)
        for speaker in ("so0001", "so0005", "so0049")
        for number, text in enumerate(reversed(said) if speaker == "so0049" else ["goodbye"] * 2)
    ]
    sounds = {text: caller.say(text, RATE) for text in set(said)}
    write_folder(
        data / "speechocean762",
        rows,
        {path.replace("opus", "flac"): sounds[text] for path, _, text in rows},
    )
    cards = {"cards/1.wav": "four of clubs", "goforward.wav": "please enter your password"}
    write_folder(
        data / "pocketsphinx",
        [(path, "", text) for path, text in cards.items()],
        {path: caller.say(text, RATE) for path, text in cards.items()},
    )
    return data


@pytest.fixture
def silence() -> np.ndarray:
    return np.zeros(RATE, np.float32)
