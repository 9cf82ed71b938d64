"""Setting up says in its last line what is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from warmline.places import PROJECT

SCRIPTS = sorted(path for path in (PROJECT / "scripts").iterdir() if path.suffix == "")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What setting up reads, in a folder where nothing is installed."""
    root = tmp_path / "clone"
    (root / "bot").mkdir(parents=True)
    shutil.copytree(PROJECT / "scripts", root / "scripts")
    for name in ("requirements.lock", "pyproject.toml", "bot/requirements.lock"):
        shutil.copy(PROJECT / name, root / name)
    return root


def programs(folder: Path, **replaced: str) -> str:
    """A search path with what every system has, and some programs replaced."""
    folder.mkdir()
    for name in ("bash", "env", "dirname", "uname", "cat", "cmp", "tee", "grep", "df", "awk",
                 "mkdir", "rm", "tail", "id", "mktemp"):  # fmt: skip
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    for name, code in replaced.items():
        (folder / name).write_text(f"#!/bin/sh\n{code}\n")
        (folder / name).chmod(0o755)
    return str(folder)


def last_line(clone: Path, script: str, **environment: str) -> str:
    ran = subprocess.run(
        [clone / "scripts" / script],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert ran.returncode != 0
    return ran.stdout.strip().splitlines()[-1]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_executable_and_well_formed(script: Path) -> None:
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", script], check=True)


def test_without_python_it_says_so(clone: Path, tmp_path: Path) -> None:
    said = last_line(clone, "setup", PATH=programs(tmp_path / "bin"))
    assert "there is no python3; on Debian: apt-get install python3" in said


def test_without_venv_it_says_so(clone: Path, tmp_path: Path) -> None:
    no_venv = 'case "$*" in *ensurepip*) exit 1;; esac'
    said = last_line(clone, "setup", PATH=programs(tmp_path / "bin", python3=no_venv))
    assert said.endswith("python3 has no venv; on Debian: apt-get install python3-venv")


def test_with_a_broken_python_it_says_so(clone: Path, tmp_path: Path) -> None:
    said = last_line(clone, "setup", PATH=programs(tmp_path / "bin", python3="exit 1"))
    assert "older than 3.9, or broken" in said


def test_on_an_unknown_system_it_says_so(clone: Path, tmp_path: Path) -> None:
    path = programs(tmp_path / "bin")
    Path(path, "uname").unlink()
    Path(path, "uname").write_text("#!/bin/sh\necho Plan9\n")
    Path(path, "uname").chmod(0o755)
    assert "not on Plan9" in last_line(clone, "setup", PATH=path)


def test_without_a_network_it_says_so(clone: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if "PIP_" not in name}
    nowhere = "http://127.0.0.1:9/simple"
    environment |= {
        "PIP_INDEX_URL": nowhere,
        "PIP_NO_CACHE_DIR": "1",
        "PIP_CONFIG_FILE": os.devnull,
    }
    said = last_line(clone, "setup", **environment)
    assert "no package index answers" in said
    assert "UV_DEFAULT_INDEX" in said


@pytest.mark.parametrize("complaint", ["No space left on device (os error 28)"])
def test_on_a_full_disk_it_says_so(clone: Path, tmp_path: Path, complaint: str) -> None:
    python = f'case "$*" in *"-m venv"*) echo "{complaint}"; exit 1;; esac'
    said = last_line(clone, "setup", PATH=programs(tmp_path / "bin", python3=python))
    assert "the disk is full" in said


def test_without_apt_it_names_the_packages(clone: Path, tmp_path: Path) -> None:
    said = last_line(clone, "install-debian-packages", PATH=programs(tmp_path / "bin"))
    assert "The tests need" in said
    assert "chromium redis-server" in said
    assert "no apt-get" in said


def test_without_root_it_names_the_packages(clone: Path, tmp_path: Path) -> None:
    path = programs(tmp_path / "bin", **{"apt-get": "exit 1"})
    Path(path, "id").unlink()
    Path(path, "id").write_text("#!/bin/sh\necho 1000\n")
    Path(path, "id").chmod(0o755)
    said = last_line(clone, "install-debian-packages", PATH=path)
    assert "chromium redis-server" in said
    assert "only root may install them here" in said
