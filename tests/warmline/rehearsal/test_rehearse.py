"""A few conversations against the real assistant, and what is seen of them."""

from __future__ import annotations

from typing import Any

from contact_center.customers import Customers
from contact_center.orders import Orders
from warmline.rehearsal.cast import make_cast
from warmline.rehearsal.conversation_file import Conversation
from warmline.rehearsal.ears import TextEar
from warmline.rehearsal.judgement import judge
from warmline.rehearsal.rehearse import Played, rehearse
from warmline.rehearsal.stage import Stage
from warmline.rehearsal.suite import play_all
from warmline.rehearsal.utterances import understand_all


def conversation(name: str, **told: Any) -> Conversation:
    return Conversation.model_validate({"conversation": name, "must": {}, "says": ["hi"], **told})


async def played(stage: Stage, name: str, **told: Any) -> Played:
    return await rehearse(conversation(name, **told), stage, TextEar())


async def test_a_cast_has_all_that_is_written_and_shares_nothing(stage: Stage) -> None:
    told: dict[str, Any] = {
        "caller": {
            "tier": "gold",
            "orders": {
                "boots": "hiking boots + wool hat, partly shipped, arrives tomorrow, with a letter",
                "mug": "travel mug, returned, delivered 9 days ago",
            },
        },
        "others": {"stove": "camp stove, late"},
    }
    now = conversation("x!!").moment(stage.settings.zone)
    casts = [
        await make_cast(conversation(name, **told), stage.database, now)
        for name in ("First cast", "Second cast")
    ]
    numbers = {order.number for cast in casts for order in cast.orders.values()}
    assert len(numbers) == 6
    assert casts[0].number != casts[1].number
    customer = await Customers(stage.database).find_by_phone(casts[0].number)
    assert customer is not None
    assert (customer.id, customer.tier) == (casts[0].customer_id, "gold")
    orders = Orders(stage.database)
    boots = await orders.find(casts[0].orders["boots"].number)
    stove = await orders.find(casts[0].orders["stove"].number)
    assert boots is not None
    assert stove is not None
    assert boots.number[0].isalpha()
    assert boots.customer_id == customer.id != stove.customer_id
    assert stove.is_late(now.date())
    assert await orders.find(casts[0].orders["boots"].wrong) is None


async def test_a_call_takes_place_at_its_own_time(stage: Stage) -> None:
    ask = {"says": ["are you open right now"]}
    day = await played(stage, "By day", at="tuesday 10:30", **ask)
    night = await played(stage, "By night", at="tuesday 23:50", **ask)
    assert day.exchanges[1].texts != night.exchanges[1].texts
    assert "closed" in " ".join(night.bot_texts).lower() or "not" in " ".join(night.bot_texts)


async def test_an_order_is_asked_for_read_back_and_confirmed(stage: Stage) -> None:
    call = await played(
        stage,
        "A stranger's order",
        others={"stove": "camp stove, shipped, arrives tomorrow"},
        says=["where is my order", "no that's all thanks"],
        answers={"order_number": "{stove}"},
        must={"wants": "order_status", "tells": "tomorrow", "order": "stove"},
    )
    verdict = judge(call)
    assert verdict.passed, verdict.failures
    assert call.exchanges[0].said == ""
    assert call.confirmed == (call.orders["stove"].number,)


async def test_a_wish_for_a_person_ends_the_rehearsal_with_the_hand_over(stage: Stage) -> None:
    call = await played(stage, "A person please", says=["i want to talk to a person"])
    assert call.handoff is not None
    assert call.handoff["reason"] == "requested"
    assert judge(call).wrongly_escalated


async def test_a_silent_caller_tells_the_assistant_nothing(stage: Stage) -> None:
    silent = {"silent": True}
    call = await played(stage, "Silence", says=[silent, silent, silent, silent])
    assert call.gave_up
    assert all(not exchange.texts for exchange in call.exchanges[1:])


async def test_a_code_reaches_the_caller_and_never_the_assistant(stage: Stage) -> None:
    call = await played(
        stage,
        "A reset",
        caller={},
        says=["i forgot my password", "no that's all"],
    )
    assert len(call.codes) == 1
    assert "password_reset" in call.tasks_done
    shown = " ".join(f"{exchange.said} {exchange.heard}" for exchange in call.exchanges)
    assert "\u2022" in shown
    assert call.codes[0] not in shown


async def test_several_conversations_go_on_beside_each_other(stage: Stage) -> None:
    calls = [
        conversation(f"Beside {at}", at=f"tuesday {at}", says=["are you open now", "no bye"])
        for at in ("10:30", "23:30")
    ]
    done: list[str] = []
    verdicts = await play_all(
        calls, stage, TextEar(), on_done=lambda verdict: done.append(verdict.name)
    )
    assert [verdict.name for verdict in verdicts] == [each.name for each in calls]
    assert sorted(done) == sorted(each.name for each in calls)


async def test_single_utterances_are_taken_for_an_intent(stage: Stage) -> None:
    said = [("where is my order", "order_status"), ("i want a human", "talk_to_person")]
    found = await understand_all(said, stage, TextEar())
    assert [(each.wanted, each.found) for each in found] == [(intent, intent) for _, intent in said]
