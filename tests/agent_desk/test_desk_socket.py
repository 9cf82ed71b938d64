"""Agents see who waits, take calls over, speak to callers and close, whatever goes wrong."""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from agent_desk.client import DeskClient, DeskConnectionError
from agent_desk.desk_link import DeskOptions
from agent_desk.desk_protocol import (
    HELLO_TIMEOUT,
    MAX_MESSAGE,
    PATH,
    REPLACED,
    TOO_MANY_ERRORS,
    TRY_AGAIN_LATER,
    UNAUTHORISED,
    Accepted,
    CallEnded,
    Closed,
    Error,
    Offered,
    Snapshot,
    Taken,
    Turn,
    Withdrawn,
)
from contact_center.handoff_packet import HandoffPacket
from voice_gateway.conversation.events import (
    AgentAccepted,
    AgentClosed,
    AgentDeclined,
    AgentLost,
    AgentSaid,
)
from voice_gateway.server import VoiceServer
from voice_gateway.tokens import TokenVerifier

if TYPE_CHECKING:
    from tests.agent_desk.conftest import Line

MakePacket = Callable[..., HandoffPacket]


async def until(true: Callable[[], object]) -> None:
    """Wait for something that is about to happen."""
    async with asyncio.timeout(20):
        while True:
            if true():
                return
            await asyncio.sleep(0.01)


# -- who may come in -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hello", "code"),
    [
        ('{"type": "hello", "token": "nonsense"}', "token_invalid"),
        ('{"type": "hello"}', "bad_field"),
        ('{"type": "say", "text": "hello"}', "hello_first"),
        ("hello", "not_json"),
        (b"\x00\x01", "text_only"),
    ],
)
async def test_who_does_not_say_hello_properly_is_told_why_and_sent_away(
    line: Line, hello: str | bytes, code: str
) -> None:
    async with connect(line.url) as desk:
        await desk.send(hello)
        error = json.loads(await desk.recv())
        with pytest.raises(ConnectionClosed) as closed:
            await desk.recv()

    assert (error["type"], error["code"]) == ("error", code)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == UNAUTHORISED
    assert line.registry.agents_online == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"scope": "call"},
        {"now": datetime.now(UTC) - timedelta(minutes=5)},
        {"name": "\x1b[31m"},
        {"name": None},
    ],
)
async def test_a_token_for_something_else_opens_no_desk(
    line: Line, changes: dict[str, Any]
) -> None:
    with pytest.raises(DeskConnectionError) as refused:
        async with line.connect_with(line.token(**changes)):
            pass

    assert refused.value.final


async def test_a_token_opens_one_desk_only(line: Line) -> None:
    token = line.token()
    async with line.connect_with(token):
        with pytest.raises(DeskConnectionError, match="used already"):
            async with line.connect_with(token):
                pass


async def test_who_says_nothing_is_sent_away(line: Line) -> None:
    line.desk._options = DeskOptions(hello_timeout_s=0.05)
    async with connect(line.url) as desk:
        with pytest.raises(ConnectionClosed) as closed:
            await desk.recv()

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == HELLO_TIMEOUT


async def test_agents_are_counted_while_their_desks_are_open(line: Line) -> None:
    async with line.connect("Sam"), line.connect("Ana"):
        assert line.registry.agents_online == 2
    await until(lambda: line.registry.agents_online == 0)


# -- what waits ------------------------------------------------------------------------------------


async def test_the_most_urgent_call_comes_first(line: Line, packet: MakePacket) -> None:
    for number, priority in enumerate((3, 1, 2, 3), 1):
        await line.call(f"c{number}")
        await line.offer(packet(f"h{number}", f"c{number}", routing={"priority": priority}))

    async with line.connect() as desk:
        waiting = desk.state.waiting

    assert [item.handoff_id for item in waiting.values()] == ["h2", "h3", "h1", "h4"]
    assert waiting[1].packet.summary.issue == "The floor lamp is six days late."
    assert waiting[1].waiting_s >= 0


async def test_a_call_of_a_dead_server_is_not_shown_as_waiting(
    line: Line, packet: MakePacket
) -> None:
    await line.call()
    await line.handoffs.open(packet())
    line.registry.remove("c1")

    async with line.connect() as desk:
        assert desk.state.waiting == {}
        await desk.accept("h1")
        assert (await desk.wait_for(Error)).code == "call_gone"


async def test_a_new_hand_off_is_shown_to_everyone_at_once(line: Line, packet: MakePacket) -> None:
    await line.call()
    async with line.connect("Sam") as sam, line.connect("Ana") as ana:
        await line.offer(packet())

        assert (await sam.wait_for(Offered)).handoff_id == "h1"
        assert (await ana.wait_for(Offered)).packet.reason == "emotion"


async def test_a_caller_who_hangs_up_waits_no_longer(line: Line, packet: MakePacket) -> None:
    await line.call()
    await line.offer(packet())
    async with line.connect() as desk:
        await line.hang_up()

        assert (await desk.wait_for(Withdrawn)).handoff_id == "h1"
        assert desk.state.waiting == {}


async def test_who_declines_is_not_shown_it_again_but_others_are(
    line: Line, packet: MakePacket
) -> None:
    call = await line.call()
    await line.offer(packet())
    async with line.connect("Sam") as sam:
        await sam.decline("h1")
        assert (await sam.wait_for(Withdrawn)).outcome == "declined"
    async with line.connect("Sam") as sam, line.connect("Ana") as ana:
        assert sam.state.waiting == {}
        assert [item.handoff_id for item in ana.state.waiting.values()] == ["h1"]
    assert call == [AgentDeclined()]


# -- taking a call ---------------------------------------------------------------------------------


async def test_who_accepts_gets_everything_known_and_every_turn_so_far(
    line: Line, packet: MakePacket
) -> None:
    call = await line.call()
    words = [{"text": "lamp", "start": 0.0, "end": 0.3, "confidence": 0.4}]
    await line.turn(
        "t1", "bot", "Good morning. How can I help?", heard="Good morning.", complete=False
    )
    await line.turn("t2", "caller", "lamp", confidence=0.4, words=words)
    await line.offer(packet())

    async with line.connect("Sam") as desk:
        await desk.accept("h1")
        accepted = await desk.wait_for(Accepted)

    assert accepted.packet.do_not_ask_again == (
        "name",
        "phone number",
        "reason for the call",
        "order number",
    )
    assert [(turn.speaker, turn.text) for turn in accepted.turns] == [
        ("bot", "Good morning. How can I help?"),
        ("caller", "lamp"),
    ]
    assert accepted.turns[0].heard == "Good morning."
    assert accepted.turns[1].words == tuple(words)
    assert call[0] == AgentAccepted("Sam")
    stored = await line.handoffs.get("h1")
    assert (stored.state, stored.agent_name) == ("accepted", "Sam")


async def test_of_many_agents_at_the_same_moment_one_wins_and_the_others_are_told(
    line: Line, packet: MakePacket
) -> None:
    call = await line.call()
    await line.offer(packet())

    async def race(name: str) -> Accepted | Taken:
        async with line.connect(name) as desk:
            await start.wait()
            await desk.accept("h1")
            answer = await desk.wait_for(Accepted, Taken)
            finished.append(name)
            await until(lambda: len(finished) == len(names))
            return answer

    names = [f"agent {number}" for number in range(5)]
    finished: list[str] = []
    start = asyncio.Event()
    racing = [asyncio.create_task(race(name)) for name in names]
    await until(lambda: line.registry.agents_online == len(names))
    start.set()
    answers = await asyncio.gather(*racing)

    assert sorted(answer.type for answer in answers) == ["accepted", *["taken"] * 4]
    assert len([event for event in call if isinstance(event, AgentAccepted)]) == 1


async def test_the_others_see_that_it_waits_no_longer(line: Line, packet: MakePacket) -> None:
    await line.call()
    await line.offer(packet())
    async with line.connect("Sam") as sam, line.connect("Ana") as ana:
        await sam.accept("h1")
        gone = await ana.wait_for(Withdrawn)
        await ana.accept("h1")

        assert (gone.handoff_id, gone.outcome) == ("h1", "accepted")
        assert isinstance(await ana.wait_for(Taken), Taken)


async def test_an_agent_has_one_call_at_a_time(line: Line, packet: MakePacket) -> None:
    for number in (1, 2):
        await line.call(f"c{number}")
        await line.offer(packet(f"h{number}", f"c{number}"))
    async with line.connect() as desk:
        await desk.accept("h1")
        await desk.wait_for(Accepted)
        await desk.accept("h2")

        assert (await desk.wait_for(Error)).code == "busy"
    assert (await line.handoffs.get("h2")).state == "offered"


async def test_a_hand_off_that_never_was_cannot_be_taken(line: Line) -> None:
    async with line.connect() as desk:
        await desk.accept("nothing")
        assert (await desk.wait_for(Error)).code == "unknown_handoff"
        await desk.decline("nothing")
        assert (await desk.wait_for(Error)).code == "unknown_handoff"


# -- the conversation ------------------------------------------------------------------------------


async def test_what_the_agent_types_is_spoken_and_what_is_said_is_shown(
    line: Line, packet: MakePacket
) -> None:
    call = await line.call()
    await line.call("c2")
    await line.offer(packet())
    async with line.connect() as desk:
        await desk.accept("h1")
        await desk.wait_for(Accepted)
        await desk.say("Hello Maria,\x1b[31m I see the lamp is late.\n")
        await until(lambda: len(call) == 2)
        await line.turn("t8", "caller", "somebody else speaks", call_id="c2")
        words = [{"text": "thanks", "start": 0.0, "end": 0.3, "confidence": 0.5}]
        await line.turn("t9", "caller", "thanks", confidence=0.5, words=words)

        turn = await desk.wait_for(Turn)

    assert call[1] == AgentSaid("Hello Maria, I see the lamp is late.")
    assert (turn.turn_id, turn.text, turn.words) == ("t9", "thanks", tuple(words))


async def test_a_call_is_closed_with_a_disposition_and_notes(
    line: Line, packet: MakePacket
) -> None:
    call = await line.call()
    await line.offer(packet())
    async with line.connect() as desk:
        await desk.accept("h1")
        await desk.wait_for(Accepted)
        await desk.close("resolved", "Express delivery\x07 tomorrow.")
        assert (await desk.wait_for(Closed)).disposition == "resolved"
        await desk.say("still there?")
        assert (await desk.wait_for(Error)).code == "not_on_call"

    stored = await line.handoffs.get("h1")
    assert (stored.state, stored.disposition) == ("closed", "resolved")
    assert stored.notes == "Express delivery tomorrow."
    assert call[-1] == AgentClosed("resolved")


async def test_after_the_caller_hung_up_the_agent_still_closes(
    line: Line, packet: MakePacket
) -> None:
    await line.call()
    await line.offer(packet())
    async with line.connect() as desk:
        await desk.accept("h1")
        await desk.wait_for(Accepted)
        await line.hang_up()
        assert (await desk.wait_for(CallEnded)).reason == "caller_hung_up"
        await desk.say("hello?")
        assert (await desk.wait_for(Error)).code == "call_ended"
        await desk.close("not_resolved")
        await desk.wait_for(Closed)

    assert (await line.handoffs.get("h1")).disposition == "not_resolved"


async def test_a_caller_who_hangs_up_at_the_very_moment_leaves_only_the_wrap_up(
    line: Line, packet: MakePacket
) -> None:
    await line.call()
    await line.offer(packet())

    def gone(event: object) -> None:
        raise RuntimeError("this call is ending")

    line.registry.remove("c1")
    line.registry.add("c1", gone)
    async with line.connect() as desk:
        await desk.accept("h1")
        await desk.wait_for(Accepted)
        await desk.wait_for(CallEnded)
        await desk.close("not_resolved")
        await desk.wait_for(Closed)


# -- desks that go away ----------------------------------------------------------------------------


async def test_a_lost_desk_gives_the_caller_to_somebody_else(
    line: Line, packet: MakePacket
) -> None:
    call = await line.call()
    await line.offer(packet())
    async with line.connect("Ana") as ana:
        async with line.connect("Sam") as sam:
            await sam.accept("h1")
            await sam.wait_for(Accepted)
            await ana.wait_for(Withdrawn)
            await line.turn("t5", "agent", "Let me look.")
        again = await ana.wait_for(Offered)
        await ana.accept(again.handoff_id)
        accepted = await ana.wait_for(Accepted)

    assert call == [AgentAccepted("Sam"), AgentLost(), AgentAccepted("Ana")]
    assert [turn.text for turn in accepted.turns] == ["Let me look."]
    assert [step.state for step in accepted.packet.state_history] == [
        "offered",
        "accepted",
        "connected",
        "offered",
        "accepted",
        "connected",
    ]


async def test_a_desk_that_comes_back_in_time_goes_on_with_its_call(
    line: Line, packet: MakePacket
) -> None:
    line.desk._options = DeskOptions(grace_s=60)
    call = await line.call()
    await line.offer(packet())
    async with line.connect() as desk:
        await desk.accept("h1")
        await desk.wait_for(Accepted)
    await until(lambda: line.registry.agents_online == 0)
    await line.turn("t6", "caller", "are you there")

    async with line.connect() as desk:
        assert desk.state.resuming == "h1"
        accepted = await desk.wait_for(Accepted)
        await desk.say("I am back.")
        await until(lambda: len(call) == 2)

    assert accepted.resumed
    assert [turn.text for turn in accepted.turns] == ["are you there"]
    assert call == [AgentAccepted("Sam"), AgentSaid("I am back.")]


async def test_a_desk_opened_elsewhere_replaces_the_first(line: Line, packet: MakePacket) -> None:
    call = await line.call()
    await line.offer(packet())
    async with line.connect() as first:
        await first.accept("h1")
        await first.wait_for(Accepted)
        async with line.connect() as second:
            assert (await second.wait_for(Accepted)).resumed
            with pytest.raises(DeskConnectionError) as closed:
                await first.wait_for(Snapshot)
            assert closed.value.final
            await until(lambda: line.registry.agents_online == 1)
            assert call == [AgentAccepted("Sam")]


async def test_a_desk_closed_before_the_wrap_up_leaves_no_hand_off_open(
    line: Line, packet: MakePacket
) -> None:
    call = await line.call()
    await line.offer(packet())
    async with line.connect() as desk:
        await desk.accept("h1")
        await desk.wait_for(Accepted)
        await line.hang_up()
        await desk.wait_for(CallEnded)
    async with asyncio.timeout(20):
        while (stored := await line.handoffs.get("h1")).state != "closed":
            await asyncio.sleep(0.01)

    assert stored.disposition == "not_resolved"
    assert AgentLost() not in call


# -- bad input -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("not json", "not_json"),
        ("[" * 10_000, "not_json"),
        ("null", "no_type"),
        ('{"type": 7}', "no_type"),
        ('{"type": "dance"}', "unknown_type"),
        ('{"type": "accept"}', "bad_field"),
        ('{"type": "accept", "handoff_id": "\\u0000"}', "bad_field"),
        ('{"type": "accept", "handoff_id": {"a": 1}}', "bad_field"),
        ('{"type": "say", "text": ""}', "bad_field"),
        ('{"type": "say", "text": "\\u001b[2J"}', "bad_field"),
        (json.dumps({"type": "say", "text": "x" * 501}), "bad_field"),
        ('{"type": "close"}', "bad_field"),
        ('{"type": "close", "disposition": "fine"}', "bad_field"),
        ('{"type": "hello", "token": "again"}', "hello_again"),
        (json.dumps({"type": "say", "text": "x" * MAX_MESSAGE}), "too_large"),
        (b"\x00\x01", "text_only"),
    ],
)
async def test_a_malformed_message_gets_an_error_and_the_desk_stays_open(
    line: Line, message: str | bytes, code: str
) -> None:
    async with line.connect() as desk:
        await desk._connection.send(message)
        assert (await desk.wait_for(Error)).code == code
        await desk.say("anyone?")
        assert (await desk.wait_for(Error)).code == "not_on_call"


async def test_who_sends_only_rubbish_is_sent_away(line: Line) -> None:
    async with line.connect() as desk, line.connect("Ana") as other:
        for _ in range(10):
            await desk._connection.send("rubbish")
        await desk._connection.wait_closed()
        assert desk._connection.close_code == TOO_MANY_ERRORS

        await other.say("nobody else is disturbed")
        await other.wait_for(Error)


async def test_a_database_that_fails_leaves_the_desk_open(line: Line, packet: MakePacket) -> None:
    await line.call()
    await line.offer(packet())
    async with line.connect() as desk:
        async with line.db.session() as session:
            await (await session.connection()).exec_driver_sql(
                "ALTER TABLE handoffs RENAME TO elsewhere"
            )
        await desk.accept("h1")
        assert (await desk.wait_for(Error)).code == "storage"
        async with line.db.session() as session:
            await (await session.connection()).exec_driver_sql(
                "ALTER TABLE elsewhere RENAME TO handoffs"
            )
        await desk.accept("h1")
        await desk.wait_for(Accepted)


async def test_a_desk_that_does_not_read_is_given_up_and_holds_nobody_up(
    line: Line, packet: MakePacket
) -> None:
    line.desk._options = DeskOptions(queue_size=4, close_timeout_s=0.2)
    await line.call()
    await line.offer(packet())
    async with line.connect("Ana") as ana, line.connect("Sam") as slow:
        await slow.accept("h1")
        await slow.wait_for(Accepted)
        # From here on this desk reads nothing, and its socket fills up.
        slow._connection.transport.pause_reading()
        sock: socket.socket = slow._connection.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        for number in range(400):
            await line.turn(f"t{number}", "bot", secrets.token_hex(20_000))
            if line.registry.agents_online == 1:
                break
        await until(lambda: line.registry.agents_online == 1)
        await ana.say("still served")
        await ana.wait_for(Error)


async def test_the_voice_server_carries_the_desk(line: Line, packet: MakePacket) -> None:
    async def no_calls(*_: object) -> None:
        return None

    await line.call()
    await line.offer(packet())
    server = VoiceServer(no_calls, TokenVerifier(line.secret), port=0)
    server.route(PATH, line.desk.handle)
    async with (
        server,
        DeskClient.connect(f"http://127.0.0.1:{server.port}", line.token()) as desk,
    ):
        await desk.accept("h1")
        await desk.wait_for(Accepted)
        await desk.close("resolved")
        await desk.wait_for(Closed)


async def test_codes_for_closing_are_those_of_applications() -> None:
    assert all(
        4000 <= code < 5000 for code in (UNAUTHORISED, HELLO_TIMEOUT, REPLACED, TOO_MANY_ERRORS)
    )
    assert TRY_AGAIN_LATER == 1013
