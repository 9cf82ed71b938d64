"""The escalation policy reads a tracker and predicts the hand-off, or leaves the turn alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from policies.escalation import HAND_OFF, EscalationPolicy, signals_of
from policies.table import TableError, read_table
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from tests.bot.conftest import BOT, ROOT

DEFAULT = (ROOT / "nlu_data" / "escalation.yml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.load(str(BOT / "domain"))


def created(folder: Path, **config: str) -> EscalationPolicy:
    return EscalationPolicy.create(
        {**EscalationPolicy.get_default_config(), **config},
        LocalModelStorage(folder),
        Resource("escalation"),
        ExecutionContext(GraphSchema({})),
    )


def loaded(folder: Path) -> EscalationPolicy:
    return EscalationPolicy.load(
        EscalationPolicy.get_default_config(),
        LocalModelStorage(folder),
        Resource("escalation"),
        ExecutionContext(GraphSchema({})),
    )


@pytest.fixture
def policy(tmp_path: Path) -> EscalationPolicy:
    """The policy of a trained model."""
    created(tmp_path).train()
    return loaded(tmp_path)


def said(intent: str, text: str = "", affect: float | None = None) -> UserUttered:
    metadata = {} if affect is None else {"affect": {"score": affect}}
    return UserUttered(text, {"name": intent, "confidence": 1.0}, metadata=metadata)


def tracker(domain: Domain, *events: Event) -> DialogueStateTracker:
    return DialogueStateTracker.from_events("call-1", list(events), slots=domain.slots)


def predicted(
    policy: EscalationPolicy, domain: Domain, call: DialogueStateTracker
) -> tuple[str | None, list[Event]]:
    prediction = policy.predict_action_probabilities(call, domain)
    if not prediction.max_confidence:
        return None, []
    return domain.action_names_or_texts[prediction.max_confidence_index], prediction.optional_events


def test_a_request_for_a_person_is_handed_over(policy: EscalationPolicy, domain: Domain) -> None:
    call = tracker(domain, ActionExecuted("action_listen"), said("talk_to_person"))
    assert predicted(policy, domain, call) == (HAND_OFF, [SlotSet("handoff_reason", "requested")])


def test_danger_is_a_complaint_of_the_first_level(policy: EscalationPolicy, domain: Domain) -> None:
    call = tracker(domain, ActionExecuted("action_listen"), said("order_damaged", "it caught fire"))
    _, events = predicted(policy, domain, call)
    assert events == [
        SlotSet("handoff_reason", "complaint"),
        SlotSet("complaint_level", 1.0),
        SlotSet("complaint_category", "safety"),
    ]


def test_an_ordinary_turn_is_left_alone(policy: EscalationPolicy, domain: Domain) -> None:
    call = tracker(domain, ActionExecuted("action_listen"), said("order_status"))
    assert predicted(policy, domain, call) == (None, [])


def test_an_action_that_needs_a_person_gets_one(policy: EscalationPolicy, domain: Domain) -> None:
    call = tracker(
        domain,
        ActionExecuted("action_listen"),
        said("provide_number"),
        ActionExecuted("action_answer"),
        SlotSet("handoff_reason", "repeated_failure"),
    )
    assert predicted(policy, domain, call)[0] == HAND_OFF


def test_after_the_hand_off_it_listens(policy: EscalationPolicy, domain: Domain) -> None:
    call = tracker(
        domain, ActionExecuted("action_listen"), said("talk_to_person"), ActionExecuted(HAND_OFF)
    )
    assert predicted(policy, domain, call)[0] == "action_listen"


def test_a_model_keeps_the_table_it_was_trained_with(tmp_path: Path, domain: Domain) -> None:
    table = tmp_path / "table.yml"
    table.write_text(DEFAULT.replace("{tier: vip}", "{tier: [vip, gold]}"), encoding="utf-8")
    model = tmp_path / "model"
    model.mkdir()
    created(model, table=str(table)).train()
    table.unlink()
    call = tracker(
        domain,
        SlotSet("tier", "gold"),
        ActionExecuted("action_listen"),
        said("order_status", "where is my order"),
    )
    assert predicted(loaded(model), domain, call)[0] == HAND_OFF


def test_a_changed_table_is_another_training(tmp_path: Path) -> None:
    table = tmp_path / "table.yml"
    table.write_text(DEFAULT, encoding="utf-8")
    before = EscalationPolicy.fingerprint_addon({"table": str(table)})
    table.write_text(DEFAULT + "# changed", encoding="utf-8")
    assert EscalationPolicy.fingerprint_addon({"table": str(table)}) != before


def test_rasa_may_ask_for_a_fingerprint_without_the_defaults() -> None:
    default = EscalationPolicy.get_default_config()
    assert EscalationPolicy.fingerprint_addon({}) == EscalationPolicy.fingerprint_addon(default)


def test_a_wrong_table_is_never_trained(tmp_path: Path) -> None:
    table = tmp_path / "table.yml"
    table.write_text(DEFAULT.replace("words: safety", "words: safty", 1), encoding="utf-8")
    with pytest.raises(TableError, match="there is no word list 'safty'"):
        created(tmp_path, table=str(table)).train()


def test_the_signals_are_read_from_the_whole_call(domain: Domain) -> None:
    listen = ActionExecuted("action_listen")
    signals = signals_of(
        tracker(
            domain,
            listen,
            said("order_late", "my lamp is late", 0.2),
            SlotSet("tier", "gold"),
            SlotSet("misunderstandings", 1),
            listen,
            SlotSet("number_attempts", 2),
            said("frustration", "come on", 0.5),
        ),
        read_table(DEFAULT),
    )
    assert signals.intents == ("order_late", "frustration")
    assert (signals.intent, signals.confidence) == ("frustration", 1.0)
    assert signals.affect == (0.2, 0.5)
    assert signals.problems == {"order_late"}
    assert (signals.tier, signals.misunderstandings, signals.failed_attempts) == ("gold", 1, 2)


def test_both_requests_of_one_breath_are_looked_at(domain: Domain) -> None:
    both = UserUttered(
        "i'm locked out",
        {"name": "password_reset", "confidence": 1.0},
        metadata={"also": {"intent": "order_late", "text": "my order is late"}},
    )
    call = tracker(domain, ActionExecuted("action_listen"), both)
    assert signals_of(call, read_table(DEFAULT)).text == "i'm locked out and my order is late"


def test_a_settled_problem_is_no_problem_any_more(domain: Domain) -> None:
    listen = ActionExecuted("action_listen")
    signals = signals_of(
        tracker(
            domain,
            listen,
            said("order_late", "my lamp is late"),
            SlotSet("active_task", None),
            listen,
            said("order_wrong", "and the boots are the wrong size"),
        ),
        read_table(DEFAULT),
    )
    assert signals.problems == {"order_wrong"}
