"""The bar at the bottom: the agent's voice, and all that can be done with the call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nicegui.element import Element

from agent_desk import words
from agent_desk.pages.desk_view import Colleague, phase_of
from agent_desk.pages.parts import Clock, Field, attribute, box, button, say, show, text

if TYPE_CHECKING:
    from agent_desk.desk_state import DeskState

AUDIO_MODULE = "/static/desk_audio.js"
AUDIO_URL = "/desk/audio"
LONGEST_LINE = 500


class Microphone(Element, component="components/microphone.js"):
    """The agent's voice in the browser."""

    def __init__(
        self,
        problem: Callable[[str], None],
        online: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        super().__init__()
        self.props.update(muted=False, module=AUDIO_MODULE, url=AUDIO_URL)

        def tell(event: object) -> None:
            sent = getattr(event, "args", "")
            problem(str(sent[0] if isinstance(sent, list) else sent)[:300])

        self.on("problem", tell)
        if online is not None:
            self.on("online", lambda _: online())


@dataclass(frozen=True)
class CallActions:
    """What the bar does.

    Args:
        mute: Silences the agent, or not.
        hold: Lets the caller hear music, or not.
        say: Has a line spoken.
        consult: Calls a colleague.
        end_consult: Ends that, or makes it a talk of three when told True.
        pass_on: Gives the caller on to a queue, with a note.
        hang_up: Ends the call.
        look_around: Finds the colleagues and the queues there are.
        online: Lets callers be offered, once the agent wants to be heard.
        problem: Tells the agent what does not work.
    """

    mute: Callable[[bool], Awaitable[object]]
    hold: Callable[[bool], Awaitable[object]]
    say: Callable[[str], Awaitable[object]]
    consult: Callable[[str], Awaitable[object]]
    end_consult: Callable[[bool], Awaitable[object]]
    pass_on: Callable[[str, str], Awaitable[object]]
    hang_up: Callable[[], Awaitable[object]]
    look_around: Callable[[], Awaitable[tuple[tuple[Colleague, ...], tuple[str, ...]]]]
    online: Callable[[], Awaitable[object]]
    problem: Callable[[str], None]


class CallBar:
    """The bar.

    Args:
        actions: What its buttons do.
    """

    def __init__(self, actions: CallActions) -> None:
        self._do = actions
        self._muted = self._held = False
        with box("section", "call-bar", aria_label="Call"):
            with box(classes="call-clock"):
                self._state = text("No call", classes="quiet", role="status")
                self._clock = Clock(classes="tabular")
            self._microphone = Microphone(actions.problem, actions.online)
            with box(classes="row call-buttons"):
                self._mute = button("Mute", self._toggle_mute, key="m", aria_pressed="false")
                self._hold = button("Hold", self._toggle_hold, key="h", aria_pressed="false")
                self._consult = button("Consult", self._open_consult, key="c")
                self._join = button(
                    "Three-way", lambda: self._do.end_consult(True), key="3", classes="primary"
                )
                self._back = button("", lambda: self._do.end_consult(False), key="c")
                self._back_label = self._back.default_slot.children[0]
                self._pass_on = button("Transfer", self._open_pass_on, key="t")
            self._line = Field(
                "Say to the caller",
                placeholder="Type a line to be spoken",
                longest=LONGEST_LINE,
                focus_key="s",
                classes="say",
                entered=actions.say,
            )
            self._hang_up = button(
                "Hang up", actions.hang_up, key="ctrl+e", shown_key="Ctrl E", classes="danger"
            )
        self._consulting = _ConsultDialog(actions.consult)
        self._passing = _PassOnDialog(actions.pass_on)

    def show(self, state: DeskState) -> None:
        """Show how the call stands.

        Args:
            state: The desk's state.
        """
        on_call = phase_of(state) == "call"
        mine = on_call and state.active is not None and state.active.consulted_by is None
        self._muted, self._held = state.muted, state.on_hold
        consulting = state.consulting if on_call else None
        say(self._state, _words(state, on_call))
        self._clock.set(since=state.since if state.active is not None else None)
        attribute(self._microphone, "muted", bool(state.muted))
        attribute(self._mute, "disabled", None if on_call else True)
        alone = mine and not consulting
        for element, possible in (
            (self._hold, alone or (mine and state.three_way)),
            (self._consult, mine),
            (self._pass_on, mine),
            (self._hang_up, mine),
            (self._line, mine),
        ):
            attribute(element, "disabled", None if possible else True)
        attribute(self._mute, "aria-pressed", "true" if state.muted else "false")
        attribute(self._hold, "aria-pressed", "true" if state.on_hold else "false")
        show(self._consult, not consulting)
        show(self._pass_on, not consulting)
        show(self._join, mine and bool(consulting) and not state.three_way)
        show(self._back, bool(consulting))
        label = "Back to caller" if mine and not state.three_way else "End advice"
        say(self._back_label, label if mine else "Leave")

    async def _toggle_mute(self) -> None:
        await self._do.mute(not self._muted)

    async def _toggle_hold(self) -> None:
        await self._do.hold(not self._held)

    async def _open_consult(self) -> None:
        colleagues, _ = await self._do.look_around()
        self._consulting.open(colleagues)

    async def _open_pass_on(self) -> None:
        _, queues = await self._do.look_around()
        self._passing.open(queues)


class _ConsultDialog:
    def __init__(self, consult: Callable[[str], Awaitable[object]]) -> None:
        self._consult = consult
        with box("dialog", "dialog", id="consult", aria_labelledby="consult-title") as self._dialog:
            text("Ask a colleague", "h2", id="consult-title")
            text("The caller hears music meanwhile.", "p", "quiet")
            self._list = box(classes="stack")
            with box(classes="row end"):
                button("Back", data_closes="yes")

    def open(self, colleagues: Sequence[Colleague]) -> None:
        self._list.clear()
        with self._list:
            if not colleagues:
                text("No colleague is signed in.", "p", "quiet empty")
            for number, colleague in enumerate(colleagues, 1):
                self._entry(number, colleague)
        self._dialog.run_method("showModal")

    def _entry(self, number: int, colleague: Colleague) -> None:
        async def chosen() -> None:
            self._dialog.run_method("close")
            await self._consult(colleague.name)

        key = str(number) if colleague.free and number < 10 else ""
        entry = button(colleague.name, chosen, key=key, classes="wide colleague")
        with entry:
            text(colleague.doing, classes="quiet")
        attribute(entry, "disabled", None if colleague.free else True)


class _PassOnDialog:
    def __init__(self, pass_on: Callable[[str, str], Awaitable[object]]) -> None:
        self._pass_on = pass_on
        with box("dialog", "dialog", id="pass-on", aria_labelledby="pass-title") as self._dialog:
            text("Give the caller on", "h2", id="pass-title")
            text("They wait first in line, and your note goes with them.", "p", "quiet")
            self._note = Field(
                "Note for the next agent",
                rows=3,
                placeholder="What the next agent should know",
                longest=1000,
            )
            text("To the queue", "h3")
            self._list = box(classes="stack")
            with box(classes="row end"):
                button("Back", data_closes="yes")

    def open(self, queues: Sequence[str]) -> None:
        self._note.fill("")
        self._list.clear()
        with self._list:
            for queue in queues:
                self._entry(queue)
        self._dialog.run_method("showModal")

    def _entry(self, queue: str) -> None:
        async def chosen() -> None:
            self._dialog.run_method("close")
            await self._pass_on(queue, self._note.value.strip())

        button(words.sentence(words.words(queue)), chosen, classes="wide")


def _words(state: DeskState, on_call: bool) -> str:
    if state.active is None:
        return "No call"
    if not on_call:
        return "Call ended"
    if state.active.consulted_by is not None:
        return f"Advising {state.active.consulted_by}"
    if state.three_way and state.consulting:
        return f"With {state.consulting}, all three"
    if state.consulting:
        return f"Asking {state.consulting}"
    if state.on_hold:
        return "On hold"
    return "Muted" if state.muted else "Talking"
