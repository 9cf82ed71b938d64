"""A password reset from the first word to the new password, and what is left of it afterwards."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import httpx
import pytest
from line import LineUnderTest

from contact_center.accounts import Accounts
from contact_center.audit import Audit
from contact_center.customers import Customers
from contact_center.outbox import Message, Outbox
from contact_center.passwords import Passwords
from contact_center.seed import DEMO_CUSTOMER, DEMO_GOLD, SeedCustomer
from tests.reset_links import link_in, token_in
from tests.reset_rules.traces import NAMES, Leavings, spelled, traces
from voice_gateway.caller.audio import CallerFrame, CallSnapshot
from voice_gateway.caller.client import CallEvent, CallReport, OnEvent
from voice_gateway.caller.response_delay import MeasuredTurn
from voice_gateway.caller.scripted import Press, Say, Script, ScriptedCaller, Step, Wait
from voice_gateway.speech.caller_voice import CallerVoice

GOOD = "moss lantern harbour 42"
FORM = {"sec-fetch-site": "same-origin", "origin": "null"}
GOODBYE = (Say("no thank you goodbye"), Wait("ended"))


@dataclass
class CallerWithMailbox:
    """Says the first steps, waits for a code to arrive, and goes on with what it makes of it."""

    first: Sequence[Step]
    code: Callable[[], Awaitable[str | None]]
    then: Callable[[str], Sequence[Step]]
    voice: CallerVoice = field(default_factory=CallerVoice)

    @property
    def failure(self) -> str | None:
        return self._caller.failure

    async def start(self, sample_rate: int) -> None:
        script = Script(*self.first, Wait("ended", 90))
        self._caller = ScriptedCaller(script, self.voice)
        await self._caller.start(sample_rate)
        self._reading = asyncio.create_task(self._read(sample_rate))

    async def _read(self, sample_rate: int) -> None:
        while (code := await self.code()) is None:
            await asyncio.sleep(0.2)
        caller = ScriptedCaller(Script(*self.then(code)), self.voice)
        await caller.start(sample_rate)
        self._caller = caller

    def frame(self, call: CallSnapshot) -> CallerFrame:
        return self._caller.frame(call)

    def hear(self, pcm: bytes) -> None:
        self._caller.hear(pcm)

    async def close(self) -> None:
        self._reading.cancel()


def told_to(page: list[str]) -> OnEvent:
    """Collect what the server tells a caller's page, without what the page measures by itself."""

    def take(event: CallEvent, _at: float) -> None:
        if not isinstance(event, MeasuredTurn):
            page.append(repr(event))

    return take


@dataclass
class Reset:
    """A call for a reset: who calls, what was sent, and everything that the page was told."""

    line: LineUnderTest
    who: SeedCustomer
    told: list[str] = field(default_factory=list)
    code: str = ""

    async def __call__(self, *first: Step, then: Callable[[str], Sequence[Step]]) -> CallReport:
        before = {message.id for message in await Outbox(self.line.database).pending(1000)}

        async def read_code() -> str | None:
            for message in await Outbox(self.line.database).pending(1000):
                found = re.search(r"\b\d{6}\b", message.body)
                if found and message.id not in before and message.to == self.who.email:
                    self.code = found[0]
            return self.code or None

        report = await self.line.call(
            CallerWithMailbox(first, read_code, then),
            number=self.who.phone,
            on_event=told_to(self.told),
        )
        assert report.ok, report
        return report

    async def sent(self, report: CallReport) -> list[Message]:
        messages = await Outbox(self.line.database).pending(1000)
        return [message for message in messages if message.call_id == report.call_id]

    async def steps(self, report: CallReport) -> list[str]:
        assert report.call_id is not None
        entries = await Audit(self.line.database).entries(call_id=report.call_id)
        return [entry.action for entry in entries]


async def set_password(line: LineUnderTest, link: str, password: str) -> None:
    """Open the page behind a link, be refused once, and set a password."""
    assert link.startswith(f"http://127.0.0.1:{line.settings.desk_port}/reset/")
    async with httpx.AsyncClient(trust_env=False, headers=FORM) as browser:
        assert "Set a new password" in (await browser.get(link)).text
        refused = await browser.post(link, data={"password": "qwertyuiop", "again": "qwertyuiop"})
        assert refused.status_code == 422
        taken = await browser.post(link, data={"password": password, "again": password})
        assert taken.status_code == 303
        assert (await browser.get(link)).status_code == 404


def says_it(code: str) -> Sequence[Step]:
    """Say a code; once more where it was not heard right."""
    digits = spelled(code)
    again = Say(digits, when="not the code|match|need|missing|catch")
    return Say(digits), again, *GOODBYE


def keys_it_after_a_wrong_one(code: str) -> Sequence[Step]:
    wrong = "".join(str((int(digit) + 1) % 10) for digit in code)
    return Press(wrong), Press(code), *GOODBYE


@pytest.mark.parametrize(
    ("who", "enters"), [(DEMO_CUSTOMER, says_it), (DEMO_GOLD, keys_it_after_a_wrong_one)]
)
async def test_a_code_leads_to_a_link_and_a_new_password_and_is_kept_nowhere(
    line: LineUnderTest, who: SeedCustomer, enters: Callable[[str], Sequence[Step]]
) -> None:
    leavings = Leavings(line.settings.data_dir)
    reset = Reset(line, who)
    report = await reset(
        Say("i forgot my password"), Say("by email please", when="e-mail"), then=enters
    )
    code_message, link_message = await reset.sent(report)
    assert {code_message.to, link_message.to} == {who.email}
    assert re.search(r"link", await line.said(report))
    token = token_in(link_message.body)
    await set_password(line, link_in(link_message.body), GOOD)

    customer = await Customers(line.database).find_by_phone(who.phone)
    assert customer is not None
    assert await Accounts(line.database, Passwords()).is_password_of(customer.id, GOOD)
    told = [m.to for m in await reset.sent(report) if "was changed" in m.body]
    assert sorted(told) == sorted([who.email, who.phone])
    steps = [step for step in await reset.steps(report) if step != "code_wrong"]
    assert steps == [
        "code_sent",
        "code_verified",
        "link_sent",
        "link_opened",
        "password_refused",
        "password_changed",
        "customer_notified",
        "customer_notified",
        "link_refused",
    ]

    heard = [turn.text for turn in await line.turns(report) if turn.speaker == "caller"]
    assert "• • • • • •" in heard
    assert not set(NAMES) & set(" ".join(heard).split())
    rows, lines = leavings.rows(), leavings.lines()
    assert str(report.call_id) in rows
    assert "/enter_code" in rows, "the assistant's own store was looked into as well"
    assert str(report.call_id) in lines
    for seen in (rows, lines, "\n".join(reset.told)):
        assert traces(reset.code, seen) == []
        assert token not in seen
        assert GOOD not in seen
    assert spelled(reset.code).encode() not in leavings.raw()
    assert GOOD.encode() not in leavings.raw()


async def test_a_password_that_is_said_is_hidden_and_kept_nowhere(line: LineUnderTest) -> None:
    leavings = Leavings(line.settings.data_dir)
    told: list[str] = []
    report = await line.spoken_call(
        Say("i can't log in my password was blue horse garden"),
        Say("no thank you goodbye"),
        on_event=told_to(told),
    )
    assert report.ok, report
    assert re.search(r"my password \w+ \[hidden\]", "\n".join(told)), "it was heard, and hidden"
    for seen in (leavings.rows(), leavings.lines(), "\n".join(told)):
        assert str(report.call_id) in seen
        assert not re.search(r"\b(blue|horse|garden)\b", seen)
