"""Vosk models to choose from: the shipped one, and official ones fetched from their publisher."""

from __future__ import annotations

import json
import stat
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final, NamedTuple

import httpx
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from speech_model.downloading import download, md5
from speech_model.graph.taught import Shelf

PUBLISHER: Final = "https://alphacephei.com/vosk/models"
MODEL_LIST: Final = "model-list.json"
SHIPPED: Final = "en_us"
SHIPPED_PATH: Final = Path(__file__).resolve().parent / SHIPPED

_TIMEOUT: Final = httpx.Timeout(20.0, read=60.0)
# The biggest English models unpack to a few gigabytes; a zip that claims more is not one of them.
_MAX_UNPACKED: Final = 8 * 1024**3


@dataclass(frozen=True, slots=True)
class Official:
    """A model that its publisher offers.

    Args:
        name: As the publisher calls it.
        summary: What it is good for.
        size: Of the download, for people.
    """

    name: str
    summary: str
    size: str


OFFICIAL: Final = (
    Official(
        "vosk-model-small-en-us-0.15", "General US English, light: phones and small boards", "40 MB"
    ),
    Official(
        "vosk-model-en-us-0.22-lgraph",
        "General US English, more accurate, takes grammars",
        "128 MB",
    ),
)


class CatalogueError(Exception):
    """A model cannot be fetched or chosen; the message is for the user."""


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model that can be chosen.

    Args:
        name: What `add` and `use` take.
        summary: What it is good for.
        size: For people.
        installed: Whether it is here already.
        current: Whether it is the chosen one.
    """

    name: str
    summary: str
    size: str
    installed: bool
    current: bool


class ChosenModel(NamedTuple):
    """The model that was chosen.

    Args:
        name: As `use` takes it.
        path: Its folder, as its publisher made it.
    """

    name: str
    path: Path


def list_models(data_dir: Path) -> list[ModelInfo]:
    """List what there is; needs no network.

    Args:
        data_dir: Warmline's data folder.

    Returns:
        The shipped model, then the official ones.
    """
    chosen = chosen_model(data_dir).name
    offered = (Official(SHIPPED, "Telephone customer service, shipped", "18 MB"), *OFFICIAL)
    return [
        ModelInfo(
            model.name,
            model.summary + (", taught" if _shelf(data_dir, model.name).current() else ""),
            model.size,
            base_path(data_dir, model.name).is_dir(),
            chosen == model.name,
        )
        for model in offered
    ]


def add(
    data_dir: Path, name: str, base_url: str = PUBLISHER, progress: Progress | None = None
) -> Path:
    """Fetch a model from its publisher, check it and unpack it.

    A download that was cut off is continued.

    Args:
        data_dir: Warmline's data folder; the model goes to `models/NAME` in it.
        name: One of the official models.
        base_url: Where the publisher's files are.
        progress: Shows the download; by default a bar on the terminal.

    Returns:
        The model's folder.

    Raises:
        CatalogueError: Unknown name, no network, wrong checksum, damaged or unsafe archive, or a
            disk that does not take it.
    """
    _official(name)
    folder = base_path(data_dir, name)
    if folder.is_dir():
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        archive = folder.with_name(f"{name}.zip.part")
        with httpx.Client(timeout=_TIMEOUT, follow_redirects=True) as client:
            expected = _checksum(client, base_url, name)
            with progress or _bar() as bar:
                download(client, f"{base_url}/{name}.zip", archive, bar)
        _verify(archive, expected)
        _unpack(archive, folder)
        archive.unlink()
    except httpx.HTTPStatusError as error:
        raise CatalogueError(
            f"{error.request.url} answered {error.response.status_code}: "
            "the publisher does not offer this model there any more."
        ) from error
    except httpx.HTTPError as error:
        raise CatalogueError(
            f"Could not reach {base_url} ({error}). Is this machine online? What was already "
            f"fetched is kept; run `warmline models add {name}` again to go on, or stay with the "
            f"shipped model: warmline models use {SHIPPED}"
        ) from error
    except OSError as error:
        raise CatalogueError(f"Could not store the model in {folder.parent}: {error}") from error
    return folder


def use(data_dir: Path, name: str) -> Path:
    """Choose the model that calls are heard with, from the next start on.

    Args:
        data_dir: Warmline's data folder; the choice is written to `models/current` in it.
        name: `en_us` or an official model that was added.

    Returns:
        The model's folder.

    Raises:
        CatalogueError: Unknown name, or not added yet.
    """
    installed(data_dir, name)
    choice = data_dir / "models" / "current"
    try:
        choice.parent.mkdir(parents=True, exist_ok=True)
        temporary = choice.with_suffix(".part")
        temporary.write_text(name + "\n", encoding="utf-8")
        temporary.replace(choice)
    except OSError as error:
        raise CatalogueError(f"Could not write {choice}: {error}") from error
    return current_model_path(data_dir)


def installed(data_dir: Path, name: str) -> Path:
    """Find a model that is here, as its publisher made it.

    Args:
        data_dir: Warmline's data folder.
        name: `en_us` or an official model.

    Returns:
        Its folder.

    Raises:
        CatalogueError: Unknown name, or not added yet.
    """
    if name != SHIPPED:
        _official(name)
    folder = base_path(data_dir, name)
    if not folder.is_dir():
        raise CatalogueError(f"{name} is not here yet. Fetch it: warmline models add {name}")
    return folder


def chosen_model(data_dir: Path) -> ChosenModel:
    """Find the chosen model as its publisher made it.

    Args:
        data_dir: Warmline's data folder.

    Returns:
        The shipped model when none was chosen or the chosen one is gone.
    """
    try:
        name = (data_dir / "models" / "current").read_text(encoding="utf-8").strip()
    except OSError:
        name = SHIPPED
    if name not in {model.name for model in OFFICIAL} or not base_path(data_dir, name).is_dir():
        name = SHIPPED
    return ChosenModel(name, base_path(data_dir, name))


def current_model_path(data_dir: Path) -> Path:
    """Find the model that calls are heard with.

    Args:
        data_dir: Warmline's data folder.

    Returns:
        The folder of the chosen model, or of the version of it that was taught the words of this
        line (`warmline speech graph`).
    """
    chosen = chosen_model(data_dir)
    return _shelf(data_dir, chosen.name).current() or chosen.path


def base_path(data_dir: Path, name: str) -> Path:
    """Say where a model is, or will be once added.

    Args:
        data_dir: Warmline's data folder.
        name: `en_us` or an official model.
    """
    return SHIPPED_PATH if name == SHIPPED else (data_dir / "models" / name).resolve()


def _shelf(data_dir: Path, name: str) -> Shelf:
    return Shelf.of(data_dir, name, base_path(data_dir, name))


def _official(name: str) -> Official:
    for model in OFFICIAL:
        if model.name == name:
            return model
    names = ", ".join([SHIPPED, *(model.name for model in OFFICIAL)])
    raise CatalogueError(f"There is no model {name!r}; there are: {names}")


def _checksum(client: httpx.Client, base_url: str, name: str) -> str:
    answer = client.get(f"{base_url}/{MODEL_LIST}")
    answer.raise_for_status()
    try:
        listed: list[dict[str, Any]] = json.loads(answer.content)
        md5 = next(str(entry["md5"]) for entry in listed if entry.get("name") == name)
    except (ValueError, KeyError, TypeError, AttributeError, StopIteration) as error:
        raise CatalogueError(
            f"The publisher's list {base_url}/{MODEL_LIST} has no checksum for {name}."
        ) from error
    return md5.lower()


def _verify(archive: Path, expected: str) -> None:
    if (found := md5(archive)) != expected:
        archive.unlink()
        raise CatalogueError(
            f"The download is damaged: its checksum is {found}, the publisher says {expected}. "
            "It was thrown away; please try again."
        )


def _unpack(archive: Path, folder: Path) -> None:
    """Unpack beside the goal and rename, so that a half-unpacked model is never found."""
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".unpacking-") as work:
        try:
            with zipfile.ZipFile(archive) as zipped:
                for entry in zipped.infolist():
                    _check_entry(entry)
                if sum(entry.file_size for entry in zipped.infolist()) > _MAX_UNPACKED:
                    raise CatalogueError(f"{archive.name} unpacks to more than a model can be.")
                zipped.extractall(work)
        except zipfile.BadZipFile as error:
            archive.unlink()
            raise CatalogueError(f"{archive.name} is not a zip archive.") from error
        # The publisher's archives hold one folder with the model's name.
        inside = Path(work) / folder.name
        if not inside.is_dir():
            raise CatalogueError(f"{archive.name} does not contain the folder {folder.name}.")
        inside.replace(folder)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        raise CatalogueError(f"Unsafe path in the archive: {entry.filename}")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise CatalogueError(f"Unsafe link in the archive: {entry.filename}")


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    )
