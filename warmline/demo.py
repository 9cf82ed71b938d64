"""The demonstration: brings the line up, places three spoken calls, and shows what came of them."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.rule import Rule
from rich.table import Table

from agent_desk import desk_protocol
from agent_desk.client import DeskClient, DeskConnectionError
from agent_desk.packet_view import packet_panel
from contact_center.calls import Calls
from contact_center.database import Database
from contact_center.handoffs import Handoffs
from voice_gateway.caller.client import CallEvent, CallReport
from voice_gateway.caller.response_delay import MeasuredTurn
from voice_gateway.caller.scripted import ScriptedCaller
from voice_gateway.speech.caller_voice import CallerVoice
from voice_gateway.transports import browser_protocol
from warmline.call_page import CallReport as CallPageReport
from warmline.call_page import PageTurn, render_call_page
from warmline.demo_calls import DEMO_CALLS, DemoCall, Outcome
from warmline.place_call import show_event
from warmline.private_line import PrivateLine, private_line
from warmline.settings import Settings
from warmline.supervisor import ChildSpec
from warmline.teaching import teach
from warmline.training import train

AGENT = "Sam"
AGENT_PAUSE_S = 7.0


@dataclass(frozen=True)
class Finished:
    """One call of the demonstration, done.

    Args:
        call: What was planned.
        report: The caller's side.
        outcome: What the contact centre knows.
        missed: What went wrong, in words for the screen; empty for a call that went well.
        page: Its HTML page.
    """

    call: DemoCall
    report: CallReport
    outcome: Outcome
    missed: tuple[str, ...]
    page: Path


async def run_demo(told: Settings, *, once: bool, console: Console) -> bool:
    """Run the demonstration.

    Args:
        told: The settings; data goes into a folder of its own below their `data_dir`.
        once: End after the calls instead of leaving the line open.
        console: Where it shows.

    Returns:
        True when every call went as it should.

    Raises:
        TrainingError: The assistant cannot be trained.
        SupervisionError: A process cannot be started.
        StorageError: The database cannot be used.
    """

    def progress(line: str) -> None:
        console.print(f"[dim]{escape(line)}[/dim]")

    def of_supervisor(child: ChildSpec | None, line: str) -> None:
        if child is None:
            progress(line)

    folder = told.data_dir / "demo"
    _empty(folder)
    await asyncio.to_thread(teach, told, progress)
    await asyncio.to_thread(train, progress)
    heard_with = told.speech_model_path
    async with private_line(
        folder, echo=of_supervisor, free_ports=False, model_path=heard_with
    ) as line:
        done = []
        for number, call in enumerate(DEMO_CALLS, start=1):
            console.print(Rule(f"Call {number} of {len(DEMO_CALLS)}: {call.title}", style="bold"))
            done.append(await _run_call(call, line, console))
        console.print(_summary(done))
        console.print("Each call as a page with its recording beside it:")
        for finished in done:
            console.print(f"  {finished.page}", soft_wrap=True, highlight=False)
        if not once:
            await _leave_open(line.settings, console)
    return not any(finished.missed for finished in done)


def _empty(folder: Path) -> None:
    """One demonstration must not meet the data of another; what is slow to make again stays."""
    for path in folder.glob("*"):
        if path.is_dir() and path.name != "speech_cache":
            shutil.rmtree(path)
        elif path.is_file():
            path.unlink()


async def _run_call(call: DemoCall, line: PrivateLine, console: Console) -> Finished:
    agent = asyncio.create_task(_work_as_agent(call, line, console))
    folder = line.settings.data_dir / "calls"
    watcher = _Watcher(console)
    report = await line.call(
        ScriptedCaller(call.script, CallerVoice()),
        number=call.caller_number,
        on_event=watcher,
        recording=folder / f"{call.name}.wav",
    )
    with suppress(TimeoutError):
        await asyncio.wait_for(agent, 15)
    outcome = await _look_up(report, line.database)
    missed = await _missed(call, report, outcome)
    page = folder / f"{call.name}.html"
    page.write_text(
        await _page(call, report, outcome, watcher.delays, line.settings.zone), encoding="utf-8"
    )
    if outcome.handoff:
        console.print(packet_panel(outcome.handoff.packet))
    return Finished(call, report, outcome, missed, page)


class _Watcher:
    """Shows a call while it goes on, and keeps the delay of each answer by the bot's turn."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._latest_turn_id = ""
        self.delays: dict[str, float] = {}

    def __call__(self, event: CallEvent, at: float) -> None:
        show_event(self._console, event, at)
        match event:
            case browser_protocol.Turn(turn_id=turn_id):
                self._latest_turn_id = turn_id
            case MeasuredTurn(response_delay=delay) if delay is not None:
                self.delays[self._latest_turn_id] = delay


async def _work_as_agent(call: DemoCall, line: PrivateLine, console: Console) -> None:
    """The person at the desk: takes the hand-off, speaks, and closes it."""
    if not call.agent_lines:
        return
    token = line.token("desk", name=AGENT)
    async with DeskClient.connect(line.settings.public_url, token) as desk:
        offer = await desk.next_offer(within_s=120)
        console.print(f"[bold magenta]{'desk':>14}[/]  {AGENT} accepts the hand-off")
        await desk.accept(offer.handoff_id)
        await desk.wait_for(desk_protocol.Accepted)
        with suppress(DeskConnectionError, TimeoutError):
            for words in call.agent_lines:
                await desk.say(words)
                await _until_caller_answers(desk)
        await desk.close("resolved", "New lamp sent by express.")
        await desk.wait_for(desk_protocol.Closed)


async def _until_caller_answers(desk: DeskClient) -> None:
    """A person listens before going on, but not for ever."""
    with suppress(TimeoutError):
        async with asyncio.timeout(2 * AGENT_PAUSE_S):
            while (await desk.wait_for(desk_protocol.Turn, within_s=60)).speaker != "caller":
                pass


async def _look_up(report: CallReport, database: Database) -> Outcome:
    call_id = report.call_id or ""
    calls, handoffs = Calls(database), Handoffs(database)
    call = await calls.get(call_id)
    return Outcome(
        database=database,
        call_id=call_id,
        ended=(call.end_reason if call else None) or report.ended,
        turns=tuple(await calls.transcript(call_id)),
        handoff=await handoffs.of_call(call_id),
    )


async def _missed(call: DemoCall, report: CallReport, outcome: Outcome) -> tuple[str, ...]:
    missed = [goal.what for goal in call.goals if not await goal.reached(outcome)]
    if report.failure:
        missed.append(f"the caller gave up: {report.failure}")
    if report.error:
        missed.append(f"the line complained: {report.error.message}")
    return tuple(missed)


async def _page(
    call: DemoCall,
    report: CallReport,
    outcome: Outcome,
    delays: Mapping[str, float],
    zone: ZoneInfo,
) -> str:
    stored = await Calls(outcome.database).get(outcome.call_id)
    started_at = (stored.started_at if stored else datetime.now(UTC)).astimezone(zone)
    return render_call_page(
        CallPageReport(
            call_id=outcome.call_id,
            title=call.title,
            caller=call.caller_number,
            started_at=started_at,
            turns=tuple(
                PageTurn.from_record(turn, started_at, delay_s=delays.get(turn.turn_id))
                for turn in outcome.turns
            ),
            ended_at=stored.ended_at if stored else None,
            end_reason=outcome.ended,
        ),
        outcome.handoff.packet if outcome.handoff else None,
        report.recording.name if report.recording else None,
    )


def _summary(done: list[Finished]) -> Table:
    table = Table(title="What came of it", title_justify="left")
    for column in ("Call", "Result", "Answers heard after"):
        table.add_column(column, overflow="fold")
    for finished in done:
        delays = sorted(finished.report.response_delays)
        heard = f"{delays[len(delays) // 2]:.2f} s (median of {len(delays)})" if delays else "-"
        result = (
            "[red]missed: " + escape("; ".join(finished.missed)) + "[/red]"
            if finished.missed
            else "[green]as it should be[/green]"
        )
        table.add_row(finished.call.title, result, heard)
    return table


async def _leave_open(settings: Settings, console: Console) -> None:
    console.print(
        f"\nThe line is open. Talk to it at [bold]{settings.public_url}/[/bold]"
        "\nTo answer hand-offs yourself: [bold]"
        f"WARMLINE_DATA_DIR={settings.data_dir} .venv/bin/warmline desk --name YOU[/bold]"
        "\nCtrl-C ends it."
    )
    with suppress(asyncio.CancelledError):
        await asyncio.Event().wait()
