"""After the call: how it came out, the summary, what is promised, and on to the next."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, tzinfo
from typing import Literal

from nicegui.element import Element

from agent_desk import words
from agent_desk.pages.parts import Field, attribute, box, button, say, show, text
from contact_center.wrap_up import DISPOSITIONS, Disposition, FollowUp, WrapUp

Next = Literal["available", "break"]

_FORM = "%Y-%m-%dT%H:%M"


class FormError(ValueError):
    """The form cannot be taken like this; the message is for the agent."""


def follow_up(what: str, due: str, zone: tzinfo, now: datetime) -> FollowUp | None:
    """Read what was promised.

    Args:
        what: What is to be done; empty for nothing.
        due: By when, in the company's zone, as a browser writes it.
        zone: Where the company is.
        now: The present instant.

    Returns:
        The follow-up; None when nothing is promised.

    Raises:
        FormError: The time is missing, or is past.
    """
    if not what.strip():
        return None
    try:
        promised = datetime.strptime(due[:16], _FORM).replace(tzinfo=zone)
    except ValueError as error:
        raise FormError("Say by when the follow-up is promised.") from error
    if promised <= now:
        raise FormError("The promised time of the follow-up is past.")
    return FollowUp(what.strip(), promised)


class WrapUpForm:
    """The form.

    Args:
        clear: Stores the wrap-up, told what the agent does next.
        notes: Reads the notes that the agent has written.
        zone: Where the company is.
        clock: The present.
    """

    def __init__(
        self,
        clear: Callable[[WrapUp, Next], Awaitable[None]],
        notes: Callable[[], str],
        zone: tzinfo,
        clock: Callable[[], datetime],
    ) -> None:
        self._clear = clear
        self._notes = notes
        self._zone = zone
        self._clock = clock
        self._handoff_id: str | None = None
        self._chosen: Disposition | None = None
        self._choices: dict[Disposition, Element] = {}
        with box("section", "wrap-up", aria_labelledby="wrap-up-title"):
            text("How did it come out?", "h2", id="wrap-up-title")
            with box(classes="choices", role="radiogroup", aria_labelledby="wrap-up-title"):
                for number, disposition in enumerate(DISPOSITIONS, 1):
                    self._choices[disposition] = self._choice(number, disposition)
            text("Summary", "h3")
            self._summary = Field("Summary", rows=5, classes="summary-field", focus_key="u")
            with box(classes="follow-up"):
                with box(classes="grow"):
                    text("Follow-up, if you promised one", "h3")
                    self._what = Field(
                        "Follow-up", placeholder="What is to be done", longest=200, focus_key="f"
                    )
                with box():
                    text("Promised by (company time)", "h3")
                    self._due = Field("Promised by (company time)", kind="datetime-local")
            with box(classes="row wrap-up-end"):
                self._problem = text("", "p", "form-problem", role="alert")
                button("Clear and take a break", lambda: self._send("break"))
                button(
                    "Clear",
                    lambda: self._send("available"),
                    key="ctrl+enter",
                    shown_key="Ctrl Enter",
                    classes="primary big",
                )

    def begin(self, handoff_id: str, summary: str) -> None:
        """Begin with a call that has ended.

        Args:
            handoff_id: Its hand-off.
            summary: The prepared summary.
        """
        if handoff_id == self._handoff_id:
            return
        self._handoff_id = handoff_id
        self._choose(None)
        self._summary.fill(summary)
        self._what.fill("")
        due = words.usual_follow_up(self._clock(), self._zone)
        self._due.fill(due.strftime(_FORM))
        self._say("")

    def _choice(self, number: int, disposition: Disposition) -> Element:
        return button(
            words.named(words.DISPOSITIONS, disposition),
            lambda: self._choose(disposition),
            key=str(number) if number < 10 else "",
            classes="choice",
            role="radio",
            aria_checked="false",
        )

    def _choose(self, disposition: Disposition | None) -> None:
        self._chosen = disposition
        for each, element in self._choices.items():
            attribute(element, "aria-checked", "true" if each == disposition else "false")
        if disposition is not None:
            self._say("")

    def _say(self, problem: str) -> None:
        say(self._problem, problem)
        show(self._problem, bool(problem))

    async def _send(self, then: Next) -> None:
        if self._chosen is None:
            self._say("Choose how it came out first.")
            return
        now = self._clock()
        try:
            promised = follow_up(self._what.value, self._due.value, self._zone, now)
        except FormError as error:
            self._say(str(error))
            return
        self._say("")
        wrap_up = WrapUp(self._chosen, self._summary.value, self._notes(), promised)
        await self._clear(wrap_up, then)
