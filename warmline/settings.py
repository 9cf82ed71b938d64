"""What an operator can set: `WARMLINE_...` environment variables, or lines of a `.env` file.

`python -m warmline.settings` writes `docs/configuration.md` from what is said here.
"""

from __future__ import annotations

import fcntl
import inspect
import ipaddress
import json
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Literal, Self

from dotenv import dotenv_values
from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from contact_center.routing.rules import RoutingRules
from contact_center.settings import SECRET_BYTES, ContactCenterSettings
from warmline.places import PROJECT

PREFIX = "WARMLINE_"
ENV_FILE = Path(".env")
CONFIGURATION_PAGE = PROJECT / "docs" / "configuration.md"
SECRETS = ("assistant_secret", "actions_secret", "token_secret", "outbox_secret")

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

    desk_port: int = Field(default=8910, ge=1, le=65535)
    """The port on which the server serves the desk's pages, such as that of a password reset."""

    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    """Addresses of reverse proxies whose `X-Forwarded-For` the desk believes, as a JSON list."""

    allowed_hosts: tuple[str, ...] = ()
    """Further host names under which a browser may ask for a development token, as a JSON list."""

    max_calls: int = Field(default=32, ge=1)
    """How many calls may be going on at once; another hears that the line is busy."""

    admission: Literal["load", "count"] = "load"
    """What decides about another call: `load` turns callers away before the others are served
    badly, and above `max_calls`; `count` goes by `max_calls` alone."""

    busy_notices: int = Field(default=10, ge=0)
    """How many callers at once hear that all lines are busy; more are refused without a word."""

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

    handoff_wait_s: float = Field(default=600.0, gt=0)
    """How many seconds a caller waits for a person at most; then a call-back is promised."""

    routing: RoutingRules = RoutingRules()
    """How callers and agents are brought together, as a JSON object such as `{"offer_s": 30}`."""

    recording: Literal["off", "announce", "ask"] = "off"
    """Whether calls are recorded: never, after saying so, or if the caller agrees when asked."""

    recording_format: Literal["flac", "opus"] = "flac"
    """How recordings are kept: `flac` costs little to write, `opus` takes half of the disk."""

    recording_days: int = Field(default=90, ge=1)
    """After how many days a recording is deleted; the transcript stays."""

    embed_origins: tuple[str, ...] = ()
    """Web sites that may show the call page in a frame, as a JSON list (`["https://shop.example"]`)."""

    resume_within_minutes: float = Field(default=30.0, ge=0)
    """How long after a call broke off the caller is asked whether to go on where they were."""

    event_log_dir: Path | None = None
    """Where each call's events are kept for replay (what was said included); nowhere if empty."""

    smtp_host: str = ""
    """The mail server that sends e-mail; while it is empty, e-mail waits in the outbox."""

    smtp_port: int = Field(default=587, ge=1, le=65535)
    """Its port: 587 is usual for `starttls`, 465 for `tls`, 25 for `none`."""

    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection to it is encrypted: after a plain start, from the start, or not at all."""

    smtp_user: str = ""
    """With which name to log in there; nobody logs in when empty."""

    smtp_password: SecretStr = SecretStr("")
    """The password for `smtp_user`."""

    smtp_sender: str = ""
    """From whom e-mail comes, such as `Northwind Outfitters <service@northwind.example>`."""

    text_provider: Literal["outbox", "twilio"] = "outbox"
    """Who sends text messages; with `outbox` they wait in the outbox."""

    twilio_account_sid: str = ""
    """The account at Twilio (`AC...`)."""

    twilio_auth_token: SecretStr = SecretStr("")
    """The token of that account."""

    twilio_sender: str = ""
    """From whom text messages come: a number (`+15550100000`) or a messaging service (`MG...`)."""

    twilio_url: str = "https://api.twilio.com"
    """Where Twilio's interface is, for an account in another region."""

    now: str = ""
    """A fixed time (ISO 8601) for what depends on the hour, in tests and demonstrations."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """How much the processes log."""

    @field_validator("token_secret", "assistant_secret", "actions_secret")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        length = len(value.get_secret_value().encode())
        if 0 < length < SECRET_BYTES:
            raise ValueError(
                f"must have at least {SECRET_BYTES} bytes; `openssl rand -hex 32` makes one"
            )
        return value

    @model_validator(mode="before")
    @classmethod
    def _desk_on_its_port(cls, values: object) -> object:
        if isinstance(values, dict) and values.get("desk_port") and not values.get("desk_url"):
            return {**values, "desk_url": f"http://127.0.0.1:{values['desk_port']}"}
        return values

    @model_validator(mode="after")
    def _can_send(self) -> Self:
        if self.smtp_host:
            if "@" not in parseaddr(self.smtp_sender)[1]:
                raise ValueError(
                    "smtp_host needs smtp_sender, such as Northwind <service@northwind.example>"
                )
            if self.smtp_user and self.smtp_security == "none" and not is_loopback(self.smtp_host):
                raise ValueError(
                    "smtp_security none would send smtp_password in clear: use starttls or tls"
                )
        if self.text_provider == "twilio":
            needed = ("twilio_account_sid", "twilio_auth_token", "twilio_sender")
            missing = [name for name in needed if not _as_text(getattr(self, name))]
            if missing:
                raise ValueError(f"text_provider twilio needs {' and '.join(missing)}")
        return self

    @property
    def shows_outbox(self) -> bool:
        """Whether the desk shows waiting messages: in development, when nothing sends them."""
        sends = self.smtp_host or self.text_provider != "outbox"
        return self.development_tokens and is_loopback(self.host) and not sends

    @property
    def recordings_dir(self) -> Path:
        """The folder of the recordings."""
        return self.data_dir / "recordings"

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
    if isinstance(value, BaseModel):
        return value.model_dump_json(exclude_unset=True)
    if isinstance(value, tuple):
        return json.dumps(value)
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _kept_secrets(path: Path) -> dict[str, str]:
    """Read this installation's secrets; make them the first time, readable by the owner only."""
    try:
        if not path.exists():
            _keep_first({name: secrets.token_urlsafe(SECRET_BYTES) for name in SECRETS}, path)
        kept = _read_kept(path)
        return kept if set(SECRETS) <= set(kept) else _complete(path)
    except (ValueError, KeyError, TypeError):
        raise SecretsError(
            f"{path} is damaged: delete it, and new secrets are made (all tokens end)"
        ) from None
    except OSError as error:
        raise SecretsError(f"the secrets cannot be kept in {path}: {error.strerror}") from error


def _read_kept(path: Path) -> dict[str, str]:
    kept = json.loads(path.read_text())
    told = {name: str(kept[name]) for name in SECRETS if name in kept}
    if not told:
        raise KeyError("there is none of our secrets")
    return told


def _complete(path: Path) -> dict[str, str]:
    """Add what a newer version needs; of processes that try together, one does it."""
    with path.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        kept = _read_kept(path)
        lacking = [name for name in SECRETS if name not in kept]
        if lacking:
            kept |= {name: secrets.token_urlsafe(SECRET_BYTES) for name in lacking}
            Path(_written_beside(path, kept)).replace(path)
        return kept


def _keep_first(made: Mapping[str, str], path: Path) -> None:
    """Write a file whole or not at all; when two processes try, the first one's file stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    name = _written_beside(path, made)
    try:
        if not path.exists():
            os.link(name, path)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink()


def _written_beside(path: Path, kept: Mapping[str, str]) -> str:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".secrets-")
    with os.fdopen(descriptor, "w") as file:
        json.dump(kept, file)
    return name


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
