"""One call's conversation: `receive(event, now)` returns what to do, and nothing else happens.

The core has no clock, no sockets and no await; time is an argument. A call is in one phase at a
time: it is *talking* with the bot, *waiting* for a person, *with_agent*, *ending* (a last sentence
is being said) or *ended*. After every event `_settle` looks at the whole state and does what the
line owes the caller next, so that no combination of events leaves it silent.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from voice_gateway.conversation import events as ev
from voice_gateway.conversation.affect import Affect, AffectMeter
from voice_gateway.conversation.barge_in import BargeIn
from voice_gateway.conversation.brevity import shortened
from voice_gateway.conversation.commands import (
    START_OF_CALL,
    AskAssistant,
    Bridge,
    CancelTimer,
    Command,
    DropGuess,
    Expect,
    FinishUtterance,
    GuessAnswer,
    HangUp,
    HoldCaller,
    OfferHandoff,
    PauseRecording,
    PlayHold,
    Record,
    RecordTurn,
    SetPace,
    SetTimer,
    Unbridge,
    WithdrawHandoff,
)
from voice_gateway.conversation.endpoint import EndOfTurn
from voice_gateway.conversation.language import Language
from voice_gateway.conversation.mouth import Mouth, Utterance
from voice_gateway.conversation.timing import Timing
from voice_gateway.conversation.transcript import MASK, Transcript, is_masked
from voice_gateway.conversation.waiting import Announcement, WaitTeller

Phase = Literal["talking", "waiting", "with_agent", "ending", "ended"]

_KEY_NAMES = {
    "0": "zero",
    "1": "one",
    "2": "two",
    "3": "three",
    "4": "four",
    "5": "five",
    "6": "six",
    "7": "seven",
    "8": "eight",
    "9": "nine",
    MASK: MASK,
}
_FREE = Expect("free")
# The assistant is asked before the caller has said anything; this is no turn of anybody's.
_START = "t0"
# The assistant reads one request at a time; more words than this are a monologue, of which the
# last part says best what is wanted.
_LONGEST_TURN_WORDS = 120
_SPEECH_FAILURES_LIMIT = 3
# A "yes" of which the recogniser is less sure is no consent.
_CONSENT_CONFIDENCE = 0.5


@dataclass
class _CallerTurn:
    """The caller's side: what is being said right now."""

    speaking: bool = False
    started_at: float = 0.0
    stopped_at: float = 0.0
    heard: str = ""
    guessed: AskAssistant | None = None
    whole: bool = False
    barged_in: bool = False
    over_bot: bool = False
    far: bool = False
    cut_off: bool = False
    finishing: bool = False


@dataclass
class Conversation:
    """The state of one call.

    Args:
        language: The words turn-taking needs.
        timing: How patient the line is.
    """

    language: Language
    timing: Timing = field(default_factory=Timing)

    def __post_init__(self) -> None:
        self.phase: Phase = "talking"
        self._numbers = itertools.count(1)
        self._mouth = Mouth(self._new_turn_id)
        self._caller = _CallerTurn()
        self._end_of_turn = EndOfTurn(self.language, self.timing)
        self._affect = AffectMeter(self.language)
        self._barge_in = BargeIn(self.language)
        self._expected = _FREE
        self._told_what_to_expect = False
        self._patience = 0.0
        self._awaiting: AskAssistant | None = None
        self._next_ask: AskAssistant | None = None
        self._answered = False
        self._taking_floor = False
        self._timers: dict[str, int] = {}
        self._generations = itertools.count(1)
        self._phrase_uses: Counter[str] = Counter()
        self._last_text = ""
        self._pace = 1.0
        self._silences = 0
        self._unheard = 0
        self._offering_person = False
        self._keys = ""
        self._last_turn_id: str | None = None
        self._hold = False
        self._resuming = False
        self._consent_to: ev.CallStarted | None = None
        self._recording_paused = False
        self._code_turn = self._caller
        self._wait = WaitTeller(self.language, self.timing)
        self._offering_callback = False
        self._agent = ev.AgentAccepted("")
        self._caller_held = False
        self._agent_silences = 0
        self._speech_failures = 0
        self._hang_up_reason = "completed"
        self._out: list[Command] = []

    def receive(self, event: ev.Event, now: float) -> list[Command]:
        """Take in one event.

        Args:
            event: What happened.
            now: Seconds on a clock that never goes back; the origin does not matter.

        Returns:
            What to do, in order. Once the call has ended only what agents had still said in it is
            recorded.
        """
        if self.phase == "ended" and not isinstance(event, ev.AgentSpoke):
            return []
        handler: Callable[[Any, float], None] = getattr(self, _HANDLERS[type(event)])
        handler(event, now)
        self._settle(now)
        self._keep_codes_from_recording()
        out, self._out = self._out, []
        return out

    @property
    def state(self) -> str:
        """What a caller's page shows: listening, thinking, speaking, holding, with_agent, ended."""
        if self.phase == "ended":
            return "ended"
        if self._mouth.current and not self._mouth.paused:
            return "speaking"
        if self.phase == "waiting" or self._caller_held:
            return "holding"
        if self.phase == "with_agent":
            return "with_agent"
        return "thinking" if self._awaiting or self._caller.finishing else "listening"

    # -- the start, and what the line owes the caller ------------------------------------------

    def _on_call_started(self, event: ev.CallStarted, now: float) -> None:
        if event.ask_recording:
            self._consent_to = event
            self._say_phrase("recording_question")
            self._expect(Expect("yes_no"))
        else:
            self._open(event, now)

    def _open(self, event: ev.CallStarted, now: float) -> None:
        self._resuming = event.resumable
        self._say(event.greeting)
        self._ask(AskAssistant(_START, START_OF_CALL, Transcript("")), now)
        if event.resumable:
            self._expect(Expect("yes_no"))

    def _settle(self, now: float) -> None:
        """Do what the line owes the caller in the state it is in."""
        if self.phase == "ended":
            return
        if self._mouth.current:
            if self._mouth.paused and not self._caller_claims_turn(now):
                self._resume_speaking(now)
            return
        if self._mouth.queue:
            if not self._caller_has_floor(now):
                self._start_speaking(now)
            return
        match self.phase:
            case "ending":
                self._hang_up(self._hang_up_reason)
            case "waiting" if self._offering_callback:
                if not self._caller_answers(now):
                    self._arm_once("callback", now + self.timing.reprompt)
            case "waiting":
                self._set_hold(True)
            case "with_agent" if not self._agent.voice:
                self._set_hold(self._caller_held)
                self._arm_once("agent_idle", now + self.timing.agent_idle)
            case "talking" if not self._busy(now):
                self._arm_once("silence", now + self.timing.reprompt + self._patience)

    def _busy(self, now: float) -> bool:
        """True while somebody other than the line itself is due to do something."""
        return bool(self._awaiting or self._caller_answers(now))

    def _caller_answers(self, now: float) -> bool:
        return bool(
            self._caller.finishing
            or self._keys
            or "end_of_turn" in self._timers
            or self._caller_has_floor(now)
        )

    def _caller_has_floor(self, now: float) -> bool:
        if self.phase in ("with_agent", "ending"):
            return False
        if self._mouth.queue and not self._mouth.queue[0].interruptible:
            return False
        return self._caller_claims_turn(now)

    def _caller_claims_turn(self, now: float) -> bool:
        """Noise without words does not hold the floor for ever."""
        caller = self._caller
        if caller.speaking and now < caller.started_at + self.timing.noise_limit:
            return not (caller.over_bot and caller.far)
        if self._mouth.current:
            return False
        in_turn = caller.speaking or caller.finishing or "end_of_turn" in self._timers
        return in_turn and not self.language.is_back_channel(caller.heard)

    # -- the caller speaks ---------------------------------------------------------------------

    def _on_speech_started(self, event: ev.SpeechStarted, now: float) -> None:
        caller = self._caller
        caller.speaking = True
        self._drop_guess()
        if "end_of_turn" not in self._timers:
            caller.started_at = now
            caller.over_bot = self._mouth.current is not None
        caller.far = self._barge_in.is_far(event.level_db)
        if self._may_be_interrupted() and not caller.far:
            self._arm("give_way", now + self.timing.give_way)
        self._arm("turn_limit", max(now, caller.started_at + self.timing.turn_limit))
        self._arm("noise", now + self.timing.noise_limit)
        self._cancel("end_of_turn", "silence", "callback", "agent_idle")

    def _on_partial(self, event: ev.PartialTranscript, now: float) -> None:
        caller = self._caller
        if event.text == caller.heard:
            return
        caller.heard = event.text
        caller.far = self._barge_in.is_far(event.level_db)
        awaits_digits = self._expected.grammar in ("digits", "code")
        answers = awaits_digits and self._end_of_turn.symbols(event.text) > 0
        if answers or not caller.over_bot or self._barge_in.so_far(event.text):
            self._take_turn(event.text, now)
        if not caller.speaking and "end_of_turn" in self._timers:
            self._await_end_of_turn(now)

    def _on_speech_stopped(self, event: ev.SpeechStopped, now: float) -> None:
        caller = self._caller
        if not caller.speaking:
            return
        caller.speaking = False
        caller.stopped_at = now - event.silence
        self._cancel("turn_limit", "noise", "give_way")
        self._await_end_of_turn(now)
        heard = event.heard
        if heard and heard.text:
            self._on_partial(ev.PartialTranscript(heard.text, heard.level_db), now)
            if self._barge_in.in_full(heard):
                self._take_turn(heard.text, now)
            self._guess(heard)

    def _await_end_of_turn(self, now: float) -> None:
        caller = self._caller
        wait = self._end_of_turn.silence_needed(caller.heard, self._expected, whole=caller.whole)
        self._arm("end_of_turn", max(now, caller.stopped_at + wait))

    def _guess(self, heard: Transcript) -> None:
        """Have the answer made ready while the silence is still being judged."""
        caller = self._caller
        other_matters = self._awaiting or self._consent_to or self._offering_person
        if (
            self.phase != "talking"
            or other_matters
            or self._mouth.current
            or self._expected.secret
            or MASK in heard.text
            or self.language.is_hesitation(heard.text)
            or (caller.over_bot and self._is_meant_for_nobody(heard))
        ):
            return
        affect = deepcopy(self._affect).judge(heard, barge_in=caller.barged_in)
        caller.guessed = _question("", heard, affect, caller.barged_in)
        self._out.append(GuessAnswer(caller.guessed))

    def _drop_guess(self) -> None:
        caller = self._caller
        if caller.guessed:
            caller.guessed, caller.whole = None, False
            self._out.append(DropGuess())

    def _on_answer_guessed(self, event: ev.AnswerGuessed, now: float) -> None:
        caller = self._caller
        if caller.guessed and caller.guessed.text == event.text:
            caller.whole = event.whole
            if "end_of_turn" in self._timers:
                self._await_end_of_turn(now)

    def _may_be_interrupted(self) -> bool:
        playing = self._mouth.current
        saying_goodbye = self.phase == "ending" and self._hang_up_reason == "completed"
        return bool(
            playing and playing.interruptible and (self.phase == "talking" or saying_goodbye)
        )

    def _on_give_way(self) -> None:
        """Nobody is talked over while it is not known yet whether they want the turn."""
        if self._may_be_interrupted():
            self._cancel("playout")
            self._out += self._mouth.pause()

    def _resume_speaking(self, now: float) -> None:
        self._out += self._mouth.resume()
        self._watch_playout(now)

    def _take_turn(self, text: str, now: float) -> None:
        """The caller's words interrupt the bot, and nobody else's."""
        caller = self._caller
        no_words = self.language.is_back_channel(text) or self._is_stray_code(text)
        if not (caller.far or no_words):
            caller.barged_in |= self._interrupt_bot(now)

    def _interrupt_bot(self, now: float) -> bool:
        """The caller takes the floor: stop speaking, and drop answers to what came before.

        Returns:
            True when the bot was speaking and has been stopped.
        """
        if not self._may_be_interrupted():
            return False
        self.phase = "talking"
        self._cancel("playout")
        self._out += self._mouth.stop()
        self._mouth.drop_answers()
        self._fill_again(now)
        return True

    def _on_end_of_turn(self, now: float) -> None:
        self._caller.finishing = True
        self._arm("final", now + self.timing.final_wait)
        self._out.append(FinishUtterance())

    def _on_turn_limit(self, now: float) -> None:
        self._on_end_of_turn(now)
        if self.phase == "talking":
            self._caller.cut_off = True
            self._say_phrase("interrupting", interruptible=False)

    def _on_final(self, event: ev.FinalTranscript, now: float) -> None:
        caller = self._caller
        if not caller.finishing:
            return
        # Whoever goes on speaking while the last words were being settled is in a new turn.
        self._caller = _CallerTurn(caller.speaking, now, caller.stopped_at)
        self._cancel("final")
        if caller.speaking:
            self._arm("turn_limit", now + self.timing.turn_limit)
            self._arm("noise", now + self.timing.noise_limit)
        text = event.transcript.text
        if self.language.is_hesitation(text):
            self._on_nothing_recognised(caller, now)
        elif self._is_stray_code(text):
            """It was said once more while the answer came; there is nothing to do about it."""
        elif not (caller.over_bot and self._is_meant_for_nobody(event.transcript)):
            barged_in = self._interrupt_bot(now) or caller.barged_in
            self._on_caller_turn(event.transcript, now, barged_in, caller.cut_off)

    def _is_stray_code(self, text: str) -> bool:
        return is_masked(text) and not self._expected.secret

    def _is_meant_for_nobody(self, heard: Transcript) -> bool:
        """What did not stop the bot while it was speaking is no turn afterwards either."""
        if self._mouth.current and not self._barge_in.in_full(heard):
            return True
        return self._barge_in.is_far(heard.level_db) or self._is_listening_noise(heard.text)

    def _is_listening_noise(self, text: str) -> bool:
        """A "yeah" over the bot's words is an answer only to a yes/no question that has ended."""
        if not self.language.is_back_channel(text):
            return False
        return self._mouth.current is not None or self._expected.grammar != "yes_no"

    def _on_nothing_recognised(self, caller: _CallerTurn, now: float) -> None:
        spoke_for = caller.stopped_at - caller.started_at
        if self.phase != "talking" or not self._mouth.idle or self._busy(now):
            return
        if spoke_for < self.timing.unheard_speech:
            return
        if self._consent_to:
            self._on_consent(False, now)
            return
        self._unheard += 1
        if self._unheard > len(self.language.phrases.not_understood):
            self._hand_off("low_confidence", {}, self._last_turn_id, now)
        else:
            self._say_phrase("not_understood")

    def _on_caller_turn(
        self, transcript: Transcript, now: float, barged_in: bool = False, cut_off: bool = False
    ) -> None:
        turn_id = self._new_turn_id()
        affect = self._affect.judge(transcript, barge_in=barged_in)
        self._barge_in.learn(transcript)
        self._out.append(
            RecordTurn(turn_id, "caller", transcript.text, transcript, barged_in, affect.score)
        )
        self._last_turn_id = turn_id
        self._silences = self._unheard = self._agent_silences = 0
        self._patience = 0.0
        self._taking_floor = cut_off
        self._cancel("silence", "callback", "agent_idle")
        if self._offering_callback and self._mouth.idle:
            self._on_callback_answer(self.language.is_clear_consent(transcript.text), now)
        if self.phase != "talking":
            return
        self._mouth.drop_answers()
        if self._consent_to and self._on_recording_answer(transcript, barged_in, now):
            return
        if self._offering_person:
            self._offering_person = False
            self._expect_anything_but_a_code()
            if self.language.is_affirmation(transcript.text):
                self._hand_off("requested", {}, turn_id, now)
                return
        self._ask(_question(turn_id, transcript, affect, barged_in), now)

    def _on_digit(self, event: ev.Digit, now: float) -> None:
        if event.key in _KEY_NAMES:
            self._keys += event.key
            self._interrupt_bot(now)
        elif event.key == "*":
            self._keys = ""
            self._cancel("keys")
        length = None if self._expected.secret else self._expected.length
        # Only who sees the digits of a code knows where it ends, and sends a "#" there.
        complete = length is not None and len(self._keys) >= length
        if self._keys and (complete or event.key == "#"):
            self._on_keys(now)
        elif self._keys:
            self._cancel("silence")
            self._arm("keys", now + self.timing.key_pause)

    def _on_keys(self, now: float) -> None:
        text = " ".join(_KEY_NAMES[key] for key in self._keys)
        self._keys = ""
        self._cancel("keys")
        if self._is_stray_code(text):
            return
        self._on_caller_turn(Transcript(text, confidence=1.0), now)

    # -- the assistant answers -----------------------------------------------------------------

    def _ask(self, ask: AskAssistant, now: float) -> None:
        if self._awaiting:
            if is_masked(ask.text) and self._is_whole_code(self._awaiting.text):
                # It is being tried already; saying it again must not cost the answer.
                return
            earlier = self._next_ask.text + " " if self._next_ask else ""
            self._next_ask = replace(ask, text=earlier + ask.text)
            return
        self._awaiting = ask
        self._answered = False
        self._told_what_to_expect = False
        self._expect_anything_but_a_code()
        self._out.append(ask)
        self._arm("filler", now + self.timing.filler)
        self._arm("assistant", now + self.timing.assistant_limit)

    def _is_whole_code(self, text: str) -> bool:
        length = self._expected.length
        return is_masked(text) and length is not None and len(text.split()) >= length

    def _is_awaited(self, turn_id: str) -> bool:
        return self._awaiting is not None and self._awaiting.turn_id == turn_id

    def _on_assistant_message(self, event: ev.AssistantMessage, now: float) -> None:
        if not self._is_awaited(event.turn_id):
            return
        self._answered = True
        if event.text.strip() and not self._next_ask:
            self._cancel("filler")
            text = shortened(event.text) if self._mouth.often_interrupted else event.text
            self._say(text, interruptible=not self._taking_floor, answers=event.turn_id)

    def _on_assistant_expects(self, event: ev.AssistantExpects, now: float) -> None:
        if self._is_awaited(event.turn_id) and self.phase == "talking":
            self._patience = event.patience
            self._told_what_to_expect = True
            self._expect(Expect(event.grammar, event.choices, event.length, event.secret))

    def _on_assistant_sets_pace(self, event: ev.AssistantSetsPace, now: float) -> None:
        if self._is_awaited(event.turn_id):
            self._pace = event.pace
            self._out.append(SetPace(event.pace))

    def _on_assistant_hands_off(self, event: ev.AssistantHandsOff, now: float) -> None:
        if self._is_awaited(event.turn_id):
            if not self._answered:
                self._say_phrase("connecting", answers=event.turn_id)
            reason = str(event.details.get("reason", "requested"))
            self._hand_off(reason, event.details, event.turn_id, now)

    def _on_assistant_hangs_up(self, event: ev.AssistantHangsUp, now: float) -> None:
        if self._is_awaited(event.turn_id) and self.phase == "talking" and not self._next_ask:
            self._answered = True
            self._end("completed")

    def _on_assistant_finished(self, event: ev.AssistantFinished, now: float) -> None:
        if not self._is_awaited(event.turn_id):
            return
        self._assistant_done()
        if self.phase != "talking":
            return
        if not self._told_what_to_expect and self._expected.secret:
            self._expect(_FREE)
        if self._next_ask:
            ask, self._next_ask = self._next_ask, None
            self._ask(ask, now)
        elif not self._answered and event.turn_id != _START:
            self._say_phrase("not_understood")
        elif not self._answered and not self._resuming:
            self._say_phrase("opener")

    def _on_assistant_failed(self, event: ev.AssistantFailed, now: float) -> None:
        if not self._is_awaited(event.turn_id):
            return
        self._assistant_done()
        if self.phase == "talking":
            self._mouth.drop_answers()
            self._say_phrase("apology", interruptible=False, answers=event.turn_id)
            self._hand_off("system_error", {}, event.turn_id, now)

    def _assistant_done(self) -> None:
        self._awaiting = None
        self._cancel("filler", "assistant")

    def _on_assistant_timeout(self, now: float) -> None:
        if self._awaiting:
            self._on_assistant_failed(ev.AssistantFailed(self._awaiting.turn_id, "timed out"), now)

    def _on_filler(self, now: float) -> None:
        if self.phase == "with_agent":
            return
        if self._awaiting and self._mouth.idle and not self._caller.speaking:
            self._say_phrase("filler")
        else:
            self._fill_again(now)

    def _fill_again(self, now: float) -> None:
        if self._awaiting:
            self._arm("filler", now + self.timing.filler_again)

    # -- what the bot says ---------------------------------------------------------------------

    def _say(self, text: str, *, interruptible: bool = True, answers: str | None = None) -> None:
        with_voice = self.phase == "with_agent" and self._agent.voice
        if text.strip() and not with_voice:
            self._last_text = text
            self._mouth.queue.append(Utterance(text, interruptible=interruptible, answers=answers))

    def _say_phrase(
        self, name: str, *, interruptible: bool = True, answers: str | None = None, **values: str
    ) -> None:
        """Say one of the line's own phrases, but not what was said just before."""
        text = self._phrase(name, **values)
        self._say(text, interruptible=interruptible, answers=answers)

    def _phrase(self, name: str, **values: str) -> str:
        variations: tuple[str, ...] = getattr(self.language.phrases, name)
        for _ in variations:
            text = variations[self._phrase_uses[name] % len(variations)].format(**values)
            self._phrase_uses[name] += 1
            if text not in self._last_text:
                break
        return text

    def _hush(self) -> None:
        """Say nothing any more, not even what has been begun."""
        self._cancel("playout")
        self._mouth.queue.clear()
        self._out += self._mouth.stop()

    def _start_speaking(self, now: float) -> None:
        self._set_hold(False)
        self._cancel("silence", "callback", "agent_idle")
        self._out += self._mouth.start_next()
        self._watch_playout(now)

    def _watch_playout(self, now: float) -> None:
        longest = self._mouth.unheard_chars / (self.timing.slowest_speech * self._pace)
        self._arm("playout", now + longest + self.timing.playout_grace)

    def _on_playout_mark(self, event: ev.PlayoutMark, now: float) -> None:
        self._speech_failures = 0
        self._mouth.heard(event.utterance_id, event.heard_chars)
        if event.finished:
            self._on_utterance_over(event.utterance_id, now)

    def _on_utterance_over(self, utterance_id: int, now: float) -> None:
        finished = self._mouth.finish(utterance_id)
        if finished:
            self._out += finished
            self._cancel("playout")
            self._fill_again(now)

    def _on_speech_failed(self, event: ev.SpeechFailed, now: float) -> None:
        if self._mouth.current and self._mouth.current.utterance_id == event.utterance_id:
            self._on_stuck(now)

    def _on_stuck(self, now: float) -> None:
        """What is playing can't be heard: go on without it, but not for ever."""
        self._cancel("playout")
        self._out += self._mouth.stop()
        self._fill_again(now)
        self._speech_failures += 1
        heard_anyway = self.phase == "with_agent" and self._agent.voice
        if self._speech_failures >= _SPEECH_FAILURES_LIMIT and not heard_anyway:
            self._hang_up("system_error")

    # -- recording -----------------------------------------------------------------------------

    def _on_recording_answer(self, heard: Transcript, barged_in: bool, now: float) -> bool:
        """Take the answer to whether the call may be recorded, if the question was heard.

        Returns:
            False when it was something else, to which the assistant is to answer.
        """
        sure = heard.confidence >= _CONSENT_CONFIDENCE and not barged_in
        self._on_consent(sure and self.language.is_clear_consent(heard.text), now)
        return self.language.is_affirmation(heard.text) or self.language.is_denial(heard.text)

    def _on_consent(self, given: bool, now: float) -> None:
        started, self._consent_to = self._consent_to, None
        assert started is not None
        self._out.append(Record(given))
        self._say_phrase("recording_on" if given else "recording_off")
        self._open(started, now)

    def _keep_codes_from_recording(self) -> None:
        """Pause while a code is awaited, and until whoever still says it then has finished."""
        if self._expected.secret:
            self._code_turn = self._caller
        caller = self._caller
        still_said = caller is self._code_turn and bool(
            caller.speaking or caller.finishing or self._keys or "end_of_turn" in self._timers
        )
        pause = self._expected.secret or (self._recording_paused and still_said)
        if pause != self._recording_paused and self.phase != "ended":
            self._recording_paused = pause
            self._out.append(PauseRecording(pause))

    # -- silence -------------------------------------------------------------------------------

    def _on_silence(self, now: float) -> None:
        if self._consent_to:
            self._on_consent(False, now)
            return
        self._silences += 1
        self._patience = 0.0
        if self._silences <= len(self.language.phrases.reprompt):
            self._say_phrase("reprompt")
        elif not self._offering_person:
            self._offering_person = True
            if not self._expected.secret:
                self._expect(Expect("yes_no"))
            self._say_phrase("offer_person")
        else:
            self._say_phrase("silence_goodbye")
            self._end("silence")

    # -- a person takes over -------------------------------------------------------------------

    def _hand_off(self, reason: str, details: Any, turn_id: str | None, now: float) -> None:
        if self.phase != "talking":
            return
        self.phase = "waiting"
        self._next_ask = None
        self._expect(_FREE)
        if self._mouth.idle:
            self._say_phrase("connecting")
        self._out.append(OfferHandoff(reason, details, None if turn_id == _START else turn_id))
        self._wait_for_agent(now)

    def _wait_for_agent(self, now: float) -> None:
        self._wait.begin(now)
        self._cancel("silence", "agent_idle")
        self._arm("handoff", now + self.timing.handoff_wait)
        self._arm("hold_update", now + self.timing.hold_update)

    def _stop_waiting(self) -> None:
        self._cancel("handoff", "hold_update", "withdraw")
        self._end_callback_offer()

    def _set_hold(self, on: bool) -> None:
        if self._hold != on:
            self._hold = on
            self._out.append(PlayHold(on))

    def _on_hold_update(self, now: float) -> None:
        if self.phase == "waiting":
            self._arm("hold_update", now + self.timing.hold_update)
            if self._mouth.idle and not self._offering_callback:
                self._announce(self._wait.comfort(now))

    def _on_wait_estimated(self, event: ev.WaitEstimated, now: float) -> None:
        if self.phase == "waiting" and "handoff" in self._timers and not self._offering_callback:
            self._arm("hold_update", now + self.timing.hold_update)
            self._announce(self._wait.news(event, now))

    def _announce(self, announcement: Announcement) -> None:
        self._say(" ".join(self._phrase(name, **words) for name, words in announcement.phrases))
        if announcement.asks:
            self._offering_callback = True
            self._expect(Expect("yes_no"))

    def _on_callback_answer(self, wanted: bool, now: float) -> None:
        self._end_callback_offer()
        if wanted:
            self._withdraw("callback", now)
        else:
            self._say_phrase("callback_refused")

    def _end_callback_offer(self) -> None:
        self._cancel("callback")
        if self._offering_callback:
            self._offering_callback = False
            self._expect(_FREE)

    def _on_handoff_timeout(self, now: float) -> None:
        if self.phase == "waiting":
            self._withdraw("timed_out", now)

    def _withdraw(self, why: Literal["timed_out", "callback"], now: float) -> None:
        self._stop_waiting()
        self._arm("withdraw", now + self.timing.withdraw_wait)
        self._out.append(WithdrawHandoff(why))

    def _on_withdraw_timeout(self, now: float) -> None:
        if self.phase != "waiting":
            return
        self._say_phrase("callback_unknown", interruptible=False)
        self._end("callback_promised")

    def _on_handoff_unavailable(self, event: ev.HandoffUnavailable, now: float) -> None:
        if self.phase == "waiting":
            self._stop_waiting()
            self._say(event.promise, interruptible=False)
            self._say_phrase("goodbye")
            self._end("callback_promised")

    # -- a person has the call -----------------------------------------------------------------

    def _on_agent_accepted(self, event: ev.AgentAccepted, now: float) -> None:
        if self.phase != "waiting":
            return
        self.phase = "with_agent"
        self._agent = event
        self._agent_silences = 0
        self._stop_waiting()
        if event.voice:
            # Whoever speaks themselves is to be heard at once.
            self._hush()
        else:
            # Who comes, and that nothing has to be repeated, is said to its end.
            self._mouth.keep_answers()
        self._set_hold(False)
        self._out.append(Bridge(event.agent_name, event.voice))
        if not event.voice:
            self._say_phrase("agent_here", agent=event.agent_name)

    def _on_agent_unheard(self, event: ev.AgentUnheard, now: float) -> None:
        if self.phase == "with_agent" and self._agent.voice:
            self._agent = replace(self._agent, voice=False)
            self._say_phrase("agent_here", agent=self._agent.agent_name)

    def _on_agent_declined(self, event: ev.AgentDeclined, now: float) -> None:
        """Others may still come; the wait goes on."""

    def _on_agent_said(self, event: ev.AgentSaid, now: float) -> None:
        if self.phase == "with_agent" and event.text.strip():
            self._agent_silences = 0
            line = Utterance(event.text, "agent", interruptible=False, agent_name=event.agent_name)
            self._mouth.queue.append(line)

    def _on_agent_spoke(self, event: ev.AgentSpoke, now: float) -> None:
        heard = event.transcript
        if heard.text:
            turn_id = self._new_turn_id()
            self._out.append(
                RecordTurn(turn_id, "agent", heard.text, heard, agent_name=event.agent_name)
            )

    def _on_agent_held(self, event: ev.AgentHeld, now: float) -> None:
        if self.phase != "with_agent" or event.on == self._caller_held:
            return
        self._caller_held = event.on
        if self._agent.voice:
            self._out.append(HoldCaller(event.on))

    def _on_agent_idle(self, now: float) -> None:
        self._agent_silences += 1
        if self._agent_silences > self.timing.agent_idle_limit:
            self._part_from_agent()
            self._say_phrase("silence_goodbye")
            self._end("silence")
        else:
            self._say_phrase("agent_idle", agent=self._agent.agent_name)

    def _on_agent_closed(self, event: ev.AgentClosed | ev.AgentHungUp, now: float) -> None:
        if self.phase != "with_agent":
            return
        if self._agent.voice:
            # They have said goodbye themselves.
            self._out += self._mouth.stop()
            self._hang_up("agent_closed")
        else:
            self._part_from_agent()
            self._say_phrase("goodbye")
            self._end("agent_closed")

    def _on_agent_lost(self, event: ev.AgentLost, now: float) -> None:
        self._wait_again("agent_lost", now)

    def _on_agent_passed_on(self, event: ev.AgentPassedOn, now: float) -> None:
        self._wait_again("agent_passed_on", now)

    def _wait_again(self, phrase: str, now: float) -> None:
        if self.phase == "with_agent":
            self.phase = "waiting"
            self._part_from_agent()
            self._say_phrase(phrase, interruptible=False)
            self._wait_for_agent(now)

    def _part_from_agent(self) -> None:
        self._caller_held = False
        self._agent = replace(self._agent, voice=False)
        self._out.append(Unbridge())

    # -- the end -------------------------------------------------------------------------------

    def _on_draining(self, event: ev.ServerDraining, now: float) -> None:
        self._hush()
        if self.phase == "with_agent":
            self._part_from_agent()
        self._say_phrase("draining", interruptible=False)
        self._end("draining")

    def _on_caller_hung_up(self, event: ev.CallerHungUp, now: float) -> None:
        self._out += self._mouth.stop()
        self._hang_up("caller_hung_up")

    def _end(self, reason: str) -> None:
        self.phase = "ending"
        self._hang_up_reason = reason

    def _hang_up(self, reason: str) -> None:
        self.phase = "ended"
        self._cancel(*self._timers)
        self._mouth.queue.clear()
        self._set_hold(False)
        self._out.append(HangUp(reason))

    # -- small parts ---------------------------------------------------------------------------

    def _expect_anything_but_a_code(self) -> None:
        """A code is awaited, and its digits are hidden, until the assistant has answered."""
        if not self._expected.secret:
            self._expect(_FREE)

    def _expect(self, expected: Expect) -> None:
        if expected != self._expected:
            self._expected = expected
            self._out.append(expected)

    def _new_turn_id(self) -> str:
        return f"t{next(self._numbers)}"

    def _arm(self, name: str, at: float) -> None:
        self._timers[name] = next(self._generations)
        self._out.append(SetTimer(name, self._timers[name], at))

    def _arm_once(self, name: str, at: float) -> None:
        if name not in self._timers:
            self._arm(name, at)

    def _cancel(self, *names: str) -> None:
        for name in names:
            if self._timers.pop(name, None) is not None:
                self._out.append(CancelTimer(name))

    def _on_timer(self, event: ev.TimerFired, now: float) -> None:
        if self._timers.get(event.name) != event.generation:
            return
        del self._timers[event.name]
        match event.name:
            case "end_of_turn":
                self._on_end_of_turn(now)
            case "give_way":
                self._on_give_way()
            case "turn_limit":
                self._on_turn_limit(now)
            case "final":
                self._on_final(ev.FinalTranscript(Transcript("")), now)
            case "keys":
                self._on_keys(now)
            case "filler":
                self._on_filler(now)
            case "assistant":
                self._on_assistant_timeout(now)
            case "silence":
                self._on_silence(now)
            case "playout":
                self._on_stuck(now)
            case "handoff":
                self._on_handoff_timeout(now)
            case "hold_update":
                self._on_hold_update(now)
            case "callback":
                self._end_callback_offer()
            case "withdraw":
                self._on_withdraw_timeout(now)
            case "agent_idle":
                self._on_agent_idle(now)
            case "noise":
                """Voice without words has lasted long enough; `_settle` takes the floor back."""


def _question(turn_id: str, heard: Transcript, affect: Affect, barge_in: bool) -> AskAssistant:
    text = " ".join(heard.text.split()[-_LONGEST_TURN_WORDS:])
    details = {"score": affect.score, "cues": list(affect.cues)}
    return AskAssistant(turn_id, text, heard, details, barge_in)


_HANDLERS: dict[type, str] = {
    ev.CallStarted: "_on_call_started",
    ev.SpeechStarted: "_on_speech_started",
    ev.SpeechStopped: "_on_speech_stopped",
    ev.PartialTranscript: "_on_partial",
    ev.FinalTranscript: "_on_final",
    ev.Digit: "_on_digit",
    ev.AnswerGuessed: "_on_answer_guessed",
    ev.AssistantMessage: "_on_assistant_message",
    ev.AssistantExpects: "_on_assistant_expects",
    ev.AssistantSetsPace: "_on_assistant_sets_pace",
    ev.AssistantHandsOff: "_on_assistant_hands_off",
    ev.AssistantHangsUp: "_on_assistant_hangs_up",
    ev.AssistantFinished: "_on_assistant_finished",
    ev.AssistantFailed: "_on_assistant_failed",
    ev.PlayoutMark: "_on_playout_mark",
    ev.SpeechFailed: "_on_speech_failed",
    ev.TimerFired: "_on_timer",
    ev.HandoffUnavailable: "_on_handoff_unavailable",
    ev.WaitEstimated: "_on_wait_estimated",
    ev.AgentAccepted: "_on_agent_accepted",
    ev.AgentUnheard: "_on_agent_unheard",
    ev.AgentDeclined: "_on_agent_declined",
    ev.AgentSaid: "_on_agent_said",
    ev.AgentSpoke: "_on_agent_spoke",
    ev.AgentHeld: "_on_agent_held",
    ev.AgentPassedOn: "_on_agent_passed_on",
    ev.AgentHungUp: "_on_agent_closed",
    ev.AgentClosed: "_on_agent_closed",
    ev.AgentLost: "_on_agent_lost",
    ev.ServerDraining: "_on_draining",
    ev.CallerHungUp: "_on_caller_hung_up",
}
