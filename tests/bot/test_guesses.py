"""Guesses: worked out once, followed by whoever needs them, and dropped when they are wrong."""

from __future__ import annotations

import asyncio
from typing import Any

from channels.guesses import DROPPED, Ending, Guess, Guesses, SendLine, Work, going_on
from channels.turn_request import TurnRequest

DONE = Ending(None, "of no interest here")


def asked(
    text: str = "hours", call: str = "call-1", guess: bool = True, **said: Any
) -> TurnRequest:
    return TurnRequest(call, text, said, guess)


def saying(*texts: str, until: asyncio.Event | None = None) -> Work:
    """Work that sends texts, and then waits for something if told to."""

    async def work(send_line: SendLine) -> Ending:
        for text in texts:
            await send_line({"text": text})
        if until is not None:
            await until.wait()
            await send_line({"text": "at last"})
        return DONE

    return work


async def heard(guess: Guess) -> tuple[list[str], Ending]:
    """Follow a guess to its end."""
    texts: list[str] = []

    async def send_line(line: dict[str, Any]) -> None:
        texts.append(line["text"])

    ending = await guess.follow(send_line)
    return texts, ending


class Watch:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class TestFollowing:
    async def test_hears_all_lines_and_what_came_of_it(self) -> None:
        guess = Guess(asked(), saying("one", "two"))
        assert await heard(guess) == (["one", "two"], DONE)
        assert await heard(guess) == (["one", "two"], DONE)

    async def test_while_it_is_worked_out_hears_each_line_as_it_comes(self) -> None:
        until = asyncio.Event()
        guess = Guess(asked(), saying("one", until=until))
        early = asyncio.create_task(heard(guess))
        await asyncio.sleep(0)
        late = asyncio.create_task(heard(guess))
        await asyncio.sleep(0)
        until.set()
        assert await early == await late == (["one", "at last"], DONE)

    async def test_what_is_dropped_comes_to_an_end(self) -> None:
        guess = Guess(asked(), saying("one", until=asyncio.Event()))
        following = asyncio.create_task(heard(guess))
        await asyncio.sleep(0)
        guess.drop()
        assert await following == (["one"], DROPPED)

    async def test_what_is_dropped_before_it_began_does_nothing(self) -> None:
        guess = Guess(asked(), saying("one"))
        guess.drop()
        assert await heard(guess) == ([], DROPPED)


class TestKeeping:
    async def test_a_turn_takes_the_guess_of_the_same_words_once(self) -> None:
        guesses = Guesses()
        guess = guesses.begin(asked(asr={"confidence": 0.9}), saying("one"))
        turn = asked(asr={"confidence": 0.9}, guess=False)
        assert guesses.take(turn) is guess
        assert guesses.take(turn) is None

    async def test_another_turn_of_the_call_drops_it(self) -> None:
        for other in (asked("order"), asked(barge_in=True)):
            guesses = Guesses()
            guess = guesses.begin(asked(), saying("one", until=asyncio.Event()))
            assert guesses.take(other) is None
            assert (await heard(guess))[1] == DROPPED
            assert len(guesses) == 0

    async def test_another_guess_of_the_call_drops_it(self) -> None:
        guesses = Guesses()
        first = guesses.begin(asked(), saying("one", until=asyncio.Event()))
        second = guesses.begin(asked("order"), saying("two"))
        assert (await heard(first))[1] == DROPPED
        assert guesses.take(asked(guess=False)) is None
        assert (await heard(second))[0] == ["two"]

    async def test_a_turn_of_another_call_leaves_it_alone(self) -> None:
        guesses = Guesses()
        guess = guesses.begin(asked(), saying("one"))
        assert guesses.take(asked(call="call-2", guess=False)) is None
        assert guesses.take(asked(guess=False)) is guess

    async def test_giving_it_up_drops_it_unless_a_turn_has_taken_it(self) -> None:
        guesses = Guesses()
        lost, taken = (
            guesses.begin(asked(call=call), saying("one", until=asyncio.Event()))
            for call in ("call-1", "call-2")
        )
        guesses.take(asked(call="call-2", guess=False))
        following = [asyncio.create_task(heard(guess)) for guess in (lost, taken)]
        guesses.give_up(lost)
        guesses.give_up(taken)
        assert (await following[0])[1] == DROPPED
        assert not following[1].done()
        taken.drop()

    async def test_giving_up_an_earlier_one_leaves_the_later_one_alone(self) -> None:
        guesses = Guesses()
        earlier = guesses.begin(asked("order"), saying("one"))
        later = guesses.begin(asked(), saying("two"))
        guesses.give_up(earlier)
        assert guesses.take(asked(guess=False)) is later

    async def test_it_is_good_for_half_a_minute(self) -> None:
        watch = Watch()
        guesses = Guesses(clock=watch)
        guess = guesses.begin(asked(), saying("one"))
        watch.now = 29.9
        assert guesses.take(asked(guess=False)) is guess
        guesses.begin(asked(), saying("one"))
        watch.now = 60.0
        assert guesses.take(asked(guess=False)) is None

    async def test_what_is_outdated_is_not_kept_for_calls_that_are_over(self) -> None:
        watch = Watch()
        guesses = Guesses(clock=watch)
        guesses.begin(asked(call="call-1"), saying("one"))
        watch.now = 31.0
        guesses.begin(asked(call="call-2"), saying("one"))
        assert len(guesses) == 1

    async def test_beyond_the_most_the_oldest_is_dropped(self) -> None:
        guesses = Guesses(most=2)
        kept = [
            guesses.begin(asked(call=f"call-{n}"), saying("one", until=asyncio.Event()))
            for n in range(3)
        ]
        assert len(guesses) == 2
        assert (await heard(kept[0]))[1] == DROPPED
        assert guesses.take(asked(call="call-2", guess=False)) is kept[2]


class TestGoingOn:
    async def test_leaves_out_what_was_said(self) -> None:
        assert await self._after(["one", "two"], ["one", "two", "three"]) == ["three"]

    async def test_says_everything_from_where_it_differs(self) -> None:
        assert await self._after(["one", "two"], ["one", "three", "two"]) == ["three", "two"]

    async def test_says_everything_when_nothing_was_said(self) -> None:
        assert await self._after([], ["one", "one"]) == ["one", "one"]

    async def _after(self, said: list[str], texts: list[str]) -> list[str]:
        sent: list[str] = []

        async def send_line(line: dict[str, Any]) -> None:
            sent.append(line["text"])

        send = going_on(send_line, [{"text": text} for text in said])
        for text in texts:
            await send({"text": text})
        return sent
