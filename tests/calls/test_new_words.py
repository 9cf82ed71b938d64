"""A designer adds a product to a checkout of their own, and the next call hears it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contact_center.calls import Calls
from contact_center.database import Database
from contact_center.sealing import Seal
from speech_model.catalogue import SHIPPED_PATH
from speech_model.graph.build import words_of
from tests.services import free_port
from voice_gateway.caller.client import place_call
from voice_gateway.caller.scripted import HangUp, Pause, Say, Script, ScriptedCaller
from voice_gateway.speech.caller_voice import CallerVoice
from voice_gateway.tokens import TokenIssuer
from warmline.line_children import line_children
from warmline.place_call import call_url
from warmline.places import PROJECT
from warmline.seeding import seed_database
from warmline.settings import Settings, load_settings
from warmline.supervisor import Supervisor

PRODUCT = "kestrola"
ROOMS = (
    *("actions", "agent_desk", "contact_center", "nlu_data"),
    *("speech_model", "voice_gateway", "warmline"),
)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for room in ROOMS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PROJECT / room, tmp_path / "checkout" / room, ignore=ignored)
    return tmp_path / "checkout"


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    desk_port = free_port()
    settings = load_settings(
        data_dir=tmp_path / "data",
        database_url="",
        tracker_url="",
        port=free_port(),
        desk_port=desk_port,
        desk_url=f"http://127.0.0.1:{desk_port}",
        # Without an assistant a person is asked for each call; what is heard is written down.
        assistant_url=f"http://127.0.0.1:{free_port()}",
        drain_seconds=0.5,
        admission="count",
    )
    await seed_database(settings)
    return settings


async def test_a_new_product_is_heard_in_the_next_call_after_training(
    checkout: Path, settings: Settings
) -> None:
    assert PRODUCT not in words_of(SHIPPED_PATH)
    _add_product(checkout)
    told = _teach(checkout, settings)
    assert PRODUCT in told
    assert PRODUCT in await _what_is_heard(checkout, settings, f"where is my {PRODUCT}")


def _add_product(checkout: Path) -> None:
    products = checkout / "nlu_data" / "lookups" / "products.yml"
    text = products.read_text(encoding="utf-8")
    products.write_text(text.replace("    - boots\n", f"    - boots\n    - {PRODUCT}\n"))


def _teach(checkout: Path, settings: Settings) -> str:
    """The part of `make train` that is about hearing."""
    return subprocess.run(
        [sys.executable, "-m", "warmline", "speech", "graph"],
        cwd=checkout,
        env=os.environ | settings.environment(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout


async def _what_is_heard(checkout: Path, settings: Settings, said: str) -> str:
    (server,) = (child for child in line_children(settings) if child.name == "server")
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url, seal=Seal.of(settings))
        stack.push_async_callback(database.close)
        supervisor = Supervisor([replace(server, cwd=checkout)], log_dir=settings.data_dir / "log")
        stack.push_async_callback(supervisor.stop)
        await supervisor.start()
        await supervisor.ready()
        issuer = TokenIssuer(settings.token_secret.get_secret_value())
        report = await place_call(
            call_url(settings.public_url),
            issuer.issue("call", now=datetime.now(UTC)),
            ScriptedCaller(
                Script(Pause(1.0), Say(said, at_once=True), Pause(3.0), HangUp(at_once=True)),
                CallerVoice(),
            ),
        )
        turns = await Calls(database).transcript(report.call_id or "")
        return " ".join(turn.text for turn in turns if turn.speaker == "caller")
