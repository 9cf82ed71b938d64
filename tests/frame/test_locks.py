"""Locks name versions and hashes, agree with each other, and name no host to download from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from warmline.places import PROJECT

LOCKS = [
    PROJECT / name
    for name in (
        "requirements.lock",
        "bot/requirements.lock",
        "speech_model/training.lock",
        "docker/runtime.lock",
        "benchmarks/peers/requirements.lock",
        "scripts/tools.lock",
        "scripts/build.lock",
    )
]


def entries(path: Path) -> list[str]:
    """The requirements of a lock, each with its hashes."""
    lines = [line for line in path.read_text().splitlines() if not line.lstrip().startswith("#")]
    return re.split(r"\n(?=\S)", "\n".join(lines).strip())


def pins(path: Path) -> set[str]:
    return {entry.split(" \\\n")[0].strip() for entry in entries(path)}


def names(path: Path) -> set[str]:
    return {pin.split("==")[0] for pin in pins(path)}


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_every_package_has_a_version_and_hashes(path: Path) -> None:
    for entry in entries(path):
        assert re.match(r"[a-z0-9.-]+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_no_host_is_named(path: Path) -> None:
    text = path.read_text()
    assert "://" not in text
    assert "index-url" not in text


@pytest.mark.parametrize(
    ("folder", "lock"), [("", "speech_model/training.lock"), ("bot", "bot/requirements.lock")]
)
def test_the_lock_has_all_that_the_project_asks_for(folder: str, lock: str) -> None:
    project = tomllib.loads((PROJECT / folder / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        wanted += extra
    for requirement in wanted:
        name = re.split(r"[\[=<>!~ ]", requirement)[0].lower().replace("_", "-")
        assert name in names(PROJECT / lock), name


def test_what_trains_speech_models_is_added_to_the_line_and_changes_nothing_of_it() -> None:
    assert pins(PROJECT / "requirements.lock") < pins(PROJECT / "speech_model/training.lock")


def test_images_get_the_versions_that_are_tested() -> None:
    tested = {pin.split(" ;")[0] for pin in pins(PROJECT / "requirements.lock")}
    assert {pin.split(" ;")[0] for pin in pins(PROJECT / "docker/runtime.lock")} <= tested


def test_images_do_not_get_what_only_tests_use() -> None:
    assert not names(PROJECT / "docker/runtime.lock") & {"pytest", "ruff", "playwright", "torch"}
