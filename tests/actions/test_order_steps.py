"""What is done about an order: as the policy allows, for its customer, and really."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from actions.business import Business
from contact_center.database import Database
from contact_center.order_policy import DEFAULT_PATH
from contact_center.outbox import Outbox
from contact_center.seed import (
    DEMO_CUSTOMER,
    DEMO_GOLD,
    ORDER_ARRIVING_TOMORROW,
    ORDER_BEING_RETURNED,
    ORDER_DELIVERED,
    ORDER_JUST_DELIVERED,
    ORDER_LATE,
    ORDER_PROCESSING,
    ORDER_REFUNDED,
)
from contact_center.settings import ContactCenterSettings
from contact_center.tickets import Ticket, Tickets
from tests.actions.conftest import NOW, Caller, Heard, caller_of, known
from tests.actions.test_orders import confirmed

PROMISED = "utter_replacement_promised"


@pytest.fixture
async def terrence(business: Business) -> Caller:
    """A customer with an order in parts, one that just came, a return and a refund."""
    return caller_of(business, await known(business, DEMO_GOLD.phone))


async def tickets_of(caller: Caller, db: Database) -> list[Ticket]:
    return await Tickets(db).open_for_customer(int(caller.slots["customer_id"]))


def with_policy(
    business: Business, db: Database, path: Path, *changes: tuple[str, str]
) -> Business:
    """The same company with another table."""
    text = DEFAULT_PATH.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)
    settings = ContactCenterSettings(data_dir=path.parent, order_policy=path)
    return Business.over(db, settings, clock=lambda: NOW)


class TestLate:
    async def test_is_traced_with_a_promise_that_somebody_keeps(
        self, maria: Caller, db: Database
    ) -> None:
        heard = await confirmed(maria, "order_late", ORDER_LATE)
        assert heard.responses == [
            "utter_order_late",
            "utter_trace_promised",
            "utter_anything_else",
        ]
        assert heard.values("utter_trace_promised")["by"] == "by Wednesday"
        (ticket,) = await tickets_of(maria, db)
        assert ticket.kind == "follow_up"
        assert ticket.promised_at == NOW + timedelta(days=2)
        assert ORDER_LATE in ticket.subject
        assert any(str(ticket.id) in promise for promise in maria.slots["promises"])
        assert f"Asked for a trace of order {ORDER_LATE}" in maria.slots["actions_done"]

    async def test_is_traced_once(self, maria: Caller, db: Database) -> None:
        await confirmed(maria, "order_late", ORDER_LATE)
        heard = await maria.wants("order_late", "my lamp is late")
        assert "utter_already_trace" in heard.responses
        assert len(await tickets_of(maria, db)) == 1

    async def test_is_traced_after_a_yes_when_only_its_status_was_asked(
        self, maria: Caller, db: Database
    ) -> None:
        await maria.wants("order_status", "where is my lamp")
        assert await tickets_of(maria, db) == []
        heard = await maria.says("yes please", "affirm")
        assert heard.responses == ["utter_trace_promised", "utter_anything_else"]
        assert len(await tickets_of(maria, db)) == 1

    async def test_is_left_after_a_no(self, maria: Caller, db: Database) -> None:
        await maria.wants("order_status", "where is my lamp")
        heard = await maria.says("no thanks", "deny")
        assert heard.responses == ["utter_left_as_it_is", "utter_anything_else"]
        assert await tickets_of(maria, db) == []

    async def test_but_not_yet_late_is_told_so(self, maria: Caller) -> None:
        heard = await confirmed(maria, "order_late", ORDER_ARRIVING_TOMORROW)
        assert heard.responses == ["utter_order_shipped", "utter_anything_else"]

    async def test_is_not_traced_for_a_stranger(self, stranger: Caller) -> None:
        heard = await confirmed(stranger, "order_late", ORDER_LATE)
        assert heard.responses == ["utter_order_late", "utter_offer_person"]


class TestDamagedOrWrong:
    @pytest.mark.parametrize("intent", ["order_damaged", "order_wrong"])
    async def test_is_replaced_if_the_caller_wants_it(
        self, terrence: Caller, db: Database, intent: str
    ) -> None:
        heard = await terrence.wants(intent, "it's about the stove")
        assert heard.responses == ["utter_ask_replacement_or_refund"]
        heard = await terrence.says("a replacement please", "nlu_fallback")
        assert heard.responses == [PROMISED, "utter_anything_else"]
        assert heard.values(PROMISED) == {"items": "camp stove", "by": "by Wednesday"}
        (ticket,) = await tickets_of(terrence, db)
        assert ticket.reason == "replacement"

    async def test_is_paid_back_if_the_caller_would_rather_have_that(
        self, terrence: Caller, db: Database
    ) -> None:
        await terrence.wants("order_damaged", "my stove is broken")
        heard = await terrence.wants("return_refund", "i want my money back")
        assert heard.responses == ["utter_refund_promised", "utter_anything_else"]
        (ticket,) = await tickets_of(terrence, db)
        assert ticket.reason == "refund"

    async def test_is_offered_as_the_caller_has_asked_for_it(
        self, terrence: Caller, db: Database
    ) -> None:
        heard = await terrence.wants("order_damaged", "my stove is broken i want my money back")
        assert heard.responses == ["utter_offer_refund"]
        heard = await terrence.says("yes", "affirm")
        assert heard.responses == ["utter_refund_promised", "utter_anything_else"]

    async def test_is_promised_once(self, terrence: Caller, db: Database) -> None:
        await terrence.wants("order_damaged", "my stove is broken")
        await terrence.says("a replacement", "nlu_fallback")
        heard = await terrence.wants("order_wrong", "the stove is the wrong one")
        assert "utter_already_replacement" in heard.responses
        assert len(await tickets_of(terrence, db)) == 1

    async def test_is_left_to_a_person_when_the_caller_wants_neither(
        self, terrence: Caller, db: Database
    ) -> None:
        await terrence.wants("order_damaged", "my stove is broken")
        heard = await terrence.says("neither", "deny")
        assert heard.responses == ["utter_offer_person"]
        assert await tickets_of(terrence, db) == []

    async def test_of_somebody_else_needs_a_person(self, maria: Caller, db: Database) -> None:
        heard = await confirmed(maria, "order_damaged", ORDER_JUST_DELIVERED)
        assert heard.responses == ["utter_order_needs_person"]
        assert maria.slots["handoff_reason"] == "policy"
        assert await tickets_of(maria, db) == []

    async def test_that_has_not_been_delivered_needs_a_person(self, maria: Caller) -> None:
        heard = await confirmed(maria, "order_damaged", ORDER_ARRIVING_TOMORROW)
        assert heard.responses == ["utter_problem_needs_person"]
        assert maria.slots["handoff_reason"] == "complex"


class TestMissing:
    async def test_that_counts_as_delivered_lately_is_traced_or_replaced(
        self, maria: Caller
    ) -> None:
        heard = await confirmed(maria, "order_missing", ORDER_DELIVERED)
        assert heard.responses == ["utter_ask_replacement_or_refund"]

    async def test_part_is_sent(self, terrence: Caller, db: Database) -> None:
        await terrence.wants("order_missing", "a part of the stove is missing")
        heard = await terrence.says("the replacement", "nlu_fallback")
        assert heard.responses[0] == "utter_missing_part_promised"
        (ticket,) = await tickets_of(terrence, db)
        assert "part of it is missing" in ticket.subject

    async def test_part_that_is_still_on_its_way_is_told_so(self, terrence: Caller) -> None:
        text = "i only got half of it the sleeping bag is missing"
        heard = await terrence.wants("order_missing", text)
        assert heard.responses[0] == "utter_order_in_parts"


class TestThePolicy:
    """What the table says is what is done; no code knows a limit."""

    async def test_a_lower_limit_takes_the_promise_away(
        self, business: Business, db: Database, tmp_path: Path
    ) -> None:
        strict = with_policy(
            business, db, tmp_path / "policy.yml", ("dollars_at_most: 150", "dollars_at_most: 50")
        )
        caller = caller_of(strict, await known(strict, DEMO_GOLD.phone))
        heard = await caller.wants("order_damaged", "my stove is broken")
        assert heard.responses == ["utter_problem_needs_person"]
        assert caller.slots["handoff_reason"] == "complex"

    async def test_another_time_and_other_words_are_promised(
        self, business: Business, db: Database, tmp_path: Path
    ) -> None:
        other = with_policy(
            business,
            db,
            tmp_path / "policy.yml",
            ("within: 2 working days", "within: 5 days"),
            ("say: utter_trace_promised", "say: utter_already_trace"),
        )
        caller = caller_of(other, await known(other, DEMO_CUSTOMER.phone))
        heard = await caller.wants("order_late", "my lamp is late")
        assert heard.values("utter_already_trace")["by"] == "by Saturday"

    async def test_a_change_takes_effect_without_a_restart(
        self, business: Business, db: Database, tmp_path: Path
    ) -> None:
        path = tmp_path / "policy.yml"
        company = with_policy(business, db, path)
        company.order_policy.current()
        path.write_text(path.read_text().replace("promises: 2 ", "promises: 0 "))
        caller = caller_of(company, await known(company, DEMO_GOLD.phone))
        heard = await caller.wants("order_damaged", "my stove is broken")
        assert heard.responses == ["utter_problem_needs_person"]

    async def test_only_so_many_promises_are_made_to_one_customer(
        self, business: Business, db: Database, tmp_path: Path
    ) -> None:
        stingy = with_policy(
            business, db, tmp_path / "policy.yml", ("promises: 2 ", "promises: 1 ")
        )
        caller = caller_of(stingy, await known(stingy, DEMO_GOLD.phone))
        await caller.wants("order_damaged", "my stove is broken")
        await caller.says("a refund", "nlu_fallback")
        heard = await caller.wants("order_damaged", "and the helmet is broken as well")
        assert heard.responses == ["utter_problem_needs_person"]


class TestCancelling:
    async def test_happens_after_a_yes(self, maria: Caller, business: Business) -> None:
        heard = await maria.wants("cancel_order", "i want to cancel my order")
        assert heard.responses == ["utter_confirm_cancel"]
        assert heard.values("utter_confirm_cancel") == {"items": "rain jacket"}
        heard = await maria.says("yes", "affirm")
        assert heard.responses == ["utter_cancelled", "utter_anything_else"]
        order = await business.orders.find(ORDER_PROCESSING)
        assert order is not None
        assert order.state == "cancelled"

    @pytest.mark.parametrize("text", ["yes cancel it", "cancel it please"])
    async def test_happens_when_the_wish_is_said_again(self, maria: Caller, text: str) -> None:
        await confirmed(maria, "cancel_order", ORDER_PROCESSING)
        heard = await maria.wants("cancel_order", text)
        assert heard.responses == ["utter_cancelled", "utter_anything_else"]

    async def test_does_not_happen_after_a_no(self, maria: Caller, business: Business) -> None:
        await confirmed(maria, "cancel_order", ORDER_PROCESSING)
        await maria.says("no leave it", "deny")
        order = await business.orders.find(ORDER_PROCESSING)
        assert order is not None
        assert order.state == "processing"

    async def test_is_refused_once_shipped(self, maria: Caller) -> None:
        heard = await confirmed(maria, "cancel_order", ORDER_ARRIVING_TOMORROW)
        assert heard.values("utter_not_cancellable") == {"reason": "it has already been shipped"}

    async def test_is_refused_when_it_was_shipped_meanwhile(
        self, maria: Caller, business: Business
    ) -> None:
        await confirmed(maria, "cancel_order", ORDER_PROCESSING)
        await business.orders.cancel(ORDER_PROCESSING, NOW)
        heard = await maria.says("yes", "affirm")
        assert "utter_cancelled" not in heard.responses

    async def test_by_a_stranger_needs_a_person(self, stranger: Caller, business: Business) -> None:
        await confirmed(stranger, "cancel_order", ORDER_PROCESSING)
        assert stranger.slots["handoff_reason"] == "policy"
        order = await business.orders.find(ORDER_PROCESSING)
        assert order is not None
        assert order.state == "processing"


class TestReturns:
    async def test_begin_with_a_label_to_the_contact_on_file(
        self, terrence: Caller, business: Business, db: Database
    ) -> None:
        heard = await terrence.wants("return_refund", "i want to return the stove")
        assert heard.responses == ["utter_offer_label"]
        heard = await terrence.says("yes please", "affirm")
        assert heard.values("utter_label_sent") == {"way": "e-mail"}
        (message,) = await Outbox(db).pending()
        assert (message.kind, message.to) == ("email", DEMO_GOLD.email)
        returned = await business.returns.of_order(ORDER_JUST_DELIVERED)
        assert returned is not None
        assert returned.state == "label_sent"

    async def test_are_told_about_once_begun(self, terrence: Caller) -> None:
        heard = await terrence.wants("return_refund", "where is my refund for the helmet")
        assert heard.values("utter_return_in_transit")["amount"] == "$69.99"
        heard = await terrence.wants("return_refund", "did you pay the refund for the lamp")
        assert heard.values("utter_return_refunded")["day"] == "on November 19"

    async def test_under_way_need_no_question(self, terrence: Caller) -> None:
        heard = await terrence.wants("return_refund", "where is my refund")
        assert heard.values("utter_ask_which_order")["options"] == (
            "the bicycle helmet or the desk lamp"
        )

    async def test_wait_until_the_order_has_arrived(self, maria: Caller) -> None:
        heard = await confirmed(maria, "return_refund", ORDER_ARRIVING_TOMORROW)
        assert heard.values("utter_return_after_arrival")["days"] == "30"

    @pytest.mark.parametrize("number", [ORDER_BEING_RETURNED, ORDER_REFUNDED])
    async def test_are_not_told_to_somebody_else(self, maria: Caller, number: str) -> None:
        heard = await confirmed(maria, "return_refund", number)
        assert heard.responses == ["utter_order_needs_person"]


class TestInvoices:
    async def test_go_to_the_address_on_file(self, terrence: Caller, db: Database) -> None:
        heard = await terrence.wants("invoice_copy", "i need a receipt for the stove")
        assert heard.responses == ["utter_invoice_sent", "utter_anything_else"]
        (message,) = await Outbox(db).pending()
        assert message.to == DEMO_GOLD.email
        assert "$59.00" in message.body
        assert ORDER_JUST_DELIVERED in message.body

    async def test_ask_for_which_order(self, terrence: Caller, db: Database) -> None:
        heard = await terrence.wants("invoice_copy", "send me a copy of my receipt")
        assert heard.responses == ["utter_ask_which_order"]
        await terrence.says("the jacket", "nlu_fallback")
        assert len(await Outbox(db).pending()) == 1

    async def test_are_not_sent_for_a_stranger(self, stranger: Caller, db: Database) -> None:
        heard = await confirmed(stranger, "invoice_copy", ORDER_DELIVERED)
        assert heard.responses == ["utter_order_needs_person"]
        assert await Outbox(db).pending() == []


class TestWhatWasPerhapsMisheard:
    """Before a person is called, a caller who was not surely understood is asked."""

    async def unsure(self, caller: Caller) -> Heard:
        text = "the hiking boots are broken"
        return await caller.says(text, "order_damaged", action="action_order", confidence=0.5)

    async def test_is_asked_about_first(self, maria: Caller) -> None:
        heard = await self.unsure(maria)
        assert heard.responses == ["utter_confirm_problem"]
        assert heard.values("utter_confirm_problem") == {
            "problem": "something is wrong with the hiking boots"
        }
        assert heard.expects == {"type": "expect", "grammar": "yes_no"}
        assert maria.slots.get("handoff_reason") is None

    @pytest.mark.parametrize(
        ("text", "intent"), [("yes", "affirm"), ("the boots are broken", "order_damaged")]
    )
    async def test_and_goes_to_a_person_when_it_was_meant(
        self, maria: Caller, text: str, intent: str
    ) -> None:
        await self.unsure(maria)
        action = "action_answer" if intent == "affirm" else "action_order"
        heard = await maria.says(text, intent, action=action)
        assert heard.responses == ["utter_problem_needs_person"]
        assert maria.slots["handoff_reason"] == "complex"

    async def test_and_is_forgotten_when_it_was_not(self, maria: Caller) -> None:
        await self.unsure(maria)
        heard = await maria.says("no", "deny")
        assert heard.responses == ["utter_go_ahead"]
        assert maria.slots["active_task"] is None
        assert maria.slots.get("handoff_reason") is None

    async def test_gives_way_to_what_was_really_wanted(self, maria: Caller) -> None:
        await self.unsure(maria)
        heard = await maria.wants("order_status", "no i asked where the hiking boots are")
        assert heard.responses[0] in {"utter_order_shipped", "utter_go_ahead"}
        assert maria.slots.get("handoff_reason") is None

    async def test_is_not_asked_when_the_line_can_help(self, maria: Caller) -> None:
        text = "the floor lamp is late"
        heard = await maria.says(text, "order_late", action="action_order", confidence=0.5)
        assert "utter_trace_promised" in heard.responses
