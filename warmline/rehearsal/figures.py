"""What the conversations of a run come to: shares, each with the conversations behind it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from warmline.rehearsal.judgement import Verdict


@dataclass(frozen=True)
class Share:
    """A part of a whole, and who is in it.

    Attributes:
        title: What is counted.
        of: How many there are.
        good: How many are as they should be.
        others: The names of those that are not.
    """

    title: str
    of: int
    good: int
    others: tuple[str, ...] = ()

    @property
    def ratio(self) -> float:
        """From 0 to 1; 1 of nothing."""
        return self.good / self.of if self.of else 1.0

    def __str__(self) -> str:
        """Write it as "97.5 % (39 of 40)"."""
        return f"{self.ratio:.1%} ({self.good} of {self.of})".replace("%", " %")


@dataclass(frozen=True)
class Recognised:
    """One utterance: the intent it has and the one it was taken for.

    Attributes:
        text: What was said.
        heard: What was heard of it.
        wanted: Its intent.
        found: What it was taken for.
    """

    text: str
    heard: str
    wanted: str
    found: str


@dataclass(frozen=True)
class Figures:
    """What a run comes to.

    Attributes:
        passed: Conversations in which everything held.
        tasks: Conversations in which the caller got what they should.
        contained: Calls that no person took over, of all.
        wrong_escalations: Calls that the bot kept as it should; the others were escalated wrongly.
        missed_escalations: Calls that went to a person as they must; the others were missed.
        reasons: Of those that went, the ones for the right reason.
        heard_right: Order numbers heard right at first.
        confirmed_right: Order numbers right in the end.
        disclosed: Conversations in which somebody else's order was told.
        codes: Conversations in which a code was read out.
        spoken: Answers that can be spoken.
        opening: The intents of the opening lines.
        answer_seconds: How long each answer took.
    """

    passed: Share
    tasks: Share
    contained: Share
    wrong_escalations: Share
    missed_escalations: Share
    reasons: Share
    heard_right: Share
    confirmed_right: Share
    disclosed: tuple[str, ...]
    codes: tuple[str, ...]
    spoken: Share
    opening: tuple[Recognised, ...] = ()
    answer_seconds: tuple[float, ...] = field(default=(), repr=False)


def figures(verdicts: Sequence[Verdict]) -> Figures:
    """Add up a run.

    Args:
        verdicts: Of its conversations.

    Returns:
        The shares, with the conversations behind them.
    """
    to_person = [each for each in verdicts if each.played.conversation.must.hands_over]
    by_itself = [each for each in verdicts if not each.played.conversation.must.hands_over]
    handed = [each for each in to_person if not each.missed_escalation]
    numbers = [each for each in verdicts if _first_number(each) is not None]
    return Figures(
        passed=_share("conversations passed", verdicts, [v.passed for v in verdicts]),
        tasks=_share("tasks completed", verdicts, [v.task_completed for v in verdicts]),
        contained=_share(
            "contained, of all calls", verdicts, [v.played.handoff is None for v in verdicts]
        ),
        wrong_escalations=_share(
            "calls the bot kept, of those it should keep",
            by_itself,
            [not v.wrongly_escalated for v in by_itself],
        ),
        missed_escalations=_share(
            "calls handed over, of those that must be",
            to_person,
            [not v.missed_escalation for v in to_person],
        ),
        reasons=_share(
            "hand-overs with the right reason", handed, [_right_reason(v) for v in handed]
        ),
        heard_right=_share(
            "order numbers heard right at first", numbers, [_heard_right(v) for v in numbers]
        ),
        confirmed_right=_share(
            "order numbers right after confirmation", numbers, [_right_at_last(v) for v in numbers]
        ),
        disclosed=tuple(f"{v.name}: {'; '.join(v.disclosed)}" for v in verdicts if v.disclosed),
        codes=tuple(v.name for v in verdicts if v.codes_spoken),
        spoken=_share(
            "conversations that can be spoken", verdicts, [_speakable(v) for v in verdicts]
        ),
        opening=tuple(found for v in verdicts if (found := _opening(v)) is not None),
        answer_seconds=tuple(
            exchange.seconds for v in verdicts for exchange in v.played.exchanges if exchange.texts
        ),
    )


def confusions(recognised: Iterable[Recognised]) -> list[tuple[str, str, list[Recognised]]]:
    """List which intents were taken for which others.

    Args:
        recognised: Utterances.

    Returns:
        The intent, what it was taken for, and the utterances; the most frequent first.
    """
    mistaken: dict[tuple[str, str], list[Recognised]] = {}
    for each in recognised:
        if each.wanted != each.found:
            mistaken.setdefault((each.wanted, each.found), []).append(each)
    ordered = sorted(mistaken.items(), key=lambda entry: (-len(entry[1]), entry[0]))
    return [(wanted, found, each) for (wanted, found), each in ordered]


def macro_f1(recognised: Sequence[Recognised]) -> float:
    """Average the F1 of all intents.

    Args:
        recognised: Utterances.

    Returns:
        From 0 to 1; 1 without utterances.
    """
    wanted = Counter(each.wanted for each in recognised)
    found = Counter(each.found for each in recognised)
    right = Counter(each.wanted for each in recognised if each.wanted == each.found)
    scores = [2 * right[name] / (wanted[name] + found[name]) for name in wanted]
    return sum(scores) / len(scores) if scores else 1.0


def _share(title: str, verdicts: Sequence[Verdict], good: Sequence[bool]) -> Share:
    others = tuple(v.name for v, well in zip(verdicts, good, strict=True) if not well)
    return Share(title, len(verdicts), sum(good), others)


def _right_reason(verdict: Verdict) -> bool:
    return all(check.held for check in verdict.checks if check.name == "hands over")


def _speakable(verdict: Verdict) -> bool:
    return all(check.held for check in verdict.checks if check.name == "can be spoken")


def _first_number(verdict: Verdict) -> tuple[str, str | None] | None:
    """The first order number said in full, and what the bot made of it."""
    numbers = {order.number: order for order in verdict.played.orders.values()}
    for exchange in verdict.played.exchanges:
        if exchange.full_number in numbers:
            return exchange.full_number, exchange.candidate
    return None


def _heard_right(verdict: Verdict) -> bool:
    said = _first_number(verdict)
    return said is not None and said[0] == said[1]


def _right_at_last(verdict: Verdict) -> bool:
    said = _first_number(verdict)
    return said is not None and said[0] in verdict.played.confirmed


def _opening(verdict: Verdict) -> Recognised | None:
    must = verdict.played.conversation.must
    if must.wants is None:
        return None
    first = verdict.played.conversation.says[0]
    for exchange in verdict.played.exchanges[1:]:
        if exchange.line is first:
            return Recognised(exchange.said, exchange.heard, must.wants, exchange.intent or "none")
    return None
