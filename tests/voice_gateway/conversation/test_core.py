"""How a call sounds: the rules of DESIGN section 5, one test a rule."""

from __future__ import annotations

import itertools

import pytest
from simulation import ENGLISH, World, echo, transcript

from voice_gateway.conversation import commands as cmd
from voice_gateway.conversation import events as ev
from voice_gateway.conversation.timing import Timing
from voice_gateway.conversation.transcript import Transcript


def answering(*events_for_turn: object) -> object:
    """An assistant that answers every turn with the events made by the given functions."""

    def answer(ask: cmd.AskAssistant) -> list[ev.Event]:
        made = [make(ask.turn_id) for make in events_for_turn]  # type: ignore[operator]
        return [*made, ev.AssistantFinished(ask.turn_id)]

    return answer


def talking(**options: object) -> World:
    """A call in which the greeting has been said and the bot listens."""
    world = World(**options).start()  # type: ignore[arg-type]
    world.wait(1.0)
    return world


class TestAnswering:
    def test_the_greeting_is_recorded_and_said_at_once(self) -> None:
        world = World().start("Good morning.")
        assert world.said() == ["Good morning."]
        kinds = [type(command) for _, command in world.commands]
        assert kinds.index(cmd.RecordTurn) < kinds.index(cmd.Say)

    def test_a_callers_turn_is_recorded_then_asked_then_answered(self) -> None:
        world = talking()
        world.caller_says("where is my order")
        world.wait(3)
        done = [command for _, command in world.commands]
        recorded = next(t for t in world.of(cmd.RecordTurn) if t.speaker == "caller")
        asked = world.asked()[0]
        assert recorded.turn_id == asked.turn_id
        assert done.index(recorded) < done.index(asked)
        assert world.said()[-1] == "You said where is my order."

    def test_several_messages_are_said_one_after_the_other(self) -> None:
        world = talking(
            answer=answering(
                lambda t: ev.AssistantMessage(t, "First."),
                lambda t: ev.AssistantMessage(t, "Second."),
            )
        )
        world.caller_says("hello there you")
        world.wait(5)
        assert world.said()[1:3] == ["First.", "Second."]
        assert world.heard_of("First.").complete

    def test_what_the_bot_expects_narrows_the_recogniser_until_the_next_turn(self) -> None:
        world = talking(answer=answering(lambda t: ev.AssistantExpects(t, "digits", length=6)))
        world.caller_says("track my order")
        world.wait(0.95)
        assert world.of(cmd.Expect)[-1] == cmd.Expect("digits", length=6)
        world.wait(3)
        world.caller_says("one two three four five six")
        world.wait(0.35)
        assert world.of(cmd.Expect)[-1] == cmd.Expect("free")

    def test_an_answer_without_words_is_not_left_silent(self) -> None:
        world = talking(answer=answering())
        world.caller_says("what what what")
        world.wait(2)
        assert world.said()[-1] == ENGLISH.phrases.not_understood[0]

    def test_the_assistant_can_end_the_call_after_its_last_words(self) -> None:
        world = talking(
            answer=answering(lambda t: ev.AssistantMessage(t, "Goodbye."), ev.AssistantHangsUp)
        )
        world.caller_says("thanks bye now")
        world.wait(4)
        assert world.heard_of("Goodbye.").complete
        assert world.ended == "completed"

    def test_a_caller_who_interrupts_the_goodbye_is_heard(self) -> None:
        world = talking(
            answer=answering(
                lambda t: ev.AssistantMessage(t, "Thank you for calling, goodbye for today."),
                ev.AssistantHangsUp,
            )
        )
        world.caller_says("thanks bye now")
        world.wait(1.5)
        world.caller_says("wait one more thing")
        assert world.ended is None
        world.wait(1.0)
        assert world.asked()[-1].text == "wait one more thing"


class TestOpening:
    def test_the_assistants_opener_follows_the_greeting_at_once(self) -> None:
        world = World(opening="Are you calling about the boots?").start("Thanks for calling.")
        world.wait(len("Thanks for calling.") / 15 + 0.01)
        assert world.said() == ["Thanks for calling.", "Are you calling about the boots?"]

    def test_it_is_asked_for_while_the_greeting_plays_and_is_nobodys_turn(self) -> None:
        world = World().start()
        assert [ask.text for ask in world.of(cmd.AskAssistant)] == [cmd.START_OF_CALL]
        assert [turn.speaker for turn in world.of(cmd.RecordTurn)] == ["bot"]

    def test_an_assistant_without_an_opener_leaves_the_question_to_the_line(self) -> None:
        world = World(opening=None).start()
        world.happen(ev.AssistantFinished("t0"))
        world.wait(1)
        assert world.said()[-1] == ENGLISH.phrases.opener[0]

    def test_a_caller_who_speaks_over_the_greeting_is_answered_instead(self) -> None:
        world = World(opening="How can I help you?").start("Thanks for calling the company.")
        world.wait(0.5)
        world.caller_says("where is my order")
        world.wait(3)
        assert [ask.text for ask in world.asked()] == ["where is my order"]
        assert "How can I help you?" not in world.said()

    def test_what_the_opener_asks_is_expected(self) -> None:
        world = World(opening=None).start()
        world.happen(ev.AssistantExpects("t0", "yes_no"), ev.AssistantMessage("t0", "Is it late?"))
        world.happen(ev.AssistantFinished("t0"))
        assert world.of(cmd.Expect)[-1] == cmd.Expect("yes_no")

    def test_slowness_is_bridged_by_a_filler(self) -> None:
        world = World(opening=None).start("Hi.")
        world.wait(2.5)
        assert world.said() == ["Hi.", ENGLISH.phrases.filler[0]]

    @pytest.mark.parametrize("fails", ["error", "silence"])
    def test_a_failure_is_an_apology_and_a_person(self, fails: str) -> None:
        world = World(opening=None).start("Thanks for calling.")
        if fails == "error":
            world.happen(ev.AssistantFailed("t0", "down"))
        world.wait(20)
        assert ENGLISH.phrases.apology[0] in world.said()
        offer = world.of(cmd.OfferHandoff)[0]
        assert offer.reason == "system_error"
        assert offer.trigger_turn_id is None

    def test_a_hand_over_at_the_start_follows_the_greeting(self) -> None:
        world = World(opening=None).start("Thanks for calling.")
        world.happen(
            ev.AssistantMessage("t0", "I'm getting a colleague for you."),
            ev.AssistantHandsOff("t0", {"reason": "policy"}),
            ev.AssistantFinished("t0"),
        )
        world.wait(5)
        assert world.said()[:2] == ["Thanks for calling.", "I'm getting a colleague for you."]
        assert world.of(cmd.OfferHandoff)[0].trigger_turn_id is None

    def test_who_was_cut_off_is_only_asked_whether_to_go_on(self) -> None:
        world = World(opening=None).start("Welcome back. Shall we go on?", resumable=True)
        world.happen(ev.AssistantFinished("t0"))
        world.wait(3)
        assert world.said() == ["Welcome back. Shall we go on?"]
        assert world.of(cmd.Expect)[-1] == cmd.Expect("yes_no")


class TestCode:
    """Digits come here as masks while a code is awaited."""

    CODE = cmd.Expect("digits", length=6, secret=True)

    def awaiting_code(self, *more: object, **options: object) -> World:
        asks = [
            lambda t: ev.AssistantMessage(t, "Tell me the code."),
            lambda t: ev.AssistantExpects(t, "digits", length=6, secret=True),
        ]
        world = talking(answer=answering(*asks, *more), **options)
        world.caller_says("i forgot my password")
        world.wait(4)
        assert world.of(cmd.Expect)[-1] == self.CODE
        return world

    def test_the_turn_ends_250_ms_after_the_sixth_digit(self) -> None:
        world = self.awaiting_code()
        world.caller_says("• • • • • •")
        world.wait(0.24)
        assert len(world.of(cmd.FinishUtterance)) == 1
        world.wait(0.02)
        assert len(world.of(cmd.FinishUtterance)) == 2

    def test_digits_are_awaited_until_the_assistant_has_answered(self) -> None:
        world = self.awaiting_code(think=1.0)
        world.caller_says("• • •")
        world.wait(1.7)
        assert world.asked()[-1].text == "• • •"
        assert world.of(cmd.Expect)[-1] == self.CODE

    def test_an_answer_that_expects_nothing_ends_the_question(self) -> None:
        world = self.awaiting_code()
        world.answer = answering(lambda t: ev.AssistantMessage(t, "That is right."))  # type: ignore[assignment]
        world.caller_says("• • • • • •")
        world.wait(2)
        assert world.of(cmd.Expect)[-1] == cmd.Expect("free")

    def test_a_digit_interrupts_the_bot(self) -> None:
        world = World(opening=None).start("Please tell me the six digits of the code.")
        world.happen(ev.AssistantExpects("t0", "digits", length=6, secret=True))
        world.happen(ev.SpeechStarted(), ev.PartialTranscript("•"))
        assert world.of(cmd.StopSpeaking)

    def test_keys_are_taken_as_well_and_a_star_starts_over(self) -> None:
        world = self.awaiting_code()
        world.happen(*(ev.Digit(key) for key in "••*••••••#"))
        assert world.asked()[-1].text == "• • • • • •"

    def test_keys_of_a_code_end_where_whoever_knows_them_says_so_or_after_a_pause(self) -> None:
        world = self.awaiting_code()
        world.happen(*(ev.Digit(key) for key in "••••••"))
        world.wait(1)
        assert len(world.asked()) == 1
        world.wait(1.1)
        assert world.asked()[-1].text == "• • • • • •"

    def test_the_same_code_said_twice_does_not_cost_the_answer(self) -> None:
        world = self.awaiting_code(think=1.5)
        world.answer = answering(lambda t: ev.AssistantMessage(t, "That is right."))  # type: ignore[assignment]
        world.caller_says("• • • • • •")
        world.wait(0.4)
        world.caller_says("• • • • • •", seconds=0.4)
        world.wait(6)
        assert [ask.text for ask in world.asked()].count("• • • • • •") == 1
        assert "That is right." in world.said()

    def test_a_code_said_again_after_the_question_is_no_turn(self) -> None:
        world = talking()
        world.caller_says("• • • • • •")
        world.wait(2)
        assert not world.asked()
        assert all(turn.speaker == "bot" for turn in world.of(cmd.RecordTurn))

    def test_offering_a_person_after_silence_does_not_end_the_question(self) -> None:
        world = self.awaiting_code()
        while ENGLISH.phrases.offer_person[0] not in world.said():
            world.wait(1)
        assert world.of(cmd.Expect)[-1] == self.CODE
        world.wait(5)
        world.caller_says("yes please")
        world.wait(2)
        assert world.of(cmd.OfferHandoff)[0].reason == "requested"
        assert world.of(cmd.Expect)[-1] == cmd.Expect("free")


class TestPace:
    def test_the_assistant_sets_it_before_the_words_it_is_for(self) -> None:
        world = talking(
            answer=answering(
                lambda t: ev.AssistantSetsPace(t, 0.8),
                lambda t: ev.AssistantMessage(t, "I said that it comes tomorrow."),
            )
        )
        world.caller_says("slower please thank you")
        world.wait(3)
        kinds = [command for _, command in world.commands]
        said = next(c for c in kinds if isinstance(c, cmd.Say) and c.text.startswith("I said"))
        assert kinds.index(cmd.SetPace(0.8)) < kinds.index(said)

    def test_slow_speech_is_not_taken_for_stuck(self) -> None:
        world = World(plays=False, opening=None).start("Hi.")
        world.happen(ev.AssistantSetsPace("t0", 0.5), ev.AssistantMessage("t0", "x" * 70))
        world.happen(ev.PlayoutMark(1, 3, finished=True))
        world.wait(20)
        assert not world.of(cmd.StopSpeaking)


class TestSayingThings:
    def test_the_line_does_not_repeat_the_sentence_before_even_when_the_assistant_said_it(
        self,
    ) -> None:
        same = ENGLISH.phrases.not_understood[0]
        world = talking(answer=answering(lambda t: ev.AssistantMessage(t, same)))
        world.caller_says("something")
        world.wait(8)
        world.caller_says("", seconds=1.5)
        world.wait(3)
        spoken = world.said()
        assert all(one != other for one, other in itertools.pairwise(spoken))


class TestEndOfTurn:
    def finished_after(self, world: World, seconds: float) -> bool:
        world.wait(seconds)
        return bool(world.of(cmd.FinishUtterance))

    def test_an_ordinary_turn_ends_after_700_ms(self) -> None:
        world = talking()
        world.caller_says("where is my order")
        assert not self.finished_after(world, 0.69)
        assert self.finished_after(world, 0.02)

    def test_silence_that_has_already_passed_counts(self) -> None:
        world = talking()
        world.happen(ev.SpeechStarted())
        world.wait(1)
        world.happen(ev.PartialTranscript("where is it"), ev.SpeechStopped(silence=0.3))
        assert not self.finished_after(world, 0.39)
        assert self.finished_after(world, 0.02)

    def test_a_pause_inside_a_number_lasts_1500_ms(self) -> None:
        world = talking()
        world.caller_says("my order is four eight")
        assert not self.finished_after(world, 1.49)
        assert self.finished_after(world, 0.02)

    def test_a_caller_who_goes_on_is_still_in_the_same_turn(self) -> None:
        world = talking()
        world.caller_says("where is")
        world.wait(0.5)
        world.caller_says("where is my order")
        world.wait(0.76)
        assert len(world.of(cmd.FinishUtterance)) == 1
        assert [a.text for a in world.asked()] == ["where is my order"]

    def test_words_that_come_late_from_the_recogniser_count(self) -> None:
        world = talking()
        world.caller_says("four eight")
        world.wait(0.2)
        world.happen(ev.PartialTranscript("four eight two please"))
        assert self.finished_after(world, 0.51)

    def test_speech_that_goes_on_while_the_last_words_are_settled_is_a_turn_of_its_own(
        self,
    ) -> None:
        world = talking(recognises=False)
        world.caller_says("where is my order")
        world.wait(0.7)
        world.happen(ev.SpeechStarted())
        world.wait(0.1)
        world.happen(ev.SpeechStopped())
        world.happen(ev.FinalTranscript(transcript("where is my order")))
        world.happen(ev.PartialTranscript("please hurry up"))
        world.wait(0.71)
        world.happen(ev.FinalTranscript(transcript("please hurry up")))
        turns = [t.text for t in world.of(cmd.RecordTurn) if t.speaker == "caller"]
        assert turns == ["where is my order", "please hurry up"]

    def test_a_monologue_is_stopped_politely_and_answered(self) -> None:
        world = talking()
        world.happen(ev.SpeechStarted())
        for second in range(45):
            world.heard = "and then " * (second + 1)
            world.happen(ev.PartialTranscript(world.heard.strip()))
            world.wait(1)
        assert ENGLISH.phrases.interrupting[0] in world.said()
        asked = world.asked()[0]
        assert len(asked.text.split()) <= 120
        assert any(text.startswith("You said") for text in world.said())

    def test_a_recogniser_that_never_finishes_does_not_stop_the_call(self) -> None:
        world = talking(recognises=False)
        world.caller_says("where is my order")
        world.wait(4)
        assert world.said()[-1] == ENGLISH.phrases.not_understood[0]


class TestBargeIn:
    def speaking(self) -> World:
        world = World().start("Welcome to the line, how can I help you today?")
        world.wait(1)
        return world

    def test_a_few_words_stop_the_bot_at_once(self) -> None:
        world = self.speaking()
        world.happen(ev.SpeechStarted(), ev.PartialTranscript("where is"))
        assert not world.of(cmd.StopSpeaking)
        world.happen(ev.PartialTranscript("where is my"))
        assert world.of(cmd.StopSpeaking)

    @pytest.mark.parametrize(("confidence", "stops"), [(0.9, 1), (0.3, 0)])
    def test_a_single_word_stops_it_if_it_was_surely_heard(
        self, confidence: float, stops: int
    ) -> None:
        world = self.speaking()
        world.happen(ev.SpeechStarted(), ev.PartialTranscript("stop"))
        assert not world.of(cmd.StopSpeaking)
        world.happen(ev.SpeechStopped(0.16, Transcript("stop", confidence=confidence)))
        assert len(world.of(cmd.StopSpeaking)) == stops

    def test_a_digit_of_an_awaited_number_stops_the_question(self) -> None:
        expects = answering(
            lambda t: ev.AssistantMessage(t, "What is your order number, please? " * 3),
            lambda t: ev.AssistantExpects(t, "digits", length=6),
        )
        world = talking(answer=expects)
        world.caller_says("where is my order")
        world.wait(1.5)
        world.happen(ev.SpeechStarted(), ev.PartialTranscript("four"))
        assert world.of(cmd.StopSpeaking)

    def test_somebody_far_away_does_not_even_make_it_pause(self) -> None:
        world = talking(recognises=False)
        world.happen(ev.SpeechStarted(), ev.SpeechStopped(0.2))
        world.wait(0.7)
        turn = Transcript("where is my order", confidence=0.9, level_db=-26.0)
        world.happen(ev.FinalTranscript(turn))
        world.wait(0.4)
        assert world.conversation.state == "speaking"
        words = Transcript("and now the weather", confidence=0.9, level_db=-40.0)
        world.happen(ev.SpeechStarted(-40.0))
        world.wait(0.3)
        world.happen(ev.PartialTranscript(words.text, -40.0), ev.SpeechStopped(0.16, words))
        world.wait(2)
        world.happen(ev.FinalTranscript(words))
        world.wait(3)
        assert len(world.asked()) == 1
        assert world.of(cmd.PauseSpeaking) == world.of(cmd.StopSpeaking) == []

    def test_voice_alone_does_not(self) -> None:
        world = self.speaking()
        world.happen(ev.SpeechStarted(), ev.PartialTranscript(""))
        assert not world.of(cmd.StopSpeaking)

    @pytest.mark.parametrize("noise", ["mm hmm", "okay", "uh huh yeah", "um", "right okay"])
    def test_a_back_channel_does_not_and_gets_no_answer(self, noise: str) -> None:
        world = self.speaking()
        world.caller_says(noise, seconds=0.4)
        world.wait(1)
        assert not world.of(cmd.StopSpeaking)
        assert not world.asked()

    def test_the_transcript_keeps_what_was_really_heard(self) -> None:
        world = self.speaking()
        world.wait(0.6)
        world.caller_says("my order please")
        heard = world.heard_of("Welcome to the line, how can I help you today?")
        assert heard.heard == "Welcome to the line, ho"
        assert not heard.complete

    def test_the_turn_says_that_it_interrupted(self) -> None:
        world = self.speaking()
        world.caller_says("where is my order")
        world.wait(1)
        assert world.asked()[0].barge_in

    def test_answers_that_were_still_waiting_are_dropped(self) -> None:
        world = talking(
            answer=answering(
                lambda t: ev.AssistantMessage(t, "A long first sentence of an answer."),
                lambda t: ev.AssistantMessage(t, "A second one."),
            )
        )
        world.caller_says("tell me everything")
        world.wait(1.5)
        world.caller_says("stop that please")
        world.wait(0.1)
        assert "A second one." not in world.said()

    def test_yeah_to_a_question_that_has_just_ended_is_an_answer(self) -> None:
        world = talking(
            answer=answering(
                lambda t: ev.AssistantExpects(t, "yes_no"),
                lambda t: ev.AssistantMessage(t, "Is that right?"),
            )
        )
        world.caller_says("four eight two nine one three please")
        world.wait(1.7)
        assert world.conversation.state == "speaking"
        world.caller_says("yeah", seconds=0.2)
        world.wait(2)
        assert [a.text for a in world.asked()][1:] == ["yeah"]

    def test_an_agents_line_and_a_promise_are_not_interrupted(self) -> None:
        world = talking(answer=answering(ev.AssistantHandsOff))
        world.caller_says("get me a person")
        world.wait(1)
        world.happen(ev.HandoffUnavailable("A colleague calls you back at nine tomorrow."))
        world.wait(4)
        world.caller_says("but i want it now")
        world.wait(10)
        assert world.heard_of("A colleague calls you back at nine tomorrow.").complete
        assert world.ended == "callback_promised"


class TestSilence:
    def test_the_caller_is_asked_again_twice_then_offered_a_person_then_let_go(self) -> None:
        world = talking()
        world.wait(60)
        phrases = ENGLISH.phrases
        assert world.said()[1:] == [
            *phrases.reprompt, phrases.offer_person[0], phrases.silence_goodbye[0]
        ]  # fmt: skip
        assert world.ended == "silence"

    def test_the_first_question_comes_after_five_seconds(self) -> None:
        world = World().start("Hello.")
        world.wait(len("Hello.") / 15 + 4.9)
        assert len(world.said()) == 1
        world.wait(0.2)
        assert world.said()[-1] == ENGLISH.phrases.reprompt[0]

    def test_yes_to_the_offer_brings_a_person(self) -> None:
        world = talking()
        while ENGLISH.phrases.offer_person[0] not in world.said():
            world.wait(1)
        world.wait(5)
        world.caller_says("yes please")
        world.wait(1)
        assert world.of(cmd.OfferHandoff)[0].reason == "requested"

    def test_a_caller_who_asked_for_a_moment_gets_it(self) -> None:
        world = talking(
            answer=answering(
                lambda t: ev.AssistantMessage(t, "Sure."),
                lambda t: ev.AssistantExpects(t, "free", patience=20),
            )
        )
        world.caller_says("wait a moment please")
        world.wait(24)
        assert world.said()[-1] == "Sure."
        world.wait(5)
        assert world.said()[-1] == ENGLISH.phrases.reprompt[0]

    def test_noise_without_words_counts_as_silence(self) -> None:
        world = talking()
        world.happen(ev.SpeechStarted())
        world.wait(120)
        assert ENGLISH.phrases.reprompt[0] in world.said()

    def test_speech_without_a_recognised_word_is_asked_again_then_handed_over(self) -> None:
        world = talking()
        for _ in range(3):
            world.caller_says("", seconds=1.5)
            world.wait(6)
            while world.conversation.state == "speaking":
                world.wait(0.5)
        assert [o.reason for o in world.of(cmd.OfferHandoff)] == ["low_confidence"]


class TestWaitingForTheAssistant:
    def test_a_filler_is_heard_when_it_thinks_for_more_than_1200_ms(self) -> None:
        world = talking(think=1.5)
        world.caller_says("where is my order")
        world.wait(0.75 + 1.15)
        assert len(world.said()) == 1
        world.wait(0.1)
        assert world.said()[-1] == ENGLISH.phrases.filler[0]
        world.wait(5)
        assert world.said()[-1].startswith("You said")

    def test_the_line_is_never_silent_for_over_two_seconds_while_the_bot_has_the_turn(self) -> None:
        world = talking(think=9.0)
        world.caller_says("where is my order")
        world.wait(0.76)
        for _ in range(85):
            world.wait(0.1)
            assert world.now - world.silent_since() <= 2.0 or world.conversation.state == "speaking"

    def test_a_turn_while_it_thinks_is_asked_next_and_the_first_answer_is_dropped(self) -> None:
        world = talking(think=1.0)
        world.caller_says("where is my order")
        world.wait(0.8)
        world.caller_says("it is number four please", seconds=0.5)
        world.wait(5)
        assert [a.text for a in world.asked()] == [
            "where is my order",
            "it is number four please",
        ]
        assert "You said where is my order." not in world.said()

    @pytest.mark.parametrize("fails", ["error", "silence"])
    def test_when_it_fails_the_caller_hears_an_apology_and_gets_a_person(self, fails: str) -> None:
        def answer(ask: cmd.AskAssistant) -> list[ev.Event]:
            return [ev.AssistantFailed(ask.turn_id, "down")] if fails == "error" else []

        world = talking(answer=answer)
        world.caller_says("where is my order")
        world.wait(20)
        assert ENGLISH.phrases.apology[0] in world.said()
        assert world.of(cmd.OfferHandoff)[0].reason == "system_error"


class TestHandOver:
    def handed_over(self) -> World:
        world = talking(
            answer=answering(
                lambda t: ev.AssistantMessage(t, "I'll get a colleague."),
                lambda t: ev.AssistantHandsOff(t, {"reason": "emotion"}),
            ),
            timing=Timing(handoff_wait=60.0),
        )
        world.caller_says("this is unacceptable")
        world.wait(3)
        return world

    def test_it_is_offered_at_once_with_its_reason_and_trigger(self) -> None:
        world = self.handed_over()
        offer = world.of(cmd.OfferHandoff)[0]
        assert offer.reason == "emotion"
        assert offer.trigger_turn_id == world.asked()[0].turn_id

    def test_the_caller_hears_a_tone_and_from_time_to_time_a_word(self) -> None:
        world = self.handed_over()
        assert world.of(cmd.PlayHold)[-1].on
        world.wait(18.5)
        assert world.said()[-1] == ENGLISH.phrases.hold_update[0]
        assert not world.of(cmd.PlayHold)[-1].on
        world.wait(6)
        assert world.of(cmd.PlayHold)[-1].on

    def test_an_agent_who_accepts_is_announced_and_has_the_call(self) -> None:
        world = self.handed_over()
        world.happen(ev.AgentAccepted("Sam"))
        world.wait(5)
        assert world.of(cmd.Bridge) == [cmd.Bridge("Sam")]
        assert "Sam is with you now" in world.said()[-1]
        world.caller_says("hello are you real")
        world.wait(1)
        assert len(world.asked()) == 1
        assert world.of(cmd.RecordTurn)[-1].text == "hello are you real"

    def test_a_quick_agent_does_not_cut_short_the_announcement(self) -> None:
        announced = "I'm sorry. A colleague takes over and knows what you told me."
        world = talking(
            answer=answering(
                lambda t: ev.AssistantMessage(t, announced),
                lambda t: ev.AssistantMessage(t, "You won't have to repeat anything."),
                ev.AssistantHandsOff,
            )
        )
        world.caller_says("i want a person")
        world.wait(1)
        world.happen(ev.WaitEstimated(40.0))
        world.happen(ev.AgentAccepted("Sam"))
        assert world.of(cmd.Bridge) == [cmd.Bridge("Sam")]
        world.wait(12)
        assert world.heard_of(announced).complete
        assert world.said()[-2] == "You won't have to repeat anything."
        assert "Sam is with you now" in world.said()[-1]

    def test_the_expected_wait_is_told_after_the_announcement(self) -> None:
        world = self.handed_over()
        world.happen(ev.WaitEstimated(40.0))
        world.wait(3)
        assert world.said()[-2:] == ["I'll get a colleague.", "It should take about half a minute."]

    def test_on_hold_the_caller_hears_news_of_the_wait_when_they_come(self) -> None:
        world = self.handed_over()
        world.happen(ev.WaitEstimated(55.0))
        world.wait(21)
        assert world.said()[-1] == ENGLISH.phrases.hold_update[0]
        world.happen(ev.WaitEstimated(30.0))
        world.wait(6)
        assert world.said()[-1] == (
            "I'm still looking for a colleague. It should take about half a minute more."
        )

    def test_place_and_wait_are_told_in_one_breath(self) -> None:
        world = self.handed_over()
        world.happen(ev.WaitEstimated(60.0, 3))
        world.wait(8)
        assert world.said()[-1] == "You are number 3 in line. It should take about a minute."

    def test_what_is_not_known_is_not_told(self) -> None:
        world = self.handed_over()
        said = len(world.said())
        world.happen(ev.WaitEstimated(None))
        world.wait(5)
        assert len(world.said()) == said

    def test_when_it_takes_longer_than_told_the_caller_hears_that_too(self) -> None:
        world = self.handed_over()
        world.happen(ev.WaitEstimated(10.0))
        world.wait(22)
        assert world.said()[-1] == ENGLISH.phrases.wait_exceeded[0]
        world.wait(20)
        assert world.said()[-1] == ENGLISH.phrases.hold_update[0]

    def test_a_wait_beyond_the_limit_is_told_as_a_call_back(self) -> None:
        world = self.handed_over()
        world.happen(ev.WaitEstimated(400.0))
        world.wait(8)
        assert world.said()[-1] == ENGLISH.phrases.wait_too_long[0].format(wait="about a minute")

    def test_a_wait_that_is_known_too_late_is_not_told(self) -> None:
        world = self.handed_over()
        world.happen(ev.AgentAccepted("Sam"), ev.WaitEstimated(40.0))
        world.wait(6)
        assert "Sam is with you now" in world.said()[-1]

    def test_an_agents_typed_line_is_recorded_as_the_agents_and_spoken(self) -> None:
        world = self.handed_over()
        world.happen(ev.AgentAccepted("Sam"), ev.AgentSaid("I have sent a new one.", "Sam"))
        world.wait(10)
        assert world.said()[-1] == "I have sent a new one."
        turn = world.of(cmd.RecordTurn)[-1]
        assert (turn.speaker, turn.agent_name) == ("agent", "Sam")

    def test_closing_ends_the_call_politely(self) -> None:
        world = self.handed_over()
        world.happen(ev.AgentAccepted("Sam"), ev.AgentClosed("resolved"))
        world.wait(10)
        assert world.ended == "agent_closed"
        assert world.said()[-1] == ENGLISH.phrases.goodbye[0]

    def test_a_lost_agent_is_replaced_by_waiting_for_another(self) -> None:
        world = self.handed_over()
        world.happen(ev.AgentAccepted("Sam"))
        world.wait(5)
        world.happen(ev.AgentLost())
        assert world.said()[-1] == ENGLISH.phrases.agent_lost[0]
        world.wait(6)
        world.happen(ev.AgentAccepted("Kim"))
        world.wait(3)
        assert "Kim" in world.said()[-1]

    def test_nobody_after_sixty_seconds_means_a_promise_and_a_polite_end(self) -> None:
        world = self.handed_over()
        world.wait(60)
        assert world.of(cmd.WithdrawHandoff)
        world.happen(ev.HandoffUnavailable("We call you back by noon."))
        world.wait(20)
        assert "We call you back by noon." in world.said()
        assert world.ended == "callback_promised"

    def test_even_when_the_call_back_cannot_be_stored_the_caller_is_told_something(self) -> None:
        world = self.handed_over()
        world.wait(90)
        assert ENGLISH.phrases.callback_unknown[0] in world.said()
        assert world.ended == "callback_promised"

    def test_a_quiet_agent_does_not_leave_the_line_silent(self) -> None:
        world = self.handed_over()
        world.happen(ev.AgentAccepted("Sam"))
        world.wait(70)
        assert world.said()[-1] == "Please hold on, Sam is still with you."


class TestCallBackInsteadOfWaiting:
    def waiting(self) -> World:
        world = talking(
            answer=answering(lambda t: ev.AssistantHandsOff(t, {"reason": "requested"})),
            timing=Timing(handoff_wait=600.0),
        )
        world.caller_says("a person please now")
        world.wait(8)
        return world

    def asked(self) -> World:
        """The caller has just heard the question."""
        world = self.waiting()
        world.happen(ev.WaitEstimated(540.0, 4, "long_wait"))
        while world.conversation.state != "holding":
            world.wait(0.5)
        return world

    def test_it_is_asked_after_what_is_known_of_the_wait(self) -> None:
        world = self.asked()
        question = ENGLISH.phrases.callback_long_wait[0]
        assert world.said()[-1] == (
            f"You are number 4 in line. It should take about eight minutes. {question}"
        )
        assert world.of(cmd.Expect)[-1] == cmd.Expect("yes_no")
        assert not world.of(cmd.PlayHold)[-1].on, "nobody answers music"

    def test_where_nobody_is_there_nothing_else_is_told(self) -> None:
        world = self.waiting()
        world.happen(ev.WaitEstimated(None, 1, "nobody_there"))
        world.wait(3)
        assert world.said()[-1] == ENGLISH.phrases.callback_nobody_there[0]

    def test_yes_withdraws_and_ends_with_the_promise(self) -> None:
        world = self.asked()
        world.caller_says("yes please")
        world.wait(1)
        assert world.of(cmd.WithdrawHandoff) == [cmd.WithdrawHandoff("callback")]
        world.happen(ev.HandoffUnavailable("We call you back by noon."))
        world.wait(15)
        assert world.ended == "callback_promised"
        assert "We call you back by noon." in world.said()

    @pytest.mark.parametrize("answer", ["no thank you", "what do you mean", "yes no wait"])
    def test_anything_but_a_clear_yes_keeps_the_place(self, answer: str) -> None:
        world = self.asked()
        world.caller_says(answer)
        world.wait(5)
        assert not world.of(cmd.WithdrawHandoff)
        assert world.said()[-1] in ENGLISH.phrases.callback_refused
        assert world.of(cmd.PlayHold)[-1].on
        assert world.of(cmd.Expect)[-1] == cmd.Expect("free")

    def test_who_says_nothing_hears_music_again_after_five_seconds(self) -> None:
        world = self.asked()
        said = len(world.said())
        world.wait(4.4)
        assert not world.of(cmd.PlayHold)[-1].on
        world.wait(1.2)
        assert world.of(cmd.PlayHold)[-1].on
        assert len(world.said()) == said

    def test_a_yes_before_the_question_was_heard_is_no_answer_to_it(self) -> None:
        world = self.waiting()
        world.happen(ev.WaitEstimated(540.0, 4, "long_wait"))
        world.caller_says("yes please")
        world.wait(1)
        assert not world.of(cmd.WithdrawHandoff)

    def test_it_is_asked_again_only_after_some_minutes(self) -> None:
        world = self.asked()
        world.caller_says("no thank you")
        world.wait(100)
        world.happen(ev.WaitEstimated(480.0, 3, "long_wait"))
        world.wait(60)
        questions = ENGLISH.phrases.callback_long_wait
        assert sum(said.endswith(questions) for said in world.said()) == 1
        world.wait(120)
        assert sum(said.endswith(questions) for said in world.said()) == 2

    def test_an_agent_who_comes_meanwhile_ends_the_question(self) -> None:
        world = self.asked()
        world.happen(ev.AgentAccepted("Sam", voice=True))
        world.caller_says("yes please")
        world.wait(2)
        assert not world.of(cmd.WithdrawHandoff)
        assert world.of(cmd.Expect)[-1] == cmd.Expect("free")


class TestVoiceAgent:
    def waiting(self) -> World:
        world = talking(answer=answering(lambda t: ev.AssistantHandsOff(t, {})))
        world.caller_says("a person please now")
        world.wait(8)
        return world

    def bridged(self) -> World:
        world = self.waiting()
        world.happen(ev.AgentAccepted("Sam", voice=True))
        return world

    def test_an_agent_with_a_voice_is_heard_at_once(self) -> None:
        world = self.waiting()
        world.happen(ev.WaitEstimated(30.0, 2))
        world.wait(0.5)
        out = world.happen(ev.AgentAccepted("Sam", voice=True))
        kinds = [type(command) for command in out]
        assert kinds.index(cmd.StopSpeaking) < kinds.index(cmd.Bridge)
        assert cmd.Say not in kinds
        assert cmd.Bridge("Sam", voice=True) in out

    def test_music_stops_for_them(self) -> None:
        out = self.waiting().happen(ev.AgentAccepted("Sam", voice=True))
        assert out.index(cmd.PlayHold(False)) < out.index(cmd.Bridge("Sam", voice=True))

    def test_the_bot_keeps_quiet_however_quiet_they_are(self) -> None:
        world = self.bridged()
        said = len(world.said())
        world.wait(900)
        assert len(world.said()) == said
        assert world.ended is None

    def test_both_sides_are_recorded_and_the_assistant_is_not_asked(self) -> None:
        world = self.bridged()
        asked = len(world.asked())
        world.caller_says("my parcel is late")
        world.wait(2)
        world.happen(ev.AgentSpoke("Sam", transcript("let me look")))
        turns = world.of(cmd.RecordTurn)[-2:]
        assert [(turn.speaker, turn.agent_name, turn.text) for turn in turns] == [
            ("caller", None, "my parcel is late"),
            ("agent", "Sam", "let me look"),
        ]
        assert turns[-1].transcript is not None
        assert len(world.asked()) == asked

    def test_an_agent_whose_voice_fails_is_announced_and_types(self) -> None:
        world = self.bridged()
        world.happen(ev.AgentUnheard())
        assert "Sam is with you now" in world.said()[-1]
        world.wait(70)
        assert world.said()[-1] == "Please hold on, Sam is still with you."

    def test_hold_is_passed_on_to_the_bridge(self) -> None:
        world = self.bridged()
        world.happen(ev.AgentHeld(True))
        assert world.conversation.state == "holding"
        world.happen(ev.AgentHeld(True), ev.AgentHeld(False))
        assert world.of(cmd.HoldCaller) == [cmd.HoldCaller(True), cmd.HoldCaller(False)]
        assert world.conversation.state == "with_agent"

    def test_a_typing_agent_holds_with_the_lines_own_music(self) -> None:
        world = self.waiting()
        world.happen(ev.AgentAccepted("Sam"))
        world.wait(5)
        world.happen(ev.AgentHeld(True))
        assert world.of(cmd.PlayHold)[-1].on
        assert not world.of(cmd.HoldCaller)
        world.happen(ev.AgentHeld(False))
        assert not world.of(cmd.PlayHold)[-1].on

    def test_when_they_hang_up_the_call_ends_without_another_goodbye(self) -> None:
        world = self.bridged()
        said = len(world.said())
        world.happen(ev.AgentHungUp())
        assert world.ended == "agent_closed"
        assert len(world.said()) == said

    def test_when_a_typing_agent_hangs_up_the_line_says_goodbye(self) -> None:
        world = self.waiting()
        world.happen(ev.AgentAccepted("Sam"), ev.AgentHungUp())
        world.wait(10)
        assert world.ended == "agent_closed"
        assert world.said()[-1] in ENGLISH.phrases.goodbye

    def test_who_is_passed_on_hears_so_and_waits_again(self) -> None:
        world = self.bridged()
        out = world.happen(ev.AgentPassedOn("Sam", "billing"))
        kinds = [type(command) for command in out]
        assert kinds.index(cmd.Unbridge) < kinds.index(cmd.Say)
        assert world.said()[-1] == ENGLISH.phrases.agent_passed_on[0]
        world.wait(10)
        assert world.conversation.state == "holding"
        world.happen(ev.AgentAccepted("Kim", voice=True))
        assert world.of(cmd.Bridge)[-1] == cmd.Bridge("Kim", voice=True)

    def test_a_lost_agent_leaves_a_caller_who_hears_so_and_is_not_on_hold(self) -> None:
        world = self.bridged()
        world.happen(ev.AgentHeld(True), ev.AgentLost())
        assert world.said()[-1] == ENGLISH.phrases.agent_lost[0]
        world.wait(10)
        world.happen(ev.AgentAccepted("Kim", voice=True))
        assert world.conversation.state == "with_agent"

    def test_a_restart_of_the_server_is_announced_once_they_are_gone(self) -> None:
        out = self.bridged().happen(ev.ServerDraining())
        kinds = [type(command) for command in out]
        assert kinds.index(cmd.Unbridge) < kinds.index(cmd.Say)

    def test_their_last_words_are_recorded_after_the_call(self) -> None:
        world = self.bridged()
        world.happen(ev.AgentHungUp())
        world.happen(ev.AgentSpoke("Sam", transcript("bye for now")))
        assert world.of(cmd.RecordTurn)[-1].text == "bye for now"


class TestRecording:
    def asked(self, **options: object) -> World:
        """The caller has just heard whether they agree."""
        world = World(**options).start(ask_recording=True)  # type: ignore[arg-type]
        world.wait(len(ENGLISH.phrases.recording_question[0]) / 15 + 0.1)
        return world

    def test_the_caller_is_asked_before_anything_else(self) -> None:
        world = self.asked()
        assert world.said() == [ENGLISH.phrases.recording_question[0]]
        assert not world.of(cmd.AskAssistant)

    @pytest.mark.parametrize("answer", ["yes", "yes of course", "sure", "yeah"])
    def test_a_clear_yes_records_and_the_call_begins(self, answer: str) -> None:
        world = self.asked(opening="How can I help you?")
        world.caller_says(answer)
        world.wait(8)
        assert world.of(cmd.Record) == [cmd.Record(True)]
        assert world.said()[1:] == [
            ENGLISH.phrases.recording_on[0], "Hello.", "How can I help you?"
        ]  # fmt: skip
        assert not world.asked(), "it is no turn for the assistant"

    @pytest.mark.parametrize("answer", ["no", "no thank you", "yes no rather not"])
    def test_anything_else_does_not(self, answer: str) -> None:
        world = self.asked()
        world.caller_says(answer)
        world.wait(8)
        assert world.of(cmd.Record) == [cmd.Record(False)]
        assert ENGLISH.phrases.recording_off[0] in world.said()
        assert "Hello." in world.said()

    def test_a_request_in_place_of_an_answer_is_not_lost(self) -> None:
        world = self.asked()
        world.caller_says("where is my order")
        world.wait(10)
        assert world.of(cmd.Record) == [cmd.Record(False)]
        assert world.said()[-1] == "You said where is my order."

    def test_silence_is_no_consent(self) -> None:
        world = self.asked()
        world.wait(9)
        assert world.of(cmd.Record) == [cmd.Record(False)]
        assert "Hello." in world.said()

    def test_a_yes_over_the_question_is_no_consent(self) -> None:
        world = World().start(ask_recording=True)
        world.wait(0.5)
        world.caller_says("yes hello there")
        world.wait(3)
        assert world.of(cmd.Record) == [cmd.Record(False)]

    def test_a_yes_that_was_hardly_heard_is_no_consent(self) -> None:
        world = self.asked(recognises=False)
        world.happen(ev.SpeechStarted(), ev.PartialTranscript("yes"), ev.SpeechStopped())
        world.wait(0.7)
        world.happen(ev.FinalTranscript(Transcript("yes", confidence=0.3)))
        assert world.of(cmd.Record) == [cmd.Record(False)]

    def test_who_is_asked_to_go_on_with_an_earlier_call_is_asked_that_next(self) -> None:
        world = World().start("Shall we go on?", resumable=True, ask_recording=True)
        world.wait(len(ENGLISH.phrases.recording_question[0]) / 15 + 0.1)
        world.caller_says("yes")
        world.wait(5)
        assert "Shall we go on?" in world.said()
        assert world.of(cmd.Expect)[-1] == cmd.Expect("yes_no")

    def test_it_pauses_while_a_code_is_awaited(self) -> None:
        codes = iter([True, False])
        world = talking(
            answer=answering(lambda t: ev.AssistantExpects(t, "code", secret=next(codes)))
        )
        world.caller_says("i forgot my password")
        world.wait(4)
        assert world.of(cmd.PauseRecording) == [cmd.PauseRecording(True)]
        world.caller_says("• • • • • •")
        assert world.of(cmd.PauseRecording) == [cmd.PauseRecording(True)]
        world.wait(4)
        assert world.of(cmd.PauseRecording) == [cmd.PauseRecording(True), cmd.PauseRecording(False)]

    def test_who_still_says_the_code_when_a_person_comes_is_not_recorded_doing_so(self) -> None:
        def answer(ask: cmd.AskAssistant) -> list[ev.Event]:
            if ask.text == "i forgot my password":
                expects = ev.AssistantExpects(ask.turn_id, "code", secret=True)
                return [expects, ev.AssistantFinished(ask.turn_id)]
            return [ev.AssistantHandsOff(ask.turn_id), ev.AssistantFinished(ask.turn_id)]

        world = talking(answer=answer, think=1.0)
        world.caller_says("i forgot my password")
        world.wait(5)
        world.caller_says("• •")
        world.wait(1.7)
        world.happen(ev.SpeechStarted(), ev.PartialTranscript("• •"))
        world.wait(1.5)
        assert world.of(cmd.OfferHandoff)
        world.happen(ev.AgentAccepted("Sam", voice=True))
        assert world.of(cmd.PauseRecording) == [cmd.PauseRecording(True)]
        world.happen(ev.SpeechStopped())
        world.wait(2)
        assert world.of(cmd.PauseRecording) == [cmd.PauseRecording(True), cmd.PauseRecording(False)]


class TestKeypad:
    def test_keys_make_a_turn_after_a_pause_or_the_hash_key(self) -> None:
        world = talking()
        world.happen(*(ev.Digit(key) for key in "482#"))
        assert world.asked()[0].text == "four eight two"
        world.wait(5)
        world.happen(ev.Digit("9"))
        world.wait(2.1)
        assert world.asked()[1].text == "nine"

    def test_the_expected_number_of_keys_needs_no_pause(self) -> None:
        world = talking(answer=answering(lambda t: ev.AssistantExpects(t, "digits", length=3)))
        world.caller_says("check my order")
        world.wait(4)
        world.happen(*(ev.Digit(key) for key in "482"))
        assert world.asked()[-1].text == "four eight two"

    def test_a_key_stops_the_bot(self) -> None:
        world = World().start("Welcome to the line, how can I help you today?")
        world.happen(ev.Digit("5"))
        assert world.of(cmd.StopSpeaking)


class TestTheEnd:
    def test_nothing_happens_after_the_caller_hung_up(self) -> None:
        world = talking()
        world.happen(ev.CallerHungUp())
        assert world.ended == "caller_hung_up"
        assert world.happen(ev.SpeechStarted(), ev.AgentSaid("hi")) == []

    def test_a_restart_of_the_server_is_announced(self) -> None:
        world = talking()
        world.happen(ev.ServerDraining())
        world.wait(15)
        assert ENGLISH.phrases.draining[0] in world.said()
        assert world.ended == "draining"

    def test_a_line_that_cannot_speak_is_given_up(self) -> None:
        world = World(plays=False).start()
        world.wait(120)
        assert world.ended == "system_error"

    def test_speech_that_fails_is_recorded_as_not_heard(self) -> None:
        world = World(plays=False).start("Hello there.")
        world.happen(ev.SpeechFailed(1, "no voice"))
        assert world.heard_of("Hello there.").heard == ""


def test_the_state_shown_to_the_caller_follows_the_call() -> None:
    world = World(answer=echo).start()
    assert world.conversation.state == "speaking"
    world.wait(1)
    assert world.conversation.state == "listening"
    world.caller_says("where is my order")
    world.wait(0.8)
    assert world.conversation.state == "thinking"
    world.wait(0.2)
    assert world.conversation.state == "speaking"


class TestGuessing:
    def test_the_answer_is_guessed_while_the_silence_is_judged(self) -> None:
        world = talking()
        world.caller_says("where is my order")
        guess = world.of(cmd.GuessAnswer)[0].ask
        assert world.asked() == []
        world.wait(1)
        asked = world.asked()[0]
        assert (guess.text, guess.transcript, guess.affect) == (
            asked.text,
            asked.transcript,
            asked.affect,
        )

    def test_words_that_are_understood_as_complete_end_the_turn_early(self) -> None:
        world = talking(whole=lambda text: text == "where is my order")
        world.caller_says("where is my order")
        world.wait(0.29)
        assert world.asked() == []
        world.wait(0.1)
        assert len(world.asked()) == 1

    def test_a_caller_who_goes_on_makes_the_guess_worthless(self) -> None:
        world = talking(whole=lambda text: True)
        world.caller_says("where is my order")
        world.wait(0.1)
        world.happen(ev.SpeechStarted())
        assert len(world.of(cmd.DropGuess)) == 1
        world.wait(2)
        assert world.asked() == []

    def test_what_was_understood_of_earlier_words_does_not_end_the_turn(self) -> None:
        world = talking()
        world.caller_says("where is my order")
        world.wait(0.1)
        world.happen(ev.AnswerGuessed("where is", True))
        world.wait(0.3)
        assert world.asked() == []

    def test_guessing_does_not_judge_the_mood_twice(self) -> None:
        world, other = talking(), talking()
        for each in (world, other):
            each.caller_says("this is ridiculous and i am fed up")
            each.wait(5)
        world.caller_says("where is my order")
        world.wait(0.1)
        for each in (world, other):
            each.caller_says("where is my order")
            each.wait(5)
        assert world.asked()[-1].affect == other.asked()[-1].affect

    @pytest.mark.parametrize("text", ["um", "• • •", "• • and then"])
    def test_hesitations_and_codes_are_not_guessed_about(self, text: str) -> None:
        world = talking()
        world.caller_says(text)
        assert world.of(cmd.GuessAnswer) == []

    def test_nothing_is_guessed_about_an_answer_to_the_line_itself(self) -> None:
        world = World().start("Hello.", ask_recording=True)
        world.wait(8)
        world.caller_says("yes")
        assert world.of(cmd.GuessAnswer) == []


class TestGivingWay:
    def speaking(self) -> World:
        world = talking(answer=answering(lambda t: ev.AssistantMessage(t, "A long answer. " * 9)))
        world.caller_says("where is my order")
        world.wait(1.5)
        assert world.conversation.state == "speaking"
        return world

    def test_the_bot_falls_silent_before_it_is_known_what_the_caller_says(self) -> None:
        world = self.speaking()
        world.happen(ev.SpeechStarted())
        world.wait(0.14)
        assert world.of(cmd.PauseSpeaking) == []
        world.wait(0.02)
        assert len(world.of(cmd.PauseSpeaking)) == 1
        assert world.conversation.state == "listening"

    def test_a_cough_shorter_than_that_changes_nothing(self) -> None:
        world = self.speaking()
        world.happen(ev.SpeechStarted())
        world.wait(0.1)
        world.happen(ev.SpeechStopped(0.1, transcript("")))
        world.wait(1)
        assert world.of(cmd.PauseSpeaking) == world.of(cmd.StopSpeaking) == []

    @pytest.mark.parametrize("text", ["mm hmm", "okay", ""])
    def test_after_a_listeners_noise_the_bot_goes_on(self, text: str) -> None:
        world = self.speaking()
        said = world.said()
        world.caller_says(text, seconds=0.5)
        world.wait(0.05)
        assert len(world.of(cmd.ResumeSpeaking)) == 1
        world.wait(20)
        assert world.of(cmd.StopSpeaking) == []
        assert world.said()[: len(said)] == said
        assert len(world.asked()) == 1
        answer = world.heard_of(said[-1])
        assert answer.complete

    def test_words_take_the_turn(self) -> None:
        world = self.speaking()
        world.caller_says("no wait the other order", seconds=1.0)
        assert len(world.of(cmd.PauseSpeaking)) == 1
        assert len(world.of(cmd.StopSpeaking)) == 1
        assert world.of(cmd.ResumeSpeaking) == []

    def test_voice_without_words_does_not_silence_the_bot_for_ever(self) -> None:
        world = self.speaking()
        world.happen(ev.SpeechStarted())
        world.wait(2.5)
        assert len(world.of(cmd.ResumeSpeaking)) == 1

    def test_a_goodbye_that_was_paused_is_said_to_its_end(self) -> None:
        world = talking(
            answer=answering(
                lambda t: ev.AssistantMessage(t, "Thank you for your call, goodbye now."),
                ev.AssistantHangsUp,
            )
        )
        world.caller_says("that was all")
        world.wait(1.2)
        world.caller_says("okay", seconds=0.6)
        assert len(world.of(cmd.PauseSpeaking)) == 1
        world.wait(5)
        assert world.ended == "completed"

    def test_who_interrupts_twice_gets_shorter_answers(self) -> None:
        answer = "It is on its way. It left on Monday by road. Is there anything else?"
        world = talking(answer=answering(lambda t: ev.AssistantMessage(t, answer)))
        for text in ("where is my order", "no the other order", "no the blue kettle"):
            world.caller_says(text)
            world.wait(1.2)
        said = [text for text in world.said() if text.startswith("It is")]
        assert said == [answer, answer, "It is on its way. Is there anything else?"]
