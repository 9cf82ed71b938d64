"""Handing the call to a person: what is said, and all that the person is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actions.business import Business
from actions.complaints import Complaint, weigh
from actions.turn import Instruct, Turn

ORDER_WORDS = {
    "order_status": "wants to know where an order is",
    "order_late": "has an order that is late",
    "order_missing": "has an order that has not arrived",
    "order_damaged": "received a damaged item",
    "order_wrong": "received the wrong item",
    "cancel_order": "wants to cancel an order",
    "return_refund": "wants to return an order or get a refund",
}
ISSUES = ORDER_WORDS | {
    "password_reset": "cannot sign in and wants to reset the password",
    "invoice_copy": "wants a copy of an invoice",
    "opening_hours": "asks about opening hours",
    "complaint": "has a complaint",
    "safety_incident": "reports a safety incident",
    "billing_problem": "disputes what was charged or paid back",
    "special_matter": "has a matter that the line cannot settle",
    "several_troubles": "has several troubles at once",
    "legal_question": "has a legal question",
}
ASKS = {
    "requested": "To speak with a person",
    "emotion": "To be taken seriously, and help at once",
    "complaint": "An answer to the complaint",
    "policy": "Help that only a person may give",
    "complex": "A person to sort the problem out",
    "low_confidence": "Help with something the assistant did not understand",
    "repeated_failure": "Help, without having to give the same details again",
}
SUGGESTIONS = {
    "order_late": ("Trace the parcel with the carrier", "Offer a replacement or a refund"),
    "order_missing": ("Trace the parcel with the carrier", "Offer a replacement or a refund"),
    "order_damaged": ("Ask for a photo by e-mail", "Offer a replacement or a refund"),
    "order_wrong": ("Send the right item", "Send a label for the wrong one"),
    "return_refund": ("Send a return label",),
    "cancel_order": ("Confirm who is calling, then cancel or arrange a return",),
    "password_reset": ("Confirm who is calling by the steps for protected accounts",),
}
SKILLS = {
    "password_reset": "accounts",
    "return_refund": "returns",
    "order_damaged": "returns",
    "order_wrong": "returns",
    "invoice_copy": "billing",
    "billing_problem": "billing",
}
# How the line calls the people who have a skill.
TEAMS = {"accounts": "accounts team", "returns": "returns team", "billing": "billing team"}
SUPPORT = "support team"


async def hand_off(turn: Turn, business: Business) -> None:
    """Tell the caller who comes, and send the gateway everything the person should know."""
    reason = str(turn.get("handoff_reason") or "requested")
    complaint = _complaint(turn, reason)
    topic = _topic(turn)
    skill = SKILLS.get(topic or "")
    _tell_who_comes(turn, reason, complaint, TEAMS.get(skill or "", SUPPORT))
    issue = await _issue(turn, business, complaint)
    turn.messages.append(
        Instruct(
            {
                "type": "handoff",
                "reason": "complaint" if complaint and complaint.level == 1 else reason,
                "queue": "support",
                "skills": [skill] if skill else [],
                "preferred_agent": turn.get("preferred_agent"),
                "intent": {"name": turn.intent, "confidence": turn.confidence},
                "slots": _given(turn),
                "identity": _identity(turn),
                "actions_done": list(turn.get("actions_done") or []),
                "actions_not_done": list(turn.get("actions_not_done") or []),
                "complaint": complaint
                and {"level": complaint.level, "category": complaint.category},
                "summary": {
                    "issue": issue,
                    "tried": list(turn.get("actions_done") or []),
                    "asks_for": ASKS.get(reason, ASKS["requested"]),
                    "promises": list(turn.get("promises") or []),
                },
                "suggestions": list(SUGGESTIONS.get(topic or "", ())),
            }
        )
    )
    turn.settle()
    turn.set(
        handed_off=True,
        handoff_reason=None,
        misunderstandings=0,
        asked=None,
        turns=0,
        preferred_agent=None,
        complaint_level=complaint.level if complaint else None,
        complaint_category=complaint.category if complaint else None,
    )


def _tell_who_comes(turn: Turn, reason: str, complaint: Complaint | None, team: str) -> None:
    """Say who takes over and that nothing has to be repeated; how long it takes, the line says."""
    owner = turn.get("preferred_agent")
    if owner:
        turn.say("utter_hand_off_owner", owner=str(owner))
    elif complaint and complaint.level == 1:
        turn.say("utter_hand_off_safety")
    elif turn.answered:
        # Why a person is needed has been said; two sentences are enough before the line is quiet.
        turn.say("utter_hand_off_briefly", team=team)
    elif _at_the_start(turn):
        turn.say("utter_hand_off_at_once")
    elif reason in {"emotion", "complaint"}:
        turn.say("utter_hand_off_sorry", team=team)
    else:
        turn.say("utter_hand_off", team=team)


def _at_the_start(turn: Turn) -> bool:
    """Tell whether the caller has not said anything yet."""
    return turn.intent == "start_call"


def _complaint(turn: Turn, reason: str) -> Complaint | None:
    level = turn.get("complaint_level")
    if reason == "complaint" or level is not None:
        said = "" if _at_the_start(turn) else turn.text
        category = turn.get("complaint_category")
        return weigh(said, int(level) if level is not None else None, category)
    return None


def _topic(turn: Turn) -> str | None:
    topic = turn.get("problem")
    return str(topic) if topic else None


async def _issue(turn: Turn, business: Business, complaint: Complaint | None) -> str:
    words = [ISSUES.get(_topic(turn) or turn.intent or "", "")]
    if complaint:
        words.append(
            "calls again about an open complaint"
            if _at_the_start(turn)
            else f"complains: \u201c{turn.text}\u201d"
        )
    number = turn.get("order_number")
    found = await business.orders.find(str(number)) if number else None
    if found:
        items = ", ".join(item.name for item in found.items)
        late = found.is_late(business.now().date())
        standing = "late" if late else found.state.replace("_", " ")
        expected = f", expected {found.expected_on}" if found.expected_on else ""
        words.append(f"order {found.number} ({items}) is {standing}{expected}")
    words += _waiting(turn)
    told = [each for each in words if each]
    if not told and _at_the_start(turn):
        return "The caller is put through at once and has not said yet what it is about"
    if not told:
        said = f": \u201c{turn.text}\u201d" if turn.text else ""
        return f"The caller asks for help{said}"
    return f"The caller {'; '.join(told)}"


def _waiting(turn: Turn) -> list[str]:
    """Name what else the caller wanted and has not got."""
    aside, pending = turn.get("put_aside"), turn.get("pending_request")
    wishes = [
        ISSUES.get(str(each.get("problem")), "")
        for each in (aside if isinstance(aside, list) else [])
        if isinstance(each, Mapping)
    ]
    if isinstance(pending, Mapping):
        wishes.append(ISSUES.get(str(pending.get("intent")), ""))
    return [f"also {wish}" for wish in dict.fromkeys(wishes) if wish]


def _given(turn: Turn) -> dict[str, Any]:
    """Collect what the caller has given, so that nobody asks for it again."""
    given: dict[str, Any] = {}
    number = turn.get("order_number") or turn.get("candidate")
    if number:
        given["order_number"] = {"value": number, "confirmed": bool(turn.get("order_confirmed"))}
    problem = turn.get("problem")
    if problem and problem not in {"order_status", "password_reset"}:
        given["problem"] = {"value": problem, "confirmed": False}
    return given


def _identity(turn: Turn) -> dict[str, Any]:
    if turn.customer_id is not None:
        # A caller number can be forged: it identifies, it proves nothing.
        return {"level": "claimed", "how": "caller number", "customer_id": turn.customer_id}
    account = turn.get("reset_customer_id")
    if account is not None:
        return {"level": "claimed", "how": "order number", "customer_id": int(account)}
    return {"level": "none", "how": None, "customer_id": None}
