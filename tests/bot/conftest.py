"""A running assistant with a small model, and an action server that does as it is told.

Run with the assistant's own Python: `bot/.venv/bin/pytest tests/bot`.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from aiohttp import web

ROOT = Path(__file__).parents[2]
BOT = ROOT / "bot"
SECRET = "a-secret-for-tests"
ACTIONS_SECRET = "another-secret-for-tests"
START_SECONDS = 180.0

sys.path.insert(0, str(BOT))

# The model under the channel: real policies, rules and responses, and an intent for each keyword.
SMALL_CONFIG = """
recipe: default.v1
assistant_id: small
language: en
pipeline:
  - name: WhitespaceTokenizer
  - name: KeywordIntentClassifier
    case_sensitive: false
  - name: components.spoken_numbers.SpokenNumbers
policies:
  - name: RulePolicy
    core_fallback_threshold: 0.3
    core_fallback_action_name: action_misunderstood
  - name: policies.escalation.EscalationPolicy
"""
SMALL_NLU = """
version: "3.1"
nlu:
- intent: greet
  examples: |
    - hello
- intent: order_status
  examples: |
    - order
- intent: opening_hours
  examples: |
    - hours
- intent: talk_to_person
  examples: |
    - person
"""


@dataclass
class ActionServer:
    """Speaks the action protocol; what it answers to each action is set by the test."""

    port: int
    answers: dict[str, Callable[[dict[str, Any]], Any]] = field(default_factory=dict)
    calls: list[dict[str, Any]] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)

    async def webhook(self, request: web.Request) -> web.Response:
        """Answer one action call."""
        call = await request.json()
        self.calls.append(call)
        self.secrets.append(request.headers.get("Authorization", ""))
        answer = self.answers.get(call["next_action"], lambda _: {"events": [], "responses": []})
        result = answer(call)
        if asyncio.iscoroutine(result):
            result = await result
        if isinstance(result, int):
            return web.json_response({"error": "told to fail"}, status=result)
        return web.json_response(result)


def says(*texts: str, **slots: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """An answer of texts, each a message of its own, and slots to set."""
    return lambda _: {
        "responses": [{"text": text} for text in texts],
        "events": [
            {"event": "slot", "timestamp": None, "name": name, "value": value}
            for name, value in slots.items()
        ],
    }


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small trained model, or the one named by WARMLINE_BOT_MODEL."""
    given = os.environ.get("WARMLINE_BOT_MODEL")
    if given:
        return Path(given).resolve()
    folder = tmp_path_factory.mktemp("model")
    (folder / "config.yml").write_text(SMALL_CONFIG)
    (folder / "nlu.yml").write_text(SMALL_NLU)
    data = [folder / "nlu.yml", ROOT / "nlu_data" / "rules", ROOT / "nlu_data" / "responses"]
    command = [sys.executable, "-m", "rasa", "train", "--data", *data]
    command += ["--config", folder / "config.yml", "--domain", "domain"]
    command += ["--out", folder, "--fixed-model-name", "small"]
    done = subprocess.run(
        [str(part) for part in command],
        check=False,
        cwd=BOT,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "small.tar.gz"


def environment(**extra: str) -> dict[str, str]:
    """The environment of an assistant process."""
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    path = {"PYTHONPATH": str(BOT)}  # `rasa` finds the components as if started in bot/
    return {**os.environ, **quiet, **path, "RASA_TELEMETRY_ENABLED": "false", **extra}


@pytest.fixture(scope="session")
def action_server() -> Iterator[ActionServer]:
    """An action server on a thread of its own."""
    server = ActionServer(free_port())
    loop = asyncio.new_event_loop()
    ready = threading.Event()

    async def serve() -> None:
        app = web.Application()
        app.router.add_post("/webhook", server.webhook)
        # Without this, a request goes on after the assistant has dropped it.
        runner = web.AppRunner(app, handler_cancellation=True)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", server.port).start()
        ready.set()

    def run() -> None:
        loop.run_until_complete(serve())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(20)
    yield server
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)


@dataclass
class Assistant:
    """A `rasa run` process and where to reach it."""

    model: Path
    environment: dict[str, str]
    port: int
    log: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where the voice channel is."""
        return f"http://127.0.0.1:{self.port}/webhooks/voice"

    def start(self) -> None:
        """Start the process and wait until its model is loaded."""
        command = [sys.executable, "-m", "rasa", "run", "--credentials", "credentials.yml"]
        command += ["--endpoints", "endpoints.yml", "-m", str(self.model)]
        command += ["-p", str(self.port), "-i", "127.0.0.1"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=BOT, env=self.environment, stdout=log, stderr=log
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            try:
                with urlopen(f"{self.address}/"):
                    return
            except OSError:
                time.sleep(0.3)
        pytest.fail(f"the assistant did not start: {self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """End the process without any farewell."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(20)


@pytest.fixture(scope="session")
def assistant(
    model: Path, action_server: ActionServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Assistant]:
    """A running assistant."""
    folder = tmp_path_factory.mktemp("assistant")
    settings = environment(
        WARMLINE_ASSISTANT_SECRET=SECRET,
        WARMLINE_ACTIONS_SECRET=ACTIONS_SECRET,
        WARMLINE_ACTIONS_URL=f"http://127.0.0.1:{action_server.port}/webhook",
        WARMLINE_TRACKER_URL=f"sqlite:///{folder / 'tracker.db'}",
    )
    running = Assistant(model, settings, free_port(), folder / "rasa.log")
    running.start()
    yield running
    running.kill()


@pytest.fixture(autouse=True)
def _forgetful(request: pytest.FixtureRequest) -> None:
    """Let each test tell the action server anew what to do."""
    if "action_server" in request.fixturenames:
        server = request.getfixturevalue("action_server")
        server.answers.clear()
        server.calls.clear()
        server.secrets.clear()
        server.cancelled.clear()
