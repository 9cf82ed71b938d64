"""What callers hear about their orders, and what they do not."""

from __future__ import annotations

import pytest

from actions.business import Business
from contact_center.seed import (
    DEMO_GOLD,
    DEMO_VIP,
    ORDER_ARRIVING_TOMORROW,
    ORDER_DELIVERED,
    ORDER_IN_PARTS,
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
    """Ask for something about an order by its number, and agree if that is read back."""
    heard = await caller.wants(intent, f"it is about order {spoken(number)}")
    if caller.slots.get("awaiting") in {"confirm_number", "confirm_near"}:
        heard = await caller.says("yes", "affirm")
    return heard


@pytest.fixture
async def terrence(business: Business) -> Caller:
    """A customer with an order in parts, one that just came, a return and a refund."""
    return caller_of(business, await known(business, DEMO_GOLD.phone))


@pytest.fixture
async def eleanor(business: Business) -> Caller:
    """A customer with a single order."""
    return caller_of(business, await known(business, DEMO_VIP.phone))


class TestNumberOfAStranger:
    """Whoever has not been matched gives a number, and hears what was heard."""

    async def test_is_asked_for_with_six_digits_expected(self, stranger: Caller) -> None:
        heard = await stranger.wants("order_status", "where is my order")
        assert heard.responses == ["utter_ask_order_number"]
        assert heard.expects == {"type": "expect", "grammar": "digits", "length": 6}

    async def test_is_read_back_in_groups(self, stranger: Caller) -> None:
        await stranger.wants("order_status")
        heard = await stranger.says("four eight two nine one three", "provide_number")
        assert heard.values("utter_confirm_number") == {"number": "4 8 2, 9 1 3"}
        assert heard.expects == {"type": "expect", "grammar": "yes_no", "length": 6}

    async def test_is_taken_from_the_first_sentence(self, stranger: Caller) -> None:
        text = "where is order four eight two nine one three"
        heard = await stranger.wants("order_status", text)
        assert heard.responses == ["utter_confirm_number"]

    async def test_may_be_said_in_pieces(self, stranger: Caller) -> None:
        await stranger.wants("order_status")
        heard = await stranger.says("four eight two", "provide_number")
        assert heard.values("utter_ask_rest_of_number")["heard"] == "4 8 2"
        assert heard.expects == {"type": "expect", "grammar": "digits", "length": 3}
        heard = await stranger.says("nine one three", "provide_number")
        assert heard.values("utter_confirm_number") == {"number": "4 8 2, 9 1 3"}

    async def test_may_be_begun_anew_between_the_pieces(self, stranger: Caller) -> None:
        await stranger.wants("order_status")
        await stranger.says("four eight five", "provide_number")
        await stranger.says("sorry two", "provide_number")
        heard = await stranger.says("nine one three", "provide_number")
        assert heard.values("utter_confirm_number") == {"number": "4 8 2, 9 1 3"}

    async def test_may_begin_with_a_letter_said_by_itself(self, stranger: Caller) -> None:
        await stranger.wants("order_status")
        heard = await stranger.says("b as in bravo", "spell")
        assert heard.values("utter_ask_rest_of_number")["heard"] == "B"
        heard = await stranger.says("six two eight four seven one", "provide_number")
        assert heard.values("utter_confirm_number") == {"number": "B, 6 2 8, 4 7 1"}

    async def test_may_be_corrected_when_read_back(self, stranger: Caller) -> None:
        await stranger.wants("order_status")
        await stranger.says("four eight two nine one five", "provide_number")
        heard = await stranger.says("no three not five", "deny")
        assert heard.values("utter_confirm_number") == {"number": "4 8 2, 9 1 3"}

    async def test_that_exists_is_not_preferred_to_what_was_heard(self, stranger: Caller) -> None:
        """Otherwise anybody could fish for numbers that exist."""
        await stranger.wants("order_status")
        heard = await stranger.says(
            "four eight two nine one nine",
            "provide_number",
            alternatives=(spoken(ORDER_ARRIVING_TOMORROW),),
        )
        assert heard.values("utter_confirm_number") == {"number": "4 8 2, 9 1 9"}

    async def test_that_resembles_an_order_is_not_put_right(self, stranger: Caller) -> None:
        await stranger.wants("order_status")
        heard = await stranger.says("four eight two nine one nine", "provide_number")
        assert heard.responses == ["utter_confirm_number"]
        heard = await stranger.says("yes", "affirm")
        assert heard.responses == ["utter_order_not_found", "utter_ask_order_number"]

    async def test_on_which_hearings_agree_counts_for_more(self, stranger: Caller) -> None:
        await stranger.wants("order_status")
        heard = await stranger.says(
            "four eight two five one three",
            "provide_number",
            alternatives=("four eight two nine one three", "four eight two nine thirteen",
                          "um four eight two nine one three"),
        )  # fmt: skip
        assert heard.values("utter_confirm_number") == {"number": "4 8 2, 9 1 3"}

    async def test_misheard_twice_ends_with_a_person(self, stranger: Caller) -> None:
        await stranger.wants("order_status")
        await stranger.says("one two three four five six", "provide_number")
        heard = await stranger.says("no", "deny")
        assert heard.responses == ["utter_number_misheard", "utter_ask_order_number"]
        await stranger.says("one two three four five seven", "provide_number")
        await stranger.says("no", "deny")
        assert stranger.slots["handoff_reason"] == "repeated_failure"

    async def test_unknown_twice_ends_with_a_person(self, stranger: Caller) -> None:
        await confirmed(stranger, "order_status", UNKNOWN_ORDER)
        await stranger.says(spoken(UNKNOWN_ORDER), "provide_number")
        await stranger.says("yes", "affirm")
        assert stranger.slots["handoff_reason"] == "repeated_failure"

    @pytest.mark.parametrize("text", ["i don't have one", "i don't know it", "i lost the number"])
    async def test_that_is_not_at_hand_ends_with_a_person(
        self, stranger: Caller, text: str
    ) -> None:
        await stranger.wants("order_status")
        heard = await stranger.says(text, "deny")
        assert heard.responses == ["utter_order_not_identified"]


class TestOrderOfACustomer:
    """A matched caller is asked for the order by what is in it."""

    async def test_is_asked_for_by_its_items(self, maria: Caller) -> None:
        heard = await maria.wants("order_status", "where is my order")
        assert heard.responses == ["utter_ask_which_order"]
        options = "the rain jacket, the hiking boots or the floor lamp"
        assert heard.values("utter_ask_which_order")["options"] == options
        assert heard.expects is not None
        assert heard.expects["grammar"] == "choice"
        assert {"the boots", "hiking boots", "the first one"} <= set(heard.expects["choices"])

    @pytest.mark.parametrize(
        ("text", "items"),
        [
            ("the boots", "hiking boots"),
            ("um the lamp please", "floor lamp"),
            ("the first one", "rain jacket"),
            ("the second", "hiking boots"),
            ("the last one", "floor lamp"),
            ("the latest one", "rain jacket"),
            ("the one that's late", "floor lamp"),
            ("the one that arrives tomorrow", "hiking boots"),
            ("the one i ordered today", "rain jacket"),
            ("the coat", "rain jacket"),
            ("the one ending in two oh four", "floor lamp"),
            ("four eight two nine one three", "hiking boots"),
        ],
    )
    async def test_is_named_in_many_ways(self, maria: Caller, text: str, items: str) -> None:
        await maria.wants("order_status")
        heard = await maria.says(text, "nlu_fallback")
        assert heard.values(heard.responses[0])["subject"] == f"your order with the {items}"

    async def test_may_be_named_at_once(self, maria: Caller) -> None:
        heard = await maria.wants("order_status", "where are my hiking boots")
        assert heard.responses == ["utter_order_shipped", "utter_anything_else"]
        assert heard.values("utter_order_shipped") == {
            "subject": "your order with the hiking boots",
            "day": "tomorrow",
        }

    async def test_needs_no_question_when_it_is_the_only_open_one(self, eleanor: Caller) -> None:
        heard = await eleanor.wants("order_status", "where is my order")
        assert heard.responses == ["utter_order_out_for_delivery", "utter_anything_else"]

    async def test_needs_no_question_when_it_is_the_only_late_one(self, maria: Caller) -> None:
        heard = await maria.wants("order_late", "my order is late")
        assert heard.responses[0] == "utter_order_late"
        assert "floor lamp" in heard.values("utter_order_late")["subject"]

    async def test_is_asked_for_by_number_when_none_is_meant(self, maria: Caller) -> None:
        await maria.wants("order_status")
        heard = await maria.says("none of those", "deny")
        assert heard.responses == ["utter_confirm_recent"]
        assert heard.values("utter_confirm_recent")["items"] == "travel mug and 1 more item"
        heard = await maria.says("no", "deny")
        assert heard.responses == ["utter_ask_order_number"]

    async def test_is_kept_for_the_next_wish(self, maria: Caller) -> None:
        await maria.wants("order_status", "where are my boots")
        heard = await maria.wants("cancel_order", "then cancel it")
        assert heard.responses[0] == "utter_not_cancellable"

    async def test_is_another_one_when_the_caller_says_so(self, maria: Caller) -> None:
        await maria.wants("order_status", "where are my boots")
        heard = await maria.wants("order_status", "and where is my other order")
        assert heard.values("utter_ask_which_order")["options"] == (
            "the rain jacket or the floor lamp"
        )

    async def test_is_changed_by_naming_another(self, maria: Caller) -> None:
        await maria.wants("cancel_order", "cancel my order")
        heard = await maria.says("no the boots", "correct_that")
        assert "utter_not_cancellable" in heard.responses

    async def test_does_not_change_the_wish_when_it_is_named_in_a_sentence(
        self, maria: Caller
    ) -> None:
        await maria.wants("invoice_copy", "send me the receipt")
        heard = await maria.wants("order_status", "it's the order with the boots")
        assert heard.responses[0] == "utter_invoice_sent"

    async def test_is_named_whatever_the_words_were_taken_for(self, maria: Caller) -> None:
        await maria.wants("order_status")
        heard = await maria.wants("order_wrong", "the one i just ordered")
        assert "rain jacket" in heard.values(heard.responses[0])["subject"]


class TestNumberOfACustomer:
    async def test_of_their_own_needs_no_confirmation(self, maria: Caller) -> None:
        heard = await confirmed(maria, "order_status", ORDER_ARRIVING_TOMORROW)
        assert heard.responses == ["utter_order_shipped", "utter_anything_else"]

    async def test_of_their_own_is_preferred_among_what_may_have_been_heard(
        self, maria: Caller
    ) -> None:
        await maria.wants("order_status")
        heard = await maria.says(
            "four eight two five one three",
            "provide_number",
            alternatives=("four eight two nine one three",),
        )
        assert heard.responses[0] == "utter_order_shipped"

    async def test_may_be_said_without_its_letter(self, maria: Caller) -> None:
        heard = await maria.wants("order_status", "where is six two eight four seven one")
        assert heard.responses[0] == "utter_order_delivered"

    async def test_with_one_digit_wrong_asks_about_the_order_it_resembles(
        self, maria: Caller
    ) -> None:
        heard = await maria.wants("order_status", "where is four eight two nine one nine")
        assert heard.responses == ["utter_confirm_near"]
        assert heard.values("utter_confirm_near") == {
            "items": "hiking boots",
            "number": "4 8 2, 9 1 3",
        }
        heard = await maria.says("yes that one", "affirm")
        assert heard.responses[0] == "utter_order_shipped"

    async def test_that_only_resembles_theirs_is_taken_as_it_was_said(self, maria: Caller) -> None:
        await maria.wants("order_status", "where is four eight two nine one nine")
        heard = await maria.says("no", "deny")
        assert heard.values("utter_confirm_number") == {"number": "4 8 2, 9 1 9"}
        heard = await maria.says("yes", "affirm")
        assert heard.responses == ["utter_order_not_found", "utter_ask_which_order"]

    async def test_said_out_of_the_blue_asks_where_the_order_is(self, maria: Caller) -> None:
        heard = await maria.says("four eight two nine one three", "provide_number")
        assert heard.responses[0] == "utter_order_shipped"

    async def test_unknown_leads_back_to_their_own_orders_once(self, maria: Caller) -> None:
        await maria.wants("order_status", "where is nine nine nine nine nine nine")
        heard = await maria.says("yes", "affirm")
        assert heard.responses == ["utter_order_not_found", "utter_ask_which_order"]
        await maria.says("nine nine nine nine nine nine", "provide_number")
        await maria.says("yes", "affirm")
        assert maria.slots["handoff_reason"] == "repeated_failure"


class TestStatus:
    async def test_of_a_partial_shipment_tells_when_each_part_comes(self, terrence: Caller) -> None:
        heard = await terrence.wants("order_status", "where is my order")
        assert heard.values("utter_order_in_parts")["parts"] == (
            "the down jacket should arrive tomorrow, and the sleeping bag should arrive on Thursday"
        )

    @pytest.mark.parametrize(
        "number",
        [
            ORDER_ARRIVING_TOMORROW,
            ORDER_LATE,
            ORDER_PROCESSING,
            ORDER_DELIVERED,
            ORDER_OF_VIP,
            ORDER_IN_PARTS,
        ],
    )
    async def test_names_nothing_to_a_stranger(
        self, stranger: Caller, business: Business, number: str
    ) -> None:
        heard = await confirmed(stranger, "order_status", number)
        told = " ".join(str(heard.values(name)) for name in heard.responses)
        order = await business.orders.find(number)
        assert order is not None
        assert "that order" in told
        for item in order.items:
            assert item.name.split()[-1] not in told

    async def test_names_nothing_of_another_customers_order(self, maria: Caller) -> None:
        heard = await confirmed(maria, "order_status", ORDER_OF_VIP)
        assert heard.values(heard.responses[0])["subject"] == "that order"

    @pytest.mark.parametrize(
        "text",
        ["can you see if my order was delivered", "has my order come", "did it get delivered"],
    )
    async def test_asking_whether_it_came_is_no_complaint(self, maria: Caller, text: str) -> None:
        await maria.wants("order_missing", text)
        assert maria.slots["problem"] == "order_status"

    @pytest.mark.parametrize(
        "text", ["it says delivered but it's not here", "has it been lost it never came"]
    )
    async def test_not_having_come_is_a_problem(self, maria: Caller, text: str) -> None:
        await maria.wants("order_missing", text)
        assert maria.slots["problem"] == "order_missing"

    async def test_of_a_late_order_is_an_apology_and_an_offer(self, maria: Caller) -> None:
        heard = await confirmed(maria, "order_status", ORDER_LATE)
        assert heard.responses == ["utter_order_late", "utter_offer_trace"]

    async def test_of_a_late_order_offers_a_stranger_a_person(self, stranger: Caller) -> None:
        heard = await confirmed(stranger, "order_status", ORDER_LATE)
        assert heard.responses == ["utter_order_late", "utter_offer_person"]
        heard = await stranger.wants("order_late", "yes it is much too late")
        assert heard.responses == []
        assert stranger.slots["handoff_reason"] == "requested"
