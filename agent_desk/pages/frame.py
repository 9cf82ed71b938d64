"""The frame around every page: whose desk, who is signed in, where to go, and how to leave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import time
from typing import TYPE_CHECKING, Literal

from nicegui import app as nicegui
from nicegui import ui

from agent_desk.pages import theme
from agent_desk.pages.parts import box, text

if TYPE_CHECKING:
    from agent_desk.web.session_guard import SignedIn

Place = Literal["desk", "floor", "calls"]
PLACES: dict[Place, tuple[str, str, tuple[str, ...]]] = {
    "desk": ("Desk", "/desk/", ("agent", "supervisor")),
    "floor": ("Floor", "/desk/floor", ("supervisor",)),
    "calls": ("Calls", "/desk/calls", ("supervisor", "designer")),
}
"""Name, address and roles of the pages."""


@contextmanager
def frame(
    title: str, signed_in: SignedIn, active: Place, keys: Sequence[tuple[str, str]] = ()
) -> Iterator[None]:
    """Build a page: what is built within the context is its main part.

    Args:
        title: The page's title.
        signed_in: Who looks at it.
        active: Which page it is.
        keys: The page's keys and what they do, for the overlay that "?" opens.

    Yields:
        Nothing; the main part is the current slot.
    """
    theme.apply()
    company = nicegui.config.title
    ui.page_title(f"{title} - {company}")
    # Clocks in the browser go by the server's.
    ui.add_head_html(f'<meta name="desk-now" content="{int(time() * 1000)}">')
    text("Skip to the page", "a", "skip", href="#main")
    with box("header", "top"):
        text(company, classes="company")
        with box("nav", "places", aria_label="Pages"):
            for place, (name, address, roles) in PLACES.items():
                if signed_in.staff.role in roles:
                    link = text(name, "a", href=address)
                    if place == active:
                        link.props["aria-current"] = "page"
        box(classes="space")
        if keys:
            help_button = text("Keys", "button", "quiet-button", type="button")
            help_button.props.update({"data-opens": "keys", "data-key": "?", "title": "Keys (?)"})
        box("button", "quiet-button scheme-switch", type="button", data_scheme_switch="yes")
        with box(classes="person"):
            text(signed_in.staff.name, classes="name")
            text(signed_in.staff.role.capitalize(), classes="role")
        with box("form", "sign-out", method="post", action="/desk/sign-out"):
            box("input", type="hidden", name="csrf", value=signed_in.csrf)
            text("Sign out", "button", "quiet-button", type="submit")
    with box("main", "main", id="main", tabindex="-1"):
        yield
    if keys:
        _key_list(keys)


def _key_list(keys: Sequence[tuple[str, str]]) -> None:
    with box("dialog", "dialog keys", id="keys", aria_labelledby="keys-title"):
        text("Keys", "h2", id="keys-title")
        with box("dl"):
            for key, meaning in keys:
                with box():
                    with box("dt"):
                        for part in key.split(" "):
                            text(part, "kbd")
                    text(meaning, "dd")
        with box("label", "check"):
            box("input", type="checkbox", data_keys_switch="yes", checked=True)
            text("Single keys work while nobody is typing")
        with box(classes="row end"):
            text("Close", "button", "button", type="button", data_closes="yes")
