"""`warmline doctor`: what is in order and what is missing, each with what to do about it."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from contact_center.breached_passwords import BreachedFileUnreadable, BreachedPasswords
from contact_center.delivery.sender import NotSent, Sender
from contact_center.outbox import MessageKind
from speech_model.catalogue import CatalogueError
from warmline.line_children import line_children
from warmline.places import BOT_PYTHON
from warmline.senders import senders_of
from warmline.settings import Settings, is_loopback
from warmline.supervisor import PortInUseError, require_free_port
from warmline.training import model_path

_ENOUGH_DISK = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Args:
        subject: What.
        well: Whether it is in order.
        said: How it is, and what to do if it is not in order.
    """

    subject: str
    well: bool
    said: str


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at all that the line needs.

    Args:
        settings: As `load_settings` gives them.

    Returns:
        The findings, one after the other as they are made.
    """
    yield Finding("Python", sys.version_info >= (3, 11), sys.version.split()[0])
    yield _assistant_python()
    yield _assistant_model()
    yield _speech_model(settings)
    yield _disk(settings)
    yield from _ports(settings)
    yield from _sending(settings)
    yield _links(settings)
    yield _breached_passwords(settings)


def _assistant_python() -> Finding:
    subject = "assistant's environment"
    try:
        answer = subprocess.run(
            [BOT_PYTHON, "-c", "import importlib.metadata as m; print(m.version('rasa'))"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return Finding(subject, False, "missing or broken: run `make setup`")
    return Finding(subject, True, f"Rasa {answer.stdout.strip()}")


def _assistant_model() -> Finding:
    model = model_path()
    if model.exists():
        return Finding("assistant's model", True, model.name)
    return Finding("assistant's model", False, "not trained on the present data: `warmline train`")


def _speech_model(settings: Settings) -> Finding:
    try:
        path = settings.speech_model_path
    except CatalogueError as error:
        return Finding("speech model", False, str(error))
    if (path / "am" / "final.mdl").is_file() or (path / "final.mdl").is_file():
        return Finding("speech model", True, path.name)
    advice = "`warmline models list` shows the others, or set WARMLINE_MODEL_PATH"
    return Finding("speech model", False, f"none in {path}: {advice}")


def _disk(settings: Settings) -> Finding:
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.data_dir):
            pass
        free = shutil.disk_usage(settings.data_dir).free
    except OSError as error:
        return Finding("data", False, f"cannot write to {settings.data_dir}: {error.strerror}")
    said = f"{settings.data_dir}, {free / 1e9:.1f} GB free"
    return Finding("data", free >= _ENOUGH_DISK, said)


def _ports(settings: Settings) -> Iterator[Finding]:
    for spec in line_children(settings, model_path()):
        assert spec.address is not None
        ports = [str(spec.address[1]), *map(str, spec.more_ports.values())]
        where = f"{spec.address[0]}:{' and '.join(ports)}"
        try:
            require_free_port(spec)
        except PortInUseError as error:
            yield Finding(f"port of the {spec.name}", False, str(error))
        except (socket.gaierror, OverflowError):
            yield Finding(f"port of the {spec.name}", False, f"{where} is no address")
        else:
            free = "are free" if spec.more_ports else "is free"
            yield Finding(f"port of the {spec.name}", True, f"{where} {free}")


def _sending(settings: Settings) -> Iterator[Finding]:
    senders = senders_of(settings)
    kinds: dict[MessageKind, tuple[str, str]] = {
        "email": ("e-mail", "set WARMLINE_SMTP_HOST"),
        "text": ("text messages", "set WARMLINE_TEXT_PROVIDER"),
    }
    for kind, (subject, advice) in kinds.items():
        sender = senders.get(kind)
        if sender is None:
            # As it should be on a machine of one's own; anywhere else nobody would get a code.
            said = f"nobody sends it: it waits in the outbox ({advice})"
            yield Finding(subject, settings.development_tokens, said)
        else:
            yield _checked(subject, sender)


def _checked(subject: str, sender: Sender) -> Finding:
    try:
        return Finding(subject, True, asyncio.run(sender.check()))
    except NotSent as error:
        return Finding(subject, False, error.reason)


def _links(settings: Settings) -> Finding:
    url = urlsplit(settings.desk_url)
    subject = "links to customers"
    if url.scheme == "https":
        return Finding(subject, True, f"begin with {settings.desk_url}")
    if is_loopback(url.hostname or ""):
        said = f"begin with {settings.desk_url}, which opens on this machine only"
        advice = "" if settings.development_tokens else ": set WARMLINE_DESK_URL"
        return Finding(subject, settings.development_tokens, said + advice)
    return Finding(subject, False, f"{settings.desk_url} is not encrypted: use https")


def _breached_passwords(settings: Settings) -> Finding:
    subject = "breached passwords"
    path = settings.breached_passwords
    if path is None:
        return Finding(subject, True, "only the commonest are refused")
    try:
        _ = "correct horse battery staple of nobody" in BreachedPasswords(path)
    except BreachedFileUnreadable as error:
        return Finding(subject, False, str(error))
    return Finding(subject, True, str(path))
