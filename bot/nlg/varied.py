"""Responses in turn: a caller does not hear the same wording twice running."""

from __future__ import annotations

from typing import Any

from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig


def least_recent(wordings: list[str], said: list[str]) -> int:
    """Choose the wording that was said longest ago.

    Args:
        wordings: The variations, in the designer's order; not empty.
        said: What the assistant said in this call, oldest first.

    Returns:
        The index of the first wording never said, otherwise of the one said longest ago.
    """
    last_said = {text: position for position, text in enumerate(said)}
    return min(range(len(wordings)), key=lambda index: last_said.get(wordings[index], -1))


def capitalised(text: str) -> str:
    """Begin a text with a capital, also when a filled-in value comes first."""
    return text[:1].upper() + text[1:]


class VariedResponses(TemplatedNaturalLanguageGenerator):
    """Words a response by the variation that this caller has not heard for longest."""

    def __init__(self, endpoint_config: EndpointConfig | None, domain: Domain) -> None:
        """Create the generator for a domain's responses; `endpoint_config` names only the class."""
        super().__init__(domain.responses)

    async def generate(
        self,
        utter_action: str,
        tracker: DialogueStateTracker,
        output_channel: str,
        **kwargs: Any,
    ) -> dict[str, Any] | None:
        """Word a response for a call, filled with slots and the action's values."""
        slots = tracker.current_slot_values()
        variations = ResponseVariationFilter(self.responses).responses_for_utter_action(
            utter_action, output_channel, slots
        )
        if not variations:
            return None
        filled = [self._fill_response(dict(each), slots, **kwargs) for each in variations]
        for each in filled:
            each["text"] = capitalised(each.get("text") or "")
        said = [event.text or "" for event in tracker.events if isinstance(event, BotUttered)]
        return filled[least_recent([each["text"] for each in filled], said)]
