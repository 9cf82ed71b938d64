"""What the contact centre can be told by `WARMLINE_...` environment variables."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class ContactCenterSettings(BaseSettings):
    """The company's own facts and where its data lies.

    Args:
        data_dir: Where the default database and other files of the installation lie.
        database_url: An SQLAlchemy URL; empty means SQLite in `data_dir`.
        redis_url: Where events travel between servers; None keeps them in the process.
        time_zone: The IANA zone in which opening hours are written.
        country: ISO 3166 country whose public holidays are kept, and whose phone numbers need no
            prefix.
        subdivision: State or province with holidays of its own.
        company_name: As the line says it.
        callback_within_minutes: How soon a call-back is promised while the department is open.
        callback_after_opening_minutes: How long after the next opening it is promised otherwise.
    """

    model_config = SettingsConfigDict(env_prefix="WARMLINE_", extra="ignore", frozen=True)

    data_dir: Path = Path("var")
    database_url: str = ""
    redis_url: str | None = None
    time_zone: str = "America/New_York"
    country: str = "US"
    subdivision: str | None = None
    company_name: str = "Northwind Outfitters"
    callback_within_minutes: int = 30
    callback_after_opening_minutes: int = 60

    @field_validator("database_url", mode="before")
    @classmethod
    def _none_is_default(cls, value: object) -> object:
        return "" if value is None else value

    @field_validator("redis_url", "subdivision", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except Exception as error:
            raise ValueError(
                f"{value!r} is not a known time zone; write it like America/New_York"
            ) from error
        return value

    @model_validator(mode="before")
    @classmethod
    def _default_database(cls, values: object) -> object:
        if isinstance(values, dict) and not values.get("database_url"):
            data_dir = Path(values.get("data_dir") or "var")
            path = (data_dir / "warmline.db").as_posix()
            return {**values, "database_url": f"sqlite+aiosqlite:///{path}"}
        return values

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the opening hours."""
        return ZoneInfo(self.time_zone)
