"""What belongs to any conversation: answers, small talk, repeating, not understanding."""

from __future__ import annotations

from actions import orders, password_reset
from actions.business import Business
from actions.orders import NUMBER_QUESTIONS
from actions.session import answer_resume
from actions.turn import SayAgain, Turn

SMALL_TALK = frozenset(
    {"greet", "thanks", "wait", "what_can_you_do", "are_you_a_robot", "slow_down", "out_of_scope"}
)


async def answer(turn: Turn, business: Business) -> None:
    """Take an answer to the open question, or make sense of one that nobody asked for."""
    if await _answered(turn, business):
        turn.set(misunderstandings=0)
    elif turn.awaiting is None:
        await _unasked(turn, business)
    else:
        await misunderstood(turn, business)


async def misunderstood(turn: Turn, business: Business) -> None:
    """Ask to say it differently, unless the turn answers the open question after all."""
    if await _answered(turn, business):
        turn.set(misunderstandings=0)
        return
    turn.set(misunderstandings=int(turn.get("misunderstandings") or 0) + 1)
    turn.say("utter_out_of_scope" if turn.intent == "out_of_scope" else "utter_rephrase")
    if turn.ask_again():
        return
    if turn.intent == "out_of_scope":
        turn.ask("what_then")
    else:
        turn.expect_anything()


async def small_talk(turn: Turn, business: Business) -> None:
    """Answer a pleasantry or a question about the line itself, then return to the subject."""
    turn.set(misunderstandings=0)
    if turn.awaiting == "resume":
        await answer_resume(turn, business)
    turn.say(f"utter_{turn.intent}", company=business.settings.company_name)
    if turn.intent == "wait":
        # The caller needs a moment: the open question stays open without being said again.
        if turn.awaiting:
            turn.expect_answer(turn.awaiting, turn.get("question_values") or {})
    elif turn.intent == "thanks" and turn.awaiting is None:
        turn.ask("anything_else")
    elif turn.awaiting == "what_then" or not turn.ask_again():
        turn.expect_anything()


async def repeat(turn: Turn, business: Business) -> None:
    """Say the last answer again."""
    turn.say("utter_slow_down" if turn.intent == "slow_down" else "utter_repeat")
    if not any(isinstance(message, SayAgain) for message in turn.last_answer):
        turn.say("utter_what_can_you_do", company=business.settings.company_name)
        turn.expect_anything()
        return
    turn.messages.extend(turn.last_answer)


async def goodbye(turn: Turn, business: Business) -> None:
    """End the call."""
    turn.settle()
    turn.set(active_task=None, misunderstandings=0)
    turn.say("utter_goodbye", company=business.settings.company_name)
    turn.hang_up()


async def _answered(turn: Turn, business: Business) -> bool:
    question = turn.awaiting
    if question in NUMBER_QUESTIONS:
        return await orders.answer_number(turn, business)
    match question:
        case "confirm_cancel":
            return await orders.answer_cancel(turn, business)
        case "contact_kind":
            return await password_reset.answer_contact_kind(turn, business)
        case "offer_person":
            return _answer_offer(turn)
        case "anything_else":
            return await _answer_anything_else(turn, business)
        case "resume":
            return await answer_resume(turn, business)
        case "what_then":
            return await _answer_what_then(turn, business)
        case _:
            return False


def _answer_offer(turn: Turn) -> bool:
    agreed = turn.yes_or_no()
    if agreed:
        turn.escalate("requested")
    elif agreed is False:
        turn.set(active_task=None)
        turn.ask("anything_else")
    return agreed is not None


async def _answer_anything_else(turn: Turn, business: Business) -> bool:
    if await orders.number_without_task(turn, business):
        return True
    agreed = turn.yes_or_no()
    if agreed:
        turn.ask("what_then")
    elif agreed is False:
        await goodbye(turn, business)
    return agreed is not None


async def _answer_what_then(turn: Turn, business: Business) -> bool:
    if await orders.number_without_task(turn, business):
        return True
    if turn.yes_or_no() is False:
        await goodbye(turn, business)
        return True
    return False


async def _unasked(turn: Turn, business: Business) -> None:
    if await orders.number_without_task(turn, business):
        turn.set(misunderstandings=0)
    elif turn.yes_or_no() is not None:
        turn.ask("what_then")
    else:
        await misunderstood(turn, business)
