"""How calls begin and go on after they were cut off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from actions.business import Business
from contact_center.database import Database
from contact_center.models import ContactRow
from contact_center.seed import (
    DEMO_CUSTOMER,
    DEMO_GOLD,
    DEMO_STAFF,
    DEMO_VIP,
    ORDER_ARRIVING_TOMORROW,
    ORDER_LATE,
    SeedCustomer,
)
from tests.actions.conftest import NOW, Caller, Heard, known


async def start(
    caller: Caller, who: SeedCustomer | None = None, resume: dict[str, Any] | None = None
) -> Heard:
    about: dict[str, Any] = {"number": None, "customer_id": None, "name": None, "tier": None}
    if who is not None:
        customer = await known(caller.business, who.phone)
        about = {
            "number": who.phone,
            "customer_id": customer.id,
            "name": customer.name,
            "tier": customer.tier,
        }
    return await caller.says(
        "/start_call",
        "start_call",
        action="action_start_call",
        metadata={"caller": about, "resume": resume},
    )


async def complain(business: Business, who: SeedCustomer, owner: str | None) -> None:
    customer = await known(business, who.phone)
    await business.tickets.open(
        kind="complaint",
        subject="The driver was rude",
        reason="complaint",
        promised_at=NOW + timedelta(hours=1),
        now=NOW,
        customer_id=customer.id,
        complaint_level=2,
        owner=owner,
    )


class TestOpening:
    async def test_asks_a_caller_nobody_knows_how_to_help(self, stranger: Caller) -> None:
        heard = await start(stranger)
        assert heard.responses == ["utter_opener"]
        assert heard.expects == {"type": "expect", "grammar": "free"}

    async def test_takes_in_who_is_calling(self, stranger: Caller) -> None:
        await start(stranger, DEMO_GOLD)
        assert stranger.slots["caller_number"] == DEMO_GOLD.phone
        assert stranger.slots["tier"] == "gold"

    async def test_asks_about_the_order_that_arrives_tomorrow(self, stranger: Caller) -> None:
        heard = await start(stranger, DEMO_CUSTOMER)
        values = heard.values("utter_ask_about_order")
        assert values == {"order": "the order that arrives tomorrow"}
        assert heard.expects == {"type": "expect", "grammar": "yes_no"}

    async def test_says_nothing_of_a_number_that_two_people_have(
        self, stranger: Caller, db: Database
    ) -> None:
        staff = await known(stranger.business, DEMO_STAFF.phone)
        async with db.session() as session:
            session.add(
                ContactRow(
                    customer_id=staff.id,
                    kind="phone",
                    value=DEMO_CUSTOMER.phone,
                    verified=True,
                    changed_at=NOW,
                )
            )
        stranger.slots["customer_id"] = None
        heard = await stranger.says(
            "/start_call",
            "start_call",
            action="action_start_call",
            metadata={"caller": {"number": DEMO_CUSTOMER.phone, "customer_id": staff.id}},
        )
        assert heard.responses == ["utter_opener"]

    async def test_says_nothing_without_a_number(self, stranger: Caller) -> None:
        heard = await stranger.says(
            "/start_call",
            "start_call",
            action="action_start_call",
            metadata={"caller": {"number": None, "customer_id": 1}},
        )
        assert heard.responses == ["utter_opener"]

    async def test_sends_a_vip_to_a_person(self, stranger: Caller) -> None:
        heard = await start(stranger, DEMO_VIP)
        assert heard.messages == []
        assert stranger.slots["handoff_reason"] == "policy"
        heard = await stranger.says("/start_call", "start_call", action="action_hand_off")
        assert heard.responses == ["utter_hand_off_at_once"]
        assert heard.handoff is not None
        assert "/start_call" not in str(heard.handoff["summary"])

    async def test_sends_an_open_complaint_to_its_owner(self, stranger: Caller) -> None:
        await complain(stranger.business, DEMO_CUSTOMER, "Sam")
        heard = await start(stranger, DEMO_CUSTOMER)
        assert heard.messages == []
        heard = await stranger.says("/start_call", "start_call", action="action_hand_off")
        assert heard.values("utter_hand_off_owner") == {"owner": "Sam"}
        assert heard.handoff is not None
        assert heard.handoff["preferred_agent"] == "Sam"
        assert heard.handoff["reason"] == "complaint"
        assert heard.handoff["complaint"]["level"] == 2
        assert "open complaint" in heard.handoff["summary"]["issue"]

    async def test_leaves_a_complaint_without_an_owner_to_the_caller(
        self, stranger: Caller
    ) -> None:
        await complain(stranger.business, DEMO_CUSTOMER, None)
        heard = await start(stranger, DEMO_CUSTOMER)
        assert heard.responses == ["utter_ask_about_order"]


class TestAboutOrder:
    @pytest.fixture
    async def greeted(self, stranger: Caller) -> Caller:
        await start(stranger, DEMO_CUSTOMER)
        return stranger

    @pytest.mark.parametrize("intent", ["affirm", "nlu_fallback"])
    async def test_yes_tells_how_it_stands_without_asking_for_a_number(
        self, greeted: Caller, intent: str
    ) -> None:
        heard = await greeted.says("yes that's it", intent)
        assert heard.responses == ["utter_order_shipped", "utter_anything_else"]
        assert greeted.slots["order_number"] == ORDER_ARRIVING_TOMORROW

    async def test_no_asks_what_it_is_about(self, greeted: Caller) -> None:
        heard = await greeted.says("no", "deny")
        assert heard.responses == ["utter_go_ahead"]
        assert greeted.slots.get("order_number") is None

    async def test_no_the_lamp_is_about_the_lamp(self, greeted: Caller) -> None:
        await greeted.says("no about the lamp", "nlu_fallback", action="action_misunderstood")
        assert greeted.slots["order_number"] == ORDER_LATE

    async def test_yes_with_a_wish_is_that_wish_for_that_order(self, greeted: Caller) -> None:
        heard = await greeted.says("yes i want to cancel it", "cancel_order", action="action_order")
        assert greeted.slots["order_number"] == ORDER_ARRIVING_TOMORROW
        assert greeted.slots["problem"] == "cancel_order"
        assert "utter_ask_which_order" not in heard.responses

    async def test_a_wish_about_it_is_about_that_order(self, greeted: Caller) -> None:
        await greeted.says("can you tell me where it is", "order_status", action="action_order")
        assert greeted.slots["order_number"] == ORDER_ARRIVING_TOMORROW

    async def test_anything_else_is_the_request_itself(self, greeted: Caller) -> None:
        heard = await greeted.says(
            "i forgot my password", "password_reset", action="action_password_reset"
        )
        assert greeted.slots["active_task"] == "password_reset"
        assert "utter_ask_about_order" not in heard.responses

    async def test_a_question_about_it_is_explained(self, greeted: Caller) -> None:
        heard = await greeted.says("what do you mean", "nlu_fallback")
        assert heard.responses == ["utter_help_about_order", "utter_ask_about_order"]


class TestResuming:
    async def test_says_nothing_since_the_line_has_asked(self, stranger: Caller) -> None:
        heard = await start(stranger, DEMO_CUSTOMER, {"slots": {}})
        assert heard.messages == []

    async def test_goes_on_at_the_open_question(self, stranger: Caller) -> None:
        await stranger.wants("order_status")
        state = {"slots": dict(stranger.slots), "active_task": stranger.slots["active_task"]}
        again = Caller(stranger.business)
        await start(again, resume=state)
        heard = await again.says("yes please", "affirm")
        assert heard.responses == ["utter_resumed", "utter_ask_order_number"]

    async def test_a_caller_who_declines_starts_afresh(self, stranger: Caller) -> None:
        state = {"slots": {"order_number": ORDER_LATE, "awaiting": "offer_person"}}
        await start(stranger, resume=state)
        heard = await stranger.says("no", "deny")
        assert heard.responses == ["utter_go_ahead"]
        assert stranger.slots.get("order_number") is None

    async def test_a_new_wish_instead_of_an_answer_is_followed(self, stranger: Caller) -> None:
        await start(stranger, resume={"slots": {"awaiting": "offer_person"}})
        heard = await stranger.wants("order_status", "where is my order")
        assert heard.responses == ["utter_ask_order_number"]

    async def test_is_not_handed_over_for_old_reasons(self, stranger: Caller) -> None:
        state = {"slots": {"handoff_reason": "emotion", "handed_off": True, "customer_id": 3}}
        await start(stranger, resume=state)
        await stranger.says("yes", "affirm")
        assert stranger.slots.get("handoff_reason") is None
        assert stranger.slots.get("customer_id") is None
