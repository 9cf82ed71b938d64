"""What the pages work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent_desk.desk import Desk
    from agent_desk.supervision import Supervision
    from contact_center.call_list import CallList
    from contact_center.customer_profile import CustomerProfiles
    from contact_center.database import Database
    from contact_center.floor import Floor
    from contact_center.knowledge import Knowledge
    from contact_center.recordings import Recordings
    from contact_center.settings import ContactCenterSettings
    from contact_center.tickets import Tickets
    from contact_center.wrap_up import WrapUps
    from voice_gateway.bridge.leg import AgentLegs
    from voice_gateway.registry import CallRegistry


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class DeskServices:
    """The house behind the pages, put together by the composition root.

    Args:
        settings: The company's name, time zone and address.
        database: Where everything is stored.
        desk: The agents of this server, and the conversations they have.
        registry: The calls of this server.
        legs: The agents' voices.
        wrap_ups: How conversations ended.
        tickets: What is owed to callers.
        knowledge: Articles that help in a conversation.
        profiles: What is known of customers.
        recordings: What was recorded.
        floor: Queues and agents at a glance, for supervisors.
        call_list: Past calls.
        supervision: Listening in, whispering and barging in.
        clock: The present, aware.
    """

    settings: ContactCenterSettings
    database: Database
    desk: Desk
    registry: CallRegistry
    legs: AgentLegs
    wrap_ups: WrapUps
    tickets: Tickets
    knowledge: Knowledge
    profiles: CustomerProfiles
    recordings: Recordings
    floor: Floor
    call_list: CallList
    supervision: Supervision
    clock: Callable[[], datetime] = _now
