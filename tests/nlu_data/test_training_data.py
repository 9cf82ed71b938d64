"""The training data is well formed, speakable, separable and apart from the held-out set."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
NLU_DATA = ROOT / "nlu_data"
HELDOUT = Path(__file__).with_name("heldout_utterances.yml")
VOCABULARY = ROOT / "speech_model" / "en_us" / "graph" / "words.txt"
DOMAIN = ROOT / "bot" / "domain"

INTENTS = frozenset(
    [
        "greet",
        "goodbye",
        "thanks",
        "affirm",
        "deny",
        "repeat",
        "slow_down",
        "wait",
        "what_can_you_do",
        "are_you_a_robot",
        "order_status",
        "order_late",
        "order_missing",
        "order_damaged",
        "order_wrong",
        "cancel_order",
        "return_refund",
        "opening_hours",
        "password_reset",
        "choose_contact",
        "talk_to_person",
        "complaint",
        "safety_incident",
        "frustration",
        "out_of_scope",
        "provide_number",
        "spell",
        "correct_that",
        "invoice_copy",
        "billing_problem",
        "special_matter",
        "several_troubles",
        "legal_question",
    ]
)
ENTITIES = frozenset(
    [
        "order_number",
        "product",
        "day",
        "date",
        "holiday",
        "time",
        "department",
        "site",
        "contact_kind",
    ]
)
# Pairs a caller's words fall between most easily, so they need more examples than the rest.
CONFUSABLE = frozenset(
    [
        "order_status",
        "order_late",
        "order_missing",
        "complaint",
        "frustration",
        "talk_to_person",
        "opening_hours",
    ]
)
ANNOTATION = re.compile(r"\[([^\]]*)\]\(([^)]*)\)")


@cache
def nlu_blocks() -> tuple[dict[str, Any], ...]:
    blocks: list[dict[str, Any]] = []
    for folder in ("nlu", "lookups"):
        for path in sorted((NLU_DATA / folder).glob("*.yml")):
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
            assert content["version"] == "3.1", path
            blocks.extend(content["nlu"])
    return tuple(blocks)


def lines_of(block: dict[str, Any]) -> list[str]:
    return [line.removeprefix("- ") for line in block["examples"].splitlines() if line.strip()]


@cache
def examples() -> dict[str, list[str]]:
    """Annotated examples by intent."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for block in nlu_blocks():
        if "intent" in block:
            found[block["intent"]].extend(lines_of(block))
    return dict(found)


@cache
def spoken() -> dict[str, list[str]]:
    """The same without annotation: the words as the recogniser would write them."""
    return {
        intent: [ANNOTATION.sub(r"\1", example) for example in given]
        for intent, given in examples().items()
    }


@cache
def heldout() -> dict[str, list[str]]:
    content: dict[str, list[str]] = yaml.safe_load(HELDOUT.read_text(encoding="utf-8"))
    return content


@cache
def vocabulary() -> frozenset[str]:
    lines = VOCABULARY.read_text(encoding="utf-8").splitlines()
    return frozenset(line.split()[0] for line in lines)


def share_known(sentences: list[str]) -> float:
    words = [word for sentence in sentences for word in sentence.split()]
    return sum(word in vocabulary() for word in words) / len(words)


def test_every_line_of_a_block_is_a_list_item() -> None:
    for block in nlu_blocks():
        assert all(
            line.startswith("- ") for line in block["examples"].splitlines() if line.strip()
        ), block


def test_all_intents_have_examples_and_no_others_do() -> None:
    assert set(examples()) == INTENTS


@pytest.mark.parametrize("intent", sorted(INTENTS))
def test_an_intent_has_enough_examples(intent: str) -> None:
    assert len(set(spoken()[intent])) >= (60 if intent in CONFUSABLE else 40)


def test_no_sentence_is_given_twice_within_or_across_intents() -> None:
    counts = Counter(sentence for given in spoken().values() for sentence in given)
    assert [sentence for sentence, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("intent", sorted(INTENTS))
def test_examples_are_written_as_speech(intent: str) -> None:
    allowed = re.compile(r"[a-z']+( [a-z']+)*")
    assert [s for s in spoken()[intent] if not allowed.fullmatch(s)] == []


@pytest.mark.parametrize("intent", sorted(INTENTS))
def test_examples_of_an_intent_vary_in_shape(intent: str) -> None:
    """No opening of three words may carry more than a quarter of an intent."""
    openings = Counter(
        tuple(sentence.split()[:3]) for sentence in spoken()[intent] if len(sentence.split()) > 3
    )
    opening, count = openings.most_common(1)[0]
    assert count <= len(spoken()[intent]) / 4, opening


def test_only_agreed_entities_are_annotated_and_each_is() -> None:
    used = {
        match.group(2)
        for given in examples().values()
        for example in given
        for match in ANNOTATION.finditer(example)
    }
    assert used == ENTITIES


def test_annotations_are_closed_and_not_empty() -> None:
    for given in examples().values():
        for example in given:
            assert not set("[](){}") & set(ANNOTATION.sub("", example)), example
            assert all(m.group(1).strip() == m.group(1) != "" for m in ANNOTATION.finditer(example))


def test_an_order_number_is_never_annotated_where_only_letters_are_spelled() -> None:
    assert [e for e in examples()["spell"] if ANNOTATION.search(e)] == []


def test_lookups_and_synonyms_belong_to_agreed_entities() -> None:
    lookups = {block["lookup"]: lines_of(block) for block in nlu_blocks() if "lookup" in block}
    assert set(lookups) <= ENTITIES
    for name, values in lookups.items():
        assert len(values) == len(set(values)), name


def test_a_phrase_has_one_synonym_at_most() -> None:
    counts = Counter(
        line for block in nlu_blocks() if "synonym" in block for line in lines_of(block)
    )
    assert [line for line, count in counts.items() if count > 1] == []


def test_the_recogniser_knows_the_words_of_the_examples() -> None:
    assert share_known([s for given in spoken().values() for s in given]) >= 0.98


@pytest.mark.parametrize("intent", sorted(INTENTS))
def test_the_recogniser_knows_the_words_of_every_intent(intent: str) -> None:
    assert share_known(spoken()[intent]) >= 0.95


def test_the_recogniser_knows_the_words_of_the_lookups() -> None:
    values = [line for block in nlu_blocks() if "lookup" in block for line in lines_of(block)]
    assert share_known(values) >= 0.98


def test_every_intent_has_held_out_sentences() -> None:
    assert set(heldout()) == INTENTS
    assert {i: len(s) for i, s in heldout().items() if not 8 <= len(s) <= 10} == {}


def test_no_held_out_sentence_is_in_the_training_data() -> None:
    trained = {sentence for given in spoken().values() for sentence in given}
    kept_back = [sentence for given in heldout().values() for sentence in given]
    assert len(kept_back) == len(set(kept_back))
    assert sorted(trained & set(kept_back)) == []


def test_the_recogniser_knows_the_words_of_the_held_out_set() -> None:
    assert share_known([s for given in heldout().values() for s in given]) >= 0.98


def test_the_domain_declares_every_intent_and_entity() -> None:
    paths = sorted(DOMAIN.rglob("*.yml"))
    assert paths
    declared: dict[str, set[str]] = {"intents": set(), "entities": set()}
    for path in paths:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for kind, names in declared.items():
            for item in content.get(kind) or []:
                # Rasa writes an intent or entity with options as a mapping of one key.
                names.add(item if isinstance(item, str) else next(iter(item)))
    assert declared["intents"] >= INTENTS
    assert declared["entities"] >= ENTITIES
