"""Every conversation of `nlu_data/spoken`, as text, against the real assistant and actions."""

from __future__ import annotations

import pytest

from warmline.rehearsal.conversation_file import Conversation, read_all, read_known_gaps
from warmline.rehearsal.ears import TextEar
from warmline.rehearsal.judgement import judge
from warmline.rehearsal.rehearse import rehearse
from warmline.rehearsal.report import dialogue
from warmline.rehearsal.stage import Stage

KNOWN_GAPS = read_known_gaps()


@pytest.mark.parametrize("conversation", read_all(), ids=lambda each: each.name)
async def test_conversation(conversation: Conversation, stage: Stage) -> None:
    verdict = judge(await rehearse(conversation, stage, TextEar()))
    if conversation.name in KNOWN_GAPS:
        assert not verdict.passed, "it passes: take it off nlu_data/spoken/known_gaps.yml"
        pytest.xfail(KNOWN_GAPS[conversation.name])
    assert verdict.passed, "\n" + "\n".join(dialogue(verdict))
