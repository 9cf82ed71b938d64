"""Whole spoken calls: Piper speaks as the caller, Vosk hears, Rasa decides, Piper answers."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path

import soundfile
from line import LineUnderTest

from agent_desk import desk_protocol
from agent_desk.client import DeskClient
from contact_center.calls import Calls
from contact_center.outbox import Outbox
from contact_center.seed import DEMO_CUSTOMER, DEMO_VIP
from contact_center.tickets import Tickets
from voice_gateway.caller.scripted import (
    HangUp,
    Interrupt,
    Press,
    Say,
    Script,
    ScriptedCaller,
    Wait,
)
from voice_gateway.conversation import commands as cmd
from voice_gateway.conversation.core import Conversation
from voice_gateway.conversation.event_log import replay
from voice_gateway.languages import load_language
from voice_gateway.speech.caller_voice import CallerVoice

MARIA = DEMO_CUSTOMER.phone
# The order arrives the day after the line was brought up, and midnight may pass meanwhile.
SOON = r"(tomorrow|today)"


async def test_opening_hours_are_told_and_the_call_ends_with_a_goodbye(line: LineUnderTest) -> None:
    report = await line.spoken_call(
        Say("what time do you close on saturday"), Say("no thank you goodbye"), Wait("ended")
    )
    assert report.ok, report
    assert re.search(r"[Ss]aturday", await line.said(report))
    assert report.ended == "completed"


async def test_an_order_is_found_by_its_spoken_number(line: LineUnderTest) -> None:
    report = await line.spoken_call(
        Say("where is my order"),
        Say("four eight two nine one three", when="number"),
        Say("yes that is right", when=r"\?"),
        Say("no thank you goodbye"),
        Wait("ended"),
    )
    assert report.ok, report
    said = await line.said(report)
    assert "4 8 2, 9 1 3" in said
    assert re.search(SOON, said)
    # What is in an order is told to its customer only.
    assert "boots" not in said
    heard = await line.said(report, "caller")
    assert "four eight two nine one three" in heard


async def test_a_known_caller_is_asked_for_the_order_by_what_is_in_it(line: LineUnderTest) -> None:
    report = await line.spoken_call(
        Say("where is my order"),
        Say("the hiking boots please", when="hiking boots"),
        Say("no thank you goodbye"),
        Wait("ended"),
        number=MARIA,
    )
    assert report.ok, report
    assert re.search(rf"boots.* {SOON}", await line.said(report))


async def test_an_order_number_can_be_keyed_in_on_a_narrow_band_line(line: LineUnderTest) -> None:
    report = await line.spoken_call(
        Say("where is my order"),
        Press("482913"),
        Say("yes that is right", when="4 8 2"),
        HangUp(),
        sample_rate=8000,
    )
    assert re.search(SOON, await line.said(report))


async def test_a_known_caller_is_asked_about_the_order_that_is_on_its_way(
    line: LineUnderTest,
) -> None:
    report = await line.spoken_call(
        Say("yes please", when="calling about"), HangUp(), number=MARIA, sample_rate=8000
    )
    said = await line.said(report)
    assert re.search(rf"calling about .* {SOON}\?", said)
    assert len(re.findall(SOON, said)) > 1


async def test_an_unknown_order_number_is_answered_gracefully(line: LineUnderTest) -> None:
    report = await line.spoken_call(
        Say("where is my order"),
        Say("nine nine nine nine nine eight", when="number"),
        Say("yes that is right", when=r"\?"),
        HangUp(),
    )
    assert report.ok, report
    assert re.search(r"can't find|no order", await line.said(report))


async def test_a_password_reset_sends_a_code_that_is_spoken_by_nobody(line: LineUnderTest) -> None:
    report = await line.spoken_call(
        Say("i forgot my password"),
        Say("by email please", when=r"\?"),
        Say("yes please", when=r"\?"),
        HangUp(),
        number=MARIA,
    )
    sent = [m for m in await Outbox(line.database).pending() if m.call_id == report.call_id]
    assert len(sent) == 1
    code = re.search(r"\d{6}", sent[0].body)
    assert code is not None
    spoken = await line.said(report) + await line.said(report, "caller")
    assert code[0] not in re.sub(r"\D", "", spoken)


async def test_what_an_interrupted_caller_heard_is_what_the_transcript_keeps(
    line: LineUnderTest,
) -> None:
    report = await line.spoken_call(Interrupt("what time do you close today", 0.8), HangUp())
    greeting, interruption, *_ = await line.turns(report)
    assert not greeting.complete
    assert greeting.heard is not None
    assert len(greeting.heard) < len(greeting.text)
    assert greeting.text.startswith(greeting.heard)
    assert interruption.barge_in


async def test_an_angry_caller_ends_at_a_person_who_knows(line: LineUnderTest) -> None:
    async def agent() -> desk_protocol.Accepted:
        async with DeskClient.connect(
            line.settings.public_url, line.token("desk", name="Kim")
        ) as desk:
            offer = await desk.next_offer(within_s=60)
            await desk.accept(offer.handoff_id)
            accepted = await desk.wait_for(desk_protocol.Accepted)
            await desk.say("Hello, this is Kim.")
            await desk.wait_for(desk_protocol.Turn)
            while (await desk.wait_for(desk_protocol.Turn, within_s=30)).speaker != "caller":
                pass
            await desk.close("resolved", "Apologised.")
            await desk.wait_for(desk_protocol.Closed)
            return accepted

    working = asyncio.create_task(agent())
    report = await line.spoken_call(
        Say("this is unacceptable nobody is helping me i want to talk to a person"),
        Wait("with_agent"),
        Say("my lamp should have been here last week"),
        Wait("ended"),
        number=MARIA,
    )
    packet = (await working).packet
    assert report.ended == "agent_closed", report
    assert packet.customer is not None
    assert packet.customer.name == DEMO_CUSTOMER.name
    assert packet.reason in ("requested", "emotion", "complaint")
    assert packet.trigger_turn_id is not None
    assert packet.summary.issue
    assert "person" in " ".join(turn.text for turn in packet.transcript)
    assert "name" in packet.do_not_ask_again
    assert "Hello, this is Kim." in await line.said(report, "agent")
    assert "lamp" in await line.said(report, "caller")
    handoff = await line.handoff(report)
    assert handoff is not None
    assert handoff.disposition == "resolved"


async def test_when_nobody_comes_a_call_back_is_promised_and_stored(line: LineUnderTest) -> None:
    report = await line.spoken_call(
        Say("i want to talk to a person please"), Wait("ended", 90), number=MARIA
    )
    assert report.ended == "callback_promised", report
    assert re.search(r"call you back", await line.said(report))
    tickets = await Tickets(line.database).open_callbacks()
    ticket = next(t for t in tickets if t.call_id == report.call_id)
    assert ticket.promised_at > datetime.now(UTC)


async def test_a_vip_is_given_to_a_person_at_once(line: LineUnderTest) -> None:
    report = await line.spoken_call(
        Wait("holding", 30), HangUp(at_once=True), number=DEMO_VIP.phone
    )
    handoff = await line.handoff(report)
    assert handoff is not None
    assert handoff.packet.customer is not None
    assert handoff.packet.customer.tier == "vip"


async def test_a_silent_caller_is_asked_twice_offered_a_person_and_let_go(
    line: LineUnderTest,
) -> None:
    report = await line.spoken_call(Wait("ended", 170))
    phrases = load_language().phrases
    said = await line.said(report)
    assert report.ended == "silence"
    assert all(text in said for text in (*phrases.reprompt, phrases.offer_person[0]))


async def test_a_call_can_be_replayed_from_its_event_log(line: LineUnderTest) -> None:
    report = await line.spoken_call(Say("are you a robot"), HangUp())
    log = (line.settings.data_dir / "events" / f"{report.call_id}.jsonl").read_text()
    conversation = Conversation(load_language())
    commands = replay(conversation, log.splitlines())
    replayed = [c.text for c in commands if isinstance(c, cmd.RecordTurn)]
    assert replayed == [turn.text for turn in await line.turns(report)]


async def test_a_recording_has_the_caller_left_and_the_bot_right(
    line: LineUnderTest, tmp_path: Path
) -> None:
    path = tmp_path / "call.wav"
    caller = ScriptedCaller(Script(Say("are you a robot"), HangUp()), CallerVoice())
    await line.call(caller, recording=path)
    audio, rate = soundfile.read(path, dtype="int16")
    assert rate == 16000
    assert audio.shape[1] == 2
    # The bot greets while the caller is silent.
    first_second = abs(audio[: 2 * rate].astype(int))
    assert first_second[:, 1].max() > 1000
    assert first_second[:, 0].max() < 100


async def test_a_stored_call_knows_who_called_and_how_it_ended(line: LineUnderTest) -> None:
    report = await line.spoken_call(HangUp(), number=MARIA)
    assert report.call_id is not None
    call = await Calls(line.database).get(report.call_id)
    assert call is not None
    assert call.customer is not None
    assert call.customer.name == DEMO_CUSTOMER.name
    assert call.end_reason == "caller_hung_up"
