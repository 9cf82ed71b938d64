"""When a call must leave the assistant: a table of rows, and the pure decision by it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from policies.phrases import WordList

BY_KIND: Literal["by_kind"] = "by_kind"


@dataclass(frozen=True)
class Signals:
    """What the decision looks at after a caller's turn.

    Attributes:
        intent: Name of the latest intent.
        confidence: How sure the understanding is of it, 0 to 1.
        ranking: How sure it is of the likeliest intents, by name.
        text: What the caller said last.
        affect: Scores 0 (calm) to 1 (furious) of the caller's turns, oldest first.
        misunderstandings: Misunderstood turns in a row before this one.
        failed_attempts: Failed tries at the open question before this turn.
        problems: Intents of what is not settled yet, this turn's included.
        intents: Intents of the caller's turns, oldest first, this one included.
        answers: The turn brings something that the open question asks for.
        tier: The caller's tier, if known.
        handed_off: A person has been offered in this call already.
    """

    intent: str | None = None
    confidence: float = 1.0
    ranking: Mapping[str, float] = field(default_factory=dict)
    text: str = ""
    affect: tuple[float, ...] = ()
    misunderstandings: int = 0
    failed_attempts: int = 0
    problems: frozenset[str] = frozenset()
    intents: tuple[str, ...] = ()
    answers: bool = False
    tier: str | None = None
    handed_off: bool = False


@dataclass(frozen=True)
class Escalation:
    """Why the call leaves the assistant.

    Attributes:
        reason: A hand-off reason of the hand-off packet.
        complaint_level: 1 (safety), 2 or 3; None where it is no complaint.
        complaint_category: What the complaint is about; None where it is no complaint.
        row: Name of the row that decided.
    """

    reason: str
    complaint_level: int | None = None
    complaint_category: str | None = None
    row: str = ""


@dataclass(frozen=True)
class Condition:
    """Everything that must be true of a call; what is None is not asked.

    Attributes:
        intent: One of these was understood.
        sure_at_least: With this confidence, that of all the intents together.
        words: Names of word lists, one of which occurs.
        unless_harmless: Names of word lists; the turn says nothing that only looks like them.
        tier: The caller is of one of these tiers.
        affect_at_least: The latest turn's affect.
        affect_rising_to: Affect rises over the latest turns, up to at least this.
        frustrations_at_least: Venting turns lately.
        misunderstandings_at_least: Turns in a row not understood, this one included.
        failed_attempts_at_least: Failed tries at one question.
        different_problems_at_least: Kinds of trouble in one breath, or not settled yet.
    """

    intent: frozenset[str] | None = None
    sure_at_least: float | None = None
    words: tuple[str, ...] | None = None
    unless_harmless: tuple[str, ...] = ()
    tier: frozenset[str] | None = None
    affect_at_least: float | None = None
    affect_rising_to: float | None = None
    frustrations_at_least: float | None = None
    misunderstandings_at_least: float | None = None
    failed_attempts_at_least: float | None = None
    different_problems_at_least: float | None = None


@dataclass(frozen=True)
class Row:
    """One rule of the table.

    Attributes:
        name: In words, for reports.
        when: Conditions, one of which is enough.
        reason: Why the call leaves.
        level: The complaint's level, `by_kind`, or None where it is no complaint.
        even_again: Whether it holds after a hand-over for which nobody was free.
    """

    name: str
    when: tuple[Condition, ...]
    reason: str
    level: int | Literal["by_kind"] | None = None
    even_again: bool = False


@dataclass(frozen=True)
class ProblemKind:
    """One kind of trouble, under whatever names.

    Attributes:
        intents: Intents that tell of it.
        words: Phrases that tell of it.
    """

    intents: frozenset[str]
    words: WordList


@dataclass(frozen=True)
class ComplaintKind:
    """What a complaint can be about.

    Attributes:
        level: How serious that is.
        words: Phrases that tell of it; None for what is left.
    """

    level: int
    words: WordList | None


@dataclass(frozen=True)
class Table:
    """The whole escalation policy.

    Attributes:
        rows: Tried in this order.
        words: Word lists by name.
        problem_kinds: Kinds of trouble by name.
        complaint_kinds: Kinds of complaint by name, the most telling first.
        not_understood: Intents that mean "not understood".
        failed_attempts_in: Slots where skills count failed tries.
        rising_turns: How many turns "rising" looks at.
        venting_turns: How many of the latest turns venting is counted over.
    """

    rows: Sequence[Row]
    words: Mapping[str, WordList]
    problem_kinds: Mapping[str, ProblemKind]
    complaint_kinds: Mapping[str, ComplaintKind]
    not_understood: frozenset[str]
    failed_attempts_in: tuple[str, ...]
    rising_turns: int
    venting_turns: int

    @property
    def problem_intents(self) -> frozenset[str]:
        """All intents that tell of trouble."""
        return frozenset().union(*(kind.intents for kind in self.problem_kinds.values()))


def decide(table: Table, signals: Signals) -> Escalation | None:
    """Decide whether the call goes to a person.

    Args:
        table: The escalation policy.
        signals: The call as it stands after the caller's latest turn.

    Returns:
        What the first fitting row says, or None if the assistant goes on.
    """
    for row in table.rows:
        # Nobody could take the call: old anger must not send it round in circles.
        if signals.handed_off and not row.even_again:
            continue
        if any(_holds(condition, table, signals) for condition in row.when):
            return _escalation(row, table, signals.text)
    return None


def _holds(condition: Condition, table: Table, signals: Signals) -> bool:
    if condition.intent is not None and signals.intent not in condition.intent:
        return False
    if condition.tier is not None and signals.tier not in condition.tier:
        return False
    if condition.words is not None and not any(
        table.words[name].occurs_in(signals.text) for name in condition.words
    ):
        return False
    if any(
        table.words[name].only_looks_like_it(signals.text) for name in condition.unless_harmless
    ):
        return False
    if condition.affect_rising_to is not None and not _rises(
        signals.affect[-table.rising_turns :], table.rising_turns, condition.affect_rising_to
    ):
        return False
    venting = signals.intents[-table.venting_turns :].count("frustration")
    return (
        _reaches(_sure_of(condition.intent, signals), condition.sure_at_least)
        and _reaches(signals.affect[-1] if signals.affect else 0.0, condition.affect_at_least)
        and _reaches(venting, condition.frustrations_at_least)
        and _reaches(_misunderstandings(table, signals), condition.misunderstandings_at_least)
        and _reaches(signals.failed_attempts, condition.failed_attempts_at_least)
        and (
            condition.different_problems_at_least is None
            or _different_problems(table, signals) >= condition.different_problems_at_least
        )
    )


def _sure_of(intents: frozenset[str] | None, signals: Signals) -> float:
    """Join the confidences: a caller between two matters for a person needs one all the more."""
    together = sum(signals.ranking.get(intent, 0.0) for intent in intents or ())
    return max(signals.confidence, together)


def _reaches(value: float, least: float | None) -> bool:
    return least is None or value >= least


def _rises(scores: tuple[float, ...], turns: int, least: float) -> bool:
    rising = all(before < after for before, after in itertools.pairwise(scores))
    return len(scores) == turns and rising and scores[-1] >= least


def _misunderstandings(table: Table, signals: Signals) -> int:
    if signals.intent not in table.not_understood or signals.answers:
        return 0
    # What was refused for sure is no misunderstanding, but twice running it leads nowhere either.
    running = itertools.takewhile(table.not_understood.__contains__, reversed(signals.intents))
    return max(signals.misunderstandings + 1, len(list(running)))


def _different_problems(table: Table, signals: Signals) -> int:
    """Count the kinds named in this turn, or those of the call if this turn tells of one."""
    named = {
        name for name, kind in table.problem_kinds.items() if kind.words.occurs_in(signals.text)
    }
    told = {name for name, kind in table.problem_kinds.items() if kind.intents & signals.problems}
    return max(len(named), len(told) if signals.intent in table.problem_intents else 0)


def _escalation(row: Row, table: Table, text: str) -> Escalation:
    if row.level is None:
        return Escalation(row.reason, row=row.name)
    found = [
        (name, kind.level)
        for name, kind in table.complaint_kinds.items()
        if kind.words is None or kind.words.occurs_in(text)
    ]
    if row.level == BY_KIND:
        category, level = found[0]
        return Escalation(row.reason, level, category, row.name)
    # The row knows how serious it is; of the kinds that serious, the words say which.
    alike = [name for name, level in found if level == row.level]
    alike += [name for name, kind in table.complaint_kinds.items() if kind.level == row.level]
    return Escalation(row.reason, row.level, (*alike, "other")[0], row.name)
