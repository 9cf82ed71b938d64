"""Forms as our pages send them."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping

from starlette.requests import Request

PATIENCE_S = 10.0
"""How long a browser may take to send a form."""


async def entered(request: Request, fields: Collection[str]) -> Mapping[str, str] | None:
    """Read what was typed into a form.

    Args:
        request: With a form in its body.
        fields: The fields of the form.

    Returns:
        The texts of those that were sent; None when it is no form of ours, or not all of it came.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        return None
    try:
        async with asyncio.timeout(PATIENCE_S):
            form = await request.form(max_fields=2 * len(fields), max_files=0)
    except TimeoutError:
        return None
    texts = {field: form.get(field) for field in fields}
    return {field: text for field, text in texts.items() if isinstance(text, str)}
