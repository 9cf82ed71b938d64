"""Starting child processes, watching them, and starting again those that die.

A child is in its own process group and tied to this process: it ends when this process does, even
by SIGKILL. A child that dies is started again after a wait that doubles (`backoff.py`). A child
that lives but does not answer is left alone: it may be carrying calls.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import httpx
import psutil

from warmline import tether
from warmline.backoff import Backoff
from warmline.child_log import ChildLog

State = Literal["stopped", "starting", "ready", "waiting"]
Echo = Callable[["ChildSpec | None", str], None]

_STDOUT_CHUNK = 65_536
_LONGEST_LINE = 16_384
# A child that has never been ready and has died this often will not become ready by waiting.
_HOPELESS_DEATHS = 3
_SAY_EVERY_S = 15.0


class SupervisionError(Exception):
    """The children cannot be started or do not become ready; the message is for the user."""


class PortInUseError(SupervisionError):
    """Another process listens where a child is to listen."""


class NotReadyError(SupervisionError):
    """A child did not become ready in time."""


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """One child: what to run, and how to know that it is ready.

    Args:
        name: What it is called in progress lines and logs.
        command: The program and its arguments.
        cwd: Where it runs; the current folder when None.
        environment: Added to this process's environment.
        ready_url: Answers 200 when the child is ready; None when starting is enough.
        address: Host and port where it listens, to be free before it starts; None if nowhere.
        setting: The option that changes the port, for the message when it is taken.
        more_ports: Further ports of the same host where it listens, each under its option.
        grace: Seconds it has to end by itself when told to.
        colour: A rich colour for its lines.
    """

    name: str
    command: tuple[str, ...]
    cwd: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    ready_url: str | None = None
    address: tuple[str, int] | None = None
    setting: str | None = None
    more_ports: Mapping[str, int] = field(default_factory=dict)
    grace: float = 10.0
    colour: str = "white"


class Child:
    """One supervised child, as it is now."""

    def __init__(self, spec: ChildSpec, log: ChildLog | None) -> None:
        self.spec = spec
        self.log = log
        self.state: State = "stopped"
        self.restarts = 0
        self.returncode: int | None = None
        self.last_line = ""
        self.process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """Its process id; None while it is not running."""
        if self.process is None or self.process.returncode is not None:
            return None
        return self.process.pid


class Supervisor:
    """Keeps children running.

    Args:
        children: What to run, in the order in which to start it.
        log_dir: Where each child's lines are kept, as `<name>.log`; nowhere when None.
        echo: Is given every line: of a child, or of the supervisor itself (None).
        backoff: How long to wait before restarts.
        probe_every: Seconds between two looks at whether a starting child is ready.
    """

    def __init__(
        self,
        children: Sequence[ChildSpec],
        *,
        log_dir: Path | None = None,
        echo: Echo | None = None,
        backoff: Backoff | None = None,
        probe_every: float = 0.2,
    ) -> None:
        self._children = {
            spec.name: Child(spec, ChildLog(log_dir / f"{spec.name}.log") if log_dir else None)
            for spec in children
        }
        self._echo = echo
        self._backoff = backoff or Backoff()
        self._probe_every = probe_every
        self._keepers: list[asyncio.Task[None]] = []
        self._stopping = asyncio.Event()

    def child(self, name: str) -> Child:
        """Find a child.

        Args:
            name: As in its specification.

        Returns:
            The child, which changes as it dies and is started again.

        Raises:
            KeyError: There is none of that name.
        """
        return self._children[name]

    async def start(self) -> None:
        """Start all children, and return at once.

        Raises:
            PortInUseError: A port that a child needs is taken; nothing was started.
        """
        for child in self._children.values():
            require_free_port(child.spec)
        self._stopping.clear()
        self._keepers = [
            asyncio.create_task(self._keep(child), name=f"keep {child.spec.name}")
            for child in self._children.values()
        ]

    async def ready(self, timeout: float = 300.0) -> None:  # noqa: ASYNC109
        """Wait until all children are ready.

        Args:
            timeout: Seconds.

        Raises:
            NotReadyError: Some are not, or one dies again and again; the message names them.
        """
        started = time.monotonic()
        say_next = _SAY_EVERY_S
        while late := [child for child in self._children.values() if child.state != "ready"]:
            hopeless = [child for child in late if child.restarts >= _HOPELESS_DEATHS - 1]
            if dead := [child for child in hopeless if child.state == "waiting"]:
                raise NotReadyError("; ".join(_obituary(child) for child in dead))
            waited = time.monotonic() - started
            if waited > timeout:
                names = ", ".join(_described(child) for child in late)
                raise NotReadyError(f"not ready after {timeout:.0f} s: {names}")
            if waited > say_next:
                say_next += _SAY_EVERY_S
                names = " and ".join(child.spec.name for child in late)
                self._show(None, f"waiting for {names}, {waited:.0f} s")
            await asyncio.sleep(self._probe_every / 2)

    async def stop(self) -> None:
        """End all children: SIGTERM, then SIGKILL for those that do not go.

        The children end in the order opposite to their start. Nothing of them is left.
        """
        self._stopping.set()
        for child in reversed(self._children.values()):
            await self._end(child)
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        self._keepers = []
        for child in self._children.values():
            child.state = "stopped"

    async def _keep(self, child: Child) -> None:
        deaths = 0
        while not self._stopping.is_set():
            ready_for = await self._run_once(child)
            if self._stopping.is_set():
                break
            deaths = self._backoff.deaths_in_a_row(deaths, ready_for)
            wait = self._backoff.wait(deaths)
            child.state = "waiting"
            self._say(child, f"{_how_it_ended(child.returncode)}; starting again in {wait:g} s")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait)
            child.restarts += 1

    async def _run_once(self, child: Child) -> float:
        """Start a child and stay with it until it has ended; returns how long it was ready."""
        child.state = "starting"
        spec = child.spec
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", tether.__file__, str(os.getpid()), *spec.command),
                cwd=spec.cwd,
                env={**os.environ, **spec.environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            self._say(child, f"cannot be started: {error}")
            child.returncode = None
            return 0.0
        child.process = process
        self._say(child, f"starting (process {process.pid})")
        started = time.monotonic()
        ready_at: list[float] = []

        async def probe() -> None:
            await self._until_it_answers(spec)
            ready_at.append(time.monotonic())
            child.state = "ready"
            self._say(child, f"ready after {ready_at[0] - started:.1f} s")

        prober = asyncio.create_task(probe())
        reader = asyncio.create_task(self._read_lines(child, process))
        try:
            child.returncode = await process.wait()
            ended = time.monotonic()
        finally:
            prober.cancel()
            # Grandchildren may hold the port and the pipe after the child itself has died.
            _signal_group(process.pid, signal.SIGKILL)
            # What left the group may hold the pipe for ever: its lines are not waited for.
            await asyncio.wait({prober, reader}, timeout=1.0)
            reader.cancel()
        return ended - ready_at[0] if ready_at else 0.0

    async def _until_it_answers(self, spec: ChildSpec) -> None:
        if spec.ready_url is None:
            return
        async with httpx.AsyncClient(timeout=2.0, trust_env=False) as client:
            while True:
                with suppress(httpx.HTTPError):
                    if (await client.get(spec.ready_url)).status_code == httpx.codes.OK:
                        return
                await asyncio.sleep(self._probe_every)

    async def _read_lines(self, child: Child, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        rest = b""
        while chunk := await process.stdout.read(_STDOUT_CHUNK):
            *lines, rest = (rest + chunk).split(b"\n")
            if len(rest) > _LONGEST_LINE:
                lines.append(rest)
                rest = b""
            for line in lines:
                self._line(child, line.decode(errors="replace").rstrip())
        if rest:
            self._line(child, rest.decode(errors="replace"))

    async def _end(self, child: Child) -> None:
        process = child.process
        if process is None or process.returncode is not None:
            return
        _signal_group(process.pid, signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), child.spec.grace)
        except TimeoutError:
            self._say(child, f"did not end within {child.spec.grace:g} s; killed")
        _signal_group(process.pid, signal.SIGKILL)
        await process.wait()

    def _line(self, child: Child, line: str) -> None:
        child.last_line = line or child.last_line
        if child.log:
            child.log.write(line)
        self._show(child.spec, line)

    def _say(self, child: Child, message: str) -> None:
        if child.log:
            child.log.write(f"--- {message}")
        self._show(None, f"{child.spec.name}: {message}")

    def _show(self, spec: ChildSpec | None, line: str) -> None:
        # A closed terminal must not stop the reading, or the child would block on a full pipe.
        with suppress(OSError, ValueError):
            if self._echo:
                self._echo(spec, line)


def require_free_port(spec: ChildSpec) -> None:
    """See that nothing listens where a child is to listen.

    Args:
        spec: The child.

    Raises:
        PortInUseError: Something does; the message says what, if it can be known, and what to do.
    """
    if spec.address is None:
        return
    host, port = spec.address
    for setting, each in ((spec.setting, port), *spec.more_ports.items()):
        _require_free(spec.name, host, each, setting)


def _require_free(name: str, host: str, port: int, setting: str | None) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            advice = f", or set {setting}" if setting else ""
            raise PortInUseError(
                f"the {name} cannot listen on {host}:{port} ({error.strerror}"
                f"{_listener(port)}); free the port{advice}"
            ) from None


def _listener(port: int) -> str:
    with suppress(psutil.Error, OSError):
        for connection in psutil.net_connections("tcp"):
            listening = connection.status == psutil.CONN_LISTEN
            if listening and connection.laddr.port == port and connection.pid:
                return f", by process {connection.pid} ({psutil.Process(connection.pid).name()})"
    return ""


def _signal_group(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _how_it_ended(returncode: int | None) -> str:
    if returncode is None:
        return "not started"
    if returncode < 0:
        with suppress(ValueError):
            return f"killed by {signal.Signals(-returncode).name}"
    return f"ended with status {returncode}"


def _described(child: Child) -> str:
    log = f" (see {child.log.path})" if child.log else ""
    return f"{child.spec.name}, {child.state}{log}"


def _obituary(child: Child) -> str:
    last = f'; its last line: "{child.last_line}"' if child.last_line else ""
    return f"{_described(child)}: {_how_it_ended(child.returncode)} again and again{last}"
