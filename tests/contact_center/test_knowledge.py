"""Articles for agents: how they are written, and which are suggested in a call."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from contact_center.handoff_packet import HandoffPacket
from contact_center.knowledge import Knowledge, KnowledgeError, read

WRITTEN = """---
title: A lamp that hums
intents: [order_damaged]
words: [hum, buzzing]
---
1. Ask which lamp it is,
   and since when it hums.
2. Offer a new one.

## What may be promised

A quiet lamp
within 3 days.
"""


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return Knowledge()


def packet(**fields: Any) -> HandoffPacket:
    now = datetime(2026, 3, 4, 20, 0, tzinfo=UTC)
    return HandoffPacket.model_validate(
        {
            "handoff_id": "h1",
            "created_at": now,
            "call": {
                "call_id": "c1",
                "channel": "browser",
                "caller_number": None,
                "started_at": now,
            },
            "customer": None,
            "identity": {},
            "reason": "requested",
            "trigger_turn_id": None,
            "intent": None,
            "slots": {},
            "actions_done": (),
            "actions_not_done": (),
            "emotion": {},
            "complaint": None,
            "summary": {},
            "transcript": (),
            "routing": {},
            "suggestions": (),
            **fields,
        }
    )


def customer(tier: str) -> dict[str, Any]:
    return {
        "customer_id": 1,
        "name": "Eleanor Whitfield",
        "tier": tier,
        "is_staff": False,
        "matched_by": "caller_number",
    }


def safety_complaint() -> dict[str, Any]:
    now = datetime(2026, 3, 4, 20, 0, tzinfo=UTC)
    return {"level": 1, "category": "safety", "respond_by": now, "resolve_by": now}


class TestReading:
    def test_an_article_has_title_steps_and_what_may_be_promised(self) -> None:
        article = read(WRITTEN, "humming_lamp")
        assert (article.name, article.title) == ("humming_lamp", "A lamp that hums")
        assert article.steps == (
            "Ask which lamp it is, and since when it hums.",
            "Offer a new one.",
        )
        assert article.promise == "A quiet lamp within 3 days."
        assert article.text.startswith("1. Ask")

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("1. Do this.", "begins with no head"),
            (WRITTEN.replace("1. ", "- ").replace("2. ", "- "), "has no steps"),
            (WRITTEN.replace("## What may be promised", "## Promises"), "says nothing under"),
            (WRITTEN.replace("intents:", "intent:"), "intent: Extra inputs"),
            (WRITTEN.replace("[order_damaged]", "[order_damaged"), "no YAML"),
            (WRITTEN.replace("title: A lamp that hums\n", ""), "title: Field required"),
            (WRITTEN.replace("words:", "customers:"), "customers.0"),
        ],
    )
    def test_a_mistake_is_told_with_the_article(self, text: str, said: str) -> None:
        with pytest.raises(KnowledgeError, match=f"^humming_lamp: .*{said}"):
            read(text, "humming_lamp")

    def test_a_folder_is_read_whole(self, tmp_path: Path) -> None:
        (tmp_path / "humming_lamp.md").write_text(WRITTEN)
        (tmp_path / "notes.txt").write_text("not an article")
        assert [each.name for each in Knowledge(tmp_path).articles] == ["humming_lamp"]


class TestSuggesting:
    @pytest.mark.parametrize(
        ("intent", "name"),
        [
            ("order_late", "late_parcel"),
            ("order_damaged", "damaged_item"),
            ("order_wrong", "wrong_item"),
            ("cancel_order", "cancel_order"),
            ("invoice_copy", "receipt_copy"),
            ("opening_hours", "opening_hours_exceptions"),
            ("billing_problem", "charged_twice"),
        ],
    )
    def test_what_the_assistant_understood_leads_to_its_article(
        self, knowledge: Knowledge, intent: str, name: str
    ) -> None:
        suggested = knowledge.suggest(packet(intent={"name": intent}))
        assert suggested[0].name == name

    def test_the_problem_that_was_worked_on_counts_when_a_person_was_asked_for(
        self, knowledge: Knowledge
    ) -> None:
        called = packet(
            intent={"name": "talk_to_person"}, slots={"problem": {"value": "order_damaged"}}
        )
        assert "damaged_item" in [each.name for each in knowledge.suggest(called)]

    def test_of_articles_for_one_intent_the_callers_words_decide(
        self, knowledge: Knowledge
    ) -> None:
        said = packet(
            intent={"name": "return_refund"},
            summary={"issue": "The caller sent a tent back and waits for the money back."},
        )
        assert knowledge.suggest(said, limit=1)[0].name == "refund_timing"

    def test_a_new_matter_comes_up_while_they_talk(self, knowledge: Knowledge) -> None:
        late = packet(intent={"name": "order_late"})
        assert "charged_twice" not in [each.name for each in knowledge.suggest(late)]
        suggested = knowledge.suggest(late, "and besides my card was charged twice for it")
        assert {"charged_twice", "late_parcel"} <= {each.name for each in suggested}

    def test_words_are_found_in_any_form(self, knowledge: Knowledge) -> None:
        assert knowledge.suggest(packet(), "it is scratching and cracking")[0].name == (
            "damaged_item"
        )

    def test_a_danger_comes_before_all(self, knowledge: Knowledge) -> None:
        called = packet(
            intent={"name": "order_damaged"},
            complaint=safety_complaint(),
            customer=customer("vip"),
            reason="complaint",
        )
        assert knowledge.suggest(called, "it arrived broken and cracked")[0].name == (
            "safety_complaint"
        )

    def test_who_calls_and_how_they_feel_count_too(self, knowledge: Knowledge) -> None:
        called = packet(intent={"name": "order_late"}, customer=customer("vip"), reason="emotion")
        assert {each.name for each in knowledge.suggest(called)} == {
            "late_parcel",
            "upset_caller",
            "vip_care",
        }

    @pytest.mark.parametrize(
        ("tier", "staff", "name"),
        [
            ("vip", False, "reset_protected_account"),
            ("standard", True, "reset_protected_account"),
            ("standard", False, "reset_after_contact_change"),
        ],
    )
    def test_what_is_for_some_customers_is_not_suggested_for_others(
        self, knowledge: Knowledge, tier: str, staff: bool, name: str
    ) -> None:
        called = packet(
            intent={"name": "password_reset"}, customer=customer(tier) | {"is_staff": staff}
        )
        suggested = [each.name for each in knowledge.suggest(called)]
        assert name in suggested
        assert ("reset_protected_account" in suggested) == (name == "reset_protected_account")

    def test_nothing_is_suggested_when_nothing_fits(self, knowledge: Knowledge) -> None:
        assert knowledge.suggest(packet(), "well then so what") == ()

    def test_what_a_caller_says_is_never_taken_for_a_search_command(
        self, knowledge: Knowledge
    ) -> None:
        for said in ('"', "AND OR NOT", "words:*", "a-b (c NEAR d)", "' OR 1=1; --"):
            knowledge.suggest(packet(), said)

    def test_no_more_than_asked_for(self, knowledge: Knowledge) -> None:
        called = packet(intent={"name": "order_missing"}, reason="emotion")
        assert len(knowledge.suggest(called, "a part is missing", limit=2)) == 2
