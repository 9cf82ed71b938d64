"""Finding the reset link in a message, as the customer does."""

from __future__ import annotations

import re


def link_in(body: str) -> str:
    """Find the link.

    Args:
        body: The text of the message.

    Returns:
        The whole link, which ends in its token.
    """
    found = re.search(r"https?://\S+/reset/\S+", body)
    assert found is not None, "the message has no reset link"
    return found[0]


def token_in(body: str) -> str:
    """Find the token of the link.

    Args:
        body: The text of the message.

    Returns:
        The last part of the link.
    """
    return link_in(body).rpartition("/")[2]
