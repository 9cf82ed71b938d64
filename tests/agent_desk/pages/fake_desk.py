"""A desk in a known state, and the callers of a busy afternoon."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from agent_desk.desk_protocol import (
    Accepted,
    CallEnded,
    Closed,
    Conversation,
    NotesKept,
    Offered,
    Place,
    Queue,
    Released,
    ServerMessage,
    Snapshot,
    Status,
    Turn,
    Waiting,
    Withdrawn,
)
from agent_desk.desk_state import DeskState
from agent_desk.workplace import DeskError
from contact_center.handoff_packet import HandoffPacket
from contact_center.routing.agents import AgentState
from contact_center.wrap_up import WrapUp

AGENT = "Sam Porter"


def caller_packet(
    handoff_id: str = "h1", now: datetime | None = None, **changes: Any
) -> HandoffPacket:
    """Maria, whose floor lamp is late: all that a call can bring along."""
    now = now or datetime.now(UTC)
    today = now.date()

    def days(count: int) -> str:
        return str(today + timedelta(days=count))

    content: dict[str, Any] = {
        "handoff_id": handoff_id,
        "created_at": now,
        "call": {
            "call_id": f"c-{handoff_id}",
            "channel": "browser",
            "caller_number": "+15550100042",
            "started_at": now - timedelta(minutes=3),
        },
        "customer": {
            "customer_id": 1,
            "name": "Maria Delgado",
            "tier": "gold",
            "is_staff": False,
            "matched_by": "caller_number",
            "recent_orders": [
                {
                    "number": "715204",
                    "state": "shipped",
                    "items": ["Arc floor lamp, brass"],
                    "placed_on": days(-15),
                    "expected_on": days(-6),
                    "delivered_on": None,
                    "late": True,
                    "total_cents": 8999,
                },
                {
                    "number": "690118",
                    "state": "delivered",
                    "items": ["Wool throw", "2 x Cushion cover"],
                    "placed_on": days(-61),
                    "expected_on": days(-57),
                    "delivered_on": days(-58),
                    "late": False,
                    "total_cents": 11250,
                },
            ],
            "open_tickets": [
                {
                    "ticket_id": 7,
                    "kind": "callback",
                    "subject": "Wanted to know where the lamp is",
                    "opened_at": now - timedelta(days=2),
                    "promised_at": now - timedelta(days=1),
                }
            ],
            "recent_contacts": [
                {
                    "call_id": "c0",
                    "at": now - timedelta(days=2, hours=3),
                    "end_reason": "completed",
                    "topic": "order_status",
                }
            ],
        },
        "identity": {
            "level": "verified",
            "how": "one-time code",
            "until": now + timedelta(minutes=20),
        },
        "reason": "emotion",
        "trigger_turn_id": "t5",
        "intent": {"name": "order_late", "confidence": 0.91},
        "slots": {
            "order_number": {"value": "715204", "confirmed": True},
            "delivery_town": {"value": "Portland", "confirmed": False},
        },
        "actions_done": ["looked up order 715204", "checked the carrier: last seen in Boise"],
        "actions_not_done": ["no refund was made"],
        "emotion": {
            "direction": "rising",
            "latest": 0.8,
            "peak": 0.8,
            "points": [
                {"turn_id": "t1", "score": 0.2},
                {"turn_id": "t3", "score": 0.35},
                {"turn_id": "t5", "score": 0.8},
            ],
        },
        "complaint": None,
        "summary": {
            "issue": "the floor lamp of order 715204 is six days late",
            "tried": ["order look-up", "explained the carrier's delay"],
            "asks_for": "a delivery date she can rely on, or her money back",
            "promises": ["a colleague takes over and knows the order"],
        },
        "transcript": [],
        "routing": {"priority": 3, "wait_told_seconds": 60},
        "suggestions": [
            "offer express delivery of a new lamp at no cost",
            "refund the delivery fee",
        ],
    }
    return HandoffPacket.model_validate({**content, **changes})


def upset_parent(handoff_id: str = "h2") -> HandoffPacket:
    """A safety complaint of a VIP."""
    now = datetime.now(UTC)
    packet = caller_packet(handoff_id, now)
    assert packet.customer is not None
    return packet.model_copy(
        update={
            "customer": packet.customer.model_copy(update={"name": "Jonas Berg", "tier": "vip"}),
            "reason": "complaint",
            "complaint": HandoffPacket.model_validate(
                packet.model_dump()
                | {
                    "complaint": {
                        "level": 1,
                        "category": "product_safety",
                        "respond_by": now + timedelta(minutes=15),
                        "resolve_by": now + timedelta(hours=2),
                    }
                }
            ).complaint,
            "summary": packet.summary.model_copy(
                update={
                    "issue": "the lamp's plug gets hot and smells of smoke",
                    "asks_for": "to be told whether it is safe",
                }
            ),
        }
    )


def stranger(handoff_id: str, reason: str, number: str) -> HandoffPacket:
    """Somebody nobody knows."""
    packet = caller_packet(handoff_id)
    call = packet.call.model_copy(update={"caller_number": number})
    return packet.model_copy(update={"call": call, "customer": None, "reason": reason, "slots": {}})


def waiting(packet: HandoffPacket, waited_s: float, offered_to: str | None = None) -> Waiting:
    return Waiting(
        handoff_id=packet.handoff_id,
        call_id=packet.call.call_id,
        packet=packet,
        waiting_s=waited_s,
        since=datetime.now(UTC) - timedelta(seconds=waited_s),
        offered_to=offered_to,
    )


def offered(packet: HandoffPacket, waited_s: float = 42, left_s: float = 20) -> Offered:
    item = waiting(packet, waited_s, AGENT)
    until = datetime.now(UTC) + timedelta(seconds=left_s)
    return Offered(**{**item.model_dump(), "packet": packet}, offer_until=until)


def turn(number: int, speaker: str, text: str, *, doubtful: str = "", **more: Any) -> Turn:
    """One turn of Maria's call, with the words that were hardly understood."""
    words = tuple(
        {"text": word, "confidence": 0.41 if word in doubtful.split() else 0.97}
        for word in text.split()
    )
    return Turn(
        call_id="c-h1",
        turn_id=f"t{number}",
        speaker=speaker,
        text=text,
        started_at=datetime.now(UTC) - timedelta(seconds=max(0, 150 - 12 * number)),
        words=words if speaker != "bot" else (),
        **more,
    )


def conversation() -> list[Turn]:
    """What Maria and the line said."""
    return [
        turn(0, "bot", "Thank you for calling Northwind Outfitters. How can I help?"),
        turn(1, "caller", "where is my floor lamp", affect=0.2, doubtful="lamp"),
        turn(2, "bot", "I can look that up. What is your order number?"),
        turn(3, "caller", "seven one five two zero four", affect=0.35),
        turn(
            4,
            "bot",
            "Order 7 1 5, 2 0 4 was shipped on March 1. It is late: the carrier last saw it in "
            "Boise. Shall I tell you more about the delay?",
            heard="Order 7 1 5, 2 0 4 was shipped on March 1. It is late: the carrier last saw "
            "it in Boise.",
            complete=False,
        ),
        turn(
            5,
            "caller",
            "that is the third time i hear that i want a person now",
            affect=0.8,
            doubtful="third",
        ),
        turn(6, "bot", "I am sorry about that. A colleague is taking over."),
    ]


class FakeWorkplace:
    """Does what it is told, and remembers that."""

    def __init__(self) -> None:
        self.name = AGENT
        self.state = DeskState()
        self.did: list[tuple[Any, ...]] = []
        self.closed: WrapUp | None = None
        self.listeners: list[Callable[[ServerMessage], None]] = []
        self.tell(Snapshot(agent_name=AGENT))
        self.be("available", for_s=75)

    def watch(self, listener: Callable[[ServerMessage], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def tell(self, message: ServerMessage) -> None:
        """Let something happen."""
        self.state.apply(message)
        for listener in list(self.listeners):
            listener(message)

    def be(self, state: AgentState, *, reason: str | None = None, for_s: float = 0) -> None:
        """Let the agent do something else."""
        since = datetime.now(UTC) - timedelta(seconds=for_s)
        self.tell(Status(agent_state=state, since=since, break_reason=reason))

    def ask(self, packet: HandoffPacket, **more: Any) -> None:
        """Offer a caller."""
        self.be("offered")
        self.tell(offered(packet, **more))

    def wait(self, *items: Waiting) -> None:
        """Let these callers wait, and no others."""
        places = tuple(
            Place(handoff_id=item.handoff_id, offered_to=item.offered_to) for item in items
        )
        self.tell(Queue(places=places, new=items))

    def begin_call(
        self,
        packet: HandoffPacket,
        turns: list[Turn] | None = None,
        consulted_by: str | None = None,
    ) -> None:
        """Let a caller be on the line."""
        said = conversation() if turns is None else turns
        self.be("on_call", for_s=8)
        self.tell(
            Accepted(
                handoff_id=packet.handoff_id,
                call_id=packet.call.call_id,
                packet=packet,
                turns=tuple(said),
                consulted_by=consulted_by,
            )
        )
        if consulted_by is not None:
            self._stand(consulting=consulted_by)

    def end_call(self, reason: str = "caller_hung_up") -> None:
        """Let the call be over."""
        assert self.state.active is not None
        self.be("wrap_up", for_s=3)
        self.tell(CallEnded(call_id=self.state.active.call_id, reason=reason))

    def _stand(self, **changes: Any) -> None:
        now = Conversation(
            on_hold=self.state.on_hold,
            muted=self.state.muted,
            consulting=self.state.consulting,
            three_way=self.state.three_way,
        )
        self.tell(now.model_copy(update=changes))

    async def accept(self, handoff_id: str) -> str:
        self.did.append(("accept", handoff_id))
        assert self.state.offer is not None
        self.begin_call(self.state.offer.packet)
        return "accepted"

    async def decline(self, handoff_id: str) -> bool:
        self.did.append(("decline", handoff_id))
        self.tell(Withdrawn(handoff_id=handoff_id, outcome="declined"))
        self.be("available")
        return True

    async def say(self, text: str) -> None:
        self.did.append(("say", text))

    async def hold(self, on: bool) -> None:
        self.did.append(("hold", on))
        self._stand(on_hold=on)

    async def mute(self, on: bool) -> None:
        self.did.append(("mute", on))
        self._stand(muted=on)

    async def consult(self, agent_name: str) -> None:
        self.did.append(("consult", agent_name))
        if agent_name != "Ana Ruiz":
            raise DeskError("not_free", f"{agent_name} is not free just now.")
        self._stand(consulting=agent_name, on_hold=True)

    async def end_consult(self, join: bool) -> None:
        self.did.append(("end_consult", join))
        asked = self.state.consulting if join else None
        self._stand(consulting=asked, three_way=join, on_hold=False)

    async def pass_on(self, queue: str, note: str) -> None:
        self.did.append(("pass_on", queue, note))
        assert self.state.active is not None
        self.tell(Released(handoff_id=self.state.active.handoff_id, why="passed_on"))
        self.be("available")

    async def hang_up(self) -> None:
        self.did.append(("hang_up",))
        self.end_call("agent_hung_up")

    async def close(
        self, wrap_up: WrapUp, then: AgentState = "available", reason: Any = None
    ) -> None:
        self.did.append(("close", wrap_up.disposition, then, reason))
        self.closed = wrap_up
        assert self.state.active is not None
        self.tell(Closed(handoff_id=self.state.active.handoff_id, disposition=wrap_up.disposition))
        self.be(then, reason=reason)

    async def take_break(self, reason: str) -> None:
        self.did.append(("take_break", reason))
        self.be("break", reason=reason)

    async def come_back(self) -> None:
        self.did.append(("come_back",))
        self.be("available")

    async def keep_notes(self, text: str) -> None:
        self.did.append(("keep_notes", text))
        self.tell(NotesKept(text=text))


class FakeDesk:
    """One workplace for everybody."""

    def __init__(self, workplace: FakeWorkplace) -> None:
        self.workplace = workplace

    async def open(self, name: str, abilities: Any, *, ready: bool) -> FakeWorkplace:
        return self.workplace
