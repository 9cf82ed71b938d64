"""Settings of the contact centre."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from contact_center.settings import ContactCenterSettings


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATA_DIR", "DATABASE_URL", "REDIS_URL", "TIME_ZONE", "SUBDIVISION"):
        monkeypatch.delenv(f"WARMLINE_{name}", raising=False)


def test_the_database_lies_in_the_data_folder_by_default() -> None:
    assert ContactCenterSettings().database_url == "sqlite+aiosqlite:///var/warmline.db"
    settings = ContactCenterSettings(data_dir=Path("/srv/line"))
    assert settings.database_url == "sqlite+aiosqlite:////srv/line/warmline.db"


def test_the_environment_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARMLINE_DATA_DIR", "/srv/line")
    assert ContactCenterSettings().database_url.endswith("/srv/line/warmline.db")
    monkeypatch.setenv("WARMLINE_DATABASE_URL", "postgresql://host/warmline")
    monkeypatch.setenv("WARMLINE_REDIS_URL", "")
    settings = ContactCenterSettings()
    assert settings.database_url == "postgresql://host/warmline"
    assert settings.redis_url is None


def test_an_unknown_time_zone_is_refused() -> None:
    with pytest.raises(ValidationError, match="write it like America/New_York"):
        ContactCenterSettings(time_zone="Mars/Olympus")
