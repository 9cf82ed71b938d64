"""The look that all pages of the desk share."""

from __future__ import annotations

from nicegui import ui

STATIC = "/desk/static"


def apply() -> None:
    """Give the page that is being built the desk's colours, its light switch and its keys."""
    ui.colors(primary="#9a3b12")
    ui.add_head_html(
        f'<script src="{STATIC}/scheme.js"></script>'
        f'<link rel="stylesheet" href="{STATIC}/desk_pages.css">'
        f'<script defer src="{STATIC}/keys.js"></script>'
        '<script type="module" src="/static/signed_out.js"></script>'
    )
