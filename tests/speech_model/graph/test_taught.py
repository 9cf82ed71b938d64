"""Where taught models are kept."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from speech_model.graph.taught import Shelf, ShelfError, fingerprint


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = tmp_path / "base"
    (folder / "am").mkdir(parents=True)
    (folder / "am" / "final.mdl").write_bytes(b"a network")
    return folder


@pytest.fixture
def shelf(tmp_path: Path, base: Path) -> Shelf:
    return Shelf.of(tmp_path / "data", "en_us", base)


def making(content: str) -> Any:
    def make(folder: Path) -> Mapping[str, Any]:
        folder.mkdir()
        (folder / "graph").write_text(content)
        return {"content": content}

    return make


def never(folder: Path) -> Mapping[str, Any]:
    raise AssertionError(f"{folder} need not be made")


def test_nothing_is_taught_at_first(shelf: Shelf) -> None:
    assert shelf.current() is None
    assert shelf.find("1234") is None


def test_what_was_made_is_in_use(shelf: Shelf) -> None:
    made = shelf.put("1234", making("first"))
    assert shelf.current() == made
    assert (made / "graph").read_text() == "first"
    assert shelf.find("1234") == {"content": "first"}
    assert made.name == "en_us-1234"


def test_what_is_there_is_not_made_again(shelf: Shelf) -> None:
    first = shelf.put("1234", making("first"))
    shelf.put("5678", making("second"))
    assert shelf.put("1234", never) == first == shelf.current()


def test_the_model_before_stays_and_older_ones_go(shelf: Shelf) -> None:
    first, second, third = (shelf.put(stamp, making(stamp)) for stamp in ("1", "2", "3"))
    assert not first.exists()
    assert second.exists()
    assert shelf.current() == third


def test_a_model_that_cannot_be_made_changes_nothing(shelf: Shelf) -> None:
    first = shelf.put("1234", making("first"))

    def broken(folder: Path) -> Mapping[str, Any]:
        making("half")(folder)
        raise ValueError("no such phone")

    with pytest.raises(ValueError, match="no such phone"):
        shelf.put("5678", broken)
    assert shelf.current() == first
    left = {path.name for path in shelf.folder.iterdir() if path.name[0] != "."}
    assert left == {"current", first.name}


def test_a_place_that_takes_nothing_is_told(shelf: Shelf) -> None:
    shelf.folder.parent.parent.mkdir(parents=True)
    shelf.folder.parent.write_text("a file where the folder should be")
    with pytest.raises(ShelfError, match="cannot be kept"):
        shelf.put("1234", making("first"))


def test_while_a_model_is_made_the_one_before_is_in_use(shelf: Shelf) -> None:
    first = shelf.put("1234", making("first"))
    seen = []

    def looking(folder: Path) -> Mapping[str, Any]:
        told: Mapping[str, Any] = making("second")(folder)
        seen.append(shelf.current())
        return told

    shelf.put("5678", looking)
    assert seen == [first]


def test_another_acoustic_model_was_not_taught(shelf: Shelf, base: Path) -> None:
    made = shelf.put("1234", making("first"))
    network = base / "am" / "final.mdl"
    network.unlink()
    network.write_bytes(b"another network")
    assert shelf.current() is None
    network.write_bytes(b"a network")
    assert shelf.current() == made


def test_a_base_that_is_gone_was_not_taught(shelf: Shelf, base: Path) -> None:
    shelf.put("1234", making("first"))
    (base / "am" / "final.mdl").unlink()
    assert shelf.current() is None


@pytest.mark.parametrize("written", ["", "en_us-9999", "..", "\x00"])
def test_a_damaged_choice_means_that_nothing_is_taught(shelf: Shelf, written: str) -> None:
    shelf.put("1234", making("first"))
    (shelf.folder / "current").write_text(written)
    assert shelf.current() is None


@pytest.mark.parametrize("note", ["", "{}", "[]", '{"acoustic_model": 3}'])
def test_a_model_without_its_note_is_made_again(shelf: Shelf, note: str) -> None:
    made = shelf.put("1234", making("first"))
    (made / "taught.json").write_text(note)
    assert shelf.current() is None
    shelf.put("1234", making("again"))
    assert (made / "graph").read_text() == "again"
    assert shelf.current() == made


def test_two_at_once_make_it_once(shelf: Shelf) -> None:
    made = []

    def counting(folder: Path) -> Mapping[str, Any]:
        made.append(folder)
        told: Mapping[str, Any] = making("first")(folder)
        return told

    threads = [threading.Thread(target=shelf.put, args=("1234", counting)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def test_a_fingerprint_tells_names_contents_and_versions(tmp_path: Path) -> None:
    for name, content in (("a", "x"), ("b", "x"), ("c", "y")):
        (tmp_path / name).write_text(content)
    first = fingerprint({"words": tmp_path / "a"}, {"library": "1.0"})
    assert first == fingerprint({"words": tmp_path / "b"}, {"library": "1.0"})
    assert len(first) == 16
    others = {
        fingerprint({"words": tmp_path / "c"}, {"library": "1.0"}),
        fingerprint({"phones": tmp_path / "a"}, {"library": "1.0"}),
        fingerprint({"words": tmp_path / "a"}, {"library": "1.1"}),
        fingerprint({"words": tmp_path / "a"}, {}),
    }
    assert len(others | {first}) == 5
