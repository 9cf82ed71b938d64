"""How serious complaints are."""

from __future__ import annotations

import pytest

from actions.complaints import weigh
from tests.actions.conftest import Caller


@pytest.mark.parametrize(
    ("text", "level", "category"),
    [
        ("the stove caught fire in my kitchen", 1, "safety"),
        ("my son got an electric shock", 1, "safety"),
        ("your agent was incredibly rude to me", 2, "staff"),
        ("i have been on hold for an hour", 2, "waiting"),
        ("this is the worst service ever", 2, "service"),
        ("the lamp is of bad quality", 3, "product"),
        ("you charged my card twice", 3, "billing"),
        ("i want to complain", 3, "other"),
    ],
)
def test_levels(text: str, level: int, category: str) -> None:
    complaint = weigh(text)
    assert (complaint.level, complaint.category) == (level, category)


def test_a_level_that_was_decided_already_is_not_lowered() -> None:
    assert weigh("i will sue you", 2).level == 2
    assert weigh("it smells odd", 1).level == 1


async def test_an_upset_caller_is_acknowledged_and_the_question_stays_open(
    stranger: Caller,
) -> None:
    await stranger.wants("order_status")
    heard = await stranger.says("this is so annoying", "frustration", action="action_frustration")
    assert heard.responses == ["utter_sorry_frustrated", "utter_ask_order_number"]


async def test_an_upset_caller_without_a_question_is_offered_a_person(maria: Caller) -> None:
    heard = await maria.says("i am so fed up", "frustration", action="action_frustration")
    assert heard.responses == ["utter_sorry_frustrated", "utter_offer_person"]
