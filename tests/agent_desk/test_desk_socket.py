"""Programs work at the desk by messages, whatever goes wrong."""

from __future__ import annotations

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
from agent_desk.desk_link import LinkOptions
from agent_desk.desk_protocol import (
    HELLO_TIMEOUT,
    MAX_MESSAGE,
    PATH,
    TOO_MANY_ERRORS,
    TRY_AGAIN_LATER,
    UNAUTHORISED,
    Accepted,
    CallEnded,
    Close,
    Closed,
    Conversation,
    Error,
    FollowUpDue,
    KeepNotes,
    Mute,
    NotesKept,
    Offered,
    Queue,
    Released,
    Status,
    Taken,
    Turn,
    Withdrawn,
)
from contact_center.handoff_packet import HandoffPacket
from contact_center.wrap_up import WrapUps
from voice_gateway.conversation.events import (
    AgentAccepted,
    AgentClosed,
    AgentHungUp,
    AgentLost,
    AgentSaid,
)
from voice_gateway.server import VoiceServer
from voice_gateway.tokens import TokenVerifier

from .conftest import until

if TYPE_CHECKING:
    from tests.agent_desk.conftest import Line

MakePacket = Callable[..., HandoffPacket]


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
    line.socket._options = LinkOptions(hello_timeout_s=0.05)
    async with connect(line.url) as desk:
        with pytest.raises(ConnectionClosed) as closed:
            await desk.recv()

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == HELLO_TIMEOUT


async def test_agents_are_counted_while_their_desks_are_open(line: Line) -> None:
    async with line.connect("Sam"), line.connect("Ana"):
        assert line.registry.agents_online == 2
    await until(lambda: line.registry.agents_online == 0)


# -- what a desk is told and asks for --------------------------------------------------------------


async def test_a_desk_is_told_who_waits_and_whom_it_may_take(
    line: Line, packet: MakePacket
) -> None:
    await line.call("c1")
    await line.call("c2")
    async with line.connect("Sam") as sam, line.connect("Kim") as kim:
        await line.offer(packet("h1", "c1"))
        assert (await sam.wait_for(Offered)).packet.reason == "emotion"
        assert (await kim.wait_for(Queue)).places[0].handoff_id == "h1"
        await line.offer(packet("h2", "c2", routing={"priority": 1}))
        assert (await kim.next_offer()).handoff_id == "h2"
        asked: dict[str, str | None] = {}
        while list(asked.items()) != [("h2", "Kim"), ("h1", "Sam")]:
            await sam.wait_for(Queue)
            asked = {key: item.offered_to for key, item in sam.state.waiting.items()}


async def test_an_agent_takes_a_caller_speaks_and_closes(line: Line, packet: MakePacket) -> None:
    call = await line.call()
    words = [{"text": "lamp", "start": 0.0, "end": 0.3, "confidence": 0.4}]
    await line.turn(
        "t1", "bot", "Good morning. How can I help?", heard="Good morning.", complete=False
    )
    await line.turn("t2", "caller", "lamp", confidence=0.4, words=words)
    async with line.connect() as desk:
        await line.offer(packet())
        await desk.accept((await desk.next_offer()).handoff_id)
        accepted = await desk.wait_for(Accepted)
        await desk.say("Hello Maria,\x1b[31m I see the lamp is late.\n")
        await until(lambda: len(call) == 2)
        await line.turn("t3", "caller", "thanks", confidence=0.5, affect=0.2)
        turn = await desk.wait_for(Turn)
        await desk.close("resolved", "Express delivery\x07 tomorrow.")
        assert (await desk.wait_for(Closed)).disposition == "resolved"
        await desk.say("still there?")
        assert (await desk.wait_for(Error)).code == "not_on_call"

    assert accepted.packet.do_not_ask_again == (
        "name",
        "phone number",
        "reason for the call",
        "order number",
    )
    assert [(turn.speaker, turn.heard) for turn in accepted.turns] == [
        ("bot", "Good morning."),
        ("caller", None),
    ]
    assert accepted.turns[1].words == tuple(words)
    assert (turn.text, turn.affect) == ("thanks", 0.2)
    assert call == [
        AgentAccepted("Sam"),
        AgentSaid("Hello Maria, I see the lamp is late.", "Sam"),
        AgentClosed("resolved"),
    ]
    stored = await line.handoffs.get("h1")
    assert (stored.state, stored.disposition) == ("closed", "resolved")
    assert stored.notes == "Express delivery tomorrow."


async def test_who_is_not_asked_is_told_why_they_do_not_get_it(
    line: Line, packet: MakePacket
) -> None:
    await line.call()
    async with line.connect("Sam") as sam, line.connect("Kim") as kim:
        await line.offer(packet())
        await sam.next_offer()
        await kim.accept("h1")
        assert (await kim.wait_for(Taken)).why == "not_offered"
        await kim.decline("h1")
        assert (await kim.wait_for(Error)).code == "not_offered"
        await sam.accept("h1")
        await sam.wait_for(Accepted)
        await kim.accept("h1")
        assert (await kim.wait_for(Taken)).why == "taken"
        await kim.accept("nothing")
        assert (await kim.wait_for(Error)).code == "unknown_handoff"


async def test_everything_an_agent_does_can_be_done_by_message(
    line: Line, packet: MakePacket
) -> None:
    call = await line.call()
    async with line.connect("Sam") as sam:
        assert (await sam.wait_for(Status)).agent_state == "available"
        await sam.take_break("lunch")
        assert (await sam.wait_for(Status)).break_reason == "lunch"
        await sam.come_back()
        assert (await sam.wait_for(Status)).agent_state == "available"
        await line.offer(packet(customer=None))
        await sam.next_offer()
        await sam.decline("h1")
        assert (await sam.wait_for(Withdrawn)).outcome == "declined"
        await sam.accept((await sam.next_offer()).handoff_id)
        await sam.wait_for(Accepted)
        await sam.hold(True)
        assert (await sam.wait_for(Conversation)).on_hold
        await sam.hold(False)
        await sam.wait_for(Conversation)
        await sam.consult("Kim")
        assert (await sam.wait_for(Error)).code == "no_voice"
        await sam.end_consult(join=True)
        assert (await sam.wait_for(Error)).code == "not_consulting"
        await sam._send(Mute(on=True))
        assert (await sam.wait_for(Error)).code == "no_voice"
        await sam._send(KeepNotes(text="a lamp"))
        assert (await sam.wait_for(NotesKept)).text == "a lamp"
        await sam.pass_on("billing", "about the money")
        assert (await sam.wait_for(Released)).why == "passed_on"
        await sam.accept((await sam.next_offer()).handoff_id)
        assert (await sam.wait_for(Accepted)).packet.passed_on[0].note == "about the money"
        await sam.hang_up()
        await until(lambda: AgentHungUp() in call)
        await line.hang_up()
        assert (await sam.wait_for(CallEnded)).reason == "caller_hung_up"
        due = datetime.now(UTC) + timedelta(days=1)
        await sam._send(
            Close(
                disposition="resolved",
                summary="All is well.",
                follow_up=FollowUpDue(what="Look again", due=due),
                then="break",
                reason="tea",
            )
        )
        await sam.wait_for(Closed)
        assert (await sam.wait_for(Status)).break_reason == "tea"
    stored = await WrapUps(line.db).get("h1")
    assert stored is not None
    assert stored.ticket is not None
    assert (stored.summary, stored.ticket.promised_at) == ("All is well.", due)


async def test_a_desk_that_comes_back_goes_on_with_its_call(line: Line, packet: MakePacket) -> None:
    call = await line.call()
    async with line.connect("Sam") as sam:
        await line.offer(packet())
        await sam.accept((await sam.next_offer()).handoff_id)
        await sam.wait_for(Accepted)
        async with line.connect("Sam") as other:
            assert other.state.resuming == "h1"
            assert (await other.wait_for(Accepted)).resumed
            await line.turn("t1", "caller", "are you there")
            assert (await other.wait_for(Turn)).text == "are you there"
            assert (await sam.wait_for(Turn)).text == "are you there"
        await sam.say("I am.")
        await until(lambda: len(call) == 2)
    assert call == [AgentAccepted("Sam"), AgentSaid("I am.", "Sam")]


async def test_a_desk_that_stays_away_gives_the_caller_to_somebody_else(
    line: Line, packet: MakePacket
) -> None:
    call = await line.call()
    async with line.connect("Sam") as sam:
        await line.offer(packet())
        await sam.accept((await sam.next_offer()).handoff_id)
        await sam.wait_for(Accepted)
        await line.turn("t5", "agent", "Let me look.")
    async with line.connect("Kim") as kim:
        await kim.accept((await kim.next_offer(within_s=20)).handoff_id)
        accepted = await kim.wait_for(Accepted)

    assert call == [AgentAccepted("Sam"), AgentLost(), AgentAccepted("Kim")]
    assert [turn.text for turn in accepted.turns] == ["Let me look."]
    assert [(step.state, step.agent_name) for step in accepted.packet.state_history] == [
        ("offered", None),
        ("offered", "Sam"),
        ("accepted", "Sam"),
        ("connected", "Sam"),
        ("offered", None),
        ("offered", "Kim"),
        ("accepted", "Kim"),
        ("connected", "Kim"),
    ]


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
    async with line.connect() as desk:
        await line.offer(packet())
        await desk.next_offer()
        async with line.db.session() as session:
            connection = await session.connection()
            await connection.exec_driver_sql("ALTER TABLE agents RENAME TO elsewhere")
        await desk.accept("h1")
        assert (await desk.wait_for(Error)).code == "storage"
        async with line.db.session() as session:
            connection = await session.connection()
            await connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO agents")
        await desk.accept("h1")
        await desk.wait_for(Accepted)


async def test_a_desk_that_cannot_be_opened_is_asked_to_try_later(line: Line) -> None:
    async with line.db.session() as session:
        await (await session.connection()).exec_driver_sql("DROP TABLE agents")
    with pytest.raises(DeskConnectionError) as refused:
        async with line.connect():
            pass
    assert not refused.value.final


class TestADeskThatDoesNotRead:
    """It is given up, and holds nobody up."""

    @pytest.fixture
    def link_options(self) -> LinkOptions:
        return LinkOptions(queue_size=8, close_timeout_s=0.2)

    async def test_it_is_closed(self, line: Line, packet: MakePacket) -> None:
        await line.call()
        async with line.connect("Sam") as slow, line.connect("Ana") as ana:
            await line.offer(packet())
            await slow.accept((await slow.next_offer()).handoff_id)
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
    server = VoiceServer(no_calls, TokenVerifier(line.secret), port=0)
    server.route(PATH, line.socket.handle)
    async with (
        server,
        DeskClient.connect(f"http://127.0.0.1:{server.port}", line.token()) as desk,
    ):
        await line.offer(packet())
        await desk.accept((await desk.next_offer()).handoff_id)
        await desk.wait_for(Accepted)
        await desk.close("resolved")
        await desk.wait_for(Closed)


async def test_codes_for_closing_are_those_of_applications() -> None:
    assert all(4000 <= code < 5000 for code in (UNAUTHORISED, HELLO_TIMEOUT, TOO_MANY_ERRORS))
    assert TRY_AGAIN_LATER == 1013
