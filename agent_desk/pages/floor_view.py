"""The floor as its page shows it: pure functions from what was read to what people read."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Final, TypedDict

from agent_desk.plain_text import plain
from agent_desk.supervision import Refusal, Supervised, Way
from agent_desk.words import STATES, TIERS, at, mood, named, sentence, words
from contact_center.floor import AgentOnFloor, LiveCall, View
from contact_center.floor_figures import (
    Alert,
    HighAbandonment,
    LongWait,
    QueueTile,
    UnansweredComplaint,
)
from contact_center.phone_numbers import ending
from contact_center.routing.agents import NO_ANSWER
from contact_center.routing.waiting import SAFETY

GOOD_SERVICE: Final = 0.8
FAIR_SERVICE: Final = 0.6
NONE: Final = "\N{EN DASH}"

_STATES: Final[Mapping[str, str]] = {**STATES, "offered": "Being asked"}
_DOING: Final[Mapping[Way, str]] = {
    "listen": "You are listening to",
    "whisper": "You are whispering in",
    "barge_in": "You are speaking in",
}


class AlertView(TypedDict):
    """One alert: what is wrong, and what to do about it."""

    key: str
    kind: str
    title: str
    advice: str
    address: str
    link: str


class TileView(TypedDict):
    """One queue; `since` is when the longest waiting caller began, in ms."""

    queue: str
    name: str
    waiting: int
    since: float | None
    expected: str
    service: str
    service_kind: str
    service_of: str
    abandonment: str
    abandonment_kind: str
    agents: str


class AgentView(TypedDict):
    """One agent; `since` is when their state began, in ms."""

    name: str
    state: str
    label: str
    since: float
    detail: str
    call_id: str


class CallView(TypedDict):
    """One live call; `why_not` says why it cannot be joined, if it cannot."""

    id: str
    caller: str
    number: str
    tier: str
    tier_label: str
    safety: bool
    phase: str
    phase_label: str
    since: float | None
    started: float
    mood: str
    mood_kind: str
    trend: str
    why_not: str
    joined: str


class FloorView(TypedDict):
    """The page; all instants are in ms, by the server's clock, which stands at `at`."""

    at: float
    alerts: list[AlertView]
    tiles: list[TileView]
    agents: list[AgentView]
    calls: list[CallView]
    doing: str


def floor_view(
    view: View,
    joined: Supervised | None,
    why_not: Callable[[str], Refusal | None],
    zone: tzinfo,
) -> FloorView:
    """Prepare the floor for its page.

    Args:
        view: The floor.
        joined: The call that the supervisor is in.
        why_not: Says what keeps the supervisor from joining a call.
        zone: Where the company is.

    Returns:
        What the page is told.
    """
    calls = [_call(call, joined, why_not(call.call_id)) for call in view.calls]
    return {
        "at": _ms(view.at),
        "alerts": [_alert(alert, view.at, zone) for alert in view.alerts],
        "tiles": [_tile(tile, view.at) for tile in view.tiles],
        "agents": [_agent(agent) for agent in view.agents],
        "calls": calls,
        "doing": _doing(view, joined),
    }


def _doing(view: View, joined: Supervised | None) -> str:
    if joined is None:
        return ""
    call = next((call for call in view.calls if call.call_id == joined.call_id), None)
    if call is None:
        return _DOING[joined.way] + " a call"
    agent = f" with {plain(call.agent_name, 60)}" if call.agent_name else ""
    return f"{_DOING[joined.way]} {_caller(call)}{agent}"


# -- alerts ----------------------------------------------------------------------------------------


def _alert(alert: Alert, now: datetime, zone: tzinfo) -> AlertView:
    match alert:
        case UnansweredComplaint():
            return _complaint(alert, now, zone)
        case LongWait():
            return _long_wait(alert)
        case HighAbandonment():
            return _abandonment(alert)


def _complaint(alert: UnansweredComplaint, now: datetime, zone: tzinfo) -> AlertView:
    due = at(alert.respond_by, zone, now)
    by = f"was due at {due}" if alert.respond_by < now else f"answer by {due}"
    if alert.ticket_id is None:
        title = f"Safety complaint waits: {by}"
        advice = "The next free agent gets it. If nobody is free, take it at your desk."
    else:
        title = f"Safety complaint, ticket {alert.ticket_id}: {by}"
        owner = plain(alert.owner, 40)
        who = f"It is {owner}'s: see that they" if owner else "Nobody owns it: ask an agent to"
        advice = f"{who} call the customer back now."
    return {
        "key": f"complaint-{alert.ticket_id or alert.call_id}",
        "kind": "alarm",
        "title": title,
        "advice": advice,
        "address": f"/desk/calls/{alert.call_id}" if alert.call_id else "",
        "link": "Open the call" if alert.call_id else "",
    }


def _long_wait(alert: LongWait) -> AlertView:
    queue = _queue(alert.queue)
    # In whole minutes: what changes every second would be read out every second.
    minutes = int(alert.longest_s // 60)
    if alert.callers == 1:
        title = f"{queue}: a caller has waited {minutes} minutes"
    else:
        title = f"{queue}: {alert.callers} callers have waited over 10 minutes, up to {minutes}"
    names = ", ".join(plain(name, 40) for name in alert.on_break)
    if names:
        advice = f"On a break: {names}. Ask them to come back."
    elif not alert.working:
        advice = "Nobody takes this queue. Ask an agent of another one to help."
    else:
        advice = f"All {alert.working} of its agents are busy. Ask an agent of another queue."
        if alert.working == 1:
            advice = "Its only agent is busy. Ask an agent of another queue to help."
    return _without_link(f"wait-{alert.queue}", title, advice)


def _abandonment(alert: HighAbandonment) -> AlertView:
    share = _percent(alert.left / alert.callers)
    title = f"{_queue(alert.queue)}: {share} of the last hour's callers left"
    advice = f"{alert.left} of {alert.callers} gave up. Bring in agents until the wait is short."
    return _without_link(f"left-{alert.queue}", title, advice)


def _without_link(key: str, title: str, advice: str) -> AlertView:
    return {
        "key": key,
        "kind": "warn",
        "title": title,
        "advice": advice,
        "address": "",
        "link": "",
    }


# -- queues ----------------------------------------------------------------------------------------


def _tile(tile: QueueTile, now: datetime) -> TileView:
    since = None if tile.longest_s is None else _ms(now - timedelta(seconds=tile.longest_s))
    people = "agent" if tile.agents == 1 else "agents"
    service, left = tile.service_level, tile.abandonment
    return {
        "queue": tile.queue,
        "name": _queue(tile.queue),
        "waiting": tile.waiting,
        "since": since,
        "expected": _expected(tile.expected_s),
        "service": NONE if service is None else _percent(service),
        "service_kind": _grade(service),
        "service_of": f"{tile.answered} answered, {tile.left} left",
        "abandonment": NONE if left is None else _percent(left),
        "abandonment_kind": "bad" if left is not None and left > 0.2 else "",
        "agents": f"{tile.free} of {tile.agents} {people} free" if tile.agents else "No agents",
    }


def _expected(seconds: float | None) -> str:
    if seconds is None:
        return NONE
    if seconds < 60:
        return "< 1 min"
    return f"{math.ceil(seconds / 60)} min"


def _grade(service: float | None) -> str:
    if service is None:
        return ""
    if service >= GOOD_SERVICE:
        return "good"
    return "fair" if service >= FAIR_SERVICE else "bad"


# -- agents and calls ------------------------------------------------------------------------------


def _agent(each: AgentOnFloor) -> AgentView:
    agent = each.agent
    detail = ", ".join(_caller(call) for call in each.calls)
    if agent.state == "break":
        reason = "Did not answer" if agent.break_reason == NO_ANSWER else agent.break_reason
        detail = sentence(reason or "")
    return {
        "name": plain(agent.name, 60),
        "state": agent.state,
        "label": named(_STATES, agent.state),
        "since": _ms(agent.since),
        "detail": detail,
        "call_id": each.calls[0].call_id if each.calls else "",
    }


def _call(call: LiveCall, joined: Supervised | None, refusal: Refusal | None) -> CallView:
    number = "".join(ending(call.caller_number or "", 4))
    here = joined.way if joined is not None and joined.call_id == call.call_id else ""
    return {
        "id": call.call_id,
        "caller": _caller(call),
        "number": f"ends in {number}" if number else "number withheld",
        "tier": call.tier if call.tier in ("vip", "gold") else "",
        "tier_label": TIERS[call.tier] if call.tier in ("vip", "gold") else "",
        "safety": call.priority == SAFETY,
        "phase": call.phase,
        "phase_label": _phase(call),
        "since": _ms(call.since) if call.since else None,
        "started": _ms(call.started_at),
        "mood": NONE if call.upset is None else mood([call.upset]),
        "mood_kind": _mood_kind(call.upset),
        "trend": "" if call.mood == "unknown" else call.mood,
        "why_not": _unjoinable(call, refusal),
        "joined": here,
    }


def _phase(call: LiveCall) -> str:
    agent = plain(call.agent_name or "", 40)
    match call.phase:
        case "bot":
            return "With the bot"
        case "waiting":
            return f"Waits for {_queue(call.queue).lower()}" if call.queue else "Waits"
        case "asked":
            return f"{agent} is being asked"
        case "agent":
            return f"With {agent}"


def _unjoinable(call: LiveCall, refusal: Refusal | None) -> str:
    """Say in two or three words why there are no buttons; what can be put right is told later."""
    if refusal == "elsewhere":
        return f"On server {plain(call.server, 20)}" if call.server else "On another server"
    if call.phase != "agent":
        return "No agent yet"
    return "No voice in it" if refusal == "no_agent" else ""


def _caller(call: LiveCall) -> str:
    return plain(call.customer_name or "", 60) or "Unknown caller"


def _mood_kind(upset: float | None) -> str:
    if upset is None:
        return ""
    return next(
        kind for limit, kind in ((0.25, "calm"), (0.5, "tense"), (2, "upset")) if upset < limit
    )


def _queue(name: str | None) -> str:
    return sentence(words(name or ""))


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def _ms(moment: datetime) -> float:
    return round(moment.timestamp() * 1000)
