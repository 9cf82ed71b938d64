"""Text that others wrote, made safe to show: pure functions without I/O."""

from __future__ import annotations

import re
import unicodedata

# A whole escape sequence goes at once, so that its letters do not stay behind as rubbish:
# CSI (`ESC [ 31 m`), strings (`ESC ] title BEL`, also DCS, SOS, PM and APC), and short ones.
_ESCAPE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
# Control, format (bidirectional overrides, zero width), surrogate, private use, unassigned.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# At most this many marks on one letter; more is stacked to deface the lines around it.
_MAX_MARKS = 3


def plain(text: object, limit: int | None = None) -> str:
    """Give a text as one line without anything a terminal or page would act on.

    Args:
        text: Anything; `None` gives the empty text.
        limit: The most characters to keep; a longer text ends in an ellipsis.

    Returns:
        Visible characters and single spaces only.
    """
    if text is None:
        return ""
    source = _ESCAPE.sub("", str(text))
    kept: list[str] = []
    marks = 0
    for char in source:
        if char.isspace():
            kept.append(" ")
            continue
        category = unicodedata.category(char)
        if category in _HIDDEN:
            continue
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if marks <= _MAX_MARKS:
            kept.append(char)
    line = " ".join("".join(kept).split())
    if limit is not None and len(line) > limit:
        return line[: max(limit - 1, 0)].rstrip() + "…"
    return line


def plain_lines(text: str) -> str:
    """Give a text of several lines, each without anything a terminal or page would act on.

    Args:
        text: The text.

    Returns:
        Its lines, without blank ones around them.
    """
    return "\n".join(plain(line) for line in text.splitlines()).strip()
