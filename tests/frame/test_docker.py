"""Images are built from pinned bases and locks, run without root, and tell their health."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest
from dockerfile_parse import DockerfileParser

from warmline.places import PROJECT
from warmline.training import TRAINING_DATA

DOCKERFILES = sorted((PROJECT / "docker").glob("*.Dockerfile"))
BUILT_LATER = {"/opt/venv"}

pytestmark = pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.stem)


def instructions(path: Path) -> list[tuple[str, str]]:
    parser = DockerfileParser(fileobj=path.open("rb"))
    return [
        (item["instruction"], item["value"])
        for item in parser.structure
        if item["instruction"] != "COMMENT"
    ]


def last_stage(path: Path) -> list[tuple[str, str]]:
    steps = instructions(path)
    begins = max(number for number, (name, _) in enumerate(steps) if name == "FROM")
    return steps[begins:]


def only(steps: list[tuple[str, str]], name: str) -> str:
    values = [value for instruction, value in steps if instruction == name]
    assert len(values) == 1, f"{name} stands {len(values)} times"
    return values[0]


def test_there_is_one_for_each_process_of_ours(path: Path) -> None:
    assert {file.stem for file in DOCKERFILES} == {"server", "assistant", "actions"}


def test_bases_are_pinned_to_a_release(path: Path) -> None:
    for name, value in instructions(path):
        if name == "FROM":
            assert re.match(r"python:3\.\d+\.\d+-slim-\w+( AS \w+)?$", value), value


def test_it_does_not_run_as_root(path: Path) -> None:
    steps = last_stage(path)
    user = only(steps, "USER")
    assert user not in ("root", "0")
    names = [name for name, _ in steps]
    assert "RUN" not in names[names.index("USER") :], "what follows USER should only be run"
    assert any(name == "RUN" and "useradd --system --uid 10001" in value for name, value in steps)


def test_it_has_a_health_check_on_the_port_it_exposes(path: Path) -> None:
    steps = last_stage(path)
    check = only(steps, "HEALTHCHECK")
    assert f"127.0.0.1:{only(steps, 'EXPOSE').split()[0]}/" in check


def test_what_is_copied_exists_and_reaches_the_builder(path: Path) -> None:
    allowed = (PROJECT / ".dockerignore").read_text().splitlines()
    for name, value in instructions(path):
        if name != "COPY" or value.startswith("--from="):
            continue
        *sources, _ = value.split()
        for source in sources:
            assert (PROJECT / source).exists(), source
            assert any(
                source == line[1:] or source.startswith(f"{line[1:]}/")
                for line in allowed
                if line.startswith("!")
            ), source


def test_packages_are_installed_from_locks_with_hashes(path: Path) -> None:
    for name, value in instructions(path):
        if name == "RUN" and re.search(r"\b(pip install|pip sync)\b", value):
            installs = re.findall(r"pip (?:install|sync)[^&]*", value)
            assert all("--require-hashes" in install for install in installs)


def test_what_it_runs_exists(path: Path) -> None:
    steps = last_stage(path)
    command = json.loads(only(steps, "CMD"))
    assert command[:2] == ["python", "-m"]
    module = command[2]
    if module != "rasa":
        assert importlib.util.find_spec(f"{module}.__main__")
        copied = " ".join(value for name, value in steps if name == "COPY")
        assert f"{module} {module}" in copied
        return
    for option in ("--credentials", "--endpoints"):
        assert (PROJECT / "bot" / command[command.index(option) + 1]).is_file()
    training = next(value for name, value in steps if name == "RUN" and "rasa train" in value)
    assert all(f"../nlu_data/{part}" in training for part in TRAINING_DATA)
    model = Path(command[command.index("--model") + 1])
    assert f"--fixed-model-name {model.name.removesuffix('.tar.gz')}" in training
