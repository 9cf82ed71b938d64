"""The three processes listen where the settings say, and share what they must."""

from __future__ import annotations

from pathlib import Path

import pytest

from warmline.line_children import line_children
from warmline.settings import Settings, load_settings, variable
from warmline.supervisor import ChildSpec


@pytest.fixture
def children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, ChildSpec]:
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)
    settings = load_settings(
        data_dir=tmp_path / "data",
        port=9900,
        assistant_url="http://127.0.0.1:9005",
        actions_url="http://127.0.0.1:9055/webhook",
    )
    return {spec.name: spec for spec in line_children(settings, Path("/models/m.tar.gz"))}


def test_there_are_three_and_the_server_comes_last(children: dict[str, ChildSpec]) -> None:
    assert list(children) == ["actions", "assistant", "server"]


@pytest.mark.parametrize(
    ("name", "port", "ready"),
    [
        ("actions", 9055, "http://127.0.0.1:9055/health"),
        ("assistant", 9005, "http://127.0.0.1:9005/webhooks/voice/"),
        ("server", 9900, "http://127.0.0.1:9900/healthz"),
    ],
)
def test_each_listens_where_the_settings_say(
    children: dict[str, ChildSpec], name: str, port: int, ready: str
) -> None:
    assert children[name].address == ("127.0.0.1", port)
    assert children[name].ready_url == ready


def test_the_assistant_gets_the_model_and_no_telemetry(children: dict[str, ChildSpec]) -> None:
    assistant = children["assistant"]
    assert "/models/m.tar.gz" in assistant.command
    assert assistant.environment["RASA_TELEMETRY_ENABLED"] == "false"


def test_all_three_share_data_and_secrets(children: dict[str, ChildSpec], tmp_path: Path) -> None:
    shared = ("WARMLINE_DATA_DIR", "WARMLINE_DATABASE_URL", "WARMLINE_ACTIONS_URL",
              "WARMLINE_ASSISTANT_SECRET", "WARMLINE_ACTIONS_SECRET")  # fmt: skip
    for name in shared:
        assert len({spec.environment[name] for spec in children.values()}) == 1
    assert children["server"].environment["WARMLINE_DATA_DIR"] == str(tmp_path / "data")


def test_all_three_share_the_desks_address(children: dict[str, ChildSpec]) -> None:
    for spec in children.values():
        assert spec.environment["WARMLINE_DESK_PORT"] == "8910"
        assert spec.environment["WARMLINE_DESK_URL"] == "http://127.0.0.1:8910"
    assert children["server"].more_ports == {"WARMLINE_DESK_PORT": 8910}


def test_each_is_told_only_the_secrets_it_needs(children: dict[str, ChildSpec]) -> None:
    secrets = {
        name: {
            variable
            for variable, value in spec.environment.items()
            if variable.endswith(("_SECRET", "_PASSWORD", "_AUTH_TOKEN")) and value
        }
        for name, spec in children.items()
    }
    both = {"WARMLINE_ASSISTANT_SECRET", "WARMLINE_ACTIONS_SECRET"}
    assert secrets["assistant"] == both
    assert secrets["actions"] == both | {"WARMLINE_OUTBOX_SECRET"}
    assert secrets["server"] == both | {"WARMLINE_OUTBOX_SECRET", "WARMLINE_TOKEN_SECRET"}


def test_the_server_has_time_to_drain(children: dict[str, ChildSpec]) -> None:
    assert children["server"].grace > Settings.model_fields["drain_seconds"].default
