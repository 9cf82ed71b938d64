"""Settings come from the environment and a file, and secrets are made once."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import ValidationError

from warmline.settings import (
    CONFIGURATION_PAGE,
    SECRETS,
    SecretsError,
    Settings,
    configuration_page,
    described,
    is_loopback,
    load_settings,
)


@pytest.fixture(autouse=True)
def untouched_by_the_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"WARMLINE_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_data_lies_in_one_absolute_folder(tmp_path: Path) -> None:
    settings = load_settings()
    assert settings.data_dir == tmp_path / "var"
    assert settings.database_url == f"sqlite+aiosqlite:///{tmp_path}/var/warmline.db"
    assert settings.tracker_url == f"sqlite:///{tmp_path}/var/dialogues.db"


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("WARMLINE_PORT=9001\nWARMLINE_MAX_CALLS=3\n")
    monkeypatch.setenv("WARMLINE_PORT", "9002")
    settings = load_settings()
    assert (settings.port, settings.max_calls) == (9002, 3)


def test_what_is_handed_over_wins_over_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARMLINE_PORT", "9002")
    assert load_settings(port=9003).port == 9003


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    first, second = load_settings(), load_settings()
    assert first == second
    values = {getattr(first, name).get_secret_value() for name in SECRETS}
    assert len(values) == len(SECRETS)
    assert min(map(len, values)) >= 32
    mode = (tmp_path / "var" / "secrets.json").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_processes_that_start_together_agree_on_the_secrets() -> None:
    with ThreadPoolExecutor(8) as pool:
        all_of_them = list(pool.map(lambda _: load_settings(), range(16)))
    assert all(settings == all_of_them[0] for settings in all_of_them)


def test_a_secret_that_is_set_is_not_kept(tmp_path: Path) -> None:
    settings = load_settings(**dict.fromkeys(SECRETS, "s" * 32))
    assert settings.token_secret.get_secret_value() == "s" * 32
    assert not (tmp_path / "var").exists()


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValidationError, match="at least 32 bytes"):
        load_settings(token_secret="short")


@pytest.mark.parametrize("content", ["", "{}", "[1]", "no json"])
def test_damaged_secrets_are_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "secrets.json").write_text(content)
    with pytest.raises(SecretsError, match=r"secrets\.json is damaged"):
        load_settings()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("in the way")
    with pytest.raises(SecretsError, match="cannot be kept"):
        load_settings()


def test_an_installation_of_an_older_version_gets_the_secrets_it_lacks(tmp_path: Path) -> None:
    before = load_settings()
    kept = tmp_path / "var" / "secrets.json"
    older = json.loads(kept.read_text())
    del older["outbox_secret"]
    kept.write_text(json.dumps(older))
    with ThreadPoolExecutor(8) as pool:
        after = list(pool.map(lambda _: load_settings(), range(16)))
    assert all(settings == after[0] for settings in after)
    assert after[0].token_secret == before.token_secret
    assert len(after[0].outbox_secret.get_secret_value()) >= 32
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert {path.name for path in kept.parent.iterdir()} == {"secrets.json"}


def test_links_begin_with_the_desks_port_unless_it_is_said_otherwise() -> None:
    assert load_settings().desk_url == "http://127.0.0.1:8910"
    assert load_settings(desk_port=9910).desk_url == "http://127.0.0.1:9910"
    told = load_settings(desk_port=9910, desk_url="https://desk.example.com/")
    assert told.desk_url == "https://desk.example.com"


@pytest.mark.parametrize("url", ["desk.example.com", "ftp://desk", "https://desk/path", "https://"])
def test_an_address_of_the_desk_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match=r"such as https://desk\.example\.com"):
        load_settings(desk_url=url)


def test_a_mail_server_needs_a_sender() -> None:
    with pytest.raises(ValidationError, match="needs smtp_sender"):
        load_settings(smtp_host="mail.example.com")
    sender = "Northwind <service@northwind.example>"
    assert load_settings(smtp_host="mail.example.com", smtp_sender=sender).smtp_port == 587


def test_a_password_is_not_sent_in_clear_to_another_machine() -> None:
    told = {
        "smtp_sender": "service@northwind.example",
        "smtp_user": "line",
        "smtp_security": "none",
    }
    with pytest.raises(ValidationError, match="in clear"):
        load_settings(smtp_host="mail.example.com", **told)
    assert load_settings(smtp_host="127.0.0.1", **told)


def test_a_provider_of_text_messages_needs_an_account() -> None:
    with pytest.raises(ValidationError, match="twilio_account_sid and twilio_sender"):
        load_settings(text_provider="twilio", twilio_auth_token="token")


def test_the_outbox_is_shown_only_in_development_and_while_nobody_sends() -> None:
    assert load_settings().shows_outbox
    assert not load_settings(host="0.0.0.0").shows_outbox
    assert not load_settings(host="0.0.0.0", development_tokens=True).shows_outbox
    assert not load_settings(development_tokens=False).shows_outbox
    mail = {"smtp_host": "127.0.0.1", "smtp_sender": "a@northwind.example"}
    assert not load_settings(**mail).shows_outbox
    texts = {"twilio_account_sid": "AC1", "twilio_auth_token": "t", "twilio_sender": "+1"}
    assert not load_settings(text_provider="twilio", **texts).shows_outbox


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.1", False),
        ("line.example", False),
    ],
)
def test_the_test_page_gets_tokens_only_where_nobody_else_can_reach_it(
    host: str, expected: bool
) -> None:
    assert is_loopback(host) is expected
    assert Settings(host=host).development_tokens is expected
    assert Settings(host=host, development_tokens=True).development_tokens


def test_a_child_process_is_told_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings(port=9005, allowed_hosts=("a.example", "b.example"), max_calls=2)
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    assert load_settings() == settings


def test_sources_are_told_and_secrets_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("WARMLINE_MAX_CALLS=3\n")
    monkeypatch.setenv("WARMLINE_DATABASE_URL", "postgresql://ann:hunter2@db/warmline")
    told = {line.name: line for line in described(load_settings())}
    assert told["database_url"].source == "environment"
    assert told["max_calls"].source == ".env"
    assert told["host"].source == "default"
    assert told["token_secret"].source == "secrets.json"
    assert "hunter2" not in told["database_url"].value
    kept = json.loads((tmp_path / "var" / "secrets.json").read_text())
    assert not set(kept.values()) & {line.value for line in told.values()}


def test_every_setting_is_described() -> None:
    rows = [line for line in configuration_page().splitlines() if line.startswith("| `")]
    assert len(rows) == len(Settings.model_fields)
    assert not [row for row in rows if row.endswith("|  |")]


def test_the_configuration_page_is_up_to_date() -> None:
    assert CONFIGURATION_PAGE.read_text() == configuration_page(), "run `make docs`"


def test_reading_the_settings_loads_no_speech_and_no_server() -> None:
    code = "import sys, warmline.settings; print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"vosk", "piper", "sqlalchemy", "websockets"} & set(modules)
