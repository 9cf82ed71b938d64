"""Real PostgreSQL and Redis servers for the tests, started from the system's own packages."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

START_PATIENCE_S = 60.0
STOP_PATIENCE_S = 20.0
START_ATTEMPTS = 3


Answers = Callable[[socket.socket], bool]


class ServiceMissing(RuntimeError):
    """A server that the tests need is not installed; the message says how to get it."""


class ServiceFailed(RuntimeError):
    """A server did not start; the message has what it wrote."""


@contextmanager
def postgresql() -> Iterator[str]:
    """Run a PostgreSQL server of its own, with nothing in it.

    Returns:
        The URL of its "postgres" database, ending in "/postgres".

    Raises:
        ServiceMissing: PostgreSQL is not installed.
        ServiceFailed: It did not start.
    """
    programs = _postgresql_programs()
    # Not pytest's own folder: PostgreSQL refuses to run as root, and the user it runs as must be
    # able to walk to its data.
    home = Path(tempfile.mkdtemp(prefix="warmline-postgresql-"))
    as_user: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(home, "postgres", "postgres")
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
    data = home / "data"
    initdb = [programs / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--no-sync"]
    settings = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": str(home),
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "shared_buffers": "32MB",
    }
    options = [f"--{name}={value}" for name, value in settings.items()]
    try:
        made = subprocess.run(
            [*as_user, *map(str, initdb), "--encoding=UTF8", "--locale=C"],
            cwd=home,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise ServiceFailed(f"initdb failed: {made.stderr}")
        command = [*as_user, str(programs / "postgres"), "-D", str(data), *options]
        with _running(command, home, "--port={port}", _postgresql_answers) as port:
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def redis() -> Iterator[str]:
    """Run a Redis server of its own that keeps nothing on disk.

    Returns:
        Its URL.

    Raises:
        ServiceMissing: Redis is not installed.
        ServiceFailed: It did not start.
    """
    program = shutil.which("redis-server")
    if program is None:
        raise ServiceMissing("redis-server is missing: apt-get install -y redis-server")
    home = Path(tempfile.mkdtemp(prefix="warmline-redis-"))
    command = [program, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--port"]
    try:
        with _running(command, home, "{port}", _redis_answers) as port:
            yield f"redis://127.0.0.1:{port}/0"
    finally:
        shutil.rmtree(home, ignore_errors=True)


def free_port() -> int:
    """Find a port that nobody listens on.

    Returns:
        A port of the loopback interface.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _postgresql_programs() -> Path:
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"),
        key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0,
    )
    on_path = shutil.which("postgres")
    if not found and on_path:
        found = [Path(on_path).resolve()]
    if not found:
        raise ServiceMissing("PostgreSQL is missing: apt-get install -y postgresql")
    return found[-1].parent


@contextmanager
def _running(
    command: Sequence[str], home: Path, port_option: str, answers: Answers
) -> Iterator[int]:
    for _ in range(START_ATTEMPTS):
        port = free_port()
        log = home / "server.log"
        with log.open("wb") as output:
            server = subprocess.Popen(
                [*command, port_option.format(port=port)], cwd=home, stdout=output, stderr=output
            )
        try:
            if _wait_until_up(server, port, answers):
                yield port
                return
        finally:
            _stop(server)
    # Another program may have taken the free port each time, but three times is no accident.
    raise ServiceFailed(f"{command[0]} did not start: {log.read_text(errors='replace')}")


def _wait_until_up(server: subprocess.Popen[bytes], port: int, answers: Answers) -> bool:
    deadline = time.monotonic() + START_PATIENCE_S
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                connection.settimeout(1)
                if answers(connection):
                    return True
        except OSError:
            pass
        time.sleep(0.05)
    return False


def _redis_answers(connection: socket.socket) -> bool:
    connection.sendall(b"PING\r\n")
    return connection.recv(16).startswith(b"+PONG")


def _postgresql_answers(connection: socket.socket) -> bool:
    """Ask to log in: the server sends an authentication request once it is ready, else an error."""
    parameters = b"user\0postgres\0database\0postgres\0\0"
    protocol_3_0 = (196608).to_bytes(4, "big")
    length = (8 + len(parameters)).to_bytes(4, "big")
    connection.sendall(length + protocol_3_0 + parameters)
    return connection.recv(1) == b"R"


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is not None:
        return
    server.send_signal(signal.SIGINT)  # to PostgreSQL: end at once, without waiting for clients
    try:
        server.wait(STOP_PATIENCE_S)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
