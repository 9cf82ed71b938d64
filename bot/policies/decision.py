"""When a call must leave the assistant: one pure function over what is known of the call."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from policies.warning_words import legal_words, problems_named, safety_words

STRONG_EMOTION = 0.8
RISING_EMOTION = 0.6
RISING_TURNS = 3
CONFUSED_INTENTS = frozenset({"nlu_fallback", "out_of_scope"})
PROBLEM_INTENTS = frozenset(
    {"order_late", "order_missing", "order_damaged", "order_wrong", "return_refund"}
)
# Different names for one trouble: they are counted as one problem.
PROBLEM_KINDS: dict[str, str] = {
    "order_late": "not_delivered",
    "order_missing": "not_delivered",
    "order_damaged": "damaged",
    "order_wrong": "wrong_item",
}


@dataclass(frozen=True)
class Signals:
    """What the decision looks at after a caller's turn.

    Attributes:
        intent: Name of the latest intent.
        text: What the caller said last.
        affect: Scores 0 (calm) to 1 (furious) of the caller's turns, oldest first.
        misunderstandings: Misunderstood turns in a row before this one.
        frustrations: Turns with the frustration intent in this call, this one included.
        problems: Problem intents of this call, this turn included.
        tier: The caller's tier, if known.
        handed_off: A person has been offered in this call already.
    """

    intent: str | None = None
    text: str = ""
    affect: tuple[float, ...] = ()
    misunderstandings: int = 0
    frustrations: int = 0
    problems: frozenset[str] = frozenset()
    tier: str | None = None
    handed_off: bool = False


@dataclass(frozen=True)
class Escalation:
    """Why the call leaves the assistant.

    Attributes:
        reason: A hand-off reason of the hand-off packet.
        complaint_level: 1 (safety), 2 or 3, or None where it is no complaint or not decided here.
    """

    reason: str
    complaint_level: int | None = None


def decide(signals: Signals) -> Escalation | None:
    """Decide whether the call goes to a person, by the most serious reason that applies.

    Args:
        signals: The call as it stands after the caller's latest turn.

    Returns:
        The reason, or None if the assistant goes on.
    """
    if signals.intent == "safety_incident" or safety_words(signals.text):
        return Escalation("complaint", 1)
    if legal_words(signals.text):
        return Escalation("complaint" if signals.intent == "complaint" else "policy", 2)
    if signals.intent == "complaint":
        return Escalation("complaint")
    if signals.intent == "talk_to_person":
        return Escalation("requested")
    if signals.handed_off:
        # Nobody could take the call. Old anger must not send it round in circles.
        return None
    return _mood(signals) or _trouble(signals)


def _mood(signals: Signals) -> Escalation | None:
    if signals.affect and signals.affect[-1] >= STRONG_EMOTION:
        return Escalation("emotion")
    recent = signals.affect[-RISING_TURNS:]
    rising = all(before < after for before, after in pairwise(recent))
    if len(recent) == RISING_TURNS and rising and recent[-1] >= RISING_EMOTION:
        return Escalation("emotion")
    if signals.intent == "frustration" and signals.frustrations >= 2:
        return Escalation("emotion")
    return None


def _trouble(signals: Signals) -> Escalation | None:
    if signals.intent in PROBLEM_INTENTS and signals.tier == "vip":
        return Escalation("policy")
    kinds = {PROBLEM_KINDS[intent] for intent in signals.problems if intent in PROBLEM_KINDS}
    if len(kinds) > 1 and signals.intent in PROBLEM_KINDS:
        return Escalation("complex")
    if len(problems_named(signals.text)) > 1:
        return Escalation("complex")
    if signals.intent in CONFUSED_INTENTS and signals.misunderstandings >= 1:
        return Escalation("low_confidence")
    return None
