"""A hand-off packet is shown so that an agent can read it before saying hello."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from rich.console import Console, RenderableType

from agent_desk.packet_view import packet_panel, turn_line, waiting_line
from contact_center.handoff_packet import HandoffPacket

NOW = datetime.now(UTC)
MakePacket = Callable[..., HandoffPacket]


def shown(content: RenderableType, width: int = 100, *, colours: bool = False) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=colours)
    console.print(content, soft_wrap=not colours)
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def test_a_waiting_line_says_why_who_and_how_long(packet: MakePacket) -> None:
    complaint = {"level": 1, "category": "safety", "respond_by": NOW, "resolve_by": NOW}
    vip = {
        "customer_id": 2,
        "name": "Ann Lee",
        "tier": "vip",
        "is_staff": False,
        "matched_by": "caller_number",
    }

    line = shown(waiting_line(packet(complaint=complaint, customer=vip), 75, "Kim is asked"))

    assert line.startswith("·  L1 complaint  VIP emotion · Ann Lee · The floor lamp")
    assert "waiting 1:15   Kim is asked" in line


def test_what_the_agent_before_wrote_is_read_before_the_rest(packet: MakePacket) -> None:
    step = {"from_agent": "Sam", "queue": "billing", "note": "Wants the money.", "at": NOW}

    text = shown(packet_panel(packet(passed_on=[step])))

    assert "Sam passed this on: Wants the money." in text


def test_do_not_ask_again_comes_first(packet: MakePacket) -> None:
    lines = shown(packet_panel(packet())).splitlines()

    assert "Do not ask again" in lines[1]


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_a_packet_fits_terminals_of_any_width(packet: MakePacket, width: int) -> None:
    text = shown(packet_panel(packet()), width)

    assert all(len(line) <= width for line in text.splitlines())


def test_a_packet_of_which_little_is_known_is_shown_too(packet: MakePacket) -> None:
    text = shown(
        packet_panel(
            packet(
                call={
                    "call_id": "c1",
                    "channel": "browser",
                    "caller_number": None,
                    "started_at": NOW,
                    "resumed_from": "c0",
                },
                customer=None,
                identity={"level": "none"},
                intent=None,
                slots={},
                actions_done=[],
                actions_not_done=[],
                emotion={},
                summary={},
                routing={},
                suggestions=[],
                reason="system_error",
            )
        )
    )

    assert "system error" in text
    assert "Unknown caller" in text
    assert "a withheld number" in text
    assert "goes on with a call that was cut off" in text
    assert "None" not in text


def test_hostile_text_is_shown_and_does_nothing(packet: MakePacket) -> None:
    hostile = "\x1b[2J\x1b]0;title\x07[red]x[/red]\u202e"
    given = packet(
        customer={
            "customer_id": 2,
            "name": hostile,
            "tier": "gold",
            "is_staff": True,
            "matched_by": "assistant",
            "open_tickets": [
                {
                    "ticket_id": 1,
                    "kind": hostile,
                    "subject": hostile,
                    "opened_at": NOW,
                    "promised_at": NOW,
                }
            ],
            "recent_contacts": [{"call_id": "c0", "at": NOW, "end_reason": hostile}],
        },
        summary={"issue": hostile},
    )

    for content in (packet_panel(given), waiting_line(given, 0, hostile)):
        text = shown(content)
        assert "[red]x[/red]" in text
        assert not set(text) & set("\x1b\x07\u202e")


def test_doubtful_words_are_marked_by_colour_and_by_sign() -> None:
    words = [{"text": "my", "confidence": 0.9}, {"text": "lamp", "confidence": 0.2}]
    line = turn_line("caller", "my lamp", words, NOW)

    assert "caller my lamp(?)" in shown(line)
    assert "\x1b[4;33mlamp(?)" in shown(line, colours=True)


def test_colleagues_are_told_apart_from_oneself() -> None:
    assert " you Hello." in shown(turn_line("agent", "Hello.", None, NOW))
    assert " Kim Hello." in shown(turn_line("agent", "Hello.", None, NOW, colleague="Kim"))


def test_what_the_caller_did_not_hear_is_told_apart() -> None:
    line = turn_line("bot", "One moment. I am looking.", None, NOW, heard="One", complete=False)

    assert "bot One — not heard: moment. I am looking." in shown(line)
