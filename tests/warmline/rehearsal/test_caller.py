"""What the simulated caller says to what."""

from __future__ import annotations

from typing import Any

import pytest

from warmline.rehearsal.caller import BotTurn, SimulatedCaller
from warmline.rehearsal.cast import Cast, CastOrder
from warmline.rehearsal.conversation_file import Conversation

BOOTS = CastOrder("boots", "482913", "482513", ("hiking boots",))
LAMP = CastOrder("lamp", "700123", "700124", ("floor lamp",))
STATES = {"boots": "hiking boots, shipped, arrives tomorrow", "lamp": "floor lamp, processing"}


def caller(*orders: CastOrder, says: list[Any] | None = None, **told: Any) -> SimulatedCaller:
    """A caller with orders."""
    spec = {"orders": {each.nickname: STATES[each.nickname] for each in orders}}
    conversation = Conversation.model_validate(
        {"conversation": "A call", "caller": spec, "says": says or ["hi"], "must": {}, **told}
    )
    return SimulatedCaller(conversation, Cast(orders={each.nickname: each for each in orders}))


def words(caller: SimulatedCaller, heard: BotTurn | str | None, code: str | None = None) -> str:
    """What is said to a question."""
    turn = heard if isinstance(heard, BotTurn) else BotTurn(question=heard)
    spoken = caller.answer(turn, code)
    return "(hangs up)" if spoken is None else spoken.words or f"[{spoken.keys}]"


def test_a_line_is_said_each_time_the_turn_is_free() -> None:
    someone = caller(says=["where is it", "and the lamp"])
    assert words(someone, None) == "where is it"
    assert words(someone, "anything_else") == "and the lamp"
    assert words(someone, "anything_else") == "no thank you"


def test_the_greetings_question_leaves_the_turn_free() -> None:
    assert words(caller(says=["no i want a person"]), "about_order") == "no i want a person"
    told = caller(says=["thanks"], answers={"about_order": "yes i am"})
    assert words(told, "about_order") == "yes i am"


def test_who_is_asked_for_ever_hangs_up() -> None:
    someone = caller(says=["hi"])
    said = [words(someone, None) for _ in range(4)]
    assert said[0] == "hi"
    assert said[-1] == "(hangs up)"


def test_a_line_can_take_the_place_of_an_answer_once() -> None:
    someone = caller(BOOTS, says=["where is it", {"say": "are you open", "during": "order_number"}])
    assert words(someone, "order_number") == "are you open"
    assert words(someone, "order_number") == "four eight two, nine one three"


def test_one_answer_is_good_for_ever_and_a_list_for_once_each() -> None:
    always = caller(answers={"offer_person": "maybe"})
    assert [words(always, "offer_person") for _ in range(2)] == ["maybe", "maybe"]
    listed = caller(answers={"offer_person": ["maybe"]})
    assert [words(listed, "offer_person") for _ in range(2)] == ["maybe", "no thank you"]


def test_the_number_asked_for_is_that_of_the_order_meant() -> None:
    assert words(caller(LAMP, BOOTS), "order_number") == "seven zero zero, one two three"
    meant = caller(LAMP, BOOTS, must={"order": "boots"})
    assert words(meant, "order_number") == "four eight two, nine one three"
    assert words(caller(), "order_number") == "i don't have it"


def test_the_rest_of_a_number_is_what_is_missing() -> None:
    someone = caller(BOOTS, answers={"order_number": "{boots:first}"})
    assert words(someone, "order_number") == "four eight two"
    assert words(someone, BotTurn(question="rest_of_number", length=3)) == "nine one three"


@pytest.mark.parametrize("values", [True, False])
def test_a_number_read_back_is_checked(values: bool) -> None:
    def read_back(number: str) -> BotTurn:
        told = {"number": number} if values else {}
        return BotTurn((f"I have {number}. Is that right?",), "confirm_number", told)

    someone = caller(BOOTS)
    assert words(someone, "order_number") == "four eight two, nine one three"
    assert words(someone, read_back("4 8 2, 9 1 4")) == "no it's four eight two, nine one three"
    assert words(someone, read_back("4 8 2, 9 1 3")) == "yes that's right"


def test_a_wrong_number_is_put_right_when_it_is_read_back() -> None:
    someone = caller(
        BOOTS, answers={"order_number": "{boots:wrong}", "confirm_number": ["no {boots:fix}"]}
    )
    assert words(someone, "order_number") == "four eight two, five one three"
    read = BotTurn(("I have 4 8 2, 5 1 3. Is that right?",), "confirm_number")
    assert words(someone, read) == "no nine not five"
    read = BotTurn(("I have 4 8 2, 9 1 3. Is that right?",), "confirm_number")
    assert words(someone, read) == "yes that's right"


def test_a_question_about_another_order_is_denied() -> None:
    someone = caller(BOOTS, LAMP)
    about = BotTurn(("Is it about the floor lamp?",), "confirm_recent", grammar="yes_no")
    assert words(someone, about) == "no"
    about = BotTurn(("Is it about the hiking boots?",), "confirm_recent", grammar="yes_no")
    assert words(someone, about) == "yes"


def test_among_choices_the_order_meant_is_chosen() -> None:
    someone = caller(BOOTS, LAMP, must={"order": "lamp"})
    asked = BotTurn(question="which_order", grammar="choice", choices=("boots", "lamp"))
    assert words(someone, asked) == "lamp"
    assert words(someone, "which_order") == "the floor lamp"


def test_the_code_is_said_when_it_has_come_in_every_form() -> None:
    asked = BotTurn(question="code", grammar="digits", length=6, secret=True)
    assert words(caller(), asked) == "i didn't get a code"
    assert words(caller(), asked, "112233") == "one one two, two three three"
    for form, said in {
        "{code:wrong}": "two two three, three four four",
        "{code:first}": "one one two",
        "{code:last}": "two three three",
    }.items():
        assert words(caller(answers={"code": form}), asked, "112233") == said
    keyed = caller(answers={"code": {"press": "{code}"}})
    assert words(keyed, asked, "112233") == "[112233]"


BY_KEYS = "Please key in the six digits on your phone."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BY_KEYS, "[112233]"),
        ("That doesn't match. Please use the keys of your phone.", "[112233]"),
        ("Please say the code or key it in.", "one one two, two three three"),
    ],
)
def test_the_code_is_pressed_when_only_the_keys_are_asked_for(text: str, said: str) -> None:
    asked = BotTurn((text,), "code", grammar="digits", length=6, secret=True)
    assert words(caller(), asked, "112233") == said
    assert words(caller(answers={"code": "{code}"}), asked, "112233") == said


def test_what_is_no_code_is_said_even_so_and_who_cannot_press_keys_says_the_code() -> None:
    asked = BotTurn((BY_KEYS,), "code", grammar="digits", length=6, secret=True)
    assert words(caller(answers={"code": "i have no keys"}), asked, "112233") == "i have no keys"
    assert words(caller(answers={"code": {"press": "{code:wrong}"}}), asked, "112233") == "[223344]"
    unable = SimulatedCaller(
        Conversation.model_validate(
            {"conversation": "A call", "caller": {"keys": False}, "says": ["hi"], "must": {}}
        ),
        Cast(),
    )
    assert words(unable, asked, "112233") == "one one two, two three three"


def test_the_code_goes_where_there_is_something_on_file() -> None:
    assert words(caller(), "contact_kind") == "by email please"
    texts = SimulatedCaller(
        Conversation.model_validate(
            {
                "conversation": "A call",
                "caller": {"contacts": ["text"]},
                "says": ["hi"],
                "must": {},
            }
        ),
        Cast(),
    )
    assert words(texts, "contact_kind") == "by text message please"


def test_a_person_is_wanted_only_by_whoever_must_get_one() -> None:
    assert words(caller(), "offer_person") == "no thank you"
    assert words(caller(must={"hands_over": "complex"}), "offer_person") == "yes please"


def test_what_was_not_understood_is_said_once_more() -> None:
    someone = caller(says=["where is it", "never mind"])
    assert words(someone, None) == "where is it"
    assert words(someone, BotTurn(misunderstood=True)) == "where is it"
    assert words(someone, BotTurn(misunderstood=True)) == "never mind"


def test_it_is_known_when_a_number_is_said_in_full() -> None:
    someone = caller(BOOTS, says=["it's {boots:pairs}", "{boots:first}", "{boots:wrong}", "hello"])
    turns = [someone.answer(BotTurn()) for _ in range(4)]
    assert [turn.full_number for turn in turns if turn] == ["482913", "", "", ""]
    assert [turn.number for turn in turns if turn] == ["482913"] * 4
