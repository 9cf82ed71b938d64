"""Where taught models are kept, so that a running line never meets half of one.

Each lies in a folder of its own, named by the fingerprint of all that it was made from; a small
file tells which one is in use. So going back to an earlier state finds the earlier model.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

ACOUSTIC_MODEL: Final = "am/final.mdl"

_NOTE: Final = "taught.json"
_CURRENT: Final = "current"
# A process may still be loading the one before.
_KEPT: Final = 2


class ShelfError(Exception):
    """A taught model cannot be kept; the message is for the user."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The taught versions of one model.

    Args:
        folder: Where they are; it need not be there yet.
        base: The model that was taught, as it is now.
    """

    folder: Path
    base: Path

    @classmethod
    def of(cls, data_dir: Path, name: str, base: Path) -> Shelf:
        """Find the shelf of a model.

        Args:
            data_dir: Warmline's data folder.
            name: The model, such as `en_us`.
            base: Its folder.
        """
        return cls(data_dir / "models" / "taught" / name, base)

    def current(self) -> Path | None:
        """Find the taught model that is in use.

        Returns:
            Its folder; None when nothing was taught yet, or the base has another acoustic model
            than when it was taught.
        """
        try:
            name = (self.folder / _CURRENT).read_text(encoding="utf-8").strip()
            note = json.loads((self.folder / name / _NOTE).read_text(encoding="utf-8"))
            of_this_base = note["acoustic_model"] == _fingerprint_of(self.base / ACOUSTIC_MODEL)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return (self.folder / name).resolve() if name and of_this_base else None

    def find(self, stamp: str) -> dict[str, Any] | None:
        """Look for a model that is there already.

        Args:
            stamp: The fingerprint of all that it is made from.

        Returns:
            What was noted when it was made; None when it is not there.
        """
        try:
            note = json.loads((self._place(stamp) / _NOTE).read_text(encoding="utf-8"))
            return dict(note["told"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, stamp: str, make: Callable[[Path], Mapping[str, Any]]) -> Path:
        """Make a taught model, unless it is there already, and take it into use.

        Args:
            stamp: The fingerprint of all that it is made from.
            make: Writes the model into a folder, which it makes, and tells what to note (JSON).

        Returns:
            The model's folder.

        Raises:
            ShelfError: It cannot be written, or what it is made from cannot be read.
        """
        place = self._place(stamp)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with _alone(self.folder / ".lock"):
                if self.find(stamp) is None:
                    shutil.rmtree(place, ignore_errors=True)
                    self._make(place, make)
                place.touch()  # the newest, also when it is an earlier one
                beside = self.folder / f".{_CURRENT}"
                beside.write_text(place.name + "\n", encoding="utf-8")
                beside.replace(self.folder / _CURRENT)
                self._drop_old()
        except OSError as error:
            raise ShelfError(f"The taught model cannot be kept: {error}") from error
        return place.resolve()

    def _make(self, place: Path, make: Callable[[Path], Mapping[str, Any]]) -> None:
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=".making-") as work:
            made = Path(work) / place.name
            note = {
                "told": make(made),
                "acoustic_model": _fingerprint_of(self.base / ACOUSTIC_MODEL),
            }
            (made / _NOTE).write_text(json.dumps(note, indent=1) + "\n", encoding="utf-8")
            made.replace(place)

    def _place(self, stamp: str) -> Path:
        return self.folder / f"{self.folder.name}-{stamp}"

    def _drop_old(self) -> None:
        folders = [path for path in self.folder.iterdir() if (path / _NOTE).is_file()]
        folders.sort(key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for folder in folders[_KEPT:]:
            shutil.rmtree(folder, ignore_errors=True)


def fingerprint(files: Mapping[str, Path], more: Mapping[str, str]) -> str:
    """Name the state of files and versions.

    Args:
        files: Each file by a name that is the same wherever the file lies.
        more: What else counts, such as versions of libraries.

    Returns:
        16 hexadecimal digits.

    Raises:
        OSError: A file cannot be read.
    """
    digest = hashlib.sha256()
    for name, path in sorted(files.items()):
        digest.update(f"{name}\0{_fingerprint_of(path)}\0".encode())
    for name, value in sorted(more.items()):
        digest.update(f"{name}\0{value}\0".encode())
    return digest.hexdigest()[:16]


def _fingerprint_of(path: Path) -> str:
    state = path.stat()
    return _hashed(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=1024)
def _hashed(path: Path, _changed: int, _size: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Of processes that teach the same model at once, one waits for the other."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
