"""The containers are composed as the specification says, and may do as little as can be."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from warmline.places import PROJECT
from warmline.settings import SECRETS, Settings, variable

FILE = PROJECT / "docker-compose.yml"
COMPOSE: dict[str, Any] = yaml.safe_load(FILE.read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("server", "assistant", "actions")
OF_OTHERS = ("WARMLINE_SMTP_PASSWORD", "WARMLINE_TWILIO_AUTH_TOKEN")


def variables(text: str) -> set[str]:
    return set(re.findall(r"\$\{(\w+)", text))


def test_it_keeps_to_the_compose_specification() -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", FILE],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


def test_the_five_parts_are_there() -> None:
    assert set(SERVICES) == {*OURS, "postgres", "redis"}


@pytest.mark.parametrize("name", SERVICES)
def test_every_part_is_read_only_without_capabilities_and_comes_back(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", ["postgres", "redis"])
def test_images_of_others_are_pinned_and_do_not_run_as_root(name: str) -> None:
    assert re.fullmatch(rf"{name}:\d+\.\d+(\.\d+)?-\w+", SERVICES[name]["image"])
    assert SERVICES[name]["user"] not in ("0", "root", "0:0")


@pytest.mark.parametrize("name", OURS)
def test_images_of_ours_are_built_from_their_dockerfile(name: str) -> None:
    assert (PROJECT / SERVICES[name]["build"]["dockerfile"]).is_file()


@pytest.mark.parametrize("name", SERVICES)
def test_whoever_is_waited_for_can_tell_that_it_is_well(name: str) -> None:
    for other, how in SERVICES[name].get("depends_on", {}).items():
        assert how == {"condition": "service_healthy"}
        # Our own images bring their health check with them.
        assert other in OURS or "healthcheck" in SERVICES[other]


def test_only_the_server_can_be_reached_and_only_from_this_machine() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"server"}
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["server"]["ports"])
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert {name for name in SERVICES if "outside" in SERVICES[name]["networks"]} == {"server"}


def test_volumes_are_named_and_declared() -> None:
    used = {
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if not volume.startswith("./")
    }
    assert used == set(COMPOSE["volumes"])


def test_mounted_files_exist() -> None:
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            if volume.startswith("./"):
                assert (PROJECT / volume.split(":")[0]).is_file()


def test_what_our_parts_are_told_are_settings_that_exist() -> None:
    known = {variable(name) for name in Settings.model_fields}
    for name in OURS:
        assert set(SERVICES[name]["environment"]) <= known


def test_the_server_is_told_every_secret() -> None:
    assert {variable(name) for name in SECRETS} <= set(SERVICES["server"]["environment"])


def test_who_queues_codes_can_seal_them() -> None:
    for name in ("server", "actions"):
        assert variable("outbox_secret") in SERVICES[name]["environment"]
    assert variable("outbox_secret") not in SERVICES["assistant"]["environment"]


def test_the_desk_can_be_reached_like_the_line() -> None:
    ports = {port.split(":")[-1] for port in SERVICES["server"]["ports"]}
    assert ports == {str(Settings.model_fields[name].default) for name in ("port", "desk_port")}


def test_secrets_have_no_default_and_stand_empty_in_the_example() -> None:
    text = FILE.read_text()
    example = dict(
        line.split("=", 1)
        for line in (PROJECT / ".env.example").read_text().splitlines()
        if line and not line.startswith("#")
    )
    assert variables(text) == set(example)
    for name, value in example.items():
        if name.endswith(("_SECRET", "_PASSWORD")) and name not in OF_OTHERS:
            assert value == ""
            assert f"${{{name}:-" not in text
            assert f"${{{name}:?" in text
        elif name in variables(text):
            assert f"${{{name}:-{value}}}" in text, "the example shows the default"


def test_the_server_has_time_to_drain() -> None:
    grace = Path(FILE).read_text()
    assert "stop_grace_period: 40s" in grace
    assert Settings.model_fields["drain_seconds"].default < 40
