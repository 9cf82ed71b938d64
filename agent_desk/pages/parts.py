"""The few building blocks of the pages: plain HTML elements with classes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from nicegui import ui
from nicegui.element import Element

from agent_desk.words import Badge

Do = Callable[[], Awaitable[object] | None]


def box(tag: str = "div", classes: str = "", **attributes: str | int | bool) -> Element:
    """Put an element into the page.

    Args:
        tag: Its HTML name.
        classes: Its CSS classes.
        attributes: Its attributes; underscores stand for hyphens.

    Returns:
        The element, to be used as a context for what is in it.
    """
    element = ui.element(tag)
    if classes:
        element.classes(classes)
    for name, value in attributes.items():
        element.props[name.rstrip("_").replace("_", "-")] = value
    return element


def text(content: str, tag: str = "span", classes: str = "", **attributes: str | int) -> Element:
    """Put a text into the page.

    Args:
        content: What it says; never taken for HTML.
        tag: Its HTML name.
        classes: Its CSS classes.
        attributes: Its attributes; underscores stand for hyphens.

    Returns:
        The element.
    """
    element = box(tag, classes, **attributes)
    say(element, content)
    return element


def say(element: Element, content: str) -> None:
    """Change a text, if it is another one.

    Args:
        element: As it was made by `text`.
        content: What it is to say.
    """
    if element._text != content:
        element._text = content
        element.update()


def attribute(element: Element, name: str, value: str | bool | None) -> None:
    """Change an attribute, if it is another one.

    Args:
        element: The element.
        name: The attribute.
        value: What it is to be; None or False takes it away.
    """
    if value is None or value is False:
        if name in element.props:
            del element.props[name]
    elif element.props.get(name) != value:
        element.props[name] = value


def show(element: Element, visible: bool) -> None:
    """Show or hide an element.

    Args:
        element: The element.
        visible: Whether it can be seen, and be reached by the keyboard.
    """
    attribute(element, "hidden", None if visible else "hidden")


def button(
    label: str,
    do: Do | None = None,
    *,
    key: str = "",
    classes: str = "",
    shown_key: str | None = None,
    **attributes: str | int,
) -> Element:
    """Put a button into the page.

    Args:
        label: What it says.
        do: What it does; None when the page itself sees to it.
        key: The key that presses it; shown beside the label.
        classes: Its CSS classes.
        shown_key: How the key is written, if not in capitals.
        attributes: Its attributes; underscores stand for hyphens.

    Returns:
        The button.
    """
    element = box("button", f"button {classes}", type="button", **attributes)
    with element:
        text(label, classes="label")
        if key:
            shown = key.upper() if shown_key is None else shown_key
            text(shown, "kbd", aria_hidden="true")
            element.props["data-key"] = key
            element.props["aria-keyshortcuts"] = shown.replace(" ", "")
    if do is not None:
        handler = do

        async def pressed() -> None:
            result = handler()
            if result is not None:
                await result

        element.on("click", pressed, args=[])
    return element


def badge(content: Badge) -> Element:
    """Put a badge into the page.

    Args:
        content: What it says.

    Returns:
        The badge.
    """
    element = text(content.text, classes=f"badge {content.kind}")
    if content.title:
        element.props["title"] = content.title
    return element


class Clock(Element, component="components/clock.js"):
    """A time that ticks in the browser, by the server's clock.

    Args:
        since: Counts up from there.
        until: Counts down to there.
        classes: Its CSS classes.
    """

    def __init__(
        self, *, since: datetime | None = None, until: datetime | None = None, classes: str = ""
    ) -> None:
        super().__init__()
        self.classes(f"clock {classes}")
        # Not read aloud each second.
        self.props["role"] = "timer"
        self.set(since=since, until=until)

    def set(self, *, since: datetime | None = None, until: datetime | None = None) -> None:
        """Count from or to another instant.

        Args:
            since: Counts up from there.
            until: Counts down to there.
        """
        for name, moment in (("since", since), ("until", until)):
            value = None if moment is None else moment.timestamp() * 1000
            if self.props.get(name) != value:
                self.props[name] = value


class Field(Element, component="components/field.js"):
    """A field to write in, which tells what was written when the writer pauses.

    Args:
        label: What it is for; its name for those who do not see it.
        value: What stands in it.
        rows: Lines of text; 0 for a field of one line.
        kind: The `type` of a field of one line.
        placeholder: What stands in it while it is empty.
        longest: The most characters.
        focus_key: The key that leads into it.
        classes: Its CSS classes.
        changed: Is told what stands in it.
        entered: Is told what stands in it when Enter is pressed in a field of one line, which
            is empty then.
    """

    def __init__(
        self,
        label: str,
        value: str = "",
        *,
        rows: int = 0,
        kind: str = "text",
        placeholder: str = "",
        longest: int = 4000,
        focus_key: str = "",
        classes: str = "",
        changed: Callable[[str], Awaitable[object] | None] | None = None,
        entered: Callable[[str], Awaitable[object] | None] | None = None,
    ) -> None:
        super().__init__()
        self.value = value
        self.classes(f"field {classes}")
        self.props.update(
            label=label,
            value=value,
            rows=rows,
            kind=kind,
            placeholder=placeholder,
            longest=longest,
            focusKey=focus_key,
            clears=entered is not None,
        )

        async def take(event: Any) -> None:
            self.value = _written(event)
            result = changed(self.value) if changed is not None else None
            if result is not None:
                await result

        async def enter(event: Any) -> None:
            written, self.value = _written(event), ""
            result = entered(written) if entered is not None else None
            if result is not None:
                await result

        self.on("written", take)
        if entered is not None:
            self.on("entered", enter)

    def fill(self, value: str) -> None:
        """Put another text into the field.

        Args:
            value: The text.
        """
        self.value = value
        self.props["value"] = value
        if self.client.has_socket_connection:
            self.run_method("fill", value)


def _written(event: Any) -> str:
    sent = event.args[0] if isinstance(event.args, list) else event.args
    return sent if isinstance(sent, str) else ""
