"""The action server over real HTTP."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).parents[2]
SECRET = "a-secret-for-tests"
AUTHORISED = {"Authorization": f"Bearer {SECRET}"}


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the running action server writes what it has to say."""
    return tmp_path_factory.mktemp("actions") / "actions.log"


@pytest.fixture(scope="module")
def server(seeded: Path, log: Path) -> Iterator[str]:
    """A running action server over the example company; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "WARMLINE_ACTIONS_SECRET": SECRET,
        "WARMLINE_DATABASE_URL": f"sqlite:///{seeded}",
    }
    command = [sys.executable, "-m", "actions", "--port", str(port)]
    address = f"http://127.0.0.1:{port}"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait_until_healthy(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_healthy(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        assert process.poll() is None, "the action server did not start"
        try:
            if httpx.get(f"{address}/health").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    pytest.fail("the action server did not become healthy")


def call(
    action: str, *, text: str = "", slots: dict[str, Any] | None = None, **metadata: Any
) -> dict[str, Any]:
    """An action call as Rasa 3.6 sends it, without its domain."""
    intent = {"name": "opening_hours", "confidence": 0.9}
    latest = {"text": text, "intent": intent, "metadata": metadata}
    return {
        "next_action": action,
        "sender_id": "call-1",
        "version": "3.6.21",
        "tracker": {
            "sender_id": "call-1",
            "slots": slots or {},
            "latest_message": latest,
            "events": [],
            "paused": False,
            "active_loop": {},
        },
    }


def test_an_action_answers_with_responses_and_slots(server: str) -> None:
    body = call("action_opening_hours", text="when does the store open")
    answer = httpx.post(f"{server}/webhook", json=body, headers=AUTHORISED).json()
    assert answer["responses"][0]["response"].startswith("utter_")
    assert {"event": "slot", "timestamp": None, "name": "department", "value": "store"} in answer[
        "events"
    ]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}])
def test_nobody_acts_without_the_secret(server: str, headers: dict[str, str]) -> None:
    body = call("action_opening_hours")
    assert httpx.post(f"{server}/webhook", json=body, headers=headers).status_code == 401


def test_an_unknown_action_is_not_found(server: str) -> None:
    answer = httpx.post(f"{server}/webhook", json=call("action_dance"), headers=AUTHORISED)
    assert answer.status_code == 404


def test_a_failing_skill_is_a_500_without_details(server: str) -> None:
    body = call("action_start_call", caller="not an object")
    answer = httpx.post(f"{server}/webhook", json=body, headers=AUTHORISED)
    assert answer.status_code == 500
    assert answer.json() == {"error": "AttributeError"}


def test_a_guess_is_answered_like_a_turn_as_long_as_it_only_reads(server: str) -> None:
    said = "when does the store open"
    guessed = call("action_opening_hours", text=said, guess=True)
    for_real = call("action_opening_hours", text=said)
    answers = [
        httpx.post(f"{server}/webhook", json=body, headers=AUTHORISED).json()
        for body in (guessed, for_real)
    ]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("customer_id", [1, 987_654])
def test_a_guess_that_would_do_something_is_refused_without_an_alarm(
    server: str, log: Path, customer_id: int
) -> None:
    body = call("action_password_reset", slots={"customer_id": customer_id}, guess=True)
    before = log.read_text()
    answer = httpx.post(f"{server}/webhook", json=body, headers=AUTHORISED)
    assert answer.status_code == 409
    assert "only reading" in answer.json()["error"]
    assert log.read_text() == before
    body = call("action_password_reset", slots={"customer_id": 987_654})
    assert httpx.post(f"{server}/webhook", json=body, headers=AUTHORISED).status_code == 200


def test_what_is_no_action_call_is_refused(server: str) -> None:
    assert httpx.post(f"{server}/webhook", json=[], headers=AUTHORISED).status_code == 422
    answer = httpx.post(f"{server}/webhook", content=b"{", headers=AUTHORISED)
    assert answer.status_code == 400
