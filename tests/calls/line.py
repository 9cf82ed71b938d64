"""The line under test, and what tests do with it."""

from __future__ import annotations

import os
import signal

from contact_center.calls import Calls, TurnRecord
from contact_center.handoffs import Handoff, Handoffs
from voice_gateway.caller.client import CallReport, OnEvent
from voice_gateway.caller.scripted import Script, ScriptedCaller, Step
from voice_gateway.speech.caller_voice import CallerVoice
from warmline.private_line import PrivateLine


class LineUnderTest(PrivateLine):
    """A line with short words for what tests ask of it."""

    async def spoken_call(
        self,
        *steps: Step,
        number: str | None = None,
        sample_rate: int = 16000,
        on_event: OnEvent | None = None,
    ) -> CallReport:
        """One call of a synthetic caller, from greeting to hang-up."""
        caller = ScriptedCaller(Script(*steps), CallerVoice())
        return await self.call(caller, number=number, sample_rate=sample_rate, on_event=on_event)

    async def turns(self, report: CallReport) -> list[TurnRecord]:
        assert report.call_id is not None, report
        return await Calls(self.database).transcript(report.call_id)

    async def said(self, report: CallReport, speaker: str = "bot") -> str:
        """Everything one side said, as stored."""
        return " | ".join(t.text for t in await self.turns(report) if t.speaker == speaker)

    async def handoff(self, report: CallReport) -> Handoff | None:
        assert report.call_id is not None, report
        return await Handoffs(self.database).of_call(report.call_id)

    def kill(self, name: str) -> None:
        """Kill one of the processes without a chance to say goodbye."""
        pid = self.supervisor.child(name).pid
        assert pid is not None, f"{name} is not running"
        os.kill(pid, signal.SIGKILL)
