from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import Progress

from speech_model.catalogue import (
    OFFICIAL,
    SHIPPED,
    SHIPPED_PATH,
    CatalogueError,
    add,
    chosen_model,
    current_model_path,
    installed,
    list_models,
    use,
)
from speech_model.graph.taught import Shelf
from tests.speech_model.publisher import Publisher

NAME = OFFICIAL[0].name


class ModelPublisher(Publisher):
    """Offers one model, with its checksum in a list."""

    def offer(self, archive: bytes, md5: str | None = None) -> None:
        listed = {"name": NAME, "md5": md5 or hashlib.md5(archive).hexdigest(), "size_text": "1K"}
        self.files["/models/model-list.json"] = json.dumps([listed]).encode()
        self.files[f"/models/{NAME}.zip"] = archive


@pytest.fixture
def publisher() -> Iterator[ModelPublisher]:
    server = ModelPublisher()
    with server.serving():
        yield server


@pytest.fixture
def fetch(publisher: ModelPublisher, tmp_path: Path) -> Callable[[], Path]:
    quiet = Console(file=io.StringIO())
    return lambda: add(tmp_path, NAME, f"{publisher.url}/models", Progress(console=quiet))


def archive(*entries: str, top: str = NAME) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        for entry in entries or ("am/final.mdl", "README"):
            zipped.writestr(f"{top}/{entry}" if top else entry, "content of " + entry)
    return file.getvalue()


def test_a_model_is_fetched_checked_and_unpacked(
    publisher: ModelPublisher, fetch: Callable[[], Path], tmp_path: Path
) -> None:
    publisher.offer(archive())
    folder = fetch()
    assert folder == (tmp_path / "models" / NAME).resolve()
    assert (folder / "am" / "final.mdl").read_text() == "content of am/final.mdl"
    assert [path.name for path in (tmp_path / "models").iterdir()] == [NAME]


def test_a_model_that_is_here_is_not_fetched_again(
    publisher: ModelPublisher, fetch: Callable[[], Path]
) -> None:
    publisher.offer(archive())
    fetch()
    fetch()
    assert len(publisher.ranges) == 1


def test_a_download_that_was_cut_off_goes_on(
    publisher: ModelPublisher, fetch: Callable[[], Path]
) -> None:
    publisher.offer(archive())
    publisher.cut_at = 100
    with pytest.raises(CatalogueError, match=f"run `warmline models add {NAME}` again"):
        fetch()
    publisher.cut_at = None
    fetch()
    assert publisher.ranges == [None, "bytes=100-"]


def test_a_complete_download_is_only_unpacked(
    publisher: ModelPublisher, fetch: Callable[[], Path], tmp_path: Path
) -> None:
    publisher.offer(archive())
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / f"{NAME}.zip.part").write_bytes(archive())
    assert fetch().is_dir()


def test_a_damaged_download_is_thrown_away(
    publisher: ModelPublisher, fetch: Callable[[], Path], tmp_path: Path
) -> None:
    publisher.offer(archive(), md5="0" * 32)
    with pytest.raises(CatalogueError, match="download is damaged"):
        fetch()
    assert list((tmp_path / "models").iterdir()) == []


@pytest.mark.parametrize("entry", ["../outside", "/etc/outside", "..\\outside", "C:/outside"])
def test_an_archive_cannot_write_elsewhere(
    publisher: ModelPublisher, fetch: Callable[[], Path], tmp_path: Path, entry: str
) -> None:
    publisher.offer(archive(entry, top=""))
    with pytest.raises(CatalogueError, match="Unsafe path"):
        fetch()
    assert not list(tmp_path.rglob("outside"))


def test_an_archive_cannot_hold_links(publisher: ModelPublisher, fetch: Callable[[], Path]) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        link = zipfile.ZipInfo(f"{NAME}/link")
        link.external_attr = 0o120777 << 16
        zipped.writestr(link, "/etc/passwd")
    publisher.offer(file.getvalue())
    with pytest.raises(CatalogueError, match="Unsafe link"):
        fetch()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [(b"no zip", "is not a zip"), (archive(top="other"), "does not contain the folder")],
)
def test_an_archive_of_something_else_is_refused(
    publisher: ModelPublisher, fetch: Callable[[], Path], content: bytes, complaint: str
) -> None:
    publisher.offer(content)
    with pytest.raises(CatalogueError, match=complaint):
        fetch()


def test_being_offline_is_explained(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="Is this machine online") as caught:
        add(tmp_path, NAME, "http://127.0.0.1:9")
    assert "warmline models use en_us" in str(caught.value)


def test_a_publisher_without_the_model_is_explained(
    publisher: ModelPublisher, fetch: Callable[[], Path]
) -> None:
    publisher.offer(archive())
    del publisher.files[f"/models/{NAME}.zip"]
    with pytest.raises(CatalogueError, match="answered 404"):
        fetch()


@pytest.mark.parametrize("listed", [b"<html>", b"{}", b"[]", b"[1]", b'[{"name": "other"}]'])
def test_a_list_without_a_checksum_is_explained(
    publisher: ModelPublisher, fetch: Callable[[], Path], listed: bytes
) -> None:
    publisher.offer(archive())
    publisher.files["/models/model-list.json"] = listed
    with pytest.raises(CatalogueError, match="has no checksum"):
        fetch()


@pytest.mark.parametrize("name", ["vosk-model-klingon", "../en_us", ""])
def test_unknown_names_are_refused_with_the_known_ones(tmp_path: Path, name: str) -> None:
    with pytest.raises(CatalogueError, match=f"there are: {SHIPPED}, {NAME}"):
        add(tmp_path, name)
    with pytest.raises(CatalogueError, match="There is no model"):
        use(tmp_path, name)


def test_the_shipped_model_is_chosen_at_first(tmp_path: Path) -> None:
    assert current_model_path(tmp_path) == SHIPPED_PATH
    assert [info.name for info in list_models(tmp_path) if info.current] == [SHIPPED]
    assert [info.name for info in list_models(tmp_path) if info.installed] == [SHIPPED]


def test_another_model_is_chosen_and_unchosen(
    publisher: ModelPublisher, fetch: Callable[[], Path], tmp_path: Path
) -> None:
    with pytest.raises(CatalogueError, match=f"warmline models add {NAME}"):
        use(tmp_path, NAME)
    publisher.offer(archive())
    folder = fetch()
    assert use(tmp_path, NAME) == folder == current_model_path(tmp_path)
    assert [info.name for info in list_models(tmp_path) if info.current] == [NAME]
    assert use(tmp_path, SHIPPED) == SHIPPED_PATH == current_model_path(tmp_path)


@pytest.mark.parametrize("written", ["", NAME, "../../etc", "\x00"])
def test_a_choice_that_is_gone_falls_back_to_the_shipped_model(
    tmp_path: Path, written: str
) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "current").write_text(written)
    assert current_model_path(tmp_path) == SHIPPED_PATH


def teach(data_dir: Path, name: str, base: Path) -> Path:
    """Take some folder for a taught version of a model."""

    def make(folder: Path) -> dict[str, str]:
        folder.mkdir()
        return {}

    return Shelf.of(data_dir, name, base).put("1234", make)


def test_what_was_taught_is_used_while_its_base_is_chosen(
    publisher: ModelPublisher, fetch: Callable[[], Path], tmp_path: Path
) -> None:
    taught = teach(tmp_path, SHIPPED, SHIPPED_PATH)
    assert current_model_path(tmp_path) == taught
    assert chosen_model(tmp_path) == (SHIPPED, SHIPPED_PATH)
    publisher.offer(archive())
    folder = fetch()
    assert use(tmp_path, NAME) == folder == current_model_path(tmp_path)
    assert use(tmp_path, SHIPPED) == taught


def test_the_list_tells_what_was_taught(tmp_path: Path) -> None:
    teach(tmp_path, SHIPPED, SHIPPED_PATH)
    told = {info.name: info for info in list_models(tmp_path)}
    assert told[SHIPPED].current
    assert [name for name, info in told.items() if info.summary.endswith("taught")] == [SHIPPED]


def test_only_models_that_are_here_can_be_taught(tmp_path: Path) -> None:
    assert installed(tmp_path, SHIPPED) == SHIPPED_PATH
    with pytest.raises(CatalogueError, match=f"warmline models add {NAME}"):
        installed(tmp_path, NAME)
