"""Plays one conversation: the simulated caller on one side, the real assistant on the other."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from contact_center.calls import Calls
from contact_center.one_time_codes import OneTimeCodes
from contact_center.orders import Orders
from contact_center.outbox import Message, Outbox
from contact_center.returns import Returns
from voice_gateway.assistant import START_OF_CALL, DialogueState
from voice_gateway.conversation.affect import AffectMeter
from voice_gateway.conversation.commands import Expect
from voice_gateway.conversation.events import (
    AssistantExpects,
    AssistantFailed,
    AssistantHandsOff,
    AssistantHangsUp,
    AssistantMessage,
)
from voice_gateway.conversation.transcript import MASK, Transcript
from voice_gateway.languages import load_language
from voice_gateway.secret_entry import SecretEntry
from warmline.rehearsal.caller import BotTurn, SimulatedCaller, Spoken
from warmline.rehearsal.cast import Cast, CastOrder, make_cast
from warmline.rehearsal.conversation_file import Conversation, Line
from warmline.rehearsal.ears import Ear
from warmline.rehearsal.stage import Stage

MOST_TURNS: Final = 20
MOST_UNHEARD: Final = 3
TURN_TAKES: Final = timedelta(seconds=12)
"""How much later it is after each turn: the bot's answer and what the caller says to it."""
ENTER_CODE: Final = "/enter_code"
UNCLEAR: Final = "unclear"
"""With this the names begin under which the bot counts unclear answers, while there are any."""
REFUSED: Final = "out_of_scope"
"""The intent that is answered by "I can't help with that on this line"."""
_CODE: Final = re.compile(r"\b\d{6}\b")
_ALL_MESSAGES: Final = 100_000


@dataclass(frozen=True)
class Exchange:
    """One turn of the caller and the bot's answer to it.

    Attributes:
        said: What the caller said; "" for the answer to the call itself.
        heard: What reached the assistant.
        number: The order number that the caller means.
        full_number: The order number that the caller said in full, in this turn.
        line: As it was written.
        intent: What the assistant took it for.
        confidence: Of the intent.
        texts: What the bot answered.
        question: The question that is open then.
        candidate: The order number that the bot believes or has confirmed then.
        seconds: How long the answer took.
    """

    said: str
    heard: str
    number: str = ""
    full_number: str = ""
    line: Line | None = None
    intent: str | None = None
    confidence: float | None = None
    texts: tuple[str, ...] = ()
    question: str | None = None
    candidate: str | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Played:
    """A conversation as it went.

    Attributes:
        conversation: As it is written.
        exchanges: Turn by turn; the first is the bot's opening.
        orders: The orders in it by nickname.
        matched: Whether the caller was known by their number.
        handoff: What the bot handed over, if it did.
        hung_up: Whether the bot ended the call.
        failure: Why a turn could not be answered.
        gave_up: Whether the caller gave up after too many turns or when nothing was heard.
        tasks_done: Tasks that were finished, in order.
        confirmed: Order numbers that were confirmed and exist, in order.
        states: Orders' states before and after, by nickname.
        returning: Nicknames of the orders of which a return is under way at the end.
        messages: Kinds of the messages to the caller, in order.
        codes: Codes that were sent; never printed.
        seconds: How long it took to play.
    """

    conversation: Conversation
    exchanges: tuple[Exchange, ...] = ()
    orders: Mapping[str, CastOrder] = field(default_factory=dict)
    matched: bool = False
    handoff: Mapping[str, Any] | None = None
    hung_up: bool = False
    failure: str | None = None
    gave_up: bool = False
    tasks_done: tuple[str, ...] = ()
    confirmed: tuple[str, ...] = ()
    states: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    returning: frozenset[str] = frozenset()
    messages: tuple[str, ...] = ()
    codes: tuple[str, ...] = field(default=(), repr=False)
    seconds: float = 0.0

    @property
    def bot_texts(self) -> list[str]:
        """Everything that the bot said."""
        return [text for exchange in self.exchanges for text in exchange.texts]


@dataclass
class _Answer:
    """What the assistant sent for one turn."""

    texts: list[str] = field(default_factory=list)
    expects: AssistantExpects | None = None
    handoff: Mapping[str, Any] | None = None
    hung_up: bool = False
    failure: str | None = None
    state: Mapping[str, Any] = field(default_factory=dict)

    @property
    def slots(self) -> Mapping[str, Any]:
        return self.state.get("slots") or {}

    @property
    def over(self) -> bool:
        return self.handoff is not None or self.hung_up or self.failure is not None


async def rehearse(conversation: Conversation, stage: Stage, ear: Ear) -> Played:
    """Play a conversation to its end.

    Args:
        conversation: Which one.
        stage: Where.
        ear: How the caller is heard.

    Returns:
        How it went; a turn that the assistant cannot answer ends it and is no exception.
    """
    began = time.perf_counter()
    call = _Call(conversation, stage, ear)
    await call.begin()
    await call.go_on()
    return await call.end(time.perf_counter() - began)


class _Call:
    """One conversation while it is played."""

    def __init__(self, conversation: Conversation, stage: Stage, ear: Ear) -> None:
        self._conversation = conversation
        self._stage = stage
        self._ear = ear
        self._id = f"rehearsal-{uuid.uuid4().hex[:12]}"
        self._now = conversation.moment(stage.settings.zone)
        language = load_language()
        self._affect = AffectMeter(language)
        self._secrets = SecretEntry(language)
        self._cast = Cast()
        self._about: dict[str, Any] = {}
        self._before: dict[str, str] = {}
        self._exchanges: list[Exchange] = []
        self._confirmed: list[str] = []
        self._answer = _Answer()
        self._gave_up = False
        self._unclear_before = 0

    async def begin(self) -> None:
        """Make the cast, answer the call, and hear how the bot opens it."""
        db = self._stage.database
        self._cast = await make_cast(self._conversation, db, self._now)
        self._stage.clock.set(self._id, self._now)
        call = await Calls(db).start(self._id, self._cast.number, "rehearsal", self._now)
        customer = call.customer
        self._about = {
            "number": call.caller_number,
            "customer_id": customer.id if customer else None,
            "name": customer.name if customer else None,
            "tier": customer.tier if customer else None,
        }
        self._before = await self._states()
        await self._ask("", START_OF_CALL, {"resume": None})

    async def go_on(self) -> None:
        """Take turns until the call is over or the caller gives up."""
        caller = SimulatedCaller(self._conversation, self._cast)
        spoken: Spoken | None = None
        unheard = 0
        for turn in range(1, MOST_TURNS + 1):
            if self._answer.over:
                return
            asked = self._bot_turn()
            self._later()
            if unheard == 0 or spoken is None or spoken.line.silent:
                codes = _codes_in(await self._messages_to_caller())
                spoken = caller.answer(asked, codes[-1] if codes else None)
            if spoken is None:
                return
            heard = await self._ear.hear(spoken, asked, call=self._conversation.name, turn=turn)
            if heard.text or spoken.keys:
                unheard = 0
                await self._tell(spoken, heard)
            else:
                # The line itself asks again; the assistant learns nothing of it.
                self._exchanges.append(Exchange(spoken.words, ""))
                unheard += 1
                if unheard == MOST_UNHEARD:
                    break
        self._gave_up = not self._answer.over

    async def end(self, seconds: float) -> Played:
        """Collect what came of it."""
        db = self._stage.database
        await Calls(db).end(self._id, "completed", self._now)
        after = await self._states()
        return Played(
            conversation=self._conversation,
            exchanges=tuple(self._exchanges),
            orders=self._cast.orders,
            matched=self._about.get("customer_id") is not None,
            handoff=self._answer.handoff,
            hung_up=self._answer.hung_up,
            failure=self._answer.failure,
            gave_up=self._gave_up,
            tasks_done=tuple(self._answer.slots.get("tasks_done") or ()),
            confirmed=tuple(self._confirmed),
            states={name: (self._before[name], after[name]) for name in after},
            returning=await self._returning(),
            messages=tuple(message.kind for message in await self._messages_to_caller()),
            codes=tuple(_codes_in(await self._messages())),
            seconds=seconds,
        )

    def _bot_turn(self) -> BotTurn:
        expects, slots = self._answer.expects, self._answer.slots
        return BotTurn(
            texts=tuple(self._answer.texts),
            question=slots.get("awaiting"),
            values=slots.get("question_values") or {},
            grammar=expects.grammar if expects else "free",
            choices=expects.choices if expects else (),
            length=expects.length if expects else None,
            secret=expects.secret if expects else False,
            misunderstood=self._misunderstood and not self._refused,
        )

    @property
    def _misunderstood(self) -> bool:
        """Whether the bot did not understand, or counted an answer that was not clear."""
        slots = self._answer.slots
        return bool(slots.get("misunderstandings")) or _unclear(slots) > self._unclear_before

    @property
    def _refused(self) -> bool:
        """Whether the bot has told that it cannot do that; nobody says the same again then."""
        intent = self._answer.state.get("intent") or {}
        return intent.get("name") == REFUSED

    def _later(self) -> None:
        self._now += TURN_TAKES
        self._stage.clock.set(self._id, self._now)

    async def _tell(self, spoken: Spoken, heard: Transcript) -> None:
        masked = self._masked(spoken, heard)
        text, about_code = masked.text, None
        if MASK in masked.text:
            text, about_code = ENTER_CODE, await self._try_code()
        affect = self._affect.judge(masked, barge_in=spoken.line.interrupts)
        metadata = {
            "asr": {"confidence": masked.confidence, "alternatives": list(masked.alternatives)},
            "affect": {"score": affect.score, "cues": list(affect.cues)},
            "barge_in": spoken.line.interrupts,
            "resume": None,
        }
        if about_code is not None:
            metadata["code"] = about_code
        said = spoken.words or f"[keys {spoken.keys}]"
        if about_code is not None:
            said = masked.text
        await self._ask(said, text, metadata, shown=masked.text, spoken=spoken)

    def _masked(self, spoken: Spoken, heard: Transcript) -> Transcript:
        if not spoken.keys:
            self._secrets.speech_started()
            return self._secrets.final(heard)
        shown = [self._secrets.key(key) for key in spoken.keys]
        if self._secrets.hides:
            return Transcript(" ".join(key[0] for key in shown), confidence=1.0)
        return heard

    async def _try_code(self) -> dict[str, Any]:
        entry = self._secrets.take()
        if not entry.code:
            return {"outcome": "incomplete", "missing": entry.missing}
        codes = OneTimeCodes(self._stage.database, self._stage.settings)
        result = await codes.try_code(self._id, entry.code, self._now)
        self._secrets.settled()
        return {"outcome": result.outcome, "tries_left": result.tries_left}

    async def _ask(
        self,
        said: str,
        text: str,
        metadata: Mapping[str, Any],
        *,
        shown: str = "",
        spoken: Spoken | None = None,
    ) -> None:
        began = time.perf_counter()
        before = self._answer
        self._unclear_before = _unclear(before.slots)
        self._answer = answer = _Answer()
        told = {"caller": self._about, "channel": "voice", **metadata}
        turn_id = f"t{len(self._exchanges)}"
        async for each in self._stage.assistant.turn(self._id, turn_id, text, told):
            match each:
                case AssistantMessage():
                    answer.texts.append(each.text)
                case AssistantExpects():
                    answer.expects = each
                case AssistantHandsOff():
                    answer.handoff = each.details
                case AssistantHangsUp():
                    answer.hung_up = True
                case AssistantFailed():
                    answer.failure = each.error
                case DialogueState():
                    answer.state = each.state
        if answer.failure:
            answer.state = before.state
        if answer.expects is not None:
            expects = answer.expects
            self._secrets.expect(
                Expect(expects.grammar, expects.choices, expects.length, expects.secret)
            )
        await self._note_confirmed(answer.slots)
        intent = answer.state.get("intent") or {}
        self._exchanges.append(
            Exchange(
                said=said,
                heard=shown,
                number=spoken.number if spoken else "",
                full_number=spoken.full_number if spoken else "",
                line=spoken.line if spoken else None,
                intent=intent.get("name"),
                confidence=intent.get("confidence"),
                texts=tuple(answer.texts),
                question=answer.slots.get("awaiting"),
                candidate=_candidate(answer.slots),
                seconds=time.perf_counter() - began,
            )
        )

    async def _note_confirmed(self, slots: Mapping[str, Any]) -> None:
        number = slots.get("order_number")
        if not number or not slots.get("order_confirmed"):
            return
        known = await Orders(self._stage.database).find(str(number))
        if known and known.number not in self._confirmed[-1:]:
            self._confirmed.append(known.number)

    async def _states(self) -> dict[str, str]:
        orders = Orders(self._stage.database)
        found = {name: await orders.find(order.number) for name, order in self._cast.orders.items()}
        return {name: each.state.replace("_", " ") for name, each in found.items() if each}

    async def _returning(self) -> frozenset[str]:
        returns = Returns(self._stage.database, self._stage.settings.company_name)
        found = {
            name: await returns.of_order(order.number) for name, order in self._cast.orders.items()
        }
        under_way = ("label_sent", "in_transit")
        return frozenset(name for name, each in found.items() if each and each.state in under_way)

    async def _messages(self) -> list[Message]:
        waiting = await Outbox(self._stage.database).pending(_ALL_MESSAGES)
        return [message for message in waiting if message.call_id == self._id]

    async def _messages_to_caller(self) -> list[Message]:
        # What goes to the contact of another account is never seen by who calls.
        about = self._cast.customer_id
        return [each for each in await self._messages() if each.customer_id == about]


def _unclear(slots: Mapping[str, Any]) -> int:
    asked = slots.get("asked") or {}
    return sum(int(times) for name, times in asked.items() if name.startswith(UNCLEAR))


def _codes_in(messages: list[Message]) -> list[str]:
    found = [_CODE.search(message.body) for message in messages if message.secret]
    return [each.group() for each in found if each]


def _candidate(slots: Mapping[str, Any]) -> str | None:
    number = slots.get("order_number") if slots.get("order_confirmed") else None
    value = number or slots.get("candidate")
    return str(value) if value else None
