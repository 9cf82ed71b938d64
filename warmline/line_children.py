"""The three processes of the line: what `warmline up` runs."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import urlsplit

from warmline.places import BOT, BOT_PYTHON
from warmline.settings import Settings, variable
from warmline.supervisor import ChildSpec
from warmline.training import RASA_ENVIRONMENT, model_path

# What only some of the processes need to know; the others are not told.
_OF_THE_SERVER = ("token_secret", "smtp_password", "twilio_auth_token")
_OF_THE_CONTACT_CENTER = ("outbox_secret",)


def line_children(settings: Settings, model: Path | None = None) -> list[ChildSpec]:
    """Describe action server, assistant and server, in the order in which to start them.

    Args:
        settings: As `load_settings` gives them.
        model: The assistant's model; the one of the present training data when None.

    Returns:
        The three, named `actions`, `assistant` and `server`.
    """
    environment = settings.environment()
    # All three are told all addresses, so that a child need not know another's default.
    for name in ("host", "port", "desk_port", "desk_url", "assistant_url", "actions_url"):
        environment[f"WARMLINE_{name.upper()}"] = str(getattr(settings, name))
    environment |= {"PYTHONUNBUFFERED": "1", "FORCE_COLOR": "0", "NO_COLOR": "1"}
    return [
        _actions(settings, environment),
        _assistant(settings, environment, model or model_path()),
        _server(settings, environment),
    ]


def _actions(settings: Settings, environment: dict[str, str]) -> ChildSpec:
    host, port = _address(settings.actions_url)
    return ChildSpec(
        name="actions",
        command=(sys.executable, "-m", "actions", "--host", host, "--port", str(port)),
        environment=_without(environment, *_OF_THE_SERVER),
        ready_url=f"http://{_in_url(host)}:{port}/health",
        address=(host, port),
        setting="WARMLINE_ACTIONS_URL",
        colour="magenta",
    )


def _assistant(settings: Settings, environment: dict[str, str], model: Path) -> ChildSpec:
    host, port = _address(settings.assistant_url)
    return ChildSpec(
        name="assistant",
        command=(
            *(str(BOT_PYTHON), "-m", "rasa", "run", "--model", str(model)),
            *("--credentials", "credentials.yml", "--endpoints", "endpoints.yml"),
            *("--port", str(port), "--interface", host),
        ),
        cwd=BOT,
        environment={
            **_without(environment, *_OF_THE_SERVER, *_OF_THE_CONTACT_CENTER),
            **RASA_ENVIRONMENT,
        },
        ready_url=f"http://{_in_url(host)}:{port}/webhooks/voice/",
        address=(host, port),
        setting="WARMLINE_ASSISTANT_URL",
        colour="cyan",
    )


def _server(settings: Settings, environment: dict[str, str]) -> ChildSpec:
    return ChildSpec(
        name="server",
        command=(sys.executable, "-m", "warmline", "serve"),
        environment=environment,
        ready_url=f"{settings.public_url}/healthz",
        address=(settings.host, settings.port),
        setting="WARMLINE_PORT",
        more_ports={"WARMLINE_DESK_PORT": settings.desk_port},
        grace=settings.drain_seconds + 10.0,
        colour="green",
    )


def _without(environment: dict[str, str], *names: str) -> dict[str, str]:
    # Empty rather than left out: a child also has the environment of `warmline up`.
    return environment | {variable(name): "" for name in names}


def _address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "127.0.0.1", parts.port or 80


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
