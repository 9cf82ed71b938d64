"""Whether a request was sent from one of our own pages."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

_USUAL_PORTS = {"http": 80, "https": 443}


def is_same_origin(headers: Mapping[str, str], own_origin: str) -> bool:
    """Tell whether a request that changes something comes from our own page, or from no browser.

    Our pages send no referrer, and browsers then call the origin of a form "null"; but all of these
    browsers say by `Sec-Fetch-Site` where a request comes from.

    Args:
        headers: Of the request, with names in lower case.
        own_origin: Scheme, host and port under which browsers reach us.

    Returns:
        Whether it does, as far as its headers tell.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    return origin in (None, "null") or str(origin).lower() == own_origin.lower()


def is_own_origin(headers: Mapping[str, str], own_origin: str) -> bool:
    """Tell whether a request names our own page as its origin, or comes from no browser.

    For websockets, whose origin browsers always tell, and for forms of pages that do tell it. The
    host that was asked is ours (`OwnHost` sees to that), so an origin of this host is ours too.

    Args:
        headers: Of the request, with names in lower case.
        own_origin: Scheme, host and port under which browsers reach us.

    Returns:
        Whether it does.
    """
    site = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    if site is not None and site != "same-origin":
        return False
    if origin is None:
        return True
    if origin.lower() == own_origin.lower():
        return True
    try:
        named, asked = urlsplit(origin), urlsplit(f"//{headers.get('host', '')}")
        usual = _USUAL_PORTS.get(named.scheme)
        same_port = (named.port or usual) == (asked.port or usual)
    except ValueError:
        return False
    same_kind = named.scheme == urlsplit(own_origin).scheme
    return same_kind and same_port and named.hostname == asked.hostname
