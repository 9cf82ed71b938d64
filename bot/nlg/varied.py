"""Responses in turn: a caller does not hear the same sentence twice running."""

from __future__ import annotations

from typing import Any

from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from nlg.sentences import capitalised, next_wording, unlike_the_last


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
        texts = [capitalised(each.get("text") or "") for each in filled]
        said = [event.text or "" for event in tracker.events if isinstance(event, BotUttered)]
        now = _of_this_action(tracker)
        chosen = next_wording(texts, [*said, *now])
        text = unlike_the_last(texts[chosen], [*said, *now])
        now.append(text)
        return {**filled[chosen], "text": text}


def _of_this_action(tracker: DialogueStateTracker) -> list[str]:
    """Give the list of what the action at hand has said, which the tracker learns only after it."""
    events = len(tracker.events)
    texts: list[str]
    at, texts = getattr(tracker, "worded", (events, []))
    if at != events:
        texts = []
    tracker.worded = (events, texts)  # type: ignore[attr-defined]
    return texts
