"""The escalation policy: the one door through which a call leaves for a person.

It outranks every other policy. After a caller's turn it asks `decision.decide`; after an action it
looks whether the action asked for a person by setting the `handoff_reason` slot.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from policies.decision import Signals, Table, decide
from policies.table import TableError, read_table

HAND_OFF = "action_hand_off"
# Beside the assistant's own folder; it is looked for from there, wherever a training is started.
TABLE = "../nlu_data/escalation.yml"
_BOT = Path(__file__).parents[1]
_STORED = "escalation.yml"


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True
)
class EscalationPolicy(Policy):
    """Predicts the hand-off when the call must leave the assistant, otherwise nothing."""

    _table: Table | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Priority above the rule policy's 6; the table's file, seen from `bot/`."""
        return {"priority": 7, "max_history": None, "table": TABLE}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Make Rasa train this policy anew when the table has changed."""
        return hashlib.sha256(_written(config).encode()).hexdigest()

    def train(self, *_: Any, **__: Any) -> Resource:
        """Check the table and put it into the model, so that a model keeps the rules it has."""
        written = _written(self.config)
        self._table = read_table(written)
        with self._model_storage.write_to(self._resource) as folder:
            (folder / _STORED).write_text(written, encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> EscalationPolicy:
        """Create the policy of a trained model, with the table that is in the model."""
        policy = cls(config, model_storage, resource, execution_context)
        with model_storage.read_from(resource) as folder:
            policy._table = read_table((folder / _STORED).read_text(encoding="utf-8"))
        return policy

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Predict the hand-off, or to listen after it, or leave the turn to the other policies."""
        if self._table is None:
            raise TableError("the escalation policy has no table: it was not trained")
        last_action = tracker.latest_action_name
        if last_action == HAND_OFF:
            return self._sure_of(ACTION_LISTEN_NAME, domain)
        if last_action == ACTION_LISTEN_NAME:
            escalation = decide(self._table, signals_of(tracker, self._table))
            if escalation is None:
                return self._prediction(self._default_predictions(domain))
            why: list[Event] = [SlotSet("handoff_reason", escalation.reason)]
            if escalation.complaint_level is not None:
                why.append(SlotSet("complaint_level", float(escalation.complaint_level)))
                why.append(SlotSet("complaint_category", escalation.complaint_category))
            return self._sure_of(HAND_OFF, domain, why)
        if tracker.get_slot("handoff_reason"):
            return self._sure_of(HAND_OFF, domain)
        return self._prediction(self._default_predictions(domain))

    def _sure_of(
        self, action: str, domain: Domain, events: list[Event] | None = None
    ) -> PolicyPrediction:
        probabilities = self._default_predictions(domain)
        probabilities[domain.index_for_action(action)] = 1.0
        return self._prediction(probabilities, optional_events=events)


def _written(config: dict[str, Any]) -> str:
    path = _BOT / config.get("table", TABLE)
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise TableError(f"the escalation policy cannot be read: {error}") from error


def signals_of(tracker: DialogueStateTracker, table: Table) -> Signals:
    """Read from a tracker what the decision looks at.

    Args:
        tracker: The call's tracker, its last event the caller's turn.
        table: Says which intents are problems and where failed tries are counted.

    Returns:
        The signals of the call.
    """
    turns: list[UserUttered] = []
    problems: set[str] = set()
    for event in tracker.applied_events():
        if isinstance(event, UserUttered):
            turns.append(event)
            problems |= {event.intent_name} & table.problem_intents
        elif isinstance(event, SlotSet) and event.key == "active_task" and event.value is None:
            # What is settled is no problem any more.
            problems.clear()
    if not turns:
        return Signals()
    latest = turns[-1]
    return Signals(
        intent=latest.intent_name,
        confidence=float((latest.intent or {}).get("confidence") or 0.0),
        ranking=_ranking(latest),
        text=_said(latest),
        affect=tuple(score for score in map(_affect, turns) if score is not None),
        misunderstandings=_count(tracker, "misunderstandings"),
        failed_attempts=max(
            (_count(tracker, slot) for slot in table.failed_attempts_in), default=0
        ),
        problems=frozenset(problems),
        intents=tuple(turn.intent_name or "" for turn in turns),
        answers=bool(latest.entities and tracker.get_slot("awaiting")),
        tier=tracker.get_slot("tier"),
        handed_off=bool(tracker.get_slot("handed_off")),
    )


def _ranking(turn: UserUttered) -> dict[str, float]:
    ranking = (turn.parse_data or {}).get("intent_ranking") or ()
    return {str(each["name"]): float(each["confidence"]) for each in ranking}


def _said(turn: UserUttered) -> str:
    """All of what was said: of two requests in one breath, the channel keeps the second aside."""
    also = (turn.metadata or {}).get("also")
    second = also.get("text") if isinstance(also, dict) else None
    return f"{turn.text or ''} and {second}" if second else turn.text or ""


def _count(tracker: DialogueStateTracker, slot: str) -> int:
    return int(tracker.get_slot(slot) or 0)


def _affect(turn: UserUttered) -> float | None:
    affect = (turn.metadata or {}).get("affect")
    score = affect.get("score") if isinstance(affect, dict) else None
    return float(score) if isinstance(score, (int, float)) else None
