"""`make` alone says what there is, and every target can be made."""

from __future__ import annotations

import subprocess

import pytest

from warmline.places import PROJECT

TARGETS = ("demo", "up", "test", "check", "train", "bench", "seed", "lock", "clean")


def make(*arguments: str) -> str:
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@pytest.mark.parametrize("target", TARGETS)
def test_help_lists_the_target_with_what_it_does(target: str) -> None:
    lines = [line.split(maxsplit=2) for line in make("help").splitlines()]
    assert [words[2] for words in lines if words[:2] == ["make", target]]


def test_make_alone_is_help() -> None:
    assert make() == make("help")


@pytest.mark.parametrize("target", TARGETS)
def test_the_target_can_be_made(target: str) -> None:
    assert make("--dry-run", target)


@pytest.mark.parametrize("target", ["demo", "up", "test", "check", "train", "bench", "seed"])
def test_everything_that_runs_is_set_up_first(target: str) -> None:
    assert make("--dry-run", target).startswith("scripts/setup")


def test_arguments_reach_the_command() -> None:
    assert "warmline demo --once" in make("--dry-run", "demo", "ARGS=--once")
    assert "train --once" not in make("--dry-run", "demo", "ARGS=--once")
    assert "warmline train --force" in make("--dry-run", "train", "ARGS=--force")


def test_continuous_integration_runs_make_test_and_nothing_else() -> None:
    commands = [
        line
        for line in (PROJECT / ".ci" / "run").read_text().splitlines()
        if line and not line.startswith(("#", "set ", "cd "))
    ]
    assert commands == ["exec make test"]
