"""Order numbers: six digits, for some orders with a letter before them."""

from __future__ import annotations

import re

_SHAPE = re.compile(r"[A-Z]?[0-9]{6}")


def normalise(text: str) -> str:
    """Bring an order number, however it was written, into its stored form.

    Args:
        text: Such as "b 48-2913" or "#482913".

    Returns:
        Only its letters and digits, in upper case: "B482913".
    """
    return "".join(char for char in text.upper() if char.isascii() and char.isalnum())


def is_order_number(text: str) -> bool:
    """Tell whether a text, once normalised, has the shape of an order number.

    Args:
        text: In any writing.

    Returns:
        True for six digits, with or without one letter before them.
    """
    return _SHAPE.fullmatch(normalise(text)) is not None


def grouped(number: str) -> tuple[str, ...]:
    """Divide an order number into the groups in which it is read aloud.

    Args:
        number: In any writing.

    Returns:
        The letter, if there is one, and the digits by threes: `("B", "482", "913")`.
    """
    groups: list[str] = []
    for run in re.findall(r"[A-Z]+|[0-9]+", normalise(number)):
        groups.extend(run[start : start + 3] for start in range(0, len(run), 3))
    return tuple(groups)


def is_near(said: str, number: str) -> bool:
    """Tell whether what was said may be a number of which one symbol was misheard.

    Args:
        said: What was heard, normalised.
        number: An order number, normalised.

    Returns:
        True when one digit or the letter differs, or the letter is missing or was heard where
        there is none; False when both are the same.
    """
    if said == number:
        return False
    letter, digits = said[:-6], said[-6:]
    own_letter, own_digits = number[:-6], number[-6:]
    if len(digits) != len(own_digits):
        return False
    wrong = sum(one != other for one, other in zip(digits, own_digits, strict=True))
    return wrong + (letter != own_letter) == 1
