"""Whoever calls, and whatever they say: every call ends, and no sentence is said twice running."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.business import Business
from actions.patience import MOST_TURNS
from actions.respond import respond
from actions.turn import Instruct, Say, SayAgain, Turn
from contact_center.seed import DEMO_CUSTOMER, DEMO_GOLD
from tests.actions.conftest import known

ROOT = Path(__file__).parents[2]
RESPONSES: dict[str, list[str]] = {
    name: [each["text"] for each in variations]
    for path in sorted((ROOT / "nlu_data" / "responses").glob("*.yml"))
    for name, variations in yaml.safe_load(path.read_text())["responses"].items()
}
ACTIONS: dict[str, str] = {
    rule["steps"][0]["intent"]: rule["steps"][1]["action"]
    for path in sorted((ROOT / "nlu_data" / "rules").glob("*.yml"))
    for rule in yaml.safe_load(path.read_text())["rules"]
}
# Nothing in here ends a call by itself: it is the line that has to come to an end.
SAYINGS: dict[str, tuple[str, ...]] = {
    "greet": ("hello", "hello are you there"),
    "thanks": ("thank you",),
    "wait": ("hold on a second",),
    "repeat": ("what did you say",),
    "slow_down": ("slower please",),
    "what_can_you_do": ("what can you do", "can i ask you something"),
    "are_you_a_robot": ("are you a robot",),
    "affirm": ("yes", "yes please"),
    "deny": ("not that one", "i don't have it", "never mind", "start over"),
    "correct_that": ("actually it's the other one", "i meant the lamp"),
    "choose_contact": ("by email", "by text message"),
    "provide_number": ("four eight two nine one three", "seven one five two oh four", "one two"),
    "spell": ("b as in bravo",),
    "opening_hours": ("are you open on sunday", "until when are you open today"),
    "order_status": ("where is my order", "where is the lamp"),
    "order_late": ("my order is late",),
    "order_missing": ("it says delivered but i have nothing",),
    "cancel_order": ("cancel my order", "cancel the jacket"),
    "return_refund": ("i want to send it back",),
    "invoice_copy": ("i need a copy of the invoice",),
    "password_reset": ("i forgot my password",),
    "frustration": ("this is so annoying",),
    "out_of_scope": ("tell me a joke",),
    "nlu_fallback": ("purple monkey", "why do you need that", "where do i find it", "two tents"),
}
CALLER = st.sampled_from([None, DEMO_CUSTOMER, DEMO_GOLD])
TURN = st.sampled_from([(intent, text) for intent, texts in SAYINGS.items() for text in texts])
CALL = st.lists(TURN, min_size=MOST_TURNS + 5, max_size=MOST_TURNS + 5)


def _wording() -> ModuleType:
    """The assistant's choice of words, which needs nothing of Rasa."""
    spec = importlib.util.spec_from_file_location(
        "wording_of_the_bot", ROOT / "bot" / "nlg" / "sentences.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


WORDING = _wording()


class Call:
    """One call, with the words that the caller hears."""

    def __init__(self, business: Business) -> None:
        self.business = business
        self.slots: dict[str, Any] = {}
        self.said: list[str] = []
        self.last: list[SayAgain | Instruct] = []
        self.over = False

    async def begin(self, who: Any) -> None:
        """Take the call of a customer, or of somebody nobody knows."""
        caller: dict[str, Any] = {}
        if who is not None:
            customer = await known(self.business, who.phone)
            caller = {"number": who.phone, "customer_id": customer.id, "tier": customer.tier}
        await self.answer("start_call", "/start_call", metadata={"caller": caller})

    async def answer(self, intent: str, text: str, metadata: dict[str, Any] | None = None) -> None:
        """Let the assistant answer one turn."""
        turn = Turn("call-1", text, intent, 0.9, self.slots, last_answer=tuple(self.last))
        turn.metadata = metadata or {}
        await respond(ACTIONS.get(intent, "action_misunderstood"), turn, self.business)
        self.slots = self.slots | turn.changes
        self.last = []
        for message in turn.messages:
            match message:
                case Say(response, values):
                    self._say(self._worded(response, values), response)
                case SayAgain(spoken):
                    self._say(spoken, "")
                case Instruct(payload):
                    self.over = self.over or payload["type"] == "hangup"
                    if payload["type"] == "expect":
                        self.last.append(message)
        self.over = self.over or bool(self.slots.get("handoff_reason"))

    def _say(self, text: str, response: str) -> None:
        self.said.append(text)
        if response not in {"utter_repeat", "utter_slow_down", "utter_even_slower"}:
            self.last.append(SayAgain(text))

    def _worded(self, response: str, values: Any) -> str:
        filled = [
            WORDING.capitalised(re.sub(r"{(\w+)}", lambda blank: str(values[blank[1]]), each))
            for each in RESPONSES[response]
        ]
        chosen = filled[WORDING.next_wording(filled, self.said)]
        return str(WORDING.unlike_the_last(chosen, self.said))


def heard_twice_running(said: Sequence[str]) -> list[str]:
    """The sentences that were said twice running."""
    sentences = [each for text in said for each in WORDING.sentences(text)]
    return [after for before, after in pairwise(sentences) if before == after]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(who=CALLER, turns=CALL)
async def test_every_call_ends_and_no_sentence_is_said_twice_running(
    business: Business, who: Any, turns: list[tuple[str, str]]
) -> None:
    call = Call(business)
    await call.begin(who)
    for intent, text in turns:
        if call.over:
            break
        before = len(call.said)
        await call.answer(intent, text)
        assert len(call.said) > before or call.over, f"nothing was said to {text!r}"
    assert call.over
    assert heard_twice_running(call.said) == []


@pytest.mark.parametrize("intent", sorted(SAYINGS))
async def test_who_says_the_same_for_ever_reaches_a_person(business: Business, intent: str) -> None:
    call = Call(business)
    await call.begin(None)
    for _ in range(MOST_TURNS):
        if call.over:
            break
        await call.answer(intent, SAYINGS[intent][0])
    assert call.over
    assert heard_twice_running(call.said) == []
