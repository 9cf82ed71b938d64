"""Labelled calls: what a caller says, and at which turn a person must take over.

The form is explained at the top of `nlu_data/escalation_turns/tuning.yml`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from contact_center.customers import Tier
from warmline.places import NLU_DATA

TUNING = NLU_DATA / "escalation_turns" / "tuning.yml"

Reason = Literal[
    "requested", "emotion", "complaint", "complex", "low_confidence", "repeated_failure", "policy"
]


class LabelledCallsError(Exception):
    """A file of labelled calls cannot be used; the message is for whoever wrote it."""


class LabelledTurn(BaseModel):
    """One thing a caller says.

    Attributes:
        say: The words.
        interrupts: Whether it is spoken over the assistant.
        louder: Decibels above this caller's usual level.
        faster: Times this caller's usual pace.
        person: Why this turn must hand the call over; None if it must not.
        level: The level of the complaint, where that is part of the label.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    say: str = Field(min_length=1)
    interrupts: bool = False
    louder: float = Field(default=0.0, ge=-30, le=30)
    faster: float = Field(default=1.0, ge=0.3, le=3)
    person: Reason | None = None
    level: Literal[1, 2, 3] | None = None


class LabelledCall(BaseModel):
    """One call.

    Attributes:
        call: Its name.
        tier: The caller's.
        turns: What the caller says; only the last may need a person.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    call: str = Field(min_length=1)
    tier: Tier = "standard"
    turns: tuple[LabelledTurn, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ends_with_a_person(self) -> Self:
        if any(turn.person for turn in self.turns[:-1]):
            raise ValueError("a call ends at the first turn that needs a person")
        return self


def read_calls(path: Path) -> tuple[LabelledCall, ...]:
    """Read labelled calls.

    Args:
        path: A YAML file.

    Returns:
        The calls in their order.

    Raises:
        LabelledCallsError: It cannot be read, or a call is wrong; the message names it.
    """
    try:
        # Every scalar stays a text: somebody who says "yes" or "no" says a word.
        written = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise LabelledCallsError(f"{path.name} cannot be read: {error}") from error
    if not isinstance(written, list) or not written:
        raise LabelledCallsError(f"{path.name}: a list of calls is expected")
    try:
        calls = TypeAdapter(tuple[LabelledCall, ...]).validate_python(
            [_numbered(each) for each in written]
        )
    except ValidationError as error:
        problem = error.errors()[0]
        at, *field = problem["loc"]
        name = written[int(at)].get("call", at) if isinstance(written[int(at)], dict) else at
        where = ", ".join(str(each) for each in field)
        message = f"{path.name}: call {name!r}, {where}: {problem['msg']}"
        raise LabelledCallsError(message) from error
    names = [call.call for call in calls]
    if twice := {name for name in names if names.count(name) > 1}:
        raise LabelledCallsError(f"{path.name}: two calls are named {sorted(twice)[0]!r}")
    return calls


def _numbered(written: object) -> object:
    """Turn the one field that is a choice of numbers into a number."""
    if not isinstance(written, dict) or not isinstance(written.get("turns"), list):
        return written
    turns = [
        {**turn, "level": int(turn["level"])}
        if isinstance(turn, dict) and str(turn.get("level", "")).isdigit()
        else turn
        for turn in written["turns"]
    ]
    return {**written, "turns": turns}
