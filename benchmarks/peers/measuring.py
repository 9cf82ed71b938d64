"""What is measured of a line, each by callers of its own: one round gives samples."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from benchmarks.peers.comparison import Samples
from benchmarks.peers.judgement import Tape, judge_overlap, judge_turn, longest_speech_s
from benchmarks.peers.lines import MeasuredLine
from benchmarks.peers.situations import QUESTION, CallerTurn, Telephone
from benchmarks.peers.turn_taker import Step, TurnTaker
from voice_gateway.caller.client import CallEvent, CallReport, place_call
from voice_gateway.caller.scripted import HangUp, Say, Script, ScriptedCaller
from voice_gateway.speech.pcm import LISTENING_RATE
from voice_gateway.transports.browser_protocol import Delay
from warmline.swarm.gauges import ServerGauges
from warmline.swarm.report import figures
from warmline.swarm.swarm import SCRIPTS, SwarmOptions, swarm

HELD_P95_S: Final = 1.0
GIVEN_UP_P95_S: Final = 2.0
"""A line that is so slow is not tried with more callers."""
OVER_AFTER_S: Final = 1.2
"""For how long the bot has been speaking when it is talked over."""
LONG_CHARS: Final = 70
"""An answer of so many characters goes on for longer than it takes to stop the bot."""
TURNS_A_CALL: Final = 5
_BETWEEN_CALLS_S: Final = 0.5
_PARTS: Final = ("endpoint", "recognition", "assistant", "synthesis")

_Samples = dict[str, list[float]]


async def warm_up(line: MeasuredLine, voice: Telephone) -> None:
    """Place a short call, so that what is loaded late is loaded before anything is measured.

    Args:
        line: Where to call.
        voice: The caller's.
    """
    await _call(line, TurnTaker([_question(voice)]))


async def answers(line: MeasuredLine, voice: Telephone, calls: int) -> Samples:
    """Place ordinary calls, one after the other.

    Args:
        line: Where to call.
        voice: The callers'.
        calls: How many.

    Returns:
        Delays, in all and by part, underruns, and what the server used.
    """
    samples: _Samples = {"answer_s": [], "underruns_per_call_minute": []}
    minutes = 0.0
    before = line.usage()
    for number in range(calls):
        script = Script(*map(Say, SCRIPTS[number % len(SCRIPTS)]), HangUp())
        report = await _call(line, ScriptedCaller(script, voice), samples)
        minutes += report.duration_s / 60
        samples["answer_s"] += report.response_delays
        samples["underruns_per_call_minute"].append(report.underruns * 60 / report.duration_s)
    after = line.usage()
    samples["cpu_s_per_call_minute"] = [(after.cpu_s - before.cpu_s) / minutes]
    samples["resident_mib"] = [after.resident_mib]
    return samples


async def turn_ends(line: MeasuredLine, voice: Telephone, turns: Sequence[CallerTurn]) -> Samples:
    """Let callers say turns, with and without pauses in them.

    Args:
        line: Where to call.
        voice: Says what leads to a turn.
        turns: What wants an answer.

    Returns:
        Cut-ins, missed ends, and delays where the caller was let finish.
    """
    samples: _Samples = {name: [] for name in ("cut_in", "missed", "turn_answer_s")}
    for steps in calls_of(turns, voice):
        caller = TurnTaker(steps)
        await _call(line, caller)
        for number, said in enumerate(caller.tape.said):
            if said.kind == "lead":
                continue
            found = judge_turn(caller.tape, number)
            samples["cut_in"].append(float(found.cut_in))
            samples["missed"].append(float(found.missed))
            if found.talked_over_s is not None:
                samples.setdefault("talked_over_s", []).append(found.talked_over_s)
            if found.delay_s is not None:
                samples["turn_answer_s"].append(found.delay_s)
    return samples


async def barge_ins(
    line: MeasuredLine, voice: Telephone, overlaps: Sequence[CallerTurn]
) -> Samples:
    """Let callers make themselves heard while the bot speaks.

    Args:
        line: Where to call.
        voice: Asks what makes the bot speak.
        overlaps: Real sentences, back-channels and noises.

    Returns:
        How fast the bot stopped, how often it should have and did not, and the other way round.
    """
    question = _question(voice)
    undisturbed = TurnTaker([question])
    await _call(line, undisturbed)
    speaks_for_s = longest_speech_s(undisturbed.tape)
    samples: _Samples = {}
    for turn in overlaps:
        caller = TurnTaker([question, Step(turn, OVER_AFTER_S)])
        report = await _call(line, caller)
        tape = caller.tape
        talked_over = len(tape.said) == 2 and _chars_said(report, tape) >= LONG_CHARS
        found = judge_overlap(tape, 1, speaks_for_s) if talked_over else None
        samples.setdefault("overlap_void", []).append(float(found is None))
        if found is None:
            continue
        stopped = found.stopped_after_s is not None
        samples.setdefault(f"{turn.kind}_stopped", []).append(float(stopped))
        if turn.kind == "barge_in":
            samples.setdefault("barge_in_ignored", []).append(float(not stopped))
            if found.stopped_after_s is not None:
                samples.setdefault("reaction_s", []).append(found.stopped_after_s)
        elif stopped:
            samples.setdefault("spoke_again", []).append(float(found.spoke_again))
    return samples


async def load(
    line: MeasuredLine, voice: Telephone, sizes: Sequence[int], minutes: float
) -> Samples:
    """Let swarms of callers ring, each larger than the one before, while the line bears it.

    Args:
        line: Where to call.
        voice: The callers'.
        sizes: How many at once, from few to many.
        minutes: For how long each.

    Returns:
        How many calls it holds, and what they cost the server.
    """
    gauges = ServerGauges(line.server)
    samples: _Samples = {"calls_held": [0.0]}
    try:
        for calls in sizes:
            options = SwarmOptions(calls, minutes, sample_rate=LISTENING_RATE)
            result = await swarm(line.call_url, line.new_token, gauges, voice, options)
            told = figures(result)
            first, last = result.readings[0], result.readings[-1]
            call_minutes = sum(report.duration_s for report in result.reports) / 60
            most_mib = max(reading.resident_mib for reading in result.readings)
            if told.delay_p95_s is not None:
                samples[f"p95_s_at_{calls}"] = [told.delay_p95_s]
            samples[f"underruns_at_{calls}"] = [float(told.underruns)]
            samples[f"cpu_s_per_call_minute_at_{calls}"] = [
                (last.cpu_s - first.cpu_s) / call_minutes
            ]
            samples[f"mib_per_call_at_{calls}"] = [
                max(0.0, most_mib - first.resident_mib) / told.most_at_once
            ]
            if not told.ok or told.delay_p95_s is None or told.delay_p95_s > GIVEN_UP_P95_S:
                break
            if told.delay_p95_s <= HELD_P95_S:
                samples["calls_held"] = [float(calls)]
            await asyncio.sleep(_BETWEEN_CALLS_S)
    finally:
        await gauges.close()
    return samples


def calls_of(
    turns: Sequence[CallerTurn], voice: Telephone, a_call: int = TURNS_A_CALL
) -> list[list[Step]]:
    """Share turns out among calls.

    A turn that others lead to has a call of its own: what follows it would depend on what the bot
    made of it.

    Args:
        turns: What is to be said.
        voice: Says what leads to a turn.
        a_call: How many turns without leads are said in one call.

    Returns:
        The steps of each call.
    """
    alone = [turn for turn in turns if turn.leads]
    others = [turn for turn in turns if not turn.leads]
    calls = [
        [Step(turn) for turn in others[start : start + a_call]]
        for start in range(0, len(others), a_call)
    ]
    for turn in alone:
        leads = [Step(voice.turn(f"lead: {lead}", "lead", (lead,))) for lead in turn.leads]
        calls.append([*leads, Step(turn)])
    return calls


def _question(voice: Telephone) -> Step:
    return Step(voice.turn(QUESTION, "lead", (QUESTION,)))


def _chars_said(report: CallReport, tape: Tape) -> int:
    """How much the bot began to say between the caller's question and what they said over it.

    A short answer, because the question was misheard, would come to its end by itself.
    """
    asked, over = tape.said
    return sum(
        len(turn.text)
        for turn in report.transcript
        if turn.speaker == "bot" and asked.until_s <= turn.at <= over.from_s
    )


async def _call(
    line: MeasuredLine, caller: TurnTaker | ScriptedCaller, samples: _Samples | None = None
) -> CallReport:
    def listen(event: CallEvent, at: float) -> None:
        if samples is not None and isinstance(event, Delay):
            for part in _PARTS:
                if part in event.ms:
                    samples.setdefault(f"{part}_ms", []).append(event.ms[part])

    report = await place_call(
        line.call_url, line.new_token(), caller, listen, sample_rate=LISTENING_RATE
    )
    if not report.ok:
        print(f"  {line.name}: {report.failure or report.error or report.ended}", flush=True)
    await asyncio.sleep(_BETWEEN_CALLS_S)
    return report
