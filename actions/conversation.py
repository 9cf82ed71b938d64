"""What belongs to any conversation: answers, small talk, repeating, not understanding."""

from __future__ import annotations

from actions import agenda, orders
from actions.answers import ANSWERS, FAILED_ATTEMPTS, Answer
from actions.asides import asks_to_ask, disputes_charge
from actions.business import Business
from actions.questions import QUESTIONS
from actions.session import answer_resume
from actions.turn import Instruct, SayAgain, Turn

SMALL_TALK = frozenset(
    {"greet", "thanks", "wait", "what_can_you_do", "are_you_a_robot", "out_of_scope"}
)
# How fast the line speaks after "slower" has been asked for once, and again.
SLOWER = 0.8
SLOWEST = 0.7
MOST_REPEATS = 3
# In a row; somebody who is still looking then is better served by a person.
MOST_WAITS = 4
# From here on a wish that the line cannot grant is one that it has understood.
SURELY_BEYOND = 0.6
# Matters that a person must settle; in the middle of a question only if they are half sure.
BEYOND_THE_LINE = frozenset(
    {"billing_problem", "special_matter", "several_troubles", "legal_question"}
)
PERHAPS_BEYOND = 0.5
# They leave the turn to the caller: nothing is lost when they are not asked again.
OPEN_QUESTIONS = frozenset({"anything_else", "what_then"})


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
    # "No, you charged me too much" after "anything else?" does not end the call.
    matter = turn.intent in BEYOND_THE_LINE
    goes_on = matter and turn.awaiting in OPEN_QUESTIONS
    if not goes_on and await _answered(turn, business):
        turn.set(misunderstandings=0)
        return
    unclear = turn.intent == "nlu_fallback" and turn.awaiting is None
    # Whatever was said of it: one of the caller's own orders was named.
    if unclear and await orders.number_without_task(turn, business):
        turn.set(misunderstandings=0)
        return
    beyond = turn.intent == "out_of_scope"
    if beyond and disputes_charge(turn.text):
        turn.say("utter_problem_needs_person")
        turn.note("actions_not_done", "What was charged has not been looked into")
        turn.escalate("complex")
        return
    failed = FAILED_ATTEMPTS.get(turn.awaiting or "")
    another_matter = matter and (turn.confidence or 0.0) >= PERHAPS_BEYOND
    if failed is not None and not _surely_beyond(turn) and not another_matter:
        if await failed(turn, business):
            return
    elif not _surely_beyond(turn):
        turn.set(misunderstandings=int(turn.get("misunderstandings") or 0) + 1)
    asked = turn.awaiting in QUESTIONS and turn.awaiting not in OPEN_QUESTIONS
    if matter and (not asked or (turn.confidence or 0.0) >= PERHAPS_BEYOND):
        turn.say("utter_beyond_the_line")
        turn.ask("offer_person")
    elif asked:
        turn.say("utter_out_of_scope" if beyond else "utter_not_understood")
        turn.ask_again()
    elif beyond:
        turn.say("utter_out_of_scope")
        turn.ask(turn.awaiting or "what_then")
    else:
        turn.say("utter_rephrase")
        turn.wait_for_answer()


def _surely_beyond(turn: Turn) -> bool:
    """Tell whether the line has understood a wish, and that it cannot grant it."""
    return turn.intent == "out_of_scope" and (turn.confidence or 0.0) >= SURELY_BEYOND


async def small_talk(turn: Turn, business: Business) -> None:
    """Answer a pleasantry or a question about the line itself, then return to the subject."""
    turn.set(misunderstandings=0)
    if turn.awaiting == "resume":
        await answer_resume(turn, business)
    company = business.settings.company_name
    open_question = turn.awaiting in QUESTIONS and turn.awaiting not in OPEN_QUESTIONS
    if asks_to_ask(turn.text):
        turn.say("utter_ask_away")
        turn.wait_for_answer()
    elif turn.intent == "wait":
        await _wait(turn, business)
    elif turn.intent == "greet" and not open_question:
        # The greeting asks how to help by itself.
        turn.say("utter_greet")
        turn.wait_for_answer()
    elif turn.intent == "greet":
        turn.say("utter_still_here")
        turn.ask_again()
    else:
        turn.say(f"utter_{turn.intent}", company=company)
        if turn.intent == "thanks" and turn.awaiting is None:
            turn.ask("anything_else")
        elif open_question or turn.awaiting == "anything_else":
            turn.ask_again()
        else:
            turn.wait_for_answer()


async def _wait(turn: Turn, business: Business) -> None:
    """Give the caller a moment: the open question stays open without being said again."""
    if orders.has_no_number(turn) and await _answered(turn, business):
        return
    if turn.count("wait") > MOST_WAITS:
        turn.ask("offer_person")
    else:
        turn.say("utter_wait")
        turn.wait_for_answer()


async def repeat(turn: Turn, business: Business) -> None:
    """Say the last answer again, slower from now on if that was asked for."""
    if turn.intent == "slow_down":
        again = turn.get("pace") is not None
        pace = SLOWEST if again else SLOWER
        turn.set(pace=pace)
        turn.messages.append(Instruct({"type": "pace", "pace": pace}))
        turn.say("utter_even_slower" if again else "utter_slow_down")
    else:
        turn.say("utter_repeat")
    repeats = turn.count("repeat")
    if not any(isinstance(message, SayAgain) for message in turn.last_answer):
        turn.say("utter_what_can_you_do", company=business.settings.company_name)
        turn.wait_for_answer()
    elif repeats > MOST_REPEATS:
        # Hearing it once more has not helped so far.
        turn.messages = [each for each in turn.messages if isinstance(each, Instruct)]
        turn.ask("offer_person")
    else:
        turn.messages.extend(turn.last_answer)


async def goodbye(turn: Turn, business: Business) -> None:
    """End the call."""
    turn.settle()
    turn.set(active_task=None, misunderstandings=0, put_aside=None, pending_request=None)
    turn.say("utter_goodbye", company=business.settings.company_name)
    turn.hang_up()


async def _answered(turn: Turn, business: Business) -> bool:
    taken = _OWN_ANSWERS.get(turn.awaiting or "") or ANSWERS.get(turn.awaiting or "")
    return await taken(turn, business) if taken else False


async def _answer_offer(turn: Turn, business: Business) -> bool:
    agreed = turn.yes_or_no()
    if agreed:
        turn.escalate("requested")
    elif agreed is False:
        await agenda.done(turn, business)
    return agreed is not None


async def _answer_anything_else(turn: Turn, business: Business) -> bool:
    if not _surely_beyond(turn) and await orders.number_without_task(turn, business):
        return True
    agreed = turn.yes_or_no()
    if agreed:
        turn.ask("what_then")
    elif agreed is False:
        await goodbye(turn, business)
    return agreed is not None


async def _answer_what_then(turn: Turn, business: Business) -> bool:
    if not _surely_beyond(turn) and await orders.number_without_task(turn, business):
        return True
    if turn.yes_or_no() is False:
        await goodbye(turn, business)
        return True
    return False


async def _answer_go_on_with(turn: Turn, business: Business) -> bool:
    """Take the answer to "shall we go on with ...?", or to the question that would come then."""
    aside = agenda.last_aside(turn)
    if aside is None:
        return False
    agreed = turn.yes_or_no()
    if agreed:
        turn.say("utter_back_to_it")
        agenda.take_up(turn)
        return True
    if agreed is False:
        agenda.drop_last_aside(turn)
        agenda.go_on(turn)
        return True
    before = dict(turn.changes), list(turn.messages)
    agenda.restore(turn, aside)
    if turn.awaiting not in {"go_on_with", "go_on_briefly"} and await _answered(turn, business):
        return True
    turn.changes, turn.messages = before
    return False


async def _answer_other_request(turn: Turn, business: Business) -> bool:
    """Take the answer to "and your other question?", which waits since it was said."""
    agreed = turn.yes_or_no()
    if agreed:
        agenda.take_pending(turn)
    elif agreed is False:
        turn.set(pending_request=None)
        agenda.go_on(turn)
    return agreed is not None


async def _unasked(turn: Turn, business: Business) -> None:
    if await orders.number_without_task(turn, business):
        turn.set(misunderstandings=0)
    elif turn.yes_or_no() is not None:
        turn.ask("what_then")
    else:
        await misunderstood(turn, business)


_OWN_ANSWERS: dict[str, Answer] = {
    "offer_person": _answer_offer,
    "anything_else": _answer_anything_else,
    "what_then": _answer_what_then,
    "go_on_with": _answer_go_on_with,
    "go_on_briefly": _answer_go_on_with,
    "other_request": _answer_other_request,
}
