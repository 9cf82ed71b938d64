"""Agents at work: asked one after the other, alone with a caller or with a colleague, and free."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from agent_desk.desk import DeskError, DeskOptions
from agent_desk.desk_protocol import CallEnded, Offered, Released, ServerMessage, Withdrawn
from agent_desk.workplace import Workplace
from contact_center import events
from contact_center.handoff_packet import HandoffPacket
from contact_center.routing.agents import NO_ANSWER
from contact_center.routing.roster import Abilities
from contact_center.routing.rules import RoutingRules
from contact_center.tickets import Tickets
from contact_center.wrap_up import FollowUp, WrapUp, WrapUps
from voice_gateway.conversation.events import (
    AgentAccepted,
    AgentClosed,
    AgentDeclined,
    AgentHeld,
    AgentHungUp,
    AgentLost,
    AgentPassedOn,
    AgentSaid,
)

from .conftest import Headset, until

if TYPE_CHECKING:
    from tests.agent_desk.conftest import Line

MakePacket = Callable[..., HandoffPacket]
RESOLVED = WrapUp("resolved", "The lamp is sent again.", "Was kind.")


async def refused(action: object) -> str:
    """Do something that cannot be done, and give the code of what is said about it."""
    with pytest.raises(DeskError) as error:
        await action  # type: ignore[misc]
    assert error.value.message
    return error.value.code


def messages_of(workplace: Workplace) -> list[ServerMessage]:
    told: list[ServerMessage] = []
    workplace.watch(told.append)
    return told


# -- being asked -----------------------------------------------------------------------------------


async def test_one_agent_is_asked_and_the_others_see_who_it_is(
    line: Line, packet: MakePacket
) -> None:
    kim, sam = await line.at_work("Kim"), await line.at_work("Sam")
    await line.call()
    await line.offer(packet())
    assert await line.asked(kim) == "h1"
    offer = kim.state.offer
    assert isinstance(offer, Offered)
    assert timedelta(seconds=15) < offer.offer_until - datetime.now(UTC) <= timedelta(seconds=20)
    await until(lambda: [item.offered_to for item in sam.state.waiting.values()] == ["Kim"])
    assert sam.state.offer is None
    assert (kim.state.agent_state, sam.state.agent_state) == ("offered", "available")


async def test_the_column_of_who_waits_has_the_agents_own_queues_in_their_order(
    line: Line, packet: MakePacket
) -> None:
    sam = await line.at_work("Sam", queues=frozenset({"support"}))
    await sam.take_break("lunch")
    for number, (queue, priority) in enumerate(
        (("support", 3), ("billing", 3), ("support", 1)), start=1
    ):
        await line.call(f"c{number}")
        await line.offer(
            packet(f"h{number}", f"c{number}", routing={"queue": queue, "priority": priority})
        )
    await until(lambda: list(sam.state.waiting) == ["h3", "h1"])
    assert all(item.since is not None for item in sam.state.waiting.values())


async def test_who_declines_leaves_it_to_the_next_and_stays_free(
    line: Line, packet: MakePacket
) -> None:
    kim, sam = await line.at_work("Kim"), await line.at_work("Sam")
    call = await line.call()
    await line.offer(packet())
    await line.asked(kim)
    assert await kim.decline("h1")
    assert await line.asked(sam) == "h1"
    assert (kim.state.offer, kim.state.agent_state) == (None, "available")
    assert not await kim.decline("h1")
    assert await sam.accept("h1") == "accepted"
    assert call == [AgentDeclined(), AgentAccepted("Sam")]
    assert sam.state.active is not None
    history = [(s.state, s.agent_name) for s in sam.state.active.packet.state_history]
    assert history == [
        ("offered", None),
        ("offered", "Kim"),
        ("declined", "Kim"),
        ("offered", "Sam"),
        ("accepted", "Sam"),
        ("connected", "Sam"),
    ]


class TestAShortOffer:
    """What happens when nobody answers in time."""

    @pytest.fixture
    def rules(self) -> RoutingRules:
        return RoutingRules(offer_s=3, again_after_s=0)

    async def test_the_next_agent_is_asked_and_the_packet_says_so(
        self, line: Line, packet: MakePacket
    ) -> None:
        kim = await line.at_work("Kim")
        told = messages_of(kim)
        await line.call()
        await line.offer(packet())
        await line.asked(kim)
        sam = await line.at_work("Sam")
        await line.asked(sam)
        assert ("timed_out", "Kim") in await line.history()
        assert sam.state.offer is not None
        assert ("timed_out", "Kim") in [
            (step.state, step.agent_name) for step in sam.state.offer.packet.state_history
        ]
        await until(lambda: kim.state.agent_state == "break")
        assert kim.state.break_reason == NO_ANSWER
        assert kim.state.offer is None
        assert "timed_out" in [m.outcome for m in told if isinstance(m, Withdrawn)]
        await kim.come_back()
        assert kim.state.agent_state == "available"


async def test_of_two_clicks_at_the_same_moment_one_gets_the_caller(
    line: Line, packet: MakePacket
) -> None:
    kim, sam = await line.at_work("Kim"), await line.at_work("Sam")
    call = await line.call()
    await line.offer(packet())
    await line.asked(kim)
    answers = await asyncio.gather(sam.accept("h1"), kim.accept("h1"), sam.accept("h1"))
    assert answers[1] == "accepted"
    assert set(answers[::2]) <= {"not_offered", "taken"}
    assert call == [AgentAccepted("Kim")]
    assert sam.state.active is None
    assert await sam.accept("h1") == "taken"


async def test_two_windows_of_one_agent_are_one_desk(line: Line, packet: MakePacket) -> None:
    first = await line.at_work("Sam")
    second = await line.desk.open("Sam")
    assert second is first
    told = messages_of(second)
    call = await line.call()
    await line.offer(packet())
    await line.asked(first)
    answers = await asyncio.gather(first.accept("h1"), second.accept("h1"))
    assert answers == ["accepted", "accepted"]
    assert call == [AgentAccepted("Sam")]
    assert "accepted" in [message.type for message in told]


async def test_a_caller_who_hangs_up_is_not_on_offer_any_more(
    line: Line, packet: MakePacket
) -> None:
    sam = await line.at_work()
    await line.call()
    await line.offer(packet())
    await line.asked(sam)
    await line.queue.withdraw("h1", "abandoned", datetime.now(UTC))
    await line.hang_up()
    await until(lambda: sam.state.offer is None and sam.state.agent_state == "available")
    assert await sam.accept("h1") == "gone"
    assert sam.state.waiting == {}
    assert await refused(sam.accept("h9")) == "unknown_handoff"


async def test_a_window_that_breaks_does_not_hold_up_the_others(
    line: Line, packet: MakePacket
) -> None:
    sam = await line.at_work()

    def broken(message: ServerMessage) -> None:
        raise RuntimeError("this window is gone")

    sam.watch(broken)
    told = messages_of(sam)
    await line.with_caller(sam)
    assert "accepted" in [message.type for message in told]


# -- the conversation ------------------------------------------------------------------------------


async def test_the_caller_hears_of_the_agent_before_the_packet_is_read(line: Line) -> None:
    sam = await line.at_work()
    line.legs.connect(Headset("Sam"))
    call = await line.with_caller(sam)
    assert call == [AgentAccepted("Sam", voice=True)]
    assert sam.state.active is not None
    assert sam.state.active.packet.summary.issue == "The floor lamp is six days late."
    assert sam.state.agent_state == "on_call"
    assert await line.state_of("Sam") == "on_call"


async def test_what_both_say_is_shown_with_how_it_sounded(line: Line) -> None:
    sam = await line.at_work()
    await line.with_caller(sam)
    await line.call("c2")
    await line.turn("t1", "caller", "somebody else", call_id="c2")
    words = [{"text": "lamp", "start": 0.0, "end": 0.3, "confidence": 0.4}]
    await line.turn("t1", "caller", "lamp", words=words, confidence=0.4, affect=0.7)
    await line.turn("t2", "agent", "I see.")
    await until(lambda: len(sam.state.turns) == 2)
    turn = sam.state.turns["t1"]
    assert (turn.text, turn.words, turn.affect) == ("lamp", tuple(words), 0.7)


async def test_what_is_said_while_the_packet_is_read_is_not_lost(
    line: Line, packet: MakePacket, monkeypatch: pytest.MonkeyPatch
) -> None:
    sam = await line.at_work()
    await line.call()
    await line.offer(packet())
    await line.asked(sam)
    calls = line.desk._house.calls
    read = calls.transcript

    async def slowly(call_id: str) -> object:
        turns = await read(call_id)
        if not sam.state.active:
            monkeypatch.undo()
            await line.turn("t1", "caller", "are you there")
            await asyncio.sleep(0.1)
        return turns

    monkeypatch.setattr(calls, "transcript", slowly)
    await sam.accept("h1")
    await until(lambda: "t1" in sam.state.turns)


async def test_a_line_is_spoken_as_plain_text(line: Line) -> None:
    sam = await line.at_work()
    call = await line.with_caller(sam)
    await sam.say("Hello\x1b[31m Maria,\n<script>alert(1)</script> \u202e!")
    assert call[-1] == AgentSaid("Hello Maria, <script>alert(1)</script> !", "Sam")
    assert await refused(sam.say("\x1b[2J")) == "nothing_to_say"
    assert await refused(sam.say("x" * 501)) == "too_long"


async def test_holding_and_muting(line: Line) -> None:
    sam = await line.at_work()
    line.legs.connect(Headset("Sam"))
    call = await line.with_caller(sam)
    bridge = line.registry.bridge("c1")
    assert bridge is not None
    await sam.hold(True)
    await sam.mute(True)
    assert (sam.state.on_hold, sam.state.muted) == (True, True)
    assert call[-1] == AgentHeld(True)
    await sam.hold(False)
    assert call[-1] == AgentHeld(False)
    assert not sam.state.on_hold


async def test_who_has_no_microphone_can_neither_mute_nor_consult(line: Line) -> None:
    sam = await line.at_work()
    await line.with_caller(sam)
    await line.at_work("Kim")
    assert await refused(sam.mute(True)) == "no_voice"
    assert await refused(sam.consult("Kim")) == "no_voice"


async def test_hanging_up_leaves_the_wrap_up(line: Line) -> None:
    sam = await line.at_work()
    call = await line.with_caller(sam)
    await sam.hang_up()
    assert call[-1] == AgentHungUp()
    await line.hang_up()
    await until(lambda: sam.state.agent_state == "wrap_up")
    assert sam.state.call_ended
    assert await refused(sam.say("hello?")) == "call_ended"
    assert await refused(sam.hold(True)) == "call_ended"
    assert await refused(sam.take_break("lunch")) == "not_now"
    assert await line.state_of("Sam") == "wrap_up"


async def test_a_wrap_up_is_stored_with_its_follow_up(line: Line) -> None:
    sam = await line.at_work()
    call = await line.with_caller(sam, customer=None)
    await line.hang_up()
    await until(lambda: sam.state.call_ended)
    due = datetime.now(UTC) + timedelta(days=1)
    await sam.close(
        WrapUp("call_back_promised", "Waits for the carrier.", "", FollowUp("Call Maria", due)),
        then="break",
        reason="lunch",
    )
    assert (sam.state.active, sam.state.agent_state) == (None, "break")
    assert sam.state.break_reason == "lunch"
    assert AgentClosed("call_back_promised") not in call
    stored = await WrapUps(line.db).get("h1")
    assert stored is not None
    assert (stored.agent_name, stored.summary) == ("Sam", "Waits for the carrier.")
    assert stored.ticket is not None
    assert (stored.ticket.owner, stored.ticket.promised_at) == ("Sam", due)
    assert (await line.handoffs.get("h1")).disposition == "call_back_promised"
    await sam.come_back()
    await line.with_caller(sam, "h2")


async def test_closing_a_call_that_goes_on_ends_it(line: Line) -> None:
    sam = await line.at_work()
    call = await line.with_caller(sam)
    await sam.close(RESOLVED)
    assert call[-1] == AgentClosed("resolved")
    assert sam.state.agent_state == "available"
    assert await refused(sam.close(RESOLVED)) == "not_on_call"


async def test_whoever_accepts_answers_what_is_owed(line: Line, packet: MakePacket) -> None:
    sam = await line.at_work()
    await line.call()
    await line.queue.join(packet())
    tickets = Tickets(line.db)
    ticket = await tickets.open_callback("c1", "h1", None, None, "abandoned", datetime.now(UTC))
    await line.bus.publish(events.HandoffOffered("c1", datetime.now(UTC), "h1", "requested"))
    await line.asked(sam)
    await sam.accept("h1")
    owned = await tickets.get(ticket.id)
    assert owned is not None
    assert owned.owner == "Sam"


async def test_notes_are_shared_by_all_windows_and_gone_with_the_call(line: Line) -> None:
    sam = await line.at_work()
    assert await refused(sam.keep_notes("nobody is there")) == "not_on_call"
    await line.with_caller(sam)
    await sam.keep_notes("one\x07\ntwo")
    assert sam.state.notes == "one\ntwo"
    assert "one\ntwo" in [getattr(m, "text", "") for m in sam.state.told(datetime.now(UTC))]
    await sam.close(RESOLVED)
    assert sam.state.notes == ""


async def test_a_break_keeps_offers_away(line: Line, packet: MakePacket) -> None:
    sam = await line.at_work()
    await sam.take_break("lunch\x1b[31m")
    assert (sam.state.agent_state, sam.state.break_reason) == ("break", "lunch")
    await line.call()
    await line.offer(packet())
    await until(lambda: "h1" in sam.state.waiting)
    assert sam.state.offer is None
    await sam.come_back()
    assert await line.asked(sam) == "h1"
    assert await refused(sam.take_break("lunch")) == "not_now"


# -- passing on ------------------------------------------------------------------------------------


async def test_the_next_agent_reads_what_the_first_wrote_and_heard(line: Line) -> None:
    sam = await line.at_work("Sam", queues=frozenset({"support"}))
    call = await line.with_caller(sam)
    bea = await line.at_work("Bea", queues=frozenset({"billing"}))
    await line.turn("t1", "caller", "i want my money back", affect=0.8)
    returned: list[events.DomainEvent] = []
    subscription = line.bus.subscribe()
    await sam.pass_on("billing", "Wants\x1b[31m the money back.")
    async for event in subscription:
        returned.append(event)
        if isinstance(event, events.HandoffReturned):
            break
    assert call[-1] == AgentPassedOn("Sam", "billing")
    assert (sam.state.active, sam.state.agent_state) == (None, "available")
    assert await line.asked(bea) == "h1"
    assert await bea.accept("h1") == "accepted"
    assert bea.state.active is not None
    packet = bea.state.active.packet
    (step,) = packet.passed_on
    assert (step.from_agent, step.queue, step.note) == ("Sam", "billing", "Wants the money back.")
    assert [turn.text for turn in packet.transcript] == ["i want my money back"]
    assert packet.routing.queue == "billing"
    last = returned[-1]
    assert isinstance(last, events.HandoffReturned)
    assert (last.agent_name, last.queue) == ("Sam", "billing")
    assert await refused(sam.pass_on("billing", "")) == "not_on_call"


async def test_a_queue_has_a_name(line: Line) -> None:
    sam = await line.at_work()
    await line.with_caller(sam)
    assert await refused(sam.pass_on(" \x07", "")) == "no_queue"
    assert sam.state.active is not None


# -- asking a colleague ----------------------------------------------------------------------------


@pytest.fixture
async def asking(line: Line) -> tuple[Workplace, Workplace]:
    """Sam, who asks Kim about the caller."""
    sam = await line.at_work("Sam")
    line.legs.connect(Headset("Sam"))
    line.legs.connect(Headset("Kim"))
    await line.with_caller(sam)
    kim = await line.at_work("Kim")
    await sam.consult("Kim")
    return sam, kim


def parties(line: Line) -> dict[str, str]:
    bridge = line.registry.bridge("c1")
    assert bridge is not None
    return dict(bridge.parties)


async def test_a_colleague_hears_the_agent_and_reads_the_packet(
    line: Line, asking: tuple[Workplace, Workplace], packet: MakePacket
) -> None:
    sam, kim = asking
    assert parties(line) == {"Sam": "agent", "Kim": "consulted"}
    assert line.delivered["c1"][-1] == AgentHeld(True)
    assert (sam.state.consulting, sam.state.on_hold) == ("Kim", True)
    assert kim.state.active is not None
    assert (kim.state.active.handoff_id, kim.state.active.consulted_by) == ("h1", "Sam")
    assert await line.state_of("Kim") == "on_call"
    await line.turn("t1", "agent", "what shall we do")
    await until(lambda: "t1" in kim.state.turns)
    for forbidden in (
        kim.say("hello"),
        kim.hold(True),
        kim.pass_on("billing", ""),
        kim.close(RESOLVED),
        kim.end_consult(True),
    ):
        assert await refused(forbidden) == "not_yours"
    assert await refused(sam.hold(False)) == "consulting"
    assert await refused(sam.consult("Kim")) == "consulting"


async def test_nobody_else_is_offered_to_the_one_who_gives_advice(
    line: Line, asking: tuple[Workplace, Workplace], packet: MakePacket
) -> None:
    sam, kim = asking
    await line.call("c2")
    await line.offer(packet("h2", "c2"))
    await until(lambda: "h2" in kim.state.waiting)
    assert kim.state.offer is None
    await sam.end_consult(False)
    assert await line.asked(kim) == "h2"
    assert parties(line) == {"Sam": "agent"}
    assert line.delivered["c1"][-1] == AgentHeld(False)
    assert (sam.state.consulting, sam.state.on_hold, kim.state.active) == (None, False, None)


async def test_three_talk_and_either_may_leave(
    line: Line, asking: tuple[Workplace, Workplace]
) -> None:
    sam, kim = asking
    await sam.end_consult(True)
    assert parties(line) == {"Sam": "agent", "Kim": "agent"}
    assert sam.state.three_way
    assert kim.state.three_way
    assert not sam.state.on_hold
    await kim.hang_up()
    assert parties(line) == {"Sam": "agent"}
    assert (kim.state.active, kim.state.agent_state) == (None, "available")
    assert (sam.state.consulting, sam.state.three_way) == (None, False)
    assert AgentHungUp() not in line.delivered["c1"]
    assert await refused(sam.end_consult(False)) == "not_consulting"


async def test_the_colleague_keeps_the_caller_when_the_agent_leaves(
    line: Line, asking: tuple[Workplace, Workplace]
) -> None:
    sam, kim = asking
    await sam.end_consult(True)
    await sam.hang_up()
    assert parties(line) == {"Kim": "agent"}
    assert (sam.state.active, sam.state.agent_state) == (None, "available")
    assert kim.state.active is not None
    assert kim.state.active.consulted_by is None
    assert AgentHungUp() not in line.delivered["c1"]
    assert (await line.handoffs.get("h1")).agent_name == "Kim"
    await kim.say("I go on with you.")
    await kim.close(RESOLVED)
    assert (await line.handoffs.get("h1")).state == "closed"
    assert await line.state_of("Kim") == "available"


async def test_a_caller_who_hangs_up_frees_the_colleague(
    line: Line, asking: tuple[Workplace, Workplace]
) -> None:
    sam, kim = asking
    told = messages_of(kim)
    await line.hang_up()
    await until(lambda: sam.state.call_ended and kim.state.agent_state == "available")
    assert [message.why for message in told if isinstance(message, Released)] == ["call_over"]
    assert not any(isinstance(message, CallEnded) for message in told)
    assert sam.state.agent_state == "wrap_up"
    assert sam.state.consulting is None


async def test_only_a_colleague_who_is_free_is_asked(line: Line) -> None:
    sam = await line.at_work("Sam")
    for name in ("Sam", "Kim", "Ada"):
        line.legs.connect(Headset(name))
    await line.with_caller(sam)
    kim = await line.at_work("Kim")
    await kim.take_break("lunch")
    await line.at_work("Bea")
    assert await refused(sam.consult("Kim")) == "not_free"
    assert await refused(sam.consult("Nobody")) == "not_free"
    assert await refused(sam.consult("Sam")) == "not_free"
    assert await refused(sam.consult("Bea")) == "no_voice"
    assert not sam.state.on_hold
    assert await line.state_of("Bea") == "available"


# -- desks that go away ----------------------------------------------------------------------------


async def lost(workplace: Workplace) -> None:
    """Close every window of an agent."""
    for listener in tuple(workplace._listeners):
        workplace.leave(listener)


async def test_a_lost_desk_puts_the_caller_first_in_line(line: Line, packet: MakePacket) -> None:
    sam = await line.at_work("Sam")
    call = await line.with_caller(sam)
    await line.call("c2")
    await line.offer(packet("h2", "c2"))
    await lost(sam)
    await until(lambda: AgentLost() in call)
    kim = await line.at_work("Kim")
    assert await line.asked(kim) == "h1"
    assert await kim.accept("h1") == "accepted"
    assert call == [AgentAccepted("Sam"), AgentLost(), AgentAccepted("Kim")]
    assert await line.state_of("Sam") == "offline"
    assert ("accepted", "Sam") in await line.history()


async def test_a_lost_desk_gives_its_offer_to_the_next(line: Line, packet: MakePacket) -> None:
    kim = await line.at_work("Kim")
    await line.call()
    await line.offer(packet())
    await line.asked(kim)
    sam = await line.at_work("Sam")
    await lost(kim)
    assert await line.asked(sam) == "h1"
    await until(lambda: line.registry.agents == {"Sam"})


async def test_a_lost_desk_in_the_wrap_up_leaves_no_hand_off_open(line: Line) -> None:
    sam = await line.at_work()
    call = await line.with_caller(sam)
    await line.hang_up()
    await until(lambda: sam.state.call_ended)
    await lost(sam)
    await until(lambda: line.registry.agents_online == 0)
    async with asyncio.timeout(20):
        while (stored := await line.handoffs.get("h1")).state != "closed":
            await asyncio.sleep(0.01)
    assert stored.disposition == "not_resolved"
    assert AgentLost() not in call


async def test_a_lost_desk_leaves_a_talk_of_three_to_the_colleague(
    line: Line, asking: tuple[Workplace, Workplace]
) -> None:
    sam, kim = asking
    await sam.end_consult(True)
    await lost(sam)
    await until(lambda: kim.state.active is not None and kim.state.active.consulted_by is None)
    assert parties(line) == {"Kim": "agent"}
    assert AgentLost() not in line.delivered["c1"]


async def test_a_lost_colleague_brings_the_agent_back_to_the_caller(
    line: Line, asking: tuple[Workplace, Workplace]
) -> None:
    sam, kim = asking
    await lost(kim)
    await until(lambda: sam.state.consulting is None)
    assert line.delivered["c1"][-1] == AgentHeld(False)
    await until(lambda: line.registry.agents == {"Sam"})


async def test_what_could_not_be_given_back_is_given_back_later(
    line: Line, packet: MakePacket
) -> None:
    call = await line.call()
    await line.roster.sign_in("Sam", datetime.now(UTC))
    await line.queue.join(packet())
    await line.queue.dispatch(datetime.now(UTC))
    assert await line.queue.accept("h1", "Sam", datetime.now(UTC)) == "accepted"
    sam = await line.at_work("Sam")
    assert await line.asked(sam) == "h1"
    assert call == [AgentLost()]


class TestAPatientDesk:
    """A page that is loaded again comes back within the grace."""

    @pytest.fixture
    def options(self) -> DeskOptions:
        return DeskOptions(grace_s=60, seen_every_s=0.05)

    async def test_who_comes_back_in_time_goes_on(self, line: Line) -> None:
        sam = await line.at_work()
        call = await line.with_caller(sam)
        await sam.keep_notes("lamp")
        await lost(sam)
        again = await line.desk.open("Sam")
        assert again is sam
        told = again.state.told(datetime.now(UTC))
        assert [message.type for message in told] == [
            "snapshot",
            "status",
            "accepted",
            "conversation",
            "notes_kept",
        ]
        assert call == [AgentAccepted("Sam")]

    async def test_who_was_given_up_by_the_line_begins_anew(
        self, line: Line, packet: MakePacket
    ) -> None:
        sam = await line.at_work()
        call = await line.with_caller(sam)
        released = await line.roster.sign_out("Sam", datetime.now(UTC))
        assert released.first_in_line == ("h1",)
        await until(lambda: AgentLost() in call)
        assert await line.asked(sam) == "h1"
        assert sam.state.active is None


async def test_an_agent_speaks_with_one_caller_at_a_time(line: Line, packet: MakePacket) -> None:
    sam = await line.at_work("Sam", capacity=3)
    await line.with_caller(sam)
    assert (await line.roster.get("Sam")).capacity == 1
    assert await refused(sam.accept("h2")) == "busy"


async def test_a_database_that_fails_is_said_and_can_be_tried_again(
    line: Line, packet: MakePacket
) -> None:
    sam = await line.at_work()
    await line.call()
    await line.offer(packet())
    await line.asked(sam)
    async with line.db.session() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("ALTER TABLE agents RENAME TO elsewhere")
    assert await refused(sam.accept("h1")) == "storage"
    async with line.db.session() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO agents")
    assert await sam.accept("h1") == "accepted"


async def test_a_server_that_starts_again_has_nobody(line: Line) -> None:
    await line.roster.sign_in("Ada", datetime.now(UTC), abilities=Abilities())
    async with line.desk:
        assert await line.state_of("Ada") == "offline"
