"""What must hold of a conversation, and whether it did. Pure: from what was played to a verdict."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from contact_center.order_numbers import normalise
from contact_center.spoken_numbers import candidates
from voice_gateway.speech.spoken_text import sentences
from warmline.rehearsal.rehearse import Exchange, Played
from warmline.rehearsal.speakable_check import overlong, unspeakable

# A caller who asks for it hears the same again.
SAID_AGAIN: Final = frozenset({"repeat", "slow_down"})
RETURNING: Final = "being returned"
_TELLING_WORDS: Final = 3


@dataclass(frozen=True)
class Check:
    """One thing that must hold.

    Attributes:
        name: What, in a word or two.
        held: Whether it did.
        detail: What was wanted and what was, for whoever reads the report.
    """

    name: str
    held: bool
    detail: str = ""


@dataclass(frozen=True)
class Verdict:
    """Everything that had to hold in one conversation.

    Attributes:
        played: The conversation.
        checks: What had to hold.
        disclosed: Orders that were told to somebody who is not their customer.
        codes_spoken: Whether a code was read out.
    """

    played: Played
    checks: tuple[Check, ...]
    disclosed: tuple[str, ...] = ()
    codes_spoken: bool = False

    @property
    def name(self) -> str:
        """The conversation's name."""
        return self.played.conversation.name

    @property
    def passed(self) -> bool:
        """Whether all of it held."""
        return all(check.held for check in self.checks)

    @property
    def failures(self) -> list[Check]:
        """What did not hold."""
        return [check for check in self.checks if not check.held]

    @property
    def task_completed(self) -> bool:
        """Whether the caller got what the conversation says must come of it.

        How it was worded is judged apart, and a wrong first guess that came right in the end did
        the caller no harm.
        """
        return all(check.held for check in self.checks if check.name not in ABOUT_WORDING)

    @property
    def wrongly_escalated(self) -> bool:
        """Whether a person took over who should not have."""
        return self.played.handoff is not None and not self.played.conversation.must.hands_over

    @property
    def missed_escalation(self) -> bool:
        """Whether nobody took over who should have."""
        return self.played.handoff is None and bool(self.played.conversation.must.hands_over)


ABOUT_WORDING: Final = frozenset({"can be spoken", "says nothing twice"})


def judge(played: Played) -> Verdict:
    """Judge a conversation.

    Args:
        played: As it went.

    Returns:
        What had to hold and whether it did.
    """
    disclosed = tuple(dict.fromkeys(_disclosed(played)))
    spoken_codes = _codes_spoken(played)
    checks = [
        *_course(played),
        *_musts(played),
        Check("tells no other's order", not disclosed, "; ".join(disclosed)),
        Check("reads no code out", not spoken_codes, "a code was read out" if spoken_codes else ""),
        *_wording(played),
    ]
    return Verdict(played, tuple(checks), disclosed, spoken_codes)


def _course(played: Played) -> Iterator[Check]:
    yield Check("is answered", played.failure is None, played.failure or "")
    yield Check(
        "comes to an end", not played.gave_up, "the caller gave up" if played.gave_up else ""
    )


def _musts(played: Played) -> Iterator[Check]:
    must = played.conversation.must
    texts = played.bot_texts
    for pattern in must.tells:
        held = any(re.search(pattern, text, re.I) for text in texts)
        yield Check("tells", held, f"nothing said has {pattern!r}")
    for pattern in must.never_tells:
        said = next((text for text in texts if re.search(pattern, text, re.I)), None)
        yield Check("never tells", said is None, f"{pattern!r} is in {said!r}")
    yield _hand_over(played)
    if must.complaint_level is not None:
        complaint = (played.handoff or {}).get("complaint") or {}
        level = complaint.get("level")
        detail = f"level {must.complaint_level} wanted, it was {level}"
        yield Check("complaint level", level == must.complaint_level, detail)
    if must.order is not None:
        last = played.confirmed[-1] if played.confirmed else "none"
        wanted = "none" if must.order == "none" else played.orders[must.order].number
        yield Check("order", last == wanted, f"order {wanted} wanted, it was {last}")
    yield from _changes(played)
    if must.sends is not None:
        detail = f"{_listed(must.sends)} wanted, sent: {_listed(played.messages)}"
        yield Check("sends", tuple(must.sends) == played.messages, detail)
    for task in must.done:
        detail = f"{task} was not finished; finished: {_listed(played.tasks_done)}"
        yield Check("done", task in played.tasks_done, detail)
    if must.ends is not None:
        detail = "the bot hung up" if played.hung_up else "the bot did not hang up"
        yield Check("ends", played.hung_up == must.ends, detail)


def _hand_over(played: Played) -> Check:
    wanted = played.conversation.must.hands_over
    reason = str((played.handoff or {}).get("reason")) if played.handoff is not None else None
    if not wanted:
        return Check("hands over", reason is None, f"a person took over ({reason})")
    return Check(
        "hands over", reason in wanted, f"{' or '.join(wanted)} wanted, it was {reason or 'nobody'}"
    )


def _changes(played: Played) -> Iterator[Check]:
    wanted = played.conversation.must.changes
    for nickname, (before, afterwards) in played.states.items():
        after = afterwards
        right = wanted.get(nickname, before).replace("_", " ")
        if right == RETURNING:
            after = RETURNING if nickname in played.returning else f"{after}, no return begun"
        detail = f"{nickname} should be {right}, is {after}"
        yield Check("changes", after == right, detail)


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words) or "nothing"


# -- wording ---------------------------------------------------------------------------------------


def _wording(played: Played) -> Iterator[Check]:
    problems = [f"{text!r} {each}" for text in played.bot_texts for each in unspeakable(text)]
    for exchange in played.exchanges:
        if problem := overlong(exchange.texts):
            problems.append(f"{' '.join(exchange.texts)!r}: {problem}")
    yield Check("can be spoken", not problems, "; ".join(problems))
    again = [
        text for before, after in _neighbours(played.exchanges) for text in _both(before, after)
    ]
    yield Check("says nothing twice", not again, f"said twice running: {again}" if again else "")


def _neighbours(exchanges: Sequence[Exchange]) -> Iterator[tuple[Exchange, Exchange]]:
    for before, after in pairwise(exchanges):
        if after.intent not in SAID_AGAIN:
            yield before, after


def _both(before: Exchange, after: Exchange) -> list[str]:
    """Sentences of two answers in a row; short ones such as "Sure." are no news anyway."""
    said = {each.text for text in before.texts for each in sentences(text)}
    return [
        each.text
        for text in after.texts
        for each in sentences(text)
        if each.text in said and len(each.text.split()) > _TELLING_WORDS
    ]


# -- what nobody else may hear ---------------------------------------------------------------------


def _disclosed(played: Played) -> Iterator[str]:
    """Find orders of which somebody heard who is not their customer.

    What the caller said themselves is no news to them: an item they named, a number they gave.
    """
    kept = [each for each in played.orders.values() if not (each.own and played.matched)]
    said = ""
    given: set[str] = set()
    for exchange in played.exchanges:
        said += f" {exchange.said.lower()}"
        given |= {exchange.number, *candidates(exchange.said)} - {""}
        for order in kept:
            for text in exchange.texts:
                for item in order.items:
                    named = re.search(rf"\b{re.escape(item)}\b", text, re.I)
                    if named and item.lower() not in said:
                        yield f"the {item} of order {order.nickname}"
                read = normalise(re.sub(r"(?<=\d)\D+(?=\d)", "", text))
                if order.number in read and order.number not in given:
                    yield f"the number of order {order.nickname}"
    own = {each.number for each in played.orders.values() if each.own}
    for number in played.confirmed:
        if number not in given | own:
            yield f"order {number}, which the caller never gave"


def _codes_spoken(played: Played) -> bool:
    said = [re.sub(r"\D", "", text) for text in played.bot_texts]
    return any(code in text for code in played.codes for text in said)
