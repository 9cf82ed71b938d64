"""One task at a time, the others in their turn."""

from __future__ import annotations

from typing import Any

from actions import agenda
from actions.business import Business
from actions.turn import Request, Say, Turn


def turn(**slots: Any) -> Turn:
    return Turn("call-1", "", None, 0.9, slots)


def asked(spoken: Turn) -> str | None:
    return spoken.awaiting


def responses(spoken: Turn) -> list[str]:
    return [each.response for each in spoken.messages if isinstance(each, Say)]


def interrupted(**slots: Any) -> Turn:
    """A password reset begun in the middle of a cancellation."""
    spoken = turn(
        active_task="cancel_order",
        problem="cancel_order",
        awaiting="confirm_cancel",
        question_values={"items": "lamp"},
        order_number="715204",
        order_confirmed=True,
        **slots,
    )
    agenda.begin(spoken, "password_reset", "password_reset")
    return spoken


async def test_after_a_task_the_caller_is_asked_for_more(business: Business) -> None:
    spoken = turn(active_task="order_status")
    await agenda.done(spoken, business)
    assert asked(spoken) == "anything_else"
    assert spoken.get("tasks_done") == ["order_status"]
    assert spoken.get("active_task") is None


async def test_an_interrupted_task_is_offered_afterwards(business: Business) -> None:
    spoken = interrupted()
    assert spoken.get("active_task") == "password_reset"
    assert spoken.awaiting is None
    await agenda.done(spoken, business)
    assert asked(spoken) == "go_on_with"
    assert spoken.get("question_values") == {"task": "the cancellation"}


async def test_it_goes_on_at_its_question_with_what_was_given(business: Business) -> None:
    spoken = interrupted()
    spoken.set(order_number="482913", reset_customer_id=7)
    await agenda.done(spoken, business)
    assert agenda.take_up(spoken)
    assert spoken.awaiting == "confirm_cancel"
    assert spoken.get("question_values") == {"items": "lamp"}
    assert spoken.get("order_number") == "715204"
    assert spoken.get("reset_customer_id") is None
    assert spoken.get("active_task") == "cancel_order"
    assert spoken.get("put_aside") is None


def test_what_was_found_meanwhile_is_not_asked_for_again() -> None:
    spoken = turn(active_task="return_refund", problem="return_refund", awaiting="order_number")
    agenda.begin(spoken, "order_status", "order_status")
    spoken.set(order_number="715204", order_confirmed=True)
    assert agenda.take_up(spoken)
    assert spoken.then == Request("return_refund")
    assert spoken.get("order_number") == "715204"


def test_asking_where_an_order_is_and_cancelling_it_is_one_subject() -> None:
    spoken = turn(active_task="order_status", problem="order_status", awaiting="order_number")
    agenda.begin(spoken, "cancel_order", "cancel_order")
    assert spoken.get("put_aside") is None


def test_a_task_begun_anew_is_not_offered_as_well() -> None:
    spoken = interrupted()
    agenda.begin(spoken, "cancel_order", "cancel_order")
    assert [each["task"] for each in spoken.get("put_aside")] == ["password_reset"]


async def test_the_other_request_of_the_breath_comes_before_all_else(business: Business) -> None:
    spoken = interrupted(pending_request={"intent": "opening_hours", "text": "are you open"})
    await agenda.done(spoken, business)
    assert responses(spoken) == ["utter_other_request"]
    assert spoken.then == Request("opening_hours", "are you open")
    assert spoken.get("pending_request") is None
    assert spoken.get("put_aside")


async def test_a_code_may_be_said_instead_of_a_yes(business: Business) -> None:
    spoken = turn(active_task="password_reset", problem="password_reset", awaiting="code")
    agenda.begin(spoken, "order_status", "order_status")
    await agenda.done(spoken, business)
    expect = next(each for each in reversed(spoken.messages) if not isinstance(each, Say))
    assert getattr(expect, "message")["secret"] is True  # noqa: B009


def test_giving_up_keeps_the_order_that_is_known() -> None:
    spoken = turn(
        active_task="cancel_order",
        order_number="715204",
        order_confirmed=True,
        order_choice=["715204"],
    )
    agenda.drop(spoken)
    assert spoken.get("order_number") == "715204"
    assert spoken.get("order_choice") is None
    assert spoken.awaiting == "anything_else"


def test_starting_over_forgets_it() -> None:
    spoken = turn(active_task="cancel_order", order_number="715204", order_confirmed=True)
    agenda.forget(spoken)
    assert spoken.get("order_number") is None
    assert spoken.get("active_task") is None


def test_who_calls_is_never_forgotten() -> None:
    spoken = turn(customer_id=1, tier="gold", department="store", order_number="715204")
    agenda.forget(spoken)
    assert spoken.customer_id == 1
    assert spoken.get("tier") == "gold"
    assert spoken.get("department") == "store"
