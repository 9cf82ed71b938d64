"""The lines that are compared, each with a server of its own and all with the same assistant."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from benchmarks.bench_line import bench_line
from contact_center.customers import Customers
from contact_center.seed import DEMO_CUSTOMER
from voice_gateway.languages import load_language
from voice_gateway.speech.model import SHIPPED_MODEL
from warmline.fixed_answers import fixed_answers
from warmline.places import NLU_DATA
from warmline.private_line import PrivateLine
from warmline.supervisor import ChildSpec, Supervisor

ROOT: Final = Path(__file__).resolve().parents[2]
PEERS_PYTHON: Final = ROOT / ".tools" / "peers" / "bin" / "python"
LOGS: Final = ROOT / "var" / "bench_peers"
MIB: Final = 1024 * 1024

OURS: Final = "warmline"
MIN_WORDS: Final = {"pipecat": 0, "pipecat-words": 3}
"""The peers, and how many words it takes there to interrupt the bot. None: any voice does, which is
pipecat's default; three: what its documentation has against back-channels."""


class PeersError(Exception):
    """The peers cannot be had; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a server has used.

    Args:
        cpu_s: Processor time since it was started, of itself and its children.
        resident_mib: Memory that it has now.
    """

    cpu_s: float
    resident_mib: float


@dataclass(frozen=True, slots=True)
class MeasuredLine:
    """A line that takes calls.

    Args:
        name: What it is called in tables.
        call_url: Where calls are placed.
        server: The server's address, as `http://host:port`.
        new_token: Makes a token that is good for one call.
        pid: Of its server.
    """

    name: str
    call_url: str
    server: str
    new_token: Callable[[], str]
    pid: int

    def usage(self) -> Usage:
        """Read what the server has used so far."""
        server = psutil.Process(self.pid)
        processes = [server, *server.children(recursive=True)]
        times = [process.cpu_times() for process in processes]
        return Usage(
            cpu_s=sum(time.user + time.system for time in times),
            resident_mib=sum(process.memory_info().rss for process in processes) / MIB,
        )


def require_peers() -> Path:
    """Find the peers' interpreter.

    Returns:
        Its path.

    Raises:
        PeersError: They are not installed.
    """
    if not PEERS_PYTHON.exists():
        raise PeersError("the peers are not installed: run scripts/setup-peers")
    return PEERS_PYTHON


def free_port() -> int:
    """Find a port of this machine on which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@asynccontextmanager
async def lines(names: Sequence[str], max_calls: int = 4) -> AsyncIterator[dict[str, MeasuredLine]]:
    """Bring lines up side by side, ours among them, and take them down again.

    Args:
        names: Of the peers.
        max_calls: How many calls ours takes at once; the peers have no limit.

    Returns:
        The lines by name, ready to take calls and idle.

    Raises:
        PeersError: The peers are not installed.
        SupervisionError: A process cannot be started.
        StorageError: The database cannot be used.
    """
    python = require_peers() if names else None
    async with AsyncExitStack() as stack:
        ours = await stack.enter_async_context(bench_line(max_calls=max_calls))
        ports = {name: free_port() for name in names}
        caller = await _caller(ours)
        specs = [_peer(name, port, ours, caller, str(python)) for name, port in ports.items()]
        supervisor = Supervisor(specs, log_dir=LOGS)
        stack.push_async_callback(supervisor.stop)
        await supervisor.start()
        await supervisor.ready()
        there = {
            OURS: MeasuredLine(
                OURS,
                ours.call_url,
                ours.settings.public_url,
                lambda: ours.token(caller=DEMO_CUSTOMER.phone),
                _pid(ours.supervisor, "server"),
            )
        }
        for name, port in ports.items():
            there[name] = MeasuredLine(
                name,
                f"ws://127.0.0.1:{port}/v1/call",
                f"http://127.0.0.1:{port}",
                lambda: "",
                _pid(supervisor, name),
            )
        yield there


async def _caller(ours: PrivateLine) -> str:
    """What our gateway tells the assistant of the caller; the peers do not look callers up."""
    customer = await Customers(ours.database).find_by_phone(DEMO_CUSTOMER.phone)
    assert customer is not None, "the database is not seeded"
    about = {"customer_id": customer.id, "name": customer.name, "tier": customer.tier}
    return json.dumps({"number": DEMO_CUSTOMER.phone, **about})


def _peer(name: str, port: int, ours: PrivateLine, caller: str, python: str) -> ChildSpec:
    settings = ours.settings
    phrases = settings.data_dir / "peer_phrases.json"
    phrases.write_text(json.dumps(_phrases(settings.company_name)), encoding="utf-8")
    return ChildSpec(
        name=name,
        command=(
            *(python, "-m", "benchmarks.peers.pipecat_line", "--port", str(port)),
            *("--assistant", settings.assistant_url, "--model", str(SHIPPED_MODEL)),
            *("--phrases", str(phrases), "--min-words", str(MIN_WORDS[name]), "--caller", caller),
        ),
        cwd=ROOT,
        environment={
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "WARMLINE_ASSISTANT_SECRET": settings.assistant_secret.get_secret_value(),
        },
        ready_url=f"http://127.0.0.1:{port}/healthz",
        address=("127.0.0.1", port),
    )


def _phrases(company: str) -> list[str]:
    """What our own line synthesises ahead, the greeting first."""
    phrases = load_language().phrases
    greeting = phrases.welcome[0].replace("{company}", company)
    return [greeting, *phrases.all(), *fixed_answers(NLU_DATA / "responses", company)]


def _pid(supervisor: Supervisor, name: str) -> int:
    pid = supervisor.child(name).pid
    assert pid is not None, f"{name} is not running"
    return pid


def spawn_environment() -> dict[str, str]:
    """The environment in which a peer's program finds our modules."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
