"""Whether a form was sent from one of our own pages."""

from __future__ import annotations

from collections.abc import Mapping


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
