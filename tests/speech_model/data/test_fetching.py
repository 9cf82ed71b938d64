from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import Progress

from speech_model.data.fetching import FetchError, fetch, unpack
from tests.speech_model.publisher import Publisher

ARCHIVE = bytes(range(256)) * 400


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    server = Publisher()
    server.files["/12/speech.tar.gz"] = ARCHIVE
    with server.serving():
        yield server


@pytest.fixture
def progress() -> Progress:
    return Progress(console=Console(file=io.StringIO()))


def test_an_archive_is_fetched_once(
    tmp_path: Path, publisher: Publisher, progress: Progress
) -> None:
    archive = tmp_path / "archives" / "speech.tar.gz"
    for _ in range(2):
        fetch(f"{publisher.url}/12/speech.tar.gz", archive, progress)
    assert archive.read_bytes() == ARCHIVE
    assert publisher.ranges == [None]
    assert [path.name for path in archive.parent.iterdir()] == ["speech.tar.gz"]


def test_a_download_that_was_cut_off_is_continued(
    tmp_path: Path, publisher: Publisher, progress: Progress
) -> None:
    archive = tmp_path / "speech.tar.gz"
    publisher.cut_at = 30_000
    with pytest.raises(FetchError, match="What was already fetched is kept"):
        fetch(f"{publisher.url}/12/speech.tar.gz", archive, progress)
    assert not archive.exists()
    publisher.cut_at = None
    fetch(f"{publisher.url}/12/speech.tar.gz", archive, progress)
    assert archive.read_bytes() == ARCHIVE
    assert publisher.ranges == [None, "bytes=30000-"]


def test_a_download_that_ended_just_before_it_was_checked_is_not_repeated(
    tmp_path: Path, publisher: Publisher, progress: Progress
) -> None:
    archive = tmp_path / "speech.tar.gz"
    (tmp_path / "speech.tar.gz.part").write_bytes(ARCHIVE)
    fetch(f"{publisher.url}/12/speech.tar.gz", archive, progress)
    assert archive.read_bytes() == ARCHIVE


def test_the_publishers_checksum_is_compared(
    tmp_path: Path, publisher: Publisher, progress: Progress
) -> None:
    url, sums = f"{publisher.url}/12/speech.tar.gz", f"{publisher.url}/12/md5sum.txt"
    archive = tmp_path / "speech.tar.gz"
    publisher.files["/12/md5sum.txt"] = b"0" * 32 + b"  other/speech.tar.gz\n"
    with pytest.raises(FetchError, match="arrived damaged"):
        fetch(url, archive, progress, sums)
    assert list(tmp_path.iterdir()) == []
    digest = hashlib.md5(ARCHIVE).hexdigest()
    publisher.files["/12/md5sum.txt"] = f"{'1' * 32}  a.gz\n{digest} *speech.tar.gz\n".encode()
    fetch(url, archive, progress, sums)
    assert archive.exists()


def test_a_list_without_the_archive_is_told(
    tmp_path: Path, publisher: Publisher, progress: Progress
) -> None:
    publisher.files["/sums"] = b"0000  other.gz\n"
    with pytest.raises(FetchError, match=r"no checksum for speech\.tar\.gz"):
        fetch(
            f"{publisher.url}/12/speech.tar.gz",
            tmp_path / "speech.tar.gz",
            progress,
            f"{publisher.url}/sums",
        )


def test_what_is_not_offered_any_more_is_told(
    tmp_path: Path, publisher: Publisher, progress: Progress
) -> None:
    with pytest.raises(FetchError, match=r"gone\.zip answered 404"):
        fetch(f"{publisher.url}/gone.zip", tmp_path / "gone.zip", progress)


def test_without_a_network_it_says_what_else_can_be_done(
    tmp_path: Path, progress: Progress
) -> None:
    with pytest.raises(FetchError, match=r"Is this machine online.*--from"):
        fetch("http://127.0.0.1:9/speech.zip", tmp_path / "speech.zip", progress)


def tar(path: Path, names: list[str]) -> Path:
    with tarfile.open(path, "w:gz") as packed:
        for name in names:
            entry = tarfile.TarInfo(name)
            entry.size = 5
            packed.addfile(entry, io.BytesIO(b"sound"))
    return path


def zipped(path: Path, names: list[str]) -> Path:
    with zipfile.ZipFile(path, "w") as packed:
        for name in names:
            packed.writestr(name, b"sound")
    return path


@pytest.mark.parametrize("pack", [tar, zipped])
def test_an_archive_is_unpacked_once_and_its_single_folder_found(
    tmp_path: Path, pack: type[object]
) -> None:
    archive = pack(tmp_path / "archive", ["Speech/a/1.wav", "Speech/2.wav"])  # type: ignore[call-arg]
    folder = unpack(archive, tmp_path / "out")  # type: ignore[arg-type]
    assert folder == tmp_path / "out" / "Speech"
    assert (folder / "a" / "1.wav").read_bytes() == b"sound"
    (folder / "2.wav").unlink()
    assert unpack(archive, tmp_path / "out") == folder  # type: ignore[arg-type]
    assert not (folder / "2.wav").exists()


def test_an_archive_without_one_is_the_folder_itself(tmp_path: Path) -> None:
    archive = tar(tmp_path / "a.tar.gz", ["yes/1.wav", "no/2.wav"])
    assert unpack(archive, tmp_path / "out") == tmp_path / "out"


def test_an_unpacking_that_did_not_finish_is_done_again(tmp_path: Path) -> None:
    (tmp_path / "out" / "Speech").mkdir(parents=True)
    archive = tar(tmp_path / "a.tar.gz", ["Speech/1.wav"])
    assert (unpack(archive, tmp_path / "out") / "1.wav").exists()
    assert not list(tmp_path.glob(".unpacking-*"))


def test_nothing_is_written_outside_the_folder(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="Could not unpack"):
        unpack(tar(tmp_path / "a.tar.gz", ["../evil.wav"]), tmp_path / "out")
    assert not (tmp_path / "evil.wav").exists()
    unpack(zipped(tmp_path / "b.zip", ["../evil.wav", "good.wav"]), tmp_path / "out")
    assert not (tmp_path / "evil.wav").exists()


def test_what_is_no_archive_is_told(tmp_path: Path) -> None:
    (tmp_path / "page.tar.gz").write_bytes(b"<html>not here</html>")
    with pytest.raises(FetchError, match=r"Could not unpack .*page\.tar\.gz"):
        unpack(tmp_path / "page.tar.gz", tmp_path / "out")
    assert not (tmp_path / "out").exists()
