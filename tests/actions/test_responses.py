"""Responses and skills agree: what a skill says exists, and every blank in it is filled."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from actions.conversation import SMALL_TALK
from actions.questions import QUESTIONS
from actions.skills import SKILLS

ROOT = Path(__file__).parents[2]
RESPONSES = {
    name: variations
    for path in sorted((ROOT / "nlu_data" / "responses").glob("*.yml"))
    for name, variations in yaml.safe_load(path.read_text())["responses"].items()
}
SOURCES = "\n".join(path.read_text() for path in (ROOT / "actions").rglob("*.py"))
NAMED = sorted(set(re.findall(r'"(utter_\w+)"', SOURCES)) - {"utter_action"})
DOMAIN = [yaml.safe_load(path.read_text()) for path in (ROOT / "bot" / "domain").glob("*.yml")]


@pytest.mark.parametrize("name", NAMED)
def test_every_response_a_skill_names_exists(name: str) -> None:
    assert name in RESPONSES


@pytest.mark.parametrize("question", sorted(QUESTIONS))
def test_every_question_has_words(question: str) -> None:
    assert QUESTIONS[question].response in RESPONSES


@pytest.mark.parametrize("intent", sorted(SMALL_TALK))
def test_every_pleasantry_has_an_answer(intent: str) -> None:
    assert f"utter_{intent}" in RESPONSES


@pytest.mark.parametrize("name", sorted(RESPONSES))
def test_no_response_is_long_or_alone(name: str) -> None:
    texts = [each["text"] for each in RESPONSES[name]]
    assert len(texts) > 1
    for text in texts:
        assert len(re.findall(r"[.?!](?:\s|$)", text)) <= 2


def test_every_action_of_the_domain_has_a_skill() -> None:
    assert {name for part in DOMAIN for name in part.get("actions", [])} == set(SKILLS)


def test_every_slot_a_skill_sets_is_in_the_domain() -> None:
    slots = {name for part in DOMAIN for name in part.get("slots", {})}
    calls = re.findall(r"turn\.set\(([^()]*(?:\([^()]*\)[^()]*)*)\)", SOURCES)
    set_by_skills = {name for call in calls for name in re.findall(r"\b(\w+)=", call)}
    assert set_by_skills <= slots
