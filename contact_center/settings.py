"""What the contact centre can be told by `WARMLINE_...` environment variables."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRET_BYTES = 32
"""How long a secret must be at least."""


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
        order_policy: The table of what the line may promise about orders;
            `nlu_data/order_policy.yml` when empty.
        outbox_secret: Seals codes and reset links that wait to be sent; made at random and kept in
            `data_dir` when empty. To change it, give the new one, a comma and the old one.
        desk_url: How customers' browsers reach the desk's pages; their reset links begin with it.
            `http://127.0.0.1` and the desk's port when not set.
        breached_passwords: A file of SHA-1 hashes of passwords known from breaches, sorted, one
            a line (as haveibeenpwned.com offers it); only the commonest are refused without one.
        reset_codes_per_call: How many password reset codes are sent in one call.
        reset_codes_per_caller: How many the calls from one number may ask for in a day.
        reset_codes_per_account: How many are sent for one account in a day; then a person helps.
        reset_codes_overall: How many are sent to everybody together in an hour.
        reset_first_wait_s: Seconds between a code and the next; doubled with each further one.
        reset_answer_s: Seconds after which a reset's answers are given, or a multiple of them, so
            that they take the same time whether or not there is an account.
    """

    model_config = SettingsConfigDict(
        env_prefix="WARMLINE_", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    data_dir: Path = Path("var")
    database_url: str = ""
    redis_url: str | None = None
    time_zone: str = "America/New_York"
    country: str = "US"
    subdivision: str | None = None
    company_name: str = "Northwind Outfitters"
    callback_within_minutes: int = 30
    callback_after_opening_minutes: int = 60
    order_policy: Path | None = None
    outbox_secret: SecretStr = SecretStr("")
    desk_url: str = "http://127.0.0.1:8910"
    breached_passwords: Path | None = None
    reset_codes_per_call: int = Field(default=3, ge=1)
    reset_codes_per_caller: int = Field(default=8, ge=1)
    reset_codes_per_account: int = Field(default=5, ge=1)
    reset_codes_overall: int = Field(default=300, ge=1)
    reset_first_wait_s: float = Field(default=20.0, ge=0)
    reset_answer_s: float = Field(default=0.5, ge=0)

    @field_validator("database_url", mode="before")
    @classmethod
    def _none_is_default(cls, value: object) -> object:
        return "" if value is None else value

    @field_validator("redis_url", "subdivision", "order_policy", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("breached_passwords", mode="before")
    @classmethod
    def _no_file(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("outbox_secret")
    @classmethod
    def _long_enough_to_seal(cls, value: SecretStr) -> SecretStr:
        if any(len(secret.encode()) < SECRET_BYTES for secret in _listed(value)):
            raise ValueError(
                f"must have at least {SECRET_BYTES} bytes; `openssl rand -hex 32` makes one"
            )
        return value

    @field_validator("desk_url")
    @classmethod
    def _bare_address(cls, value: str) -> str:
        url = urlsplit(value.strip().rstrip("/"))
        beside = url.path or url.query or url.fragment or url.username
        if url.scheme not in ("http", "https") or not url.hostname or beside:
            raise ValueError("must be an address without a path, such as https://desk.example.com")
        return url.geturl()

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
    def outbox_secrets(self) -> tuple[str, ...]:
        """The secret that seals messages, then older ones that may still be needed to open some."""
        return _listed(self.outbox_secret)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the opening hours."""
        return ZoneInfo(self.time_zone)


def _listed(secret: SecretStr) -> tuple[str, ...]:
    parts = (part.strip() for part in secret.get_secret_value().split(","))
    return tuple(part for part in parts if part)
