"""The agents: who is signed in, what they can do, and what they are doing."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from contact_center.database import Database, insert_unless_there
from contact_center.models import AgentRow
from contact_center.routing import agents
from contact_center.routing.agents import Agent
from contact_center.routing.stored import (
    SIGNED_IN,
    Released,
    UnknownAgent,
    agent_of,
    keep_state,
    lock_agent,
    release,
)


@dataclass(frozen=True, slots=True)
class Abilities:
    """What an agent can be asked for.

    Args:
        queues: Whose callers they take.
        skills: What they can deal with.
        languages: What they speak.
        capacity: How many conversations they may have at once.
    """

    queues: frozenset[str] = frozenset({"support"})
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset({"en"})
    capacity: int = 1


class Roster:
    """Keeps the agents.

    Args:
        db: Where they are stored.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    async def sign_in(
        self,
        name: str,
        now: datetime,
        *,
        abilities: Abilities | None = None,
        server: str = "",
        ready: bool = True,
    ) -> Agent:
        """Let an agent take calls from now on.

        Who is signed in already, at the same server, goes on with what they were doing. Who is
        signed in at another one is taken from there first, as if that desk had been lost. From then
        on the server says by `seen` that the desk is still there.

        Args:
            name: The agent.
            now: The present instant.
            abilities: What they can do; as it is stored when None.
            server: The server that their desk is connected to.
            ready: Whether calls may be offered to them at once; otherwise who was not signed in is
                on a break until they come back from it.

        Returns:
            The agent.
        """
        async with self._db.session() as session:
            await _know(session, name, now)
            row = await lock_agent(session, name)
            if abilities is not None:
                row.queues = sorted(abilities.queues)
                row.skills = sorted(abilities.skills)
                row.languages = sorted(abilities.languages)
                row.capacity = abilities.capacity
            if row.state != "offline" and row.server != server:
                await release(session, row, now)
            row.server = server
            row.seen_at = now
            if row.state == "offline":
                agent = agent_of(row)
                keep_state(
                    row,
                    agents.move(agent, "available", now)
                    if ready
                    else agents.move(agent, "break", now, agents.NOT_ONLINE),
                )
            return agent_of(row)

    async def sign_out(self, name: str, now: datetime) -> Released:
        """Let an agent go, by their wish or because their desk is lost.

        Args:
            name: The agent.
            now: The present instant.

        Returns:
            What they left behind, back in line or closed.

        Raises:
            UnknownAgent: Nobody of this name has ever signed in.
        """
        async with self._db.session() as session:
            return await release(session, await lock_agent(session, name), now)

    async def server_started(self, server: str, now: datetime) -> list[Released]:
        """Sign out the agents whom a server had when it died.

        Args:
            server: The server that is starting again; agents of others are left alone.
            now: The present instant.

        Returns:
            What each of them left behind.
        """
        query = SIGNED_IN.with_only_columns(AgentRow.name).where(AgentRow.server == server)
        async with self._db.session() as session:
            names = (await session.scalars(query)).all()
            return [await release(session, await lock_agent(session, name), now) for name in names]

    async def seen(self, names: Collection[str], now: datetime) -> set[str]:
        """Note that agents' desks are connected; who is not seen for a while counts as gone.

        Args:
            names: The agents.
            now: The present instant.

        Returns:
            Those of them who counted as gone already; they have to sign in again.
        """
        if not names:
            return set()
        seen = (
            update(AgentRow)
            .where(AgentRow.name.in_(names), AgentRow.state != "offline")
            .values(seen_at=now)
            .returning(AgentRow.name)
        )
        async with self._db.session() as session:
            return set(names) - set(await session.scalars(seen))

    async def take_break(self, name: str, reason: str, now: datetime) -> Agent:
        """Send an agent on a break.

        Args:
            name: The agent.
            reason: Why, such as "lunch".
            now: The present instant.

        Returns:
            The agent.

        Raises:
            IllegalTransition: They are in the middle of a call or an offer.
            UnknownAgent: Nobody of this name has ever signed in.
        """

        def go(agent: Agent) -> Agent:
            # An offer ends on a break only by not being answered.
            if agent.state == "offered" or agent.calls:
                raise agents.IllegalTransition(agent.name, agent.state, "break")
            return agents.move(agent, "break", now, reason[:60])

        return await self._change(name, go)

    async def come_back(self, name: str, now: datetime) -> Agent:
        """End an agent's break.

        Args:
            name: The agent.
            now: The present instant.

        Returns:
            The agent, free for calls.

        Raises:
            IllegalTransition: They are not on a break.
            UnknownAgent: Nobody of this name has ever signed in.
        """

        def back(agent: Agent) -> Agent:
            if agent.state != "break":
                raise agents.IllegalTransition(agent.name, agent.state, "available")
            return agents.move(agent, "available", now)

        return await self._change(name, back)

    async def call_ended(self, name: str, now: datetime) -> Agent:
        """Note that the caller whom an agent speaks with is no longer there.

        Args:
            name: The agent.
            now: The present instant.

        Returns:
            The agent, in wrap-up if it was their only call.

        Raises:
            IllegalTransition: They have no call.
            UnknownAgent: Nobody of this name has ever signed in.
        """
        return await self._change(name, lambda agent: agents.hang_up(agent, now))

    async def advise(self, name: str, now: datetime) -> Agent:
        """Let an agent join a colleague's call; nobody is offered to them meanwhile.

        Args:
            name: The agent.
            now: The present instant.

        Returns:
            The agent, on the call.

        Raises:
            IllegalTransition: They are busy with something else.
            UnknownAgent: Nobody of this name has ever signed in.
        """
        return await self._change(name, lambda agent: agents.advise(agent, now))

    async def leave_call(self, name: str, now: datetime) -> Agent:
        """Let an agent go who joined a colleague's call.

        Args:
            name: The agent.
            now: The present instant.

        Returns:
            The agent, free for calls.

        Raises:
            IllegalTransition: They have no call.
            UnknownAgent: Nobody of this name has ever signed in.
        """
        return await self._change(name, lambda agent: agents.finish(agent, now))

    async def ready(self, name: str, now: datetime) -> Agent:
        """End a wrap-up in which nothing is left to be closed, after a call was passed on.

        Args:
            name: The agent.
            now: The present instant.

        Returns:
            The agent, free for calls.

        Raises:
            IllegalTransition: They are not in wrap-up, or have a hand-off to close.
            UnknownAgent: Nobody of this name has ever signed in.
        """

        def done(agent: Agent) -> Agent:
            if agent.state != "wrap_up" or agent.calls:
                raise agents.IllegalTransition(agent.name, agent.state, "available")
            return agents.move(agent, "available", now)

        return await self._change(name, done)

    async def get(self, name: str) -> Agent:
        """Read one agent.

        Args:
            name: The agent.

        Returns:
            The agent.

        Raises:
            UnknownAgent: Nobody of this name has ever signed in.
        """
        async with self._db.reading() as session:
            row = await session.get(AgentRow, name)
            if row is None:
                raise UnknownAgent(name)
            return agent_of(row)

    async def signed_in(self) -> list[Agent]:
        """Read everybody who is signed in.

        Returns:
            The agents by name, those on a break included.
        """
        async with self._db.reading() as session:
            return [agent_of(row) for row in await session.scalars(SIGNED_IN)]

    async def _change(self, name: str, step: Callable[[Agent], Agent]) -> Agent:
        async with self._db.session() as session:
            row = await lock_agent(session, name)
            agent = step(agent_of(row))
            keep_state(row, agent)
            return agent


async def _know(session: AsyncSession, name: str, now: datetime) -> None:
    anybody = Abilities()
    values = {
        "name": name,
        "queues": sorted(anybody.queues),
        "skills": sorted(anybody.skills),
        "languages": sorted(anybody.languages),
        "capacity": anybody.capacity,
        "server": "",
        "state": "offline",
        "state_since": now,
        "idle_since": now,
        "seen_at": now,
        "calls": 0,
    }
    await insert_unless_there(session, AgentRow, values, "name")
