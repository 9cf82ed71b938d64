"""The three calls of the demonstration: what the caller says, and what must come of it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from contact_center.calls import TurnRecord
from contact_center.database import Database
from contact_center.handoffs import Handoff
from contact_center.outbox import Outbox
from contact_center.seed import DEMO_CUSTOMER
from voice_gateway.caller.scripted import Choose, Say, Script, Wait


@dataclass(frozen=True)
class Outcome:
    """What is known about a call after it ended.

    Args:
        database: To look further.
        call_id: The call.
        ended: Why it ended.
        turns: Everything that was said.
        handoff: The hand-off, if there was one.
    """

    database: Database
    call_id: str
    ended: str
    turns: tuple[TurnRecord, ...]
    handoff: Handoff | None

    def bot_said(self, pattern: str) -> bool:
        """Tell whether the bot said something that matches."""
        texts = (turn.text for turn in self.turns if turn.speaker == "bot")
        return any(re.search(pattern, text, re.IGNORECASE) for text in texts)


@dataclass(frozen=True)
class Goal:
    """One thing that must be true after a call, in words for the screen."""

    what: str
    reached: Callable[[Outcome], Awaitable[bool]]


@dataclass(frozen=True)
class DemoCall:
    """One call of the demonstration.

    Args:
        name: Names its files.
        title: For the screen.
        caller_number: Whose telephone it comes from.
        script: What the caller says.
        goals: What must come of it.
        agent_lines: What the person who takes the hand-off says; empty for a call without one.
    """

    name: str
    title: str
    caller_number: str
    script: Script
    goals: tuple[Goal, ...]
    agent_lines: tuple[str, ...] = ()


def _said(pattern: str) -> Callable[[Outcome], Awaitable[bool]]:
    async def reached(outcome: Outcome) -> bool:
        return outcome.bot_said(pattern)

    return reached


async def _ended_politely(outcome: Outcome) -> bool:
    return outcome.ended == "completed"


async def _code_queued(outcome: Outcome) -> bool:
    messages = await Outbox(outcome.database).pending()
    return any(message.call_id == outcome.call_id for message in messages)


async def _no_code_spoken(outcome: Outcome) -> bool:
    return not outcome.bot_said(r"\d{6}|(?:\d[ ,]+){5}\d")


async def _taken_by_a_person(outcome: Outcome) -> bool:
    return outcome.ended == "agent_closed" and outcome.handoff is not None


async def _packet_is_complete(outcome: Outcome) -> bool:
    if outcome.handoff is None:
        return False
    packet = outcome.handoff.packet
    return bool(
        packet.customer
        and packet.customer.name == DEMO_CUSTOMER.name
        and packet.reason in ("emotion", "complaint", "requested", "complex")
        and packet.summary.issue
        and packet.transcript
        and packet.do_not_ask_again
    )


_PHONE = DEMO_CUSTOMER.phone

DEMO_CALLS = (
    DemoCall(
        name="hours-and-order",
        title="Opening hours, then an order",
        caller_number=_PHONE,
        script=Script(
            Say("hi what time do you close on saturday"),
            Say("and where is my order"),
            Say("the hiking boots please", when="hiking boots"),
            Say("no thank you goodbye"),
            Wait("ended"),
        ),
        goals=(
            Goal("told the closing time", _said(r"clos|until|open|\d [AP]M")),
            Goal("found the order and told when it comes", _said(r"boots|tomorrow|arriv")),
            Goal("ended politely", _ended_politely),
        ),
    ),
    DemoCall(
        name="password-reset",
        title="A password reset is begun",
        caller_number=_PHONE,
        script=Script(
            Say("i forgot my password"),
            Choose(
                (
                    Say("send it to my email please", when="e-?mail"),
                    Say("yes please", when=r"\?"),
                )
            ),
            Say("yes please", when=r"right|correct|shall|should"),
            Say("no thank you goodbye"),
            Wait("ended"),
        ),
        goals=(
            Goal("sent a code to the contact on file", _code_queued),
            Goal("never spoke a code", _no_code_spoken),
            Goal("ended politely", _ended_politely),
        ),
    ),
    DemoCall(
        name="angry-caller",
        title="An angry caller with a late order ends at a person",
        caller_number=_PHONE,
        script=Script(
            Say("my lamp is late again and nobody is helping me"),
            Say("this is unacceptable i want to talk to a person", when=r"\?"),
            Wait("with_agent"),
            Say("thank you when will my lamp arrive"),
            Wait("ended"),
        ),
        goals=(
            Goal("a person took the call", _taken_by_a_person),
            Goal("the packet tells who, why and what was said", _packet_is_complete),
        ),
        agent_lines=(
            "Hello Maria, I see that your floor lamp is late. I am sorry about that.",
            "I have sent a new one by express, it arrives tomorrow. Goodbye.",
        ),
    ),
)
