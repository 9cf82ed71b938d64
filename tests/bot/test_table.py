"""The table is data: a rule is changed without code, and a mistake in it is named."""

from __future__ import annotations

import pytest
from policies.decision import Escalation, Signals, decide
from policies.table import TableError, read_table

SMALL = """
thresholds: {rising_turns: 3, venting_turns: 4, strong: 0.8}
not_understood: [nlu_fallback]
failed_attempts_in: []
negations: [no, not]
words:
  animals: {phrases: [cat/dog]}
problem_kinds: {}
complaint_kinds:
  other: {level: 3}
rows:
  - name: Animals
    when: {words: animals}
    then: {reason: policy}
  - name: Very upset
    when: {affect_at_least: strong}
    then: {reason: emotion}
"""


def test_a_rule_is_changed_by_changing_the_text() -> None:
    heard = Signals(text="my parrot is late", affect=(0.7,))
    assert decide(read_table(SMALL), heard) is None
    birds = read_table(SMALL.replace("cat/dog", "cat/dog/parrot"))
    assert decide(birds, heard) == Escalation("policy", row="Animals")
    stricter = read_table(SMALL.replace("strong: 0.8", "strong: 0.6"))
    assert decide(stricter, heard) == Escalation("emotion", row="Very upset")


def test_the_first_row_that_fits_decides() -> None:
    assert decide(read_table(SMALL), Signals(text="a dog", affect=(0.9,))) == Escalation(
        "policy", row="Animals"
    )


def test_no_is_a_word() -> None:
    assert decide(read_table(SMALL), Signals(text="no dog")) is None


def test_a_word_list_may_have_its_own_negations() -> None:
    own = SMALL.replace("{phrases: [cat/dog]}", "{phrases: [cat/dog], negations: [never]}")
    assert decide(read_table(own), Signals(text="not a dog")) is not None
    assert decide(read_table(own), Signals(text="never a dog")) is None


def test_an_intent_is_not_believed_where_the_words_only_look_like_it() -> None:
    lists = "{phrases: [cat/dog], but_not: [hot dog]}"
    believed = SMALL.replace("{phrases: [cat/dog]}", lists).replace(
        "{words: animals}", "{intent: pets, unless_harmless: animals}"
    )
    for text, leaves in (("my pet", True), ("a hot dog", False), ("no cat", False)):
        heard = Signals(intent="pets", text=text)
        assert (decide(read_table(believed), heard) is not None) is leaves


def test_every_condition_must_hold_and_one_alternative_is_enough() -> None:
    both = read_table(SMALL.replace("{words: animals}", "{words: animals, tier: gold}"))
    assert decide(both, Signals(text="a dog")) is None
    assert decide(both, Signals(text="a dog", tier="gold")) is not None
    either = read_table(SMALL.replace("{words: animals}", "[{words: animals}, {tier: gold}]"))
    assert decide(either, Signals(tier="gold")) is not None


@pytest.mark.parametrize(
    ("right", "wrong", "complaint"),
    [
        ("{words: animals}", "{words: plants}", "row 'Animals': there is no word list 'plants'"),
        ("{words: animals}", "{word: animals}", "row 'Animals', when: 'word' is not known"),
        ("{words: animals}", "{}", "row 'Animals': `when` must ask for something"),
        ("{words: animals}", "[]", "row 'Animals': `when` is empty"),
        ("{words: animals}", "animals", "row 'Animals', when: names with values are expected"),
        ("{reason: policy}", "{reason: whim}", "row 'Animals': 'whim' is not one of"),
        ("{reason: policy}", "{reason: policy, level: 4}", "row 'Animals': '4' is not one of"),
        ("{reason: policy}", "{level: 1}", "row 'Animals', then: 'reason' is missing"),
        ("affect_at_least: strong", "affect_at_least: stong", "row 'Very upset', affect_at_least"),
        ("- name: Very upset", "- name: Animals", "row 'Animals': there is another row"),
        ("- name: Very upset", "- nam: Very upset", "row 2: a row needs a `name`"),
        ("[cat/dog]", "[cat//dog]", "word list 'animals': 'cat//dog' has an empty alternative"),
        ("[cat/dog]", "[]", "word list 'animals': it has no phrases"),
        ("other: {level: 3}", "other: {level: 3, phrases: [x]}", "the last one must be for"),
        ("rising_turns: 3, ", "", "thresholds: 'rising_turns' is missing"),
        ("rising_turns: 3", "rising_turns: 2.5", "'rising_turns': it must be a whole number"),
        ("words:\n", "word:\n", "escalation policy: 'word' is not known"),
        ("rows:", "rows: [", "this is no YAML"),
    ],
)
def test_a_mistake_is_named_with_its_place(right: str, wrong: str, complaint: str) -> None:
    assert right in SMALL
    with pytest.raises(TableError) as refused:
        read_table(SMALL.replace(right, wrong, 1))
    assert complaint in str(refused.value)
