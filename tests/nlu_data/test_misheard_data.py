"""The generated mishearings go with the training data that was written.

A new example needs no new mishearing. What is named here is taken out of `nlu_data/misheard/` by
hand, or `warmline mishear` makes the folder anew.
"""

from __future__ import annotations

from warmline.mishearing.command import CLEAN, MISHEARD, kept_back
from warmline.mishearing.examples import read_examples
from warmline.mishearing.selection import BY_RULE, clashes


def test_there_are_mishearings() -> None:
    assert read_examples(MISHEARD)


def test_mishearings_go_with_the_written_examples() -> None:
    assert clashes(read_examples(MISHEARD), read_examples(CLEAN)) == []


def test_each_sentence_is_misheard_for_one_intent() -> None:
    misheard = read_examples(MISHEARD)
    assert len({each.words for each in misheard}) == len(misheard)


def test_what_is_told_by_rule_is_not_learnt() -> None:
    assert BY_RULE.isdisjoint(each.intent for each in read_examples(MISHEARD))


def test_mishearings_annotate_only_what_the_examples_do() -> None:
    known = {entity for each in read_examples(CLEAN) for _, entity in each.values}
    assert {entity for each in read_examples(MISHEARD) for _, entity in each.values} <= known


def test_no_sentence_for_measuring_is_learnt() -> None:
    assert sorted({each.words for each in read_examples(MISHEARD)} & kept_back()) == []
