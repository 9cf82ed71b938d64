"""A caller who resets a password, turn by turn, with the code that the line would try."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from actions.business import Business
from contact_center.calls import Calls
from contact_center.database import Database
from contact_center.outbox import Outbox
from contact_center.seed import SeedCustomer
from tests.actions.conftest import NOW, Caller, Heard, known
from tests.actions.test_orders import spoken

STRANGER = "+15550109999"
CODE_EXPECTED = {
    "type": "expect",
    "grammar": "digits",
    "length": 6,
    "secret": True,
    "patience": 25.0,
}


@dataclass
class Clock:
    """The present, as a test sets it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class ResetCaller:
    """A caller who resets a password, with the code in hand that the line would try."""

    caller: Caller
    db: Database
    clock: Clock
    said: list[str] = field(default_factory=list)

    async def says(self, text: str, intent: str | None = None, action: str = "") -> Heard:
        heard = await self.caller.says(text, intent, action=action or "action_answer")
        self.said += heard.responses
        return heard

    async def begins(self, text: str = "i forgot my password") -> Heard:
        return await self.says(text, "password_reset", "action_password_reset")

    async def gives_order(self, number: str) -> None:
        """Give an order number, and agree when it is read back."""
        await self.says(spoken(number), "provide_number")
        if self.caller.slots["awaiting"] != "contact_kind":
            await self.says("yes", "affirm")

    async def enters(self, code: str) -> Heard:
        """Enter a code as the line does: it tries it, and the skill hears what came of it."""
        tried = await self.caller.business.codes.try_code(self.caller.call_id, code, self.clock())
        return await self.reports(outcome=tried.outcome, tries_left=tried.tries_left)

    async def reports(self, **code: Any) -> Heard:
        heard = await self.caller.says("/enter_code", "enter_code", metadata={"code": code})
        self.said += heard.responses
        return heard

    async def messages(self) -> list[tuple[str, str]]:
        return [(each.kind, each.to) for each in await Outbox(self.db).pending(100)]

    async def code(self) -> str:
        body = (await Outbox(self.db).pending(100))[-1].body
        found = re.search(r"\b\d{6}\b", body)
        assert found is not None
        return found[0]

    @property
    def slots(self) -> dict[str, Any]:
        return self.caller.slots


async def reset_by(
    business: Business, db: Database, clock: Clock, who: SeedCustomer | None
) -> ResetCaller:
    """A call from a customer's own number, or from a number nobody has."""
    call_id = f"call-of-{who.phone if who else 'a stranger'}"
    await Calls(db).start(call_id, who.phone if who else STRANGER, "browser", NOW)
    slots: dict[str, Any] = {}
    if who is not None:
        customer = await known(business, who.phone)
        slots = {"customer_id": customer.id, "tier": customer.tier}
    return ResetCaller(Caller(business, slots, call_id=call_id), db, clock)
