"""Training the assistant when, and only when, something it is made from has changed.

A model is named by the fingerprint of all that goes into it, so that a changed phrase gives another
name, and going back to an earlier state finds the earlier model.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from warmline.places import BOT, NLU_DATA

Progress = Callable[[str], None]

# What the trained model depends on. The spoken phrases of `nlu_data/` test it, they do not make it.
INGREDIENTS = (
    BOT / "config.yml",
    BOT / "domain",
    BOT / "policies",
    BOT / "components",
    BOT / "requirements.lock",
    NLU_DATA / "nlu",
    NLU_DATA / "misheard",
    NLU_DATA / "rules",
    NLU_DATA / "stories",
    NLU_DATA / "lookups",
    NLU_DATA / "responses",
    NLU_DATA / "escalation.yml",
)
TRAINING_DATA = ("nlu", "misheard", "rules", "stories", "lookups", "responses")
SUFFIXES = frozenset({".yml", ".yaml", ".py", ".lock", ".txt"})
MODELS = BOT / "models"

# Rasa on a processor, silent, and without its telemetry, which wants the network.
RASA_ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
    "PYTHONUNBUFFERED": "1",
}
_KEPT_MODELS = 3
_SAY_EVERY_S = 10.0


class TrainingError(Exception):
    """The assistant cannot be trained; the message is for the user."""


def fingerprint() -> str:
    """Name the state of everything that a model is made from.

    Returns:
        16 hexadecimal digits; the same for the same names and contents, wherever they lie.
    """
    root = BOT.parent
    digest = hashlib.sha256()
    for ingredient in INGREDIENTS:
        for path in _files(ingredient):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()[:16]


def model_path() -> Path:
    """Say where the model of the present state is, or will be once trained.

    Returns:
        A path ending in `.tar.gz`.
    """
    return MODELS / f"{fingerprint()}.tar.gz"


def train(progress: Progress = print, *, force: bool = False) -> Path:
    """Train the assistant, unless the model of the present state is there.

    Two trainings at once do the work once: the second waits for the first.

    Args:
        progress: Is given a line now and then.
        force: Train even if the model is there.

    Returns:
        The model.

    Raises:
        TrainingError: The assistant's environment is missing, its data is wrong, or Rasa failed;
            the message says where the log is.
    """
    if model_path().exists() and not force:
        return model_path()
    if not (BOT / ".venv" / "bin" / "rasa").exists():
        raise TrainingError("the assistant is not installed; run `make setup`")
    MODELS.mkdir(parents=True, exist_ok=True)
    with _alone(MODELS / ".lock", progress):
        model = model_path()
        if model.exists() and not force:
            return model
        _run_rasa(model, progress)
        _drop_old_models(model)
        return model


def rasa_train_command(name: str, out: Path) -> tuple[str, ...]:
    """Say how Rasa is asked to train, in `bot/`.

    Args:
        name: The model's file name.
        out: The folder for it.

    Returns:
        The program and its arguments.
    """
    data = [str(NLU_DATA / part) for part in TRAINING_DATA if (NLU_DATA / part).is_dir()]
    return (
        *(str(BOT / ".venv" / "bin" / "python"), "-m", "rasa", "train"),
        *("--config", "config.yml", "--domain", "domain", "--data", *data),
        *("--out", str(out), "--fixed-model-name", name),
    )


def _run_rasa(model: Path, progress: Progress) -> None:
    log = MODELS / "training.log"
    # Trained beside and moved when it is whole, so that a model that is there is a good one.
    unfinished = MODELS / ".unfinished"
    progress("Training the assistant (a minute or two)")
    started = time.monotonic()
    try:
        with log.open("wb") as output:
            process = subprocess.Popen(
                rasa_train_command(model.name, unfinished),
                cwd=BOT,
                env={**os.environ, **RASA_ENVIRONMENT},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            status = _wait(process, progress, started)
        trained = unfinished / model.name
        if status != 0 or not trained.exists():
            raise TrainingError(f"Rasa could not train: {_reason(log)} (all of it in {log})")
        trained.replace(model)
    except OSError as error:
        raise TrainingError(f"the assistant cannot be trained: {error}") from error
    progress(f"Trained in {time.monotonic() - started:.0f} s: {model.name}")


def _wait(process: subprocess.Popen[bytes], progress: Progress, started: float) -> int:
    try:
        while True:
            try:
                return process.wait(_SAY_EVERY_S)
            except subprocess.TimeoutExpired:
                progress(f"  {time.monotonic() - started:.0f} s")
    except BaseException:
        process.kill()
        process.wait()
        raise


def _reason(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    told = [line for line in lines if "Error" in line or "Exception" in line or "error" in line]
    return (told or lines or ["it said nothing"])[-1]


def _drop_old_models(newest: Path) -> None:
    others = sorted(
        (path for path in MODELS.glob("*.tar.gz") if path != newest),
        key=lambda path: path.stat().st_mtime,
        reverse=True,
    )
    for path in others[_KEPT_MODELS - 1 :]:
        path.unlink(missing_ok=True)


@contextmanager
def _alone(path: Path, progress: Progress) -> Iterator[None]:
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("Another process is training the assistant; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _files(ingredient: Path) -> list[Path]:
    if ingredient.is_file():
        return [ingredient]
    return sorted(path for path in ingredient.rglob("*") if path.is_file() and _counts(path))


def _counts(path: Path) -> bool:
    return path.suffix in SUFFIXES and "__pycache__" not in path.parts
