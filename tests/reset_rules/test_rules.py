"""The rules of the password reset, one test each, named by its number.

Real services over a real database, and the real skills turn by turn. What the line itself and the
reset page do for rules 1, 12, 16 and 17 is tested in `test_rules_on_line_and_page.py`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import delete, event, select, text, update

from actions.business import Business
from contact_center.accounts import Accounts, set_password_within
from contact_center.audit import Audit
from contact_center.calls import Calls
from contact_center.database import Database
from contact_center.models import Base, ContactRow, OneTimeCodeRow
from contact_center.one_time_codes import TooManyCodes, TooSoon
from contact_center.outbox import Outbox
from contact_center.passwords import Passwords
from contact_center.reset_links import LinkUsed, NotVerified, PasswordRefused
from contact_center.seed import (
    DEMO_CUSTOMER,
    DEMO_GOLD,
    DEMO_RECENTLY_CHANGED,
    DEMO_STAFF,
    DEMO_VIP,
    ORDER_LATE,
    ORDER_OF_VIP,
    UNKNOWN_ORDER,
)
from tests.actions.conftest import known
from tests.actions.reset_caller import Clock, ResetCaller, reset_by
from tests.reset_links import token_in

from .conftest import Watch

RESPONSES = Path(__file__).parents[2] / "nlu_data" / "responses" / "password_reset.yml"
GOOD = "moss lantern harbour"
WRONG = "wrong!"  # six characters that no code has


async def asks_for_code(caller: ResetCaller, way: str = "email") -> str:
    """Begin, choose a way, and read the code as the customer does."""
    await caller.begins()
    await caller.says(way, "choose_contact")
    return await caller.code()


async def token_of(caller: ResetCaller) -> str:
    """Read the token of the link in the last message."""
    return token_in((await Outbox(caller.db).pending(100))[-1].body)


async def whole_reset(caller: ResetCaller, password: str = GOOD) -> tuple[str, str]:
    """Reset from the first word to the new password; returns the code and the token."""
    code = await asks_for_code(caller)
    await caller.enters(code)
    token = await token_of(caller)
    links = caller.caller.business.reset_links
    await links.check(token, caller.clock())
    await links.use(token, password, caller.clock())
    return code, token


async def everything_stored(db: Database) -> dict[str, set[str]]:
    """Every row of every table, as text."""
    async with db.reading() as session:
        return {
            name: {
                repr(tuple(row)) for row in await session.execute(text(f'SELECT * FROM "{name}"'))
            }
            for name in Base.metadata.tables
        }


async def stored_since(db: Database, before: dict[str, set[str]]) -> str:
    """What was written since, as text."""
    after = await everything_stored(db)
    return "\n".join(row for name in after for row in sorted(after[name] - before[name]))


@contextmanager
def statements(db: Database) -> Iterator[list[str]]:
    """Collect what the database is asked to do, without the values."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        # How a message's savepoint ends is the one difference: it is kept, or taken back.
        if not statement.startswith(("RELEASE", "ROLLBACK TO")):
            seen.append(statement.split("sa_savepoint")[0])

    event.listen(db.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine.sync_engine, "before_cursor_execute", note)


async def test_rule_01_no_password_is_spoken_accepted_or_stored(
    maria: ResetCaller, db: Database
) -> None:
    before = await everything_stored(db)
    heard = await maria.begins("i forgot it but my password was fluffy nineteen")
    assert heard.responses[0] == "utter_no_password"
    assert "fluffy" not in f"{maria.slots}{heard.messages}"
    await maria.says("email", "choose_contact")
    heard = await maria.says("make it to be fluffy twenty my password is that", "password_reset")
    assert heard.responses == ["utter_no_password"]
    await maria.enters(await maria.code())
    await maria.caller.business.reset_links.use(await token_of(maria), GOOD, maria.clock())
    stored = await stored_since(db, before)
    assert "fluffy" not in stored
    assert GOOD not in stored
    blanks = re.findall(r"\{(\w+)\}", RESPONSES.read_text())
    assert set(blanks) == {"kind", "tries", "missing"}


async def test_rule_02_the_callers_number_identifies_and_never_authenticates(
    maria: ResetCaller, db: Database
) -> None:
    await maria.begins()
    await maria.says("email", "choose_contact")
    assert await maria.messages() == [("email", DEMO_CUSTOMER.email)]
    await maria.reports(outcome="verified", tries_left=3)
    assert "utter_link_sent" not in maria.said
    with pytest.raises(NotVerified):
        await maria.caller.business.reset_links.issue(maria.caller.call_id, maria.clock())
    handed = await maria.says("a person please", "talk_to_person", "action_hand_off")
    assert handed.handoff is not None
    assert handed.handoff["identity"]["level"] == "claimed"


async def test_rule_03_no_security_question_is_asked(
    maria: ResetCaller, stranger: ResetCaller
) -> None:
    await asks_for_code(maria)
    await stranger.begins()
    await stranger.gives_order(ORDER_LATE)
    await stranger.says("text", "choose_contact")
    asked = {each for each in (*maria.said, *stranger.said) if each.startswith("utter_ask")}
    assert asked == {"utter_ask_contact_kind", "utter_ask_code", "utter_ask_order_number"}
    personal = r"\b(birth|born|maiden|mother|pet|school|street|zip|security|social|card)\b"
    for texts in yaml.safe_load(RESPONSES.read_text())["responses"].values():
        assert not re.search(personal, " ".join(each["text"] for each in texts).lower())


async def test_rule_04_it_is_sent_to_the_contact_on_file_only(
    maria: ResetCaller, db: Database
) -> None:
    await maria.begins()
    await maria.says("to my email somebody at example dot org", "choose_contact")
    await maria.enters(await maria.code())
    await maria.caller.business.reset_links.use(await token_of(maria), GOOD, maria.clock())
    on_file = {("email", DEMO_CUSTOMER.email), ("text", DEMO_CUSTOMER.phone)}
    assert set(await maria.messages()) == on_file


async def test_rule_05_six_digits_from_the_systems_randomness_for_ten_minutes(
    business: Business, db: Database, clock: Clock
) -> None:
    codes: list[str] = []
    for who in (DEMO_CUSTOMER, None, DEMO_CUSTOMER):
        random.seed(5)
        caller = await reset_by(business, db, clock, who)
        caller.caller.call_id += str(len(codes)) if codes else ""
        await store_call(caller)
        customer = await known(business, DEMO_CUSTOMER.phone)
        sent = await business.codes.send(customer.id, "email", caller.caller.call_id, clock())
        assert sent.expires_at - clock() <= timedelta(minutes=10)
        codes.append(await caller.code())
        clock.wait(1000)
    assert all(re.fullmatch(r"[0-9]{6}", code) for code in codes)
    assert len(set(codes)) > 1, "the same seed must not give the same codes"
    for place, (waited, outcome) in enumerate(((599, "verified"), (600, "expired"))):
        maria = await reset_by(business, db, clock, DEMO_CUSTOMER)
        maria.caller.call_id = f"tried after {waited} s"
        await store_call(maria, f"+1555010300{place}")
        code = await asks_for_code(maria)
        clock.wait(waited)
        tried = await business.codes.try_code(maria.caller.call_id, code, clock())
        assert tried.outcome == outcome


async def test_rule_06_single_use_stored_hashed_bound_to_account_and_call(
    maria: ResetCaller, stranger: ResetCaller, business: Business, db: Database
) -> None:
    code = await asks_for_code(maria)
    async with db.reading() as session:
        (row,) = (await session.scalars(select(OneTimeCodeRow))).all()
    assert row.code_hash.startswith("$argon2id$")
    assert code not in repr(vars(row))
    now = maria.clock()
    customer = await known(business, DEMO_CUSTOMER.phone)
    await business.codes.send(customer.id, "email", stranger.caller.call_id, now)
    assert (await business.codes.try_code(stranger.caller.call_id, code, now)).outcome == "wrong"
    vip = await known(business, DEMO_VIP.phone)
    async with db.session() as session:
        await session.execute(
            update(OneTimeCodeRow).where(OneTimeCodeRow.id == row.id).values(customer_id=vip.id)
        )
    assert (await business.codes.try_code(maria.caller.call_id, code, now)).outcome == "wrong"
    async with db.session() as session:
        await session.execute(
            update(OneTimeCodeRow)
            .where(OneTimeCodeRow.id == row.id)
            .values(customer_id=customer.id)
        )
    assert (await business.codes.try_code(maria.caller.call_id, code, now)).outcome == "verified"
    assert (await business.codes.try_code(maria.caller.call_id, code, now)).outcome == "expired"


async def test_rule_07_three_tries_and_limits_per_account_caller_and_overall(
    maria: ResetCaller, business: Business, db: Database, clock: Clock
) -> None:
    code = await asks_for_code(maria)
    for _ in range(3):
        await maria.enters(WRONG)
    assert maria.slots["handoff_reason"] == "repeated_failure"
    outcome = await business.codes.try_code(maria.caller.call_id, code, clock())
    assert outcome.outcome == "too_many_tries"
    settings = business.settings
    assert await most_codes(business, db, clock, caller="one", account="many") == (
        settings.reset_codes_per_caller
    )
    clock.wait(2 * 86_400)
    assert await most_codes(business, db, clock, caller="many", account="one") == (
        settings.reset_codes_per_account
    )
    clock.wait(2 * 86_400)
    few = settings.model_copy(update={"reset_codes_overall": 4})
    business = Business.over(db, few, clock=clock, even=business.even)
    assert await most_codes(business, db, clock, caller="many", account="many", wait=1) == 4


async def test_rule_08_delays_grow_and_no_account_is_ever_locked(
    business: Business, db: Database, clock: Clock, watch: Watch, maria: ResetCaller
) -> None:
    customer = await known(business, DEMO_CUSTOMER.phone)
    passwords = Passwords()
    async with db.session() as session:
        await set_password_within(session, customer.id, passwords.hash(GOOD), clock())
    await asks_for_code(maria)
    waits = []
    for _ in range(3):
        began = watch.now
        await maria.enters(WRONG)
        waits.append(watch.now - began)
    assert waits[0] < waits[1] < waits[2]
    between = await waits_between_codes(business, db, clock)
    assert between[0] < between[1]
    await most_codes(business, db, clock, caller="many", account="one")
    assert await Accounts(db, passwords).is_password_of(customer.id, GOOD)
    clock.wait(86_400)
    again = await reset_by(business, db, clock, DEMO_CUSTOMER)
    again.caller.call_id = "the next day"
    await store_call(again)
    assert await asks_for_code(again)
    assert again.slots["awaiting"] == "code"


@pytest.mark.parametrize("order", [UNKNOWN_ORDER, ORDER_OF_VIP])
async def test_rule_09_the_same_words_work_and_time_with_and_without_an_account(
    business: Business, db: Database, clock: Clock, watch: Watch, order: str
) -> None:
    seen: list[tuple[list[str], list[str], float, dict[str, int]]] = []
    for place, number in enumerate((ORDER_LATE, order)):
        caller = await reset_by(business, db, clock, None)
        caller.caller.call_id = f"reset-{place}"
        await store_call(caller, f"+1555010{9000 + place}")
        rows = {name: len(stored) for name, stored in (await everything_stored(db)).items()}
        began = watch.now
        with statements(db) as asked:
            await caller.begins()
            await caller.gives_order(number)
            asked.clear()  # looking an order up differs; its turns are padded and counted below
            await caller.says("by text", "choose_contact")
            for _ in range(3):
                await caller.enters(WRONG)
        grown = {
            name: len(stored) - rows[name]
            for name, stored in (await everything_stored(db)).items()
            if name != "messages" and len(stored) != rows[name]
        }
        seen.append((caller.said, asked, watch.now - began, grown))
    with_account, without = seen
    assert with_account[0] == without[0]
    assert with_account[1] == without[1]
    assert with_account[2:] == without[2:]
    assert with_account[3] == {"one_time_codes": 1, "audit": 4}
    assert len(await Outbox(db).pending(10)) == 1


async def test_rule_10_a_contact_changed_in_the_last_seven_days_is_refused(
    business: Business, db: Database, clock: Clock
) -> None:
    customer = await known(business, DEMO_RECENTLY_CHANGED.phone)
    async with db.session() as session:
        await session.execute(
            update(ContactRow)
            .where(ContactRow.customer_id == customer.id)
            .values(changed_at=clock() - timedelta(days=7) + timedelta(seconds=1))
        )
    hugo = await reset_by(business, db, clock, DEMO_RECENTLY_CHANGED)
    await hugo.begins()
    await hugo.says("email", "choose_contact")
    assert hugo.slots["handoff_reason"] == "policy"
    assert await hugo.messages() == []
    clock.wait(1)
    again = await reset_by(business, db, clock, DEMO_RECENTLY_CHANGED)
    await asks_for_code(again)
    assert await again.messages() == [("email", DEMO_RECENTLY_CHANGED.email)]


@pytest.mark.parametrize(
    ("words", "to"),
    [
        ("by email", ("email", DEMO_CUSTOMER.email)),
        ("text me", ("text", DEMO_CUSTOMER.phone)),
    ],
)
async def test_rule_11_email_or_text_as_the_caller_chooses(
    maria: ResetCaller, words: str, to: tuple[str, str]
) -> None:
    heard = await maria.begins()
    assert heard.responses == ["utter_ask_contact_kind"]
    assert await maria.messages() == []
    await maria.says(words, "choose_contact")
    await maria.enters(await maria.code())
    assert await maria.messages() == [to, to]


async def test_rule_11_the_choice_is_among_those_on_file(
    maria: ResetCaller, business: Business, db: Database
) -> None:
    customer = await known(business, DEMO_CUSTOMER.phone)
    async with db.session() as session:
        await session.execute(
            delete(ContactRow)
            .where(ContactRow.customer_id == customer.id)
            .where(ContactRow.kind != "email")
        )
    await maria.begins()
    heard = await maria.says("text me", "choose_contact")
    assert heard.values("utter_code_sent") == {"kind": "e-mail"}, "what is done is said"
    assert await maria.messages() == [("email", DEMO_CUSTOMER.email)]


async def test_rule_12_no_code_is_in_any_table_log_slot_or_message(
    maria: ResetCaller, db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    before = await everything_stored(db)
    with caplog.at_level("DEBUG"):
        heard = await maria.begins()
        heard = await maria.says("email", "choose_contact")
        assert heard.expects is not None
        assert heard.expects["secret"] is True
        code = await maria.code()
        entered = await maria.enters(code)
        token = await token_of(maria)
        await maria.caller.business.reset_links.use(token, GOOD, maria.clock())
        waiting = await stored_since(db, before)
        for message in await Outbox(db).pending(100):
            await Outbox(db).mark_sent(message.id, maria.clock())
    sent = await stored_since(db, before)
    for secret in (code, token):
        assert secret not in waiting
        assert secret not in sent
        assert secret not in caplog.text
        assert secret not in f"{maria.slots}{heard.messages}{entered.messages}"


async def test_rule_13_a_verified_code_permits_the_reset_only(
    maria: ResetCaller, business: Business
) -> None:
    code = await asks_for_code(maria)
    await maria.enters(code)
    with pytest.raises(NotVerified):
        await business.reset_links.issue(maria.caller.call_id, maria.clock())
    assert not [slot for slot, value in maria.slots.items() if "verified" in f"{slot}{value}"]
    handed = await maria.says("a person please", "talk_to_person", "action_hand_off")
    assert handed.handoff is not None
    assert handed.handoff["identity"]["level"] == "claimed"
    heard = await maria.begins()
    assert heard.responses == ["utter_ask_contact_kind"], "another reset needs another code"


async def test_rule_14_the_customer_is_told_at_every_contact(
    maria: ResetCaller, db: Database
) -> None:
    await whole_reset(maria)
    told = [each for each in await Outbox(db).pending(100) if "was changed" in each.body]
    assert {(each.kind, each.to) for each in told} == {
        ("email", DEMO_CUSTOMER.email),
        ("text", DEMO_CUSTOMER.phone),
    }


async def test_rule_15_every_step_is_audited(
    maria: ResetCaller, stranger: ResetCaller, db: Database, business: Business
) -> None:
    await maria.begins()
    await maria.says("email", "choose_contact")
    await maria.enters(WRONG)
    await maria.enters(await maria.code())
    token = await token_of(maria)
    await business.reset_links.check(token, maria.clock())
    with pytest.raises(PasswordRefused):
        await business.reset_links.use(token, "1234567890", maria.clock())
    await business.reset_links.use(token, GOOD, maria.clock())
    with pytest.raises(LinkUsed):
        await business.reset_links.check(token, maria.clock())
    await stranger.begins()
    await stranger.gives_order(UNKNOWN_ORDER)
    await stranger.says("text", "choose_contact")
    vip = await reset_by(business, db, maria.clock, DEMO_VIP)
    await vip.begins()
    steps = {
        call_id: [each.action for each in await Audit(db).entries(call_id=call_id)]
        for call_id in (maria.caller.call_id, stranger.caller.call_id, vip.caller.call_id)
    }
    assert list(steps.values()) == [
        [
            "code_sent",
            "code_wrong",
            "code_verified",
            "link_sent",
            "link_opened",
            "password_refused",
            "password_changed",
            "customer_notified",
            "customer_notified",
            "link_refused",
        ],
        ["code_not_sent"],
        ["code_refused"],
    ]


async def test_rule_16_agents_see_no_code_and_vip_and_staff_go_to_a_person(
    maria: ResetCaller, business: Business, db: Database, clock: Clock
) -> None:
    code = await asks_for_code(maria)
    handed = await maria.says("a person please", "talk_to_person", "action_hand_off")
    assert handed.handoff is not None
    assert "Sent a password reset code by e-mail" in handed.handoff["actions_done"]
    assert code not in repr(handed.handoff)
    for who in (DEMO_VIP, DEMO_STAFF):
        before = await maria.messages()
        caller = await reset_by(business, db, clock, who)
        heard = await caller.begins()
        assert heard.responses == ["utter_reset_needs_person"]
        assert caller.slots["handoff_reason"] == "policy"
        assert await maria.messages() == before


async def test_rule_17_argon2id_and_no_breached_password(
    maria: ResetCaller, business: Business, db: Database
) -> None:
    await maria.enters(await asks_for_code(maria))
    token = await token_of(maria)
    with pytest.raises(PasswordRefused, match="breach"):
        await business.reset_links.use(token, "1234567890", maria.clock())
    await business.reset_links.use(token, GOOD, maria.clock())
    async with db.reading() as session:
        stored = await session.scalar(text("SELECT password_hash FROM accounts"))
    assert re.match(r"\$argon2id\$v=19\$m=65536,t=3,p=4\$", str(stored))


async def store_call(caller: ResetCaller, number: str | None = None) -> None:
    """Store the call of a caller, from a number of its own if it has none."""
    await Calls(caller.db).start(caller.caller.call_id, number, "browser", caller.clock())


async def waits_between_codes(business: Business, db: Database, clock: Clock) -> list[int]:
    """Ask for a code every second of a call until it has had all it may have.

    Returns:
        Seconds from each code to the next.
    """
    caller = await reset_by(business, db, clock, DEMO_GOLD)
    customer = await known(business, DEMO_GOLD.phone)
    waits: list[int] = []
    waited = 0
    await business.codes.send(customer.id, "email", caller.caller.call_id, clock())
    while True:
        clock.wait(1)
        waited += 1
        try:
            await business.codes.send(customer.id, "email", caller.caller.call_id, clock())
        except TooSoon:
            continue
        except TooManyCodes:
            return waits
        waits.append(waited)
        waited = 0


async def most_codes(
    business: Business, db: Database, clock: Clock, *, caller: str, account: str, wait: int = 900
) -> int:
    """Ask for codes in call after call, by one or many callers, for one or many accounts.

    Returns:
        How many were sent before the first that was not.
    """
    async with db.reading() as session:
        customers = list(
            await session.scalars(
                text(
                    "SELECT id FROM customers WHERE tier = 'standard' AND NOT is_staff "
                    f"AND name <> '{DEMO_RECENTLY_CHANGED.name}' ORDER BY id"
                )
            )
        )
    sent = 0
    for place in range(len(customers)):
        call_id = f"{clock().timestamp():.0f}-{place}"
        number = f"+15550102{place if caller == 'many' else 0:03}"
        await Calls(db).start(call_id, number, "browser", clock())
        before = len(await Outbox(db).pending(1000))
        customer_id = customers[place if account == "many" else 0]
        await business.codes.send(customer_id, "email", call_id, clock())
        if len(await Outbox(db).pending(1000)) == before:
            return sent
        sent += 1
        clock.wait(wait)
    return sent
