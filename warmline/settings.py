"""What an operator can set: `WARMLINE_...` environment variables, or lines of a `.env` file.

`python -m warmline.settings` writes `docs/configuration.md` from what is said here.
"""

from __future__ import annotations

import inspect
import ipaddress
import json
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from dotenv import dotenv_values
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from contact_center.settings import ContactCenterSettings
from warmline.places import PROJECT

PREFIX = "WARMLINE_"
ENV_FILE = Path(".env")
CONFIGURATION_PAGE = PROJECT / "docs" / "configuration.md"
SECRETS = ("assistant_secret", "actions_secret", "token_secret")
_SECRET_BYTES = 32

Source = Literal["environment", ".env", "secrets.json", "default"]


class SecretsError(Exception):
    """The secrets cannot be read or kept; the message is for the user."""


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach a server that listens there.

    Args:
        host: An address or a name.
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Settings(ContactCenterSettings):
    """Everything that can be set, of all the rooms."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        use_attribute_docstrings=True,
    )

    host: str = "127.0.0.1"
    """The address on which the server listens for callers and agents."""

    port: int = Field(default=8900, ge=0, le=65535)
    """The port on which the server listens; 0 takes any free one."""

    allowed_hosts: tuple[str, ...] = ()
    """Further host names under which a browser may ask for a development token, as a JSON list."""

    max_calls: int = Field(default=32, ge=1)
    """How many calls may be going on at once; another hears that the line is busy."""

    drain_seconds: float = Field(default=20.0, ge=0)
    """How long the server lets calls go on after it was told to stop."""

    assistant_url: str = "http://127.0.0.1:5005"
    """Where the assistant listens."""

    actions_url: str = "http://127.0.0.1:5055/webhook"
    """Where the assistant finds the action server."""

    tracker_url: str = ""
    """Where the assistant keeps its dialogues (SQLAlchemy URL); SQLite in `data_dir` when empty."""

    assistant_secret: SecretStr = SecretStr("")
    """Shared by server and assistant; made at random and kept in `data_dir` when empty."""

    actions_secret: SecretStr = SecretStr("")
    """Shared by assistant and action server; made at random and kept in `data_dir` when empty."""

    token_secret: SecretStr = SecretStr("")
    """Signs the tokens of callers and agents; made at random and kept in `data_dir` when empty."""

    development_tokens: bool = Field(default_factory=lambda told: is_loopback(told["host"]))
    """Whether the test page gets a token without being asked who it is; yes on loopback only."""

    model_path: Path | None = None
    """The folder of the Vosk model; the one chosen by `warmline models use` when not set."""

    greeting: str = ""
    """What a caller hears first; the language's own greeting when empty."""

    handoff_wait_s: float = Field(default=60.0, gt=0)
    """How many seconds a caller waits for a person before a call-back is promised."""

    resume_within_minutes: float = Field(default=30.0, ge=0)
    """How long after a call broke off the caller is asked whether to go on where they were."""

    event_log_dir: Path | None = None
    """Where each call's events are kept for replay (what was said included); nowhere if empty."""

    now: str = ""
    """A fixed time (ISO 8601) for what depends on the hour, in tests and demonstrations."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """How much the processes log."""

    @field_validator("token_secret", "assistant_secret", "actions_secret")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        length = len(value.get_secret_value().encode())
        if 0 < length < _SECRET_BYTES:
            raise ValueError(
                f"must have at least {_SECRET_BYTES} bytes; `openssl rand -hex 32` makes one"
            )
        return value

    @property
    def speech_model_path(self) -> Path:
        """The folder of the Vosk model that is to be used."""
        if self.model_path is not None:
            return self.model_path
        from speech_model.catalogue import current_model_path

        return current_model_path(self.data_dir)

    @property
    def public_url(self) -> str:
        """The address of the test page, as this machine's browser reaches it."""
        host = self.host
        if host in ("0.0.0.0", "::", ""):
            host = "127.0.0.1"
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    def environment(self) -> dict[str, str]:
        """Say the settings as a child process is told them.

        Returns:
            The variables of what is set and of the secrets; what has its default is left out.
        """
        told: dict[str, str] = {}
        for name in sorted(self.model_fields_set):
            value = getattr(self, name)
            if value is not None:
                told[variable(name)] = _as_text(value)
        return told

    def with_secrets(self) -> Self:
        """Fill in secrets that are not set, with those that this installation keeps.

        Returns:
            The same settings, with all secrets.

        Raises:
            SecretsError: They cannot be read or kept.
        """
        lacking = [name for name in SECRETS if not getattr(self, name).get_secret_value()]
        if not lacking:
            return self
        kept = _kept_secrets(self.data_dir / "secrets.json")
        return self.model_copy(update={name: SecretStr(kept[name]) for name in lacking})


def load_settings(**told: Any) -> Settings:
    """Read the settings as every command uses them.

    Args:
        told: Settings that stand above the environment and the file.

    Returns:
        The settings, with an absolute `data_dir` and all secrets.

    Raises:
        pydantic.ValidationError: A setting is wrong.
        SecretsError: The secrets cannot be read or kept.
    """
    # Children run in other folders than this one.
    data_dir = Settings(**told).data_dir.expanduser().absolute()
    settings = Settings(**{**told, "data_dir": data_dir})
    if not settings.tracker_url:
        path = (settings.data_dir / "dialogues.db").as_posix()
        settings = settings.model_copy(update={"tracker_url": f"sqlite:///{path}"})
    return settings.with_secrets()


def variable(name: str) -> str:
    """Name the environment variable of a setting.

    Args:
        name: The setting's name.
    """
    return PREFIX + name.upper()


def _as_text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, tuple):
        return json.dumps(value)
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _kept_secrets(path: Path) -> dict[str, str]:
    """Read this installation's secrets; make them the first time, readable by the owner only."""
    try:
        if not path.exists():
            _keep_first({name: secrets.token_urlsafe(_SECRET_BYTES) for name in SECRETS}, path)
        kept = json.loads(path.read_text())
        return {name: str(kept[name]) for name in SECRETS}
    except (ValueError, KeyError, TypeError):
        raise SecretsError(
            f"{path} is damaged: delete it, and new secrets are made (all tokens end)"
        ) from None
    except OSError as error:
        raise SecretsError(f"the secrets cannot be kept in {path}: {error.strerror}") from error


def _keep_first(made: Mapping[str, str], path: Path) -> None:
    """Write a file whole or not at all; when two processes try, the first one's file stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".secrets-")
    try:
        with os.fdopen(descriptor, "w") as file:
            json.dump(made, file)
        if not path.exists():
            os.link(name, path)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink()


@dataclass(frozen=True, slots=True)
class Told:
    """One setting as it is now: its value as text (secrets masked), and who said so."""

    name: str
    value: str
    source: Source


def described(settings: Settings, env_file: Path = ENV_FILE) -> list[Told]:
    """List the settings with where each comes from.

    Args:
        settings: As `load_settings` gives them.
        env_file: The file that was read.

    Returns:
        All settings, in the order of the configuration page.
    """
    in_file = {name.upper() for name in dotenv_values(env_file)} if env_file.exists() else set()
    in_environment = {name.upper() for name, value in os.environ.items() if value}
    told = []
    for name in Settings.model_fields:
        value = getattr(settings, name)
        source: Source = "default"
        if variable(name) in in_environment:
            source = "environment"
        elif variable(name) in in_file:
            source = ".env"
        elif name in SECRETS:
            source = "secrets.json"
        told.append(Told(name, _masked(name, value), source))
    return told


def _masked(name: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return "*" * 8 if value.get_secret_value() else ""
    text = _as_text(value)
    # A URL may carry a password.
    return re.sub(r"(://[^:/@]*:)[^@]*@", r"\1********@", text) if name.endswith("_url") else text


def configuration_page() -> str:
    """Write the page that lists all settings.

    Returns:
        Markdown.
    """
    rows = [
        f"| `{variable(name)}` | {_default(name)} | {_description(name)} |"
        for name in Settings.model_fields
    ]
    return "\n".join(
        [
            "# Configuration",
            "",
            "Every setting is an environment variable, or a line `NAME=value` of a file `.env` in "
            "the folder where `warmline` is started. The environment wins. `warmline settings` "
            "shows what is in force and where it comes from.",
            "",
            "This page is made from the code by `make docs`.",
            "",
            "| Variable | Default | What it does |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def _default(name: str) -> str:
    field = Settings.model_fields[name]
    if name == "development_tokens":
        return "`true` on loopback"
    default: Any = field.default
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    if default is None or default in ("", ()):
        return "(empty)"
    return f"`{_as_text(default)}`"


def _description(name: str) -> str:
    field = Settings.model_fields[name]
    text = field.description
    if text is None:
        # The contact centre documents its settings in the docstring of their class.
        doc = inspect.getdoc(ContactCenterSettings) or ""
        found = re.search(rf"^ +{name}: (.+?)(?=^ +\w+: |\Z)", doc, re.DOTALL | re.MULTILINE)
        text = found[1] if found else ""
    return " ".join(text.split())


if __name__ == "__main__":
    CONFIGURATION_PAGE.write_text(configuration_page())
    print(f"Wrote {CONFIGURATION_PAGE.relative_to(PROJECT)}")
