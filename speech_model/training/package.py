"""A trained acoustic model made a whole one, which Vosk loads."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from speech_model.graph.taught import ACOUSTIC_MODEL
from speech_model.graph.teaching import teach


def package(trained: Path, conf: Path, nlu_data: Path, out: Path) -> Path:
    """Put an acoustic model, its settings and a graph into a model folder.

    Args:
        trained: `final.mdl`, as the training wrote it.
        conf: The folder of the settings it is decoded with.
        nlu_data: The designers' folder, for lexicon and language model.
        out: The model folder; one that is there is replaced.

    Returns:
        The model folder.

    Raises:
        The errors of `speech_model.graph.teaching.teach`.
    """
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".packing-") as work:
        base, model = Path(work) / "base", Path(work) / "model"
        (base / ACOUSTIC_MODEL).parent.mkdir(parents=True)
        shutil.copy(trained, base / ACOUSTIC_MODEL)
        # Curves of confidence belong to the model that they were measured on.
        shutil.copytree(conf, base / "conf", ignore=shutil.ignore_patterns("*.json"))
        teach(base, nlu_data, model)
        shutil.rmtree(out, ignore_errors=True)
        model.replace(out)
    return out
