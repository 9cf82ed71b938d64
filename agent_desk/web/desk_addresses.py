"""The addresses below `/desk`: whose they are, and where a sign-in may lead."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from contact_center.staff import ROLES, Role

DESK = "/desk"
SIGN_IN = "/desk/sign-in"
SIGN_OUT = "/desk/sign-out"
LONGEST_NEXT = 500

_TALK: frozenset[Role] = frozenset({"agent", "supervisor"})
OWN_PAGES: Mapping[str, frozenset[Role]] = {
    "/desk": _TALK,
    "/desk/audio": _TALK,
    "/desk/floor": frozenset({"supervisor"}),
    "/desk/calls": frozenset({"supervisor", "designer"}),
}
"""Who may open what; the rest, such as scripts and styles, is for everybody who is signed in."""


def is_below_desk(path: str) -> bool:
    """Tell whether an address belongs to the desk.

    Args:
        path: Of the address, without its escapes.

    Returns:
        Whether it does.
    """
    return path == DESK or path.startswith(f"{DESK}/")


def may_open(role: Role, path: str) -> bool:
    """Tell whether somebody may open an address.

    Args:
        role: Theirs.
        path: Below `/desk`.

    Returns:
        Whether they may.
    """
    if path.rstrip("/") == DESK:
        return role in OWN_PAGES[DESK]
    page = "/".join(path.split("/")[:3])
    return role in OWN_PAGES.get(page, ROLES)


def home_of(role: Role) -> str:
    """Tell where somebody's work is.

    Args:
        role: Theirs.

    Returns:
        The path of the page.
    """
    homes: Mapping[Role, str] = {
        "agent": "/desk/",
        "supervisor": "/desk/floor",
        "designer": "/desk/calls",
    }
    return homes[role]


def safe_next(wanted: str, role: Role) -> str:
    """Tell where a sign-in leads: to the page that was asked for, if it is one of ours.

    Args:
        wanted: As it stands in the address; anybody may have written it.
        role: Of who has signed in.

    Returns:
        A path below `/desk` that this role may open.
    """
    home = home_of(role)
    plain = unquote(wanted)
    if len(wanted) > LONGEST_NEXT or not plain.isprintable() or "\\" in plain:
        return home
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return home
    path = unquote(parts.path)
    steps = path.split("/")
    # Also what is escaped twice may be unescaped twice somewhere.
    odd = {"", ".", ".."} & set(steps[1:-1]) or steps[-1] in (".", "..") or "%" in path
    if not wanted.startswith(DESK) or odd or not is_below_desk(path):
        return home
    if path in (SIGN_IN, SIGN_OUT) or not may_open(role, path):
        return home
    return parts._replace(fragment="").geturl()
