"""Make failures that Rasa would only log end the turn instead.

Rasa's processor catches every exception of an action, logs it and goes on with an empty answer; its
tracker store falls back to memory when the database fails. On a telephone both sound like silence.
"""

from __future__ import annotations

from typing import Any, NoReturn

from jsonschema.validators import validator_for
from rasa.core.actions.action import Action, ActionExecutionRejection, RemoteAction
from rasa.core.agent import Agent
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.utils.schemas.events import EVENT_SCHEMA, SLOT_SET


class TurnFailed(BaseException):
    """A turn that could not be finished; nothing of it is stored in the tracker.

    It is no `Exception`, because Rasa's blanket `except Exception` must not catch it.
    """


def surface_failures(agent: Agent) -> None:
    """Let an agent raise `TurnFailed` where it would swallow a failure.

    Safe to call before every turn: a processor is prepared once, a newly loaded one again.

    Args:
        agent: A loaded agent.
    """
    processor = agent.processor
    if processor is None or getattr(processor, "surfaces_failures", False):
        return
    run_action = processor._run_action

    async def run_visibly(action: Action, *args: Any, **kwargs: Any) -> bool:
        _fail_loudly(action)
        if isinstance(action, RemoteAction):
            action._validate_action_result = _validate  # type: ignore[method-assign]
        return await run_action(action, *args, **kwargs)

    def too_many_actions(*_: Any) -> NoReturn:
        raise TurnFailed("the dialogue went in a circle")

    processor._run_action = run_visibly  # type: ignore[method-assign]
    processor.on_circuit_break = too_many_actions  # type: ignore[assignment]
    processor.surfaces_failures = True  # type: ignore[attr-defined]
    if isinstance(agent.tracker_store, FailSafeTrackerStore):
        agent.tracker_store._on_tracker_store_error = _storage_failed


# Rasa checks the schema itself, and then each event of the answer against two dozen kinds, at every
# action. Ours set slots and nothing else.
_ACTION_RESULT = validator_for({})(
    {
        "type": "object",
        "properties": {
            "events": {"type": "array", "items": {**EVENT_SCHEMA, "oneOf": [SLOT_SET]}},
            "responses": {"type": "array", "items": {"type": "object"}},
        },
    }
)


def _validate(result: Any) -> bool:
    _ACTION_RESULT.validate(result)
    return True


def _fail_loudly(action: Action) -> None:
    # Rasa makes a new action object for every run, so wrapping the instance touches nothing else.
    run = action.run

    async def run_or_fail(*args: Any, **kwargs: Any) -> Any:
        try:
            return await run(*args, **kwargs)
        except ActionExecutionRejection:
            raise
        except Exception as error:
            raise TurnFailed(f"{action.name()} failed: {error}") from error

    action.run = run_or_fail  # type: ignore[method-assign]


def _storage_failed(error: Exception) -> NoReturn:
    raise TurnFailed(f"the conversation could not be stored: {error}") from error
