"""`warmline rehearse`, as far as it goes without an assistant; the rest is in `test_rehearse`."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from warmline.cli import app
from warmline.rehearsal.command import Options, make_ear, play_chapter, title_of
from warmline.rehearsal.conversation_file import Conversation
from warmline.rehearsal.ears import SpeechEar, TextEar
from warmline.rehearsal.stage import Stage, StageError, set_stage
from warmline.settings import load_settings


def test_what_there_is_not_is_said_in_one_line() -> None:
    result = CliRunner().invoke(app, ["rehearse", "no such conversation"])
    assert result.exit_code == 1
    assert "there is no conversation 'no such conversation'" in result.output


def test_a_run_is_named_by_how_callers_are_heard(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path)
    text, speech = Options(), Options(speech=True, snr_db=12.5)
    assert title_of(text) == "As text"
    assert title_of(speech) == "Through speech, noise at 12.5 dB"
    with make_ear(settings, text) as ear:
        assert isinstance(ear, TextEar)
    with make_ear(settings, speech) as ear:
        assert isinstance(ear, SpeechEar)


async def test_a_stage_without_a_model_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StageError, match="make train"):
        async with set_stage(tmp_path, model=tmp_path / "missing.tar.gz"):
            pass


async def test_progress_is_shown_while_conversations_go_on(stage: Stage) -> None:
    told = {"conversation": "Hours", "says": ["when are you open", "no bye"], "must": {}}
    output = io.StringIO()
    chapter = await play_chapter(
        "As text",
        [Conversation.model_validate(told)],
        stage,
        TextEar(),
        Console(file=output, force_terminal=True, width=100),
        utterances=[("where is my order", "order_status")],
    )
    assert [verdict.name for verdict in chapter.verdicts] == ["Hours"]
    assert [each.found for each in chapter.held_out] == ["order_status"]
    assert "1/1" in output.getvalue()
