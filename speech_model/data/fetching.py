"""Archives of corpora: fetched from their publishers, continued if cut off, checked, unpacked."""

from __future__ import annotations

import shutil
import tarfile
import tempfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import Final

import httpx
from rich.progress import Progress

from speech_model.downloading import download, md5

_TIMEOUT: Final = httpx.Timeout(20.0, read=120.0)
DONE: Final = ".unpacked"


class FetchError(Exception):
    """An archive cannot be fetched or unpacked; the message is for the user."""


def fetch(url: str, archive: Path, progress: Progress, checksums: str | None = None) -> None:
    """Fetch an archive, or the rest of it.

    Args:
        url: Where its publisher has it.
        archive: Where it goes; while it is not complete, `.part` is added to the name.
        progress: Shows how far it is.
        checksums: The publisher's list of MD5 sums, in md5sum's format, where there is one.

    Raises:
        FetchError: No network, an answer that is no archive, a wrong checksum or no space.
    """
    if archive.exists():
        return
    part = archive.with_name(archive.name + ".part")
    try:
        archive.parent.mkdir(parents=True, exist_ok=True)
        with httpx.Client(timeout=_TIMEOUT, follow_redirects=True) as client:
            expected = _expected(client, checksums, url) if checksums else None
            download(client, url, part, progress)
        if expected is not None and (found := md5(part)) != expected:
            part.unlink()
            raise FetchError(
                f"{url} arrived damaged: its checksum is {found}, the publisher says {expected}. "
                "It was thrown away; please try again."
            )
        part.replace(archive)
    except httpx.HTTPStatusError as error:
        raise FetchError(
            f"{error.request.url} answered {error.response.status_code}: the publisher does not "
            "offer it there any more."
        ) from error
    except httpx.HTTPError as error:
        raise FetchError(
            f"Could not reach {url} ({error}). Is this machine online? What was already fetched "
            "is kept; the same command goes on. A folder or archive that was brought here another "
            "way can be given with --from."
        ) from error
    except OSError as error:
        raise FetchError(f"Could not store {archive}: {error}") from error


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack an archive, once.

    Args:
        archive: A tar archive, packed or not, or a zip.
        folder: Where its contents go; replaced where an earlier unpacking did not finish.

    Returns:
        The folder, or the one inside where the archive has a single one at its top.

    Raises:
        FetchError: It is no such archive, or wants to write outside the folder.
    """
    if not (folder / DONE).exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".unpacking-"))
        try:
            _extract(archive, work)
            (work / DONE).touch()
            shutil.rmtree(folder, ignore_errors=True)
            work.replace(folder)
        except (tarfile.TarError, zipfile.BadZipFile, OSError, EOFError) as error:
            raise FetchError(f"Could not unpack {archive}: {error}") from error
        finally:
            shutil.rmtree(work, ignore_errors=True)
    inside = [path for path in folder.iterdir() if path.name != DONE]
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else folder


def _expected(client: httpx.Client, checksums: str, url: str) -> str:
    answer = client.get(checksums)
    answer.raise_for_status()
    name = PurePosixPath(httpx.URL(url).path).name
    for line in answer.text.splitlines():
        digest, _, listed = line.strip().partition(" ")
        if PurePosixPath(listed.strip(" *")).name == name:
            return digest.lower()
    raise FetchError(f"The publisher's list {checksums} has no checksum for {name}.")


def _extract(archive: Path, folder: Path) -> None:
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as zipped:
            zipped.extractall(folder)  # it keeps within the folder by itself
        return
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
