"""How upset a caller seems, and that one word alone never says it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulation import ENGLISH

from voice_gateway.conversation.affect import Affect, AffectMeter
from voice_gateway.conversation.transcript import Transcript, Word

CUES = sorted(ENGLISH.affect.cues)
HANDED_OVER = 0.6
"""A little below `strong_emotion` of `nlu_data/escalation.yml`."""


@dataclass
class Caller:
    """Somebody whose turns are given as words, usual loudness and usual pace."""

    usual_db: float = -26.0
    words_a_second: float = 2.5

    def __post_init__(self) -> None:
        self.meter = AffectMeter(ENGLISH)

    def says(
        self, text: str, *, louder: float = 0.0, faster: float = 1.0, interrupts: bool = False
    ) -> Affect:
        seconds = 1 / (self.words_a_second * faster)
        words = tuple(
            Word(word, at * seconds, (at + 1) * seconds, 1.0)
            for at, word in enumerate(text.split())
        )
        transcript = Transcript(text, words, level_db=self.usual_db + louder)
        return self.meter.judge(transcript, barge_in=interrupts)


@pytest.mark.parametrize("text", ["where is my order", "four eight two", "", "thank you so much"])
def test_calm_words_score_nothing(text: str) -> None:
    assert Caller().says(text) == Affect(0.0)


@pytest.mark.parametrize("cue", CUES)
def test_one_cue_alone_is_never_strong(cue: str) -> None:
    assert 0 < Caller().says(cue).score <= 0.5


def test_one_word_repeated_in_one_breath_is_one_word() -> None:
    assert Caller().says("ridiculous ridiculous ridiculous ridiculous").score <= 0.5


def test_several_cues_add_up_and_are_named() -> None:
    affect = Caller().says("this is unacceptable and nobody is helping me i am so fed up")
    assert affect.score >= HANDED_OVER
    assert affect.cues == ("unacceptable", "nobody is helping", "fed up")


@pytest.mark.parametrize(
    "text",
    [
        "i'm not angry",
        "i am not upset",
        "that's not terrible",
        "it isn't really awful",
        "my wife is furious",
        "he was pretty rude to her",
    ],
)
def test_a_cue_that_is_denied_or_about_somebody_else_does_not_count(text: str) -> None:
    assert Caller().says(text).score == 0


@pytest.mark.parametrize(
    "text",
    [
        "it's not your fault but i am furious",
        "my wife and i are furious",
        "i do not want this terrible thing",
    ],
)
def test_a_not_or_a_wife_before_the_speaker_turns_to_themselves_changes_nothing(text: str) -> None:
    assert Caller().says(text).score > 0


def test_laughter_and_praise_take_the_edge_off() -> None:
    bitter = Caller().says("this is a ridiculous nightmare").score
    assert Caller().says("this is a ridiculous nightmare haha").score < 0.6 * bitter


def test_an_intensified_cue_is_stronger() -> None:
    assert Caller().says("really annoying").score > Caller().says("annoying").score


def test_a_cue_inside_another_word_does_not_count() -> None:
    assert Caller().says("i live in hellertown").score == 0


def test_who_repeats_the_request_is_more_upset_than_who_says_it_once() -> None:
    caller = Caller()
    once = caller.says("where is my order please")
    again = caller.says("where is my order now please")
    assert again.score > once.score
    assert again.cues == ("repeats the request",)


def test_a_repeated_short_answer_is_no_sign() -> None:
    caller = Caller()
    caller.says("yes")
    assert caller.says("yes").score == 0


def test_interrupting_adds_a_little() -> None:
    affect = Caller().says("where is my order", interrupts=True)
    assert 0 < affect.score < 0.3
    assert affect.cues == ("interrupts",)


def test_a_raised_voice_adds_to_angry_words_and_is_named() -> None:
    calm, loud = Caller(), Caller()
    for caller in (calm, loud):
        caller.says("where is my order please")
    quiet = calm.says("this is ridiculous nobody is helping me")
    raised = loud.says("this is ridiculous nobody is helping me", louder=9, faster=1.4)
    assert raised.score > quiet.score
    assert "louder than before (by 9 dB)" in raised.cues
    assert "speaks faster than before (1.4 times)" in raised.cues


def test_a_voice_without_angry_words_hands_nobody_over() -> None:
    caller = Caller()
    caller.says("where is my order please")
    shouted = caller.says("i am outside can you hear me", louder=20, faster=2, interrupts=True)
    assert 0 < shouted.score < HANDED_OVER


def test_dictating_a_number_is_no_change_of_pace() -> None:
    caller = Caller()
    caller.says("where is my order please")
    assert caller.says("four eight two nine", faster=3).score == 0


def test_a_second_turn_that_is_shouted_does_not_become_the_usual() -> None:
    caller = Caller()
    caller.says("where is my order please")
    caller.says("this is ridiculous", louder=10)
    assert any("louder" in cue for cue in caller.says("it is terrible", louder=10).cues)


def test_unknown_loudness_and_times_are_no_sign() -> None:
    meter = AffectMeter(ENGLISH)
    assert meter.judge(Transcript("where is my order")).score == 0
    assert meter.judge(Transcript("it should be here today")).score == 0


def test_anger_is_carried_into_the_next_angry_turn_and_a_calm_turn_ends_it() -> None:
    caller = Caller()
    first = caller.says("this is ridiculous").score
    assert caller.says("it is terrible").score > first
    assert caller.says("four eight two").score == 0


WORDS = st.lists(
    st.sampled_from([*CUES, *sorted(ENGLISH.affect.softeners), "my", "order", "not", "wife"]),
    max_size=8,
).map(" ".join)
TURN = st.tuples(WORDS, st.floats(-20, 20), st.floats(0.5, 3), st.booleans())
CALL = st.lists(TURN, max_size=8)


def played(caller: Caller, call: list[tuple[str, float, float, bool]]) -> list[Affect]:
    return [
        caller.says(text, louder=louder, faster=faster, interrupts=interrupts)
        for text, louder, faster, interrupts in call
    ]


@given(CALL)
def test_scores_stay_between_0_and_1(call: list[tuple[str, float, float, bool]]) -> None:
    assert all(0 <= affect.score <= 1 for affect in played(Caller(), call))


@given(CALL, st.integers(-60, 60))
def test_a_loud_line_is_no_anger(call: list[tuple[str, float, float, bool]], line_db: int) -> None:
    whole = [(text, float(round(louder)), faster, barge) for text, louder, faster, barge in call]
    here = [affect.score for affect in played(Caller(), whole)]
    there = [affect.score for affect in played(Caller(usual_db=-26.0 + line_db), whole)]
    assert here == there


@given(st.lists(st.sampled_from(CUES), min_size=1, max_size=6), st.sampled_from(CUES))
def test_another_cue_never_makes_a_turn_calmer(said: list[str], more: str) -> None:
    # "then" keeps a cue's last words from being the start of another one.
    text = " then ".join(said)
    assert Caller().says(f"{text} then {more}").score >= Caller().says(text).score


@given(WORDS, st.floats(0, 20), st.floats(0, 20))
def test_a_louder_voice_never_makes_a_turn_calmer(text: str, one: float, other: float) -> None:
    def shouted(louder: float) -> float:
        caller = Caller()
        caller.says("where is my order please")
        return caller.says(text, louder=louder).score

    assert shouted(min(one, other)) <= shouted(max(one, other))


@given(WORDS, st.floats(0, 10), st.floats(0.5, 3))
def test_interrupting_never_makes_a_turn_calmer(text: str, louder: float, faster: float) -> None:
    polite = Caller().says(text, louder=louder, faster=faster).score
    assert Caller().says(text, louder=louder, faster=faster, interrupts=True).score >= polite
