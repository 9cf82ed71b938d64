"""The doctor names what is missing and what to do about it."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from warmline import doctor
from warmline.doctor import Finding, examine
from warmline.settings import Settings, load_settings, variable


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)
    return load_settings(
        data_dir=tmp_path / "data",
        port=free_port(),
        desk_port=free_port(),
        assistant_url=f"http://127.0.0.1:{free_port()}",
        actions_url=f"http://127.0.0.1:{free_port()}/webhook",
    )


def findings(settings: Settings) -> dict[str, Finding]:
    return {finding.subject: finding for finding in examine(settings)}


def test_what_is_there_is_well(settings: Settings) -> None:
    found = findings(settings)
    for subject in ("Python", "speech model", "data", "port of the server", "links to customers"):
        assert found[subject].well, found[subject]


def test_a_taken_port_is_named_with_the_setting(settings: Settings) -> None:
    with socket.socket() as other:
        other.bind((settings.host, settings.port))
        other.listen()
        finding = findings(settings)["port of the server"]
    assert not finding.well
    assert "WARMLINE_PORT" in finding.said


def test_a_missing_environment_says_what_to_run(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(doctor, "BOT_PYTHON", tmp_path / "python")
    finding = findings(settings)["assistant's environment"]
    assert not finding.well
    assert "make setup" in finding.said


def test_an_untrained_assistant_says_what_to_run(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(doctor, "model_path", lambda: tmp_path / "m.tar.gz")
    finding = findings(settings)["assistant's model"]
    assert not finding.well
    assert "warmline train" in finding.said


def test_a_folder_without_a_speech_model_is_named(tmp_path: Path, settings: Settings) -> None:
    wrong = settings.model_copy(update={"model_path": tmp_path})
    finding = findings(wrong)["speech model"]
    assert not finding.well
    assert "WARMLINE_MODEL_PATH" in finding.said


def test_a_taken_port_of_the_desk_is_named_with_its_setting(settings: Settings) -> None:
    with socket.socket() as other:
        other.bind((settings.host, settings.desk_port))
        other.listen()
        finding = findings(settings)["port of the server"]
    assert not finding.well
    assert "WARMLINE_DESK_PORT" in finding.said


def test_on_a_machine_of_ones_own_nobody_has_to_send(settings: Settings) -> None:
    found = findings(settings)
    for subject, setting in (
        ("e-mail", "WARMLINE_SMTP_HOST"),
        ("text messages", "WARMLINE_TEXT_PROVIDER"),
    ):
        assert found[subject].well
        assert setting in found[subject].said


def test_on_a_server_somebody_has_to_send_and_links_must_be_safe(settings: Settings) -> None:
    public = settings.model_copy(update={"development_tokens": False})
    found = findings(public)
    for subject in ("e-mail", "text messages", "links to customers"):
        assert not found[subject].well
    found = findings(public.model_copy(update={"desk_url": "http://desk.example.com"}))
    assert "use https" in found["links to customers"].said
    found = findings(public.model_copy(update={"desk_url": "https://desk.example.com"}))
    assert found["links to customers"].well


def test_a_mail_server_that_is_not_there_is_named(settings: Settings) -> None:
    port = free_port()
    told = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_sender": "line@northwind.example"}
    finding = findings(settings.model_copy(update=told))["e-mail"]
    assert not finding.well
    assert f"127.0.0.1:{port} cannot be reached" in finding.said


def test_a_list_of_breached_passwords_that_is_gone_is_named(
    settings: Settings, tmp_path: Path
) -> None:
    gone = settings.model_copy(update={"breached_passwords": tmp_path / "gone.txt"})
    finding = findings(gone)["breached passwords"]
    assert not finding.well
    assert "WARMLINE_BREACHED_PASSWORDS" in finding.said
