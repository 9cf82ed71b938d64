"""The voice channel of a running assistant, as the gateway uses it."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
from channels.turn_request import MAX_BODY_BYTES

from tests.bot.conftest import ACTIONS_SECRET, SECRET, ActionServer, Assistant, says

AUTHORISED = {"Authorization": f"Bearer {SECRET}"}
EXPECT = {"type": "expect", "grammar": "digits", "length": 6}


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    # A connection kept from before the assistant was killed would fail the next request.
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(headers=AUTHORISED, connector=connector) as session:
        yield session


@pytest.fixture
def call_id() -> str:
    return f"call-{uuid.uuid4()}"


async def turn(
    http: aiohttp.ClientSession, assistant: Assistant, call_id: str, text: str, **metadata: Any
) -> list[dict[str, Any]]:
    """Say something and read the whole answer."""
    body = {"sender": call_id, "text": text, "metadata": metadata}
    async with http.post(f"{assistant.address}/turn", json=body) as answer:
        assert answer.status == 200
        assert answer.content_type == "application/x-ndjson"
        return [json.loads(line) async for line in answer.content]


def state_of(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The state message of an answer."""
    custom = [line["custom"] for line in lines if "custom" in line]
    return next(each for each in custom if each["type"] == "state")


class TestAnswer:
    async def test_is_messages_then_the_state_then_done(
        self,
        http: aiohttp.ClientSession,
        assistant: Assistant,
        action_server: ActionServer,
        call_id: str,
    ) -> None:
        action_server.answers["action_small_talk"] = lambda _: {
            "responses": [{"text": "Hello!"}, {"custom": EXPECT}],
            "events": [
                {"event": "slot", "timestamp": None, "name": "active_task", "value": "order_status"}
            ],
        }
        lines = await turn(http, assistant, call_id, "hello")
        assert lines[:2] == [{"text": "Hello!"}, {"custom": EXPECT}]
        assert lines[-1] == {"done": True}
        state = state_of(lines)
        assert state["intent"] == {"name": "greet", "confidence": 1.0}
        assert state["active_task"] == "order_status"
        assert state["misunderstandings"] == 0

    async def test_is_worded_by_the_responses_and_never_twice_alike(
        self,
        http: aiohttp.ClientSession,
        assistant: Assistant,
        action_server: ActionServer,
        call_id: str,
    ) -> None:
        action_server.answers["action_small_talk"] = lambda _: {
            "responses": [
                {"response": "utter_open_now", "who": "our store", "until": "7 PM", "note": ""}
            ],
            "events": [],
        }
        first = (await turn(http, assistant, call_id, "hello"))[0]["text"]
        second = (await turn(http, assistant, call_id, "hello"))[0]["text"]
        assert first == "Our store is open now, until 7 PM."
        assert second != first

    async def test_reaches_the_gateway_before_the_turn_is_over(
        self,
        http: aiohttp.ClientSession,
        assistant: Assistant,
        action_server: ActionServer,
        call_id: str,
    ) -> None:
        # The first action asks for a person; the hand-off is a second action, and waits.
        released = asyncio.Event()
        loop = asyncio.get_running_loop()

        async def wait(_: dict[str, Any]) -> dict[str, Any]:
            while not released.is_set():
                await asyncio.sleep(0.02)
            return {"responses": [{"text": "A colleague is coming."}], "events": []}

        action_server.answers["action_order"] = says("I am sorry.", handoff_reason="complex")
        action_server.answers["action_hand_off"] = wait
        body = {"sender": call_id, "text": "order", "metadata": {}}
        async with http.post(f"{assistant.address}/turn", json=body) as answer:
            first = json.loads(await answer.content.readline())
            assert first == {"text": "I am sorry."}
            loop.call_soon(released.set)
            rest = [json.loads(line) async for line in answer.content]
        assert rest[0] == {"text": "A colleague is coming."}
        assert rest[-1] == {"done": True}

    async def test_knows_who_is_calling_from_the_first_message(
        self,
        http: aiohttp.ClientSession,
        assistant: Assistant,
        action_server: ActionServer,
        call_id: str,
    ) -> None:
        action_server.answers["action_start_call"] = says(tier="gold")
        caller = {"number": "+15550100042", "customer_id": 1}
        lines = await turn(http, assistant, call_id, "/start_call", caller=caller, resume=None)
        assert lines == [{"custom": state_of(lines)}, {"done": True}]
        assert state_of(lines)["slots"]["tier"] == "gold"
        sent = action_server.calls[0]["tracker"]["latest_message"]["metadata"]
        assert sent["caller"] == caller
        assert action_server.secrets == [f"Bearer {ACTIONS_SECRET}"]


class TestTwoRequests:
    async def test_the_second_one_travels_in_the_metadata(
        self,
        http: aiohttp.ClientSession,
        assistant: Assistant,
        action_server: ActionServer,
        call_id: str,
    ) -> None:
        text = "where is my order and what are your hours"
        await turn(http, assistant, call_id, text, channel="browser")
        latest = action_server.calls[0]["tracker"]["latest_message"]
        assert latest["text"] == "where is my order"
        assert latest["intent"]["name"] == "order_status"
        assert latest["metadata"]["also"] == {
            "intent": "opening_hours",
            "text": "what are your hours",
            "confidence": 1.0,
        }
        assert latest["metadata"]["channel"] == "browser"

    async def test_one_request_stays_whole(
        self,
        http: aiohttp.ClientSession,
        assistant: Assistant,
        action_server: ActionServer,
        call_id: str,
    ) -> None:
        text = "where is my order and is it the big order"
        await turn(http, assistant, call_id, text)
        latest = action_server.calls[0]["tracker"]["latest_message"]
        assert latest["text"] == text
        assert "also" not in latest["metadata"]


async def test_another_reading_is_taken_where_the_likeliest_makes_no_sense(
    http: aiohttp.ClientSession, assistant: Assistant, call_id: str
) -> None:
    asr = {"confidence": 0.5, "alternatives": ["blibbl blabbl", "your hours please"]}
    lines = await turn(http, assistant, call_id, "blabbl blubbl blobbl", asr=asr)
    assert state_of(lines)["intent"]["name"] == "opening_hours"


async def test_a_reading_that_is_understood_is_kept(
    http: aiohttp.ClientSession, assistant: Assistant, call_id: str
) -> None:
    asr = {"confidence": 0.5, "alternatives": ["your hours please"]}
    lines = await turn(http, assistant, call_id, "hello", asr=asr)
    assert state_of(lines)["intent"]["name"] == "greet"


async def test_what_came_of_a_code_reaches_the_actions(
    http: aiohttp.ClientSession, assistant: Assistant, action_server: ActionServer, call_id: str
) -> None:
    code = {"outcome": "wrong", "tries_left": 2}
    await turn(http, assistant, call_id, "/enter_code", code=code)
    assert action_server.calls[0]["next_action"] == "action_answer"
    latest = action_server.calls[0]["tracker"]["latest_message"]
    assert latest["intent"]["name"] == "enter_code"
    assert latest["metadata"]["code"] == code


class TestEscalation:
    @pytest.mark.parametrize(
        ("text", "affect", "reason"),
        [
            ("person", 0.0, "requested"),
            ("hello i will call my lawyer", 0.0, "policy"),
            ("hello it caught fire", 0.0, "complaint"),
            ("hello", 0.9, "emotion"),
        ],
    )
    async def test_calls_the_hand_off_with_its_reason(
        self,
        http: aiohttp.ClientSession,
        assistant: Assistant,
        action_server: ActionServer,
        call_id: str,
        text: str,
        affect: float,
        reason: str,
    ) -> None:
        await turn(http, assistant, call_id, text, affect={"score": affect, "cues": []})
        last = action_server.calls[-1]
        assert last["next_action"] == "action_hand_off"
        assert last["tracker"]["slots"]["handoff_reason"] == reason


class TestFailure:
    async def test_of_an_action_is_an_error_and_the_next_turn_works(
        self,
        http: aiohttp.ClientSession,
        assistant: Assistant,
        action_server: ActionServer,
        call_id: str,
    ) -> None:
        action_server.answers["action_order"] = lambda _: 500
        lines = await turn(http, assistant, call_id, "order")
        assert list(lines[-1]) == ["error"]
        assert "action_order" in lines[-1]["error"]
        action_server.answers["action_order"] = says("Found it.")
        lines = await turn(http, assistant, call_id, "order")
        assert lines[0] == {"text": "Found it."}
        assert lines[-1] == {"done": True}

    async def test_leaves_the_conversation_as_it_was(
        self,
        http: aiohttp.ClientSession,
        assistant: Assistant,
        action_server: ActionServer,
        call_id: str,
    ) -> None:
        action_server.answers["action_order"] = lambda _: 500
        await turn(http, assistant, call_id, "order")
        await turn(http, assistant, call_id, "hello")
        said = [
            event["text"]
            for event in action_server.calls[-1]["tracker"]["events"]
            if event["event"] == "user"
        ]
        assert said == ["hello"]

    async def test_of_an_answer_that_is_no_action_result_is_an_error(
        self,
        http: aiohttp.ClientSession,
        assistant: Assistant,
        action_server: ActionServer,
        call_id: str,
    ) -> None:
        action_server.answers["action_order"] = lambda _: {"events": "none", "responses": []}
        lines = await turn(http, assistant, call_id, "order")
        assert list(lines[-1]) == ["error"]


class TestRefusal:
    @pytest.mark.parametrize("header", ["", "Bearer wrong", SECRET])
    async def test_of_a_wrong_secret(self, assistant: Assistant, header: str) -> None:
        async with (
            aiohttp.ClientSession(headers={"Authorization": header}) as http,
            http.post(f"{assistant.address}/turn", json={"sender": "a", "text": "hi"}) as answer,
        ):
            assert answer.status == 401

    @pytest.mark.parametrize("body", [b"", b"hello", b"[]", b'{"text": "hi"}', b'{"sender": "a"}'])
    async def test_of_what_is_no_turn(
        self, http: aiohttp.ClientSession, assistant: Assistant, body: bytes
    ) -> None:
        async with http.post(f"{assistant.address}/turn", data=body) as answer:
            assert answer.status == 400
            assert (await answer.json())["error"]

    async def test_of_too_long_a_body(
        self, http: aiohttp.ClientSession, assistant: Assistant
    ) -> None:
        body = {"sender": "a", "text": "x" * MAX_BODY_BYTES}
        async with http.post(f"{assistant.address}/turn", json=body) as answer:
            assert answer.status == 413

    async def test_of_a_second_turn_while_one_is_answered(
        self,
        http: aiohttp.ClientSession,
        assistant: Assistant,
        action_server: ActionServer,
        call_id: str,
    ) -> None:
        released, asked = asyncio.Event(), asyncio.Event()

        async def wait(_: dict[str, Any]) -> dict[str, Any]:
            asked.set()
            while not released.is_set():
                await asyncio.sleep(0.02)
            return {"responses": [{"text": "Done."}], "events": []}

        action_server.answers["action_opening_hours"] = wait
        first = asyncio.create_task(turn(http, assistant, call_id, "hours"))
        while not asked.is_set():
            await asyncio.sleep(0.02)
        body = {"sender": call_id, "text": "hello"}
        async with http.post(f"{assistant.address}/turn", json=body) as answer:
            assert answer.status == 409
        other = await turn(http, assistant, f"{call_id}-other", "hello")
        assert other[-1] == {"done": True}
        released.set()
        assert (await first)[0] == {"text": "Done."}


def unless_guessed(answer: dict[str, Any]) -> Callable[[dict[str, Any]], Any]:
    """An action that does something: it refuses guesses, and answers turns."""
    return lambda call: 409 if is_guess(call) else answer


def is_guess(call: dict[str, Any]) -> bool:
    """Tell whether an action was called for a guess."""
    return bool(call["tracker"]["latest_message"]["metadata"].get("guess"))


def said_before(call: dict[str, Any]) -> list[str]:
    """What the caller has said in a call, as an action sees it."""
    return [event["text"] for event in call["tracker"]["events"] if event["event"] == "user"]


class TestGuess:
    async def test_is_told_what_was_understood_and_then_the_answer(
        self,
        http: aiohttp.ClientSession,
        assistant: Assistant,
        action_server: ActionServer,
        call_id: str,
    ) -> None:
        action_server.answers["action_order"] = says("It comes tomorrow.")
        lines = await turn(http, assistant, call_id, "where is my order", guess=True)
        understood = {
            "type": "understood",
            "intent": "order_status",
            "confidence": 1.0,
            "whole": True,
        }
        assert lines[:2] == [{"custom": understood}, {"text": "It comes tomorrow."}]
        assert lines[-1] == {"done": True}
        lines = await turn(http, assistant, call_id, "where is my order and", guess=True)
        assert lines[0] == {"custom": understood | {"whole": False}}

    async def test_is_told_what_was_understood_before_anything_is_done(
        self,
        http: aiohttp.ClientSession,
        assistant: Assistant,
        action_server: ActionServer,
        call_id: str,
    ) -> None:
        released = asyncio.Event()

        async def wait(_: dict[str, Any]) -> dict[str, Any]:
            while not released.is_set():
                await asyncio.sleep(0.02)
            return {"responses": [], "events": []}

        action_server.answers["action_order"] = wait
        body = {"sender": call_id, "text": "order", "metadata": {"guess": True}}
        async with http.post(f"{assistant.address}/turn", json=body) as answer:
            first = json.loads(await answer.content.readline())
            assert first["custom"]["intent"] == "order_status"
            released.set()
            assert json.loads((await answer.content.read()).splitlines()[-1]) == {"done": True}

    async def test_knows_whether_the_open_question_is_answered(
        self,
        http: aiohttp.ClientSession,
        assistant: Assistant,
        action_server: ActionServer,
        call_id: str,
    ) -> None:
        action_server.answers["action_order"] = lambda _: {
            "responses": [{"text": "Which number?"}, {"custom": EXPECT}],
            "events": [],
        }
        await turn(http, assistant, call_id, "order")
        for text, whole in (("four eight two nine one", False), ("four eight two 913", True)):
            lines = await turn(http, assistant, call_id, text, guess=True)
            assert lines[0]["custom"]["intent"] == "provide_number"
            assert lines[0]["custom"]["whole"] is whole

    async def test_leaves_no_trace_when_something_else_is_said(
        self,
        http: aiohttp.ClientSession,
        assistant: Assistant,
        action_server: ActionServer,
        call_id: str,
    ) -> None:
        action_server.answers["action_order"] = says("Found it.", active_task="order_status")
        await turn(http, assistant, call_id, "order", guess=True)
        lines = await turn(http, assistant, call_id, "hello")
        assert state_of(lines)["active_task"] is None
        assert said_before(action_server.calls[-1]) == ["hello"]

    async def test_becomes_the_answer_to_the_very_same_turn(
        self,
        http: aiohttp.ClientSession,
        assistant: Assistant,
        action_server: ActionServer,
        call_id: str,
    ) -> None:
        action_server.answers["action_order"] = says("Found it.", active_task="order_status")
        guessed = await turn(http, assistant, call_id, "order", channel="browser", guess=True)
        assert is_guess(action_server.calls[0])
        lines = await turn(http, assistant, call_id, "order", channel="browser")
        assert lines == guessed[1:]
        assert len(action_server.calls) == 1
        lines = await turn(http, assistant, call_id, "hello", channel="browser")
        assert state_of(lines)["active_task"] == "order_status"
        last = action_server.calls[-1]
        assert said_before(last) == ["order", "hello"]
        assert "guess" not in json.dumps(last["tracker"])

    async def test_is_not_the_answer_to_a_turn_that_differs_in_anything(
        self,
        http: aiohttp.ClientSession,
        assistant: Assistant,
        action_server: ActionServer,
        call_id: str,
    ) -> None:
        await turn(http, assistant, call_id, "order", channel="browser", guess=True)
        await turn(http, assistant, call_id, "order", channel="telephone")
        assert [is_guess(call) for call in action_server.calls] == [True, False]
        assert said_before(action_server.calls[-1]) == ["order"]

    async def test_that_is_still_worked_out_is_waited_for_and_not_done_twice(
        self,
        http: aiohttp.ClientSession,
        assistant: Assistant,
        action_server: ActionServer,
        call_id: str,
    ) -> None:
        released, asked = asyncio.Event(), asyncio.Event()

        async def wait(_: dict[str, Any]) -> dict[str, Any]:
            asked.set()
            while not released.is_set():
                await asyncio.sleep(0.02)
            return {"responses": [{"text": "A colleague is coming."}], "events": []}

        action_server.answers["action_order"] = says("I am sorry.", handoff_reason="complex")
        action_server.answers["action_hand_off"] = wait
        guessing = asyncio.create_task(turn(http, assistant, call_id, "order", guess=True))
        while not asked.is_set():
            await asyncio.sleep(0.02)
        body = {"sender": call_id, "text": "order"}
        async with http.post(f"{assistant.address}/turn", json=body) as answer:
            first = json.loads(await answer.content.readline())
            assert first == {"text": "I am sorry."}
            asyncio.get_running_loop().call_soon(released.set)
            rest = [json.loads(line) async for line in answer.content]
        assert rest[0] == {"text": "A colleague is coming."}
        assert rest[-1] == {"done": True}
        assert (await guessing)[-1] == {"done": True}
        assert [call["next_action"] for call in action_server.calls] == [
            "action_order",
            "action_hand_off",
        ]

    async def test_that_would_do_something_is_an_error_and_the_turn_does_it_once(
        self,
        http: aiohttp.ClientSession,
        assistant: Assistant,
        action_server: ActionServer,
        call_id: str,
    ) -> None:
        log = assistant.log.read_text()
        sent = {"responses": [{"text": "I have sent it."}], "events": []}
        action_server.answers["action_order"] = unless_guessed(sent)
        lines = await turn(http, assistant, call_id, "order", guess=True)
        assert [list(line) for line in lines] == [["custom"], ["error"]]
        lines = await turn(http, assistant, call_id, "order")
        assert lines[0] == {"text": "I have sent it."}
        assert [is_guess(call) for call in action_server.calls] == [True, False]
        assert "ERROR" not in assistant.log.read_text()[len(log) :]

    async def test_that_is_refused_halfway_says_nothing_twice(
        self,
        http: aiohttp.ClientSession,
        assistant: Assistant,
        action_server: ActionServer,
        call_id: str,
    ) -> None:
        action_server.answers["action_order"] = says("I am sorry.", handoff_reason="complex")
        coming = {"responses": [{"text": "A colleague is coming."}], "events": []}
        action_server.answers["action_hand_off"] = unless_guessed(coming)
        lines = await turn(http, assistant, call_id, "order", guess=True)
        assert list(lines[-1]) == ["error"]
        lines = await turn(http, assistant, call_id, "order")
        assert lines[:2] == [{"text": "I am sorry."}, {"text": "A colleague is coming."}]
        await turn(http, assistant, call_id, "hello")
        assert said_before(action_server.calls[-1]) == ["order", "hello"]

    @pytest.mark.parametrize("guess", [False, True])
    async def test_that_is_still_worked_out_is_dropped_for_anything_else(
        self,
        http: aiohttp.ClientSession,
        assistant: Assistant,
        action_server: ActionServer,
        call_id: str,
        guess: bool,
    ) -> None:
        asked = asyncio.Event()

        async def wait_for_ever(call: dict[str, Any]) -> dict[str, Any]:
            asked.set()
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                action_server.cancelled.append(call["sender_id"])
                raise
            return {"responses": [], "events": []}

        action_server.answers["action_opening_hours"] = wait_for_ever
        guessing = asyncio.create_task(turn(http, assistant, call_id, "hours", guess=True))
        while not asked.is_set():
            await asyncio.sleep(0.02)
        lines = await turn(http, assistant, call_id, "hello", guess=guess)
        assert lines[-1] == {"done": True}
        assert list((await guessing)[-1]) == ["error"]
        while not action_server.cancelled:
            await asyncio.sleep(0.02)
        assert said_before(action_server.calls[-1]) == ["hello"]

    async def test_ends_when_the_gateway_hangs_up(
        self,
        http: aiohttp.ClientSession,
        assistant: Assistant,
        action_server: ActionServer,
        call_id: str,
    ) -> None:
        asked = asyncio.Event()

        async def wait_for_ever(call: dict[str, Any]) -> dict[str, Any]:
            asked.set()
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                action_server.cancelled.append(call["sender_id"])
                raise
            return {"responses": [], "events": []}

        action_server.answers["action_opening_hours"] = wait_for_ever
        guessing = asyncio.create_task(turn(http, assistant, call_id, "hours", guess=True))
        while not asked.is_set():
            await asyncio.sleep(0.02)
        guessing.cancel()
        while not action_server.cancelled:
            await asyncio.sleep(0.02)
        assert action_server.cancelled == [call_id]

    async def test_is_not_made_of_what_only_the_gateway_says(
        self,
        http: aiohttp.ClientSession,
        assistant: Assistant,
        action_server: ActionServer,
        call_id: str,
    ) -> None:
        lines = await turn(http, assistant, call_id, "/start_call", guess=True)
        assert [list(line) for line in lines] == [["error"]]
        assert action_server.calls == []

    async def test_beside_a_turn_of_its_call_is_refused(
        self,
        http: aiohttp.ClientSession,
        assistant: Assistant,
        action_server: ActionServer,
        call_id: str,
    ) -> None:
        released, asked = asyncio.Event(), asyncio.Event()

        async def wait(_: dict[str, Any]) -> dict[str, Any]:
            asked.set()
            while not released.is_set():
                await asyncio.sleep(0.02)
            return {"responses": [], "events": []}

        action_server.answers["action_opening_hours"] = wait
        answering = asyncio.create_task(turn(http, assistant, call_id, "hours"))
        while not asked.is_set():
            await asyncio.sleep(0.02)
        body = {"sender": call_id, "text": "hello", "metadata": {"guess": True}}
        async with http.post(f"{assistant.address}/turn", json=body) as answer:
            assert answer.status == 409
        released.set()
        await answering


async def test_a_gateway_that_hangs_up_ends_the_turn(
    http: aiohttp.ClientSession, assistant: Assistant, action_server: ActionServer, call_id: str
) -> None:
    asked = asyncio.Event()

    async def wait_for_ever(call: dict[str, Any]) -> dict[str, Any]:
        asked.set()
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            action_server.cancelled.append(call["sender_id"])
            raise
        return {"responses": [], "events": []}

    action_server.answers["action_opening_hours"] = wait_for_ever
    dropped = asyncio.create_task(turn(http, assistant, call_id, "hours"))
    while not asked.is_set():
        await asyncio.sleep(0.02)
    dropped.cancel()
    while not action_server.cancelled:
        await asyncio.sleep(0.02)
    assert action_server.cancelled == [call_id]
    lines = await turn(http, assistant, call_id, "hello")
    assert lines[-1] == {"done": True}


async def test_three_thousand_words_are_answered(
    http: aiohttp.ClientSession, assistant: Assistant, call_id: str
) -> None:
    lines = await turn(http, assistant, call_id, "hello " + "word " * 3000)
    assert lines[-1] == {"done": True}


async def test_a_killed_assistant_remembers_the_call(
    http: aiohttp.ClientSession, assistant: Assistant, action_server: ActionServer, call_id: str
) -> None:
    action_server.answers["action_order"] = says("Which one?", active_task="order_status")
    await turn(http, assistant, call_id, "order")
    assistant.kill()
    assistant.start()
    lines = await turn(http, assistant, call_id, "hello")
    assert state_of(lines)["active_task"] == "order_status"


async def test_the_channel_tells_that_it_is_well(
    http: aiohttp.ClientSession, assistant: Assistant
) -> None:
    async with http.get(f"{assistant.address}/") as answer:
        assert await answer.json() == {"status": "ok"}
