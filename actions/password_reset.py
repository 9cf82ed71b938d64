"""A password reset by telephone: whose account, by which way, the code, and then a link.

The same words are said whether or not an account exists, so that nobody can find out by calling.
No password is ever spoken here, and no code ever arrives here: the line tries it, and this skill
hears what came of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from actions import agenda, attempts
from actions.business import Business
from actions.reset_words import (
    about_password,
    contact_kind,
    has_code,
    is_somebody_elses,
    reaches_no_contact,
    speaks_of_order,
    wants_code_again,
    wants_other_way,
)
from actions.turn import Turn
from contact_center.one_time_codes import (
    DIGITS,
    CodeRefused,
    NeedsPerson,
    TooManyCodes,
    TooSoon,
)
from contact_center.orders import Order
from contact_center.outbox import MessageKind
from contact_center.reset_links import NotVerified

Skill = Callable[[Turn, Business], Awaitable[None]]

TASK: Final = "password_reset"
# How an entry can go wrong, as it is counted beside how often each question was asked.
INCOMPLETE: Final = "incomplete code"
WRONG: Final = "wrong code"
# After so many that came to nothing, the line asks for the keys; and then for a person.
TRIES_BY_VOICE: Final = 2
MOST_INCOMPLETE: Final = 4
SPOKEN_KINDS: Final[dict[MessageKind, str]] = {"email": "e-mail", "text": "text message"}
OTHER_KIND: Final[dict[MessageKind, MessageKind]] = {"email": "text", "text": "email"}
NUMBER_QUESTIONS: Final = frozenset(
    {
        "order_number",
        "rest_of_number",
        "confirm_number",
        "confirm_near",
        "confirm_recent",
        "which_order",
    }
)


async def password_reset(turn: Turn, business: Business) -> None:
    """Begin a password reset, or go on with the one under way."""
    if turn.get("active_task") == TASK and await _gone_on(turn, business):
        return
    agenda.begin(turn, TASK, "password_reset")
    turn.set(reset_customer_id=None, reset_kind=None)
    _remark(turn)
    if turn.customer_id is not None and not is_somebody_elses(turn.text):
        await _for_caller(turn, business, turn.customer_id)
        return
    turn.set(number_attempts=0, partial_number=None, candidate=None)
    if is_somebody_elses(turn.text):
        turn.say("utter_reset_somebody_elses")
    elif not turn.messages:
        turn.say("utter_reset_identify")
    turn.ask("order_number")


async def identified_by_order(turn: Turn, order: Order | None) -> None:
    """Go on with the account an order belongs to, or with none in the same words."""
    turn.set(reset_customer_id=order.customer_id if order is not None else None)
    turn.ask("contact_kind")


async def answer_contact_kind(turn: Turn, business: Business) -> bool:
    """Take the choice between e-mail and text; returns whether it was an answer."""
    if _remark(turn):
        turn.ask_again()
        return True
    kind = contact_kind(turn.text)
    if kind is None:
        if not reaches_no_contact(turn.text):
            return False
        _to_a_person(turn, "policy", "The caller can reach none of the contacts on file")
        return True
    await _send(turn, business, kind)
    return True


async def unclear_contact_kind(turn: Turn, business: Business) -> bool:
    """Count an answer that chooses neither way; returns whether a person takes over for it."""
    if not attempts.unclear(turn, attempts.WHICH_CONTACT):
        return False
    _to_a_person(turn, "repeated_failure", "No code has been sent: it was not clear by which way")
    return True


async def answer_code(turn: Turn, business: Business) -> bool:
    """Take what came of the caller's code, or what the caller says instead of one.

    Returns:
        Whether it was either.
    """
    if turn.intent == "enter_code":
        await _entered(turn, business, turn.metadata.get("code") or {})
        return True
    if _remark(turn):
        turn.wait_for_answer()
        return True
    last = _last_kind(turn)
    named = contact_kind(turn.text)
    if reaches_no_contact(turn.text) and last is None:
        _to_a_person(turn, "policy", "The caller can reach none of the contacts on file")
    elif wants_other_way(turn.text) or reaches_no_contact(turn.text):
        await _send_or_ask(turn, business, named or (OTHER_KIND[last] if last else None))
    elif named is not None and (named != last or wants_code_again(turn.text)):
        await _send_or_ask(turn, business, named)
    elif wants_code_again(turn.text) or turn.yes_or_no() is False:
        await _send_or_ask(turn, business, last)
    elif has_code(turn.text) or turn.yes_or_no():
        turn.ask("code")
    else:
        return False
    return True


def listening_for_code(skill: Skill) -> Skill:
    """Let words about the code reach the reset while its code is awaited.

    In any other call "it never came" is a late order.

    Args:
        skill: What the words would otherwise be for.

    Returns:
        The skill, left out in those turns.
    """

    async def listening(turn: Turn, business: Business) -> None:
        of_code = wants_code_again(turn.text) and not speaks_of_order(turn.text)
        if turn.awaiting == "code" and of_code and await answer_code(turn, business):
            turn.set(misunderstandings=0)
        else:
            await skill(turn, business)

    return listening


async def _gone_on(turn: Turn, business: Business) -> bool:
    """Take a turn about passwords for an answer in the reset that is under way."""
    match turn.awaiting:
        case "code":
            return await answer_code(turn, business)
        case "contact_kind":
            if not await answer_contact_kind(turn, business):
                turn.ask_again()
            return True
        case question if question in NUMBER_QUESTIONS:
            _remark(turn)
            turn.ask_again()
            return True
        case _:
            return False


async def _for_caller(turn: Turn, business: Business, customer_id: int) -> None:
    turn.set(reset_customer_id=customer_id)
    try:
        await business.codes.begin(customer_id, turn.call_id, business.now())
    except NeedsPerson:
        _to_a_person(turn, "policy", "No code has been sent: a person sees to this account")
        return
    turn.ask("contact_kind")


async def _send_or_ask(turn: Turn, business: Business, kind: MessageKind | None) -> None:
    if kind is None:
        turn.ask("contact_kind")
    else:
        await _send(turn, business, kind)


async def _send(
    turn: Turn, business: Business, kind: MessageKind, response: str = "utter_code_sent"
) -> None:
    account = turn.get("reset_customer_id")
    try:
        sent = await business.codes.send(
            int(account) if account is not None else None, kind, turn.call_id, business.now()
        )
    except TooSoon:
        turn.say("utter_code_on_its_way")
        turn.expect_answer("code", {})
        return
    except CodeRefused as refusal:
        reason = "repeated_failure" if isinstance(refusal, TooManyCodes) else "policy"
        _to_a_person(turn, reason, "No password reset code has been sent")
        return
    turn.set(reset_kind=sent.kind)
    spoken = SPOKEN_KINDS[sent.kind]
    known = turn.customer_id is not None and turn.customer_id == account
    turn.note(
        "actions_done",
        f"Sent a password reset code by {spoken}{'' if known else ', if there is an account'}",
    )
    turn.say(response, kind=spoken)
    turn.ask("code")


async def _entered(turn: Turn, business: Business, result: Mapping[str, Any]) -> None:
    match result.get("outcome"):
        case "verified":
            await _verified(turn, business)
        case "wrong":
            left = int(result.get("tries_left") or 0)
            tries = "one more try" if left == 1 else f"{left} more tries"
            turn.count(WRONG)
            by_keys = _failed_entries(turn) >= TRIES_BY_VOICE
            turn.say("utter_code_wrong_key_in" if by_keys else "utter_code_wrong", tries=tries)
            turn.expect_answer("code", {})
        case "too_many_tries":
            _to_a_person(turn, "repeated_failure", "The code was wrong too often; no link was sent")
        case "incomplete":
            _incomplete(turn, int(result.get("missing") or 0))
        case _:
            await _send_new(turn, business)


def _incomplete(turn: Turn, missing: int) -> None:
    """Ask for the digits that are missing; when the voice does not bring them, for the keys."""
    before = (turn.get("question_values") or {}).get("length")
    # Somebody who says the code in pieces gets further with each.
    further = before is not None and missing < int(before) < DIGITS
    if not further and turn.count(INCOMPLETE) >= MOST_INCOMPLETE:
        _to_a_person(turn, "repeated_failure", "The code never came in full; no link was sent")
    elif not further and _failed_entries(turn) >= TRIES_BY_VOICE:
        turn.say("utter_key_code_in")
        turn.expect_answer("code", {})
    else:
        turn.say(
            "utter_code_incomplete",
            missing="one more digit" if missing == 1 else f"{missing} more digits",
        )
        # The line ends the caller's turn as soon as it has heard what is missing.
        turn.expect_answer("code", {"length": missing or DIGITS})


def _failed_entries(turn: Turn) -> int:
    """Count the entries of a code that came to nothing so far."""
    return turn.counted(INCOMPLETE) + turn.counted(WRONG)


async def _verified(turn: Turn, business: Business) -> None:
    try:
        link = await business.reset_links.issue(turn.call_id, business.now())
    except NotVerified:
        await _send_new(turn, business)
        return
    spoken = SPOKEN_KINDS[link.kind]
    turn.note("actions_done", f"Sent a password reset link by {spoken}, after the right code")
    turn.note("promises", f"A link to set a new password by {spoken}, good for 30 minutes")
    turn.set(reset_customer_id=None, reset_kind=None)
    turn.say("utter_link_sent", kind=spoken)
    await agenda.done(turn, business)


async def _send_new(turn: Turn, business: Business) -> None:
    """Send a new code in place of one that is too old, or that was sent in a call before."""
    kind = _last_kind(turn)
    if kind is None:
        turn.ask("contact_kind")
    else:
        await _send(turn, business, kind, "utter_code_expired")


def _remark(turn: Turn) -> bool:
    """Stop a caller who speaks of the password itself; returns whether there was need to."""
    match about_password(turn.text):
        case "offers_it":
            turn.say("utter_no_password")
        case "wants_it_told":
            turn.say("utter_cannot_tell_password")
        case None:
            return False
    return True


def _to_a_person(turn: Turn, reason: str, not_done: str) -> None:
    turn.say("utter_reset_needs_person")
    turn.note("actions_not_done", not_done)
    turn.escalate(reason)


def _last_kind(turn: Turn) -> MessageKind | None:
    match turn.get("reset_kind"):
        case "email":
            return "email"
        case "text":
            return "text"
        case _:
            return None
