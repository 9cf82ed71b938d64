"""The speech model: loaded once a process, shared by every call's recogniser."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path

import vosk

from voice_gateway.speech.confidence import Confidence, ConfidenceError

SHIPPED_MODEL = Path(__file__).resolve().parents[2] / "speech_model" / "en_us"

_NEEDED = ("am/final.mdl", "conf/mfcc.conf")
_GRAPHS = ("graph/HCLr.fst", "graph/HCLG.fst")

_loaded: dict[Path, SpeechModel] = {}
_loading = threading.Lock()


class SpeechModelError(Exception):
    """The speech model cannot be used; the message says what to do about it."""


class SpeechModel:
    """A Vosk model in memory; obtain it by `load`, not by the constructor.

    Args:
        path: The model's folder.
        handle: What Vosk loaded from it.
        confidence: What confidences are calibrated by.
    """

    def __init__(
        self,
        path: Path,
        handle: vosk.Model,
        confidence: Confidence | None = None,
    ) -> None:
        self.path = path
        self.handle = handle
        self.confidence = confidence or Confidence()
        # Only a look-ahead graph can be narrowed to a grammar; Vosk ignores grammars without it.
        self.takes_grammars = (path / "graph" / "HCLr.fst").exists()

    @classmethod
    def load(cls, path: Path | None = None) -> SpeechModel:
        """Load a Vosk model folder, or return it when this process has it already.

        Args:
            path: The folder; by default the model that comes with Warmline.

        Returns:
            The model, shared and safe to use from several threads.

        Raises:
            SpeechModelError: The folder is missing, incomplete or not a Vosk model.
        """
        folder = (path or SHIPPED_MODEL).resolve()
        with _loading:
            if folder not in _loaded:
                _check(folder)
                confidence = _confidence(folder)
                vosk.SetLogLevel(-1)
                try:
                    with tempfile.TemporaryDirectory(prefix="warmline-model-") as work:
                        handle = vosk.Model(str(_without_dither(folder, Path(work))))
                except Exception as error:
                    raise SpeechModelError(
                        f"Vosk cannot load the speech model in {folder}: it may be damaged. "
                        "Fetch it again, or choose the shipped one: warmline models use en_us"
                    ) from error
                _loaded[folder] = cls(folder, handle, confidence=confidence)
            return _loaded[folder]

    def has_word(self, word: str) -> bool:
        """Tell whether the recogniser can ever hear this word.

        Args:
            word: One word in lower case.

        Returns:
            True when it is in the model's vocabulary.
        """
        return int(self.handle.vosk_model_find_word(word)) >= 0


def _without_dither(folder: Path, work: Path) -> Path:
    """A view of the model whose features are computed without Kaldi's random noise.

    With it, the same audio gives now these words and now those; the recogniser adds noise that is
    always the same instead.
    """
    for entry in folder.iterdir():
        if entry.name != "conf":
            (work / entry.name).symlink_to(entry)
    (work / "conf").mkdir()
    for entry in (folder / "conf").iterdir():
        if entry.name == "mfcc.conf":
            lines = entry.read_text(encoding="utf-8").splitlines()
            kept = [line for line in lines if not line.startswith("--dither")]
            (work / "conf" / entry.name).write_text("\n".join([*kept, "--dither=0", ""]))
        else:
            (work / "conf" / entry.name).symlink_to(entry)
    return work


def _check(folder: Path) -> None:
    if not folder.is_dir():
        raise SpeechModelError(
            f"There is no speech model in {folder}. See what can be had: warmline models list"
        )
    missing = [name for name in _NEEDED if not (folder / name).is_file()]
    if not any((folder / name).is_file() for name in _GRAPHS):
        missing.append(_GRAPHS[0])
    if missing:
        raise SpeechModelError(
            f"{folder} is not a complete Vosk model: {', '.join(missing)} missing. "
            "Fetch it again, or choose the shipped one: warmline models use en_us"
        )


def _confidence(folder: Path) -> Confidence:
    try:
        return Confidence.read(folder)
    except ConfidenceError as error:
        raise SpeechModelError(f"{error}. Fit it anew or delete it.") from error
