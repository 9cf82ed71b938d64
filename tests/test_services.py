"""The servers that the tests start."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import services


def test_a_missing_program_is_told_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with (
        pytest.raises(services.ServiceMissing, match="apt-get install -y redis-server"),
        services.redis(),
    ):
        pass


def test_a_free_port_is_one_that_can_be_listened_on() -> None:
    assert 1024 < services.free_port() < 65536
