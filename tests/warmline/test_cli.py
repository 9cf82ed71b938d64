"""The command says what it can do, and its complaints are one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import jwt
import pytest
from typer.testing import CliRunner, Result

from warmline.cli import app
from warmline.settings import SECRETS, Settings, load_settings, variable

COMMANDS = ("up", "serve", "train", "seed", "models", "call", "desk", "demo", "token", "settings",
            "doctor", "escalation", "staff")  # fmt: skip


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)


def warmline(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def complaint(result: Result) -> str:
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit), result.exception
    (line,) = result.stderr.strip().splitlines()
    assert line.startswith("warmline: ")
    return line


@pytest.mark.parametrize("command", COMMANDS)
def test_help_names_the_command_and_the_command_has_help(command: str) -> None:
    assert command in warmline("--help").output
    assert warmline(command, "--help").exit_code == 0


def test_help_loads_no_speech_and_no_database() -> None:
    code = "import sys, warmline.cli; print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"vosk", "piper", "sqlalchemy", "websockets", "numpy", "pydantic"} & set(modules)


def test_a_token_is_for_what_was_asked() -> None:
    made = warmline("token", "--scope", "desk", "--name", "Sam").stdout.strip()
    secret = load_settings().token_secret.get_secret_value()
    claims = jwt.decode(made, secret, algorithms=["HS256"])
    assert (claims["scope"], claims["name"]) == ("desk", "Sam")


def test_settings_show_no_secret() -> None:
    output = warmline("settings").stdout
    assert variable("port") in output
    settings = load_settings()
    for name in SECRETS:
        assert getattr(settings, name).get_secret_value() not in output


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARMLINE_PORT", "eighty")
    assert "WARMLINE_PORT: Input should be a valid integer" in complaint(warmline("settings"))


def test_an_unknown_time_zone_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARMLINE_TIME_ZONE", "America/Atlantis")
    assert "WARMLINE_TIME_ZONE" in complaint(warmline("settings"))


def test_damaged_secrets_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "secrets.json").write_text("{")
    assert "is damaged: delete it" in complaint(warmline("token"))


@pytest.mark.parametrize("arguments", [(), ("--wav", "a.wav", "--say", "hello")])
def test_a_call_needs_one_source_of_speech(arguments: tuple[str, ...]) -> None:
    result = warmline("call", *arguments)
    assert result.exit_code == 2
    assert "give one of --wav, --say or --microphone" in result.stderr


def test_a_call_with_a_missing_file_says_so() -> None:
    assert "there is no file nowhere.wav" in complaint(warmline("call", "--wav", "nowhere.wav"))


def test_a_call_to_a_wrong_address_says_so(tmp_path: Path) -> None:
    result = warmline("call", "--wav", "x.wav", "--url", "ftp://example.com")
    assert result.exit_code == 2
    assert "is no address" in result.stderr


def test_an_unexpected_error_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Settings:
        raise ZeroDivisionError

    monkeypatch.setattr("warmline.cli.read_settings", broken)
    assert isinstance(warmline("settings").exception, ZeroDivisionError)
