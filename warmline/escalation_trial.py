"""Plays labelled calls against the real assistant: who got a person, who should have, and why.

Words reach the assistant as the gateway sends them, with affect from the real `AffectMeter`; each
caller has a loudness and a pace of their own, so that only a change within the call can tell.
"""

from __future__ import annotations

import asyncio
import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contact_center.calls import Calls
from voice_gateway.assistant import START_OF_CALL, DialogueState
from voice_gateway.conversation.affect import Affect, AffectMeter
from voice_gateway.conversation.events import (
    AssistantFailed,
    AssistantHandsOff,
    AssistantHangsUp,
)
from voice_gateway.conversation.transcript import Transcript, Word
from voice_gateway.languages import load_language
from warmline.escalation_calls import LabelledCall, LabelledTurn
from warmline.rehearsal.cast import make_cast
from warmline.rehearsal.conversation_file import CallerSpec, Conversation, Line, Must, OrderSpec
from warmline.rehearsal.stage import Stage

RECALL_TARGET: Final = 0.95
FALSE_ALARM_TARGET: Final = 0.03
AT_ONCE: Final = 4
# People do not hold their voice still: their turns vary by this much without any anger.
_LEVEL_SPREAD_DB: Final = 1.0
_PACE_SPREAD: Final = 0.05
_CALM: Final = Affect(0.0)
# One order for each kind of request, cheap enough for every promise, and none that the assistant
# would begin to speak of: whatever a caller asks for can be served.
_ORDERS: Final = {
    "mug": OrderSpec.model_validate("enamel mug, shipped, arrives in 5 days"),
    "lamp": OrderSpec.model_validate("floor lamp, delivered 5 days ago, costs 39.00"),
    "boots": OrderSpec.model_validate("hiking boots, delivered 6 days ago, costs 49.00"),
}

Progress = Callable[[int, int], None]


class TrialError(Exception):
    """The trial cannot go on; the message is for the user."""


@dataclass(frozen=True)
class TriedTurn:
    """One turn and what came of it.

    Attributes:
        call: The call's name.
        turn: As it is labelled.
        reason: Why the assistant handed over at this turn; None if it did not.
        level: The complaint's level in the hand-over.
        intent: What the assistant took the turn for.
        affect: What the meter heard.
        reached: False for a turn that was never played, because the call was over before.
    """

    call: str
    turn: LabelledTurn
    reason: str | None = None
    level: int | None = None
    intent: str | None = None
    affect: Affect = _CALM
    reached: bool = True

    @property
    def found(self) -> bool:
        """A person was needed and came."""
        return self.turn.person is not None and self.reason is not None

    @property
    def missed(self) -> bool:
        """A person was needed and did not come, or only at a turn that did not need one."""
        return self.turn.person is not None and self.reason is None

    @property
    def false_alarm(self) -> bool:
        """Nobody was needed and somebody came."""
        return self.turn.person is None and self.reason is not None

    @property
    def mislabelled(self) -> bool:
        """A person came, but for another reason or at another level than labelled."""
        wanted = self.turn.level
        return self.found and (
            self.reason != self.turn.person or (wanted is not None and self.level != wanted)
        )


@dataclass(frozen=True)
class Trial:
    """All turns of a trial.

    Attributes:
        turns: In the order of the calls.
    """

    turns: Sequence[TriedTurn]

    @property
    def recall(self) -> float:
        """Share of the turns that need a person and got one; a call left early counts as missed."""
        needed = [each for each in self.turns if each.turn.person]
        return _share(sum(each.found for each in needed), len(needed), default=1.0)

    @property
    def false_alarms(self) -> float:
        """Share of the turns that need nobody and were handed over."""
        calm = [each for each in self.turns if each.turn.person is None and each.reached]
        return _share(sum(each.false_alarm for each in calm), len(calm), default=0.0)

    @property
    def good(self) -> bool:
        """Whether both targets are reached."""
        return self.recall >= RECALL_TARGET and self.false_alarms <= FALSE_ALARM_TARGET

    def report(self) -> Iterator[str]:
        """Tell the result in lines: the two shares, the split by reason, and every error."""
        needed = [each for each in self.turns if each.turn.person]
        calm = [each for each in self.turns if each.turn.person is None and each.reached]
        found = [each for each in needed if each.found]
        alarms = [each for each in calm if each.false_alarm]
        yield (
            f"Recall        {self.recall:6.1%}  {len(found)} of {len(needed)} turns that need a "
            f"person (target {RECALL_TARGET:.0%})"
        )
        yield (
            f"False alarms  {self.false_alarms:6.1%}  {len(alarms)} of {len(calm)} turns that need "
            f"nobody (target {FALSE_ALARM_TARGET:.0%})"
        )
        yield ""
        yield f"{'reason':<18}{'needed':>8}{'found':>8}{'same reason':>13}{'false alarms':>14}"
        wanted = Counter(str(each.turn.person) for each in needed)
        alarmed = Counter(str(each.reason) for each in alarms)
        for reason in sorted({*wanted, *alarmed}):
            of_reason = [each for each in found if each.turn.person == reason]
            same = sum(not each.mislabelled for each in of_reason)
            yield (
                f"{reason:<18}{wanted[reason]:>8}{len(of_reason):>8}{same:>13}{alarmed[reason]:>14}"
            )
        yield from _errors("Missed", (each for each in needed if each.missed))
        yield from _errors("False alarms", alarms)
        yield from _errors(
            "A person came for another reason", (each for each in found if each.mislabelled)
        )


def _share(part: int, whole: int, *, default: float) -> float:
    return part / whole if whole else default


def _errors(title: str, turns: Iterable[TriedTurn]) -> Iterator[str]:
    told = list(turns)
    if not told:
        return
    yield ""
    yield f"{title} ({len(told)}):"
    for each in told:
        cues = f" ({', '.join(each.affect.cues)})" if each.affect.cues else ""
        wanted = each.turn.person or "nobody"
        came = each.reason or ("nobody" if each.reached else "the call was over before")
        level = f" of level {each.level}" if each.level else ""
        yield f"  {each.call}: \u201c{each.turn.say}\u201d"
        yield f"    needs {wanted}, came {came}{level}"
        yield f"    understood as {each.intent}, affect {each.affect.score:.2f}{cues}"


async def try_calls(
    calls: Sequence[LabelledCall], stage: Stage, progress: Progress | None = None
) -> Trial:
    """Play labelled calls.

    Args:
        calls: Which.
        stage: Where.
        progress: Is given how many calls are done, and of how many.

    Returns:
        What came of every turn.

    Raises:
        TrialError: The assistant failed to answer a turn.
    """
    few = asyncio.Semaphore(AT_ONCE)
    done = 0

    async def one(call: LabelledCall) -> list[TriedTurn]:
        nonlocal done
        async with few:
            tried = await _Call(call, stage).play()
        done += 1
        if progress:
            progress(done, len(calls))
        return tried

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(call)) for call in calls]
    except* TrialError as errors:
        raise TrialError(str(errors.exceptions[0])) from errors
    return Trial([turn for task in tasks for turn in task.result()])


class Voice:
    """How one caller sounds: words with times and a level, as the recogniser would give them.

    Args:
        name: The same name always sounds the same.
    """

    def __init__(self, name: str) -> None:
        self._chance = random.Random(name)
        self._usual_db = self._chance.uniform(-36.0, -18.0)
        self._words_a_second = self._chance.uniform(2.0, 3.3)

    def says(self, turn: LabelledTurn) -> Transcript:
        """Speak one turn.

        Args:
            turn: The words, and how they differ from this caller's usual.

        Returns:
            The transcript, every word right.
        """
        pace = self._words_a_second * turn.faster * self._chance.gauss(1.0, _PACE_SPREAD)
        level = self._usual_db + turn.louder + self._chance.gauss(0.0, _LEVEL_SPREAD_DB)
        words = tuple(
            Word(word, at / pace, (at + 1) / pace, 1.0) for at, word in enumerate(turn.say.split())
        )
        return Transcript(" ".join(turn.say.split()), words, 1.0, level_db=level)


@dataclass
class _Answer:
    """What the assistant sent for one turn."""

    handoff: Mapping[str, Any] | None = None
    hung_up: bool = False
    intent: str | None = None


class _Call:
    """One labelled call while it is played."""

    def __init__(self, call: LabelledCall, stage: Stage) -> None:
        self._call = call
        self._stage = stage
        self._id = f"trial-{uuid.uuid4().hex[:12]}"
        self._about: dict[str, Any] = {}

    async def play(self) -> list[TriedTurn]:
        """Play it until it is over; turns after that are not reached."""
        opening = await self._begin()
        meter, voice = AffectMeter(load_language()), Voice(self._call.call)
        tried: list[TriedTurn] = []
        over = opening.hung_up
        for turn in self._call.turns:
            if over:
                tried.append(TriedTurn(self._call.call, turn, reached=False))
                continue
            transcript = voice.says(turn)
            affect = meter.judge(transcript, barge_in=turn.interrupts)
            # Whoever is handed over before saying anything is handed over at their first turn.
            answer = opening if opening.handoff else await self._say(transcript, turn, affect)
            tried.append(self._judged(turn, answer, affect))
            over = answer.handoff is not None or answer.hung_up
        return tried

    async def _begin(self) -> _Answer:
        """Give the caller an account, and hear how the assistant opens the call."""
        conversation = Conversation(
            conversation=f"trial {self._call.call}",
            caller=CallerSpec(tier=self._call.tier, orders=_ORDERS),
            says=(Line(say="hello"),),
            must=Must(),
        )
        now = conversation.moment(self._stage.settings.zone)
        cast = await make_cast(conversation, self._stage.database, now)
        self._stage.clock.set(self._id, now)
        record = await Calls(self._stage.database).start(self._id, cast.number, "trial", now)
        customer = record.customer
        self._about = {
            "number": record.caller_number,
            "customer_id": customer.id if customer else None,
            "name": customer.name if customer else None,
            "tier": customer.tier if customer else None,
        }
        return await self._ask(START_OF_CALL, {"resume": None})

    async def _say(self, heard: Transcript, turn: LabelledTurn, affect: Affect) -> _Answer:
        return await self._ask(
            heard.text,
            {
                "asr": {"confidence": heard.confidence, "alternatives": []},
                "affect": {"score": affect.score, "cues": list(affect.cues)},
                "barge_in": turn.interrupts,
                "resume": None,
            },
        )

    async def _ask(self, text: str, metadata: Mapping[str, Any]) -> _Answer:
        told = {"caller": self._about, "channel": "voice", **metadata}
        answer = _Answer()
        async for each in self._stage.assistant.turn(self._id, "t", text, told):
            match each:
                case AssistantHandsOff():
                    answer.handoff = each.details
                case AssistantHangsUp():
                    answer.hung_up = True
                case DialogueState():
                    answer.intent = (each.state.get("intent") or {}).get("name")
                case AssistantFailed():
                    message = f"{self._call.call}: the assistant failed at {text!r}: {each.error}"
                    raise TrialError(message)
        return answer

    def _judged(self, turn: LabelledTurn, answer: _Answer, affect: Affect) -> TriedTurn:
        handoff = answer.handoff
        complaint = (handoff or {}).get("complaint") or {}
        return TriedTurn(
            call=self._call.call,
            turn=turn,
            reason=str(handoff.get("reason")) if handoff is not None else None,
            level=complaint.get("level"),
            intent=answer.intent,
            affect=affect,
        )
