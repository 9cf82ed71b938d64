"""Real child processes are started, watched, started again and ended."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from warmline.backoff import Backoff
from warmline.supervisor import (
    ChildSpec,
    NotReadyError,
    PortInUseError,
    Supervisor,
)

QUICK = Backoff(first=0.05, longest=0.4)

ANSWERS = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Health(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok")

print("listening", flush=True)
HTTPServer(("127.0.0.1", int(sys.argv[1])), Health).serve_forever()
"""
DIES = "print('no luck', flush=True); raise SystemExit(3)"
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
while True: time.sleep(60)
"""
HAS_A_CHILD = """
import subprocess, sys, time
inner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("inner", inner.pid, flush=True)
time.sleep(600)
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def script(name: str, code: str, grace: float = 10.0) -> ChildSpec:
    return ChildSpec(name, (sys.executable, "-c", code), grace=grace)


def answering(name: str = "server") -> ChildSpec:
    port = free_port()
    return ChildSpec(
        name,
        (sys.executable, "-c", ANSWERS, str(port)),
        ready_url=f"http://127.0.0.1:{port}/health",
        address=("127.0.0.1", port),
        setting="WARMLINE_PORT",
    )


@asynccontextmanager
async def supervised(*specs: ChildSpec, **options: object) -> AsyncIterator[Supervisor]:
    settings: dict[str, object] = {"backoff": QUICK, "probe_every": 0.05, **options}
    supervisor = Supervisor(specs, **settings)  # type: ignore[arg-type]
    await supervisor.start()
    try:
        yield supervisor
    finally:
        await supervisor.stop()


async def eventually(true: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.02)


def alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


async def test_a_child_is_ready_when_it_answers() -> None:
    async with supervised(answering()) as supervisor:
        await supervisor.ready(20)
        assert supervisor.child("server").state == "ready"


async def test_a_killed_child_is_started_again_and_becomes_ready() -> None:
    async with supervised(answering()) as supervisor:
        await supervisor.ready(20)
        child = supervisor.child("server")
        first = child.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await eventually(lambda: child.restarts == 1 and child.state == "ready")
        assert child.pid not in (first, None)


async def test_waits_grow_while_a_child_keeps_dying() -> None:
    said: list[str] = []
    backoff = Backoff(first=0.05, longest=0.15)
    async with supervised(
        script("mayfly", DIES), backoff=backoff, echo=lambda spec, line: said.append(line)
    ) as supervisor:
        await eventually(lambda: supervisor.child("mayfly").restarts >= 3)
    waits = [line.rpartition(" in ")[2] for line in said if "starting again" in line]
    assert waits[:3] == ["0.05 s", "0.1 s", "0.15 s"]


async def test_one_that_never_gets_ready_is_named_with_its_last_words(tmp_path: Path) -> None:
    spec = ChildSpec(
        "mayfly", (sys.executable, "-c", DIES), ready_url=f"http://127.0.0.1:{free_port()}/"
    )
    async with supervised(spec, log_dir=tmp_path) as supervisor:
        with pytest.raises(NotReadyError, match=r"mayfly.*status 3 again and again.*no luck"):
            await supervisor.ready(20)
    assert "no luck" in (tmp_path / "mayfly.log").read_text()


async def test_one_that_is_silent_for_too_long_is_named() -> None:
    spec = ChildSpec(
        "sleeper",
        (sys.executable, "-c", "import time; time.sleep(600)"),
        ready_url=f"http://127.0.0.1:{free_port()}/",
    )
    async with supervised(spec) as supervisor:
        with pytest.raises(NotReadyError, match="sleeper, starting"):
            await supervisor.ready(0.3)


async def test_a_missing_program_is_a_death_like_any_other() -> None:
    spec = ChildSpec("ghost", ("/nonexistent/ghost",), ready_url="http://127.0.0.1:1/")
    async with supervised(spec) as supervisor:
        with pytest.raises(NotReadyError, match="status 127"):
            await supervisor.ready(20)


async def test_a_missing_folder_is_a_death_like_any_other(tmp_path: Path) -> None:
    spec = ChildSpec("lost", (sys.executable, "-V"), cwd=tmp_path / "gone", ready_url="http://x/")
    async with supervised(spec) as supervisor:
        with pytest.raises(NotReadyError, match="not started"):
            await supervisor.ready(20)


async def test_stopping_leaves_nothing_of_a_child_or_its_children() -> None:
    lines: list[str] = []
    async with supervised(
        script("family", HAS_A_CHILD), answering(), echo=lambda spec, line: lines.append(line)
    ) as supervisor:
        await supervisor.ready(20)
        await eventually(lambda: any(line.startswith("inner") for line in lines))
        inner = int(next(line for line in lines if line.startswith("inner")).split()[1])
        pids = [supervisor.child("family").pid, supervisor.child("server").pid]
    assert None not in pids
    await eventually(lambda: not any(alive(pid) for pid in [inner, *pids] if pid))


async def test_one_that_will_not_end_is_killed() -> None:
    lines: list[str] = []
    async with supervised(
        script("deaf", DEAF, grace=0.3), echo=lambda spec, line: lines.append(line)
    ) as supervisor:
        await eventually(lambda: "deaf" in lines)
        pid = supervisor.child("deaf").pid
        assert pid is not None
    assert not alive(pid)
    assert supervisor.child("deaf").state == "stopped"


async def test_stopping_does_not_wait_for_a_long_backoff() -> None:
    async with supervised(script("mayfly", DIES), backoff=Backoff(first=3600)) as supervisor:
        await eventually(lambda: supervisor.child("mayfly").state == "waiting")
        async with asyncio.timeout(20):
            await supervisor.stop()


async def test_a_taken_port_is_found_before_anything_starts() -> None:
    spec = answering()
    assert spec.address is not None
    with socket.socket() as other:
        other.bind(spec.address)
        other.listen()
        supervisor = Supervisor([script("innocent", DEAF), spec])
        with pytest.raises(
            PortInUseError, match=rf"{spec.address[1]}.*{os.getpid()}.*WARMLINE_PORT"
        ):
            await supervisor.start()
        assert supervisor.child("innocent").pid is None


async def test_long_and_odd_output_does_not_disturb(tmp_path: Path) -> None:
    code = "import sys; sys.stdout.buffer.write(b'x' * 300_000 + b'\\xff\\n' + b'end')"
    lines: list[str] = []
    async with supervised(
        script("noisy", code), log_dir=tmp_path, echo=lambda spec, line: lines.append(line)
    ):
        await eventually(lambda: "end" in lines)
    assert sum(line.count("x") for line in lines) >= 300_000


async def test_a_closed_terminal_does_not_stop_the_children(tmp_path: Path) -> None:
    def closed(spec: ChildSpec | None, line: str) -> None:
        raise BrokenPipeError

    async with supervised(answering(), log_dir=tmp_path, echo=closed) as supervisor:
        await supervisor.ready(20)
    assert "listening" in (tmp_path / "server.log").read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux's")
async def test_children_end_when_the_supervisor_itself_is_killed() -> None:
    code = """
    import asyncio, sys
    from warmline.supervisor import ChildSpec, Supervisor

    async def main():
        sleeper = (sys.executable, "-c", "import time; time.sleep(600)")
        supervisor = Supervisor([ChildSpec("sleeper", sleeper)])
        await supervisor.start()
        await supervisor.ready(20)
        print(supervisor.child("sleeper").pid, flush=True)
        await asyncio.sleep(600)

    asyncio.run(main())
    """
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", textwrap.dedent(code), stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    pid = int(await parent.stdout.readline())
    assert alive(pid)
    parent.kill()
    await parent.wait()
    await eventually(lambda: not alive(pid))
