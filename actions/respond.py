"""One turn from the caller's words to the whole answer, whichever skill it is for.

Before the skill, what was said beside the point is dealt with; after it, what waits is done; and at
last the answer is kept from going in a circle.
"""

from __future__ import annotations

from actions import agenda, patience
from actions.asides import (
    after_giving_up,
    asks_about_question,
    gives_up,
    gives_up_first,
    starts_over,
    task_come_back_to,
)
from actions.business import Business
from actions.corrections import correct_order
from actions.questions import QUESTIONS
from actions.session import answer_about_order
from actions.skills import BEGINS, SKILLS, Skill
from actions.turn import Instruct, Request, Turn

# These answer by themselves: the call begins, or is over for the assistant.
NOT_ATTENDED = frozenset({"action_start_call", "action_hand_off", "action_goodbye"})
# A request is the answer to these.
ASKS_FOR_REQUEST = frozenset({"anything_else", "what_then", "other_request"})
# Said before a question that comes again; an explanation takes their place.
LEAD_INS = frozenset({"utter_not_understood", "utter_still_here"})
MOST_REQUESTS = 3


async def respond(action: str, turn: Turn, business: Business) -> None:
    """Answer a turn by an action of the assistant's domain.

    Args:
        action: The action's name.
        turn: The caller's turn; its messages and changes are filled.
        business: What the skills work on.

    Raises:
        KeyError: There is no such action.
    """
    skill = SKILLS[action]
    if action in NOT_ATTENDED:
        await skill(turn, business)
        await _follow(turn, business)
        return
    turn.set(turns=int(turn.get("turns") or 0) + 1)
    agenda.take_along(turn)
    finished = len(turn.get("tasks_done") or [])
    if turn.awaiting in ASKS_FOR_REQUEST and turn.intent in BEGINS:
        if (turn.get("pending_request") or {}).get("intent") == turn.intent:
            turn.set(pending_request=None)
        turn.settle()
    if not await _attend(turn, business):
        await skill(turn, business)
    await _follow(turn, business)
    if len(turn.get("tasks_done") or []) > finished:
        turn.set(asked=None)
    _keep_from_circling(turn)


async def _follow(turn: Turn, business: Business) -> None:
    for _ in range(MOST_REQUESTS):
        if turn.then is None:
            return
        request, turn.then = turn.then, None
        turn.intent, turn.text, turn.alternatives = request.intent, request.text, ()
        # What is gone on with has been understood before.
        turn.confidence = None
        await _skill_of(request.intent)(turn, business)


def _skill_of(intent: str) -> Skill:
    return SKILLS[BEGINS.get(intent, "action_misunderstood")]


async def _attend(turn: Turn, business: Business) -> bool:
    """Deal with what was said about the conversation itself; returns whether that was all."""
    if turn.awaiting in QUESTIONS and asks_about_question(turn.text):
        _explain(turn)
        return True
    if turn.awaiting == "about_order" and await answer_about_order(turn, business):
        return True
    if starts_over(turn.text):
        _start_over(turn)
        return True
    if _may_give_up(turn) and _gives_up(turn):
        if turn.then is None:
            turn.say("utter_dropped")
            agenda.drop(turn)
        return True
    if await correct_order(turn, business):
        turn.say("utter_corrected")
        return True
    task = task_come_back_to(turn.text)
    if task and task != turn.get("active_task") and agenda.is_waiting(turn, task):
        turn.say("utter_back_to_it")
        return agenda.take_up(turn, task)
    return False


def _gives_up(turn: Turn) -> bool:
    """Tell whether that is all; with another wish behind it, the task is only forgotten."""
    if gives_up(turn.text):
        return True
    if not gives_up_first(turn.text):
        return False
    if turn.intent not in BEGINS:
        return True
    # "Forget the password, where is my order" is not meant to come back to the password ...
    given_up = turn.get("problem")
    agenda.forget(turn, keep_order=True)
    if turn.intent == given_up and (rest := after_giving_up(turn.text)):
        # ... even where that word outweighs the others: what is wanted now is something else.
        turn.then = Request("nlu_fallback", rest)
        return True
    return False


def _explain(turn: Turn) -> None:
    turn.set(misunderstandings=0)
    turn.say(QUESTIONS[str(turn.awaiting)].help)
    turn.ask_again()


def _start_over(turn: Turn) -> None:
    """Begin the task at hand again, without anything that was given for it."""
    task, problem = turn.get("active_task"), turn.get("problem")
    agenda.forget(turn)
    turn.set(asked=None)
    turn.say("utter_start_over")
    if task and problem in BEGINS:
        turn.then = Request(str(problem))
    else:
        turn.ask("what_then")


def _may_give_up(turn: Turn) -> bool:
    if turn.awaiting in QUESTIONS:
        return not QUESTIONS[turn.awaiting].decides
    return turn.get("active_task") is not None


def _keep_from_circling(turn: Turn) -> None:
    """See to it that a question is not asked for ever."""
    turns = int(turn.get("turns") or 0)
    if turn.get("handoff_reason") or _hangs_up(turn):
        return
    if not turn.asks:
        if turns >= patience.MOST_TURNS:
            _give_up(turn)
        return
    question = str(turn.awaiting)
    if turn.intent not in patience.NO_FAULT or turns >= patience.MOST_TURNS:
        turn.count(question)
    match patience.verdict(question, turn.counted(question), turns):
        case "explain":
            _help_along(turn, question)
        case "offer_person":
            turn.unask()
            turn.count("offer_person")
            turn.set(active_task=None)
            turn.ask("offer_person")
        case "give_up":
            _give_up(turn)
        case _:
            pass


def _help_along(turn: Turn, question: str) -> None:
    helped = QUESTIONS[question].help
    said = {getattr(message, "response", None) for message in turn.messages} - LEAD_INS
    if said - {QUESTIONS[question].response, None}:
        # Something has been told already; an explanation as well would be too much at once.
        return
    values = turn.get("question_values") or {}
    turn.unask()
    turn.messages = [
        each for each in turn.messages if getattr(each, "response", None) not in LEAD_INS
    ]
    turn.say(helped)
    turn.ask(question, **values)


def _give_up(turn: Turn) -> None:
    turn.unask()
    turn.note("actions_not_done", "The assistant could not get any further")
    turn.escalate("repeated_failure")


def _hangs_up(turn: Turn) -> bool:
    return any(
        isinstance(message, Instruct) and message.message.get("type") == "hangup"
        for message in turn.messages
    )
