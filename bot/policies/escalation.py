"""The escalation policy: the one door through which a call leaves for a person.

It outranks every other policy. After a caller's turn it asks `decision.decide`; after an action it
looks whether the action asked for a person by setting the `handoff_reason` slot.
"""

from __future__ import annotations

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

from policies.decision import PROBLEM_INTENTS, Signals, decide

HAND_OFF = "action_hand_off"


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True
)
class EscalationPolicy(Policy):
    """Predicts the hand-off when the call must leave the assistant, otherwise nothing."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Priority above the rule policy's 6."""
        return {"priority": 7, "max_history": None}

    def train(self, *_: Any, **__: Any) -> Resource:
        """Learn nothing: the rules are code."""
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
        """Create the policy of a trained model."""
        return cls(config, model_storage, resource, execution_context)

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Predict the hand-off, or to listen after it, or leave the turn to the other policies."""
        last_action = tracker.latest_action_name
        if last_action == HAND_OFF:
            return self._sure_of(ACTION_LISTEN_NAME, domain)
        if last_action == ACTION_LISTEN_NAME:
            escalation = decide(signals_of(tracker))
            if escalation is None:
                return self._prediction(self._default_predictions(domain))
            why: list[Event] = [SlotSet("handoff_reason", escalation.reason)]
            if escalation.complaint_level is not None:
                why.append(SlotSet("complaint_level", float(escalation.complaint_level)))
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


def signals_of(tracker: DialogueStateTracker) -> Signals:
    """Read from a tracker what the decision looks at.

    Args:
        tracker: The call's tracker, its last event the caller's turn.

    Returns:
        The signals of the call.
    """
    turns = [event for event in tracker.applied_events() if isinstance(event, UserUttered)]
    if not turns:
        return Signals()
    intents = [turn.intent_name for turn in turns]
    return Signals(
        intent=intents[-1],
        text=turns[-1].text or "",
        affect=tuple(score for score in map(_affect, turns) if score is not None),
        misunderstandings=int(tracker.get_slot("misunderstandings") or 0),
        frustrations=intents.count("frustration"),
        problems=frozenset(name for name in intents if name in PROBLEM_INTENTS),
        tier=tracker.get_slot("tier"),
        handed_off=bool(tracker.get_slot("handed_off")),
    )


def _affect(turn: UserUttered) -> float | None:
    affect = (turn.metadata or {}).get("affect")
    score = affect.get("score") if isinstance(affect, dict) else None
    return float(score) if isinstance(score, (int, float)) else None
