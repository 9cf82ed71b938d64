"""One call's bridge: the caller and the agents hear each other, evenly and within 100 ms."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import TYPE_CHECKING, Final

import structlog

from voice_gateway import metrics
from voice_gateway.bridge.jitter_buffer import FRAME_S, JitterBuffer
from voice_gateway.bridge.leg import AgentLegs
from voice_gateway.bridge.mixing import Role, hears, mix
from voice_gateway.bridge.party import AgentParty, CallerParty
from voice_gateway.conversation.events import AgentSpoke, Event
from voice_gateway.speech.pcm import LISTENING_RATE
from voice_gateway.transports.line import Line, frame_bytes

if TYPE_CHECKING:
    from voice_gateway.bridge.agent_ear import AgentEar

log = structlog.get_logger(__name__)

Transcriber = Callable[[str, Callable[[AgentSpoke], None]], "AgentEar"]
"""Begins to write down what the agent of that name says, telling each turn."""

CATCH_UP_S: Final = 0.06
"""A longer stall is left out; less is made good at once, which the far ends' buffers even out."""

_CALLER: Final = ""
_SILENCE: Final = bytes(frame_bytes(LISTENING_RATE))

_Voices = dict[str, tuple[Role, bytes]]


class Bridge:
    """Joins one caller and any number of agents; to be used in one event loop.

    While it is active, every 20 ms each party is sent what they should hear just then. What comes
    from each goes through a jitter buffer of its own, what goes to each through an outlet of its
    own: whoever breaks or stalls costs nobody else anything. An agent whose leg connects again
    goes on by itself. The caller is sent something only while there is an agent, or on hold.

    Args:
        line: The caller's.
        legs: The agents who can be talked to.
        transcriber: Writes down what agents say to the caller; None writes down nothing.
        report: Takes what agents said.
    """

    def __init__(
        self,
        line: Line,
        legs: AgentLegs,
        transcriber: Transcriber | None,
        report: Callable[[Event], None],
    ) -> None:
        self._line = line
        self._legs = legs
        self._transcriber = transcriber
        self._report = report
        self._parties: dict[str, AgentParty] = {}
        self._caller: CallerParty | None = None
        self._ticking: asyncio.Task[None] | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self._on_hold = False
        self._bot_speaks = False

    @property
    def active(self) -> bool:
        """Whether it has been started and not been stopped."""
        return self._caller is not None

    @property
    def parties(self) -> Mapping[str, Role]:
        """The agents and supervisors in the call, and what they are in it."""
        return {name: party.role for name, party in self._parties.items()}

    def start(self) -> None:
        """Begin to join; starting twice is no error."""
        if self._caller is None:
            self._caller = CallerParty(self._line)
            self._on_hold = self._bot_speaks = False
            self._ticking = asyncio.create_task(self._run(self._caller), name="bridge")
            metrics.BRIDGES.inc()

    async def stop(self) -> None:
        """Take everybody out; it may be started again. Stopping twice is no error.

        What agents said last has been reported when it returns.
        """
        for name in tuple(self._parties):
            self.leave(name)
        caller, self._caller = self._caller, None
        ticking, self._ticking = self._ticking, None
        if caller is not None and ticking is not None:
            metrics.BRIDGES.dec()
            ticking.cancel()
            await asyncio.gather(ticking, return_exceptions=True)
            await caller.stop()
            _count("caller", caller.buffer)
        await asyncio.gather(*self._closing, return_exceptions=True)

    def hear_caller(self, pcm: bytes) -> None:
        """Take in what the caller says; ignored while not active.

        Args:
            pcm: Signed 16-bit mono samples at the line's rate.
        """
        if self._caller is not None:
            self._caller.hear(pcm)

    def join(self, name: str, role: Role) -> bool:
        """Take an agent into the call, and out of any other.

        Args:
            name: The agent's name.
            role: What they are in it.

        Returns:
            False when that agent has no voice here.
        """
        if self._legs.get(name) is None:
            return False
        self._legs.claim(name, self)
        if name not in self._parties:
            self._parties[name] = AgentParty(name, role, asyncio.get_running_loop().time())
        self.set_role(name, role)
        return True

    def set_role(self, name: str, role: Role) -> None:
        """Make somebody something else in the call.

        Args:
            name: Who; nobody in the call is no error.
            role: What they are from now on.
        """
        party = self._parties.get(name)
        if party is None:
            return
        party.role = role
        if role == "agent" and party.ear is None and self._transcriber is not None:
            try:
                party.ear = self._transcriber(name, self._report)
            except Exception:
                log.exception("agent_cannot_be_written_down", agent=name)

    def leave(self, name: str) -> None:
        """Take an agent out of the call.

        Args:
            name: Who; nobody in the call is no error.
        """
        party = self._parties.pop(name, None)
        if party is None:
            return
        if self._legs.is_claimed_by(name, self):
            self._legs.release(name, self)
            party.connect(None)
        else:
            party.forget_leg()
        _count("agent", party.buffer)
        if party.ear is not None:
            closing = asyncio.create_task(party.ear.close(), name="agent ear closes")
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    def mute(self, name: str, on: bool) -> None:
        """Let nobody hear an agent, or let them be heard again.

        Args:
            name: Who; nobody in the call is no error.
            on: Whether they are muted.
        """
        if party := self._parties.get(name):
            party.muted = on

    def hold(self, on: bool) -> None:
        """Let the caller hear music and nobody hear the caller, or everything be as before.

        Args:
            on: Whether the caller is on hold.
        """
        self._on_hold = on

    def bot_speaks(self, on: bool) -> None:
        """Leave the caller's ear to the line itself, which has something to say, or take it back.

        Args:
            on: Whether the line speaks.
        """
        self._bot_speaks = on
        if on and self._caller is not None:
            self._caller.be_silent()

    async def _run(self, caller: CallerParty) -> None:
        async for now in ticks():
            try:
                self._tick(caller, now)
            except Exception:
                log.exception("bridge_tick_failed")

    def _tick(self, caller: CallerParty, now: float) -> None:
        voices: _Voices = {}
        if frame := caller.buffer.pull(now):
            voices[_CALLER] = ("caller", frame)
        for party in tuple(self._parties.values()):
            if not self._legs.is_claimed_by(party.name, self):
                self.leave(party.name)
                continue
            party.connect(self._legs.get(party.name))
            if frame := party.pull(now):
                voices[party.name] = (party.role, frame)
        self._speak_to_caller(caller, voices, now)
        for party in self._parties.values():
            party.put(self._heard_by(party.name, party.role, voices))
            if party.ear is not None:
                # Only what the caller hears is part of the call.
                role, frame = voices.get(party.name, (party.role, _SILENCE))
                heard = hears("caller", role, on_hold=self._on_hold) and not self._bot_speaks
                party.ear.hear(frame if heard else _SILENCE)

    def _speak_to_caller(self, caller: CallerParty, voices: _Voices, now: float) -> None:
        agents = [party for party in self._parties.values() if party.role == "agent"]
        if self._bot_speaks or not (agents or self._on_hold):
            caller.be_silent()
        elif self._on_hold or all(agent.is_gone(now) for agent in agents):
            caller.put_music()
        else:
            caller.put(self._heard_by(_CALLER, "caller", voices))

    def _heard_by(self, listener: str, role: Role, voices: _Voices) -> bytes:
        frames = [
            frame
            for speaker, (speakers_role, frame) in voices.items()
            if speaker != listener and hears(role, speakers_role, on_hold=self._on_hold)
        ]
        return mix(frames) or _SILENCE


def _count(side: str, buffer: JitterBuffer) -> None:
    for trouble, frames in (
        ("torn", buffer.underruns),
        ("late", buffer.late),
        ("dropped", buffer.dropped),
    ):
        metrics.BRIDGE_FRAMES.labels(side, trouble).inc(frames)


async def ticks() -> AsyncIterator[float]:
    """Time in steps of 20 ms that do not drift; what a stall has cost is made good or left out.

    Returns:
        The event loop's time at each step, in seconds.
    """
    loop = asyncio.get_running_loop()
    due = loop.time()
    while True:
        now = loop.time()
        if now - due > CATCH_UP_S:
            due = now
        yield now
        due += FRAME_S
        await asyncio.sleep(max(0.0, due - loop.time()))
