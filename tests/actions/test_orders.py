"""What callers hear about their orders, and what they do not."""

from __future__ import annotations

import pytest

from actions.business import Business
from contact_center.seed import (
    DEMO_VIP,
    ORDER_ARRIVING_TOMORROW,
    ORDER_DELIVERED,
    ORDER_LATE,
    ORDER_OF_VIP,
    ORDER_PROCESSING,
    UNKNOWN_ORDER,
)
from tests.actions.conftest import Caller, Heard, caller_of, known, words


def spoken(number: str) -> str:
    names = words("zero one two three four five six seven eight nine")
    return " ".join(names[int(each)] if each.isdigit() else each.lower() for each in number)


async def confirmed(caller: Caller, intent: str, number: str) -> Heard:
    """Ask for something about an order, say its number and agree to what is read back."""
    await caller.wants(intent)
    await caller.says(spoken(number), "provide_number")
    return await caller.says("yes", "affirm")


class TestOrderNumber:
    async def test_is_asked_for_with_six_digits_expected(self, maria: Caller) -> None:
        heard = await maria.wants("order_status", "where is my order")
        assert heard.responses == ["utter_ask_order_number"]
        assert heard.expects == {"type": "expect", "grammar": "digits", "length": 6}

    async def test_is_read_back_in_groups(self, maria: Caller) -> None:
        await maria.wants("order_status")
        heard = await maria.says("four eight two nine one three", "provide_number")
        assert heard.values("utter_confirm_number") == {"number": "4 8 2, 9 1 3"}
        assert heard.expects == {"type": "expect", "grammar": "yes_no"}

    async def test_is_taken_from_the_first_sentence(self, maria: Caller) -> None:
        heard = await maria.wants("order_status", "where is order four eight two nine one three")
        assert heard.responses == ["utter_confirm_number"]

    async def test_may_be_said_in_pieces(self, maria: Caller) -> None:
        await maria.wants("order_status")
        heard = await maria.says("four eight two", "provide_number")
        assert heard.values("utter_ask_rest_of_number")["heard"] == "4 8 2"
        assert heard.expects == {"type": "expect", "grammar": "digits", "length": 3}
        heard = await maria.says("nine one three", "provide_number")
        assert heard.values("utter_confirm_number") == {"number": "4 8 2, 9 1 3"}

    async def test_may_be_corrected_when_read_back(self, maria: Caller) -> None:
        await maria.wants("order_status")
        await maria.says("four eight two nine one five", "provide_number")
        heard = await maria.says("no three not five", "deny")
        assert heard.values("utter_confirm_number") == {"number": "4 8 2, 9 1 3"}

    async def test_that_exists_is_preferred_among_what_may_have_been_heard(
        self, maria: Caller
    ) -> None:
        await maria.wants("order_status")
        heard = await maria.says(
            "four eight two five one three",
            "provide_number",
            alternatives=("four eight two nine one three",),
        )
        assert heard.values("utter_confirm_number") == {"number": "4 8 2, 9 1 3"}

    async def test_is_not_asked_for_twice_in_a_call(self, maria: Caller) -> None:
        await confirmed(maria, "order_status", ORDER_ARRIVING_TOMORROW)
        heard = await maria.wants("order_late", "it is late")
        assert "utter_ask_order_number" not in heard.responses

    async def test_said_out_of_the_blue_asks_where_the_order_is(self, maria: Caller) -> None:
        heard = await maria.says("four eight two nine one three", "provide_number")
        assert heard.responses == ["utter_confirm_number"]
        heard = await maria.says("yes", "affirm")
        assert heard.responses[0] == "utter_order_shipped"


class TestFailedTries:
    async def test_after_two_the_callers_recent_order_is_offered(self, maria: Caller) -> None:
        heard = await confirmed(maria, "order_status", UNKNOWN_ORDER)
        assert heard.responses == ["utter_order_not_found", "utter_ask_order_number"]
        await maria.says(spoken(UNKNOWN_ORDER), "provide_number")
        heard = await maria.says("yes", "affirm")
        assert heard.responses == ["utter_confirm_recent"]
        assert heard.values("utter_confirm_recent")["items"]

    async def test_the_offered_order_is_told_about(self, maria: Caller) -> None:
        await maria.wants("order_status")
        await maria.says("i don't have the number", "deny")
        heard = await maria.says("yes that's it", "affirm")
        assert heard.responses[0].startswith("utter_order_")

    async def test_another_order_than_the_offered_one_needs_a_person(self, maria: Caller) -> None:
        await maria.wants("order_status")
        await maria.says("i don't know it", "deny")
        heard = await maria.says("no", "deny")
        assert heard.responses == ["utter_order_not_identified"]
        assert maria.slots["handoff_reason"] == "repeated_failure"

    async def test_a_stranger_is_sent_to_a_person(self, stranger: Caller) -> None:
        await confirmed(stranger, "order_status", UNKNOWN_ORDER)
        await stranger.says(spoken(UNKNOWN_ORDER), "provide_number")
        await stranger.says("yes", "affirm")
        assert stranger.slots["handoff_reason"] == "repeated_failure"

    async def test_a_misheard_number_counts_as_a_try(self, stranger: Caller) -> None:
        await stranger.wants("order_status")
        await stranger.says("one two three four five six", "provide_number")
        heard = await stranger.says("no", "deny")
        assert heard.responses == ["utter_number_misheard", "utter_ask_order_number"]
        await stranger.says("one two three four five seven", "provide_number")
        await stranger.says("no", "deny")
        assert stranger.slots["handoff_reason"] == "repeated_failure"


class TestStatus:
    async def test_names_the_items_to_their_customer(self, maria: Caller) -> None:
        heard = await confirmed(maria, "order_status", ORDER_ARRIVING_TOMORROW)
        assert heard.responses == ["utter_order_shipped", "utter_anything_else"]
        assert heard.values("utter_order_shipped") == {
            "subject": "Your order with the hiking boots",
            "day": "tomorrow",
        }

    @pytest.mark.parametrize(
        "number",
        [ORDER_ARRIVING_TOMORROW, ORDER_LATE, ORDER_PROCESSING, ORDER_DELIVERED, ORDER_OF_VIP],
    )
    async def test_names_nothing_to_a_stranger(
        self, stranger: Caller, business: Business, number: str
    ) -> None:
        heard = await confirmed(stranger, "order_status", number)
        told = " ".join(str(heard.values(name)) for name in heard.responses)
        order = await business.orders.find(number)
        assert order is not None
        assert "That order" in told
        for item in order.items:
            assert item.name.split()[-1] not in told

    async def test_names_nothing_of_another_customers_order(self, maria: Caller) -> None:
        heard = await confirmed(maria, "order_status", ORDER_OF_VIP)
        assert heard.values(heard.responses[0])["subject"] == "That order"

    async def test_of_a_late_order_is_an_apology_and_an_offer(self, maria: Caller) -> None:
        heard = await confirmed(maria, "order_status", ORDER_LATE)
        assert heard.responses == ["utter_order_late", "utter_offer_person"]
        await maria.says("yes please", "affirm")
        assert maria.slots["handoff_reason"] == "requested"

    async def test_a_yes_with_the_problem_said_again_is_still_a_yes(self, maria: Caller) -> None:
        await confirmed(maria, "order_status", ORDER_LATE)
        heard = await maria.wants("order_late", "yes it is much too late")
        assert heard.responses == []
        assert maria.slots["handoff_reason"] == "requested"


class TestProblems:
    async def test_a_late_order_that_is_not_late_is_told_so(self, maria: Caller) -> None:
        heard = await confirmed(maria, "order_late", ORDER_ARRIVING_TOMORROW)
        assert heard.responses == ["utter_order_shipped", "utter_anything_else"]

    @pytest.mark.parametrize("intent", ["order_damaged", "order_wrong"])
    async def test_damaged_or_wrong_items_need_a_person(self, maria: Caller, intent: str) -> None:
        heard = await confirmed(maria, intent, ORDER_DELIVERED)
        assert heard.responses == ["utter_problem_needs_person"]
        assert maria.slots["handoff_reason"] == "complex"

    async def test_a_missing_order_that_counts_as_delivered_needs_a_person(
        self, maria: Caller
    ) -> None:
        heard = await confirmed(maria, "order_missing", ORDER_DELIVERED)
        assert heard.responses == ["utter_order_delivered_missing"]
        assert maria.slots["handoff_reason"] == "complex"


class TestCancelling:
    async def test_happens_after_a_yes(self, maria: Caller, business: Business) -> None:
        heard = await confirmed(maria, "cancel_order", ORDER_PROCESSING)
        assert heard.responses == ["utter_confirm_cancel"]
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

    async def test_by_a_stranger_needs_a_person(self, stranger: Caller, business: Business) -> None:
        await confirmed(stranger, "cancel_order", ORDER_PROCESSING)
        assert stranger.slots["handoff_reason"] == "policy"
        order = await business.orders.find(ORDER_PROCESSING)
        assert order is not None
        assert order.state == "processing"


async def test_a_return_is_explained_before_a_person_is_offered(maria: Caller) -> None:
    heard = await confirmed(maria, "return_refund", ORDER_DELIVERED)
    assert heard.responses == ["utter_return_policy", "utter_offer_person"]


async def test_a_vip_hears_about_her_own_order(business: Business) -> None:
    caller = caller_of(business, await known(business, DEMO_VIP.phone))
    heard = await confirmed(caller, "order_status", ORDER_OF_VIP)
    assert heard.values(heard.responses[0])["subject"].startswith("Your order")
